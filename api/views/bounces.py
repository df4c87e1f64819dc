"""What a mail server returns, handed on by the hospital's own."""

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, Shape
from api.gateway_secret import MailServerSecret
from api.parsers import BoundedMail
from api.problems import Problem, Refused
from api.schema import describe
from notifications.actions.bounces import Taken, receive_bounce


class BounceTaken(Shape):
    result = serializers.ChoiceField(
        choices=[one.value for one in Taken], help_text="What was done with it; the same mail again is known."
    )


class MailReceipts(Endpoint):
    """Always 200 for a mail, also one about nothing of ours: mail servers offer again whatever is refused."""

    authentication_classes = [MailServerSecret]
    permission_classes = []
    parser_classes = [BoundedMail]

    @describe(
        "mail_receipt",
        "A mail that came back to the address for bounces, as it came.",
        BounceTaken,
        request={"message/rfc822": OpenApiTypes.BINARY},
    )
    def post(self, request: Request) -> Response:
        if not isinstance(request.data, bytes):
            raise Refused(Problem("mail-missing", _("Send the returned mail."), 400))
        return Response({"result": receive_bounce(raw=request.data, now=self.clock()).value})
