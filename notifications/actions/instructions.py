"""The instruction material of a department: added, changed, put in order, and checked."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from notifications.models import Instruction, InstructionKind, LinkProblem
from people.models import Department
from scheduling.localtime import local_day


class KnownAlready(Exception):
    """The department offers this address in this language already; nothing was written."""


@transaction.atomic
def add_instruction(
    *, department: Department, kind: InstructionKind, title: str, url: str, language: str, by: str, now: datetime
) -> Instruction:
    """At the end of its language. Raises KnownAlready."""
    made = Instruction(
        department=department,
        kind=kind,
        title=title,
        url=url,
        language=language,
        position=_end_of(department.pk, language),
        changed_at=now,
        changed_by=by,
    )
    return _save(made)


@transaction.atomic
def change_instruction(
    *,
    instruction: Instruction,
    kind: InstructionKind,
    title: str,
    url: str,
    language: str,
    by: str,
    now: datetime,
) -> Instruction:
    """What was found of the old address says nothing of a new one. Raises KnownAlready."""
    if url != instruction.url:
        instruction.checked_at = instruction.failing_since = instruction.broken_since = None
        instruction.problem = ""
    if language != instruction.language:
        instruction.position = _end_of(instruction.department_id, language)
    instruction.kind, instruction.title, instruction.url, instruction.language = kind, title, url, language
    instruction.changed_at, instruction.changed_by = now, by
    return _save(instruction)


def remove_instruction(*, instruction: Instruction) -> None:
    instruction.delete()


@transaction.atomic
def move_instruction(*, instruction: Instruction, up: bool) -> None:
    """Past its neighbour of the same language; at the end of the row it stays where it is."""
    row = list(
        Instruction.objects.select_for_update().filter(
            department_id=instruction.department_id, language=instruction.language
        )
    )
    place = next((number for number, each in enumerate(row) if each.pk == instruction.pk), None)
    if place is None:
        return
    beside = place - 1 if up else place + 1
    if 0 <= beside < len(row):
        row[place], row[beside] = row[beside], row[place]
    for number, each in enumerate(row):
        each.position = number
    Instruction.objects.bulk_update(row, ["position"])


@transaction.atomic
def record_check(*, instruction: Instruction, problem: LinkProblem | None, now: datetime) -> None:
    """What a check found, unless the address was changed meanwhile.

    A page that is gone is broken at once; any other trouble must last into a second day, as sites have bad hours.
    """
    row = Instruction.objects.select_for_update().filter(pk=instruction.pk, url=instruction.url).first()
    if row is None:
        return
    row.checked_at, row.problem = now, problem.value if problem else ""
    if problem is None or problem is LinkProblem.CLOSED_TO_US:
        row.failing_since = row.broken_since = None
    else:
        row.failing_since = row.failing_since or now
        lasts = local_day(row.failing_since) != local_day(now)
        if row.broken_since is None and (lasts or problem is LinkProblem.GONE):
            row.broken_since = now
    row.save(update_fields=["checked_at", "problem", "failing_since", "broken_since"])


def _end_of(department_id: int, language: str) -> int:
    row = Instruction.objects.filter(department_id=department_id, language=language)
    last: int | None = row.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _save(instruction: Instruction) -> Instruction:
    try:
        with transaction.atomic():
            instruction.save()
    except IntegrityError:
        raise KnownAlready from None
    return instruction
