"""What a browser tells of the patient's device, and what was kept of it (PP-47)."""

from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Moment
from praktijkplan.device_test import POSSIBLE, Device
from waitingroom.actions.device_tests import BROWSER_MAJOR_LIMIT, KBIT_PER_S_LIMIT, ROUND_TRIP_LIMIT_MS
from waitingroom.models import DeviceTest


def _finding(device: Device) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=[(one.value, one.value) for one in POSSIBLE[device]])


class MyDeviceTest(Shape):
    """Per device `good`, `skipped`, or what is the matter."""

    browser = _finding(Device.BROWSER)
    camera = _finding(Device.CAMERA)
    microphone = _finding(Device.MICROPHONE)
    speaker = _finding(Device.SPEAKER)
    connection = _finding(Device.CONNECTION)
    round_trip_ms = serializers.IntegerField(
        min_value=0, max_value=ROUND_TRIP_LIMIT_MS, allow_null=True, default=None, help_text="To our server and back."
    )
    kbit_per_s = serializers.IntegerField(
        min_value=0, max_value=KBIT_PER_S_LIMIT, allow_null=True, default=None, help_text="Of the slower way."
    )
    browser_family = serializers.ChoiceField(choices=DeviceTest.Browser.choices, default=DeviceTest.Browser.OTHER)
    browser_major = serializers.IntegerField(
        min_value=0, max_value=BROWSER_MAJOR_LIMIT, allow_null=True, default=None, help_text="Of its version."
    )

    class Meta:
        ref_name = "MyDeviceTestIn"


class KeptDeviceTest(Shape):
    tested_at = Moment()
    verdict = serializers.ChoiceField(
        choices=DeviceTest.Verdict.choices, help_text="`partly`: something was slow, or skipped."
    )

    class Meta:
        ref_name = "MyDeviceTest"
