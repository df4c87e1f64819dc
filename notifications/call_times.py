"""When a call is of use, and when to try again: the rules of calling.py with the rows of a task."""

from datetime import date, datetime, timedelta

from notifications.models import CallTask
from praktijkplan.calling import LOOK_AHEAD, next_try
from scheduling.holidays import closed_days
from scheduling.localtime import AMSTERDAM, local_day
from scheduling.queries.policy import Policies

SATURDAY = 5


def useful_until(task: CallTask, now: datetime) -> datetime | None:
    """From this moment on the call would come too late; None where it never does."""
    if task.appointment is None or task.reason == CallTask.Reason.NEW_TIME:
        return None
    if task.reason == CallTask.Reason.PREPARE:
        return task.appointment.start
    # Who asked to be phoned is phoned, also when the appointment is over.
    is_over = task.appointment.end <= now
    return None if is_over and task.reason == CallTask.Reason.ASKED else task.appointment.end


def next_try_of(task: CallTask, now: datetime) -> datetime | None:
    today = local_day(now)
    on = local_day(task.appointment.start) if task.appointment else today
    policies = Policies(task.department_id)
    shut = closed_days(policies, today, today + timedelta(days=LOOK_AHEAD))

    def is_closed(day: date) -> bool:
        # Whoever phones now is at work today, and whoever has a clinic will be on its day.
        return day not in (today, on) and (day.weekday() >= SATURDAY or day in shut)

    return next_try(
        now,
        tries=task.tries,
        useful_until=useful_until(task, now),
        policy=policies.on(on),
        tz=AMSTERDAM,
        is_closed=is_closed,
    )
