from django.utils.translation import gettext as _
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Moment
from api.serializers.patients import PhoneNumber
from api.serializers.sessions import PatientName
from api.serializers.staff import DepartmentQuery
from notifications.actions.call_results import NOTE_LENGTH
from notifications.models import SAID_BY_STAFF, CallResult, CallTask
from notifications.queries.calls import Shelf
from praktijkplan.calling import Need

OUTCOMES = [(one.value, one.label) for one in SAID_BY_STAFF]
MOST_ALSO = 20


class CallTaskQuery(DepartmentQuery):
    show = serializers.ChoiceField(
        choices=[each.value for each in Shelf],
        required=False,
        help_text="All that is open unless given. `unreached`: given up; something else must be done.",
    )


class CallTaskOut(Shape):
    id = serializers.UUIDField(source="task.public_id")
    appointment = serializers.UUIDField(
        source="task.appointment.public_id", default=None, allow_null=True, help_text="None for an invitation."
    )
    start = Moment(source="task.appointment.start", default=None, allow_null=True)
    patient = PatientName(source="task.patient")
    call = serializers.CharField(source="callee.name", help_text="Whom to phone.")
    numbers = serializers.ListField(child=serializers.CharField(), source="callee.numbers")
    leave_message = serializers.BooleanField(help_text="Whether others may hear a voicemail.")
    reason = serializers.ChoiceField(choices=CallTask.Reason.choices, source="task.reason")
    about = serializers.CharField(source="task.about", help_text="The kind of message that the call replaces.")
    needs = serializers.ListField(
        child=serializers.ChoiceField(choices=[need.value for need in Need]),
        source="task.needs",
        help_text="The gravest first; empty where the call is for when there is time.",
    )
    call_before = Moment(source="task.call_before")
    call_after = Moment(source="task.call_after", allow_null=True, help_text="Not again before this moment.")
    held_until = Moment(source="task.held_until", allow_null=True, help_text="Someone has this patient on the line.")
    tries = serializers.IntegerField(source="task.tries")
    tried_at = Moment(source="task.tried_at", allow_null=True)
    outcome = serializers.CharField(source="task.outcome", help_text="Of the latest call; empty before it.")
    note = serializers.CharField(source="task.note")
    done_at = Moment(source="task.done_at", allow_null=True)

    class Meta:
        ref_name = "CallTask"


class CallTasks(Shape):
    tasks = CallTaskOut(many=True, help_text="The most pressing first.")


class CallOutcomeIn(Shape):
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    result = serializers.ChoiceField(
        choices=CallResult.choices, required=False, help_text="What came of it, where the patient was reached."
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=NOTE_LENGTH, help_text="Not medical.")
    number = serializers.CharField(
        required=False, max_length=20, help_text="The one that was dialled; the first unless given."
    )
    right_number = PhoneNumber(
        required=False,
        allow_blank=True,
        max_length=30,
        help_text="Another one on which they are reached from now on, where it was heard: they were `reached`, or it "
        "was the `wrong_number`, which is then phoned at once. What is still to be sent follows.",
    )
    also = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        max_length=MOST_ALSO,
        help_text="Other tasks of this patient that the call dealt with.",
    )

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        if attrs.get("result") and attrs["outcome"] != "reached":
            raise serializers.ValidationError({"result": _("Only where the patient was reached.")})
        return attrs

    class Meta:
        ref_name = "CallOutcome"
