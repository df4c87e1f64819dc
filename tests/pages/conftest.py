from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def client_of() -> Callable[[Any], Client]:
    """The browser of who has signed in."""

    def sign_in(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
