"""What the block rules find and what their fixes do, in English and in Dutch."""

from datetime import date, time

import pytest
import time_machine
from django.utils import translation

from praktijkplan.blocks import findings
from praktijkplan.contact import Modality
from praktijkplan.findings import Finding, FindingId, Fix, FixId, Severity
from praktijkplan.policy import Policy
from praktijkplan.rasters import BlockPlan, RasterPlan, WeekPattern
from praktijkplan.slots import BlockMode
from scheduling.finding_sentences import (
    Names,
    finding_sentence,
    fix_label,
    length_text,
    names_for,
    rule_title,
    severity_word,
)
from tests import factories as make

NAMES = Names(workplaces={3: "cabine 2"}, clinicians={5: "dr. Bakker"}, rasters={8: "Winterrooster"})
MONDAY = date(2026, 11, 30).toordinal()

SAID = [
    ("validity_ends_first", {}, "The raster ends before it begins."),
    ("ends_first", {}, "This block ends before it begins."),
    ("start_up_fills_block", {"minutes": 30}, "The start-up time fills the whole block of 30 minutes."),
    ("no_slot_length", {}, "Say how many minutes each patient gets."),
    ("slots_leave_rest", {"minutes": 5}, "The consults leave 5 minutes at the end that nobody can book."),
    ("overlaps", {"minutes": 60}, "Two blocks overlap by 1 hour."),
    ("nothing_bookable", {}, "No consult fits in this block."),
    (
        "video_block_too_long",
        {"minutes": 200, "most": 180, "pause": 15},
        "3 hours and 20 minutes of video without a break. At most 3 hours.",
    ),
    (
        "short_run_too_long",
        {"minutes": 185, "most": 180, "pause": 15},
        "3 hours and 5 minutes of video without a break. At most 3 hours.",
    ),
    (
        "short_run_long",
        {"minutes": 125, "most": 120, "pause": 15},
        "2 hours and 5 minutes of short video consults without a break. Rather not over 2 hours.",
    ),
    (
        "mini_break_missing",
        {"minutes": 90, "most": 60, "pause": 5},
        "1 hour and 30 minutes of short video consults without a short break. 5 minutes at least every 1 hour.",
    ),
    (
        "pause_missing",
        {"minutes": 150, "most": 120, "pause": 15},
        "2 hours and 30 minutes of video without a break of 15 minutes. At most 2 hours.",
    ),
    (
        "pause_after_consult_missing",
        {"consult": 45, "pause": 15, "count": 2},
        "2 video consults of 45 minutes on end. After each of them a break of 15 minutes.",
    ),
    (
        "start_up_advised",
        {"minutes": 10, "failures": 24},
        "24 % of the video consults has technical problems. Begin with 10 minutes to start up.",
    ),
    (
        "video_share_high",
        {"percent": 90, "most": 75, "minutes": 360},
        "90 % of this day is video. Video is tiring: rather not over 75 %.",
    ),
    (
        "video_without_variation",
        {"minutes": 240, "most": 210},
        "4 hours of video without another form in between. Rather not over 3 hours and 30 minutes.",
    ),
    ("workplace_unknown", {"workplace": 99}, "This workplace is not one of the department."),
    ("workplace_not_video_ready", {"workplace": 3}, "cabine 2 is not ready for video."),
    ("workplace_taken", {"workplace": 3, "block": 1}, "cabine 2 is used by two blocks at once."),
    (
        "workplace_taken",
        {"workplace": 3, "block": 1, "clinician": 5, "raster": 8, "first": MONDAY},
        "cabine 2 is taken by dr. Bakker, first on Monday 30 November.",
    ),
    (
        "cabin_far",
        {"workplace": 3, "minutes": 8, "most": 5},
        "cabine 2 is 8 minutes on foot from the clinic. For urgent questions rather not over 5 minutes.",
    ),
    ("workplace_missing", {}, "Say where this block is held."),
    ("home_unchecked", {"workplace": 3}, "cabine 2: the checklist for working from home has not been confirmed."),
    (
        "outside_opening_hours",
        {"opens": 480, "closes": 1020},
        "Outside opening hours: the clinic is open from 8.00 to 17.00.",
    ),
    ("gap_too_small", {"minutes": 5, "shortest": 10}, "A gap of 5 minutes. The shortest consult takes 10 minutes."),
    (
        "rasters_collide",
        {"raster": 8, "first": MONDAY, "count": 1},
        "Winterrooster is held at the same time, first on Monday 30 November.",
    ),
    (
        "validity_gap",
        {"raster": 77, "first": MONDAY, "last": MONDAY, "count": 1},
        "1 clinic day without a raster between this one and another raster: Monday 30 November.",
    ),
    (
        "validity_gap",
        {"raster": 8, "first": MONDAY, "last": MONDAY + 2, "count": 3},
        "3 clinic days without a raster between this one and Winterrooster: "
        "Monday 30 November to Wednesday 2 December.",
    ),
]
DONE = [
    ("add_pauses", {"count": 1, "at": 640, "minutes": 15}, "Add a break at 10.40"),
    ("add_pauses", {"count": 2, "at": 545, "minutes": 5}, "Add 2 breaks, the first at 9.05"),
    ("make_pause", {"at": 715, "minutes": 5}, "Make a break of it, from 11.55"),
    ("set_start_up", {"minutes": 10}, "Set start-up time to 10 minutes"),
    ("set_start_up", {"minutes": 0}, "Remove the start-up time"),
    ("shorten", {"at": 720}, "Shorten to 12.00"),
    ("move_workplace", {"workplace": 3}, "Move to cabine 2"),
    ("set_validity", {"first": MONDAY}, "Let it hold from Monday 30 November"),
    (
        "set_validity",
        {"first": MONDAY, "last": MONDAY + 1},
        "Let it hold from Monday 30 November to Tuesday 1 December",
    ),
]


@pytest.fixture(autouse=True)
def in_english_in_2026():
    with time_machine.travel(make.amsterdam("2026-11-22", "12.00"), tick=False), translation.override("en"):
        yield


@pytest.mark.parametrize(("name", "facts", "said"), SAID)
def test_finding_is_said_with_its_facts(name, facts, said):
    assert finding_sentence(Finding(FindingId(name), "", Severity.ERROR, facts=facts), NAMES) == said


@pytest.mark.parametrize(("name", "facts", "said"), DONE)
def test_fix_says_what_it_does(name, facts, said):
    assert fix_label(Fix(FixId(name), (), facts), NAMES) == said


def test_all_that_can_be_found_and_fixed_is_said():
    assert {name for name, _, _ in SAID} == {each.value for each in FindingId}
    assert {name for name, _, _ in DONE} == {each.value for each in FixId}
    for each in FindingId:
        assert rule_title(Finding(each, "", Severity.ADVICE))
    assert [severity_word(severity) for severity in Severity] == ["Error", "Warning", "Advice"]


# PP-22: the block of the raster picture, 9.00 to 12.20.
def test_too_long_a_video_block_reads_in_dutch_as_a_clerk_would_say_it():
    block = BlockPlan(
        1, 2, time(9), time(12, 20), BlockMode.FIXED, 20, 0, frozenset({Modality.VIDEO}), frozenset({20})
    )
    plan = RasterPlan(WeekPattern.EVERY, date(2026, 11, 30), None, (block,))
    found = next(each for each in findings(plan, Policy()) if each.severity is Severity.ERROR)
    with translation.override("nl"):
        assert finding_sentence(found, NAMES) == "3 uur en 20 minuten video zonder pauze. Hooguit 3 uur."
        assert fix_label(found.fix, NAMES) == "Pauze om 10.40 toevoegen"


@pytest.mark.parametrize(
    ("minutes", "said"), [(1, "1 minute"), (59, "59 minutes"), (60, "1 hour"), (61, "1 hour and 1 minute")]
)
def test_length_text(minutes, said):
    assert length_text(minutes) == said


@pytest.mark.django_db
def test_names_are_those_of_the_department_and_of_the_clinicians_own_rasters(count_queries):
    own = make.department("longziekten")
    other = make.department("cardiologie")
    clinician = make.ClinicianFactory(departments=[own], name="dr. Bakker")
    stranger = make.ClinicianFactory(departments=[other])
    place = make.WorkplaceFactory(department=own, name="cabine 2")
    make.WorkplaceFactory(department=other)
    raster = make.RasterFactory(department=own, clinician=clinician)
    elsewhere = make.RasterFactory(department=other, clinician=clinician)
    make.RasterFactory(department=other, clinician=stranger)
    with count_queries() as queries:
        names = names_for(raster)
    assert queries.count == 3, queries
    assert names.workplaces == {place.pk: "cabine 2"}
    assert names.clinicians == {clinician.pk: "dr. Bakker"}
    assert set(names.rasters) == {raster.pk, elsewhere.pk}
