"""What a patient is told, and by which level."""

from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Moment
from api.schema import ProblemShape
from api.serializers.patients import PreferenceIn
from scheduling.levels import NEEDS, Detail
from scheduling.models import ModalityRequest
from scheduling.patient_session import Level
from scheduling.vocabulary import MODALITIES, PREFERENCES

STATES = ("too_early", "may_enter", "waiting", "call", "phone", "ended", "cancelled", "closed")
LEVELS = {Level.LINK: "link", Level.BIRTH_DATE: "birth_date"}
# Which field of the answer tells which detail.
TELLS = {
    "start": Detail.DAY_AND_TIME,
    "end": Detail.DAY_AND_TIME,
    "modality": Detail.FORM,
    "phone": Detail.PHONE_NUMBER,
    "clinician": Detail.CLINICIAN,
    "name": Detail.NAME,
    "preference": Detail.PREFERENCE,
    "waiting_room": Detail.WAITING_ROOM,
}


class Standing(Shape):
    state = serializers.ChoiceField(choices=[(one, one) for one in STATES])
    opens_at = Moment(help_text="When the waiting room opens.")
    arrived_at = Moment(allow_null=True, help_text="Since when the place is held.")
    present = serializers.BooleanField(help_text="In the waiting room or let in, with a sign of life.")
    join_url = serializers.CharField(
        allow_blank=True, help_text="Once let in: the page in which the video call is held; else empty."
    )


class Me(Shape):
    """Fields that this level does not show are left out."""

    level = serializers.ChoiceField(choices=[(one, one) for one in LEVELS.values()])
    id = serializers.UUIDField()
    takes_place = serializers.BooleanField(help_text="False once cancelled or closed.")
    start = Moment(required=False)
    end = Moment(required=False)
    modality = serializers.ChoiceField(choices=MODALITIES, required=False)
    phone = serializers.CharField(required=False, help_text="Of the clinic.")
    name = serializers.CharField(required=False, help_text="Yours: of the patient, or of who stands for the patient.")
    clinician = serializers.CharField(required=False)
    preference = serializers.ChoiceField(choices=PREFERENCES, allow_blank=True, required=False)
    waiting_room = Standing(required=False, help_text="For a video call.")


def visible_fields(level: Level) -> frozenset[str]:
    return frozenset(field for field, detail in TELLS.items() if level >= NEEDS[detail])


class Letter(Shape):
    id = serializers.UUIDField(source="public_id")
    kind = serializers.CharField()
    sent_at = Moment()
    subject = serializers.CharField()
    body = serializers.CharField()


class Inbox(Shape):
    letters = Letter(many=True, help_text="The newest first.")


class MyPreferenceIn(PreferenceIn):
    in_general = serializers.BooleanField(default=False, help_text="For new appointments too.")

    class Meta:
        ref_name = "MyPreferenceStated"


class MyRequest(Shape):
    asked = serializers.ChoiceField(choices=MODALITIES, allow_blank=True, help_text="Empty when nothing was asked.")
    state = serializers.ChoiceField(choices=[("none", "none"), ("open", "open"), *ModalityRequest.End.choices])
    asked_at = Moment(allow_null=True)
    ended_at = Moment(allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="Why not.")


class NewLink(Shape):
    sent = serializers.BooleanField(help_text="False when no mail can reach you: phone the clinic.")


class NotNowProblem(ProblemShape):
    """`refusal` names why; with `opens_at` where it is only too early."""

    refusal = serializers.CharField(required=False)
    opens_at = Moment(required=False)

    class Meta:
        ref_name = "NotNowProblem"
