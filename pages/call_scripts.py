"""What to say on the phone, in the words of the patient: why we call, and one question per need (PP-45)."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.models import CallTask, MessageKind
from pages.planner.history import moment_words
from praktijkplan.calling import Need

Words = Mapping[str, "str | Promise"]

NEEDS: Words = {
    Need.WRONG_NUMBER: _("wrong number"),
    Need.HELP: _("needs help"),
    Need.ASKED: _("asked to be phoned"),
    Need.BY_PHONE: _("expects a video call"),
    Need.UNREACHABLE: _("no message arrives"),
    Need.FAILED: _("message not delivered"),
    Need.TEST_FAILED: _("test went wrong"),
    Need.FIRST_VIDEO: _("first video call"),
    Need.NEW_TIME: _("needs a new time"),
    Need.NO_TEST: _("not tested yet"),
}
_OPENINGS: Words = {
    CallTask.Reason.NO_CHANNEL: _(
        "We cannot send you a message. Your appointment is on %(moment)s. Does that suit you?"
    ),
    CallTask.Reason.FAILED: _(
        "Our message did not reach you. Your appointment is on %(moment)s. Is your address right?"
    ),
    CallTask.Reason.ASKED: _("You asked us to call. How can we help you with your appointment on %(moment)s?"),
    CallTask.Reason.NEW_TIME: _("Your appointment on %(moment)s is cancelled. We would like to find you a new time."),
    CallTask.Reason.BY_PHONE: _("Your video call of %(moment)s has become a phone call. You need no screen."),
    CallTask.Reason.PREPARE: _("You have a video call on %(moment)s. I call to prepare it with you."),
}
# Of several reasons about one appointment, only the first of these is said.
_WEIGHTIEST = (
    CallTask.Reason.BY_PHONE,
    CallTask.Reason.ASKED,
    CallTask.Reason.NEW_TIME,
    CallTask.Reason.NO_CHANNEL,
    CallTask.Reason.FAILED,
    CallTask.Reason.PREPARE,
)
# What a message would have said.
_INSTEAD_OF: Words = {
    MessageKind.FREED_PLACE: _(
        "A place came free before your appointment on %(moment)s. Do you want to come earlier?"
    ),
    MessageKind.MOVED: _("Your appointment is moved to %(moment)s. Does that suit you?"),
    MessageKind.FORM_CHANGED: _(
        "We shall have contact in another way for your appointment on %(moment)s. I tell you how."
    ),
    MessageKind.CANCELLED: _(
        "Your appointment on %(moment)s is cancelled. We could not send you a message about it."
    ),
    MessageKind.REQUEST_ANSWERED: _(
        "You asked for another form of contact. Your appointment on %(moment)s cannot be changed; I tell you why."
    ),
}
_SAME = _("The same goes for your appointment on %(moment)s.")
_WITHOUT_APPOINTMENT: Words = {
    MessageKind.INVITATION: _(
        "We would like to plan an appointment with you. We cannot send you a message about it."
    ),
}
_LOOSE = _("We tried to send you a message, and it did not reach you.")
_QUESTIONS: Words = {
    Need.WRONG_NUMBER: _("This number is wrong. Look for the right one in the hospital's record."),
    Need.HELP: _("What goes wrong? Shall we try it together now?"),
    Need.UNREACHABLE: _("May we have your e-mail address or mobile number?"),
    Need.FAILED: _("Is your e-mail address still the same?"),
    Need.TEST_FAILED: _("Your test did not work. What did you see on your screen?"),
    Need.FIRST_VIDEO: _("Is this your first video call with us? Shall I explain how it goes?"),
    Need.NO_TEST: _("Did you do the test? It takes one minute."),
}
_BEFORE_VIDEO = (
    _("Do you have a phone, tablet or computer with a camera? Does your browser work?"),
    _("Do you have questions, or is there anything for the helpdesk?"),
)


def need_words(needs: Iterable[str]) -> list[str]:
    return [str(NEEDS.get(need, need)) for need in needs]


def script_of(tasks: Iterable[CallTask], needs: Iterable[str]) -> list[str]:
    """Why we call, once per appointment; then what to ask."""
    in_order = sorted(tasks, key=_weight)
    told: dict[int | None, CallTask] = {}
    for task in in_order:
        told.setdefault(task.appointment_id, task)
    return [*_openings(told.values()), *_questions(in_order, list(needs))]


def _weight(task: CallTask) -> tuple[int, bool, float]:
    """Of what is as grave, what changed goes first; then what comes first."""
    weight = _WEIGHTIEST.index(CallTask.Reason(task.reason))
    start = task.appointment.start.timestamp() if task.appointment else 0.0
    return weight, _instead_of(task) is None, start


def _openings(tasks: Iterable[CallTask]) -> Iterator[str]:
    """What was said of one appointment is not said again in full of the next."""
    said = set()
    for task in tasks:
        words = _opening(task)
        moment = {"moment": moment_words(task.appointment.start)} if task.appointment else {}
        yield str(_SAME if words in said and moment else words) % moment
        said.add(words)


def _opening(task: CallTask) -> "str | Promise":
    if task.appointment is None:
        return _WITHOUT_APPOINTMENT.get(task.about, _LOOSE)
    return _instead_of(task) or _OPENINGS[task.reason]


def _instead_of(task: CallTask) -> "str | Promise | None":
    return _INSTEAD_OF.get(task.about) if task.reason == CallTask.Reason.NO_CHANNEL else None


def _questions(tasks: Iterable[CallTask], needs: Collection[str]) -> Iterator[str]:
    yield from (str(_QUESTIONS[need]) for need in needs if need in _QUESTIONS)
    if any(task.reason == CallTask.Reason.PREPARE for task in tasks):
        # The test itself shows whether there is a camera, and whether the browser can do it.
        asked = _BEFORE_VIDEO[1:] if Need.NO_TEST in needs else _BEFORE_VIDEO
        yield from map(str, asked)
