"""A clinician is absent: who was booked then gets another place, or is cancelled and phoned."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import Answer, answer_once
from api.offers import place_told, refusal_told
from api.permissions import StaffEndpoint
from api.problems import Refused, invalid
from api.schema import KEY, answer_header, describe
from api.serializers.absences import (
    MOST_CHOICES,
    AbsenceOut,
    Absences,
    AbsenceWithTasks,
    AtRevision,
    ChangeAbsence,
    NewAbsence,
    Outcomes,
    ReplanThem,
)
from api.serializers.staff import DepartmentQuery
from api.views.appointments import clinician_of
from notifications.actions.new_times import CLINICIAN_AWAY
from people.desks import Desk
from people.models import Clinician
from people.permissions import Permission
from scheduling.actions.absences import MOST_DAYS, NotAPeriod, change_absence, enter_absence, lift_absence
from scheduling.actions.bulk import Choice, Outcome, replan_many
from scheduling.actions.placing import NotPlaced, Plan
from scheduling.models import Absence, Misfit
from scheduling.queries.absences import absences_shown, departments_of, tasks_of
from scheduling.queries.replanning import Replanned, places_for, to_choose

ACTION, REPLAN, ENTER = "view.absence", "replan.absence", "enter.absence"


class OfAbsence(StaffEndpoint):
    """One absence, as it concerns a department in which the user may do this."""

    def of_absence(
        self, department: int, public_id: uuid.UUID, permission: Permission, action: str
    ) -> tuple[Desk, Absence]:
        desk = self.desk(department, permission, action)
        absence = Absence.objects.select_related("clinician").filter(public_id=public_id).first()
        if absence is None or desk.department.pk not in departments_of(absence):
            self.hide(action, desk.department)
        return desk, absence


class AbsencesOfDepartment(StaffEndpoint):
    @describe(
        "absences_list",
        "Who is away now or later, and how many patients still need an end.",
        Absences,
        parameters=[DepartmentQuery],
    )
    def get(self, request: Request) -> Response:
        department = self.asked(DepartmentQuery)["department"]
        desk = self.desk(department, Permission.ENTER_ABSENCE, ACTION)
        shown = list(absences_shown(desk.department, now=self.clock()))
        return Response(Absences({"absences": shown}).data)

    @describe(
        "absences_enter",
        "The clinician is away: nobody is booked then, and whoever was becomes a task.",
        AbsenceOut,
        status=201,
        request=NewAbsence,
        refusals=[409, 422],
        headers=[
            KEY,
            answer_header("Location", "Where the absence is found from now on.", 201),
            answer_header("Idempotency-Replayed", "true when this key was answered before.", 201),
        ],
    )
    def post(self, request: Request) -> Response:
        wanted, now = self.sent(NewAbsence), self.clock()
        desk = self.desk(wanted["department"], Permission.ENTER_ABSENCE, ENTER)
        clinician = clinician_of(desk.department, wanted["clinician"])

        def enter() -> Answer:
            try:
                entered = enter_absence(
                    clinician=clinician,
                    starts=wanted["starts"],
                    ends=wanted["ends"],
                    kind=wanted["kind"],
                    by=desk.actor,
                    now=now,
                )
            except NotAPeriod:
                raise _not_a_period() from None
            found = reverse("api-absence", args=[entered.public_id], query={"department": desk.department.pk})
            return Answer(201, dict(AbsenceOut(entered).data), {"Location": found})

        return answer_once(request, actor=desk.actor, now=now, act=enter)


class OneAbsence(OfAbsence):
    @describe(
        "absences_read",
        "Who was booked then and has no end yet, with places that can all be had together.",
        AbsenceWithTasks,
        parameters=[DepartmentQuery],
    )
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        department = self.asked(DepartmentQuery)["department"]
        desk, absence = self.of_absence(department, public_id, Permission.BOOK, ACTION)
        now, tasks = self.clock(), list(tasks_of(absence, desk.department)[:MOST_CHOICES])
        desk.log_list(ACTION, [(task.appointment.patient_id, task.appointment_id) for task in tasks])
        coming = [task.appointment for task in tasks if task.appointment.start > now]
        told = _tasks_told(tasks, places_for(coming, now=now))
        absence.tasks = told  # type: ignore[attr-defined]
        return Response(AbsenceWithTasks(absence).data)


class ChangeOneAbsence(OfAbsence):
    @describe(
        "absences_change",
        "Longer, shorter or of another kind: tasks are added, and those outside it end.",
        AbsenceOut,
        request=ChangeAbsence,
        refusals=[409],
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        wanted, now = self.sent(ChangeAbsence), self.clock()
        desk, absence = self.of_absence(wanted["department"], public_id, Permission.ENTER_ABSENCE, ENTER)
        try:
            changed = change_absence(
                absence=absence,
                starts=wanted["starts"],
                ends=wanted["ends"],
                kind=wanted["kind"],
                expected_revision=wanted["revision"],
                by=desk.actor,
                now=now,
            )
        except NotAPeriod:
            raise _not_a_period() from None
        return Response(AbsenceOut(changed).data)


class LiftOneAbsence(OfAbsence):
    @describe(
        "absences_lift",
        "It does not come about, or is over early: what has no end yet stands as it stood.",
        AbsenceOut,
        request=AtRevision,
        refusals=[409],
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        wanted, now = self.sent(AtRevision), self.clock()
        desk, absence = self.of_absence(wanted["department"], public_id, Permission.ENTER_ABSENCE, ENTER)
        lifted = lift_absence(absence=absence, expected_revision=wanted["revision"], by=desk.actor, now=now)
        return Response(AbsenceOut(lifted).data)


class ReplanAbsence(OfAbsence):
    @describe(
        "absences_replan",
        "Moves or cancels any number of them, each by itself; the version makes that sending twice does it once.",
        Outcomes,
        request=ReplanThem,
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        wanted, now = self.sent(ReplanThem), self.clock()
        desk, absence = self.of_absence(wanted["department"], public_id, Permission.BOOK, REPLAN)
        choices = _choices(wanted["choices"], absence, desk)
        desk.log_list(REPLAN, [(each.appointment.patient_id, each.appointment.pk) for each in choices.values()])
        batch = uuid.uuid4()
        outcomes = replan_many(
            choices=list(choices.values()),
            by=desk.actor,
            now=now,
            reason=CLINICIAN_AWAY,
            asked_by="clinic",
            batch=batch,
        )
        of_appointment = {each.appointment.pk: task for task, each in choices.items()}
        told = [_outcome_told(each, of_appointment[each.choice.appointment.pk]) for each in outcomes]
        return Response(Outcomes({"batch": batch, "outcomes": told}).data)


def _not_a_period() -> Refused:
    said = _("An absence ends after it begins, and lasts at most %(days)d days.") % {"days": MOST_DAYS}
    return Refused(invalid({"ends": [said]}))


def _choices(wanted: Sequence[Mapping[str, Any]], absence: Absence, desk: Desk) -> dict[int, Choice]:
    """By task; what is not an open task of this absence here, or not of this department, is refused as a whole."""
    tasks = tasks_of(absence, desk.department).in_bulk([each["task"] for each in wanted])
    clinicians = desk.department.clinicians.in_bulk()
    types = desk.department.appointment_types.in_bulk()
    found = {}
    for each in wanted:
        place, task = each["place"], tasks.get(each["task"])
        if task is None:
            raise Refused(invalid({"choices": [_("Choose tasks of this absence that have no end yet.")]}))
        if place and (place["clinician"] not in clinicians or place["type"] not in types):
            raise Refused(invalid({"choices": [_("Choose a clinician and a type of this department.")]}))
        plan = Plan(place["start"], clinicians[place["clinician"]], types[place["type"]]) if place else None
        found[task.pk] = Choice(task.appointment, each["version"], plan)
    return found


def _outcome_told(outcome: Outcome, task: int) -> dict[str, Any]:
    refused = outcome.refused.refusals if isinstance(outcome.refused, NotPlaced) else ()
    return {"task": task, "ended": outcome.ended.value, "refusals": [refusal_told(each) for each in refused]}


def _tasks_told(tasks: Sequence[Misfit], found: Replanned) -> list[dict[str, Any]]:
    wanted = {place.clinician for each in found.places.values() for place, _clashes in to_choose(each)}
    clinicians = Clinician.objects.in_bulk(wanted)
    return [
        {
            "id": task.pk,
            "appointment": task.appointment.public_id,
            "version": task.appointment.schedule_version,
            "start": task.appointment.start,
            "modality": task.appointment.modality,
            "patient": task.appointment.patient,
            "places": [
                place_told(place, clashes, found.types, clinicians)
                for place, clashes in to_choose(found.places.get(task.appointment_id))
            ],
        }
        for task in tasks
    ]
