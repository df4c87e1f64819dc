"""Ending e-mail from the mail program or on the page: scanners change nothing, and it can be taken back."""

import pytest
from django.core import signing
from django.test import Client

from notifications.channels.mail.unsubscribing import unsubscribe_link
from notifications.models import CallTask, Channel, Message
from people.models import AccessLog
from people.models.patients import Consent
from tests import factories as make

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def mail(mrs_van_der_veen):
    return Message.objects.get(appointment=mrs_van_der_veen, kind="confirmation", channel=Channel.EMAIL)


def address_in(mail):
    return unsubscribe_link(mail).removeprefix("http://localhost:8000")


def consent_of(person):
    person.refresh_from_db()
    return person.mail_consent


def test_one_click_of_a_mail_program_ends_the_mail(mail):
    """RFC 8058: no cookies, no token of ours, and an answer that is no redirect."""
    program = Client(enforce_csrf_checks=True)
    answer = program.post(address_in(mail), ONE_CLICK)
    assert answer.status_code == 200
    assert consent_of(mail.patient) == Consent.REFUSED
    assert CallTask.objects.get().reason == "no_channel"
    assert program.post(address_in(mail), ONE_CLICK).status_code == 200
    assert CallTask.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("headers", [{}, {"sec-purpose": "prefetch"}, {"user-agent": "Mail scanner"}])
def test_scanner_that_looks_changes_nothing(phone, mail, method, headers):
    for _ in range(3):
        assert getattr(phone, method)(address_in(mail), headers=headers).status_code == 200
    assert consent_of(mail.patient) == Consent.UNKNOWN
    assert not CallTask.objects.exists()


def test_page_asks_then_says_what_it_means_and_takes_it_back(phone, mail):
    address = address_in(mail)
    asked = phone.get(address)
    assert (asked.context["ended"], asked.context["afterwards"].by_phone) == (False, True)

    done = phone.post(address, {"wish": "refused"})
    assert (done.status_code, done["Location"]) == (303, address)
    ended = phone.get(address)
    assert (ended.context["ended"], ended.context["afterwards"].by_phone) == (True, True)
    assert consent_of(mail.patient) == Consent.REFUSED

    phone.post(address, {"wish": "given"})
    assert consent_of(mail.patient) == Consent.GIVEN
    assert not phone.get(address).context["ended"]
    assert not CallTask.objects.filter(done_at=None).exists()


def test_who_gets_text_messages_is_not_promised_a_call(phone, mail, settings):
    settings.SMS_PROVIDER = "generic"
    after = phone.get(address_in(mail)).context["afterwards"]
    assert (after.by_sms, after.by_phone) == (True, False)


def test_who_died_is_promised_nothing(phone, mail):
    mail.patient.deceased_on = "2026-11-20"
    mail.patient.save()
    after = phone.get(address_in(mail)).context["afterwards"]
    assert (after.by_sms, after.by_phone) == (False, False)


def test_mother_ends_her_own_mail_only(phone):
    child, mother = make.child_with_parent(make.next_workday())
    held = make.appointment(patient=child)
    hers = Message.objects.get(appointment=held, kind="confirmation", channel=Channel.EMAIL)
    phone.post(address_in(hers), ONE_CLICK)
    assert (consent_of(mother), consent_of(child)) == (Consent.REFUSED, Consent.UNKNOWN)
    assert AccessLog.objects.get(action="state.consent").role == "representative"


def test_every_visit_is_in_the_access_log(phone, mail):
    phone.get(address_in(mail))
    phone.post(address_in(mail), ONE_CLICK)
    rows = AccessLog.objects.filter(patient=mail.patient).values_list("actor", "role", "action", "result")
    actor = f"mail:{mail.public_id}"
    assert list(rows) == [
        (actor, "patient", "view.consent", "allowed"),
        (actor, "patient", "state.consent", "allowed"),
    ]


def test_page_shows_nothing_of_who_reads_it(phone, mail):
    shown = phone.get(address_in(mail)).content.decode()
    for word in (mail.patient.family_name, mail.patient.email, mail.department.name, "10.00"):
        assert word not in shown


def test_page_speaks_the_language_of_the_mail_unless_another_was_chosen(phone, mail):
    mail.patient.language = "en"
    mail.patient.save()
    assert '<html lang="en"' in phone.get(address_in(mail)).content.decode()
    phone.cookies["django_language"] = "nl"
    assert '<html lang="nl"' in phone.get(address_in(mail)).content.decode()


def test_page_is_kept_out_of_caches_and_indexes(phone, mail):
    answer = phone.get(address_in(mail))
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "same-origin")
    assert "noindex" in answer["X-Robots-Tag"]


@pytest.mark.parametrize("made_up", ["id", "signature", "salt", "of the inbox", "nothing"])
def test_address_that_we_never_sent_is_unknown(phone, mail, made_up):
    inbox = Message.objects.get(appointment=mail.appointment, kind="confirmation", channel=Channel.INBOX)
    signed = address_in(mail)
    address = {
        "id": signed.replace(mail.public_id.hex, inbox.public_id.hex),
        "signature": signed[:-1] + ("a" if signed[-1] != "a" else "b"),
        "salt": "/afmelden/" + signing.Signer(salt="another").sign(mail.public_id.hex),
        "of the inbox": address_in(inbox),
        "nothing": "/afmelden/x",
    }[made_up]
    assert phone.get(address).status_code == 404
    assert phone.post(address, ONE_CLICK).status_code == 404
    assert consent_of(mail.patient) == Consent.UNKNOWN
    assert not AccessLog.objects.exists()


def test_signed_id_without_a_message_is_unknown(phone):
    for said in ("0" * 32, "no id", ""):
        token = signing.Signer(salt="notifications.unsubscribe").sign(said)
        assert phone.get(f"/afmelden/{token}").status_code == 404


def test_page_asks_the_same_of_the_database_for_one_appointment_and_three(phone, mail, count_queries):
    with count_queries() as one:
        phone.get(address_in(mail))
    for day in range(1, 3):
        make.appointment(patient=mail.patient, start=make.amsterdam(make.next_workday(), f"1{day}.30"))
    with count_queries() as three:
        phone.get(address_in(mail))
    assert one.count == three.count <= 6, str(three)
