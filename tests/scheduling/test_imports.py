"""A file over a draft: which block is still the same one, and whose draft it was."""

from dataclasses import replace

import pytest
from django.utils import timezone

from praktijkplan.rasters import WeekPattern
from scheduling.actions.drafts import ChangedMeanwhile, Saved
from scheduling.actions.imports import replace_by_file, with_standing_keys
from scheduling.contents import draft_content
from scheduling.interchange import known_in, read_document, write_document
from scheduling.models import Raster
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def raster():
    """Monday: a morning with a break in it that begins with the morning, and an afternoon."""
    made = make.RasterFactory()
    kind = make.AppointmentTypeFactory(department=made.department)
    make.raster_block(made, 0, "9.00", "12.00", types=[kind])
    make.raster_block(made, 0, "9.00", "9.15", "break")
    make.raster_block(made, 0, "13.00", "15.00", types=[kind])
    return made


@pytest.fixture
def user(raster):
    return make.member("planner", raster.department)


def read(raster, change):
    """What a file says that differs from the draft by `change`."""
    known = known_in(raster.department_id)
    document = write_document(draft_content(raster), known)
    change(document)
    return read_document(document, known)


def starts(content):
    return {block.key: f"{block.plan.weekday} {block.plan.start:%H.%M} {block.plan.mode}" for block in content.blocks}


def test_what_is_the_same_keeps_its_keys_whatever_the_order(raster):
    content = read(raster, lambda document: document["blocks"].reverse())
    assert starts(with_standing_keys(raster, content)) == starts(draft_content(raster))


def test_block_that_lasts_longer_or_holds_something_else_is_the_same_one(raster):
    def change(document):
        document["blocks"][2] |= {"end": "14:00", "types": [], "mode": "hybrid", "note": "korter"}

    assert sorted(starts(with_standing_keys(raster, read(raster, change)))) == [1, 2, 3]


def test_second_block_at_the_same_start_is_a_new_one(raster):
    content = read(raster, lambda document: document["blocks"].append(document["blocks"][2]))
    assert sorted(starts(with_standing_keys(raster, content))) == [1, 2, 3, 4]


def test_key_of_a_published_block_is_never_used_again(raster):
    make.publish(raster, until=timezone.localdate())
    raster.blocks.filter(key=3).delete()
    content = read(raster, lambda document: document["blocks"].append({**document["blocks"][0], "weekday": "friday"}))
    assert sorted(starts(with_standing_keys(raster, content))) == [1, 2, 4]


def test_whole_draft_says_what_the_file_says(raster, user):
    content = replace(read(raster, lambda document: document["blocks"].clear()), name="Leeg", weeks=WeekPattern.ODD)
    done = replace_by_file(raster=raster, content=content, base=1, by=user, now=timezone.now())
    raster.refresh_from_db()
    assert done == Saved(2, {})
    assert (draft_content(raster), raster.edited_by) == (content, user)


def test_draft_that_someone_else_changed_stays(raster, user):
    Raster.objects.filter(pk=raster.pk).update(revision=5)
    before = draft_content(raster)
    content = read(raster, lambda document: document["blocks"].clear())
    done = replace_by_file(raster=raster, content=content, base=1, by=user, now=timezone.now())
    assert done == ChangedMeanwhile(5, (), None)
    assert draft_content(raster) == before
