"""What becomes of a mail that came back, and of the address that did not take it."""

import re
from datetime import datetime
from enum import StrEnum

import structlog
from django.db import transaction

from events.catalogue import AddressRepaired
from events.log import record
from notifications.actions.replanning import replan_patient
from notifications.actions.returning import address_of, mark_broken, mark_returned, messages_over
from notifications.channels.mail.bounces import Fate, NoBounce, Returned, read_bounce
from notifications.models import BrokenAddress, Channel, Message
from people.models import Patient, Representative

log = structlog.get_logger("videopoli.notifications")

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
        taken = Taken.BOUNCED if _mark_bounced(message, found, now) else Taken.KNOWN
    log.info("bounce taken", message=message.pk, code=found.code, taken=taken.value)
    return taken


def _mark_bounced(message: Message, found: Returned, now: datetime) -> bool:
    return mark_returned(
        message=message,
        code=found.code,
        why=f"{found.code} {found.words}".strip(),
        at=now,
        now=now,
        distrust=_distrust_mailbox if found.blames_address else None,
    )


@transaction.atomic
def mark_refused(*, message: Message, now: datetime) -> None:
    """For who was refused while it was being offered: where there is no such address, no other mail need be tried."""
    if message.channel == Channel.EMAIL and _NO_SUCH_ADDRESS.match(message.problem):
        _distrust_mailbox(message, now)


def _distrust_mailbox(message: Message, now: datetime) -> None:
    """Whoever shares the address is told otherwise."""
    if mark_broken(message=message, why=message.problem, now=now):
        _replan_who_uses(Channel.EMAIL, address_of(message), now)


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
    return messages_over(Channel.EMAIL).filter(public_id=found.message).first()


def _replan_who_uses(channel: Channel, address: str, now: datetime) -> None:
    uses = {"email__iexact": address} if channel is Channel.EMAIL else {"mobile": address}
    represented = Representative.objects.filter(**uses).values("patient")
    patients = Patient.objects.filter(**uses) | Patient.objects.filter(pk__in=represented)
    for patient in patients.order_by("pk"):
        replan_patient(patient=patient, now=now)
