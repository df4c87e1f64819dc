"""The messages of a department, for programs."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Day, Key, Moment
from api.serializers.sessions import PatientName
from notifications.models import Channel, MessageKind, MessageState
from notifications.queries.outbox import Box
from notifications.queries.paging import Place, read_place
from notifications.standing import Standing

STANDINGS = [(one.value, one.value) for one in Standing]
RESENT_OVER = [(Channel.EMAIL.value, Channel.EMAIL.label), (Channel.SMS.value, Channel.SMS.label)]
FAILURES = [("message.failed", "failed"), ("message.bounced", "came back")]
MOST_AT_ONCE = 200


class MessagesQuery(Shape):
    department = Key(help_text="Id of the department.")
    box = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Box], default=Box.ALL.value, help_text="What became of them."
    )
    kind = serializers.ChoiceField(choices=MessageKind.choices, required=False)
    channel = serializers.ChoiceField(choices=Channel.choices, required=False)
    since = Day(required=False, help_text="Due on or after this local day.")
    until = Day(required=False, help_text="Due on or before this local day.")
    patient = serializers.UUIDField(required=False)
    cursor = serializers.CharField(required=False, max_length=60, help_text="`next` or `previous` of an answer.")
    limit = serializers.IntegerField(default=50, min_value=1, max_value=MOST_AT_ONCE)

    def validate_cursor(self, value: str) -> Place:
        place = read_place(value)
        if place is None:
            raise serializers.ValidationError(_("Write a cursor as an earlier answer gave it."))
        return place


class MessageInList(Shape):
    id = serializers.UUIDField(source="message.public_id")
    patient = PatientName(source="message.patient")
    appointment = serializers.UUIDField(source="message.appointment.public_id", default=None, allow_null=True)
    kind = serializers.ChoiceField(choices=MessageKind.choices, source="message.kind")
    channel = serializers.ChoiceField(choices=Channel.choices, source="message.channel")
    state = serializers.ChoiceField(choices=MessageState.choices, source="message.state")
    standing = serializers.ChoiceField(choices=STANDINGS, help_text="With what came back of it, and the clock.")
    since = Moment(help_text="From when on it stands so; of what is still to come: when that is.")
    due_at = Moment(source="message.due_at")
    not_after = Moment(source="message.not_after")
    sent_at = Moment(source="message.sent_at", allow_null=True)
    delivered_at = Moment(source="message.delivered_at", allow_null=True)
    read_at = Moment(source="message.read_at", allow_null=True)
    bounced_at = Moment(source="message.bounced_at", allow_null=True)
    problem = serializers.CharField(source="message.problem", help_text="In the words of the other side.")

    class Meta:
        ref_name = "MessageInList"


class OneMessageOut(MessageInList):
    version = serializers.IntegerField(source="message.schedule_version")
    subject = serializers.CharField(source="message.subject")
    body = serializers.CharField(source="message.body", help_text="As sent, with the personal link masked.")
    sent_to = serializers.CharField(source="message.sent_to")
    provider = serializers.CharField(source="message.provider")
    provider_id = serializers.CharField(source="message.provider_id")
    segments = serializers.IntegerField(source="message.segments", allow_null=True)
    cost = serializers.DecimalField(
        source="message.cost", max_digits=8, decimal_places=4, allow_null=True, help_text="Euros."
    )
    failures = serializers.IntegerField(source="message.failures", help_text="Tries that failed.")

    class Meta:
        ref_name = "MessageOfDepartment"


class MessagePage(Shape):
    messages = MessageInList(many=True)
    next = serializers.CharField(allow_null=True, help_text="Cursor of the page that follows.")
    previous = serializers.CharField(allow_null=True)


class ResendIn(Shape):
    channel = serializers.ChoiceField(choices=RESENT_OVER, required=False, help_text="Its own unless given.")

    class Meta:
        ref_name = "Resend"


class HappenedLine(Shape):
    at = Moment()
    kind = serializers.CharField(help_text="message, link.opened, preference.stated, patient.phoned, …")
    message = MessageInList(allow_null=True)
    outcome = serializers.CharField(help_text="Of a call; else empty.")

    class Meta:
        ref_name = "ConversationLine"


class ConversationOut(Shape):
    lines = HappenedLine(many=True, help_text="The newest first; at most a hundred of each sort.")
    more = serializers.BooleanField()

    class Meta:
        ref_name = "Conversation"


class HourOut(Shape):
    begins = Moment()
    sent = serializers.DictField(child=serializers.IntegerField(), help_text="Per channel.")

    class Meta:
        ref_name = "MessageHour"


class ThroughputOut(Shape):
    channel = serializers.ChoiceField(choices=Channel.choices)
    provider = serializers.CharField()
    count = serializers.IntegerField()

    class Meta:
        ref_name = "MessageThroughput"


class FailureOut(Shape):
    kind = serializers.ChoiceField(choices=FAILURES)
    channel = serializers.CharField()
    provider = serializers.CharField()
    code = serializers.CharField()
    count = serializers.IntegerField()
    last = Moment()

    class Meta:
        ref_name = "MessageFailure"


class OperationsOut(Shape):
    overdue = serializers.IntegerField(source="overdue.count")
    oldest_minutes = serializers.IntegerField(source="overdue.minutes", help_text="Since the oldest fell due.")
    is_late = serializers.BooleanField(source="overdue.is_late", help_text="The watchdog warns.")
    waiting = serializers.IntegerField()
    retrying = serializers.IntegerField()
    next_try = Moment(allow_null=True)
    dead = serializers.IntegerField(help_text="Failed for good, in seven days.")
    expired = serializers.IntegerField(help_text="In seven days.")
    broken_addresses = serializers.IntegerField()
    sms_cost = serializers.DecimalField(max_digits=12, decimal_places=4, help_text="Euros, this month.")
    sms_segments = serializers.IntegerField(help_text="This month.")
    hours = HourOut(many=True, help_text="The last 24, the oldest first.")
    throughput = ThroughputOut(many=True, help_text="In 24 hours.")
    failures = FailureOut(many=True, help_text="In seven days, per provider and code.")

    class Meta:
        ref_name = "MessageOperations"
