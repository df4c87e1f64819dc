"""Staff note what a patient wants of each channel."""

import pytest

from notifications.models import CallTask, Message
from people.models import AccessLog
from people.models.patients import Consent
from tests import factories as make
from tests.api.conftest import kind_of
from tests.notifications.conftest import next_week

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(staff):
    return staff(make.member("planner", make.department("longziekten")))


def state(desk, patient, **wishes):
    return desk.send("patch", "api-patient-channels", wishes, public_id=patient.public_id)


def test_refused_mail_is_noted_and_its_consequences_follow(desk):
    appointment = make.appointment(start=next_week(), department=make.department("longziekten"))
    patient = appointment.patient
    answer = state(desk, patient, email="refused")
    assert answer.json() == {"email": "refused", "sms": ""}
    patient.refresh_from_db()
    assert (patient.mail_consent, patient.sms_consent) == (Consent.REFUSED, Consent.UNKNOWN)
    assert not Message.objects.filter(channel="email", state="planned").exists()
    assert CallTask.objects.get().reason == "no_channel"
    assert AccessLog.objects.filter(action="state.consent", patient=patient, result="allowed").count() == 1


def test_both_at_once(desk):
    patient = make.PatientFactory(department=make.department("longziekten"))
    assert state(desk, patient, email="given", sms="refused").json() == {"email": "given", "sms": "refused"}


def test_nothing_said_changes_nothing(desk):
    patient = make.PatientFactory(department=make.department("longziekten"), sms_consent="given")
    assert state(desk, patient).json() == {"email": "", "sms": "given"}


@pytest.mark.parametrize("wishes", [{"email": ""}, {"email": "maybe"}, {"sms": None}])
def test_wish_that_is_none_is_refused(desk, wishes):
    patient = make.PatientFactory(department=make.department("longziekten"))
    answer = state(desk, patient, **wishes)
    assert (answer.status_code, kind_of(answer)) == (400, "invalid")
