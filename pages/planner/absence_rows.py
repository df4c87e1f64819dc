"""The rows of an absence: who needs another place, what is proposed, and whom no message reaches."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext

from notifications.actions.undoing import undoable
from notifications.recipients import RECIPIENT_ROLES, broken_addresses, reach_of
from pages.planner.history import moment_words
from pages.planner.places import Option, chosen_plan, clinicians_proposed, options_of
from pages.templatetags.look import day
from people.models import Department
from scheduling.actions.bulk import Choice, Ended, Outcome
from scheduling.localtime import day_span, local_day
from scheduling.models import Absence, Appointment, Misfit, Participant
from scheduling.models.minutes import from_minute
from scheduling.queries.batches import batched_changes_of
from scheduling.queries.policy import Policies
from scheduling.queries.replanning import places_for
from scheduling.sentences import unplaced_sentences
from scheduling.words import exact_clock_text


@dataclass(frozen=True)
class Row:
    """`letters`: how many a message would reach; nobody means somebody must phone."""

    task: Misfit
    options: tuple[Option, ...]
    value: str
    letters: int
    checked: bool = True
    problems: tuple[str, ...] = ()

    @property
    def chosen(self) -> Option | None:
        return next((option for option in self.options if option.value == self.value), None)

    @property
    def changes_form(self) -> bool:
        return self.chosen is not None and self.chosen.type.modality != self.task.appointment.modality


def rows_of(
    tasks: Sequence[Misfit],
    *,
    now: datetime,
    posted: QueryDict | None = None,
    problems: Mapping[int, tuple[str, ...]] | None = None,
) -> list[Row]:
    """With the places proposed; `posted` keeps what was ticked and chosen, where that place can still be had.

    A fixed number of selects.
    """
    held = [task.appointment for task in tasks if task.appointment.start > now]
    found = places_for(held, now=now)
    clinicians = clinicians_proposed(found)
    letters = letters_to([task.appointment for task in tasks])
    ticked = set(posted.getlist("row")) if posted else None
    rows = []
    for task in tasks:
        options = options_of(found.places.get(task.appointment_id), found.types, clinicians)
        asked = posted.get(f"place-{task.pk}", "") if posted else ""
        stands = {option.value for option in options}
        rows.append(
            Row(
                task=task,
                options=options,
                value=asked if asked in stands else next(iter(option.value for option in options), ""),
                letters=letters[task.appointment_id],
                checked=ticked is None or str(task.pk) in ticked,
                problems=(problems or {}).get(task.appointment_id, ()),
            )
        )
    return rows


def choices_of(posted: QueryDict, tasks: Sequence[Misfit], department: Department, *, cancel: bool) -> list[Choice]:
    """Of whoever is ticked; only of these tasks, and only with who and what this department has.

    Who has no place is left out: that patient needs another end.
    """
    ticked = set(posted.getlist("row"))
    clinicians = {str(each.pk): each for each in department.clinicians.all()}
    types = {str(each.pk): each for each in department.appointment_types.all()}
    choices = []
    for task in tasks:
        version = posted.get(f"version-{task.pk}", "")
        if str(task.pk) not in ticked or not (version.isdecimal() and len(version) < 9):
            continue
        plan = None if cancel else chosen_plan(posted.get(f"place-{task.pk}", ""), clinicians, types)
        if plan is not None or cancel:
            choices.append(Choice(task.appointment, int(version), plan))
    return choices


def period_words(absence: Absence) -> str:
    """Whole days without the hours, and one day once."""
    starts, ends = from_minute(absence.starts), from_minute(absence.ends)
    last = from_minute(absence.ends - 1)
    first_day, last_day = local_day(starts), local_day(last)
    if (absence.starts, absence.ends) == day_span(first_day, last_day):
        words = {"first": day(first_day, "short"), "last": day(last_day, "short")}
        return words["first"] if first_day == last_day else gettext("%(first)s until and including %(last)s") % words
    if first_day == last_day:
        words = {"day": day(first_day, "short"), "first": exact_clock_text(starts), "last": exact_clock_text(ends)}
        return gettext("%(day)s from %(first)s until %(last)s") % words
    words = {"first": moment_words(starts), "last": moment_words(ends)}
    return gettext("%(first)s until %(last)s") % words


def problem_of(outcome: Outcome) -> tuple[str, ...]:
    """Why it was not done, in sentences."""
    if outcome.ended is Ended.BUSY:
        return (gettext("Someone else is booking on this day. Nothing was changed. Try again."),)
    if outcome.ended is Ended.CHANGED:
        return (gettext("Someone else changed this appointment just now. Look at it and choose again."),)
    return tuple(unplaced_sentences(outcome.refused)) if outcome.refused else ()


@dataclass(frozen=True)
class Batch:
    """What was done in one go at `at`; of `count` appointments it can be undone."""

    id: uuid.UUID
    at: datetime
    count: int


def batches_of(absence: Absence, department: Department, *, now: datetime) -> list[Batch]:
    """Those that can be undone, the latest first."""
    changes = list(batched_changes_of(absence, department))
    can = undoable(changes, now=now)
    done_at = {change.batch: change.at for change in changes if change.batch and change.pk in can}
    counted = Counter(change.batch for change in changes if change.pk in can)
    return [Batch(batch, at, counted[batch]) for batch, at in done_at.items()]


def letters_to(appointments: Sequence[Appointment]) -> dict[int, int]:
    """Per appointment how many recipients a message reaches by mail or text message; three selects."""
    held = {each.pk: each for each in appointments}
    found = dict.fromkeys(held, 0)
    told = list(
        Participant.objects.filter(appointment__in=held, role__in=RECIPIENT_ROLES).select_related("representative")
    )
    people = {each.pk: each.representative or held[each.appointment_id].patient for each in told}
    broken = broken_addresses(people.values())
    agreed = {department: Policies(department) for department in {each.department_id for each in held.values()}}
    for each in told:
        appointment = held[each.appointment_id]
        policy = agreed[appointment.department_id].on(local_day(appointment.start))
        reached = reach_of(people[each.pk], appointment.patient, policy, broken)
        found[each.appointment_id] += reached is not None and reached.reaches
    return found
