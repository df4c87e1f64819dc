"""The rows of an absence: who needs another place, what is proposed, and whom no message reaches."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext

from notifications.actions.undoing import undoable
from pages.planner.history import moment_words
from pages.planner.places import (
    ProposedRow,
    SentList,
    chosen_plan,
    clinicians_proposed,
    ended_sentences,
    options_of,
)
from pages.planner.reached import letters_to
from pages.templatetags.look import day
from people.models import Department
from scheduling.actions.bulk import Choice, Outcome
from scheduling.localtime import day_span, local_day
from scheduling.models import Absence, Misfit
from scheduling.models.minutes import from_minute
from scheduling.queries.batches import batched_changes_of
from scheduling.queries.replanning import places_for
from scheduling.words import exact_clock_text


@dataclass(frozen=True, kw_only=True)
class Row(ProposedRow):
    task: Misfit

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
    sent = SentList(posted)
    rows = []
    for task in tasks:
        options = options_of(found.places.get(task.appointment_id), found.types, clinicians)
        rows.append(
            Row(
                task=task,
                options=options,
                value=sent.value(task.pk, options),
                letters=letters[task.appointment_id],
                checked=sent.is_ticked(task.pk),
                problems=(problems or {}).get(task.appointment_id, ()),
            )
        )
    return rows


def choices_of(posted: QueryDict, tasks: Sequence[Misfit], department: Department, *, cancel: bool) -> list[Choice]:
    """Of whoever is ticked; only of these tasks, and only with who and what this department has.

    Who has no place is left out: that patient needs another end.
    """
    sent = SentList(posted)
    clinicians = {str(each.pk): each for each in department.clinicians.all()}
    types = {str(each.pk): each for each in department.appointment_types.all()}
    choices = []
    for task in tasks:
        version = sent.number("version", task.pk)
        if version is None or not sent.is_ticked(task.pk):
            continue
        plan = None if cancel else chosen_plan(sent.said("place", task.pk), clinicians, types)
        if plan is not None or cancel:
            choices.append(Choice(task.appointment, version, plan))
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
    changed = gettext("Someone else changed this appointment just now. Look at it and choose again.")
    return ended_sentences(outcome.ended, outcome.refused, changed=changed)


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
