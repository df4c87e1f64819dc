"""What a patient sees and says through a personal link: the appointment, the preference, the inbox, the calendar."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from api.link_auth import LinkEndpoint, LinkVisit
from api.problems import Problem, Refused
from api.schema import BIRTH_DATE, describe
from api.serializers.consults import Nothing
from api.serializers.me import LEVELS, Inbox, Me, MyPreferenceIn, MyRequest, NewLink, visible_fields
from api.serializers.patients import PreferenceOut
from api.views.waiting import page_of, standing_of
from notifications.actions.marking_read import mark_inbox_read
from notifications.actions.resending import resend_link
from notifications.calendar import calendar_file
from notifications.queries import inbox_of
from praktijkplan.contact import Modality
from scheduling.actions.preferences import state_preference
from scheduling.actions.requests import AlreadyAnswered, withdraw_request
from scheduling.patient_session import Level
from scheduling.queries.preferences import wish_for
from scheduling.queries.requests import latest_request


class MyAppointment(LinkEndpoint):
    @describe(
        "me_read",
        "Your appointment. With the birth date more is shown.",
        Me,
        refusals=[410],
        headers=[BIRTH_DATE],
    )
    def get(self, request: Request) -> Response:
        visit = self.enter("view.appointment", Level.LINK)
        shown = visible_fields(visit.level)
        told = {name: value for name, value in _told(visit).items() if name in shown}
        base = {
            "level": LEVELS[visit.level],
            "id": visit.appointment.public_id,
            "takes_place": visit.appointment.is_active,
        }
        return Response(Me(base | told).data)


class MyPreference(LinkEndpoint):
    @describe(
        "me_preference_state",
        "Say how you want contact (PP-04). Where the appointment is planned otherwise, that asks for it (PP-07).",
        PreferenceOut,
        request=MyPreferenceIn,
        refusals=[410],
        headers=[BIRTH_DATE],
    )
    def put(self, request: Request) -> Response:
        visit = self.enter("state.preference")
        sent = self.sent(MyPreferenceIn)
        wanted, appointment = sent["preference"], visit.appointment
        for about in [appointment, None] if sent["in_general"] else [appointment]:
            state_preference(
                patient=appointment.patient, preference=wanted, by=visit.actor, now=visit.now, appointment=about
            )
        return Response(PreferenceOut({"preference": wanted}).data)


class MyFormRequest(LinkEndpoint):
    @describe(
        "me_form_request_read",
        "What you asked of this appointment last, and our answer (PP-07). A wish that differs asks it.",
        MyRequest,
        refusals=[410],
        headers=[BIRTH_DATE],
    )
    def get(self, request: Request) -> Response:
        visit = self.enter("view.preference")
        return Response(_asked(visit))

    @describe(
        "me_form_request_withdraw",
        "You do not ask it any more.",
        MyRequest,
        refusals=[409, 410],
        headers=[BIRTH_DATE],
    )
    def delete(self, request: Request) -> Response:
        visit = self.enter("withdraw.request")
        asked = latest_request(visit.appointment)
        try:
            if asked is None:
                raise AlreadyAnswered
            withdraw_request(request=asked, by=visit.actor, now=visit.now)
        except AlreadyAnswered:
            title = _("There is no open request.")
            raise Refused(Problem("already-answered", title, 409)) from None
        return Response(_asked(visit))


class MyMessages(LinkEndpoint):
    @describe(
        "me_messages", "What you were told about this appointment.", Inbox, refusals=[410], headers=[BIRTH_DATE]
    )
    def get(self, request: Request) -> Response:
        visit = self.enter("view.messages")
        mark_inbox_read(participant=visit.participant, by=visit.actor, now=visit.now)
        return Response(Inbox({"letters": inbox_of(visit.participant)}).data)


class MyCalendar(LinkEndpoint):
    @describe(
        "me_calendar",
        "The appointment for your own calendar (iCalendar), with the link you came by.",
        OpenApiTypes.STR,
        refusals=[410],
        headers=[BIRTH_DATE],
        sort="text/calendar",
    )
    def get(self, request: Request) -> HttpResponse:
        visit = self.enter("save.calendar")
        file = calendar_file(visit.participant, link=page_of(visit), now=visit.now)
        answer = HttpResponse(file, content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="afspraak.ics"'
        return answer


class MyNewLink(LinkEndpoint):
    @describe(
        "me_new_link",
        "Ask for a new link after a move. It goes to the address that the clinic knows.",
        NewLink,
        request=Nothing,
        refusals=[409],
    )
    def post(self, request: Request) -> Response:
        visit = self.visit
        visit.log("send.new_link")
        if visit.link.replaced_at is None:
            title = _("This link is the newest. You need no new one.")
            raise Refused(Problem("link-current", title, 409))
        return Response(NewLink({"sent": resend_link(link=visit.link, now=visit.now)}).data)


def _asked(visit: LinkVisit) -> dict[str, Any]:
    asked = latest_request(visit.appointment)
    nothing = {"asked": "", "state": "none", "asked_at": None, "ended_at": None, "reason": ""}
    if asked is None:
        return dict(MyRequest(nothing).data)
    told = {
        "asked": asked.asked,
        "state": asked.end or "open",
        "asked_at": asked.asked_at,
        "ended_at": asked.ended_at,
        "reason": asked.reason_words,
    }
    return dict(MyRequest(told).data)


def _told(visit: LinkVisit) -> dict[str, Any]:
    appointment = visit.appointment
    told: dict[str, Any] = {
        "start": appointment.start,
        "end": appointment.end,
        "modality": appointment.modality,
        "phone": appointment.department.phone,
        "name": visit.participant.display_name,
        "clinician": appointment.clinician.name,
        "preference": wish_for(appointment),
    }
    if appointment.modality == Modality.VIDEO:
        told["waiting_room"] = standing_of(visit)
    return told
