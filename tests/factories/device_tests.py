"""What a patient's browser told of the device."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from praktijkplan.device_test import Device, Finding, Found
from scheduling.models import Appointment
from waitingroom.actions.device_tests import Figures, record_device_test
from waitingroom.models import DeviceTest


def device_test(appointment: Appointment, *, now: datetime | None = None, **findings: Any) -> DeviceTest:
    """All is well, but for what is said otherwise: `camera=Finding.DENIED`."""
    found = Found(**({device.value: Finding.GOOD for device in Device} | findings))
    kept = record_device_test(
        participant=appointment.participants.exclude(role="clinician").get(),
        found=found,
        figures=Figures(),
        by="system",
        now=now or timezone.now(),
    )
    if not isinstance(kept, DeviceTest):
        raise AssertionError(f"not kept: {kept}")
    return kept
