import pytest

from benchmarks.publishing import measure


@pytest.mark.django_db
def test_small_department_is_published_once_and_then_changed():
    found = measure(clinicians=2, weeks=2)
    made = found["first"]["sessions_made"]
    assert made == 2 * 11  # the horizon is a day longer than its weeks
    assert (found["again"]["sessions_made"], found["again"]["sessions_changed"]) == (0, 0)
    assert found["changed"]["sessions_changed"] == made == found["changed"]["sessions"]
