"""Hold a consult: admit, hang up, go on by phone, note a phone call, close. Only in a clinician's own day."""

import uuid

from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.problems import Problem, Refused
from api.schema import describe
from api.serializers.consults import AdmittedOut, CloseIt, ClosingOut, Nothing, NotOnTheDayProblem, PhonedIn
from people.desks import Desk
from people.permissions import Permission
from scheduling.models import Appointment
from waitingroom.actions.call import continue_by_phone, end_call
from waitingroom.actions.closing import close_consult
from waitingroom.actions.phoning import record_phone_call
from waitingroom.actions.presence import Admitted, admit
from waitingroom.models import Closing
from waitingroom.refusals import CannotAdmit, CannotClose
from waitingroom.registration import registration_of
from waitingroom.sentences import refusal_sentence, registration_sentence


class Admit(StaffEndpoint):
    @describe(
        "consults_admit",
        "Let in everyone who waits on the patient's side.",
        AdmittedOut,
        request=Nothing,
        refusals=[409],
        problems={409: NotOnTheDayProblem},
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        desk, appointment = self.desk_at_own_consult(public_id, Permission.HOLD_CONSULT, "admit.patient")
        done = admit(appointment=appointment, by=desk.actor, now=self.clock())
        if isinstance(done, Admitted):
            return Response(AdmittedOut(done).data)
        raise Refused(cannot(done, appointment))


class HangUp(StaffEndpoint):
    @describe(
        "consults_hang_up",
        "End the call. The consult stays open until it is closed; the patient can be let in again.",
        status=204,
        request=Nothing,
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        desk, appointment = self.desk_at_own_consult(public_id, Permission.HOLD_CONSULT, "end.call")
        end_call(appointment=appointment, by=desk.actor, now=self.clock())
        return Response(status=204)


class ContinueByPhone(StaffEndpoint):
    @describe(
        "consults_continue_by_phone",
        "Go on by phone: the patient's page says so, and a call task is opened.",
        status=204,
        request=Nothing,
        refusals=[409],
        problems={409: NotOnTheDayProblem},
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        desk, appointment = self.desk_at_own_consult(public_id, Permission.HOLD_CONSULT, "continue.by_phone")
        refusal = continue_by_phone(appointment=appointment, by=desk.actor, now=self.clock())
        if refusal:
            raise Refused(cannot(refusal, appointment))
        return Response(status=204)


class Close(StaffEndpoint):
    @describe(
        "consults_close",
        "Close a consult: how it went, and the activity that follows from the contact as it happened.",
        ClosingOut,
        request=CloseIt,
        refusals=[409],
        problems={409: NotOnTheDayProblem},
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        wanted = self.sent(CloseIt)
        desk, appointment = self.desk_at_own_consult(public_id, Permission.CLOSE_CONSULT, "close.consult")
        done = close_consult(appointment=appointment, by=desk.actor, now=self.clock(), **wanted)
        if not isinstance(done, Closing):
            raise Refused(cannot(done, appointment))
        done.registration = registration_sentence(  # type: ignore[attr-defined]
            registration_of(
                appointment=appointment,
                outcome=done.outcome,
                modality_held=done.modality_held,
                comparable=done.comparable,
            )
        )
        return Response(ClosingOut(done).data)


class PhoneCalls(StaffEndpoint):
    @describe(
        "consults_phoned",
        "Note that the patient was phoned, and how it went (PP-61: nobody is absent whom nobody called).",
        status=204,
        request=PhonedIn,
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        outcome = self.sent(PhonedIn)["outcome"]
        desk, appointment = self._desk(public_id)
        record_phone_call(appointment=appointment, outcome=outcome, by=desk.actor, now=self.clock())
        return Response(status=204)

    def _desk(self, public_id: uuid.UUID) -> tuple[Desk, Appointment]:
        """Whoever phones patients for the department, and the clinician whose consult it is."""
        own = Appointment.objects.filter(public_id=public_id, clinician__user=self.staff.pk).exists()
        if own:
            return self.desk_at_own_consult(public_id, Permission.HOLD_CONSULT, "phone.patient")
        return self.desk_at_appointment(public_id, Permission.CALL_PATIENT, "phone.patient")


def cannot(refusal: CannotAdmit | CannotClose, appointment: Appointment) -> Problem:
    title = refusal_sentence(refusal, appointment)
    return Problem(f"consult-{refusal.id.replace('_', '-')}", title, 409, extra={"refusal": refusal.id})
