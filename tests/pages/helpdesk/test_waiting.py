"""The helpdesk sees who waits now, whose technique fails first, with a number to phone."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people.models import AccessLog
from tests import factories as make
from waitingroom.actions.call import technique_failed
from waitingroom.actions.presence import arrive

DAY = "2026-11-24"


@pytest.fixture
def helper(db):
    return make.member("helpdesk", make.department("longziekten"), name="Henk Helder")


def waiting(helper, clock, **more):
    client = Client()
    client.force_login(helper, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.get(reverse("helpdesk"))


@pytest.fixture
def clinic(helper):
    with time_machine.travel(make.amsterdam(DAY, "8.00"), tick=False) as clock:
        here = make.department("longziekten")
        clinician = make.ClinicianFactory(departments=[here])
        make.session_with(
            clinician, DAY, "9.00", "12.00", department=here, types=[make.AppointmentTypeFactory(department=here)]
        )
        booked = [
            make.appointment(
                clinician=clinician,
                start=make.amsterdam(DAY, at),
                department=here,
                patient=make.PatientFactory(department=here, family_name=name),
            )
            for at, name in (("9.40", "Bakker"), ("10.00", "Smit"), ("10.20", "Visser"))
        ]
        yield clock, booked


def enter(appointment):
    participant = appointment.participants.get(role="patient")
    arrive(participant=participant, now=timezone.now(), by="system")
    return participant


def test_those_with_a_problem_come_first(helper, clinic):
    clock, (bakker, smit, _visser) = clinic
    clock.move_to(make.amsterdam(DAY, "9.50"))
    enter(bakker)
    participant = enter(smit)
    technique_failed(participant=participant, reason="no_device", by="system", now=timezone.now())
    context = waiting(helper, clock).context
    assert [row.appointment for row in context["rows"]] == [smit, bakker]
    assert context["problems"] == 1


def test_who_is_not_there_is_not_shown(helper, clinic):
    clock, _booked = clinic
    clock.move_to(make.amsterdam(DAY, "9.50"))
    assert waiting(helper, clock).context["rows"] == []


def test_number_to_phone_stands_beside_the_name(helper, clinic):
    clock, (bakker, *_others) = clinic
    clock.move_to(make.amsterdam(DAY, "9.50"))
    enter(bakker)
    assert "tel:0612345678" in waiting(helper, clock).content.decode()


def test_everyone_shown_is_logged(helper, clinic):
    clock, (bakker, *_others) = clinic
    clock.move_to(make.amsterdam(DAY, "9.50"))
    enter(bakker)
    waiting(helper, clock)
    assert AccessLog.objects.filter(action="view.helpdesk", actor=helper.actor, appointment_id=bakker.pk).exists()


def test_page_asks_a_fixed_number_of_queries(helper, clinic, count_queries):
    clock, booked = clinic
    clock.move_to(make.amsterdam(DAY, "9.55"))

    def ask():
        with count_queries() as queries:
            waiting(helper, clock)
        return queries

    enter(booked[0])
    ask()
    one = ask()
    for each in booked[1:]:
        enter(each)
    three = ask()
    assert three.count == one.count, str(three)
