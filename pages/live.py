"""Tell an open page that something changed: an event stream of topics, and the fragments that are then fetched again.

    /live/                                     staff: every topic of the departments whose day they may see
    /live/?topics=session:9,appointment:12     staff: these
    /live/?topics=link:<ref>                   patients: their own appointment

The stream says what, never how: what someone may see is decided where the fragment is fetched.
"""

import asyncio
import hashlib
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseForbidden, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from events.hub import listening
from people.permissions import Anyone, Permission, departments_where
from scheduling.models import Appointment, ClinicSession, Raster
from scheduling.patient_session import is_void, link_for

HEARTBEAT_SECONDS = 15.0
RECHECK_SECONDS = 60.0
TOPICS_MOST = 50


@dataclass(frozen=True)
class Grant:
    """Which topics this stream may name. `named`: the hub's word for each, and the asker's; empty with `departments`
    means all that happens there.
    """

    departments: frozenset[str]
    named: Mapping[str, str]

    @property
    def is_over(self) -> bool:
        """It names nothing any more: the appointment behind the link was cancelled or moved, or its time is past."""
        return not self.departments and not self.named

    def choose(self, topics: list[str]) -> Iterable[str]:
        if self.named:
            return [self.named[topic] for topic in topics if topic in self.named]
        return topics if self.departments.intersection(topics) else []


async def live(request: HttpRequest) -> HttpResponseBase:
    grant = await _granted(request)
    if grant is None:
        return HttpResponseForbidden()
    if grant.is_over:
        # No stream, and no error: the page asks once what became of the appointment.
        return HttpResponse(status=204)
    response = StreamingHttpResponse(_events(request, grant), content_type="text/event-stream")
    patch_cache_control(response, no_store=True)
    response["X-Accel-Buffering"] = "no"
    return response


async def _events(request: HttpRequest, grant: Grant) -> AsyncIterator[str]:
    """Ends when the permission does; the browser asks again and hears so."""
    checked = monotonic()
    async with listening(grant.choose) as listener:
        yield "retry: 2000\n: open\n\n"
        while True:
            topics = await listener.wait(HEARTBEAT_SECONDS)
            if monotonic() - checked > RECHECK_SECONDS:
                if await _granted(request) != grant:
                    return
                checked = monotonic()
            yield "".join(f"event: changed\ndata: {topic}\n\n" for topic in topics) or ": beat\n\n"
            await asyncio.sleep(0)


@sync_to_async
def _granted(request: HttpRequest) -> Grant | None:
    try:
        asked = [topic for topic in request.GET.get("topics", "").split(",") if topic][:TOPICS_MOST]
        links = [topic for topic in asked if topic.startswith("link:")]
        if links:
            return _granted_by_link(request, links)
        return _granted_to_staff(_user_now(request), asked)
    finally:
        # A stream stays open for hours; its database connection must not.
        connection.close_if_unusable_or_obsolete()


def _user_now(request: HttpRequest) -> Anyone:
    """Signed in as the session says now: a stream outlives a sign-out."""
    request.session = type(request.session)(request.session.session_key)
    return get_user(request)


def _granted_by_link(request: HttpRequest, links: list[str]) -> Grant | None:
    named = {}
    for topic in links:
        try:
            found = link_for(uuid.UUID(topic.removeprefix("link:")), request.COOKIES)
        except ValueError:
            return None
        if found is None:
            return None
        if not is_void(found[0], timezone.now()):
            named[f"appointment:{found[0].participant.appointment_id}"] = topic
    return Grant(frozenset(), named)


def _granted_to_staff(user: Anyone, asked: list[str]) -> Grant | None:
    seen = set(departments_where(user, Permission.SEE_DAY).values_list("pk", flat=True))
    if not seen:
        return None
    if all(_department_of(topic) in seen for topic in asked):
        return Grant(frozenset(f"department:{pk}" for pk in seen), {topic: topic for topic in asked})
    return None


def _department_of(topic: str) -> int | None:
    kind, _, number = topic.partition(":")
    if not number.isdigit() or len(number) > 18:
        return None
    models: dict[str, Any] = {"session": ClinicSession, "appointment": Appointment, "raster": Raster}
    if kind == "department":
        return int(number)
    if kind not in models:
        return None
    department: int | None = models[kind].objects.filter(pk=number).values_list("department", flat=True).first()
    return department


def fragment(
    request: HttpRequest, template: str, context: dict[str, Any], etag_of: object | None = None
) -> HttpResponse:
    """A part of a page, with an ETag; 304 when the browser has it already.

    `etag_of`: what the page shows, without what the browser moves on by itself (minutes, the clock); else the text.
    """
    response = render(request, template, context)
    told = response.content if etag_of is None else repr(etag_of).encode()
    etag = f'W/"{hashlib.sha256(told).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    response["ETag"] = etag
    patch_cache_control(response, no_store=True)
    return response
