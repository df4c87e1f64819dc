"""Look, move, change the form or the length, cancel, undo."""

import uuid
from dataclasses import replace
from datetime import datetime
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
    ChangeDuration,
    ChangeForm,
    Messages,
    MoveTo,
    NotPlacedProblem,
    Versioned,
)
from notifications.actions.undoing import NotUndone, not_undone_sentence, undo_change
from notifications.queries import messages_of
from people.models import Clinician, Department
from people.permissions import Permission
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.deciding import Suitability
from scheduling.actions.placing import Lack, NeedsReason, NotPlaced, Plan, plan_of
from scheduling.actions.replanning import replan_appointment
from scheduling.localtime import local_day
from scheduling.models import Appointment, AppointmentType
from scheduling.queries.in_place import types_of_same_contact
from scheduling.queries.needs import needs_of
from scheduling.queries.suitability import weigh
from scheduling.sentences import lack_sentence

PRECONDITION_REQUIRED = 428
ETAG = answer_header("ETag", "The version of the appointment, to send along as If-Match.", 200, 201)
LOCATION = answer_header("Location", "Where the appointment is found from now on.", 201)
REPLAYED = answer_header("Idempotency-Replayed", "true when this key was answered before.", 200, 201, 409)


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
        "Move to another place, perhaps with another clinician or in another form of contact. "
        "Links and messages of the old time are replaced.",
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
        kind = _type_of_same_contact(appointment, wanted["type"]) if "type" in wanted else appointment.type
        plan = Plan(wanted["start"], clinician or appointment.clinician, kind)
        return _replan_once(request, desk.actor, appointment, plan, wanted, version, now)


class ChangeAppointmentForm(StaffEndpoint):
    @describe(
        "appointments_form",
        "Another form of contact at the same moment with the same clinician. Whoever was told is told.",
        AppointmentOut,
        request=ChangeForm,
        refusals=[409, 422, PRECONDITION_REQUIRED],
        problems={409: NotPlacedProblem},
        headers=[KEY, IF_MATCH, ETAG, REPLAYED],
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        wanted, now = self.sent(ChangeForm), self.clock()
        desk, appointment = self.desk_at_appointment(public_id, Permission.BOOK, "change_form.appointment")
        version = version_seen(request, wanted)
        kind = _type_of_same_contact(appointment, wanted["type"])
        plan = replace(plan_of(appointment), type=kind, minutes=None)
        return _replan_once(request, desk.actor, appointment, plan, wanted, version, now)


class ChangeAppointmentDuration(StaffEndpoint):
    @describe(
        "appointments_duration",
        "Longer or shorter, from the same moment in the same form. The patient is told nothing.",
        AppointmentOut,
        request=ChangeDuration,
        refusals=[409, 422, PRECONDITION_REQUIRED],
        problems={409: NotPlacedProblem},
        headers=[KEY, IF_MATCH, ETAG, REPLAYED],
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        wanted, now = self.sent(ChangeDuration), self.clock()
        desk, appointment = self.desk_at_appointment(public_id, Permission.BOOK, "change_length.appointment")
        version = version_seen(request, wanted)
        plan = replace(plan_of(appointment), minutes=wanted["minutes"])

        def change() -> Answer | Declined:
            done = replan_appointment(
                appointment=appointment,
                plan=plan,
                by=desk.actor,
                now=now,
                note=wanted["note"],
                expected_version=version,
            )
            return stands_or_declined(done, appointment, plan, now)

        return answer_once(request, actor=desk.actor, now=now, act=change)


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
                appointment=appointment,
                by=desk.actor,
                now=now,
                note=wanted["reason"],
                asked_by=wanted["asked_by"],
                new_time=wanted["new_time"],
                expected_version=version,
            )
            return stands(done)

        return answer_once(request, actor=desk.actor, now=now, act=cancel)


class UndoChange(StaffEndpoint):
    @describe(
        "appointments_undo",
        "Undo the last change, whatever it was, while nobody was told of it. A booking is cancelled.",
        AppointmentOut,
        request=Versioned,
        refusals=[409, 422, PRECONDITION_REQUIRED],
        problems={409: NotPlacedProblem},
        headers=[KEY, IF_MATCH, ETAG, REPLAYED],
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        wanted, now = self.sent(Versioned), self.clock()
        desk, appointment = self.desk_at_appointment(public_id, Permission.BOOK, "undo.appointment")
        version = version_seen(request, wanted)

        def undo() -> Answer | Declined:
            done = undo_change(
                appointment=appointment, by=desk.actor, now=now, note=_("undone"), expected_version=version
            )
            if isinstance(done, NotUndone):
                raise Refused(Problem("not-undone", not_undone_sentence(done), 409, extra={"why": done.why.value}))
            return stands_or_declined(done, appointment, plan_of(appointment), now)

        return answer_once(request, actor=desk.actor, now=now, act=undo)


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


def _type_of_same_contact(appointment: Appointment, pk: int) -> AppointmentType:
    kind = next((each for each in types_of_same_contact(appointment) if each.pk == pk), None)
    if kind is None:
        raise Refused(invalid({"type": [_("Choose a type of the same kind of contact.")]}))
    return kind


def _replan_once(
    request: Request,
    actor: str,
    appointment: Appointment,
    plan: Plan,
    wanted: dict[str, Any],
    version: int,
    now: datetime,
) -> Response:
    """To another place or in another form, by whoever decided it."""

    def change() -> Answer | Declined:
        done = replan_appointment(
            appointment=appointment,
            plan=plan,
            by=actor,
            now=now,
            reason=wanted["reason"],
            decided_by=wanted.get("decided_by"),
            check=_check(appointment, plan, wanted),
            expected_version=version,
        )
        return stands_or_declined(done, appointment, plan, now)

    return answer_once(request, actor=actor, now=now, act=change)


def _check(appointment: Appointment, plan: Plan, wanted: dict[str, Any]) -> Suitability | None:
    """None where it keeps its form and nobody answered anything: nothing is chosen then (PP-02, PP-03)."""
    if plan.type.modality == appointment.modality and not wanted["answers"]:
        return None
    weighed = weigh(plan.type, appointment.patient, local_day(plan.start), wanted["answers"], held=appointment)
    return Suitability.of(weighed, wanted["overruled_reason"])


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


def stands(appointment: Appointment, status: int = 200) -> Answer:
    headers = {"ETag": etag(appointment)}
    if status == 201:
        headers["Location"] = reverse("api-appointment", args=[appointment.public_id])
    return Answer(status, dict(AppointmentOut(appointment).data), headers)


def stands_or_declined(
    done: Appointment | NotPlaced | NeedsReason, appointment: Appointment, plan: Plan, now: datetime
) -> Answer | Declined:
    return declined(done, appointment, plan, now) if isinstance(done, NotPlaced) else stands(placed(done))


def declined(done: NotPlaced, appointment: Appointment, plan: Plan, now: datetime) -> Declined:
    """What does not fit is answered with where it does; as long as it is now where the plan leaves that open."""
    stays = plan.minutes is None and plan.type.pk == appointment.type_id
    needs = needs_of(appointment) if plan.needs is None else plan.others
    offer = partial(
        refused,
        done.refusals,
        plan.type,
        appointment.patient,
        plan.start,
        now=now,
        minutes=appointment.duration_minutes if stays else plan.length,
        needs=needs,
    )
    return Declined(lambda: not_placed(offer()))


def placed(done: Appointment | NeedsReason) -> Appointment:
    if isinstance(done, NeedsReason):
        raise Refused(invalid({REASONS[done.lack]: [lack_sentence(done.lack)]}))
    return done


# The field in which it is said.
REASONS = {Lack.OVERBOOKING: "overbook_reason", Lack.SUITABILITY: "overruled_reason"}


def not_placed(said: dict[str, Any]) -> Answer:
    detail = " ".join(one["sentence"] for one in said["refusals"])
    problem = Problem("not-placed", _("This place cannot be had."), 409, detail=detail, extra=said)
    return Answer(409, problem.document)
