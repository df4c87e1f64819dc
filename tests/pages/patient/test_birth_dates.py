from datetime import date

import pytest

from pages.patient.birth_dates import Unreadable, read_birth_date

TODAY = date(2026, 11, 24)
BORN = date(1950, 2, 3)


@pytest.mark.parametrize(
    "text",
    [
        "3-2-1950",
        "03-02-1950",
        "03/02/1950",
        "3.2.1950",
        "3 2 1950",
        "03021950",
        "1950-02-03",
        "3 februari 1950",
        "3 Februari 1950",
        "3 feb 1950",
        "3 feb. 1950",
        "3feb1950",
        "3-feb-1950",
        "3e februari 1950",
        "3rd of February 1950",
        "  3 - 2 - 1950  ",
        "3\N{NO-BREAK SPACE}2\N{NO-BREAK SPACE}1950",
        "٣-٢-١٩٥٠",
    ],
)
def test_birth_date_as_people_write_it(text):
    assert read_birth_date(text, TODAY) == BORN


@pytest.mark.parametrize(
    ("month", "number"),
    [("maart", 3), ("mrt", 3), ("march", 3), ("mei", 5), ("may", 5), ("okt", 10), ("october", 10), ("december", 12)],
)
def test_months_in_dutch_and_english(month, number):
    assert read_birth_date(f"3 {month} 1950", TODAY) == date(1950, number, 3)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Unreadable.NOT_A_DATE),
        ("weet ik niet", Unreadable.NOT_A_DATE),
        ("3-1950", Unreadable.NOT_A_DATE),
        ("3 smarch 1950", Unreadable.NOT_A_DATE),
        ("3-2-1950 en een half", Unreadable.NOT_A_DATE),
        ("²-2-1950", Unreadable.NOT_A_DATE),
        ("3-2-50", Unreadable.SHORT_YEAR),
        ("31-2-1950", Unreadable.NO_SUCH_DAY),
        ("29-2-1951", Unreadable.NO_SUCH_DAY),
        ("3-13-1950", Unreadable.NO_SUCH_DAY),
        ("3-2-1789", Unreadable.NO_SUCH_DAY),
        ("3-2-99999999999", Unreadable.NO_SUCH_DAY),
        ("25-11-2026", Unreadable.IN_THE_FUTURE),
    ],
)
def test_text_that_is_no_birth_date_says_why(text, why):
    assert read_birth_date(text, TODAY) == why


def test_today_is_a_birth_date():
    assert read_birth_date("24-11-2026", TODAY) == TODAY
