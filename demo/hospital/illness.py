"""One clinician is reported ill for the week to come, and nobody has found other places for the patients yet."""

from datetime import datetime, timedelta

from demo.hospital.staff import DOMAIN
from people.models import Clinician, User
from scheduling.actions.absences import enter_absence
from scheduling.localtime import day_span, local_day
from scheduling.models import Absence
from scheduling.models.minutes import from_minute

# Not of those whose clinic is in progress (clinic.py), and with a full week.
ILL = f"r.hoekstra@{DOMAIN}"
DAYS = 7
REPORTED = timedelta(minutes=20)


def report_ill(*, now: datetime) -> None:
    clinician = Clinician.objects.get(user__email=ILL)
    clerk = User.objects.filter(memberships__role="planner", memberships__department__clinicians=clinician)[0]
    first = local_day(now) + timedelta(days=1)
    starts, ends = map(from_minute, day_span(first, first + timedelta(days=DAYS - 1)))
    enter_absence(
        clinician=clinician, starts=starts, ends=ends, kind=Absence.Kind.ILL, by=clerk.actor, now=now - REPORTED
    )
