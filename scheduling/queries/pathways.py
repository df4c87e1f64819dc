"""Care pathways of a department, and how far patients are in them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

from people.models import Department, Patient
from praktijkplan.pathways import Step
from scheduling.models import AppointmentStatus, CarePathway, FollowUpOrder, PathwayRun


@dataclass(frozen=True)
class Course:
    """A patient's way through a pathway: its orders in the order of its steps."""

    run: PathwayRun
    orders: tuple[FollowUpOrder, ...]

    @property
    def held(self) -> int:
        return sum(is_held(order) for order in self.orders)

    @property
    def planned(self) -> int:
        """Booked or held; whoever did not appear was booked too."""
        return sum(order.appointment_id is not None for order in self.orders)

    @property
    def still_planned(self) -> list[FollowUpOrder]:
        """Booked and not held yet."""
        return [
            order
            for order in self.orders
            if order.appointment and order.appointment.status == AppointmentStatus.BOOKED
        ]

    @property
    def still_open(self) -> list[FollowUpOrder]:
        return [order for order in self.orders if order.is_open]


def is_held(order: FollowUpOrder) -> bool:
    return order.appointment is not None and order.appointment.status == AppointmentStatus.FULFILLED


def steps_of_pathway(pathway: CarePathway) -> list[Step]:
    return [Step(each.position, each.type_id, each.after_days, each.margin_days) for each in pathway.steps.all()]


def pathways_of(department: Department) -> QuerySet[CarePathway]:
    """With their steps, and `running`: how many patients follow each."""
    running = Count("runs", filter=Q(runs__stopped_at__isnull=True))
    held = CarePathway.objects.filter(department=department).annotate(running=running)
    return held.prefetch_related("steps__type").order_by("-active", "name")


def courses_of(patient: Patient, department: Department) -> list[Course]:
    """The latest first; two selects."""
    orders = FollowUpOrder.objects.select_related("type", "appointment__clinician", "clinician").order_by("step")
    runs = PathwayRun.objects.filter(patient=patient, pathway__department=department)
    found: Iterable[PathwayRun] = (
        runs.select_related("pathway", "clinician")
        .prefetch_related(Prefetch("orders", queryset=orders))
        .order_by("-begins", "-pk")
    )
    return [Course(run, tuple(run.orders.all())) for run in found]
