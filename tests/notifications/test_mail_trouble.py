"""A mail server that refuses, hangs, resets, drips or is gone: nothing is lost, and a person is told in time."""

import socket
import threading
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from notifications import carriers
from notifications.actions import delivering, results
from notifications.models import CallTask, Channel, Message, MessageState
from tests import factories as make
from tests.notifications.conftest import (
    confirmation,
    facts_of,
    patience_with,
    plan_of,
    try_again_now,
)

pytestmark = pytest.mark.django_db


class TestMailServerInTrouble:
    @pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA", "AFTER_DATA"])
    def test_asked_to_come_back_later_it_does(self, booked, sweep, mailbox, at):
        appointment = booked()
        mailbox.refuse(451, at=at, times=1)
        sweep()
        message = confirmation(appointment)
        assert (message.state, message.failures) == (MessageState.PLANNED, 1)
        wait = message.try_at - timezone.now()
        assert timedelta(seconds=25) < wait <= timedelta(minutes=1)
        assert message.problem.startswith("451")
        try_again_now()
        sweep()
        assert len(mailbox.messages) == 1
        assert confirmation(appointment).state == MessageState.SENT

    @pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA", "AFTER_DATA"])
    def test_refused_for_good_becomes_a_call_at_once(self, booked, sweep, mailbox, at):
        appointment = booked()
        mailbox.refuse(550, at=at)
        sweep()
        message = confirmation(appointment)
        assert message.state == MessageState.FAILED
        assert message.problem.startswith("550")
        task = CallTask.objects.get()
        assert (task.reason, task.about, task.call_before) == ("failed", "confirmation", appointment.start)
        assert task.participant == message.participant
        assert [fact["reason"] for fact in facts_of("message.failed")] == ["550"]

    def test_one_bad_address_does_not_hold_up_the_others(self, booked, sweep, mailbox):
        for _ in range(3):
            booked(patient=make.PatientFactory())
        mailbox.refuse(550, at="RCPT", times=1)
        sweep()
        assert len(mailbox.messages) == 2
        assert CallTask.objects.count() == 1

    @pytest.mark.parametrize("code", [451, 554])
    @pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA", "AFTER_DATA"])
    def test_one_that_is_refused_does_not_spoil_the_next(self, booked, sweep, mailbox, at, code):
        """Over the same connection: what was begun for the first may not be open when the second begins."""
        for _ in range(3):
            booked(patient=make.PatientFactory())
        mailbox.refuse(code, at=at, times=1)
        sweep()
        assert len(mailbox.messages) == 2

    def test_each_failed_message_about_one_address_is_one_call(self, booked, sweep, mailbox):
        appointment = booked()
        Message.objects.update(try_at=timezone.now(), due_at=timezone.now())
        mailbox.refuse(550)
        sweep()
        assert [state for _, state in plan_of(appointment)].count("failed") >= 2
        assert CallTask.objects.count() == 1

    @pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA"])
    @pytest.mark.parametrize("trouble", ["hang", "reset"])
    def test_broken_off_before_it_was_taken_is_sent_once_later(self, booked, sweep, mailbox, settings, trouble, at):
        settings.EMAIL_TIMEOUT = patience_with(trouble)
        appointment = booked()
        getattr(mailbox, trouble)(at=at, times=1)
        sweep()
        message = confirmation(appointment)
        assert (message.state, message.failures) == (MessageState.PLANNED, 1)
        try_again_now()
        sweep()
        assert len(mailbox.messages) == 1

    @pytest.mark.parametrize("trouble", ["hang", "reset"])
    def test_taken_but_not_heard_is_sent_again_as_the_same_message(self, booked, sweep, mailbox, settings, trouble):
        settings.EMAIL_TIMEOUT = patience_with(trouble)
        booked()
        getattr(mailbox, trouble)(at="AFTER_DATA", times=1)
        sweep()
        try_again_now()
        sweep()
        assert len(mailbox.messages) == 2
        assert len({mail["Message-ID"] for mail in mailbox.messages}) == 1

    @pytest.mark.parametrize("trouble", ["hang", "reset"])
    def test_server_out_of_reach_costs_no_attempt_and_nothing_is_lost(
        self, booked, sweep, mailbox, settings, trouble
    ):
        settings.EMAIL_TIMEOUT = patience_with(trouble)
        appointments = [booked(patient=make.PatientFactory()) for _ in range(3)]
        getattr(mailbox, trouble)(at="CONNECT")
        sweep()
        assert mailbox.refused == 1  # one look is enough
        for appointment in appointments:
            message = confirmation(appointment)
            assert (message.state, message.failures) == (MessageState.PLANNED, 0)
            assert "no connection" in message.problem
            assert confirmation(appointment, Channel.INBOX).state == MessageState.SENT
        mailbox.behave()
        sweep()
        assert len(mailbox.messages) == 3

    def test_server_that_is_gone_is_looked_for_again_next_time(self, booked, sweep, mailbox, settings):
        port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
        booked()
        sweep()
        settings.EMAIL_PORT = port
        sweep()
        assert len(mailbox.messages) == 1

    def test_server_that_breaks_every_conversation_is_left_alone(self, booked, sweep, mailbox):
        for _ in range(5):
            booked(patient=make.PatientFactory())
        mailbox.reset(at="DATA")
        sweep()
        assert mailbox.refused == delivering.BREAKS_BEFORE_STOP
        assert Message.objects.filter(channel="email", failures=0, state="planned", kind="confirmation").count() == 2
        mailbox.behave()
        try_again_now()
        sweep()
        assert len(mailbox.messages) == 5

    def test_server_that_drips_is_cut_off(self, booked, sweep, dripping_server, settings):
        """Each read gets a byte in time; the whole would take forever."""
        settings.EMAIL_TIMEOUT = patience_with("drip")
        appointment = booked()
        began = timezone.now()
        sweep()
        assert timezone.now() - began < timedelta(seconds=20)
        assert confirmation(appointment).failures == 1

    def test_undeliverable_until_too_late_is_visible_and_phoned_about(self, booked, sweep, mailbox):
        start = timezone.now() + timedelta(minutes=70)
        appointment = booked(start=start.replace(second=0, microsecond=0) - timedelta(minutes=start.minute % 5))
        mailbox.refuse(451)
        Message.objects.filter(kind="confirmation").update(not_after=timezone.now() + timedelta(minutes=20))
        sweep()
        # Booked today for today: that is phoned about anyway (PP-45).
        about_the_message = CallTask.objects.exclude(reason=CallTask.Reason.PREPARE)
        assert about_the_message.get().reason == CallTask.Reason.FAILED
        assert confirmation(appointment).state == MessageState.PLANNED
        Message.objects.filter(kind="confirmation").update(
            not_after=timezone.now() - timedelta(seconds=1), try_at=timezone.now()
        )
        sweep()
        message = confirmation(appointment)
        assert message.state == MessageState.EXPIRED
        assert message.problem.startswith("451")
        assert len(facts_of("message.expired")) == 1
        assert about_the_message.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_mark_is_made_also_when_the_database_is_busy_for_a_moment(self, booked, sweep, mailbox, monkeypatch):
        """What the server took may not be sent again for that."""
        appointment = booked()
        mark, tries = results.mark_sent, []

        def busy_at_first(*, message, **told):
            if message.channel == Channel.EMAIL:
                tries.append(message.pk)
                if len(tries) == 1:
                    raise OperationalError("database is locked")
            return mark(message=message, **told)

        monkeypatch.setattr(results, "mark_sent", busy_at_first)
        sweep()
        assert len(tries) == 2
        assert len(mailbox.messages) == 1
        assert confirmation(appointment).state == MessageState.SENT

    def test_message_that_cannot_be_made_does_not_hold_up_the_others(self, booked, sweep, mailbox, monkeypatch):
        broken, fine = booked(patient=make.PatientFactory()), booked(patient=make.PatientFactory())
        make_mail = carriers.as_email

        def sometimes(message, *args, **kwargs):
            if message.appointment == broken:
                raise RuntimeError(f"cannot write to {message.participant.email}")
            return make_mail(message, *args, **kwargs)

        monkeypatch.setattr(carriers, "as_email", sometimes)
        sweep()
        assert [mail["To"] for mail in mailbox.messages] == [fine.patient.email]
        assert confirmation(broken).failures == 1
        assert broken.patient.email not in confirmation(broken).problem


@pytest.fixture(params=[b"2", b"5"])
def dripping_server(settings, request):
    """Answers the greeting, and from then on with one byte of a line that never ends.

    What has come of it when it is cut off looks like an answer: one that is a yes, or a refusal for good.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def drip():
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"220 here\r\n")
            connection.recv(1000)
            connection.sendall(b"250 here\r\n")
            connection.recv(1000)
            try:
                while not done.wait(0.1):
                    connection.sendall(request.param)
            except OSError:
                return

    server = threading.Thread(target=drip, daemon=True)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = listener.getsockname()
    yield
    done.set()
    server.join(5)
    listener.close()


class TestNextTry:
    NOW = make.amsterdam("2026-11-23", "09.00")
    LATER = NOW + timedelta(days=3)

    @pytest.mark.parametrize(
        ("failures", "least", "most"),
        [(1, 30, 60), (2, 30, 120), (3, 30, 240), (6, 30, 1800), (200, 30, 1800)],
    )
    def test_bound_doubles_from_a_minute_to_half_an_hour(self, failures, least, most):
        first = results.next_try(self.NOW, failures, self.LATER, chance=0)
        last = results.next_try(self.NOW, failures, self.LATER, chance=1)
        assert (first - self.NOW, last - self.NOW) == (timedelta(seconds=least), timedelta(seconds=most))

    def test_never_after_the_last_sensible_moment(self):
        end = self.NOW + timedelta(seconds=45)
        assert results.next_try(self.NOW, 6, end, chance=1) == end
