"""What must be planned in the demo: orders of differing urgency, two care pathways, and patients who follow them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from demo.hospital.patients import SEED
from people.models import Clinician, Department, Patient
from praktijkplan.contact import ContactKind, Modality
from praktijkplan.pathways import DIABETES, PatternStep, steps_of
from scheduling.actions.orders import Wanted, make_order
from scheduling.actions.pathways import Pattern, save_pathway, start_pathway
from scheduling.actions.placing import Plan
from scheduling.actions.planning_orders import OrderChoice, plan_orders
from scheduling.localtime import local_day
from scheduling.models import AppointmentType, CarePathway, FollowUpOrder, PathwayRun
from scheduling.models.minutes import from_minute
from scheduling.queries.orders import open_orders, places_for_orders

# Days from now of the first and the last day: too late, pressing, to be planned, and later.
WINDOWS = ((-24, -4), (-12, -1), (-9, 5), (-3, 11), (0, 13), (-2, 26), (6, 34), (38, 66))
ORDERED_BEFORE = timedelta(days=45)
NOTES = ("", "", "Liefst in de ochtend", "", "Dochter is erbij", "", "", "Eerst bloedprikken")
PATHWAYS = (
    ("interne-geneeskunde", "Diabetes, vier controles per jaar", DIABETES),
    (
        "longgeneeskunde",
        "Na een longontsteking",
        (
            PatternStep(Modality.VIDEO, 14, 5),
            PatternStep(Modality.VISIT, 42, 10),
            PatternStep(Modality.VIDEO, 182, 14),
        ),
    ),
)
FOLLOW = 4
PLANNED = 2


def order_follow_ups(*, now: datetime) -> None:
    for department in Department.objects.order_by("pk"):
        dice = Random(SEED + department.pk)
        patients = _patients(department, dice)
        for patient, window, note in zip(patients, WINDOWS, NOTES, strict=False):
            _order(department, patient, window, note, now, dice)
    for slug, name, pattern in PATHWAYS:
        _follow(Department.objects.get(slug=slug), name, pattern, now)


def _patients(department: Department, dice: Random) -> Iterator[Patient]:
    found = list(Patient.objects.filter(departments=department).exclude(email="").order_by("pk"))
    dice.shuffle(found)
    return iter(found)


def _order(
    department: Department, patient: Patient, window: tuple[int, int], note: str, now: datetime, dice: Random
) -> None:
    doctor = dice.choice(list(department.clinicians.order_by("pk")))
    first, last = (local_day(now) + timedelta(days=days) for days in window)
    wanted = Wanted(
        type=dice.choice(_follow_ups(department)),
        earliest=first,
        latest=last,
        clinician=doctor if dice.random() < 0.5 else None,
        note=note,
    )
    make_order(patient=patient, wanted=wanted, by=_actor(doctor), now=now - ORDERED_BEFORE)


def _follow(department: Department, name: str, pattern: tuple[PatternStep, ...], now: datetime) -> None:
    """Some patients in it, each begun at another time; of two the first control is planned."""
    types = {Modality(each.modality): each.pk for each in _follow_ups(department)}
    pathway = save_pathway(department=department, pattern=Pattern(name=name, steps=steps_of(pattern, types)))
    if not isinstance(pathway, CarePathway):
        raise ValueError(f"{name}: {pathway.problems}")
    doctor = department.clinicians.order_by("pk")[0]
    patients = _patients(department, Random(SEED))
    for n, patient in enumerate(islice(patients, FOLLOW)):
        began = now - timedelta(days=20 * n)
        run = start_pathway(
            pathway=pathway,
            patient=patient,
            begins=local_day(began),
            by=_actor(doctor),
            now=began,
            expected_revision=pathway.revision,
        )
        if n < PLANNED and isinstance(run, PathwayRun):
            _plan_first(department, open_orders(department).filter(pathway_run=run)[0], now)


def _plan_first(department: Department, order: FollowUpOrder, now: datetime) -> None:
    found = places_for_orders([order], now=now).places.get(order.pk)
    if found is None or found.proposal is None:
        return
    clinician = Clinician.objects.get(pk=found.proposal.clinician)
    plan = Plan(from_minute(found.proposal.start), clinician, order.type)
    clerk = department.memberships.filter(role="planner")[0].user
    plan_orders(choices=[OrderChoice(order, order.revision, plan)], by=clerk.actor, now=now)


def _follow_ups(department: Department) -> list[AppointmentType]:
    kinds = department.appointment_types.filter(contact_kind=ContactKind.FOLLOW_UP)
    return list(kinds.order_by("duration_minutes", "pk"))


def _actor(doctor: Clinician) -> str:
    return doctor.user.actor if doctor.user else "system"
