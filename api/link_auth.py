"""The door of the API for patients: a personal link, and the birth date where more is asked for.

    Authorization: Link <the part of the address after /v/>
    Birth-Date: 1951-03-29

The birth date is friction against a wrong recipient, not authentication (reliability, Access). A link that is
unknown, revoked or expired is answered in one and the same way.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from api.endpoint import Endpoint
from api.problems import Problem, Refused, invalid
from people.actions.access import log_access
from scheduling.actions.links import BIRTH_DATE_TRIES, check_birth_date
from scheduling.levels import visible_at
from scheduling.models import Appointment, AppointmentLink, Participant
from scheduling.patient_session import Level, find_link, is_void
from waitingroom.models import Presence

SCHEME = "link"
HEADER = "Birth-Date"
LONGEST_TOKEN = 100


@dataclass(frozen=True)
class LinkVisit:
    """Someone asks about one appointment through one link."""

    link: AppointmentLink
    level: Level
    token: str
    now: datetime

    @property
    def participant(self) -> Participant:
        return self.link.participant

    @property
    def appointment(self) -> Appointment:
        return self.link.participant.appointment

    @property
    def actor(self) -> str:
        return self.link.actor

    def sees(self, detail: str) -> bool:
        return visible_at(self.level)[detail]

    def log(self, action: str, *, allowed: bool = True) -> None:
        log_visit(self.link, action, allowed=allowed)


def log_visit(link: AppointmentLink, action: str, *, allowed: bool) -> None:
    appointment = link.participant.appointment
    log_access(
        actor=link.actor,
        role=link.participant.role,
        action=action,
        department=appointment.department_id,
        patient=appointment.patient_id,
        appointment=appointment.pk,
        allowed=allowed,
    )


class PersonalLink(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[AnonymousUser, LinkVisit] | None:
        token = _token(request)
        if token is None:
            return None
        now = timezone.now()
        link = find_link(token)
        if link is None or is_void(link, now):
            if link is not None:
                log_visit(link, "open.link", allowed=False)
            raise exceptions.AuthenticationFailed(
                _("This link does not work, or no longer. Use the link in the newest message, or phone the clinic.")
            )
        return AnonymousUser(), LinkVisit(link, _level(request, link, now), token, now)

    def authenticate_header(self, request: Request) -> str:
        return 'Link realm="videopoli"'


class HasLink(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, LinkVisit):
            raise exceptions.NotAuthenticated(_("Send the secret of a personal link: Authorization: Link …"))
        return True


class LinkEndpoint(Endpoint):
    authentication_classes = [PersonalLink]
    permission_classes = [HasLink]

    @property
    def visit(self) -> LinkVisit:
        visit = self.request.auth
        assert isinstance(visit, LinkVisit)  # noqa: S101  for the type checker: HasLink has let them in
        return visit

    def enter(self, action: str, needs: Level = Level.BIRTH_DATE, *, log_allowed: bool = True) -> LinkVisit:
        """The visit, if its level is enough and its link still opens the door. Whoever comes is logged."""
        visit = self.visit
        problem = _out_of_date(visit) or (_more_needed() if visit.level < needs else None)
        if problem is not None:
            visit.log(action, allowed=False)
            raise Refused(problem)
        if log_allowed:
            visit.log(action)
        return visit


def _token(request: Request) -> str | None:
    scheme, _space, token = get_authorization_header(request).decode("latin-1").partition(" ")
    if scheme.lower() != SCHEME:
        return None
    return token.strip()[:LONGEST_TOKEN]


def _level(request: Request, link: AppointmentLink, now: datetime) -> Level:
    text = request.headers.get(HEADER)
    if text is None:
        return Level.LINK
    try:
        birth_date = date.fromisoformat(text)
    except ValueError:
        # A text that is no date costs no try.
        raise Refused(invalid({HEADER: [_("Write the date of birth as 1951-03-29.")]})) from None
    if check_birth_date(link=link, birth_date=birth_date, now=now):
        return Level.BIRTH_DATE
    log_visit(link, "open.link", allowed=False)
    left = max(0, BIRTH_DATE_TRIES - link.birth_date_failures)
    if left:
        title = _("This is not the date of birth that we know.")
        raise Refused(Problem("birth-date-wrong", title, 403, extra={"tries_left": left}))
    phone = link.participant.appointment.department.phone
    title = _("The date of birth was wrong too often. Phone us: %(phone)s.") % {"phone": phone}
    raise Refused(Problem("link-locked", title, 403))


def _more_needed() -> Problem:
    title = _("This needs the date of birth as well. Send it in the header Birth-Date.")
    return Problem("birth-date-needed", title, 403)


def _out_of_date(visit: LinkVisit) -> Problem | None:
    """After a move an old link explains, and opens no door; but who is inside stays inside."""
    if visit.link.replaced_at is None:
        return None
    inside = Presence.objects.here().filter(participant=visit.participant)
    if visit.level >= Level.BIRTH_DATE and inside.exists():
        return None
    title = _("The appointment was moved, and this link is the old one. Ask for a new link.")
    return Problem("link-replaced", title, 410)
