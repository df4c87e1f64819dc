import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from django.template import Context, Template
from django.utils import translation

from pages.templatetags.look import STATUSES, clock, day, modality, status, tel

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 11, 24, 13, 10, tzinfo=UTC), "14.10"),
        (datetime(2026, 7, 1, 12, 5, tzinfo=UTC), "14.05"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "02.30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "02.30"),
        (None, ""),
    ],
)
def test_clock_shows_the_wall_clock_of_the_netherlands(moment, shown):
    assert clock(moment) == shown


def test_clock_refuses_a_moment_without_a_time_zone():
    with pytest.raises(ValueError, match="time zone"):
        clock(datetime(2026, 11, 24, 14, 10))  # noqa: DTZ001


@time_machine.travel("2026-11-24T13:10:00Z")
@pytest.mark.parametrize(
    ("language", "length", "value", "shown"),
    [
        ("nl", "long", date(2026, 11, 24), "dinsdag 24 november"),
        ("nl", "long", date(2027, 1, 4), "maandag 4 januari 2027"),
        ("nl", "short", date(2026, 11, 24), "di 24 nov"),
        ("en", "long", date(2026, 11, 24), "Tuesday 24 November"),
        ("en", "short", date(2027, 1, 4), "Mon 4 Jan 2027"),
    ],
)
def test_day_is_written_as_people_say_it(language, length, value, shown):
    with translation.override(language):
        assert day(value, length) == shown


def test_day_of_a_moment_is_the_day_in_the_netherlands():
    with translation.override("nl"), time_machine.travel("2026-11-24T13:10:00Z"):
        assert day(datetime(2026, 11, 24, 23, 30, tzinfo=UTC)) == "woensdag 25 november"


WORDS = {
    "planned": "gepland",
    "tested": "getest",
    "waiting": "wacht",
    "late": "wacht te lang",
    "active": "in gesprek",
    "tech": "techniek",
    "phone": "telefoon",
    "done": "klaar",
    "noshow": "niet verschenen",
    "cancelled": "afgezegd",
}


@pytest.mark.parametrize("name", STATUSES)
def test_status_has_shape_word_and_colour(name):
    with translation.override("nl"):
        html = str(status(name))
    assert f"icons.svg#{name}" in html
    assert f"st-{name}" in html
    assert f"<span>{WORDS[name]}</span>" in html


def test_status_refuses_a_name_that_has_no_look():
    with pytest.raises(ValueError, match="'asleep' is none of planned"):
        status("asleep")


def test_status_escapes_the_words_it_is_given():
    assert "<script>" not in status("waiting", text="<script>")


def test_status_without_minutes_or_moment_says_only_its_word():
    with translation.override("en"):
        html = Template("{% load look %}{% status 'waiting' minutes=row.minutes since=row.since %}").render(Context())
    assert "<span>waiting</span>" in html
    assert "since" not in html


def test_modality_names_the_kind_of_contact():
    with translation.override("en"):
        assert "<span>new video</span>" in modality("VIDEO", kind="new")


def test_tel_keeps_what_a_phone_can_dial():
    assert tel("+31 (0)20-123 45 67") == "+310201234567"


def test_every_symbol_that_a_template_asks_for_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "icons.svg").read_text()))
    asked = {
        name
        for template in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)" %}', template.read_text())
    }
    assert asked
    assert asked <= drawn


def test_no_page_carries_inline_style_or_script():
    for template in (ROOT / "templates").rglob("*.html"):
        if "mail" in template.parts:  # mail programs know nothing else
            continue
        text = template.read_text()
        assert not re.search(r'\sstyle="|<style|\son[a-z]+="|<script(?![^>]*\ssrc=)|hx-on', text), template.name
