import pytest
from django.core.checks.registry import registry

from notifications.channels.mail.checks import check_bounce_address, check_secret


@pytest.mark.parametrize(
    ("address", "ids"),
    [
        ("", []),
        ("bounces@dewaard.example", []),
        ("bounces", ["mail.E001"]),
        ("bounces+@dewaard.example", ["mail.E001"]),
        ("De Waard <bounces@dewaard.example>", ["mail.E001"]),
    ],
)
def test_address_for_bounces_is_one_that_mail_can_come_back_to(settings, address, ids):
    settings.BOUNCE_ADDRESS = address
    assert [one.id for one in check_bounce_address(None)] == ids


@pytest.mark.parametrize(("secret", "ids"), [("", []), ("x" * 24, []), ("x" * 23, ["mail.W001"])])
def test_secret_of_the_mail_server_is_long(settings, secret, ids):
    settings.MAIL_RECEIPT_SECRET = secret
    assert [one.id for one in check_secret(None)] == ids


def test_checks_are_made_with_all_others():
    assert {check_bounce_address, check_secret} <= {*registry.get_checks(include_deployment_checks=True)}
