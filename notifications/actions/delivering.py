"""Send what was claimed: each message is checked against the plan at the last moment, and accounted for.

The result of one message and the claim on the next go in one transaction, just before the next is offered. So a
worker that is killed leaves at most one message of which nobody knows whether it was taken.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from time import sleep
from traceback import extract_tb
from typing import TypeVar

import structlog
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, close_old_connections, transaction
from django.utils import timezone

from notifications.actions import results
from notifications.actions.claiming import Claim, opening_links, renew_lease
from notifications.actions.reading import Claimed, Reader
from notifications.carriers import CARRIERS, Carrier, Kept, Parcel, has_link
from notifications.channels.answers import Accepted, Answer, Broken, Deferred, OutOfReach, Refused
from notifications.models import Channel, Message, MessageKind
from notifications.recheck import Finding, Verdict
from praktijkplan.contact import Modality
from scheduling.actions.links import mint_links
from scheduling.models import AppointmentLink

log = structlog.get_logger("videopoli.notifications")

# So many are read, and get their links, with a few statements; what was read longer ago is read again.
HANDFUL = 100
FRESH_SECONDS = 5.0
# Sent, and then seen to be different from what was read: once more, then it waits for the next sweep.
LOOKS = 2
# After this many broken connections in a row it is the server, not the message.
BREAKS_BEFORE_STOP = 3
# What the other side took may not be sent again because the database was busy for a moment.
WRITE_AGAIN_AFTER = (0.2, 1.0, 3.0)

T = TypeVar("T")


def deliver(*, channel: Channel, claims: Sequence[Claim]) -> bool:
    """Over one connection. False when the other side is out of reach: what was not offered is given back."""
    with CARRIERS[channel]() as carrier:
        return _Round(carrier, claims).run()


@dataclass(frozen=True, slots=True)
class _Ready:
    """A claimed message, with the link that goes with it if it may go."""

    claimed: Claimed
    link: AppointmentLink | None = None
    url: str = ""

    @property
    def message(self) -> Message:
        return self.claimed.message


class _Round:
    """One batch over one carrier."""

    def __init__(self, carrier: Carrier, claims: Sequence[Claim]) -> None:
        self._carrier = carrier
        self._reader = Reader()
        self._todo = deque(claims)
        # Read ahead; None for what is no longer ours.
        self._read: dict[Claim, _Ready | None] = {}
        self._unwritten: Callable[[], object] | None = None
        self._breaks = 0

    def run(self) -> bool:
        try:
            while self._todo and self._breaks < BREAKS_BEFORE_STOP:
                self._next(self._todo[0])
                self._todo.popleft()
        except OutOfReach as error:
            self._give_back(f"no connection ({error})")
            return False
        finally:
            self._write_result()
        if self._breaks == BREAKS_BEFORE_STOP:
            self._give_back("the other side breaks off every conversation")
            return False
        return True

    def _next(self, claim: Claim) -> None:
        answer: Answer | None = None
        try:
            answer = self._deliver(claim)
        except (OutOfReach, Error):
            raise
        except Exception as error:
            _set_aside(claim, error)
        self._breaks = self._breaks + 1 if isinstance(answer, Broken) else 0

    def _deliver(self, claim: Claim) -> Answer | None:
        for look in range(LOOKS):
            ready = self._look(claim, again=look > 0)
            if ready is None:
                return None
            if not self._carrier.is_open:
                self._write_result()
                self._carrier.connect()
            parcel = self._make(ready)
            if _lacks_link(ready, parcel, self._carrier):
                _fail_for_link(ready.message, "its text does not hold the link that it needs")
                return None
            # Last of all, so that nothing but the conversation itself comes between the check and the sending.
            if self._may_go(ready):
                return self._offer(ready, parcel)
        self._see_to_link(claim)
        return None

    def _look(self, claim: Claim, *, again: bool) -> _Ready | None:
        """The message as it stands, if it still holds; else it is put away with the reason."""
        if claim not in self._read:
            self._read_ahead(1 if again else HANDFUL)
        ready = self._read.pop(claim)
        if ready is not None and ready.claimed.age > FRESH_SECONDS:
            self._read_ahead(1)
            ready = self._read.pop(claim)
        if ready is None:
            return None
        now = timezone.now()
        finding = ready.claimed.finding(now)
        if finding.verdict is Verdict.SEND:
            return ready
        _put_away(ready.message, finding, now)
        return None

    def _read_ahead(self, count: int) -> None:
        claims = list(islice(self._todo, count))
        read = self._reader.read(claims)
        self._read |= dict.fromkeys(claims)
        self._read |= {ready.claimed.claim: ready for ready in self._with_links(read)}

    def _with_links(self, read: list[Claimed]) -> Iterator[_Ready]:
        """Minted together, each for its own message."""
        now = timezone.now()
        to_link = {
            one.claim: participant
            for one in read
            if self._carrier.carries_link and has_link(one.message) and one.finding(now).verdict is Verdict.SEND
            # The database has one for each appointment.
            if (participant := one.message.participant) is not None
        }
        minted = dict(zip(to_link, mint_links(participants=list(to_link.values()), now=now), strict=True))
        for one in read:
            link, token = minted.get(one.claim, (None, ""))
            yield _Ready(one, link, f"{settings.BASE_URL}/v/{token}" if token else "")

    def _make(self, ready: _Ready) -> Parcel:
        claimed = ready.claimed
        texts = self._reader.texts_of(claimed.message.department_id)
        return self._carrier.make(
            claimed.message, now=timezone.now(), link=ready.url, policy=claimed.policy, texts=texts
        )

    def _may_go(self, ready: _Ready) -> bool:
        def write_and_renew() -> bool:
            with transaction.atomic():
                if self._unwritten is not None:
                    self._unwritten()
                return renew_lease(message=ready.message, link=ready.link, offer=ready.claimed.offer)

        may_go = _patiently(write_and_renew)
        self._unwritten = None
        return may_go

    def _offer(self, ready: _Ready, parcel: Parcel) -> Answer:
        answer = self._carrier.send(parcel)
        self._unwritten = partial(_account, ready.message, answer, parcel.kept, timezone.now())
        # Trouble is told at once: it asks for a person, or means that nothing will follow soon.
        if not isinstance(answer, Accepted):
            self._write_result()
        return answer

    def _see_to_link(self, claim: Claim) -> None:
        """Not sent, however often it was looked at: then its link may be why, if the plan has not changed."""
        ready = self._look(claim, again=True)
        if ready is not None and ready.link is not None and not opening_links(ready.link).exists():
            _fail_for_link(ready.message, "the link in it does not open")

    def _write_result(self) -> None:
        if self._unwritten is not None:
            _patiently(self._unwritten)
            self._unwritten = None

    def _give_back(self, why: str) -> None:
        given_back = results.release(claims={claim.message: claim.attempt for claim in self._todo}, why=why)
        log.warning("out of reach", carrier=type(self._carrier).__name__, given_back=given_back)


def _put_away(message: Message, finding: Finding, now: datetime) -> None:
    if finding.verdict is Verdict.EXPIRED:
        results.mark_expired(message=message, why=finding.why, now=now)
    elif finding.verdict is Verdict.UNREACHABLE:
        results.mark_unreachable(message=message, why=finding.why, now=now)
    elif finding.verdict is Verdict.ARRIVED:
        results.mark_arrived(message=message, now=now)
    else:
        results.mark_superseded(message=message, why=finding.why)


def _lacks_link(ready: _Ready, parcel: Parcel, carrier: Carrier) -> bool:
    """Who is told to come by video must be able to. Feedback is asked when there is nothing left to enter."""
    appointment, kind = ready.message.appointment, ready.message.kind
    if not carrier.carries_link or appointment is None:
        return False
    if appointment.modality != Modality.VIDEO and kind != MessageKind.FREED_PLACE:
        return False
    if kind in (MessageKind.CANCELLED, MessageKind.FEEDBACK):
        return False
    return not ready.url or not all(ready.url in text for text in parcel.texts)


def _fail_for_link(message: Message, why: str) -> None:
    log.error("message without a working link", message=message.pk)
    results.mark_failed(message=message, why=why, code="link", now=timezone.now())


def _set_aside(claim: Claim, error: Exception) -> None:
    """A message that cannot be made must not hold up the hundred behind it."""
    # The type only: its text may hold what was to be sent.
    why = type(error).__name__
    where = extract_tb(error.__traceback__)[-1]
    log.error("message cannot be made", message=claim.message, error=why, at=f"{where.name}:{where.lineno}")
    message = Message.objects.select_related("appointment__patient", "participant", "patient").get(pk=claim.message)
    if message.attempt == claim.attempt:
        results.postpone(message=message, why=f"the message cannot be made ({why})", now=timezone.now())


def _account(message: Message, answer: Answer, kept: Kept, now: datetime) -> None:
    match answer:
        case Accepted(reference):
            results.mark_sent(message=message, kept=replace(kept, provider_id=reference), now=now)
        case Refused(code, text):
            results.mark_failed(message=message, why=text, code=code, now=now)
        case Deferred(_, text) | Broken(text):
            results.postpone(message=message, why=text, now=now)
            log.info("message postponed", message=message.pk, failures=message.failures + 1)


def _patiently(write: Callable[[], T]) -> T:
    """Also when the database is busy just now."""
    for pause in WRITE_AGAIN_AFTER:
        try:
            return write()
        except (OperationalError, InterfaceError):
            close_old_connections()
            sleep(pause)
    return write()
