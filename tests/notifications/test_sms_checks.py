import pytest

from notifications.channels.sms.checks import check_gateway, check_receipts

WELL = {
    "SMS_PROVIDER": "cm",
    "SMS_URL": "",
    "SMS_KEY": "a key",
    "SMS_SENDER": "De Waard",
    "SMS_RECEIPT_SECRET": "a secret that nobody guesses",
}


def found(settings, **changed):
    for name, value in (WELL | changed).items():
        setattr(settings, name, value)
    return [one.id for one in (*check_gateway(None), *check_receipts(None))]


def test_all_is_well(settings):
    assert found(settings) == []


def test_without_a_provider_nothing_is_asked(settings):
    assert found(settings, **dict.fromkeys(WELL, "")) == []


@pytest.mark.parametrize(
    ("changed", "ids"),
    [
        ({"SMS_PROVIDER": "pigeon"}, ["sms.E001"]),
        ({"SMS_PROVIDER": "generic"}, ["sms.E001"]),
        ({"SMS_URL": "http://gateway.example/sms"}, ["sms.E001"]),
        ({"SMS_URL": "http://127.0.0.1:1/sms"}, []),
        ({"SMS_URL": "https://gateway.example/sms", "SMS_PROVIDER": "generic"}, []),
        ({"SMS_KEY": ""}, ["sms.E002"]),
        ({"SMS_SENDER": "Ziekenhuis De Waard"}, ["sms.E003"]),
        ({"SMS_SENDER": ""}, ["sms.E003"]),
        ({"SMS_SENDER": "+31201234567"}, []),
        ({"SMS_RECEIPT_SECRET": ""}, ["sms.W001"]),
        ({"SMS_RECEIPT_SECRET": "geheim"}, ["sms.W002"]),
    ],
)
def test_what_would_keep_messages_from_leaving(settings, changed, ids):
    assert found(settings, **changed) == ids


def test_manage_py_runs_them():
    from django.core.checks.registry import registry

    assert {check_gateway, check_receipts} <= {*registry.get_checks(include_deployment_checks=True)}
