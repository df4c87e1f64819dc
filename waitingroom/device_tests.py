"""Reads of the device tests (PP-47)."""

from collections.abc import Iterable

from scheduling.models import Appointment
from waitingroom.models import DeviceTest
from waitingroom.visits import PATIENT_SIDE


def latest_device_tests(appointments: Iterable[Appointment]) -> dict[int, DeviceTest]:
    """By appointment the newest test of the patient's side, in one query; an interpreter's device is not theirs."""
    tests = DeviceTest.objects.filter(appointment__in=list(appointments), participant__role__in=PATIENT_SIDE)
    return {test.appointment_id: test for test in tests.order_by("tested_at", "pk")}


def latest_device_test(appointment: Appointment) -> DeviceTest | None:
    return latest_device_tests([appointment]).get(appointment.pk)
