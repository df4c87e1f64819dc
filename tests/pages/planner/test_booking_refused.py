"""What can be wrong with what is sent to be booked: it is said, nothing is half done, what was typed is kept."""

from datetime import UTC, timedelta

import pytest
import time_machine
from django.urls import reverse

from scheduling.models import Appointment
from tests import factories as make
from tests.factories.moments import amsterdam


@pytest.fixture
def veen(desk):
    return make.PatientFactory(department=desk.department, initials="W.", particle="van der", family_name="Veen")


def slot(moment, clinician):
    return f"{int(moment.timestamp()) // 60}.{clinician.pk}"


def taken(desk):
    make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at("9.40"))
    return {}


def elsewhere(desk):
    return make.department("neurologie")


# What is sent besides a good form, made of the desk; the status; and the field that says it, or None for a summary.
WRONG = {
    "another department's type": (
        lambda desk: {"type": make.AppointmentTypeFactory(department=elsewhere(desk)).pk},
        422,
        "type",
    ),
    "another department's clinician": (
        lambda desk: {"slot": slot(desk.at("9.40"), make.ClinicianFactory(departments=[elsewhere(desk)]))},
        422,
        "slot",
    ),
    "a past moment": (lambda desk: {"slot": slot(desk.at("9.40") - timedelta(days=7), desk.clinician)}, 409, None),
    "taken meanwhile": (taken, 409, None),
    "no clinic then": (lambda desk: {"slot": slot(desk.at("14.00"), desk.clinician)}, 409, None),
    "no start of a consult": (lambda desk: {"slot": slot(desk.at("9.42"), desk.clinician)}, 409, None),
    "the far future": (lambda desk: {"slot": slot(desk.at("9.40") + timedelta(days=900), desk.clinician)}, 409, None),
    "further than any calendar": (lambda desk: {"slot": f"99999999999.{desk.clinician.pk}"}, 422, "slot"),
    "nonsense": (lambda desk: {"slot": "morgen"}, 422, "slot"),
    "no place at all": (lambda desk: {"slot": ""}, 422, "slot"),
    "nobody decided": (lambda desk: {"decided_by": ""}, 422, "decided_by"),
    "a clinic that is too short": (lambda desk: {"duur": "240"}, 409, None),
}


@pytest.mark.parametrize(("wrong", "status", "field"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_booked_is_said_and_all_that_was_typed_is_kept(desk, veen, wrong, status, field):
    good = {
        "type": desk.type.pk,
        "slot": desk.slot("9.40"),
        "decided_by": "clinician",
        "dagdeel": "morning",
        "emergency": "no",
        "reden": "Half getypt",
    }
    sent = good | wrong(desk)
    answer = desk.client.post(reverse("book", args=[veen.public_id]), sent)
    assert answer.status_code == status
    form = answer.context["form"]
    assert list(form.errors) == ([field] if field else [])
    assert bool(answer.context["problems"]) is (field is None)
    assert form["decided_by"].value() == sent["decided_by"]
    assert answer.context["window"].kept["dagdeel"] == "morning"
    assert answer.context["overbook"]["reden"].value() == "Half getypt"
    if field != "type" and "duur" not in sent:
        assert answer.context["deciding"].form["emergency"].value() == "no"
        assert answer.context["offer"].places
    assert not Appointment.objects.filter(patient=veen).exists()


def test_patient_of_another_department_is_nobody_here(desk):
    stranger = make.PatientFactory(department=make.department("neurologie"))
    sent = {"type": desk.type.pk, "slot": desk.slot("9.40"), "decided_by": "together"}
    assert desk.client.post(reverse("book", args=[stranger.public_id]), sent).status_code == 404
    assert not Appointment.objects.exists()


class TestClockChanges:
    """A time that is typed may not exist, or occur twice (the missing hour in March, the double one in October)."""

    def send(self, desk, patient, client, day, clock, **more):
        typed = {"op": day, "om": clock, "bij": desk.clinician.pk, "reden": "Nachtdienst", "boven_op": "1"}
        sent = {"type": desk.type.pk, "decided_by": "together", **typed, **more}
        return client.post(reverse("book", args=[patient.public_id]), sent)

    def test_hour_that_spring_skips_is_refused_beside_the_time(self, desk, veen, client_of):
        with time_machine.travel(amsterdam("2027-03-26", "9.00"), tick=False):
            answer = self.send(desk, veen, client_of(desk.planner), "2027-03-28", "2.30")
        assert answer.status_code == 422
        assert list(answer.context["overbook"].errors) == ["om"]
        assert answer.context["overbook"]["om"].value() == "2.30"

    def test_hour_that_autumn_doubles_is_asked_about_and_then_booked(self, desk, veen, client_of):
        with time_machine.travel(amsterdam("2027-10-29", "9.00"), tick=False):
            client = client_of(desk.planner)
            make.session_with(desk.clinician, "2027-10-31", "01.00", "04.00", department=desk.department)
            asked = self.send(desk, veen, client, "2027-10-31", "2.30")
            assert asked.status_code == 422
            assert list(asked.context["overbook"].errors) == ["welke"]
            assert 'name="welke"' in asked.content.decode()
            assert self.send(desk, veen, client, "2027-10-31", "2.30", welke="1").status_code == 302
        assert Appointment.objects.get().start == amsterdam("2027-10-31", "2.30", fold=1).astimezone(UTC)

    def test_year_beyond_all_calendars_is_refused(self, desk, veen):
        answer = self.send(desk, veen, desk.client, "9999-12-31", "23.59")
        assert answer.status_code == 422
        assert list(answer.context["overbook"].errors) == ["op"]
        assert not Appointment.objects.exists()
