import json
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from praktijkplan.codes import ActivityCode, NoCode, NoCodeReason, TypeProblem, TypeProblemId, code_for, type_problems
from praktijkplan.contact import ContactKind, Modality

NEW, FOLLOW_UP, OPINION = ContactKind.NEW, ContactKind.FOLLOW_UP, ContactKind.SECOND_OPINION
VIDEO, PHONE, VISIT, WRITTEN = Modality.VIDEO, Modality.PHONE, Modality.VISIT, Modality.WRITTEN
TODAY = date(2026, 12, 7)
REFERENCE = Path(__file__).parents[2] / "scheduling" / "reference" / "activity_codes.json"


@pytest.fixture(scope="module")
def table() -> list[ActivityCode]:
    return [ActivityCode.from_document(line) for line in json.loads(REFERENCE.read_text("utf-8"))]


@pytest.mark.parametrize(
    ("kind", "modality", "code"),
    [
        (NEW, VISIT, "190007"),
        (NEW, VIDEO, "190165"),
        (NEW, PHONE, "190164"),
        (NEW, WRITTEN, "190167"),
        (FOLLOW_UP, VISIT, "190008"),
        (FOLLOW_UP, VIDEO, "190166"),
        (FOLLOW_UP, PHONE, "190162"),
        (FOLLOW_UP, WRITTEN, "190163"),
        *((OPINION, modality, "190022") for modality in Modality),
        *((ContactKind.INTERCOLLEGIAL, modality, "190009") for modality in Modality),
        *((ContactKind.CO_TREATMENT, modality, "190017") for modality in Modality),
    ],
)
def test_each_kind_and_form_has_the_code_of_the_plan(table, kind, modality, code):  # PP-12
    found = code_for(table, kind, modality, TODAY)
    assert isinstance(found, ActivityCode)
    assert found.code == code


@pytest.mark.parametrize(
    ("kind", "modality", "since"),
    [
        (OPINION, VIDEO, date(2021, 1, 1)),
        (ContactKind.INTERCOLLEGIAL, VIDEO, date(2022, 1, 1)),
        (ContactKind.CO_TREATMENT, PHONE, date(2022, 1, 1)),
    ],
)
def test_remote_forms_have_a_code_only_since_their_year(table, kind, modality, since):  # PP-12
    assert isinstance(code_for(table, kind, modality, since), ActivityCode)
    day_before = date.fromordinal(since.toordinal() - 1)
    assert code_for(table, kind, modality, day_before) == NoCode(
        NoCodeReason.NOT_YET_VALID, kind, modality, day_before
    )
    assert isinstance(code_for(table, kind, VISIT, day_before), ActivityCode)


def test_the_reference_data_has_no_two_codes_for_one_contact(table):
    lines = defaultdict(list)
    for line in table:
        lines[line.contact_kind, line.modality].append((line.valid_from, line.valid_until or date.max))
    for periods in lines.values():
        periods.sort()
        assert all(ended < begun for (_, ended), (begun, _) in pairwise(periods))


def line(code, kind=NEW, modality=VIDEO, valid_from=date(2021, 1, 1), valid_until=None) -> ActivityCode:
    return ActivityCode(code, kind, modality, valid_from, valid_until, "")


def test_a_new_years_code_replaces_the_old_one_on_its_first_day():
    table = [line("old", valid_until=date(2026, 12, 31)), line("new", valid_from=date(2027, 1, 1))]
    assert [code_for(table, NEW, VIDEO, day).code for day in (date(2026, 12, 31), date(2027, 1, 1))] == [
        "old",
        "new",
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_codes_the_one_for_the_form_wins_then_the_latest(order):
    table = [
        line("any form", modality=None, valid_from=date(2025, 1, 1)),
        line("older", valid_from=date(2020, 1, 1)),
        line("newer", valid_from=date(2024, 1, 1)),
    ][::order]
    assert code_for(table, NEW, VIDEO, TODAY).code == "newer"
    assert code_for(table, NEW, PHONE, TODAY).code == "any form"


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ([], NoCodeReason.UNKNOWN_KIND),
        ([line("x", kind=FOLLOW_UP)], NoCodeReason.UNKNOWN_KIND),
        ([line("x", modality=PHONE)], NoCodeReason.UNKNOWN_FORM),
        ([line("x", valid_from=date(2027, 1, 1))], NoCodeReason.NOT_YET_VALID),
        ([line("x", valid_until=date(2026, 12, 6))], NoCodeReason.NO_LONGER_VALID),
    ],
)
def test_a_contact_without_a_code_says_why(table, reason):
    assert code_for(table, NEW, VIDEO, TODAY) == NoCode(reason, NEW, VIDEO, TODAY)


@pytest.mark.parametrize("duration", [5, 10, 15, 20, 30, 45])
def test_a_type_with_its_own_code_is_right(table, duration):  # PP-10, PP-11
    assert type_problems(table, FOLLOW_UP, VIDEO, duration, "190166", TODAY) == ()


@pytest.mark.parametrize(
    ("kind", "modality", "code", "on", "problem"),
    [
        (
            NEW,
            VIDEO,
            "190166",
            TODAY,
            TypeProblem(TypeProblemId.WRONG_KIND, "PP-10", {"code": "190166", "right": "190165"}),
        ),
        (
            NEW,
            VIDEO,
            "190164",
            TODAY,
            TypeProblem(TypeProblemId.WRONG_FORM, "PP-10", {"code": "190164", "right": "190165"}),
        ),
        (
            NEW,
            VIDEO,
            "19016",
            TODAY,
            TypeProblem(TypeProblemId.UNKNOWN_CODE, "PP-10", {"code": "19016", "right": "190165"}),
        ),
        (
            OPINION,
            PHONE,
            "190022",
            date(2020, 6, 1),
            TypeProblem(TypeProblemId.NOT_VALID, "PP-10", {"code": "190022"}),
        ),
    ],
)
def test_a_wrong_combination_is_refused_with_the_right_code(table, kind, modality, code, on, problem):  # PP-10
    assert type_problems(table, kind, modality, 10, code, on) == (problem,)


@pytest.mark.parametrize("duration", [0, -10, 12, 1])
def test_a_duration_that_is_no_multiple_of_five_is_refused(table, duration):  # PP-11
    assert type_problems(table, NEW, VIDEO, duration, "190165", TODAY) == (
        TypeProblem(TypeProblemId.DURATION, "PP-11", {"duration": duration, "step": 5}),
    )


@pytest.mark.parametrize(
    "broken",
    [{"contact_kind": "third"}, {"modality": "fax"}, {"valid_from": "2021"}, {"valid_until": "soon"}],
)
def test_a_broken_line_of_reference_data_is_an_error(broken):
    document = json.loads(REFERENCE.read_text("utf-8"))[0]
    with pytest.raises(ValueError, match=r".+"):
        ActivityCode.from_document(document | broken)
