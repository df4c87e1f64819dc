"""Instruction material: its order, what is offered, and when a link counts as broken."""

from datetime import timedelta

import pytest

from notifications.actions.instructions import (
    KnownAlready,
    add_instruction,
    change_instruction,
    move_instruction,
    record_check,
    remove_instruction,
)
from notifications.instructions import count_broken_links, instructions_for, links_to_check
from notifications.link_jobs import check_instruction, check_links
from notifications.models import Instruction, InstructionKind, LinkProblem
from tests import factories as make
from tests.demo.processes import eventually

pytestmark = pytest.mark.django_db

MONDAY = make.amsterdam("2026-11-23", "6.00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def lungs():
    return make.department("longziekten")


def add(department, title, *, language="nl", url=None):
    return add_instruction(
        department=department,
        kind=InstructionKind.LEAFLET,
        title=title,
        url=url or f"https://dewaard.example/{title}",
        language=language,
        by="user:1",
        now=MONDAY,
    )


def offered(department, language="nl"):
    return [each.title for each in instructions_for(department.pk, language)]


def test_new_material_comes_last(lungs):
    add(lungs, "folder")
    add(lungs, "film")
    assert offered(lungs) == ["folder", "film"]


def test_material_moves_past_its_neighbour(lungs):
    first, _second, third = add(lungs, "een"), add(lungs, "twee"), add(lungs, "drie")
    move_instruction(instruction=third, up=True)
    assert offered(lungs) == ["een", "drie", "twee"]
    move_instruction(instruction=first, up=True)
    assert offered(lungs) == ["een", "drie", "twee"]
    move_instruction(instruction=first, up=False)
    assert offered(lungs) == ["drie", "een", "twee"]


def test_material_of_other_departments_is_not_offered(lungs):
    add(make.department("neurologie"), "elders")
    assert offered(lungs) == []


def test_material_is_offered_in_the_language_of_the_reader_else_in_dutch(lungs):
    add(lungs, "folder")
    assert offered(lungs, "en") == ["folder"]
    add(lungs, "leaflet", language="en")
    assert offered(lungs, "en") == ["leaflet"]
    assert offered(lungs, "nl") == ["folder"]


def test_same_address_twice_is_refused(lungs):
    add(lungs, "folder")
    with pytest.raises(KnownAlready):
        add(lungs, "nog eens", url="https://dewaard.example/folder")
    assert offered(lungs) == ["folder"]


def test_removed_material_is_gone(lungs):
    remove_instruction(instruction=add(lungs, "folder"))
    assert offered(lungs) == []


def check(row, problem, now):
    record_check(instruction=row, problem=problem, now=now)
    row.refresh_from_db()
    return row.is_broken


def test_page_that_is_gone_is_broken_at_once(lungs):
    row = add(lungs, "folder")
    assert check(row, LinkProblem.GONE, MONDAY)
    assert offered(lungs) == []
    assert count_broken_links(lungs) == 1


@pytest.mark.parametrize("problem", [LinkProblem.SERVER, LinkProblem.NO_ANSWER, LinkProblem.NOT_PUBLIC])
def test_other_trouble_counts_on_a_second_day(lungs, problem):
    row = add(lungs, "folder")
    assert not check(row, problem, MONDAY)
    assert not check(row, problem, MONDAY + 3 * HOUR)
    assert offered(lungs) == ["folder"]
    assert check(row, problem, MONDAY + DAY)
    assert offered(lungs) == []


def test_success_in_between_starts_the_count_over(lungs):
    row = add(lungs, "folder")
    check(row, LinkProblem.SERVER, MONDAY)
    check(row, None, MONDAY + DAY)
    assert not check(row, LinkProblem.SERVER, MONDAY + 2 * DAY)


def test_site_that_keeps_the_check_out_is_never_broken(lungs):
    row = add(lungs, "film")
    for day in range(4):
        assert not check(row, LinkProblem.CLOSED_TO_US, MONDAY + day * DAY)
    assert row.problem == LinkProblem.CLOSED_TO_US


def test_broken_link_that_works_again_is_offered_again(lungs):
    row = add(lungs, "folder")
    check(row, LinkProblem.GONE, MONDAY)
    assert not check(row, None, MONDAY + DAY)
    assert offered(lungs) == ["folder"]
    assert (row.problem, row.failing_since) == ("", None)


def changed(row, **other):
    kept = {"kind": row.kind, "title": row.title, "url": row.url, "language": row.language}
    return change_instruction(instruction=row, **{**kept, **other}, by="user:2", now=MONDAY + HOUR)


def test_new_address_is_not_judged_by_the_old_one(lungs):
    row = add(lungs, "folder")
    check(row, LinkProblem.GONE, MONDAY)
    changed(row, title="Folder 2026")
    assert row.is_broken
    changed(row, url="https://dewaard.example/nieuw")
    assert not row.is_broken
    assert offered(lungs) == ["Folder 2026"]


def test_check_of_an_address_that_was_changed_meanwhile_says_nothing(lungs):
    before = add(lungs, "folder")
    changed(Instruction.objects.get(pk=before.pk), url="https://dewaard.example/nieuw")
    record_check(instruction=before, problem=LinkProblem.GONE, now=MONDAY + HOUR)
    assert offered(lungs) == ["folder"]


def test_material_of_another_language_comes_last_there(lungs):
    add(lungs, "leaflet", language="en")
    row = changed(add(lungs, "folder"), language="en")
    assert offered(lungs, "en") == ["leaflet", row.title]


def test_links_are_due_when_new_and_again_the_next_day(lungs):
    old, new = add(lungs, "oud"), add(lungs, "nieuw")
    check(old, None, MONDAY)
    assert list(links_to_check(now=MONDAY + HOUR)) == [new]
    assert list(links_to_check(now=MONDAY + 21 * HOUR)) == [new, old]


def test_job_writes_what_it_found(lungs, settings):
    settings.OUTGOING_HOSTS_ALLOWED = []
    row = add(lungs, "folder", url="http://127.0.0.1:9/")
    check_instruction(row.pk)
    row.refresh_from_db()
    assert row.problem == LinkProblem.NOT_PUBLIC
    assert row.checked_at is not None


def test_job_of_material_that_is_gone_does_nothing(lungs):
    check_instruction(4711)


@pytest.mark.django_db(transaction=True)
def test_tick_hands_each_link_to_a_worker(lungs, settings, worker):
    settings.OUTGOING_HOSTS_ALLOWED = []
    row = add(lungs, "folder", url="http://127.0.0.1:9/")
    worker.start()
    check_links.delay()
    eventually(lambda: Instruction.objects.get(pk=row.pk).checked_at, patience=30)
    worker.stop()
