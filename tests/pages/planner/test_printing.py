"""The day list on paper: per clinician, with what one needs without a screen, and a row in the access log."""

import pytest
from django.urls import reverse

from people.models import AccessLog
from scheduling.actions.cancelling import cancel_appointment
from tests import factories as make


def url(desk, **asked):
    return reverse("today-print", query={"datum": desk.clinic.date.isoformat()} | asked)


def book(desk, clock, **more):
    more.setdefault("clinician", desk.clinician)
    patient = make.PatientFactory(department=desk.department)
    return make.appointment(type=desk.type, start=desk.at(clock), patient=patient, **more)


@pytest.fixture
def nurse(desk):
    made = make.ClinicianFactory(departments=[desk.department], name="J. Dijkstra")
    make.session_with(made, desk.clinic.date, "9.00", "12.00", department=desk.department)
    return made


def test_list_has_what_one_needs_without_a_screen(desk):
    held = book(desk, "9.40")
    body = desk.client.get(url(desk)).content.decode()
    for told in ("9.40", held.patient.family_name, held.patient.number, "06 12345678", desk.clinician.name):
        assert told in body
    assert f"{held.patient.birth_date:%d-%m-%Y}" in body


def test_list_of_one_clinician_names_nobody_of_another(desk, nurse):
    own, other = book(desk, "9.40"), book(desk, "9.40", clinician=nurse)
    answer = desk.client.get(url(desk, zorgverlener=str(desk.clinician.pk)))
    assert [lane.clinician for lane in answer.context["lanes"]] == [desk.clinician]
    assert other.patient.number not in answer.content.decode()
    assert set(AccessLog.objects.values_list("action", "appointment_id")) == {("print.day", own.pk)}


def test_who_prints_leaves_a_row_for_each_patient(desk, nurse):
    held = [book(desk, "9.40"), book(desk, "9.40", clinician=nurse)]
    desk.client.get(url(desk))
    logged = AccessLog.objects.filter(action="print.day", actor=desk.planner.actor)
    assert set(logged.values_list("appointment_id", flat=True)) == {each.pk for each in held}


def test_cancelled_appointment_is_struck_out_and_says_so(desk):
    held = book(desk, "9.40")
    cancel_appointment(appointment=held, by="system", now=held.booked_at)
    body = desk.client.get(url(desk)).content.decode()
    assert 'class="over"' in body
    assert "afgezegd" in body


def test_day_that_is_none_prints_today_and_says_so(desk):
    answer = desk.client.get(reverse("today-print"), {"datum": "morgen"})
    assert answer.status_code == 404
    assert answer.context["wrong_day"]


def test_list_asks_a_fixed_number_of_queries(desk, nurse, count_queries):
    def ask():
        with count_queries() as queries:
            desk.client.get(url(desk))
        return queries

    book(desk, "9.40")
    ask()
    one = ask()
    book(desk, "10.20")
    book(desk, "9.40", clinician=nurse)
    assert ask().count == one.count
