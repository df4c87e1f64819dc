"""Patients who ask for another form of contact (PP-07)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Moment
from api.serializers.absences import NewPlace, PlaceOut
from api.serializers.appointments import RefusalOut
from api.serializers.sessions import PatientName
from scheduling.models import ModalityRequest
from scheduling.vocabulary import DECLINE_REASONS, MODALITIES

MOST_SHOWN = 50
OPEN = "open"
OWN_WORDS = "other"
STATES = [(OPEN, _("open")), *ModalityRequest.End.choices]


class FormRequestOut(Shape):
    id = serializers.IntegerField()
    appointment = serializers.UUIDField(source="appointment.public_id")
    version = serializers.IntegerField(
        source="appointment.schedule_version", help_text="To send along when granting."
    )
    start = Moment(source="appointment.start")
    modality = serializers.ChoiceField(choices=MODALITIES, source="appointment.modality", help_text="As it is now.")
    asked = serializers.ChoiceField(choices=MODALITIES)
    patient = PatientName(source="appointment.patient")
    note = serializers.CharField()
    asked_at = Moment()
    by_patient = serializers.SerializerMethodField(help_text="False where staff wrote it down.")
    state = serializers.SerializerMethodField(help_text="`open`, or how it ended.")
    ended_at = Moment(allow_null=True)
    reason = serializers.CharField(source="reason_words", help_text="Why not: the patient reads this.")

    def get_by_patient(self, request: ModalityRequest) -> bool:
        return request.asked_by.startswith("link:")

    def get_state(self, request: ModalityRequest) -> str:
        return request.end or OPEN

    class Meta:
        ref_name = "FormRequest"


class FormRequestToAnswer(FormRequestOut):
    fits_in_place = serializers.BooleanField(help_text="At its very place: then no place need be sent.")
    refusals = RefusalOut(many=True, help_text="Why not at its very place.")
    places = PlaceOut(many=True, help_text="Where else; the first of each can all be had together.")

    class Meta:
        ref_name = "FormRequestToAnswer"


class FormRequests(Shape):
    requests = FormRequestToAnswer(many=True, help_text=f"At most {MOST_SHOWN}, the nearest appointment first.")


class AskForm(Shape):
    appointment = serializers.UUIDField()
    asked = serializers.ChoiceField(choices=MODALITIES)
    note = serializers.CharField(max_length=200, allow_blank=True, default="", help_text="Nothing medical.")
    asked_by = serializers.ChoiceField(
        choices=[("patient", _("the patient")), ("representative", _("the representative"))],
        default="patient",
        help_text="On whose behalf.",
    )

    class Meta:
        ref_name = "AskForm"


class GrantIt(Shape):
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="As you saw the appointment.")
    place = NewPlace(allow_null=True, default=None, help_text="null for where it stands.")

    class Meta:
        ref_name = "GrantFormRequest"


class DeclineIt(Shape):
    reason = serializers.ChoiceField(choices=[*DECLINE_REASONS.items(), (OWN_WORDS, _("In your own words"))])
    words = serializers.CharField(
        max_length=400, allow_blank=True, default="", help_text="With `other`: the patient reads this."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["reason"] == OWN_WORDS and not attrs["words"].strip():
            raise serializers.ValidationError({"words": [_("Write why not: the patient reads it.")]})
        return attrs

    class Meta:
        ref_name = "DeclineFormRequest"
