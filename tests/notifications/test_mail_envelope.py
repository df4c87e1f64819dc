"""What stands on and around a mail: who sent it, how to end it, where it comes back, and nothing smuggled in."""

from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from django.core import mail as django_mail
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.channels.answers import Accepted, Deferred, Refused
from notifications.channels.mail.addresses import can_be_written_to, named_by_envelope, named_by_message_id
from notifications.channels.mail.session import MailSession
from notifications.channels.mail.unsubscribing import mail_of, unsubscribe_link
from notifications.models import CallTask, Channel, Message, MessageState
from tests import factories as make
from tests.notifications.conftest import body_of, confirmation, try_again_now

pytestmark = pytest.mark.django_db
LONG = "Streekziekenhuis Curaçao-Ångström met een héél lange naam die op geen enkele regel past, “Zuid”"


def one_line(header):
    return " ".join(str(header).split())


def test_mail_can_be_ended_with_one_click(booked, sweep, mailbox, settings):
    settings.BASE_URL = "https://beeldbellen.een-ziekenhuis-met-een-lange-naam.example"
    appointment = booked()
    sweep()
    [mail] = mailbox.messages
    link = one_line(mail["List-Unsubscribe"]).strip("<>")
    assert link.startswith("https://")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail_of(link.rpartition("/")[2]) == confirmation(appointment)
    assert mail["List-Id"] == "<afspraken.dewaard.example>"


@pytest.mark.parametrize(("language", "words"), [("nl", "Meld u af"), ("en", "Unsubscribe")])
def test_foot_leads_where_the_header_does_and_the_kept_copy_does_not(booked, sweep, mailbox, language, words):
    appointment = booked(patient=make.PatientFactory(language=language))
    sweep()
    [mail] = mailbox.messages
    link = one_line(mail["List-Unsubscribe"]).strip("<>")
    assert f"{words}:\n{link}\n" in body_of(mail).replace("\r\n", "\n")
    assert f'href="{link}"' in body_of(mail, "html")
    kept = confirmation(appointment).body
    assert words in kept
    assert kept.endswith("/afmelden/…\n")
    assert link.rpartition("/")[2] not in kept


def test_letter_in_the_inbox_ends_no_mail(booked, sweep):
    appointment = booked()
    sweep()
    assert "afmelden" not in confirmation(appointment, Channel.INBOX).body


def test_each_mail_has_a_button_of_its_own_and_no_number_of_ours(booked, sweep, mailbox):
    booked()
    booked(patient=make.PatientFactory())
    sweep()
    first, second = (one_line(mail["List-Unsubscribe"]) for mail in mailbox.messages)
    assert first != second
    patients = Message.objects.values_list("patient__number", flat=True)
    assert not any(number in first + second for number in patients)


def test_envelope_names_the_message_and_the_reader_sees_the_hospital(booked, sweep, mailbox, settings):
    settings.BOUNCE_ADDRESS = "bounces@dewaard.example"
    message = confirmation(booked())
    sweep()
    [mail] = mailbox.messages
    assert mail["X-MailFrom"] == f"bounces+{message.public_id.hex}@dewaard.example"
    assert named_by_envelope(mail["X-MailFrom"]) == message.public_id
    assert named_by_message_id(mail["Message-ID"]) == message.public_id
    assert parseaddr(mail["From"])[1] == "afspraken@dewaard.example"


def test_without_an_address_for_bounces_they_come_to_the_sender(booked, sweep, mailbox):
    booked()
    sweep()
    assert mailbox.messages[0]["X-MailFrom"] == "afspraken@dewaard.example"


@pytest.mark.parametrize(
    "text",
    ["", "bounces@dewaard.example", "bounces+x@dewaard.example", "bounces+" + "a" * 32 + "@elders.example", "<@>"],
)
def test_address_that_names_no_message(text, settings):
    settings.BOUNCE_ADDRESS = "bounces@dewaard.example"
    assert named_by_envelope(text) is None
    assert named_by_message_id(text) is None


def test_long_name_in_any_letters_arrives_whole(booked, sweep, mailbox, settings):
    settings.HOSPITAL_NAME = LONG
    settings.DEFAULT_FROM_EMAIL = f'"{LONG}" <afspraken@dewaard.example>'
    booked()
    sweep()
    [mail] = mailbox.messages
    # By the standard library's older reader: its newer one leaves a space where an encoded name was folded.
    name, address = parseaddr(dict(mail.raw_items())["From"])
    assert (str(make_header(decode_header(name))), address) == (LONG, "afspraken@dewaard.example")
    assert max(len(line) for line in mail.as_bytes().partition(b"\n\n")[0].splitlines()) < 998


SMUGGLED = [
    "a@post.example\r\nBcc: evil@post.example",
    "a@post.example\nSubject: other",
    "a@post.example, evil@post.example",
    "a@post.example> RCPT TO:<evil@post.example",
    '"a@post.example" <evil@post.example>',
    "a@post.example\x01",
    "a",
    "@post.example",
    "özdemir@post.example",  # no server need take such a name (SMTPUTF8)
]


def imported(address):
    """Past the forms, which would not take it."""
    patient = make.PatientFactory()
    patient.email = address
    patient.save()
    return patient


@pytest.mark.parametrize("address", SMUGGLED)
def test_address_that_is_more_or_less_than_one_is_refused_and_phoned_about(booked, sweep, mailbox, address):
    appointment = booked(patient=imported(address))
    other = booked(patient=make.PatientFactory())
    sweep()
    assert [mail["X-RcptTo"] for mail in mailbox.messages] == [other.patient.email]
    assert confirmation(appointment).state == MessageState.FAILED
    assert set(CallTask.objects.values_list("appointment", flat=True)) == {appointment.pk}


def test_check_taken_away_writes_to_a_stranger(booked, sweep, mailbox, monkeypatch):
    """So that the rows above are known to depend on it."""
    monkeypatch.setattr("notifications.channels.mail.session.can_be_written_to", lambda address: True)
    booked(patient=imported('"a@post.example" <evil@post.example>'))
    sweep()
    assert len(mailbox.to("evil@post.example")) == 1


def test_domain_in_other_letters_is_written_as_servers_know_it(booked, sweep, mailbox):
    booked(patient=make.PatientFactory(email="b.angstrom@ångström.example"))
    sweep()
    assert mailbox.messages[0]["X-RcptTo"] == "b.angstrom@xn--ngstrm-hua5l.example"


@settings(max_examples=300)
@given(st.text(max_size=60))
def test_whatever_an_address_holds_it_is_one_or_none(text):
    for address in (text, f"{text}@post.example", f"a@{text}"):
        if can_be_written_to(address):
            assert address.count("@") >= 1
            assert not set("\r\n,<> ") & set(address.rpartition('"')[2])


class TestServerThatHangsUp:
    @pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA", "AFTER_DATA"])
    def test_with_421_the_next_mail_goes_over_a_new_connection(self, booked, sweep, mailbox, at):
        appointments = [booked(patient=make.PatientFactory()) for _ in range(3)]
        before = len(mailbox.conversations)
        mailbox.refuse(421, "closing down", at=at, times=1)
        sweep()
        assert len(mailbox.messages) == 2
        assert len(mailbox.conversations) - before == 2
        assert [confirmation(one).failures for one in appointments] == [1, 0, 0]
        assert not CallTask.objects.exists()
        try_again_now()
        sweep()
        assert len(mailbox.messages) == 3

    def test_one_session_says_what_became_of_each(self, mailbox):
        def mail(to):
            return django_mail.EmailMessage("Onderwerp", "Tekst", "afspraken@dewaard.example", [to])

        with MailSession() as session:
            session.connect()
            assert session.send(mail("a@post.example")) == Accepted()
            mailbox.refuse(421, at="DATA", times=1)
            assert isinstance(session.send(mail("b@post.example")), Deferred)
            assert not session.is_open
            session.connect()
            mailbox.refuse(550, "5.1.1 unknown", at="RCPT", times=1)
            assert session.send(mail("c@post.example")) == Refused("550", "550 5.1.1 unknown")
            assert session.is_open
            assert session.send(mail("d@post.example")) == Accepted()
        assert [one["X-RcptTo"] for one in mailbox.messages] == ["a@post.example", "d@post.example"]


def test_signed_address_belongs_to_one_mail(booked):
    first, second = confirmation(booked()), confirmation(booked(patient=make.PatientFactory()))
    token = unsubscribe_link(first).rpartition("/")[2]
    assert mail_of(token) == first
    assert mail_of(token.replace(first.public_id.hex, second.public_id.hex)) is None
    assert first.channel == Channel.EMAIL
