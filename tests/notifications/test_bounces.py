"""Mails that come back: read from what servers really write, and nobody who wrote nonsense does harm."""

import io
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifications.actions.bounces import Taken, receive_bounce, repair_address
from notifications.channels.mail.bounces import Fate, NoBounce, Returned, read_bounce
from notifications.models import BrokenAddress, CallTask, Channel, Message, MessageState
from tests import factories as make
from tests.notifications import returned_mails as mails
from tests.notifications.conftest import confirmation, facts_of, next_week, plan_of
from tests.support.patience import ends

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bounce_address(settings):
    settings.BOUNCE_ADDRESS = "bounces@dewaard.example"


@pytest.fixture
def sms(settings):
    settings.SMS_PROVIDER = "generic"


def receive(template, message):
    return receive_bounce(raw=mails.about(template, message), now=timezone.now())


def calls():
    return list(CallTask.objects.filter(done_at=None).values_list("appointment", "reason"))


@pytest.fixture
def mailed(booked, sweep, mailbox):
    """Its confirmation went out, and the server took it."""

    def book(**fields):
        appointment = booked(**fields)
        sweep()
        assert confirmation(appointment).state == MessageState.SENT
        return appointment

    return book


@pytest.mark.parametrize("server", mails.GONE)
def test_mail_that_came_back_is_a_call_and_its_address_is_not_used_again(mailed, server):
    appointment = mailed()
    sent = confirmation(appointment)

    assert receive(mails.GONE[server], sent) is Taken.BOUNCED

    sent.refresh_from_db()
    assert (sent.state, bool(sent.bounced_at)) == (MessageState.FAILED, True)
    assert sent.problem.startswith(mails.CODES[server])
    assert [fact["reason"] for fact in facts_of("message.bounced")] == [mails.CODES[server]]
    broken = BrokenAddress.objects.get()
    assert (broken.channel, broken.address) == (Channel.EMAIL, appointment.patient.email.lower())
    assert [state for kind, state in plan_of(appointment) if kind != "confirmation"] == ["superseded"] * (
        len(plan_of(appointment)) - 1
    )
    assert {call[0] for call in calls()} == {appointment.pk}
    assert len(calls()) == 1


def test_fact_of_a_bounce_holds_nothing_personal(mailed):
    appointment = mailed()
    receive(mails.GONE["postfix"], confirmation(appointment))
    (fact,) = facts_of("message.bounced")
    assert appointment.patient.email not in str(fact)
    assert "weg@" not in str(fact)


@pytest.mark.parametrize("server", mails.GONE)
def test_same_bounce_again_changes_nothing(mailed, server):
    sent = confirmation(mailed())
    receive(mails.GONE[server], sent)
    CallTask.objects.update(done_at=timezone.now(), done_by="user:1", outcome="reached")
    assert receive(mails.GONE[server], sent) is Taken.KNOWN
    assert len(facts_of("message.bounced")) == 1
    assert calls() == []


@pytest.mark.parametrize("template", mails.NO_BOUNCE)
def test_mail_of_a_person_or_their_program_is_no_bounce(mailed, template):
    sent = confirmation(mailed())
    assert receive(mails.NO_BOUNCE[template], sent) is Taken.IGNORED
    assert not BrokenAddress.objects.exists()
    assert calls() == []


@pytest.mark.parametrize("template", [mails.EXIM_STILL_TRIES, mails.POSTFIX.replace("{action}", "delayed")])
def test_server_that_still_tries_changes_nothing(mailed, template):
    sent = confirmation(mailed())
    assert receive(template.replace("{status}", "4.4.1"), sent) is Taken.DELAYED
    sent.refresh_from_db()
    assert (sent.state, sent.bounced_at) == (MessageState.SENT, None)
    assert calls() == []


@pytest.mark.parametrize(
    ("status", "broken"),
    [("5.1.1", 1), ("5.2.1", 1), ("5.0.0", 1), ("5.7.1", 0), ("5.7.26", 0), ("5.6.1", 0), ("5.3.4", 0), ("4.4.7", 0)],
)
def test_only_what_blames_the_address_breaks_it(mailed, status, broken):
    """A server that refuses our letter says nothing of the next one; this one is phoned about all the same."""
    appointment = mailed()
    template = mails.POSTFIX.replace("{action}", "failed").replace("{status}", status)
    assert receive(template, confirmation(appointment)) is Taken.BOUNCED
    assert BrokenAddress.objects.count() == broken
    assert [pk for pk, _ in calls()] == [appointment.pk]
    if not broken:
        assert ("day_before", "planned") in plan_of(appointment)


def test_text_message_takes_over_and_nobody_phones(mailed, sms, make_policy_without_sms_beside_mail):
    appointment = mailed(department=make_policy_without_sms_beside_mail)
    assert plan_of(appointment, "sms") == []
    receive(mails.GONE["postfix"], confirmation(appointment))
    assert ("confirmation", "planned") in plan_of(appointment, "sms")
    assert calls() == []


@pytest.fixture
def make_policy_without_sms_beside_mail():
    department = make.department("longziekten")
    make.policy(department, sms_when="without_mail")
    return department


def test_every_coming_appointment_of_a_broken_address_is_a_call(mailed):
    first = mailed()
    second = mailed(patient=first.patient, start=next_week("15.30"))
    receive(mails.GONE["postfix"], confirmation(first))
    assert {pk for pk, _ in calls()} == {first.pk, second.pk}


def test_whoever_shares_the_address_is_not_mailed_there_either(mailed, booked):
    """Two names, one mailbox for the family, and one writes it with a capital."""
    first = mailed()
    other = booked(patient=make.PatientFactory(email=first.patient.email.upper()))
    receive(mails.GONE["postfix"], confirmation(first))
    assert {state for _, state in plan_of(other)} == {"superseded"}
    assert {pk for pk, _ in calls()} == {first.pk, other.pk}


def test_bounce_that_comes_late_breaks_the_address_of_then(mailed):
    """The clerk corrected the address meanwhile: the new one is good."""
    appointment = mailed()
    patient, old = appointment.patient, appointment.patient.email
    patient.email = "nieuw@post.example"
    patient.save()
    receive(mails.GONE["postfix"], confirmation(appointment))
    assert [one.address for one in BrokenAddress.objects.all()] == [old]
    assert ("day_before", "planned") in plan_of(appointment)


def test_bounce_before_our_own_mark_is_not_sent_again(booked, sweep, mailbox):
    """The worker died between the server's yes and our mark."""
    appointment = booked()
    receive(mails.GONE["postfix"], confirmation(appointment))
    sweep()
    assert mailbox.messages == []
    assert confirmation(appointment).state == MessageState.FAILED


def test_bounce_of_a_message_about_nothing_that_is_coming_calls_nobody(mailed, time_machine):
    appointment = mailed()
    time_machine.move_to(appointment.end)
    assert receive(mails.GONE["postfix"], confirmation(appointment)) is Taken.BOUNCED
    assert calls() == []


def test_repaired_address_is_written_to_again(mailed):
    appointment = mailed()
    before = plan_of(appointment)
    receive(mails.GONE["postfix"], confirmation(appointment))
    address = appointment.patient.email.upper()

    assert repair_address(channel=Channel.EMAIL, address=address, by="user:1", now=timezone.now())

    assert not BrokenAddress.objects.exists()
    assert plan_of(appointment)[1:] == before[1:]
    assert facts_of("address.repaired") == [{"channel": "email"}]
    assert not repair_address(channel=Channel.EMAIL, address=address, by="user:1", now=timezone.now())


def test_address_refused_on_the_spot_is_broken_too(booked, sweep, mailbox):
    appointment = booked()
    second = booked(patient=appointment.patient, start=next_week("15.30"))
    mailbox.refuse(550, "5.1.1 no such user", at="RCPT")
    sweep()
    assert BrokenAddress.objects.get().address == appointment.patient.email
    assert len(calls()) == 2
    assert {pk for pk, _ in calls()} == {appointment.pk, second.pk}


def test_refused_address_is_phoned_about_for_what_was_mailed_there_before(mailed, booked, sweep, mailbox):
    """Its confirmation arrived; its reminders would come to light as undeliverable only the day before."""
    before = mailed()
    mailbox.refuse(550, "5.1.1 no such user", at="RCPT")
    booked(patient=before.patient, start=next_week("15.30"))
    sweep()
    assert before.pk in {pk for pk, _ in calls()}
    assert {state for kind, state in plan_of(before) if kind != "confirmation"} == {"superseded"}


def test_refusal_of_our_letter_breaks_no_address(booked, sweep, mailbox):
    booked()
    mailbox.refuse(550, "5.7.1 looks like spam", at="AFTER_DATA")
    sweep()
    assert not BrokenAddress.objects.exists()
    assert len(calls()) == 1


class TestBelieved:
    def test_bounce_of_a_stranger_is_ignored(self):
        never = Message(public_id="6f0f8f60-0000-4000-8000-000000000000")
        never.public_id = SimpleNamespace(hex="6f0f8f60000040008000000000000000")
        assert receive(mails.GONE["postfix"], never) is Taken.IGNORED

    def test_message_id_of_another_domain_names_nothing_of_ours(self, mailed):
        sent = confirmation(mailed())
        raw = mails.about(mails.QMAIL, sent, domain="elders.example")
        assert receive_bounce(raw=raw, now=timezone.now()) is Taken.IGNORED

    def test_address_of_the_envelope_outweighs_what_is_quoted(self, mailed):
        """A bounce of our mail, that quotes another of our mails."""
        first, second = confirmation(mailed()), confirmation(mailed(patient=make.PatientFactory()))
        raw = mails.about(mails.GONE["postfix"], first).replace(
            f"<{first.public_id}@".encode(), f"<{second.public_id}@".encode()
        )
        assert receive_bounce(raw=raw, now=timezone.now()) is Taken.BOUNCED
        assert Message.objects.get(bounced_at__isnull=False) == first

    def test_without_an_address_for_bounces_the_message_id_names_it(self, mailed, settings):
        settings.BOUNCE_ADDRESS = ""
        sent = confirmation(mailed())
        assert receive(mails.GONE["postfix"], sent) is Taken.BOUNCED

    def test_inbox_does_not_bounce(self, mailed):
        assert receive(mails.GONE["postfix"], confirmation(mailed(), Channel.INBOX)) is Taken.IGNORED


@pytest.fixture
def piped(monkeypatch):
    def pipe(raw):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        said = io.StringIO()
        call_command("receive_bounce", stdout=said)
        return said.getvalue().strip()

    return pipe


def test_command_reads_a_mail_from_its_pipe(mailed, piped):
    sent = confirmation(mailed())
    assert piped(mails.about(mails.GONE["exchange"], sent)) == "bounced"
    assert piped(b"") == "ignored"


def test_command_reads_a_mail_without_end_to_its_end(piped):
    assert piped(b"From: MAILER-DAEMON\n\n" + b"x" * 3_000_000) == "ignored"


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("nested", b"".join(b"Content-Type: multipart/a; boundary=%d\n\n--%d\n" % (n, n) for n in range(999))),
        ("a comment that never ends", b"To: " + b"(" * 100_000 + b"\n\n"),
        ("a header that never ends", b"To: " + b"bounces+" * 100_000),
        ("a hundred thousand headers", b"To: bounces+a@dewaard.example\n" * 40_000),
        ("parts without number", b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 30_000),
        ("digits", b"From: MAILER-DAEMON\nSubject: failed\n\n" + b"5." * 100_000),
        ("base64 that is none", b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + b"A" * 100_000),
        ("a letter set that is none", b"Content-Type: text/plain; charset=\x80\xff\n\n5.1.1"),
        ("spaces", b"From: MAILER-DAEMON\nSubject: failed" + b" \n" * 60_000),
    ],
)  # fmt: skip
def test_mail_made_to_be_slow_is_read_all_the_same(name, raw):
    with ends():
        assert isinstance(read_bounce(raw), NoBounce)


_LINES = st.sampled_from(
    [line for text in (*mails.GONE.values(), *mails.NO_BOUNCE.values()) for line in text.splitlines()]
)
_NOISE = st.one_of(_LINES.map(str.encode), st.binary(max_size=60), st.text(max_size=40).map(str.encode))


@pytest.mark.django_db(databases=[])
@settings(max_examples=1000)
@given(st.lists(_NOISE, max_size=60).map(b"\n".join))
@example(b"")
@example(b"Content-Type: message/delivery-status\n\nAction: failed\n\n\n\nStatus: \xff")
def test_nobody_who_writes_nonsense_does_harm(raw):
    with ends():
        assert isinstance(read_bounce(raw), Returned | NoBounce)


@pytest.mark.slow
@pytest.mark.django_db(databases=[])
@settings(max_examples=50_000)
@given(st.lists(_NOISE, max_size=60).map(b"\n".join))
def test_nobody_who_writes_much_nonsense_does_harm(raw):
    with ends():
        assert isinstance(read_bounce(raw), Returned | NoBounce)


@settings(max_examples=300)
@given(st.sampled_from(sorted(mails.GONE)), st.data())
def test_bounce_with_a_piece_missing_is_read_or_ignored(server, data):
    raw = mails.about(mails.GONE[server], SimpleNamespace(public_id=SimpleNamespace(hex="a" * 32)))
    begin = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(begin, len(raw)))
    found = read_bounce(raw[:begin] + raw[end:])
    assert isinstance(found, NoBounce) or found.fate is Fate.GONE
