"""How an endpoint is described: operation, bodies, headers and every refusal that it can give."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from api.endpoint import Shape
from api.problems import CONTENT_TYPE

OF_READ = (400, 401, 403, 404, 405, 406, 500, 503)
OF_WRITE = (*OF_READ, 413, 415)
MEANINGS = {
    400: "Something in the request is not right; `errors` says per field what to do.",
    401: "Not signed in, or the link does not work (any more).",
    403: "Your role or level does not allow this.",
    404: "It does not exist, or not for you.",
    405: "This method does not exist here.",
    406: "Only JSON can be answered.",
    409: "It no longer can be done, and why.",
    410: "The appointment was moved: ask for a new link.",
    413: "The body is too large.",
    415: "Send JSON.",
    422: "The Idempotency-Key was used for another request.",
    428: "Say which version you saw.",
    500: "A mistake of ours; nothing was changed.",
    503: "Others hold this day. Try again after `Retry-After` seconds.",
}
KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="A name of your choice for this write. Sent again with the same body, it is answered the same and "
    "done once; kept for two days.",
)
IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ETag of the appointment as you saw it."
)
BIRTH_DATE = OpenApiParameter(
    "Birth-Date",
    OpenApiTypes.DATE,
    OpenApiParameter.HEADER,
    description="The patient's date of birth. Five tries per link.",
)


class ProblemShape(Shape):
    """RFC 9457. `type` is for programs, `title` and `detail` are for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    errors = serializers.DictField(  # type: ignore[assignment]  # a field, and the name of a property
        required=False, help_text="Per field: what is wrong with it."
    )

    class Meta:
        ref_name = "Problem"


def describe(
    operation: str,
    summary: str,
    answer: Any = None,
    *,
    status: int = 200,
    request: Any = None,
    parameters: Sequence[Any] = (),
    refusals: Sequence[int] = (),
    problems: dict[int, Any] | None = None,
    headers: Sequence[OpenApiParameter] = (),
    sort: str = "application/json",
    also: Mapping[str, Any] | None = None,
    later: Any = None,
) -> Callable[[Any], Any]:
    """`problems`: refusals that say more than every problem does; `also`: the answer in other media types;
    `later`: what is answered with 202 when it goes on in the background.
    """
    usual = OF_READ if request is None else OF_WRITE
    responses: dict[Any, Any] = {
        (status, sort) if answer is not None else status: OpenApiResponse(answer, description=summary)
    }
    for media, shape in (also or {}).items():
        responses[status, media] = OpenApiResponse(shape, description=summary)
    if later is not None:
        responses[202, sort] = OpenApiResponse(later, description="It goes on in the background; ask again.")
    for code in sorted({*usual, *refusals}):
        shape = (problems or {}).get(code, ProblemShape)
        responses[code, CONTENT_TYPE] = OpenApiResponse(shape, description=MEANINGS[code])
    return extend_schema(
        operation_id=operation,
        summary=summary,
        request=request,
        parameters=[*parameters, *headers, _retry()],
        responses=responses,
    )


def answer_header(name: str, description: str, *statuses: int) -> OpenApiParameter:
    return OpenApiParameter(
        name,
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        description=description,
        response=list(statuses) or [200],
    )


def _retry() -> OpenApiParameter:
    return answer_header("Retry-After", "Seconds to wait before trying again.", 503)


class StaffSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # spectacular has no types here
    target_class = "api.permissions.StaffSession"
    name = "staffSession"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The session of a signed-in member of staff. Every write also carries the value of the "
            "cookie csrftoken in the header X-CSRFToken, and over https a Referer of this site.",
        }


class BearerSecretScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Of a machine of the hospital; a subclass says of which."""

    description: str

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": self.description}


class GatewaySecretScheme(BearerSecretScheme):  # type: ignore[no-untyped-call]
    target_class = "api.gateway_secret.GatewaySecret"
    name = "gatewaySecret"
    description = "The secret that the hospital's SMS gateway was given (SMS_RECEIPT_SECRET)."


class MailServerSecretScheme(BearerSecretScheme):  # type: ignore[no-untyped-call]
    target_class = "api.gateway_secret.MailServerSecret"
    name = "mailServerSecret"
    description = "The secret that the hospital's mail server was given (MAIL_RECEIPT_SECRET)."


class PersonalLinkScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.link_auth.PersonalLink"
    name = "personalLink"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "Link",
            "description": "The secret of a patient's personal link, which is what stands after /v/ in a message: "
            "`Authorization: Link <secret>`. More is shown with the date of birth in the header Birth-Date.",
        }
