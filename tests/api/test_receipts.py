"""The gateway's webhook: three shapes, one secret, and nothing for who does not have it."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from demo.smsshapes import Offered, receipt_call
from notifications.models import BrokenAddress, Message, MessageState
from tests.api.conftest import kind_of
from tests.notifications.test_sms_receipts import NUMBER, sms

pytestmark = pytest.mark.django_db
SECRET = "sécret of the gateway & its kin"
SHAPES = ["generic", "cm", "bird"]


@pytest.fixture(autouse=True)
def _secret(settings):
    settings.SMS_RECEIPT_SECRET = SECRET


def call(shape, message, outcome="delivered", *, at=None, secret=SECRET):
    """As the real gateways do it; `at` is when it happened."""
    url = f"http://testserver/api/v1/receipts/sms/{shape}"
    offered = Offered(shape, "", NUMBER, "De Waard", "…", str(message.public_id), url)
    told = receipt_call(offered, "its-id", outcome, (at or timezone.now()).isoformat())
    place = urlsplit(told.url)
    client = Client(
        enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}".encode().decode("latin-1")}
    )
    target = f"{place.path}?{place.query}" if place.query else place.path
    return client.generic(told.method, target, told.body, content_type="application/json")


@pytest.mark.parametrize("shape", SHAPES)
class TestShapes:
    def test_delivered(self, shape):
        message = sms(provider=shape)
        at = timezone.now() - timedelta(minutes=5)
        answer = call(shape, message, at=at)
        assert (answer.status_code, answer.json()) == (200, {"received": 1})
        message.refresh_from_db()
        assert message.delivered_at == at

    def test_on_its_way(self, shape):
        message = sms(provider=shape)
        assert call(shape, message, "buffered").json() == {"received": 1}
        message.refresh_from_db()
        assert message.delivered_at is None

    @pytest.mark.parametrize(("outcome", "broken"), [("failed", 0), ("number", 1)])
    def test_failed(self, shape, outcome, broken):
        message = sms(provider=shape)
        assert call(shape, message, outcome).status_code == 200
        message.refresh_from_db()
        assert message.state == MessageState.FAILED
        assert BrokenAddress.objects.count() == broken

    def test_message_of_nobody_is_taken_note_of_by_nobody(self, shape):
        message = sms()
        known = str(message.public_id)
        message.public_id = "d0d0d0d0-0000-4000-8000-000000000000"
        assert call(shape, message).json() == {"received": 1}
        assert Message.objects.get(public_id=known).delivered_at is None

    @pytest.mark.parametrize("secret", ["", "another", SECRET[:-1], f"{SECRET}x"])
    def test_wrong_secret(self, shape, secret):
        message = sms()
        answer = call(shape, message, secret=secret)
        assert (answer.status_code, kind_of(answer)) == (401, "authentication-failed")
        message.refresh_from_db()
        assert message.delivered_at is None

    def test_no_secret_in_the_settings_is_no_address(self, shape, settings):
        settings.SMS_RECEIPT_SECRET = ""
        for secret in ("", SECRET):
            assert call(shape, sms(), secret=secret).status_code == 404


def test_secret_may_be_in_the_address(client):
    message = sms()
    query = {"reference": str(message.public_id), "status": "delivered", "token": SECRET}
    assert client.get("/api/v1/receipts/sms/bird", query).status_code == 200
    assert client.get("/api/v1/receipts/sms/bird", query | {"token": "x"}).status_code == 401
    assert client.post("/api/v1/receipts/sms/bird?token=x", {}, content_type="application/json").status_code == 401


def test_address_that_we_give_is_the_one_that_works(client, settings):
    from notifications.channels.sms.providers import receipts_url
    from notifications.channels.sms.shapes import Shape

    shape = Shape("generic", "", None, None, None)
    url = receipts_url(shape).removeprefix(settings.BASE_URL)
    told = {"reference": str(sms().public_id), "status": "delivered"}
    assert client.post(url, told, content_type="application/json").status_code == 200


class TestUnreadable:
    @pytest.fixture
    def post(self, client):
        def post(shape, body, kind="application/json"):
            content = body if isinstance(body, str) else json.dumps(body)
            return client.generic(
                "POST",
                f"/api/v1/receipts/sms/{shape}",
                content,
                content_type=kind,
                query_params={"token": SECRET},
            )

        return post

    @pytest.mark.parametrize(
        ("shape", "body"),
        [
            ("generic", {}),
            ("generic", {"reference": "x"}),
            ("generic", {"reference": "x", "status": "read by his mother"}),
            ("generic", {"reference": "", "status": "delivered"}),
            ("generic", {"reference": ["x"], "status": ["delivered"]}),
            ("cm", {}),
            ("cm", {"messages": 1}),
            ("cm", {"messages": {"msg": None}}),
            ("cm", {"messages": {"msg": [1]}}),
            ("cm", {"messages": {"msg": {"reference": "x", "status": "2"}}}),
            ("cm", {"messages": {"msg": {"status": {"code": "2"}}}}),
            ("bird", {"reference": "x", "status": "delivered"}),
        ],
    )
    def test_no_receipt(self, post, shape, body):
        answer = post(shape, body)
        assert (answer.status_code, kind_of(answer)) == (400, "receipt-unreadable")

    @pytest.mark.parametrize("body", ["[]", "{", "null", "[" * 20_000])
    def test_no_json_object(self, post, body):
        assert post("generic", body).status_code == 400

    def test_status_of_later_years_is_no_mistake(self, post, client):
        """Gateways repeat for a week what is refused."""
        told = {"messages": {"msg": {"reference": "x", "status": {"code": "4"}}}}
        assert post("cm", told).json() == {"received": 0}
        query = {"reference": "x", "status": "seen", "token": SECRET}
        assert client.get("/api/v1/receipts/sms/bird", query).json() == {"received": 0}

    def test_several_at_once(self, post):
        first, second = sms(), sms()
        told = [{"reference": str(one.public_id), "status": {"code": "2"}} for one in (first, second)]
        assert post("cm", {"messages": {"msg": told}}).json() == {"received": 2}
        assert Message.objects.filter(delivered_at__isnull=False).count() == 2

    def test_too_large(self, post):
        body = {"reference": "x", "status": "delivered", "padding": "x" * 70_000}
        assert post("generic", body).status_code == 413

    def test_other_kind_of_body(self, post):
        assert post("generic", "status=delivered", kind="application/x-www-form-urlencoded").status_code == 415

    def test_gateway_that_we_do_not_know(self, post):
        assert post("pigeon", {}).status_code == 404

    @pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS"])
    def test_other_methods(self, client, method):
        message = sms()
        query = {"reference": str(message.public_id), "status": "delivered", "token": SECRET}
        answer = client.generic(method, "/api/v1/receipts/sms/bird", query_params=query)
        assert answer.status_code == 405
        message.refresh_from_db()
        assert message.delivered_at is None


def test_nothing_personal_is_logged(client, capsys, caplog):
    message = sms()
    query = {"reference": str(message.public_id), "status": "delivery_failed", "token": SECRET}
    query |= {"recipient": NUMBER.lstrip("+"), "statusErrorCode": NUMBER, "id": NUMBER}
    assert client.get("/api/v1/receipts/sms/bird", query).status_code == 200
    printed = capsys.readouterr()
    assert "612345678" not in printed.out + printed.err + caplog.text
    message.refresh_from_db()
    assert "612345678" not in message.problem
