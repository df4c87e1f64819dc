from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Moment
from api.schema import ProblemShape
from scheduling.models import ParticipantRole
from scheduling.vocabulary import MODALITIES
from waitingroom.actions.phoning import PHONE_OUTCOMES
from waitingroom.models import Closing, Outcome

PHONED = [(one, one) for one in sorted(PHONE_OUTCOMES)]


class Nothing(Shape):
    """No body is needed."""


class AdmittedOne(Shape):
    role = serializers.ChoiceField(choices=ParticipantRole.choices, source="participant.role")
    arrived_at = Moment()
    admitted_at = Moment(allow_null=True)


class AdmittedOut(Shape):
    admitted = AdmittedOne(many=True, source="presences")

    class Meta:
        ref_name = "Admitted"


class CloseIt(Shape):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    modality_held = serializers.ChoiceField(
        choices=MODALITIES, allow_blank=True, default="", help_text="As it was held; else as planned, or by phone."
    )
    comparable = serializers.BooleanField(
        default=False, help_text="Content and time as in a regular consult (PP-13): without it nothing is registered."
    )
    next_contact = serializers.ChoiceField(choices=MODALITIES, allow_blank=True, default="")
    next_steps = serializers.CharField(
        max_length=2000, allow_blank=True, default="", help_text="For the patient, in plain words."
    )


class ClosingOut(Shape):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    modality_held = serializers.ChoiceField(choices=MODALITIES, allow_blank=True)
    comparable = serializers.BooleanField()
    next_contact = serializers.ChoiceField(choices=MODALITIES, allow_blank=True)
    next_steps = serializers.CharField()
    closed_at = Moment()
    code = serializers.SerializerMethodField(help_text="The activity that is registered; empty when none is.")
    registration = serializers.CharField(help_text="What is registered, or why nothing is, as a sentence.")

    class Meta:
        ref_name = "Closing"

    def get_code(self, closing: Closing) -> str:
        return closing.activity.code if hasattr(closing, "activity") else ""


class PhonedIn(Shape):
    outcome = serializers.ChoiceField(choices=PHONED)

    class Meta:
        ref_name = "Phoned"


class NotOnTheDayProblem(ProblemShape):
    """`refusal` names why; it is stable for programs."""

    refusal = serializers.CharField(required=False)

    class Meta:
        ref_name = "NotOnTheDayProblem"
