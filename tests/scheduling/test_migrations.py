"""What stood before rasters had versions stands as a version afterwards, and publishing it again changes nothing."""

from datetime import date, time

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from scheduling.contents import draft_content, write_content
from scheduling.models import Raster, RasterVersion
from tests import factories as make

AFTER = [("scheduling", "0003_first_versions")]
NOW = make.amsterdam("2026-11-29", "12.00")


def keep_what_was_published():
    """The migration's own function, with the models as they are: its columns have not changed since."""
    executor = MigrationExecutor(connection)
    state = executor.loader.project_state(AFTER)
    migration = executor.loader.get_migration(*AFTER[0])
    (operation,) = migration.operations
    operation.code(state.apps, None)


@pytest.mark.django_db
def test_published_raster_gets_the_version_that_it_was():
    department = make.department()
    cabin = make.WorkplaceFactory(department=department)
    published, draft = make.starter_raster("PP-21", department=department), make.starter_raster("PP-23")
    published.blocks.filter(weekday=0).update(workplace=cabin, start_up_minutes=15)
    make.raster_block(published, 0, "15.00", "15.15", "break")
    make.publish(published, now=NOW, until="2026-12-11")
    # As it was: the rows were all there was, and a draft counted as version 1.
    RasterVersion.objects.all().delete()
    Raster.objects.filter(pk=published.pk).update(version=4, phase="final", valid_until=date(2027, 6, 30))
    Raster.objects.filter(pk=draft.pk).update(version=1)

    keep_what_was_published()

    published.refresh_from_db()
    draft.refresh_from_db()
    kept = published.versions.get()
    assert (kept.number, kept.phase, kept.published_at) == (4, "final", published.published_at)
    assert kept.content == write_content(draft_content(published))
    assert (draft.version, draft.versions.count()) == (0, 0)


@pytest.mark.django_db
def test_what_was_kept_is_published_again_without_change():
    raster = make.starter_raster("PP-21", weekdays=[0])
    make.publish(raster, now=NOW, until="2026-12-11")
    RasterVersion.objects.all().delete()
    keep_what_was_published()
    again = make.publish(raster, now=NOW, until="2026-12-11")
    assert (again.version, again.made, again.changed) == (1, 0, 0)
    raster.blocks.update(end=time(13, 30))
    assert make.publish(raster, now=NOW, until="2026-12-11").version == 2
