"""How long consults lasted, from the facts of the day."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from people.models import Department
from scheduling.actions.measurements import Measured
from waitingroom.course import Course, courses_of
from waitingroom.models import Closing, Outcome

LOOKS_BACK = timedelta(weeks=26)
# Shorter was a try, longer was a call that somebody forgot to end.
LEAST = timedelta(minutes=1)
MOST = timedelta(hours=4)
AT_A_TIME = 500
_MINUTE = timedelta(minutes=1)


def measured_durations(department: Department, *, now: datetime) -> list[Measured]:
    """Per appointment type, of the last half year; in memory stands one number per consult.

    Only consults held as they were planned and without trouble count: what technique takes is an assumption of its
    own, and would count twice.
    """
    minutes: dict[int, list[float]] = defaultdict(list)
    for kind, lasted in _lasted(department, now - LOOKS_BACK, now):
        minutes[kind].append(lasted)
    found = (Measured.of(kind, values) for kind, values in sorted(minutes.items()))
    return [each for each in found if each is not None]


def _lasted(department: Department, since: datetime, until: datetime) -> Iterator[tuple[int, float]]:
    rows = Closing.objects.filter(
        appointment__department=department,
        appointment__start__range=(since, until),
        outcome=Outcome.HELD,
    )
    closed = iter(rows.order_by("pk").values_list("appointment_id", "appointment__type_id").iterator(AT_A_TIME))
    while part := dict(islice(closed, AT_A_TIME)):
        for appointment, course in courses_of(part).items():
            if (lasted := _without_trouble(course)) is not None:
                yield part[appointment], lasted / _MINUTE


def _without_trouble(course: Course) -> timedelta | None:
    if course.began_at is None or course.ended_at is None or course.failed or course.by_phone_at is not None:
        return None
    lasted = course.ended_at - course.began_at
    return lasted if LEAST <= lasted <= MOST else None
