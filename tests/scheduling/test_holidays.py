from datetime import date

import pytest

from scheduling.contents import draft_content
from scheduling.holidays import closed_days, public_holidays
from scheduling.queries.policy import Policies
from scheduling.queries.rasters import publication
from tests import factories as make

NOW = make.amsterdam("2026-12-20", "12.00")


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-01-01", "Nieuwjaarsdag"),
        ("2026-04-03", None),  # Good Friday is worked
        ("2026-04-06", "Tweede paasdag"),
        ("2026-04-27", "Koningsdag"),
        ("2025-04-26", "Koningsdag"),  # the 27th is a Sunday
        ("2025-04-27", None),
        ("2026-05-05", None),  # people are off in every fifth year only
        ("2025-05-05", "Bevrijdingsdag"),
        ("2026-05-14", "Hemelvaartsdag"),
        ("2026-05-25", "Tweede pinksterdag"),
        ("2026-12-25", "Eerste kerstdag"),
        ("2026-12-31", None),
    ],
)
def test_dutch_holidays(day, name):
    on = date.fromisoformat(day)
    assert public_holidays(on.year).get(on) == name


@pytest.mark.django_db
def test_policy_of_the_date_counts():
    department = make.department()
    make.policy(department, "2026-12-26", closed_on_holidays=False)
    closed = closed_days(Policies(department.pk), date(2026, 12, 20), date(2027, 1, 5))
    assert list(closed) == [date(2026, 12, 25)]


@pytest.mark.django_db
def test_no_clinic_on_a_holiday_and_it_is_told():
    raster = make.starter_raster("PP-21", weekdays=[4])
    done = publication(raster, draft_content(raster), first=NOW.date(), until=date(2027, 1, 8))
    assert [dated.date.isoformat() for dated in done.made] == ["2027-01-08"]
    assert done.holidays == {date(2026, 12, 25): "Eerste kerstdag", date(2027, 1, 1): "Nieuwjaarsdag"}


@pytest.mark.django_db
def test_agreement_to_close_withdraws_what_stood():
    raster = make.starter_raster("PP-21", weekdays=[4])
    agreed = make.policy(raster.department, closed_on_holidays=False)
    assert make.publish(raster, now=NOW, until="2027-01-08").made == 3
    agreed.delete()
    assert make.publish(raster, now=NOW, until="2027-01-08").withdrawn == 2
