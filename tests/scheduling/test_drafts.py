"""A draft is changed block by block, by two at once: what both change is refused to the second."""

from dataclasses import replace
from datetime import date, time

import pytest

from events.models import Event
from praktijkplan.rasters import WeekPattern
from scheduling.actions.drafts import ChangedMeanwhile, PutBlock, RemoveBlock, Saved, SetFields, change_draft
from scheduling.contents import draft_content
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-29", "12.00")


@pytest.fixture
def raster():
    """Mondays and Tuesdays from one to two."""
    return make.starter_raster("PP-21", weekdays=[0, 1])


@pytest.fixture
def clerk(raster):
    return make.member("planner", raster.department)


@pytest.fixture
def colleague(raster):
    return make.member("planner", raster.department)


def blocks(raster):
    return {block.key: block for block in draft_content(raster).blocks}


def ending(block, at):
    return PutBlock(replace(block, plan=replace(block.plan, end=time.fromisoformat(at))))


def new(block, key=-1, start="15:00", end="16:00"):
    times = {"start": time.fromisoformat(start), "end": time.fromisoformat(end)}
    return PutBlock(replace(block, plan=replace(block.plan, key=key, **times)))


def change(raster, by, *changes, base=1):
    return change_draft(raster=raster, base=base, changes=changes, by=by, now=NOW)


def fields(raster, **changed):
    usual = {"name": raster.name, "weeks": WeekPattern.EVERY, "valid_from": raster.valid_from, "valid_until": None}
    return SetFields(**(usual | changed))


def ends(raster):
    return {key: block.plan.end.isoformat("minutes") for key, block in blocks(raster).items()}


def test_two_in_different_blocks_lose_nothing(raster, clerk, colleague):
    monday, tuesday = blocks(raster).values()
    assert change(raster, clerk, ending(monday, "13:30")) == Saved(2, {})
    assert change(raster, colleague, ending(tuesday, "13:45")) == Saved(3, {})
    assert ends(raster) == {monday.key: "13:30", tuesday.key: "13:45"}
    raster.refresh_from_db()
    assert (raster.revision, raster.edited_by) == (3, colleague)


def test_same_block_is_refused_to_the_second_with_who_was_first(raster, clerk, colleague):
    monday, tuesday = blocks(raster).values()
    change(raster, clerk, ending(monday, "13:30"))
    refused = change(raster, colleague, ending(tuesday, "13:15"), ending(monday, "13:45"))
    assert refused == ChangedMeanwhile(2, (monday.key,), clerk)
    # All of it, or nothing.
    assert ends(raster) == {monday.key: "13:30", tuesday.key: "14:00"}
    assert change(raster, colleague, ending(monday, "13:45"), base=2) == Saved(3, {})


def test_block_that_was_removed_is_not_changed_any_more(raster, clerk, colleague):
    monday, _tuesday = blocks(raster).values()
    change(raster, clerk, RemoveBlock(monday.key))
    assert change(raster, colleague, ending(monday, "13:45")).keys == (monday.key,)
    # Removing what is gone is what was wanted.
    assert isinstance(change(raster, colleague, RemoveBlock(monday.key)), Saved)


def test_fields_are_refused_to_the_second_and_blocks_are_not(raster, clerk, colleague):
    monday, _tuesday = blocks(raster).values()
    change(raster, clerk, fields(raster, name="Middag", valid_until=date(2027, 6, 30)))
    assert change(raster, colleague, fields(raster, name="Middagen")) == ChangedMeanwhile(2, (), clerk)
    assert isinstance(change(raster, colleague, ending(monday, "13:30")), Saved)
    raster.refresh_from_db()
    assert (raster.name, raster.valid_until) == ("Middag", date(2027, 6, 30))


def test_new_blocks_get_keys_that_were_never_used(raster, clerk):
    monday, tuesday = blocks(raster).values()
    last = max(monday.key, tuesday.key)
    saved = change(raster, clerk, new(monday, -1), new(monday, -2, "16:00", "17:00"))
    assert saved.keys == {-1: last + 1, -2: last + 2}
    make.publish(raster, now=NOW, until="2026-12-11")
    change(raster, clerk, RemoveBlock(last + 2), base=saved.revision)
    again = change(raster, clerk, new(monday, -1, "16:00", "17:00"), base=saved.revision + 1)
    assert again.keys == {-1: last + 3}


@pytest.mark.parametrize("key", [1, -1])
def test_block_that_is_named_twice_ends_as_the_last_word_says(raster, clerk, key):
    monday, _tuesday = blocks(raster).values()
    at = key if key < 0 else monday.key
    put = [new(monday, at, "15:00", end) for end in ("16:00", "15:30")]
    change(raster, clerk, *put)
    assert [end for end in ends(raster).values() if end != "14:00"] == ["15:30"]
    change(raster, clerk, new(monday, -5), RemoveBlock(-5), base=2)
    assert len(blocks(raster)) == (3 if key < 0 else 2)


def test_no_change_is_none(raster, clerk):
    assert change(raster, clerk) == Saved(1, {})
    assert not Event.objects.filter(kind="raster.draft_changed").exists()
