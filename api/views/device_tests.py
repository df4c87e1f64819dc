"""What a patient's browser found of camera, sound and connection (PP-47)."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.link_auth import LinkEndpoint
from api.problems import Refused
from api.schema import BIRTH_DATE, describe
from api.serializers.device_tests import KeptDeviceTest, MyDeviceTest
from api.views.waiting import REFUSED, not_now
from praktijkplan.device_test import Device, Finding, Found
from waitingroom.actions.device_tests import Figures, record_device_test
from waitingroom.models import DeviceTest


class MyDeviceTests(LinkEndpoint):
    @describe(
        "me_device_test_tell",
        "Tell what the test of your device found. It blocks nothing: the clinic sees whom to help.",
        KeptDeviceTest,
        status=201,
        request=MyDeviceTest,
        refusals=[409, 410],
        problems=REFUSED,
        headers=[BIRTH_DATE],
    )
    def post(self, request: Request) -> Response:
        visit = self.enter("test.devices")
        sent = self.sent(MyDeviceTest)
        found = Found(**{device.value: Finding(sent.pop(device.value)) for device in Device})
        kept = record_device_test(
            participant=visit.participant, found=found, figures=Figures(**sent), by=visit.actor, now=visit.now
        )
        if not isinstance(kept, DeviceTest):
            raise Refused(not_now(kept))
        return Response(KeptDeviceTest(kept).data, status=201)
