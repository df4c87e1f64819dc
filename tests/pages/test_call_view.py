"""What the call's part of a page is told, on either side."""

import json
from typing import Any

import pytest

from pages.call import call_view
from scheduling.models import ParticipantRole
from tests import factories as make
from tests.waitingroom.visits import Visit, at, make_visit


@pytest.fixture
def visit(db: None) -> Visit:
    return make_visit()


URLS = {"hang_up_url": "/ophangen/", "phone_url": "/telefoon/"}


def test_the_socket_says_by_which_link_a_patient_comes(visit: Visit):
    patient = call_view(participant=visit.patient, side="patient", link_ref="abc", **URLS)
    clinician = call_view(participant=visit.clinician, side="clinician", **URLS)
    path = f"/ws/call/{visit.appointment.public_id}/"
    assert (patient.socket, clinician.socket) == (f"{path}?link=abc", path)
    assert (patient.on_staff_page, clinician.on_staff_page) == (False, True)
    assert (patient.help_phone, clinician.help_phone) == ("", visit.appointment.department.helpdesk_phone)


def test_stun_servers_come_from_the_settings(visit: Visit, settings: Any):
    assert json.loads(call_view(participant=visit.patient, side="patient", **URLS).ice) == []
    settings.STUN_URLS = ["stun:stun.dewaard.example:3478"]
    ice = json.loads(call_view(participant=visit.patient, side="patient", **URLS).ice)
    assert ice == [{"urls": ["stun:stun.dewaard.example:3478"]}]


def test_a_parent_is_shown_the_other_parent_by_name(db: None):
    day = at("14.10").date()
    child, mother = make.child_with_parent(day, years=7)
    father = make.RepresentativeFactory(patient=child, name="O. Bakker", valid_from=day.replace(year=2020))
    booked = make.appointment(start=at("14.10"), now=at("09.00"), patient=child, representatives=[mother, father])
    first, _second = booked.participants.filter(role=ParticipantRole.REPRESENTATIVE)
    assert call_view(participant=first, side="patient", **URLS).representative_name == "O. Bakker"
