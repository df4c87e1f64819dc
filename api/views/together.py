"""Swap two appointments; look at what was done in one go, and undo it."""

import uuid
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import Answer, answer_once
from api.offers import refusal_told
from api.permissions import OF_APPOINTMENT, StaffEndpoint
from api.problems import Problem, Refused, invalid
from api.schema import IF_MATCH, KEY, describe
from api.serializers.together import (
    Batch,
    NotSwappedProblem,
    Swapped,
    SwapQuery,
    Swaps,
    SwapWith,
    UndoOutcomes,
)
from api.views.appointments import PRECONDITION_REQUIRED, REPLAYED, version_seen
from notifications.actions.undoing import NotUndone, Undone, undo_together, undoable
from people.desks import Desk
from people.permissions import Permission
from scheduling.actions.placing import NeedsReason, NotPlaced
from scheduling.actions.replanning import swap_appointments
from scheduling.localtime import local_day
from scheduling.models import Appointment, AppointmentChange
from scheduling.queries.batches import changes_of
from scheduling.queries.swapping import Swap, swaps_on
from scheduling.sentences import lack_sentence

SWAP, LISTED, VIEW, UNDO = "swap.appointment", "view.swap", "view.together", "undo.together"


class SwapAppointment(StaffEndpoint):
    @describe(
        "appointments_swap_candidates",
        "Who of the department stands elsewhere on a day, and which of them this appointment can be swapped with.",
        Swaps,
        parameters=[SwapQuery],
    )
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        asked = self.asked(SwapQuery)
        desk, appointment = self.desk_at_appointment(public_id, Permission.BOOK, LISTED)
        day = asked.get("date") or local_day(appointment.start)
        found = swaps_on(appointment, day, now=self.clock()) if appointment.is_active else []
        desk.log_list(LISTED, [(each.other.patient_id, each.other.pk) for each in found])
        return Response(Swaps({"swaps": [_swap_told(each) for each in found]}).data)

    @describe(
        "appointments_swap",
        "Each gets the moment and the clinician of the other, and keeps its form and length; both or neither.",
        Swapped,
        request=SwapWith,
        refusals=[409, 422, PRECONDITION_REQUIRED],
        problems={409: NotSwappedProblem},
        headers=[KEY, IF_MATCH, REPLAYED],
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        wanted, now = self.sent(SwapWith), self.clock()
        desk, appointment = self.desk_at_appointment(public_id, Permission.BOOK, SWAP)
        version = version_seen(request, wanted)
        other = self._other(desk, appointment, wanted["other"])

        def swap() -> Answer:
            done = swap_appointments(
                one=appointment,
                other=other,
                by=desk.actor,
                now=now,
                reason=wanted["reason"],
                expected_versions=(version, wanted["other_version"]),
            )
            if not isinstance(done, tuple):
                raise Refused(_not_swapped(done))
            batch = done[0].changes.values_list("batch", flat=True).last()
            return Answer(200, dict(Swapped({"batch": batch, "appointments": done}).data))

        return answer_once(request, actor=desk.actor, now=now, act=swap)

    def _other(self, desk: Desk, appointment: Appointment, public_id: uuid.UUID) -> Appointment:
        """One of another department does not exist here, whatever roles the user has there."""
        if public_id == appointment.public_id:
            raise Refused(invalid({"other": [_("Choose another appointment to swap with.")]}))
        held = Appointment.objects.select_related(*OF_APPOINTMENT).filter(public_id=public_id).first()
        if held is None or held.department_id != desk.department.pk:
            self.log_refusal(SWAP, desk.department, held.patient if held else None, held)
            raise Refused(invalid({"other": [_("Choose an appointment of this department.")]}))
        desk.log(SWAP, held.patient_id, held.pk)
        return held


class OfBatch(StaffEndpoint):
    def of_batch(self, batch: uuid.UUID, action: str) -> tuple[Desk, list[AppointmentChange]]:
        """What was done in one go was done in one department."""
        changes = list(changes_of(batch))
        if not changes:
            self.hide(action, None)
        desk = self.desk(changes[0].appointment.department, Permission.BOOK, action)
        desk.log_list(action, [(each.appointment.patient_id, each.appointment_id) for each in changes])
        return desk, changes


class OneBatch(OfBatch):
    @describe("batches_read", "What was done in one go: a swap, a series, or many at once.", Batch)
    def get(self, request: Request, batch: uuid.UUID) -> Response:
        _desk, changes = self.of_batch(batch, VIEW)
        can = undoable(changes, now=self.clock())
        for change in changes:
            change.may_be_undone = change.pk in can  # type: ignore[attr-defined]
        return Response(Batch({"batch": batch, "changes": changes}).data)


class UndoBatch(OfBatch):
    @describe(
        "batches_undo",
        "Undo what was done in one go, as far as nobody was told. Bookings are cancelled, and nobody hears of them.",
        UndoOutcomes,
    )
    def post(self, request: Request, batch: uuid.UUID) -> Response:
        desk, changes = self.of_batch(batch, UNDO)
        outcomes = undo_together(changes=changes, by=desk.actor, now=self.clock(), note=_("undone"))
        return Response(UndoOutcomes({"outcomes": [_undone_told(each) for each in outcomes]}).data)


def _swap_told(swap: Swap) -> dict[str, Any]:
    return {
        "other": swap.other,
        "fits": swap.fits,
        "refusals": [refusal_told(each) for each in swap.refused],
        "other_refusals": [refusal_told(each) for each in swap.other_refused],
    }


def _not_swapped(answer: NotPlaced | NeedsReason) -> Problem:
    if isinstance(answer, NeedsReason):
        return invalid({answer.lack.value: [lack_sentence(answer.lack)]})
    told = [refusal_told(each) for each in answer.refusals]
    detail = " ".join(each["sentence"] for each in told)
    extra = {"which": "other" if answer.which else "this", "refusals": told}
    return Problem("not-placed", _("These two cannot be swapped."), 409, detail=detail, extra=extra)


def _undone_told(outcome: Undone) -> dict[str, Any]:
    refused = outcome.refused
    return {
        "change": outcome.change,
        "ended": outcome.ended.value,
        "why": refused.why.value if isinstance(refused, NotUndone) else "",
        "refusals": [refusal_told(each) for each in refused.refusals] if isinstance(refused, NotPlaced) else [],
    }
