"""The waiting list: for staff of a department, and for who holds a personal link."""

import uuid
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.link_auth import LinkEndpoint, LinkVisit
from api.permissions import StaffEndpoint
from api.problems import Problem, Refused
from api.schema import BIRTH_DATE, describe
from api.serializers.appointments import AppointmentOut
from api.serializers.consults import Nothing
from api.serializers.staff import DepartmentQuery
from api.serializers.waiting_list import (
    AnswerOffer,
    JoinWaitingList,
    MyWaiting,
    WaitingListEntryOut,
    WaitingListOut,
    WishesFields,
    wishes_of,
)
from notifications.recipients import RECIPIENT_ROLES
from people.permissions import Permission
from scheduling.actions.place_offers import Gone, accept_offer, decline_offer
from scheduling.actions.waiting_list import CannotWait, join_waiting_list, leave_waiting_list
from scheduling.models import Appointment, PlaceOffer, WaitingListEntry
from scheduling.queries.policy import policy_of
from scheduling.queries.waiting_list import entry_of, last_offer_for, waiting_in

ACTION, JOIN, LEAVE, ANSWER = "view.waiting_list", "join.waiting_list", "leave.waiting_list", "answer.place_offer"
MOST_SHOWN = 500


class WaitingListOfDepartment(StaffEndpoint):
    @describe(
        "waiting_list",
        "Who can come earlier, and what is offered to whom now.",
        WaitingListOut,
        parameters=[DepartmentQuery],
    )
    def get(self, request: Request) -> Response:
        desk = self.desk(self.asked(DepartmentQuery)["department"], Permission.BOOK, ACTION)
        waiting = list(waiting_in(desk.department)[:MOST_SHOWN])
        desk.log_list(ACTION, [(each.appointment.patient_id, each.appointment_id) for each in waiting])
        return Response(WaitingListOut({"waiting": waiting}).data)

    @describe(
        "waiting_list_join",
        "This patient can come earlier. Who waits already keeps the place in the row, with these wishes.",
        WaitingListEntryOut,
        request=JoinWaitingList,
        refusals=[409],
    )
    def post(self, request: Request) -> Response:
        wanted, now = self.sent(JoinWaitingList), self.clock()
        desk, held = self.desk_at_appointment(wanted["appointment"], Permission.BOOK, JOIN)
        entry = _joined(held, wanted, by=desk.actor, now=now)
        entry.appointment = held
        return Response(WaitingListEntryOut(entry).data)


class LeaveWaitingList(StaffEndpoint):
    @describe(
        "waiting_list_leave",
        "Off the list; the appointment stays as it is. Doing it twice changes nothing.",
        AppointmentOut,
        request=Nothing,
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        now = self.clock()
        desk, held = self.desk_at_appointment(public_id, Permission.BOOK, LEAVE)
        entry = entry_of(held)
        if entry is not None:
            leave_waiting_list(entry=entry, by=desk.actor, now=now)
        return Response(AppointmentOut(held).data)


class AnswerPlaceOffer(StaffEndpoint):
    @describe(
        "waiting_list_answer",
        "What the patient says of the place that was offered. Accepting moves the appointment there.",
        AppointmentOut,
        request=AnswerOffer,
        refusals=[409],
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        wanted, now = self.sent(AnswerOffer), self.clock()
        desk, held = self.desk_at_appointment(public_id, Permission.BOOK, ANSWER)
        return Response(AppointmentOut(_answered(held, wanted, by=desk.actor, now=now, asked_by="patient")).data)


class MyWaitingList(LinkEndpoint):
    @describe(
        "me_waiting_list",
        "Whether you are on the list for an earlier place, and the place that is offered. Looking uses nothing up.",
        MyWaiting,
        refusals=[410],
        headers=[BIRTH_DATE],
    )
    def get(self, request: Request) -> Response:
        visit = self.enter(ACTION)
        return Response(_mine(visit))

    @describe(
        "me_waiting_list_join",
        "You can come earlier: a place that comes free is offered to you. Also to change when you can come.",
        MyWaiting,
        request=WishesFields,
        refusals=[409, 410],
        headers=[BIRTH_DATE],
    )
    def put(self, request: Request) -> Response:
        visit = _asked_themselves(self.enter(JOIN), JOIN)
        _joined(visit.appointment, self.sent(WishesFields), by=visit.actor, now=visit.now)
        return Response(_mine(visit))

    @describe(
        "me_waiting_list_leave",
        "Off the list; your appointment stays as it is.",
        MyWaiting,
        refusals=[409, 410],
        headers=[BIRTH_DATE],
    )
    def delete(self, request: Request) -> Response:
        visit = _asked_themselves(self.enter(LEAVE), LEAVE)
        entry = entry_of(visit.appointment)
        if entry is not None:
            leave_waiting_list(entry=entry, by=visit.actor, now=visit.now)
        return Response(_mine(visit))


class MyPlaceOffer(LinkEndpoint):
    @describe(
        "me_place_offer_answer",
        "Yes or no to the place that is offered. The first to accept has it; everybody else keeps what they have.",
        MyWaiting,
        request=AnswerOffer,
        refusals=[409, 410],
        headers=[BIRTH_DATE],
    )
    def post(self, request: Request) -> Response:
        visit = _asked_themselves(self.enter(ANSWER), ANSWER)
        asked_by = "representative" if visit.participant.representative_id else "patient"
        _answered(visit.appointment, self.sent(AnswerOffer), by=visit.actor, now=visit.now, asked_by=asked_by)
        return Response(_mine(visit))


def _joined(held: Appointment, wanted: dict[str, Any], *, by: str, now: Any) -> WaitingListEntry:
    wishes = wishes_of(wanted, agreed_hours=policy_of(held).freed_place_notice_hours)
    done = join_waiting_list(appointment=held, wishes=wishes, by=by, now=now)
    if done is CannotWait.IN_WRITING:
        raise Refused(Problem("cannot-wait", _("A consult in writing has no earlier place."), 409))
    if done is CannotWait.OVER:
        raise Refused(Problem("cannot-wait", _("This appointment is cancelled, or has begun."), 409))
    return done


def _answered(held: Appointment, wanted: dict[str, Any], *, by: str, now: Any, asked_by: str) -> Appointment:
    """The appointment as it then stands."""
    offer = last_offer_for(held)
    if offer is None or offer.ref != wanted["offer"]:
        _gone(PlaceOffer.State.EXPIRED)
    if not wanted["accept"]:
        decline_offer(offer=offer, by=by, now=now)
        return held
    done = accept_offer(offer=offer, by=by, now=now, asked_by=asked_by)
    if isinstance(done, Gone):
        _gone(done.state)
    return done


def _gone(state: PlaceOffer.State) -> NoReturn:
    if state == PlaceOffer.State.LOST:
        title = _("Somebody else was just before you. Your appointment stays as it is.")
    else:
        title = _("The place can no longer be chosen. Your appointment stays as it is.")
    raise Refused(Problem("place-gone", title, 409, extra={"state": state.value}))


def _asked_themselves(visit: LinkVisit, action: str) -> LinkVisit:
    """The patient, or who stands for the patient; an interpreter comes when the appointment is."""
    if visit.participant.role not in RECIPIENT_ROLES:
        visit.log(action, allowed=False)
        raise Refused(Problem("forbidden", _("Only the patient chooses when to come."), 403))
    return visit


def _mine(visit: LinkVisit) -> dict[str, Any]:
    shown = {"waiting": entry_of(visit.appointment), "offer": last_offer_for(visit.appointment)}
    return dict(MyWaiting(shown).data)
