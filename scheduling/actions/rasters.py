"""Make, copy and approve rasters. Changing a draft is in drafts.py, publishing in publishing.py."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from events.catalogue import RasterApproved
from events.log import record
from people.models import Clinician, Department, User
from praktijkplan.rasters import RasterPlan
from scheduling.actions.drafts import write_blocks
from scheduling.contents import BlockContent, RasterContent, draft_content
from scheduling.models import AppointmentType, Raster, RasterPhase, RasterVersion, Workplace


class NotPublished(Exception):
    """Only what was published can be approved."""


class PublishedMeanwhile(Exception):
    """Another version was published after this one was looked at; nothing was written."""


@transaction.atomic
def draft_raster(
    *,
    department: Department,
    clinician: Clinician | None,
    name: str,
    plan: RasterPlan,
    workplace: Workplace | None = None,
    weekdays: Iterable[int] | None = None,
) -> Raster:
    """A draft from a plan, such as one of the three starters; a block gets the department's types that fit it.

    Without a clinician it is a starter of the department.
    """
    raster = Raster.objects.create(
        department=department,
        clinician=clinician,
        name=name,
        weeks=plan.weeks.value,
        valid_from=plan.valid_from,
        valid_until=plan.valid_until,
    )
    types = list(AppointmentType.objects.filter(department=department, active=True))
    on = None if weekdays is None else set(weekdays)
    blocks = [block for block in plan.blocks if on is None or block.weekday in on]
    write_blocks(
        raster,
        [
            BlockContent(
                block,
                frozenset(
                    kind.pk
                    for kind in types
                    if (block.modalities is not None and kind.modality in block.modalities)
                    and (block.durations is None or kind.duration_minutes in block.durations)
                ),
            )
            for block in blocks
        ],
        workplace=workplace,
    )
    return raster


@transaction.atomic
def copy_raster(
    *,
    raster: Raster,
    clinician: Clinician | None,
    name: str,
    valid_from: date,
    by: User,
    now: datetime,
    valid_until: date | None = None,
) -> Raster:
    """A new draft of the same department with the same week: from a starter, for a colleague, or for later."""
    content = draft_content(raster)
    made = Raster.objects.create(
        department_id=raster.department_id,
        clinician=clinician,
        name=name,
        weeks=content.weeks.value,
        valid_from=valid_from,
        valid_until=valid_until,
        edited_by=by,
        edited_at=now,
    )
    write_blocks(made, content.blocks)
    return made


@transaction.atomic
def draft_from_content(
    *, department: Department, clinician: Clinician | None, content: RasterContent, by: User, now: datetime
) -> Raster:
    """A new draft that says this, such as what was read from another system's file."""
    made = Raster.objects.create(
        department=department,
        clinician=clinician,
        name=content.name,
        weeks=content.weeks.value,
        valid_from=content.valid_from,
        valid_until=content.valid_until,
        edited_by=by,
        edited_at=now,
    )
    write_blocks(made, content.blocks)
    return made


@transaction.atomic
def approve_raster(*, raster: Raster, by: str, now: datetime, number: int | None = None) -> RasterVersion:
    """From trial to final: the version that is published now, as it is (PP-30).

    `number` is the version that was looked at. Raises NotPublished for a draft, and PublishedMeanwhile.
    """
    raster = Raster.objects.select_for_update(of=("self",)).get(pk=raster.pk)
    version = raster.versions.filter(number=raster.version).first()
    if version is None:
        raise NotPublished
    if number is not None and version.number != number:
        raise PublishedMeanwhile
    if version.phase != RasterPhase.FINAL:
        version.phase, version.approved_by, version.approved_at = RasterPhase.FINAL, by, now
        version.save(update_fields=["phase", "approved_by", "approved_at"])
        Raster.objects.filter(pk=raster.pk).update(phase=RasterPhase.FINAL)
        record(
            RasterApproved(raster=raster.pk, department=raster.department_id, version=version.number),
            at=now,
            actor=by,
        )
    return version
