"""The door of the API for the hospital's SMS gateway: one secret, which it is told along with each message."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

SCHEME = b"bearer"
PARAMETER = "token"


class GatewaySecret(BaseAuthentication):
    """In a header; or in the address, for gateways that can only be given an address."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, None]:
        if not settings.SMS_RECEIPT_SECRET:
            # Where nobody was given a secret, nobody is listened to.
            raise exceptions.NotFound
        if not constant_time_compare(_given(request), settings.SMS_RECEIPT_SECRET):
            raise exceptions.AuthenticationFailed(_("Receipts come with the secret that the gateway was given."))
        return AnonymousUser(), None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="videopoli"'


def _given(request: Request) -> bytes:
    scheme, _space, secret = get_authorization_header(request).partition(b" ")
    if scheme.lower() == SCHEME:
        return secret.strip()
    return str(request.query_params.get(PARAMETER, "")).encode()
