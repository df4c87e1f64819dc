"""An address is put right with the patient on the line, and what is still to be told goes there."""

import pytest
from django.urls import reverse

from notifications.models import CallTask, Message, MessageState
from people.models import AccessLog
from tests import factories as make
from tests.notifications.conftest import next_week

pytestmark = pytest.mark.django_db

GIVEN = {"email": "t.hof@post.example", "mobile": "", "phone": "020-6240808", "language": "en"}


def change(desk, patient, **fields):
    return desk.client.post(reverse("patient-contact", args=[patient.public_id]), GIVEN | fields)


def test_patient_without_address_gets_one_and_with_it_the_messages(desk):
    patient = make.PatientFactory(department=desk.department, unreachable=True)
    appointment = make.appointment(start=next_week(), department=desk.department, patient=patient)
    assert CallTask.objects.get().is_open
    assert change(desk, patient)["Location"] == reverse("patient", args=[patient.public_id])
    patient.refresh_from_db()
    assert (patient.email, patient.phone, patient.language) == ("t.hof@post.example", "+31206240808", "en")
    planned = Message.objects.filter(appointment=appointment, channel="email", state=MessageState.PLANNED)
    assert planned.count() == 3
    assert not CallTask.objects.get().is_open
    assert AccessLog.objects.filter(action="change.contact", patient=patient).exists()


def test_patient_whose_last_address_goes_is_phoned(desk):
    patient = make.PatientFactory(department=desk.department)
    make.appointment(start=next_week(), department=desk.department, patient=patient)
    change(desk, patient, email="", phone="")
    assert CallTask.objects.get().reason == "no_channel"
    assert not Message.objects.filter(channel="email", state=MessageState.PLANNED).exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"email": "t.hof"}, "email"), ({"mobile": "0201234567"}, "mobile"), ({"language": "fr"}, "language")],
)
def test_wrong_address_is_refused_and_kept_as_typed(desk, wrong, field):
    patient = make.PatientFactory(department=desk.department, email="oud@post.example")
    answer = change(desk, patient, **wrong)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert answer.context["form"]["email"].value() == (wrong.get("email") or GIVEN["email"])
    patient.refresh_from_db()
    assert patient.email == "oud@post.example"


def test_colleague_who_was_first_is_not_overwritten_unseen(desk):
    patient = make.PatientFactory(department=desk.department)
    seen = desk.client.get(reverse("patient-contact", args=[patient.public_id])).context["seen"]
    change(desk, patient, email="ander@post.example", mobile=patient.mobile, gezien=seen)
    late = change(desk, patient, mobile="06-12345678", gezien=seen)
    patient.refresh_from_db()
    assert (late.status_code, patient.email) == (409, "ander@post.example")
    errors = late.context["form"].errors
    assert list(errors) == ["email"]
    assert "ander@post.example" in errors["email"][0]
    assert late.context["form"]["email"].value() == GIVEN["email"]
    assert change(desk, patient, gezien=late.context["seen"]).status_code == 302


def test_patient_of_another_department_does_not_exist(desk):
    patient = make.PatientFactory(department=make.department("neurologie"))
    assert change(desk, patient).status_code == 404
    assert AccessLog.objects.filter(action="change.contact", result="refused", patient=patient).exists()
