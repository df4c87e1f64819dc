"""Rasters: the list, the week as a picture, the three examples of the plan, starters and copies."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from pages.planner.week import picture
from scheduling.models import Raster, RasterPhase
from tests import factories as make


@pytest.fixture
def usual(desk):
    make.usual_types(desk.department)
    return desk


def posted(desk, starter, **more):
    return {
        "starter": starter,
        "clinician": desk.clinician.pk,
        "valid_from": timezone.localdate().isoformat(),
        "weekdays": ["0", "2"],
        **more,
    }


# PP-21, PP-22, PP-23
@pytest.mark.parametrize(
    ("starter", "blocks"),
    [
        ("fixed_hour", [("13.00", "14.00", "fixed")]),
        (
            "video_block",
            [
                ("09.00", "10.00", "flexible"),
                ("10.00", "10.15", "break"),
                ("10.15", "11.15", "flexible"),
                ("11.15", "11.20", "break"),
                ("11.20", "12.00", "flexible"),
            ],
        ),
        (
            "hybrid_afternoon",
            [
                ("13.00", "14.00", "hybrid"),
                ("14.00", "14.05", "break"),
                ("14.05", "15.00", "hybrid"),
                ("15.00", "15.15", "break"),
                ("15.15", "16.15", "hybrid"),
                ("16.15", "16.20", "break"),
                ("16.20", "17.00", "hybrid"),
            ],
        ),
    ],
)
def test_new_raster_is_the_example_of_the_plan_on_the_chosen_days(usual, starter, blocks):
    answer = usual.client.post(reverse("raster-new"), posted(usual, starter))
    made = Raster.objects.get()
    assert answer["Location"] == reverse("raster", args=[made.pk])
    found = [(b.weekday, f"{b.start:%H.%M}", f"{b.end:%H.%M}", b.mode) for b in made.blocks.all()]
    assert found == [(day, *block) for day in (0, 2) for block in blocks]
    assert made.phase == RasterPhase.DRAFT


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"valid_from": "2020-01-01"}, "valid_from"),
        ({"valid_from": "2999-01-01"}, "valid_from"),
        ({"valid_from": "morgen"}, "valid_from"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": ["9"]}, "weekdays"),
        ({"starter": "own"}, "starter"),
        ({"starter": "starter:0"}, "starter"),
        ({"clinician": ""}, "clinician"),
    ],
)
def test_wrong_input_for_a_raster_is_an_error_beside_the_field(usual, wrong, field):
    answer = usual.client.post(reverse("raster-new"), posted(usual, "fixed_hour") | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Raster.objects.exists()


def test_clinician_of_another_department_gets_no_raster_here(usual):
    other = make.ClinicianFactory(departments=[make.department("neurologie")])
    answer = usual.client.post(reverse("raster-new"), posted(usual, "fixed_hour", clinician=other.pk))
    assert answer.status_code == 422


def test_next_six_dates_follow_the_parity_of_the_weeks(usual, client_of):
    raster = make.RasterFactory(
        department=usual.department, clinician=usual.clinician, weeks="odd", valid_from=date(2026, 11, 1)
    )
    make.raster_block(raster, 0, "13.00", "14.00")
    with time_machine.travel(make.amsterdam("2026-12-01", "9.00"), tick=False):
        answer = client_of(usual.planner).get(reverse("raster", args=[raster.pk]))
    # 2026 has 53 weeks: two odd weeks in a row at its end.
    expected = ["2026-12-14", "2026-12-28", "2027-01-04", "2027-01-18", "2027-02-01", "2027-02-15"]
    assert [day.isoformat() for day in answer.context["dates"]] == expected


def test_empty_week_asks_for_no_days(usual):
    answer = usual.client.post(reverse("raster-new"), posted(usual, "empty", weekdays=[]))
    made = Raster.objects.get()
    assert answer["Location"] == reverse("raster", args=[made.pk])
    assert (made.blocks.count(), made.clinician) == (0, usual.clinician)


def starter_of_department(usual):
    raster = make.starter_raster("PP-22", department=usual.department, clinician=usual.clinician, weekdays=[1])
    answer = usual.client.post(
        reverse("raster-copy", args=[raster.pk]),
        {"clinician": "", "name": "Dinsdagochtend", "valid_from": timezone.localdate().isoformat()},
    )
    made = Raster.objects.get(name="Dinsdagochtend")
    assert answer["Location"] == reverse("raster", args=[made.pk])
    return made


def test_raster_becomes_a_starter_and_the_starter_a_raster_of_a_colleague(usual):
    starter = starter_of_department(usual)
    assert starter.is_starter
    colleague = make.ClinicianFactory(departments=[usual.department])
    page = usual.client.get(reverse("raster-new", query={"begin": f"starter:{starter.pk}"}))
    assert page.context["form"]["starter"].value() == f"starter:{starter.pk}"
    usual.client.post(
        reverse("raster-new"),
        posted(usual, f"starter:{starter.pk}", clinician=colleague.pk, weekdays=[]),
    )
    made = Raster.objects.get(clinician=colleague)
    spans = [(block.weekday, block.start, block.end, block.mode) for block in made.blocks.all()]
    assert spans == [(block.weekday, block.start, block.end, block.mode) for block in starter.blocks.all()]
    assert (made.name, made.phase) == ("Dinsdagochtend", RasterPhase.DRAFT)


def test_starter_of_another_department_is_no_choice(usual):
    there = make.department("neurologie")
    other = make.RasterFactory(department=there, clinician=None)
    answer = usual.client.post(reverse("raster-new"), posted(usual, f"starter:{other.pk}"))
    assert answer.status_code == 422
    assert not Raster.objects.filter(department=usual.department).exists()


def test_list_says_what_the_rules_find_and_what_changed_since(usual):
    fine = make.starter_raster("PP-21", department=usual.department, clinician=usual.clinician)
    make.publish(fine)
    wrong = make.RasterFactory(department=usual.department, name="Overlap")
    make.raster_block(wrong, 0, "9.00", "10.00")
    make.raster_block(wrong, 0, "9.30", "11.00")
    shown = {each.raster.name: each for each in usual.client.get(reverse("rasters")).context["rasters"]}
    assert (shown["Overlap"].errors > 0, shown["Overlap"].has_changes) == (True, True)
    assert (shown[fine.name].errors, shown[fine.name].has_changes) == (0, False)
    fine.blocks.filter(weekday=0).delete()
    shown = {each.raster.name: each for each in usual.client.get(reverse("rasters")).context["rasters"]}
    assert shown[fine.name].has_changes


def test_picture_places_blocks_by_rows_of_five_minutes(usual):
    raster = make.starter_raster("PP-22", department=usual.department, clinician=usual.clinician, weekdays=[1])
    week = picture(raster.blocks.select_related("workplace").prefetch_related("types"))
    assert [day.name for day in week.days][:1] == ["maandag"] or len(week.days) == 5
    tiles = week.days[1].tiles
    assert [(tile.row, tile.rows) for tile in tiles] == [(13, 12), (25, 3), (28, 12), (40, 1), (41, 8)]
    assert {tile.look for tile in tiles} == {"video", "break"}


def test_picture_grows_with_early_and_late_blocks(usual):
    raster = make.RasterFactory(department=usual.department, clinician=usual.clinician)
    make.raster_block(raster, 5, "7.15", "19.30")
    week = picture(raster.blocks.select_related("workplace").prefetch_related("types"))
    assert (week.hours[0].label, week.hours[-1].label, len(week.days)) == ("7.00", "19.00", 6)


def test_block_without_a_fitting_type_is_marked(usual):
    raster = make.RasterFactory(department=usual.department, clinician=usual.clinician)
    make.raster_block(raster, 0, "9.00", "10.00", types=[])
    (tile,) = picture(raster.blocks.select_related("workplace").prefetch_related("types")).days[0].tiles
    assert not tile.usable


def test_raster_page_asks_a_fixed_number_of_queries(usual, count_queries):
    raster = make.RasterFactory(department=usual.department, clinician=usual.clinician)

    def ask():
        with count_queries() as queries:
            usual.client.get(reverse("raster", args=[raster.pk]))
        return queries

    make.raster_block(raster, 0, "9.00", "10.00")
    ask()
    one = ask()
    make.raster_block(raster, 1, "9.00", "10.00")
    make.raster_block(raster, 2, "9.00", "10.00")
    assert ask().count == one.count


def test_list_of_rasters_asks_a_fixed_number_of_queries(usual, count_queries):
    def ask():
        with count_queries() as queries:
            usual.client.get(reverse("rasters"))
        return queries

    make.RasterFactory(department=usual.department, clinician=usual.clinician)
    ask()
    one = ask()
    make.RasterFactory(department=usual.department)
    make.RasterFactory(department=usual.department)
    assert ask().count == one.count
