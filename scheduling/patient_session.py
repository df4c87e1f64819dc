"""What a patient's browser may see: a signed cookie of personal links and how far each was opened.

Used by pages and by the websocket of the call alike, so that both ask the same question in the same way.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum

from django.conf import settings
from django.core import signing
from django.http import HttpResponseBase
from django.utils import timezone

from scheduling.actions.links import hash_token
from scheduling.localtime import local_day
from scheduling.models import AppointmentLink, Participant

COOKIE = "vp_patient"
# A parent of several children, and several messages per appointment, each with a link of its own.
LINKS_KEPT = 12
_SALT = "scheduling.patient_session"
_OF_LINK = (
    "participant__representative",
    "participant__appointment__patient",
    "participant__appointment__clinician",
    "participant__appointment__department",
    "participant__appointment__type",
)


class Level(IntEnum):
    """How sure we are of who looks. What each shows is one table: scheduling/levels.py."""

    LINK = 1
    BIRTH_DATE = 2


def read_levels(cookies: Mapping[str, str]) -> dict[str, Level]:
    """Link refs of this browser, the latest opened last; empty for a cookie that we did not sign."""
    try:
        kept = signing.loads(cookies.get(COOKIE, ""), salt=_SALT)
        return {str(ref): Level(level) for ref, level in kept.items()}
    except (signing.BadSignature, ValueError, AttributeError):
        return {}


def keep_level(response: HttpResponseBase, cookies: Mapping[str, str], ref: uuid.UUID, level: Level) -> None:
    """Let this browser come back to a link at this level; a level once reached is not lost."""
    levels = read_levels(cookies)
    reached = max(level, levels.pop(str(ref), level))
    levels[str(ref)] = reached
    kept = dict(list(levels.items())[-LINKS_KEPT:])
    response.set_cookie(
        COOKIE,
        signing.dumps({ref: int(level) for ref, level in kept.items()}, salt=_SALT),
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def find_link(token: str) -> AppointmentLink | None:
    """The link of a secret, whatever its state."""
    return AppointmentLink.objects.select_related(*_OF_LINK).filter(token_hash=hash_token(token)).first()


def link_for(ref: str | uuid.UUID, cookies: Mapping[str, str]) -> tuple[AppointmentLink, Level] | None:
    """The link that this browser opened, with its level. It may be revoked, replaced or expired by now."""
    level = read_levels(cookies).get(str(ref))
    if level is None:
        return None
    link = AppointmentLink.objects.select_related(*_OF_LINK).filter(ref=ref).first()
    return (link, level) if link else None


def participant_from_cookies(
    ref: str | uuid.UUID, cookies: Mapping[str, str], now: datetime | None = None
) -> Participant | None:
    """Who may be in the waiting room and the call behind this link, now; None for everyone else.

    A link replaced by a move lets nobody in any more, but who gave the birth date before stays inside.
    """
    found = link_for(ref, cookies)
    if found is None:
        return None
    link, level = found
    let_in = level >= Level.BIRTH_DATE and not is_void(link, now or timezone.now())
    return link.participant if let_in else None


def is_void(link: AppointmentLink, now: datetime) -> bool:
    """Revoked, past its time, or held by someone whose mandate has lapsed."""
    mandate = link.participant.representative
    lapsed = mandate is not None and mandate.valid_until is not None and mandate.valid_until < local_day(now)
    return link.revoked_at is not None or now >= link.expires_at or lapsed
