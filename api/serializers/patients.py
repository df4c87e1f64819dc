from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Day, Key, Moment
from api.serializers.sessions import PatientName
from people.models import Patient
from people.models.patients import Salutation
from people.phone_numbers import is_mobile, read_phone_number
from scheduling.localtime import local_day
from scheduling.queries.patients import SHORTEST_SEARCH
from scheduling.vocabulary import MODALITIES, PREFERENCES

OLDEST_YEARS = 120


class PatientSearch(Shape):
    department = Key(help_text="Only its own patients are found.")
    q = serializers.CharField(
        max_length=100, help_text="Name (any part, without diacritics too), date of birth as 29-3-1951, or number."
    )

    def validate_q(self, text: str) -> str:
        if len(text.strip()) < SHORTEST_SEARCH:
            raise serializers.ValidationError(_("Write at least 2 characters."))
        return text


class FoundPatient(PatientName):
    number = serializers.CharField()


class FoundPatients(Shape):
    patients = FoundPatient(many=True)
    more = serializers.BooleanField(help_text="There are more than are shown: ask more precisely.")


class BirthDate(Day):
    """Day's century does not hold here: patients are older than it."""

    def to_internal_value(self, value: Any) -> date:
        born: date = serializers.DateField.to_internal_value(self, value)
        today = local_day(timezone.now())
        if born > today:
            raise serializers.ValidationError(_("This date is in the future. Check the year."))
        if born.year < today.year - OLDEST_YEARS:
            raise serializers.ValidationError(_("Nobody is that old. Check the year."))
        return born


class PhoneNumber(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        text: str = super().to_internal_value(data)
        if not text:
            return ""
        number = read_phone_number(text)
        if number is None:
            raise serializers.ValidationError(_("This is no phone number. Check the digits."))
        return number


class ContactIn(Shape):
    email = serializers.EmailField(max_length=254, allow_blank=True)
    mobile = PhoneNumber(max_length=30, allow_blank=True)
    phone = PhoneNumber(max_length=30, allow_blank=True, help_text="Landline.")
    language = serializers.ChoiceField(choices=settings.LANGUAGES)

    class Meta:
        ref_name = "Contact"

    def validate_mobile(self, number: str) -> str:
        return only_mobile(number)


def only_mobile(number: str) -> str:
    if number and not is_mobile(number):
        raise serializers.ValidationError(_("This is no mobile number. Write it under landline."))
    return number


class InvitationIn(Shape):
    modality = serializers.ChoiceField(choices=MODALITIES)
    before = Day(help_text="By when it should be planned, local.")

    def validate_before(self, before: date) -> date:
        if before <= local_day(timezone.now()):
            raise serializers.ValidationError(_("Choose a date in the future."))
        return before


class InvitationOut(Shape):
    messages = serializers.IntegerField(help_text="How many go out; 0 where a person phones, or where it was done.")


class NewPatient(Shape):
    department = Key(help_text="The department that treats the patient from now on.")
    number = serializers.CharField(max_length=20, help_text="The hospital's patient number.")
    salutation = serializers.ChoiceField(choices=Salutation.choices, default=Salutation.NONE)
    initials = serializers.CharField(max_length=20, allow_blank=True, default="")
    particle = serializers.CharField(max_length=20, allow_blank=True, default="", help_text="van der, el, 't")
    family_name = serializers.CharField(max_length=80)
    birth_date = BirthDate()
    email = serializers.EmailField(max_length=254, allow_blank=True, default="")
    mobile = PhoneNumber(max_length=30, allow_blank=True, default="")
    phone = PhoneNumber(max_length=30, allow_blank=True, default="", help_text="Landline.")

    def validate_mobile(self, number: str) -> str:
        return only_mobile(number)


class KnownPatient(Shape):
    department = Key(help_text="The department that treats the patient from now on.")
    number = serializers.CharField(max_length=20)
    birth_date = BirthDate()


class RepresentativeOut(Shape):
    name = serializers.CharField()
    relation = serializers.CharField()
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)

    class Meta:
        ref_name = "Representative"


class AppointmentOfPatient(Shape):
    id = serializers.UUIDField(source="public_id")
    version = serializers.IntegerField(source="schedule_version")
    start = Moment()
    end = Moment()
    type = serializers.IntegerField(source="type_id")
    clinician = serializers.IntegerField(source="clinician_id")
    modality = serializers.ChoiceField(choices=MODALITIES)
    status = serializers.CharField()


class TakenElsewhere(Shape):
    """Another department's appointment: nothing but the time."""

    start = Moment()
    end = Moment()


class PatientOut(FoundPatient):
    salutation = serializers.ChoiceField(choices=Salutation.choices)
    initials = serializers.CharField()
    particle = serializers.CharField()
    family_name = serializers.CharField()
    email = serializers.CharField()
    mobile = serializers.CharField()
    phone = serializers.CharField()
    preference = serializers.ChoiceField(choices=PREFERENCES, allow_blank=True)
    department = serializers.IntegerField(help_text="Through which department you see this patient.")

    class Meta:
        ref_name = "Patient"


class PlannedOfPatient(Shape):
    representatives = RepresentativeOut(many=True)
    appointments = AppointmentOfPatient(
        many=True, help_text="In this department; still to come, and the latest past."
    )
    elsewhere = TakenElsewhere(many=True, help_text="Taken by other departments.")


class PatientWithAppointments(PatientOut, PlannedOfPatient):
    class Meta:
        ref_name = "PatientWithAppointments"


class PreferenceIn(Shape):
    preference = serializers.ChoiceField(choices=PREFERENCES)

    class Meta:
        ref_name = "PreferenceStated"


class PreferenceOut(Shape):
    preference = serializers.ChoiceField(
        choices=PREFERENCES, allow_blank=True, help_text="How the patient wants contact; empty when never asked."
    )

    class Meta:
        ref_name = "Preference"


def with_preference(patient: Patient, preference: str, department: int) -> Patient:
    """What PatientOut shows beside the row itself."""
    patient.preference = preference  # type: ignore[attr-defined]
    patient.department = department  # type: ignore[attr-defined]
    return patient
