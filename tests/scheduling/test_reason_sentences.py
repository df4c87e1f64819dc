"""Why a place is proposed, in words."""

import pytest
from django.utils import translation

from praktijkplan.ranking import Reason, ReasonId
from scheduling.sentences import reason_sentence, reason_words

SAID = [
    ("own_clinician", {}, "own clinician"),
    ("known_clinician", {}, "known clinician"),
    ("agreed_form", {}, "in the form that was agreed"),
    ("preferred_form", {}, "in the preferred form"),
    ("preferred_half_day", {}, "in the preferred half-day"),
    ("in_window", {}, "in the period asked for"),
    ("before_window", {"days": 1}, "1 day too early"),
    ("after_window", {"days": 3}, "3 days too late"),
    ("soon", {"days": 0}, "on the first day asked for"),
    ("soon", {"days": 2}, "2 days after the first day"),
    ("tight", {"days": 0}, "on the last day that the order allows"),
    ("tight", {"days": 1}, "1 day before the order is due"),
    ("fills_gap", {}, "fills a gap exactly"),
    ("adjoins", {}, "adjoins without a gap"),
    ("leaves_unusable_rest", {"minutes": 10}, "leaves 10 minutes that nobody can use"),
    ("uses_urgent_place", {}, "uses a place that is held for urgent consults"),
    ("same_day", {"better": 1}, "same day as a better place"),
]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(("reason", "facts", "expected"), SAID)
def test_each_reason_is_said(reason, facts, expected):
    assert reason_sentence(Reason(ReasonId(reason), 1, facts)) == expected


def test_all_reasons_are_listed_here():
    assert {reason for reason, _, _ in SAID} == {reason.value for reason in ReasonId}


def test_strongest_reason_is_told_first():
    reasons = [
        Reason(ReasonId.IN_WINDOW, 20),
        Reason(ReasonId.ADJOINS, 8),
        Reason(ReasonId.PREFERRED_FORM, 35),
        Reason(ReasonId.LEAVES_UNUSABLE_REST, -20, {"minutes": 5}),
    ]
    assert reason_words(reasons) == (
        "in the preferred form, leaves 5 minutes that nobody can use, adjoins without a gap"
    )
