"""What becomes of a mail that came back, and of the address that did not take it."""

import re
from datetime import datetime
from enum import StrEnum

import structlog
from django.db import transaction

from events.catalogue import AddressRepaired, MessageBounced
from events.log import record
from notifications.actions.another_way import tell_in_another_way
from notifications.actions.calls import SYSTEM
from notifications.actions.replanning import replan_patient
from notifications.channels.mail.bounces import Fate, NoBounce, Returned, read_bounce
from notifications.models import PENDING, BrokenAddress, Channel, Message, MessageState
from people.models import Patient, Representative
from scheduling.models import Appointment

log = structlog.get_logger("videopoli.notifications")

PROBLEM_LENGTH = 200
# A superseded or expired message stays that, whatever becomes of what was offered of it.
CAN_STILL_FAIL = (*PENDING, MessageState.SENT)
# "No such address", said by a server at once; other refusals may be about the letter or about us.
_NO_SUCH_ADDRESS = re.compile(r"^5\d\d[ -]5\.1\.\d")


class Taken(StrEnum):
    """What was done with a returned mail."""

    BOUNCED = "bounced"
    KNOWN = "known"
    DELAYED = "delayed"
    IGNORED = "ignored"


def receive_bounce(*, raw: bytes, now: datetime) -> Taken:
    """A mail that came to the address for bounces, as it came. The same one again changes nothing."""
    found = read_bounce(raw)
    if isinstance(found, NoBounce):
        log.info("bounce ignored", why=found.why)
        return Taken.IGNORED
    message = _mail(found)
    if message is None:
        log.info("bounce ignored", why="names no mail that we know")
        return Taken.IGNORED
    if found.fate is Fate.DELAYED:
        # Their server still tries; it tells once more when it gives up.
        taken = Taken.DELAYED
    else:
        taken = Taken.BOUNCED if mark_bounced(message=message, found=found, now=now) else Taken.KNOWN
    log.info("bounce taken", message=message.pk, code=found.code, taken=taken.value)
    return taken


@transaction.atomic
def mark_bounced(*, message: Message, found: Returned, now: datetime) -> bool:
    """It will not arrive: told in another way, else by a person. False when that was known already."""
    _lock_appointments(message)
    why = f"{found.code} {found.words}".strip()[:PROBLEM_LENGTH]
    if not Message.objects.filter(pk=message.pk, bounced_at=None).update(bounced_at=now, problem=why):
        return False
    failed = Message.objects.filter(pk=message.pk, state__in=CAN_STILL_FAIL).update(
        state=MessageState.FAILED, leased_until=None
    )
    message.refresh_from_db()
    _record(message, found.code, now)
    if found.blames_address:
        mark_broken(address=message.sent_to or message.address, why=why, now=now)
    if failed:
        tell_in_another_way(message=message, now=now)
    return True


@transaction.atomic
def mark_refused(*, message: Message, now: datetime) -> None:
    """For who was refused while it was being offered: where there is no such address, no other mail need be tried."""
    if message.channel == Channel.EMAIL and _NO_SUCH_ADDRESS.match(message.problem):
        mark_broken(address=message.address, why=message.problem, now=now)


@transaction.atomic
def mark_broken(*, address: str, why: str, now: datetime) -> None:
    """No mail goes there until someone repairs it; whoever shares the address is told otherwise."""
    kept = address.lower()
    _, made = BrokenAddress.objects.get_or_create(
        channel=Channel.EMAIL, address=kept, defaults={"since": now, "why": why[:PROBLEM_LENGTH]}
    )
    if made:
        _replan_who_uses(Channel.EMAIL, kept, now)


@transaction.atomic
def repair_address(*, channel: Channel, address: str, by: str, now: datetime) -> bool:
    """Staff have seen that this address works: it counts again. False when nothing was wrong with it."""
    kept = address.lower() if channel is Channel.EMAIL else address
    repaired, _ = BrokenAddress.objects.filter(channel=channel, address=kept).delete()
    if repaired:
        record(AddressRepaired(channel=channel), at=now, actor=by)
        _replan_who_uses(channel, kept, now)
    return bool(repaired)


def _mail(found: Returned) -> Message | None:
    mails = Message.objects.filter(channel=Channel.EMAIL).select_related(
        "appointment__patient", "patient", "department", "participant__representative", "representative"
    )
    return mails.filter(public_id=found.message).first()


def _replan_who_uses(channel: Channel, address: str, now: datetime) -> None:
    uses = {"email__iexact": address} if channel is Channel.EMAIL else {"mobile": address}
    represented = Representative.objects.filter(**uses).values("patient")
    patients = Patient.objects.filter(**uses) | Patient.objects.filter(pk__in=represented)
    for patient in patients.order_by("pk"):
        replan_patient(patient=patient, now=now)


def _lock_appointments(message: Message) -> None:
    """Before the message's own row, in the order of a move or a cancellation; with all that are planned anew."""
    theirs = Appointment.objects.select_for_update(no_key=True).filter(patient=message.patient_id)
    list(theirs.order_by("start").values_list("pk", flat=True))


def _record(message: Message, code: str, now: datetime) -> None:
    fact = MessageBounced(
        appointment=message.appointment_id,
        session=message.appointment.session_id if message.appointment else None,
        department=message.department_id,
        message=message.pk,
        message_kind=message.kind,
        channel=message.channel,
        reason=code,
    )
    record(fact, at=now, actor=SYSTEM)
