"""Ending e-mail, from a button in the mail program or on this page, and taking that back.

The address is the proof: whoever has it received the mail. Scanners open it: only a POST changes anything.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications.actions.consents import state_consent, wish_of
from notifications.channels.mail.unsubscribing import mail_of
from notifications.content.words import written_in
from notifications.models import Channel, Message
from notifications.recipients import reach_of
from pages.patient.visits import SeeOther, private
from people.actions.access import log_access
from people.models.patients import Consent
from praktijkplan.reaching import Way
from scheduling.localtime import local_day
from scheduling.queries.policy import policy_on

# What a mail program sends for its reader (RFC 8058): it wants an answer, not a redirect.
ONE_CLICK = ("List-Unsubscribe", "One-Click")


@dataclass(frozen=True)
class Afterwards:
    """How this reader is reached without mail."""

    by_sms: bool
    by_phone: bool


# No CSRF token: a mail program has none, and another site cannot know the address.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    mail = mail_of(token)
    if mail is None:
        return render(request, "patient/unknown.html", status=404)
    _log(mail, "state.consent" if request.method == "POST" else "view.consent")
    if request.method != "POST":
        return _page(request, mail)
    wish = Consent.GIVEN if request.POST.get("wish") == "given" else Consent.REFUSED
    state_consent(person=mail.person, channel=Channel.EMAIL, wish=wish, by=_actor(mail), now=timezone.now())
    one_click = request.POST.get(ONE_CLICK[0]) == ONE_CLICK[1]
    return _page(request, mail) if one_click else SeeOther(reverse("patient_unsubscribe", args=[token]))


def _page(request: HttpRequest, mail: Message) -> HttpResponse:
    chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    with translation.override(translation.get_language() if chosen else written_in(mail.person.language)):
        context = {
            "ended": wish_of(mail.person, Channel.EMAIL) is Consent.REFUSED,
            "afterwards": _afterwards(mail),
            "hospital": {"name": settings.HOSPITAL_NAME, "phone": mail.department.phone or settings.HOSPITAL_PHONE},
        }
        return render(request, "patient/unsubscribe.html", context)


def _afterwards(mail: Message) -> Afterwards:
    person, stated = mail.person, mail.person.mail_consent
    person.mail_consent = Consent.REFUSED
    reached = reach_of(person, mail.patient, policy_on(mail.department_id, local_day(timezone.now())))
    person.mail_consent = stated
    ways = reached.ways if reached else ()
    return Afterwards(by_sms=Way.SMS in ways, by_phone=bool(reached) and Way.SMS not in ways)


def _actor(mail: Message) -> str:
    return f"mail:{mail.public_id}"


def _log(mail: Message, action: str) -> None:
    log_access(
        actor=_actor(mail),
        role=mail.participant.role if mail.participant else "representative" if mail.representative else "patient",
        action=action,
        department=mail.department_id,
        patient=mail.patient_id,
        appointment=mail.appointment_id,
    )
