from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.models import CallTask, Message
from tests import factories as make

pytestmark = pytest.mark.django_db


def invite(desk, patient, **fields):
    later = (timezone.localdate() + timedelta(days=30)).isoformat()
    given = {"modality": "video", "before": later} | fields
    return desk.client.post(reverse("patient-invite", args=[patient.public_id]), given)


@pytest.fixture
def patient(desk):
    return make.PatientFactory(department=desk.department)


def test_invitation_is_sent_once_a_day(desk, patient):
    assert invite(desk, patient)["Location"] == reverse("patient", args=[patient.public_id])
    invite(desk, patient)
    [message] = Message.objects.filter(kind="invitation", channel="email")
    assert (message.patient, message.department, message.details["modality"]) == (patient, desk.department, "video")


def test_whom_no_message_reaches_is_phoned(desk):
    patient = make.PatientFactory(department=desk.department, unreachable=True)
    invite(desk, patient)
    assert CallTask.objects.get().patient == patient


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"modality": "telepathy"}, "modality"),
        ({"before": "2020-01-01"}, "before"),
        ({"before": "2099-01-01"}, "before"),
        ({"before": "straks"}, "before"),
    ],
)
def test_invitation_without_sense_is_refused(desk, patient, wrong, field):
    answer = invite(desk, patient, **wrong)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Message.objects.exists()
