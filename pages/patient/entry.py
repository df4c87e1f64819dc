"""The address in a message. Opening it only remembers the link and leads to a clean address.

Mail scanners open links and run scripts: nothing here confirms, enters, counts or uses anything up.
"""

import uuid
from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from pages.patient.earlier import landing
from pages.patient.visits import SeeOther, private
from scheduling.models import AppointmentLink
from scheduling.patient_session import Level, find_link, keep_level, read_levels


@require_safe
@private
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    link = find_link(token)
    if link is None:
        return _without_referrer(render(request, "patient/unknown.html", status=404))
    level = _level(link, request.COOKIES)
    page = landing(link) if level >= Level.BIRTH_DATE else "patient_appointment"
    response = SeeOther(reverse(page, args=[link.ref]))
    keep_level(response, request.COOKIES, link.ref, level)
    _speak(response, request, link.participant.language)
    return _without_referrer(response)


def _level(link: AppointmentLink, cookies: Mapping[str, str]) -> Level:
    """Each message has its own link: who gave the birth date in this browser is not asked again."""
    known = [uuid.UUID(ref) for ref, level in read_levels(cookies).items() if level >= Level.BIRTH_DATE]
    same = AppointmentLink.objects.filter(ref__in=known, participant=link.participant, revoked_at__isnull=True)
    return Level.BIRTH_DATE if link.replaced_at is None and same.exists() else Level.LINK


def _speak(response: HttpResponse, request: HttpRequest, language: str) -> None:
    """The language of the messages, unless this browser chose one already."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )


def _without_referrer(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "no-referrer"
    return response
