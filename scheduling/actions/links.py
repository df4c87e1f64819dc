"""Personal links (reliability, Access): 128 bits, stored hashed, one per message, bound to a recipient."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from events.catalogue import LinkOpened
from events.log import record
from events.models import Event
from scheduling.models import Appointment, AppointmentLink, Participant

TOKEN_BYTES = 16
BIRTH_DATE_TRIES = 5
STAYS_AFTER_VISIT = timedelta(days=1)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def mint_link(*, participant: Participant, now: datetime) -> tuple[AppointmentLink, str]:
    """A new link and its secret; the secret exists only here and in the message that carries it."""
    [minted] = mint_links(participants=[participant], now=now)
    return minted


@transaction.atomic
def mint_links(*, participants: Sequence[Participant], now: datetime) -> list[tuple[AppointmentLink, str]]:
    """A link for each, in their order."""
    tokens = [secrets.token_urlsafe(TOKEN_BYTES) for _ in participants]
    links = [
        AppointmentLink(
            token_hash=hash_token(token),
            participant=participant,
            schedule_version=participant.appointment.schedule_version,
            created_at=now,
            expires_at=participant.appointment.end + STAYS_AFTER_VISIT,
        )
        for participant, token in zip(participants, tokens, strict=True)
    ]
    return list(zip(AppointmentLink.objects.bulk_create(links), tokens, strict=True))


@transaction.atomic
def revoke_links(*, appointment: Appointment, now: datetime) -> None:
    AppointmentLink.objects.filter(participant__appointment=appointment, revoked_at__isnull=True).update(
        revoked_at=now
    )


@transaction.atomic
def replace_links(*, appointment: Appointment, now: datetime) -> None:
    """After a move: an old link still explains, but no longer opens the door."""
    AppointmentLink.objects.filter(participant__appointment=appointment, replaced_at__isnull=True).update(
        replaced_at=now
    )


@transaction.atomic
def try_birth_date(*, link: AppointmentLink, birth_date: date, now: datetime) -> bool:
    """Friction against a wrong recipient, five tries per link; not authentication."""
    if not _is_right(link, birth_date):
        return False
    _tell_opened(link, now)
    return True


@transaction.atomic
def check_birth_date(*, link: AppointmentLink, birth_date: date, now: datetime) -> bool:
    """The same for a program, which sends the birth date with every request: that it was right is told once."""
    if not _is_right(link, birth_date):
        return False
    told = Event.objects.filter(
        appointment_id=link.participant.appointment_id, kind=LinkOpened.kind, actor=link.actor
    )
    if not told.exists():
        _tell_opened(link, now)
    return True


def _is_right(link: AppointmentLink, birth_date: date) -> bool:
    # Locked: tries sent at the same moment must not share one count.
    failures = AppointmentLink.objects.select_for_update().values_list("birth_date_failures", flat=True)
    link.birth_date_failures = failures.get(pk=link.pk)
    if link.birth_date_failures >= BIRTH_DATE_TRIES:
        return False
    if link.participant.appointment.patient.birth_date == birth_date:
        return True
    link.birth_date_failures += 1
    link.save(update_fields=["birth_date_failures"])
    return False


def _tell_opened(link: AppointmentLink, now: datetime) -> None:
    appointment = link.participant.appointment
    opened = LinkOpened(
        appointment=appointment.pk,
        session=appointment.session_id,
        department=appointment.department_id,
        link=str(link.ref),
        level="birth_date",
    )
    record(opened, at=now, actor=link.actor)
