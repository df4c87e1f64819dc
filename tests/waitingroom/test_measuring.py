"""How long consults lasted, from the facts: only those that went as planned."""

import pytest

from scheduling.actions.measurements import Measured
from scheduling.models import MeasuredDuration
from tests import factories as make
from tests.waitingroom.test_closing import close, hold
from tests.waitingroom.visits import at, make_visit
from waitingroom.actions.call import continue_by_phone, end_call, technique_failed
from waitingroom.measuring import measured_durations
from waitingroom.tasks import measure_durations

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    """Two clinicians, so that two consults can be held at the same moment."""
    department = make.department("longziekten")
    kind = make.AppointmentTypeFactory(department=department)
    clinicians = [make.ClinicianFactory(departments=[department]) for _ in range(5)]

    def visit(number):
        return make_visit(type=kind, clinician=clinicians[number], department=department)

    return visit


def held(visit, *, ended="14.22", **closed):
    hold(visit)
    end_call(appointment=visit.appointment, by="user:1", now=at(ended))
    close(visit, now="14.40", **closed)


def measured(visit):
    return measured_durations(visit.appointment.department, now=at("20.00"))


def test_from_admitting_to_hanging_up(clinic):
    one, other = clinic(0), clinic(1)
    held(one, ended="14.22")
    held(other, ended="14.28")
    kind = one.appointment.type_id
    assert measured(one) == [Measured(kind, 2, 15.0, pytest.approx(3 * 2**0.5 / 15))]


def test_consult_with_trouble_or_by_phone_says_nothing(clinic):
    visits = [clinic(number) for number in range(5)]
    held(visits[0])
    held(visits[1])
    hold(visits[2])
    technique_failed(participant=visits[2].patient, reason="denied", by="link:x", now=at("14.12"))
    end_call(appointment=visits[2].appointment, by="user:1", now=at("14.59"))
    close(visits[2], now="15.00")
    hold(visits[3])
    continue_by_phone(appointment=visits[3].appointment, by="user:1", now=at("14.15"))
    end_call(appointment=visits[3].appointment, by="user:1", now=at("14.59"))
    close(visits[3], "held_by_phone", now="15.00")
    held(visits[4], ended="14.10")
    assert [(each.count, each.mean) for each in measured(visits[0])] == [(2, 12.0)]


def test_other_department_is_not_among_them(clinic):
    visit = clinic(0)
    held(visit)
    held(clinic(1))
    assert measured_durations(make.department("neurologie"), now=at("20.00")) == []


def test_consults_of_long_ago_do_not_count(clinic):
    visit = clinic(0)
    held(visit)
    held(clinic(1))
    assert measured_durations(visit.appointment.department, now=make.amsterdam("2027-11-30", "9.00")) == []


def test_night_job_keeps_them(clinic, time_machine):
    held(clinic(0))
    held(clinic(1), ended="14.28")
    time_machine.move_to(at("23.00"), tick=False)
    measure_durations()
    assert list(MeasuredDuration.objects.values_list("count", "mean", "measured_at")) == [(2, 15.0, at("23.00"))]
