"""What became of a message, step by step: from its row, and from the facts that its row does not keep."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models import Event
from notifications.models import PENDING, Message, MessageState
from notifications.standing import Standing, standing_of
from pages.planner.messages.words import MARKS, Mark, plain_answer

OF_A_MESSAGE = ("message.failed", "message.expired")
OF_THE_PLAN = ("appointment.moved", "appointment.form_changed", "appointment.cancelled")


@dataclass(frozen=True)
class Step:
    """`at` is None where nobody wrote down when."""

    at: datetime | None
    mark: Mark
    what: str | Promise
    detail: str = ""
    to_come: bool = False


def steps_of(message: Message, *, now: datetime) -> list[Step]:
    """The oldest first; one query."""
    facts = _facts(message)
    steps = [*_planned(message, now), *_sent(message), *_ended(message, facts)]
    return [step for _, step in sorted(enumerate(steps), key=lambda one: (one[1].to_come, one[0]))]


def _planned(message: Message, now: datetime) -> Iterator[Step]:
    yield Step(message.due_at, MARKS[Standing.PLANNED], _("due"), to_come=message.due_at > now)
    if message.failures:
        words = gettext("%(count)d tries failed") % {"count": message.failures}
        yield Step(None, MARKS[Standing.RETRYING], words, plain_answer(message) if message.state in PENDING else "")
    if message.state in PENDING and message.failures:
        yield Step(message.try_at, MARKS[Standing.PLANNED], _("next try"), to_come=True)
    if standing_of(message, now=now) is Standing.LATE:
        yield Step(now, MARKS[Standing.LATE], _("not sent yet"))


def _sent(message: Message) -> Iterator[Step]:
    told = (
        (message.sent_at, Standing.SENT, _("accepted by the other side")),
        (message.delivered_at, Standing.DELIVERED, _("delivered")),
        (message.read_at, Standing.READ, _("opened by the reader")),
    )
    for at, standing, what in told:
        if at:
            yield Step(at, MARKS[standing], what)
    if message.bounced_at:
        yield Step(message.bounced_at, MARKS[Standing.BOUNCED], _("came back"), plain_answer(message))


def _ended(message: Message, facts: dict[str, datetime]) -> Iterator[Step]:
    if message.state == MessageState.FAILED:
        at = facts.get("message.failed") or message.offered_at
        yield Step(at, MARKS[Standing.FAILED], _("failed for good"), plain_answer(message))
    elif message.state == MessageState.EXPIRED:
        at = facts.get("message.expired") or message.not_after
        yield Step(at, MARKS[Standing.EXPIRED], _("not sent any more"), plain_answer(message))
    elif message.state == MessageState.SUPERSEDED:
        yield Step(
            facts.get("plan"), MARKS[Standing.SUPERSEDED], _("replaced by a newer plan"), plain_answer(message)
        )


def _facts(message: Message) -> dict[str, datetime]:
    """When it failed or expired, and when the plan changed that it told of."""
    if message.appointment_id is None or message.state not in (
        MessageState.FAILED,
        MessageState.EXPIRED,
        MessageState.SUPERSEDED,
    ):
        return {}
    found: dict[str, datetime] = {}
    events = Event.objects.filter(appointment_id=message.appointment_id, kind__in=(*OF_A_MESSAGE, *OF_THE_PLAN))
    for event in events.order_by("id"):
        if event.data.get("message") == message.pk:
            found[event.kind] = event.at
        elif event.kind in OF_THE_PLAN and event.data.get("schedule_version", 0) > message.schedule_version:
            found.setdefault("plan", event.at)
    return found
