from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Moment
from api.serializers.sessions import PatientName
from notifications.models import CallOutcome, CallTask

# What a person can say happened; "no longer needed" is ours to find out.
OUTCOMES = [(one.value, one.label) for one in CallOutcome if one is not CallOutcome.NOT_NEEDED]


class CallTaskOut(Shape):
    id = serializers.UUIDField(source="task.public_id")
    appointment = serializers.UUIDField(source="task.appointment.public_id")
    start = Moment(source="task.appointment.start")
    patient = PatientName(source="task.appointment.patient")
    call = serializers.CharField(source="callee.name", help_text="Whom to phone.")
    numbers = serializers.ListField(child=serializers.CharField(), source="callee.numbers")
    reason = serializers.ChoiceField(choices=CallTask.Reason.choices, source="task.reason")
    about = serializers.CharField(source="task.about", help_text="The kind of message that the call replaces.")
    call_before = Moment(source="task.call_before")
    tries = serializers.IntegerField(source="task.tries")
    tried_at = Moment(source="task.tried_at", allow_null=True)
    outcome = serializers.CharField(source="task.outcome", help_text="Of the latest call; empty before it.")
    done_at = Moment(source="task.done_at", allow_null=True)

    class Meta:
        ref_name = "CallTask"


class CallTasks(Shape):
    tasks = CallTaskOut(many=True, help_text="The most pressing first.")


class CallOutcomeIn(Shape):
    outcome = serializers.ChoiceField(choices=OUTCOMES)

    class Meta:
        ref_name = "CallOutcome"
