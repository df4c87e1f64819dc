"""The waiting list of the demo: of each department a handful who can come earlier, each in their own way."""

from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from demo.hospital.patients import SEED
from people.models import Department, User
from praktijkplan.contact import Modality
from scheduling.actions.waiting_list import Wishes, join_waiting_list
from scheduling.models import Appointment, AppointmentStatus

# Who comes tomorrow has nothing to gain.
FROM = timedelta(days=3)
WISHES = (
    Wishes(notice_hours=24),
    Wishes(notice_hours=48, half_day="morning"),
    Wishes(notice_hours=24, own_clinician=True),
    Wishes(notice_hours=4, weekdays=0b10101),
    Wishes(notice_hours=168, half_day="afternoon"),
    Wishes(notice_hours=24),
)


@transaction.atomic
def wait_for_earlier(*, now: datetime) -> None:
    for department in Department.objects.order_by("pk"):
        clerk = User.objects.filter(memberships__role="planner", memberships__department=department).first()
        coming = Appointment.objects.filter(
            department=department, status=AppointmentStatus.BOOKED, start__gt=now + FROM
        ).exclude(modality=Modality.WRITTEN)
        chosen = list(coming.order_by("start", "pk"))
        dice = Random(SEED + department.pk)
        for held, wishes in zip(dice.sample(chosen, min(len(WISHES), len(chosen))), WISHES, strict=False):
            since = now - timedelta(minutes=dice.randint(60, 3 * 24 * 60))
            join_waiting_list(
                appointment=held,
                wishes=wishes,
                by=clerk.actor if clerk else "system",
                now=max(since, held.booked_at),
            )
