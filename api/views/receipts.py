"""What a gateway for text messages tells afterwards. Each speaks as it does; see notifications/channels/sms."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.gateway_secret import PARAMETER, GatewaySecret
from api.problems import Problem, Refused
from api.schema import describe
from api.serializers.receipts import Received
from notifications.actions.receipts import take_sms_receipt
from notifications.channels.sms.providers import SHAPES
from notifications.channels.sms.shapes import Misunderstood

TOKEN = OpenApiParameter(
    PARAMETER,
    OpenApiTypes.STR,
    OpenApiParameter.QUERY,
    description="The secret, for gateways that cannot send it as `Authorization: Bearer <secret>`.",
)
OF_BIRD = [
    OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.QUERY)
    for name in ("id", "reference", "status", "statusDatetime", "statusReason", "statusErrorCode")
]


class SmsReceipts(Endpoint):
    """Always 200 for what is understood, also when it is about nothing of ours: gateways repeat whatever is not."""

    authentication_classes = [GatewaySecret]
    permission_classes = []
    # A HEAD is no receipt.
    http_method_names = ["get", "post"]

    @describe(
        "sms_receipt_in_address",
        "What became of a text message, from a gateway that tells it in an address (bird).",
        Received,
        parameters=[TOKEN, *OF_BIRD],
    )
    def get(self, request: Request, provider: str) -> Response:
        return self._take(provider, {})

    @describe(
        "sms_receipt",
        "What became of a text message, from a gateway that sends JSON (generic, cm).",
        Received,
        request=OpenApiTypes.OBJECT,
        parameters=[TOKEN],
    )
    def post(self, request: Request, provider: str) -> Response:
        return self._take(provider, request.data)

    def _take(self, provider: str, told: Any) -> Response:
        shape = SHAPES.get(provider)
        if shape is None:
            raise Http404
        try:
            receipts = shape.read_receipts(self.request.query_params.dict(), told)
        except Misunderstood:
            raise Refused(Problem("receipt-unreadable", _("This is no receipt of this gateway."), 400)) from None
        for receipt in receipts:
            take_sms_receipt(provider=provider, receipt=receipt, now=self.clock())
        return Response({"received": len(receipts)})
