"""The mail server's webhook: a mail as it came, one secret, and nothing for who does not have it."""

import pytest
from django.urls import reverse

from notifications.models import MessageState
from tests import factories as make
from tests.api.conftest import kind_of
from tests.notifications import returned_mails as mails
from tests.notifications.conftest import confirmation, next_week

pytestmark = pytest.mark.django_db
SECRET = "sécret of the mail server & its kin"


@pytest.fixture(autouse=True)
def known(settings):
    settings.MAIL_RECEIPT_SECRET = SECRET
    settings.BOUNCE_ADDRESS = "bounces@dewaard.example"


@pytest.fixture
def post(client):
    def send(raw, *, secret=SECRET, sort="message/rfc822", address=""):
        headers = {"Authorization": b"Bearer " + secret.encode()} if secret else {}
        return client.post(reverse("api-mail-receipts") + address, raw, content_type=sort, headers=headers)

    return send


@pytest.fixture
def sent():
    return confirmation(make.appointment(start=next_week()))


def test_returned_mail_is_taken_and_known_the_second_time(post, sent):
    raw = mails.about(mails.GONE["postfix"], sent)
    assert post(raw).json() == {"result": "bounced"}
    sent.refresh_from_db()
    assert sent.state == MessageState.FAILED
    assert post(raw).json() == {"result": "known"}


def test_mail_about_nothing_of_ours_is_taken_too(post, sent):
    """A mail server offers again what is refused."""
    assert post(mails.about(mails.HOLIDAY, sent)).json() == {"result": "ignored"}
    assert post(b"\xff\x00").json() == {"result": "ignored"}


@pytest.mark.parametrize("secret", ["", "another", SECRET + "x", SECRET[:-1]])
def test_wrong_secret_is_refused_before_anything_is_read(post, sent, secret):
    answer = post(mails.about(mails.GONE["postfix"], sent), secret=secret)
    assert answer.status_code == 401
    sent.refresh_from_db()
    assert sent.bounced_at is None


def test_secret_in_the_address_is_none(post, sent):
    answer = post(mails.about(mails.GONE["postfix"], sent), secret="", address="?token=" + SECRET.replace("&", "%26"))
    assert answer.status_code == 401


def test_where_nobody_was_given_a_secret_there_is_nothing(post, sent, settings):
    settings.MAIL_RECEIPT_SECRET = ""
    for secret in ("", "x"):
        answer = post(mails.about(mails.GONE["postfix"], sent), secret=secret)
        assert (answer.status_code, kind_of(answer)) == (404, "not-found")


def test_mail_of_more_than_a_mebibyte_is_refused(post):
    answer = post(b"x" * (1024 * 1024 + 1))
    assert (answer.status_code, kind_of(answer)) == (413, "too-large")
    assert post(b"x" * (1024 * 1024)).json() == {"result": "ignored"}


def test_anything_but_a_mail_is_refused(post):
    assert post(b"{}", sort="application/json").status_code == 415
