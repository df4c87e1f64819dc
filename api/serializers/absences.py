"""Absences, and another place for each patient who was booked then."""

from typing import Any

from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Key, Moment
from api.serializers.appointments import ReasonOut, RefusalOut
from api.serializers.sessions import PatientName
from api.serializers.staff import ClinicianName, DepartmentQuery
from scheduling.actions.bulk import Ended
from scheduling.models import Absence
from scheduling.models.minutes import from_minute
from scheduling.vocabulary import MODALITIES

MOST_CHOICES = 100


class Minute(Moment):
    """Epoch minutes, told as a moment."""

    def to_representation(self, value: Any) -> str:
        return super().to_representation(from_minute(value))


class AbsenceOut(Shape):
    id = serializers.UUIDField(source="public_id")
    clinician = ClinicianName()
    kind = serializers.ChoiceField(choices=Absence.Kind.choices)
    starts = Minute()
    ends = Minute()
    revision = serializers.IntegerField(help_text="To send along with a change.")
    lifted_at = Moment(allow_null=True)

    class Meta:
        ref_name = "Absence"


class AbsenceListed(AbsenceOut):
    total = serializers.IntegerField(help_text="How many patients were booked then, in all departments.")
    to_do = serializers.IntegerField(help_text="How many of these still need an end.")
    elsewhere = serializers.IntegerField(help_text="How many of those in other departments.")

    class Meta:
        ref_name = "AbsenceListed"


class Absences(Shape):
    absences = AbsenceListed(many=True, help_text="The first first.")


class AbsenceFields(DepartmentQuery):
    starts = Moment(help_text="UTC, or local time with its offset.")
    ends = Moment(help_text="The first moment at which the clinician is back.")
    kind = serializers.ChoiceField(choices=Absence.Kind.choices)


class NewAbsence(AbsenceFields):
    clinician = Key()


class AtRevision(DepartmentQuery):
    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="As you saw it.")


class ChangeAbsence(AbsenceFields, AtRevision):
    pass


class PlaceOut(Shape):
    start = Moment()
    clinician = ClinicianName()
    type = serializers.IntegerField(help_text="Id of the appointment type: the form may be another one.")
    modality = serializers.ChoiceField(choices=MODALITIES)
    clashes = serializers.BooleanField(help_text="It is proposed to another patient of this absence too.")
    reasons = ReasonOut(many=True)

    class Meta:
        ref_name = "PlaceForPatient"


class AbsenceTask(Shape):
    id = serializers.IntegerField()
    appointment = serializers.UUIDField()
    version = serializers.IntegerField(help_text="To send along with what is chosen.")
    start = Moment()
    modality = serializers.ChoiceField(choices=MODALITIES)
    patient = PatientName()
    places = PlaceOut(many=True, help_text="The first of each patient can all be had together.")


class AbsenceWithTasks(AbsenceOut):
    tasks = AbsenceTask(many=True, help_text=f"Of this department, open; at most {MOST_CHOICES}, the first first.")

    class Meta:
        ref_name = "AbsenceWithTasks"


class NewPlace(Shape):
    start = Moment()
    clinician = Key()
    type = Key()


class ChoiceForTask(Shape):
    task = Key()
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    place = NewPlace(allow_null=True, help_text="null cancels the appointment, and has the patient phoned.")


class ReplanThem(DepartmentQuery):
    choices = serializers.ListField(child=ChoiceForTask(), max_length=MOST_CHOICES)


class OutcomeOut(Shape):
    task = serializers.IntegerField()
    ended = serializers.ChoiceField(choices=[(each.value, each.value) for each in Ended])
    refusals = RefusalOut(many=True)

    class Meta:
        ref_name = "ReplanOutcome"


class Outcomes(Shape):
    batch = serializers.UUIDField(help_text="Undoes what was done in one go, as far as nobody was told.")
    outcomes = OutcomeOut(many=True, help_text="In order of time. Each is done by itself: some may be, others not.")
