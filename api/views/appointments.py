"""Book, look, move, cancel."""

import uuid
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.history import happened
from api.idempotency import Answer, Declined, answer_once
from api.offers import refused
from api.permissions import StaffEndpoint
from api.problems import Problem, Refused, invalid
from api.schema import IF_MATCH, KEY, answer_header, describe
from api.serializers.appointments import (
    AppointmentOut,
    AppointmentWithHistory,
    CancelIt,
    Messages,
    MoveTo,
    NewAppointment,
    NotPlacedProblem,
)
from notifications.queries import messages_of
from people.models import Clinician, Department
from people.permissions import Permission
from scheduling.actions.booking import NotPlaced, book_appointment, cancel_appointment, move_appointment
from scheduling.models import Appointment, AppointmentType

PRECONDITION_REQUIRED = 428
ETAG = answer_header("ETag", "The version of the appointment, to send along as If-Match.", 200, 201)
LOCATION = answer_header("Location", "Where the appointment is found from now on.", 201)
REPLAYED = answer_header("Idempotency-Replayed", "true when this key was answered before.", 200, 201, 409)


class Appointments(StaffEndpoint):
    @describe(
        "appointments_book",
        "Book a free place for a patient. Messages follow by themselves.",
        AppointmentOut,
        status=201,
        request=NewAppointment,
        refusals=[409, 422],
        problems={409: NotPlacedProblem},
        headers=[KEY, ETAG, LOCATION, REPLAYED],
    )
    def post(self, request: Request) -> Response:
        wanted, now = self.sent(NewAppointment), self.clock()
        kind = AppointmentType.objects.filter(pk=wanted["type"], active=True).first()
        if kind is None:
            self.hide("book.appointment", None)
        desk, patient = self.desk_with_patient(
            kind.department_id, wanted["patient"], Permission.BOOK, "book.appointment"
        )
        clinician = clinician_of(desk.department, wanted["clinician"])

        def book() -> Answer | Declined:
            done = book_appointment(
                patient=patient,
                type=kind,
                clinician=clinician,
                start=wanted["start"],
                by=desk.actor,
                now=now,
                decided_by=wanted["decided_by"],
            )
            if isinstance(done, NotPlaced):
                offer = partial(refused, done.refusals, kind, patient, wanted["start"], now=now)
                return Declined(lambda: _not_placed(offer()))
            return _stands(done, status=201)

        return answer_once(request, actor=desk.actor, now=now, act=book)


class OneAppointment(StaffEndpoint):
    @describe(
        "appointments_read", "An appointment and what happened with it.", AppointmentWithHistory, headers=[ETAG]
    )
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        _desk, appointment = self.desk_at_appointment(public_id, Permission.SEE_PATIENT, "view.appointment")
        appointment.history = happened(appointment)  # type: ignore[attr-defined]
        shown = AppointmentWithHistory(appointment).data
        return Response(shown, headers={"ETag": etag(appointment)})


class MoveAppointment(StaffEndpoint):
    @describe(
        "appointments_move",
        "Move to another place, perhaps with another clinician. Links and messages of the old time are replaced.",
        AppointmentOut,
        request=MoveTo,
        refusals=[409, 422, PRECONDITION_REQUIRED],
        problems={409: NotPlacedProblem},
        headers=[KEY, IF_MATCH, ETAG, REPLAYED],
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        wanted, now = self.sent(MoveTo), self.clock()
        desk, appointment = self.desk_at_appointment(public_id, Permission.BOOK, "move.appointment")
        version = version_seen(request, wanted)
        clinician = clinician_of(desk.department, wanted["clinician"]) if "clinician" in wanted else None

        def move() -> Answer | Declined:
            done = move_appointment(
                appointment=appointment,
                start=wanted["start"],
                clinician=clinician,
                by=desk.actor,
                now=now,
                reason=wanted["reason"],
                expected_version=version,
            )
            if isinstance(done, NotPlaced):
                kind, patient = appointment.type, appointment.patient
                offer = partial(refused, done.refusals, kind, patient, wanted["start"], now=now)
                return Declined(lambda: _not_placed(offer()))
            return _stands(done)

        return answer_once(request, actor=desk.actor, now=now, act=move)


class CancelAppointment(StaffEndpoint):
    @describe(
        "appointments_cancel",
        "Cancel. Whoever was told of the appointment is told; right after booking that is nobody.",
        AppointmentOut,
        request=CancelIt,
        refusals=[409, 422, PRECONDITION_REQUIRED],
        headers=[KEY, IF_MATCH, ETAG, REPLAYED],
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        wanted, now = self.sent(CancelIt), self.clock()
        desk, appointment = self.desk_at_appointment(public_id, Permission.BOOK, "cancel.appointment")
        version = version_seen(request, wanted)

        def cancel() -> Answer:
            done = cancel_appointment(
                appointment=appointment, by=desk.actor, now=now, reason=wanted["reason"], expected_version=version
            )
            return _stands(done)

        return answer_once(request, actor=desk.actor, now=now, act=cancel)


class AppointmentMessages(StaffEndpoint):
    @describe("appointments_messages", "What was and will be told of an appointment, and to whom.", Messages)
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        _desk, appointment = self.desk_at_appointment(public_id, Permission.SEE_MESSAGES, "view.messages")
        return Response(Messages({"messages": messages_of(appointment)}).data)


def clinician_of(department: Department, pk: int) -> Clinician:
    clinician = department.clinicians.filter(pk=pk).first()
    if clinician is None:
        raise Refused(invalid({"clinician": [_("Choose a clinician of this department.")]}))
    return clinician


def etag(appointment: Appointment) -> str:
    return f'"{appointment.schedule_version}"'


def version_seen(request: Request, wanted: dict[str, Any]) -> int:
    """What the sender saw: in the body, or as If-Match."""
    said = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if said and not (said.isascii() and said.isdigit() and len(said) < 10):
        raise Refused(invalid({"If-Match": [_('Send the ETag as you got it, such as "1".')]}))
    versions = {int(said)} if said else set()
    versions |= {wanted["version"]} if "version" in wanted else set()
    if not versions:
        title = _("Say which version you saw: its ETag in If-Match, or the field version.")
        raise Refused(Problem("version-needed", title, PRECONDITION_REQUIRED))
    if len(versions) > 1:
        raise Refused(invalid({"version": [_("This is not the version in If-Match.")]}))
    return versions.pop()


def _stands(appointment: Appointment, status: int = 200) -> Answer:
    headers = {"ETag": etag(appointment)}
    if status == 201:
        headers["Location"] = reverse("api-appointment", args=[appointment.public_id])
    return Answer(status, dict(AppointmentOut(appointment).data), headers)


def _not_placed(said: dict[str, Any]) -> Answer:
    detail = " ".join(one["sentence"] for one in said["refusals"])
    problem = Problem("not-placed", _("This place cannot be had."), 409, detail=detail, extra=said)
    return Answer(409, problem.document)
