"""What is wanted of a new appointment, and what it would mean before it is made."""

from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Key, Moment
from api.serializers.appointments import Answered, AppointmentOut, NotPlacedProblem
from api.serializers.needs import MOST_NEEDS, NeedIn
from api.serializers.slots import Minutes
from notifications.models import Channel, MessageKind
from praktijkplan.findings import Severity
from praktijkplan.suitability import Answer, Question, SuitFindingId
from scheduling.models import DecidedBy
from scheduling.vocabulary import MODALITIES


class WantedAppointment(Answered):
    patient = serializers.UUIDField()
    type = Key(help_text="Id of the appointment type.")
    clinician = Key()
    start = Moment(help_text="UTC, or local time with its offset.")
    minutes = Minutes(required=False)


class NewAppointment(WantedAppointment):
    decided_by = serializers.ChoiceField(
        choices=DecidedBy.choices, default=DecidedBy.TOGETHER, help_text="Who chose the form of contact."
    )
    urgent = serializers.BooleanField(default=False, help_text="May use what is held for urgent consults.")
    overbook = serializers.BooleanField(
        default=False, help_text="Beside another appointment of the clinician on purpose; needs overbook_reason."
    )
    overbook_reason = serializers.CharField(max_length=200, allow_blank=True, default="")
    needs = serializers.ListField(
        child=NeedIn(), max_length=MOST_NEEDS, default=list, help_text="Who or what must be free besides."
    )
    order = Key(required=False, help_text="Id of an open follow-up order of this patient, which is planned by it.")
    seen = serializers.CharField(
        required=False,
        max_length=60,
        help_text="What you saw of the patient: `seen` of a preview. Refused when others booked since.",
    )


class SuitFindingOut(Shape):
    id = serializers.ChoiceField(choices=[(one.value, one.value) for one in SuitFindingId])
    rule = serializers.CharField(help_text="Of the praktijkplan.")
    severity = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Severity], help_text="A warning needs a reason to go on."
    )
    proposes = serializers.ChoiceField(choices=MODALITIES, allow_null=True)
    facts = serializers.DictField(help_text="Such as age.")
    sentence = serializers.CharField()

    class Meta:
        ref_name = "SuitFinding"


class QuestionOut(Shape):
    id = serializers.ChoiceField(choices=[(one.value, one.value) for one in Question])
    sentence = serializers.CharField()
    answer = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Answer], allow_null=True, help_text="null: left to ask."
    )

    class Meta:
        ref_name = "SuitQuestion"


class KnownOut(Shape):
    age = serializers.IntegerField(help_text="On the day of the appointment.")
    representative_can_take_part = serializers.BooleanField()
    on_site_same_day = serializers.BooleanField()
    video_held_before = serializers.IntegerField()
    technique_failed_last = serializers.BooleanField()
    preference = serializers.CharField(allow_null=True, help_text="A form of contact; null: none was stated.")
    has_mobile_or_mail = serializers.BooleanField()

    class Meta:
        ref_name = "SuitKnown"


class LetterOut(Shape):
    kind = serializers.ChoiceField(choices=MessageKind.choices)
    recipient = serializers.CharField()
    channels = serializers.ListField(
        child=serializers.ChoiceField(choices=Channel.choices), help_text="Empty: this recipient must be phoned."
    )
    subject = serializers.CharField()
    body = serializers.CharField()

    class Meta:
        ref_name = "LetterPreview"


class ReminderOut(Shape):
    kind = serializers.ChoiceField(choices=MessageKind.choices)
    due = Moment()

    class Meta:
        ref_name = "Reminder"


class BookingPreview(Shape):
    suited = serializers.BooleanField(help_text="Whether no finding warns of this form.")
    findings = SuitFindingOut(many=True, help_text="The gravest first.")
    questions = QuestionOut(many=True)
    known = KnownOut()
    letters = LetterOut(many=True)
    reminders = ReminderOut(many=True)
    seen = serializers.CharField(help_text="To send along when booking.")


class NotBookedProblem(NotPlacedProblem):
    """`meanwhile` and a new `seen` where others booked for this patient, or planned the order."""

    meanwhile = AppointmentOut(many=True, required=False)
    seen = serializers.CharField(required=False)

    class Meta:
        ref_name = "NotBookedProblem"
