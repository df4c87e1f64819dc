"""The patient's waiting room over the API: enter, stay, be called in, leave."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import told
from api.link_auth import LinkEndpoint, LinkVisit
from api.problems import Problem, Refused
from api.schema import BIRTH_DATE, answer_header, describe
from api.serializers.consults import Nothing
from api.serializers.me import NotNowProblem, Standing
from praktijkplan.contact import Modality
from waitingroom.actions.call import continue_by_phone
from waitingroom.actions.presence import arrive, beat, leave
from waitingroom.actions.requests import request_call
from waitingroom.models import Presence
from waitingroom.queries import standing
from waitingroom.refusals import CannotTest, NotOpen, TooEarly
from waitingroom.sentences import patient_sentence

NOT_MODIFIED = 304
ETAG = answer_header("ETag", "Changes with your place: send it along as If-None-Match.", 200)
REFUSED = {409: NotNowProblem}


class MyWaitingRoom(LinkEndpoint):
    @describe(
        "me_waiting_room_read",
        "Where you stand now. Asked with If-None-Match it is 304 while nothing changed.",
        Standing,
        refusals=[409, 410],
        problems=REFUSED,
        headers=[BIRTH_DATE, ETAG],
    )
    def get(self, request: Request) -> Response:
        visit = self.enter("view.waitingroom", log_allowed=False)
        _only_for_video(visit)
        shown = Standing(standing_of(visit)).data
        tag = _tag(shown)
        if request.headers.get("If-None-Match") == tag:
            # Nothing new is shown, so it is no row in the access log.
            return Response(status=NOT_MODIFIED, headers={"ETag": tag})
        visit.log("view.waitingroom")
        return Response(shown, headers={"ETag": tag})

    @describe(
        "me_waiting_room_enter",
        "Enter the waiting room, once it is open. Doing it twice changes nothing.",
        Standing,
        request=Nothing,
        refusals=[409, 410],
        problems=REFUSED,
        headers=[BIRTH_DATE],
    )
    def post(self, request: Request) -> Response:
        visit = self.enter("enter.waitingroom")
        _only_for_video(visit)
        done = arrive(participant=visit.participant, now=visit.now, by=visit.actor)
        if not isinstance(done, Presence):
            raise Refused(not_now(done))
        return Response(Standing(standing_of(visit)).data)

    @describe(
        "me_waiting_room_leave",
        "Leave the waiting room or the call. Your place is kept: enter again to take it.",
        status=204,
        refusals=[410],
        headers=[BIRTH_DATE],
    )
    def delete(self, request: Request) -> Response:
        visit = self.enter("leave.call")
        leave(participant=visit.participant, now=visit.now, by=visit.actor, cause="closed")
        return Response(status=204)


class MySignOfLife(LinkEndpoint):
    @describe(
        "me_waiting_room_beat",
        "Say that you are still there, every 20 seconds. It keeps a place, and never takes one.",
        Standing,
        request=Nothing,
        refusals=[409, 410],
        problems=REFUSED,
        headers=[BIRTH_DATE],
    )
    def post(self, request: Request) -> Response:
        visit = self.enter("beat.waitingroom", log_allowed=False)
        if not Presence.objects.filter(participant=visit.participant).exists():
            title = _("You are not in the waiting room. Enter it first.")
            raise Refused(Problem("not-in-waiting-room", title, 409, extra={"refusal": "not_in_waiting_room"}))
        done = beat(participant=visit.participant, now=visit.now, by=visit.actor)
        if not isinstance(done, Presence):
            raise Refused(not_now(done))
        return Response(Standing(standing_of(visit)).data)


class MyCallRequest(LinkEndpoint):
    @describe(
        "me_call_request",
        "Ask to be phoned instead. A person gets the task; your place in the waiting room is kept.",
        status=204,
        request=Nothing,
        refusals=[409, 410],
        problems=REFUSED,
        headers=[BIRTH_DATE],
    )
    def post(self, request: Request) -> Response:
        visit = self.enter("request.call")
        refusal = request_call(participant=visit.participant, by=visit.actor, now=visit.now)
        if refusal is not None:
            raise Refused(not_now(refusal))
        return Response(status=204)


class MyContinueByPhone(LinkEndpoint):
    @describe(
        "me_continue_by_phone",
        "Go on by phone when the video call does not work: the clinic phones you.",
        status=204,
        request=Nothing,
        refusals=[409, 410],
        problems=REFUSED,
        headers=[BIRTH_DATE],
    )
    def post(self, request: Request) -> Response:
        visit = self.enter("continue.by_phone")
        refusal = continue_by_phone(appointment=visit.appointment, by=visit.actor, now=visit.now)
        if refusal is not None:
            raise Refused(not_now(refusal))
        return Response(status=204)


def standing_of(visit: LinkVisit) -> dict[str, Any]:
    stands = standing(visit.participant, visit.now)
    presence = stands.presence
    here = presence is not None and presence.here
    return {
        "state": stands.state,
        "opens_at": stands.opens_at,
        "arrived_at": presence.arrived_at if presence is not None and here else None,
        "present": here,
        "join_url": page_of(visit) if stands.state == "call" else "",
    }


def page_of(visit: LinkVisit) -> str:
    """The patient's page, by the very link they came with: nothing new is made."""
    return f"{settings.BASE_URL}{reverse('patient_entry', args=[visit.token])}"


def not_now(refusal: NotOpen | CannotTest) -> Problem:
    extra: dict[str, Any] = {"refusal": refusal.id}
    if isinstance(refusal, TooEarly):
        extra["opens_at"] = told(refusal.opens_at)
    return Problem(f"visit-{refusal.id.replace('_', '-')}", patient_sentence(refusal), 409, extra=extra)


def _only_for_video(visit: LinkVisit) -> None:
    if visit.appointment.modality != Modality.VIDEO:
        title = _("This is not a video call: there is no waiting room for it.")
        raise Refused(Problem("no-waiting-room", title, 409, extra={"refusal": "no_waiting_room"}))


def _tag(shown: Any) -> str:
    return f'"{hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]}"'
