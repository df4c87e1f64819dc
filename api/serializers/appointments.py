from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Key, Moment
from api.schema import ProblemShape
from api.serializers.sessions import PatientName
from api.serializers.slots import Minutes
from api.serializers.staff import ClinicianName
from notifications.models import Channel, MessageKind, MessageState
from praktijkplan.placing import RefusalId
from praktijkplan.ranking import ReasonId
from praktijkplan.suitability import Answer, Question
from scheduling.actions.cancelling import needs_new_time
from scheduling.models import AppointmentStatus, DecidedBy
from scheduling.vocabulary import ASKED_BY, MODALITIES, MOVE_REASONS, PREFERENCES


class ReasonOut(Shape):
    id = serializers.ChoiceField(choices=[(one.value, one.value) for one in ReasonId])
    points = serializers.IntegerField()
    facts = serializers.DictField(help_text="Days, minutes.")
    sentence = serializers.CharField()

    class Meta:
        ref_name = "Reason"


class ProposalOut(Shape):
    start = Moment()
    clinician = ClinicianName()
    type = serializers.IntegerField(help_text="Id of the appointment type.")
    minutes = serializers.IntegerField()
    score = serializers.IntegerField(help_text="The sum of the points of its reasons.")
    reasons = ReasonOut(many=True)

    class Meta:
        ref_name = "Proposal"


class Proposals(Shape):
    proposals = ProposalOut(many=True, help_text="The best first, spread over days.")


class RefusalOut(Shape):
    id = serializers.ChoiceField(choices=[(one.value, one.value) for one in RefusalId])
    rule = serializers.CharField(help_text="Of the praktijkplan; empty where plain sense refuses.")
    facts = serializers.DictField(help_text="Moments, minutes, ids.")
    sentence = serializers.CharField()

    class Meta:
        ref_name = "Refusal"


class NotPlacedProblem(ProblemShape):
    """`refusals` and `proposals` where the place cannot be had."""

    refusals = RefusalOut(many=True, required=False)
    proposals = ProposalOut(many=True, required=False)

    class Meta:
        ref_name = "NotPlacedProblem"


class Answered(Shape):
    """What was answered of the suitability check (PP-02, PP-03); nothing has to be."""

    answers = serializers.DictField(
        child=serializers.ChoiceField(choices=[(one.value, one.value) for one in Answer]),
        default=dict,
        help_text="By question: yes, no or unknown. Questions: " + ", ".join(Question) + ".",
    )
    overruled_reason = serializers.CharField(
        max_length=200,
        allow_blank=True,
        default="",
        help_text="Why this form is chosen all the same, where a finding warns of it.",
    )

    def validate_answers(self, answers: dict[str, str]) -> dict[Question, Answer]:
        unknown = sorted(answers.keys() - set(Question))
        if unknown:
            raise serializers.ValidationError(_("There is no such question: %(name)s.") % {"name": unknown[0][:40]})
        return {Question(question): Answer(said) for question, said in answers.items()}


class Versioned(Shape):
    version = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, help_text="As you saw it; or send If-Match."
    )


class ChangeForm(Answered, Versioned):
    type = Key(help_text="Id of an appointment type of the same kind of contact; the moment and clinician stay.")
    decided_by = serializers.ChoiceField(
        choices=DecidedBy.choices, required=False, help_text="Who chose the form of contact; as it was unless given."
    )
    reason = serializers.ChoiceField(choices=MOVE_REASONS, default="", allow_blank=True)


class MoveTo(ChangeForm):
    type = Key(
        required=False,
        help_text="Id of an appointment type of the same kind of contact; as it is unless given. Another form of "
        "contact is weighed as when booking.",
    )
    start = Moment(help_text="UTC, or local time with its offset.")
    clinician = Key(required=False, help_text="The same one unless given.")


class ChangeDuration(Versioned):
    minutes = Minutes()
    note = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="Why, in your own words; nothing medical."
    )


class CancelIt(Versioned):
    reason = serializers.CharField(max_length=200, allow_blank=True, default="", help_text="In your own words.")
    asked_by = serializers.ChoiceField(
        choices=ASKED_BY, allow_blank=True, default="", help_text="On whose behalf; empty where nobody said."
    )
    new_time = serializers.BooleanField(
        allow_null=True,
        default=None,
        help_text="Whether the patient needs another appointment: then a person phones, and the message says so. "
        "Left out: unless it was cancelled on the patient's behalf.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["new_time"] is None:
            attrs["new_time"] = needs_new_time(attrs["asked_by"])
        return attrs


class AppointmentOut(Shape):
    id = serializers.UUIDField(source="public_id")
    version = serializers.IntegerField(source="schedule_version", help_text="Raised by each move and cancellation.")
    status = serializers.ChoiceField(choices=AppointmentStatus.choices)
    start = Moment()
    end = Moment()
    duration_minutes = serializers.IntegerField()
    modality = serializers.ChoiceField(choices=MODALITIES)
    department = serializers.IntegerField(source="department_id")
    type = serializers.IntegerField(source="type_id")
    clinician = serializers.IntegerField(source="clinician_id")
    session = serializers.UUIDField(source="session.public_id", default=None, allow_null=True)
    patient = serializers.UUIDField(source="patient.public_id")
    preference = serializers.ChoiceField(
        choices=PREFERENCES, allow_blank=True, help_text="What the patient wanted when this was booked."
    )
    decided_by = serializers.ChoiceField(choices=DecidedBy.choices)
    booked_at = Moment()

    class Meta:
        ref_name = "Appointment"


class HappenedOut(Shape):
    at = Moment()
    kind = serializers.CharField(help_text="What happened, such as appointment.moved.")
    by = serializers.ChoiceField(choices=[("staff", "staff"), ("link", "link"), ("system", "system")])
    name = serializers.CharField(help_text="Of the member of staff; else empty.")
    facts = serializers.DictField(help_text="Small values: forms, reasons, versions.")

    class Meta:
        ref_name = "Happened"


class AppointmentWithHistory(AppointmentOut):
    person = PatientName(source="patient")
    cancel_reason = serializers.CharField()
    history = HappenedOut(many=True, help_text="The oldest first.")

    class Meta:
        ref_name = "AppointmentWithHistory"


class MessageOut(Shape):
    id = serializers.UUIDField(source="public_id")
    kind = serializers.ChoiceField(choices=MessageKind.choices)
    channel = serializers.ChoiceField(choices=Channel.choices)
    state = serializers.ChoiceField(choices=MessageState.choices)
    version = serializers.IntegerField(source="schedule_version", help_text="Of the appointment it tells of.")
    recipient = serializers.CharField(source="participant.role")
    due_at = Moment()
    not_after = Moment()
    sent_at = Moment(allow_null=True)
    problem = serializers.CharField()
    subject = serializers.CharField()
    body = serializers.CharField(help_text="As sent, with the personal link masked; empty until then.")

    class Meta:
        ref_name = "Message"


class Messages(Shape):
    messages = MessageOut(many=True)
