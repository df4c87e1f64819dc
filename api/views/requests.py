"""Requests for another form of contact: asked, granted in one step, declined with a reason (PP-07)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.offers import place_told, refusal_told
from api.permissions import StaffEndpoint
from api.problems import Problem, Refused, invalid
from api.schema import describe
from api.serializers.appointments import AppointmentOut, NotPlacedProblem
from api.serializers.consults import Nothing
from api.serializers.requests import (
    MOST_SHOWN,
    OWN_WORDS,
    AskForm,
    DeclineIt,
    FormRequestOut,
    FormRequests,
    GrantIt,
)
from api.serializers.staff import DepartmentQuery
from api.views.appointments import ETAG, clinician_of, etag
from people.desks import Desk
from people.models import Clinician
from people.permissions import Permission
from scheduling.actions.placing import NeedsReason, NotPlaced, Plan, plan_of
from scheduling.actions.preferences import state_preference
from scheduling.actions.requests import AlreadyAnswered, decline_request, grant_request, withdraw_request
from scheduling.models import Appointment, AppointmentType, ModalityRequest
from scheduling.queries.replanning import nearest_type, to_choose
from scheduling.queries.requests import latest_request, possible_for, requests_to_answer
from scheduling.sentences import lack_sentence, unplaced_sentences

ACTION, ASK, GRANT = "view.requests", "request.form", "grant.request"
DECLINE, WITHDRAW = "decline.request", "withdraw.request"


class OfRequest(StaffEndpoint):
    """One request, of a department in which the user may book."""

    def of_request(self, pk: int, action: str) -> tuple[Desk, ModalityRequest]:
        shown_with = ("department", "appointment__patient", "appointment__clinician", "appointment__type")
        asked = ModalityRequest.objects.select_related(*shown_with).filter(pk=pk).first()
        if asked is None:
            self.hide(action, None)
        held = asked.appointment
        desk = self.desk(asked.department, Permission.BOOK, action, patient=held.patient, appointment=held)
        desk.log(action, held.patient_id, held.pk)
        return desk, asked


class FormRequestsOfDepartment(StaffEndpoint):
    @describe(
        "form_requests_list",
        "Who asks for another form of contact, with what can be given.",
        FormRequests,
        parameters=[DepartmentQuery],
    )
    def get(self, request: Request) -> Response:
        desk = self.desk(self.asked(DepartmentQuery)["department"], Permission.BOOK, ACTION)
        now = self.clock()
        found = list(requests_to_answer(desk.department, now)[:MOST_SHOWN])
        desk.log_list(ACTION, [(one.appointment.patient_id, one.appointment_id) for one in found])
        return Response(FormRequests({"requests": _with_what_can_be(found, now)}).data)

    @describe(
        "form_requests_ask",
        "Note that a patient asks for another form of an appointment; it is their wish for it too (PP-04).",
        FormRequestOut,
        status=201,
        request=AskForm,
        refusals=[409],
    )
    def post(self, request: Request) -> Response:
        wanted, now = self.sent(AskForm), self.clock()
        desk, held = self.desk_at_appointment(wanted["appointment"], Permission.STATE_PREFERENCE, ASK)
        if not held.is_active or held.start <= now or held.modality == wanted["asked"]:
            title = _("There is nothing to ask: the appointment is over, or is held in this form already.")
            raise Refused(Problem("nothing-to-ask", title, 409))
        state_preference(
            patient=held.patient,
            preference=wanted["asked"],
            by=desk.actor,
            now=now,
            appointment=held,
            note=wanted["note"],
            asked_by=wanted["asked_by"],
        )
        return Response(FormRequestOut(latest_request(held)).data, status=201)


class GrantFormRequest(OfRequest):
    @describe(
        "form_requests_grant",
        "Change the appointment to the form asked, where it stands or at another place, and so answer the request.",
        AppointmentOut,
        request=GrantIt,
        refusals=[409],
        problems={409: NotPlacedProblem},
        headers=[ETAG],
    )
    def post(self, request: Request, pk: int) -> Response:
        wanted = self.sent(GrantIt)
        desk, asked = self.of_request(pk, GRANT)
        try:
            done = grant_request(
                request=asked,
                plan=_plan(wanted["place"], asked, desk),
                by=desk.actor,
                now=self.clock(),
                expected_version=wanted["version"],
            )
        except AlreadyAnswered:
            raise _answered_before() from None
        if not isinstance(done, Appointment):
            raise Refused(_not_done(done))
        return Response(AppointmentOut(done).data, headers={"ETag": etag(done)})


class DeclineFormRequest(OfRequest):
    @describe(
        "form_requests_decline",
        "The appointment stays as it is. The patient is told, and reads the reason.",
        FormRequestOut,
        request=DeclineIt,
        refusals=[409],
    )
    def post(self, request: Request, pk: int) -> Response:
        wanted = self.sent(DeclineIt)
        desk, asked = self.of_request(pk, DECLINE)
        said = wanted["words"] if wanted["reason"] == OWN_WORDS else wanted["reason"]
        try:
            decline_request(request=asked, reason=said, by=desk.actor, now=self.clock())
        except AlreadyAnswered:
            raise _answered_before() from None
        return Response(FormRequestOut(asked).data)


class WithdrawFormRequest(OfRequest):
    @describe(
        "form_requests_withdraw",
        "The patient does not ask it any more. Nobody is told.",
        FormRequestOut,
        request=Nothing,
        refusals=[409],
    )
    def post(self, request: Request, pk: int) -> Response:
        desk, asked = self.of_request(pk, WITHDRAW)
        try:
            withdraw_request(request=asked, by=desk.actor, now=self.clock())
        except AlreadyAnswered:
            raise _answered_before() from None
        return Response(FormRequestOut(asked).data)


def _plan(place: dict[str, Any] | None, asked: ModalityRequest, desk: Desk) -> Plan:
    """In the form asked: of the type chosen, or where it stands of the one nearest in length."""
    kinds = AppointmentType.objects.filter(department=desk.department, active=True, modality=asked.asked)
    if place is None:
        kind = nearest_type(asked.appointment, asked.asked, kinds)
        if kind is None:
            raise Refused(invalid({"place": [_("The department does not offer this form.")]}))
        return replace(plan_of(asked.appointment), type=kind, minutes=None)
    chosen = kinds.filter(pk=place["type"]).first()
    if chosen is None:
        raise Refused(invalid({"place": [_("Choose a type of this department, in the form asked.")]}))
    return Plan(place["start"], clinician_of(desk.department, place["clinician"]), chosen)


def _not_done(done: NotPlaced | NeedsReason) -> Problem:
    if isinstance(done, NeedsReason):
        return invalid({done.lack.value: [lack_sentence(done.lack)]})
    told = [refusal_told(each) for each in done.refusals]
    detail = " ".join(unplaced_sentences(done))
    extra = {"refusals": told, "proposals": []}
    return Problem("not-placed", _("This place cannot be had."), 409, detail=detail, extra=extra)


def _answered_before() -> Refused:
    title = _("This request was answered or withdrawn already. Look at the list again.")
    return Refused(Problem("already-answered", title, 409))


def _with_what_can_be(found: Sequence[ModalityRequest], now: datetime) -> list[ModalityRequest]:
    possible = possible_for(found, now=now)
    named = {one.appointment.clinician_id for one in found}
    named |= {place.clinician for each in possible.places.values() for place, _clashes in to_choose(each)}
    clinicians = Clinician.objects.in_bulk(named)
    for one in found:
        here = possible.in_place.get(one.pk)
        one.fits_in_place = here is not None and here.fits  # type: ignore[attr-defined]
        one.refusals = [refusal_told(each) for each in here.refusals] if here else []  # type: ignore[attr-defined]
        one.places = [  # type: ignore[attr-defined]
            place_told(place, clashes, possible.types, clinicians)
            for place, clashes in to_choose(possible.places.get(one.pk))
        ]
    return list(found)
