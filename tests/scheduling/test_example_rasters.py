"""The three examples of the plan, published into dated sessions, give exactly these sessions and free starts."""

from datetime import date

import pytest
from django.utils import timezone

from scheduling.models import AppointmentType
from scheduling.models.minutes import from_minute
from scheduling.queries.openings import openings
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-29", "12.00")
MONDAY, FRIDAY = date(2026, 11, 30), date(2026, 12, 4)

# rule, half-day, blocks of each day, and per type the starts of each day
EXAMPLES = [
    ("PP-21", "afternoon", ["13.00-14.00"], {"video 15": ["13.00", "13.15", "13.30", "13.45"]}),
    (
        "PP-22",
        "morning",
        ["9.00-10.00", "10.00-10.15 break", "10.15-11.15", "11.15-11.20 break", "11.20-12.00"],
        {
            "video 20": [
                "9.00",
                "9.05",
                "9.10",
                "9.15",
                "9.20",
                "9.25",
                "9.30",
                "9.35",
                "9.40",
                "10.15",
                "10.20",
                "10.25",
                "10.30",
                "10.35",
                "10.40",
                "10.45",
                "10.50",
                "10.55",
                "11.20",
                "11.25",
                "11.30",
                "11.35",
                "11.40",
            ],
            "video 10": [
                "9.00",
                "9.05",
                "9.10",
                "9.15",
                "9.20",
                "9.25",
                "9.30",
                "9.35",
                "9.40",
                "9.45",
                "9.50",
                "10.15",
                "10.20",
                "10.25",
                "10.30",
                "10.35",
                "10.40",
                "10.45",
                "10.50",
                "10.55",
                "11.00",
                "11.05",
                "11.20",
                "11.25",
                "11.30",
                "11.35",
                "11.40",
                "11.45",
                "11.50",
            ],
            "video 30": [],
            "phone 10": [],
        },
    ),
]


def shown(minute):
    local = timezone.localtime(from_minute(minute))
    return f"{local.hour}.{local.minute:02}"


def kind(name):
    modality, minutes = name.split()
    return AppointmentType.objects.get(modality=modality, duration_minutes=minutes, contact_kind="follow_up")


@pytest.mark.parametrize(("rule", "half_day", "blocks", "starts"), EXAMPLES, ids=[row[0] for row in EXAMPLES])
def test_example_raster_gives_the_sessions_and_starts_of_the_plan(rule, half_day, blocks, starts):
    raster = make.starter_raster(rule)
    sessions = make.published(raster, now=NOW, until=FRIDAY)

    assert [(s.date.isoformat(), s.half_day) for s in sessions] == [
        (f"2026-{day}", half_day) for day in ("11-30", "12-01", "12-02", "12-03", "12-04")
    ]
    for session in sessions:
        assert [
            f"{shown(b.starts)}-{shown(b.ends)}" + (" break" if b.mode == "break" else "")
            for b in session.blocks.all()
        ] == blocks
    for name, expected in starts.items():
        for day in (MONDAY, FRIDAY):
            found = [shown(start) for start, _, _ in openings(kind(name), day, day, now=NOW)]
            assert found == expected, (name, day)


def test_hybrid_afternoon_lets_the_clinic_choose_between_video_and_phone():  # PP-23
    raster = make.starter_raster("PP-23")
    sessions = make.published(raster, now=NOW, until=MONDAY)
    modes = {(shown(b.starts), shown(b.ends)): b.mode for b in sessions[0].blocks.all()}
    assert {span for span, mode in modes.items() if mode == "break"} == {
        ("14.00", "14.05"),
        ("15.00", "15.15"),
        ("16.15", "16.20"),
    }
    assert set(modes.values()) == {"hybrid", "break"}
    video = [shown(start) for start, _, _ in openings(kind("video 30"), MONDAY, MONDAY, now=NOW)]
    phone = [shown(start) for start, _, _ in openings(kind("phone 10"), MONDAY, MONDAY, now=NOW)]
    assert video[:3] == ["13.00", "13.05", "13.10"]
    assert "13.30" in video
    assert "13.35" not in video
    assert "13.50" in phone
    assert set(video) < set(phone)
    first = kind("video 30"), kind("phone 10")
    assert all(
        block.types.filter(pk__in=[k.pk for k in first]).count() == 2
        for block in sessions[0].blocks.exclude(mode="break")
    )


@pytest.mark.parametrize(
    ("monday", "sunday"),
    [("2026-03-23", "2026-03-29"), ("2026-10-19", "2026-10-25")],
    ids=["last Sunday of March", "last Sunday of October"],
)
def test_sessions_keep_their_local_time_over_a_clock_change(monday, sunday):
    raster = make.starter_raster("PP-21", weekdays=range(7), valid_from=monday)
    after = date.fromisoformat(sunday).toordinal() + 1
    sessions = make.published(raster, now=make.amsterdam(monday, "7.00"), until=date.fromordinal(after))
    assert len(sessions) == 8
    offsets = {
        session.blocks.get().start.astimezone(timezone.get_default_timezone()).utcoffset() for session in sessions
    }
    assert len(offsets) == 2, "both sides of the change were looked at"
    for session in sessions:
        assert [shown(b.starts) for b in session.blocks.all()] == ["13.00"]
        found = openings(kind("video 15"), session.date, session.date, now=make.amsterdam(monday, "7.00"))
        assert [shown(start) for start, _, _ in found] == ["13.00", "13.15", "13.30", "13.45"]


def test_block_in_the_hour_that_spring_skips_is_reported_and_no_session():
    raster = make.RasterFactory(valid_from=date(2026, 3, 23))
    make.AppointmentTypeFactory(duration_minutes=15)
    make.raster_block(raster, 6, "2.15", "4.00")
    # The Sunday after is Easter.
    make.policy(raster.department, closed_on_holidays=False)
    now = make.amsterdam("2026-03-23", "7.00")
    published = make.publish(raster, now=now, until="2026-04-05")
    assert [skipped.date for skipped in published.skipped] == [date(2026, 3, 29)]
    assert [session.date for session in raster.sessions.all()] == [date(2026, 4, 5)]
