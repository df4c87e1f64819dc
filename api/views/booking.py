"""Book an appointment, and look beforehand at what it would mean."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import Answer, Declined, answer_once
from api.offers import refused
from api.permissions import StaffEndpoint
from api.problems import Problem, Refused, invalid
from api.schema import KEY, describe
from api.serializers.appointments import AppointmentOut
from api.serializers.booking import BookingPreview, NewAppointment, NotBookedProblem, WantedAppointment
from api.views.appointments import ETAG, LOCATION, REPLAYED, clinician_of, not_placed, placed, stands
from api.views.needs import needs_said
from notifications.previews import previews_of_booking, reminders_of
from people.desks import Desk
from people.models import Patient
from people.permissions import Permission
from praktijkplan.suitability import Question
from scheduling.actions.booking import book_appointment
from scheduling.actions.deciding import Suitability
from scheduling.actions.placing import ChangedMeanwhile, NotPlaced, Plan
from scheduling.localtime import local_day
from scheduling.models import Appointment, AppointmentType, FollowUpOrder
from scheduling.queries.seen import SeenOfPatient, made_since, seen_by_token, seen_of_patient
from scheduling.queries.suitability import Weighed, weigh
from scheduling.suitability_sentences import QUESTIONS, finding_sentence

BOOK, PREVIEW = "book.appointment", "preview.appointment"


class BookingEndpoint(StaffEndpoint):
    def desk_for(self, wanted: dict[str, Any], action: str) -> tuple[Desk, Patient, AppointmentType]:
        kind = AppointmentType.objects.filter(pk=wanted["type"], active=True).first()
        if kind is None:
            self.hide(action, None)
        desk, patient = self.desk_with_patient(kind.department_id, wanted["patient"], Permission.BOOK, action)
        return desk, patient, kind


class Appointments(BookingEndpoint):
    @describe(
        "appointments_book",
        "Book a free place for a patient. Messages follow by themselves.",
        AppointmentOut,
        status=201,
        request=NewAppointment,
        refusals=[409, 422],
        problems={409: NotBookedProblem},
        headers=[KEY, ETAG, LOCATION, REPLAYED],
    )
    def post(self, request: Request) -> Response:
        wanted, now = self.sent(NewAppointment), self.clock()
        desk, patient, kind = self.desk_for(wanted, BOOK)
        if wanted["overbook"] and not desk.may(Permission.OVERBOOK):
            self.refuse(BOOK, desk.department, patient=patient)
        plan = Plan(
            wanted["start"],
            clinician_of(desk.department, wanted["clinician"]),
            kind,
            wanted.get("minutes"),
            needs=needs_said(desk.department, wanted["needs"]),
            urgent=wanted["urgent"],
            overbook=wanted["overbook"],
            overbook_reason=wanted["overbook_reason"],
        )
        weighed = weigh(kind, patient, local_day(plan.start), wanted["answers"])
        order, seen = _order(wanted, desk, patient), _seen(wanted, desk, patient)

        def book() -> Answer | Declined:
            try:
                done = book_appointment(
                    patient=patient,
                    plan=plan,
                    by=desk.actor,
                    now=now,
                    decided_by=wanted["decided_by"],
                    check=Suitability.of(weighed, wanted["overruled_reason"]),
                    order=order,
                    seen=seen,
                )
            except ChangedMeanwhile:
                return Declined(partial(_changed, patient, desk, seen, order))
            if isinstance(done, NotPlaced):
                return Declined(partial(_declined, done, plan, patient, now))
            return stands(placed(done), status=201)

        return answer_once(request, actor=desk.actor, now=now, act=book)


class PreviewAppointment(BookingEndpoint):
    @describe(
        "appointments_preview",
        "What an appointment would mean: whether its form suits, what is left to ask, and what would be told. "
        "Nothing is booked, and nothing that is answered is kept.",
        BookingPreview,
        request=WantedAppointment,
    )
    def post(self, request: Request) -> Response:
        wanted = self.sent(WantedAppointment)
        desk, patient, kind = self.desk_for(wanted, PREVIEW)
        start: datetime = wanted["start"]
        unsaved = Appointment(
            department=desk.department,
            patient=patient,
            clinician=clinician_of(desk.department, wanted["clinician"]),
            type=kind,
            modality=kind.modality,
            start=start,
            end=start + timedelta(minutes=wanted.get("minutes") or kind.duration_minutes),
        )
        told = {
            **_told(weigh(kind, patient, local_day(start), wanted["answers"])),
            "letters": previews_of_booking(unsaved),
            "reminders": [{"kind": each, "due": due} for each, due in reminders_of(unsaved)],
            "seen": seen_of_patient(patient.pk, desk.department.pk).token,
        }
        return Response(BookingPreview(told).data)


def _told(weighed: Weighed) -> dict[str, Any]:
    asked = {*weighed.assessment.to_ask, *weighed.answers}
    return {
        "suited": weighed.assessment.suited,
        "findings": [
            {
                "id": found.id.value,
                "rule": found.rule,
                "severity": found.severity.value,
                "proposes": found.proposes,
                "facts": dict(found.facts),
                "sentence": finding_sentence(found),
            }
            for found in weighed.assessment.findings
        ],
        "questions": [
            {"id": each.value, "sentence": str(QUESTIONS[each]), "answer": weighed.answers.get(each)}
            for each in Question
            if each in asked
        ],
        "known": weighed.known,
    }


def _order(wanted: dict[str, Any], desk: Desk, patient: Patient) -> FollowUpOrder | None:
    if "order" not in wanted:
        return None
    order = FollowUpOrder.objects.filter(pk=wanted["order"], department=desk.department, patient=patient).first()
    if order is None:
        raise Refused(invalid({"order": [_("Choose an order of this patient.")]}))
    return order


def _seen(wanted: dict[str, Any], desk: Desk, patient: Patient) -> SeenOfPatient | None:
    if "seen" not in wanted:
        return None
    seen = seen_by_token(wanted["seen"], patient.pk, desk.department.pk)
    if seen is None:
        raise Refused(invalid({"seen": [_("Send `seen` as you got it from a preview of this patient.")]}))
    return seen


def _changed(patient: Patient, desk: Desk, seen: SeenOfPatient | None, order: FollowUpOrder | None) -> Answer:
    made = list(made_since(seen, patient.pk, desk.department.pk)) if seen else []
    if made or order is None:
        title = _("Others booked for this patient since you looked.")
    else:
        title = _("This order was planned or dropped meanwhile.")
    extra = {
        "meanwhile": AppointmentOut(made, many=True).data,
        "seen": seen_of_patient(patient.pk, desk.department.pk).token,
    }
    return Answer(409, Problem("changed-meanwhile", title, 409, extra=extra).document)


def _declined(done: NotPlaced, plan: Plan, patient: Patient, now: datetime) -> Answer:
    return not_placed(
        refused(done.refusals, plan.type, patient, plan.start, now=now, minutes=plan.minutes, needs=plan.others)
    )
