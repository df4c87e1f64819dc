"""The doors of the API for the hospital's SMS gateway and its mail server: each has one secret of its own."""

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
        if not self.expected:
            # Where nobody was given a secret, nobody is listened to.
            raise exceptions.NotFound
        if not constant_time_compare(self.given(request), self.expected):
            raise exceptions.AuthenticationFailed(_("Receipts come with the secret that the gateway was given."))
        return AnonymousUser(), None

    @property
    def expected(self) -> str:
        return settings.SMS_RECEIPT_SECRET

    def given(self, request: Request) -> bytes:
        return _in_header(request) or str(request.query_params.get(PARAMETER, "")).encode()

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="videopoli"'


class MailServerSecret(GatewaySecret):
    """In a header only: addresses end up in logs."""

    @property
    def expected(self) -> str:
        return settings.MAIL_RECEIPT_SECRET

    def given(self, request: Request) -> bytes:
        return _in_header(request)


def _in_header(request: Request) -> bytes:
    scheme, _space, secret = get_authorization_header(request).partition(b" ")
    return secret.strip() if scheme.lower() == SCHEME else b""
