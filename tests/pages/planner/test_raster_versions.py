"""Versions of a raster: the list, what differs, a way back, approval, the year and the bar beside other rasters."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.planner.raster_differences import differences
from pages.planner.raster_words import vocabulary_of
from pages.planner.raster_year import mondays_from, timeline
from praktijkplan.localtime import HalfDay
from scheduling.actions.exceptions import close_half_day, shift_half_day
from scheduling.contents import draft_content, version_content
from scheduling.models import Raster, RasterPhase
from tests import factories as make


@pytest.fixture
def raster(desk):
    """Two versions: the second ends the Monday at 13.30, has no Tuesday, and a Saturday."""
    make.usual_types(desk.department)
    made = make.starter_raster(
        "PP-21", department=desk.department, clinician=desk.clinician, valid_from=timezone.localdate()
    )
    make.publish(made)
    made.blocks.filter(weekday=0).update(end="13:30")
    made.blocks.filter(weekday=1).delete()
    make.raster_block(made, 5, "9.00", "10.00", key=9)
    make.publish(Raster.objects.get(pk=made.pk))
    made.refresh_from_db()
    return made


def page(raster, name="raster-versions", *more, **query):
    return reverse(name, args=[raster.pk, *more], query=query or None)


def test_list_says_phase_who_and_the_reasons_given(desk, raster):
    answer = desk.client.get(page(raster))
    shown = answer.context["versions"]
    assert [(each.row.number, each.is_current) for each in shown] == [(2, True), (1, False)]
    assert {each.published_by for each in shown} <= {"automatic", "automatisch", str(desk.planner)}
    assert not answer.context["draft_differs"]
    texts = {answer.text for each in shown for answer in each.answers}
    assert texts == {each["text"] for version in raster.versions.all() for each in version.reasons}


def test_differences_are_told_per_weekday(desk, raster):
    old, new = (version_content(raster.versions.get(number=number)) for number in (1, 2))
    found = differences(old, new, vocabulary_of(desk.department.pk))
    kinds = [(day.name, [change.kind for change in day.changes]) for day in found.days]
    assert [kinds for _name, kinds in kinds] == [["changed"], ["removed"], ["added"]]
    (monday,) = found.days[0].changes
    assert (monday.before.split()[0], monday.after.split()[0]) == ("13.00–14.00", "13.00–13.30")
    assert found.fields == ()
    assert not differences(new, new, vocabulary_of(desk.department.pk))


def test_block_that_went_to_another_day_is_one_change(desk, raster):
    before = draft_content(raster)
    raster.blocks.filter(key=9).update(weekday=4)
    found = differences(before, draft_content(raster), vocabulary_of(desk.department.pk))
    (day,) = found.days
    (change,) = day.changes
    assert change.kind == "changed"
    assert change.before.startswith(("zaterdag", "Saturday"))


@pytest.mark.parametrize(
    ("query", "changes"),
    [({"van": "1", "naar": "2"}, 3), ({"van": "2", "naar": "concept"}, 0), ({"van": "1", "naar": "concept"}, 3)],
)
def test_two_versions_or_the_draft_are_compared(desk, raster, query, changes):
    answer = desk.client.get(page(raster, "raster-compare", **query))
    assert sum(len(day.changes) for day in answer.context["differences"].days) == changes


@pytest.mark.parametrize("wrong", ["7", "x", "-1", "99999999999", "²"])
def test_version_that_there_is_not_does_not_exist(desk, raster, wrong):
    assert desk.client.get(page(raster, "raster-compare", van=wrong)).status_code == 404


def test_bringing_back_says_what_is_lost_and_then_makes_it_the_draft(desk, raster):
    answer = desk.client.get(page(raster, "raster-restore", 1))
    lost = [c.before for day in answer.context["differences"].days for c in day.changes if c.kind == "removed"]
    assert [told.split()[0] for told in lost] == ["9.00–10.00"]
    done = desk.client.post(page(raster, "raster-restore", 1), {"revision": raster.revision})
    assert done["Location"] == reverse("raster", args=[raster.pk])
    raster.refresh_from_db()
    draft, old = draft_content(raster), version_content(raster.versions.get(number=1))
    assert set(draft.blocks) == set(old.blocks)
    assert (raster.version, raster.versions.count()) == (2, 2)
    assert desk.client.get(page(raster)).context["draft_differs"]


def test_bringing_back_stops_when_a_colleague_changed_the_draft(desk, raster):
    Raster.objects.filter(pk=raster.pk).update(revision=raster.revision + 1)
    answer = desk.client.post(page(raster, "raster-restore", 1), {"revision": raster.revision})
    assert answer.status_code == 409
    assert answer.context["problem"]
    assert raster.blocks.filter(key=9).exists()


def test_lead_approves_a_trial(desk, raster, client_of):
    lead = make.member("lead", desk.department)
    client = client_of(lead)
    assert client.get(page(raster)).context["may_approve"]
    client.post(page(raster, "raster-approve"), {"version": raster.version})
    raster.refresh_from_db()
    version = raster.versions.first()
    assert (raster.phase, version.phase, version.approved_by) == (RasterPhase.FINAL, RasterPhase.FINAL, lead.actor)
    assert not client.get(page(raster)).context["may_approve"]


@pytest.mark.parametrize("seen", [{"version": 7}, {"version": "x"}, {}])
def test_another_version_than_the_lead_saw_is_not_approved(desk, raster, client_of, seen):
    client_of(make.member("lead", desk.department)).post(page(raster, "raster-approve"), seen)
    raster.refresh_from_db()
    assert raster.phase == RasterPhase.TRIAL


def test_draft_cannot_be_approved(desk, client_of):
    draft = make.RasterFactory(department=desk.department, clinician=desk.clinician)
    client_of(make.member("lead", desk.department)).post(page(draft, "raster-approve"), {"version": 0})
    draft.refresh_from_db()
    assert draft.phase == RasterPhase.DRAFT


# --- Bars and the year ----------------------------------------------------------------------------------------------
def looks(row):
    return [cell.look for cell in row.cells]


def test_bar_shows_gaps_and_weeks_with_more_than_one_raster(desk):
    today = date(2026, 11, 23)
    common = {"department": desk.department, "clinician": desk.clinician}
    make.RasterFactory(**common, name="Eerst", valid_from=today, valid_until=date(2026, 12, 13), phase="final")
    later = make.RasterFactory(**common, name="Later", valid_from=date(2026, 12, 21), phase="trial")
    make.RasterFactory(**common, name="Oneven", valid_from=date(2027, 1, 4), weeks="odd")
    strip = timeline(later, today)
    assert [row.label for row in strip.rows[:3]] == ["Eerst", "Later", "Oneven"]
    assert looks(strip.rows[-1])[:9] == ["on", "on", "on", "gap", "on", "on", "twice", "on", "twice"]
    assert looks(strip.rows[2])[5:9] == ["off", "draft", "off", "draft"]


def test_year_has_a_week_for_each_cell_also_at_the_turn_to_2027():
    mondays = mondays_from(date(2026, 11, 25))
    assert (mondays[0], mondays[-1]) == (date(2026, 11, 23), date(2027, 11, 22))
    assert {later - earlier for earlier, later in pairwise(mondays)} == {timedelta(days=7)}


def test_year_names_holidays_absence_and_changed_days(desk, raster, time_machine, client_of):
    time_machine.move_to(make.amsterdam("2026-11-23", "9.00"), tick=False)
    now = timezone.now()
    day = date(2026, 11, 26)
    by = desk.planner.actor
    shift_half_day(raster=raster, day=day, half_day=HalfDay.AFTERNOON, minutes=30, reason="overleg", by=by, now=now)
    close_half_day(raster=raster, day=date(2026, 12, 2), half_day=HalfDay.AFTERNOON, reason="congres", by=by, now=now)
    make.absence(
        desk.clinician, make.amsterdam("2026-12-07", "0.00"), make.amsterdam("2026-12-12", "0.00"), reason="griep"
    )
    monday = make.amsterdam("2027-01-04", "0.00")
    make.absence(desk.clinician, monday, monday + timedelta(days=5), lifted_at=now)
    answer = client_of(desk.planner).get(page(raster, "raster-year"))
    told = {(each.first, each.last): each for each in answer.context["specials"]}
    assert told[date(2026, 12, 25), date(2026, 12, 25)].detail == "Eerste kerstdag"
    assert told[day, day].detail == "overleg"
    assert "30" in told[day, day].what
    assert (date(2026, 12, 7), date(2026, 12, 11)) in told
    assert (date(2027, 1, 4), date(2027, 1, 8)) not in told
    # Why somebody is away is nobody's business here.
    assert "griep" not in answer.content.decode()
    rows = answer.context["strip"].rows
    assert [looks(row).index(look) for row, look in zip(rows[1:], ("holiday", "away", "other"), strict=True)] == [
        4,
        2,
        0,
    ]


def test_weeks_in_words_follow_the_odd_weeks_over_the_turn_of_the_year(desk, time_machine, client_of):
    odd = make.RasterFactory(
        department=desk.department, clinician=desk.clinician, weeks="odd", valid_from=date(2026, 12, 1)
    )
    time_machine.move_to(make.amsterdam("2026-12-01", "9.00"), tick=False)
    answer = client_of(desk.planner).get(page(odd, "raster-year"))
    # Under the month of their Monday; 2026 has 53 weeks.
    assert [month.numbers for month in answer.context["weeks"]][:3] == [(49,), (51, 53), (1, 3)]


@pytest.mark.parametrize("name", ["raster-versions", "raster-year"])
def test_pages_ask_a_fixed_number_of_queries(desk, raster, count_queries, name):
    def ask():
        with count_queries() as queries:
            desk.client.get(page(raster, name))
        return queries

    ask()
    one = ask()
    make.raster_block(raster, 6, "9.00", "10.00", key=10)
    make.publish(Raster.objects.get(pk=raster.pk))
    make.RasterFactory(department=desk.department, clinician=desk.clinician, valid_from=date(2030, 1, 1))
    assert ask().count == one.count
