"""What still holds at the moment of sending: between the claim and the mail, the world may change."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.actions import delivering, reading
from notifications.actions.claiming import claim_due
from notifications.models import CallTask, Channel, Message, MessageState
from notifications.recheck import Finding, Verdict
from notifications.texts import TextsOf
from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import Appointment, AppointmentStatus
from tests import factories as make
from tests.notifications.conftest import (
    body_of,
    confirmation,
    plan_of,
)

pytestmark = pytest.mark.django_db


class TestRecheckedAtTheMomentOfSending:
    """Between the claim and the sending, the world may change."""

    def claimed(self, booked, **fields):
        appointment = booked(**fields)
        return appointment, claim_due(channel=Channel.EMAIL, now=timezone.now())

    def test_moved_meanwhile_is_not_told_the_old_time(self, booked, mailbox):
        appointment, claims = self.claimed(booked)
        make.move_appointment(
            appointment=appointment,
            start=appointment.start + timedelta(minutes=20),
            by="user:1",
            now=timezone.now(),
        )
        delivering.deliver(channel=Channel.EMAIL, claims=claims)
        assert mailbox.messages == []
        assert plan_of(appointment)[0] == ("confirmation", "superseded")
        assert ("moved", "planned") in plan_of(appointment)

    def test_cancelled_meanwhile_is_not_told_that_it_stands(self, booked, mailbox):
        appointment, claims = self.claimed(booked)
        cancel_appointment(appointment=appointment, by="user:1", now=timezone.now())
        delivering.deliver(channel=Channel.EMAIL, claims=claims)
        assert mailbox.messages == []
        assert plan_of(appointment)[0] == ("confirmation", "superseded")

    def test_without_the_recheck_the_old_time_would_be_told(self, booked, mailbox, monkeypatch):
        """The guard switched off: the two tests above can fail."""
        monkeypatch.setattr(reading, "recheck", lambda *args, **kwargs: Finding(Verdict.SEND))
        monkeypatch.setattr(delivering, "renew_lease", lambda **kwargs: True)
        appointment, claims = self.claimed(booked)
        cancel_appointment(appointment=appointment, by="user:1", now=timezone.now())
        delivering.deliver(channel=Channel.EMAIL, claims=claims)
        assert len(mailbox.messages) == 1

    def test_change_after_the_recheck_is_seen_by_the_last_look(self, booked, mailbox, monkeypatch):
        """The move commits while the letter is being written."""
        appointment, claims = self.claimed(booked)
        write = TextsOf.letter

        def write_while_it_is_moved(*told):
            letter = write(*told)
            make.move_appointment(
                appointment=Appointment.objects.get(pk=appointment.pk),
                start=appointment.start + timedelta(minutes=20),
                by="user:1",
                now=timezone.now(),
            )
            return letter

        monkeypatch.setattr(TextsOf, "letter", write_while_it_is_moved)
        delivering.deliver(channel=Channel.EMAIL, claims=claims)
        assert mailbox.messages == []

    def test_words_come_from_the_form_of_that_moment(self, booked, sweep, mailbox):
        appointment = booked()
        Appointment.objects.filter(pk=appointment.pk).update(modality="visit")
        sweep()
        assert "U komt naar het ziekenhuis" in body_of(mailbox.messages[0])
        assert "beeldbellen" not in body_of(mailbox.messages[0]).split("Liever een andere vorm?")[0]

    def test_form_that_changes_while_writing_is_the_one_told(self, booked, mailbox, monkeypatch):
        """What was written is thrown away: it is read and written once more."""
        appointment, claims = self.claimed(booked)
        write, written = TextsOf.letter, []

        def write_while_it_changes(*told):
            Appointment.objects.filter(pk=appointment.pk).update(modality="visit")
            written.append(write(*told))
            return written[-1]

        monkeypatch.setattr(TextsOf, "letter", write_while_it_changes)
        delivering.deliver(channel=Channel.EMAIL, claims=claims)
        assert len(written) == 2
        assert "U komt naar het ziekenhuis" in body_of(mailbox.messages[0])

    def test_form_that_changes_each_time_it_is_written_waits_for_the_next_sweep(self, booked, mailbox, monkeypatch):
        appointment, claims = self.claimed(booked)
        write, forms = TextsOf.letter, ["visit", "phone", "visit"]

        def write_while_it_changes(*told):
            Appointment.objects.filter(pk=appointment.pk).update(modality=forms.pop())
            return write(*told)

        monkeypatch.setattr(TextsOf, "letter", write_while_it_changes)
        delivering.deliver(channel=Channel.EMAIL, claims=claims)
        assert mailbox.messages == []
        assert confirmation(appointment).state == MessageState.CLAIMED

    @pytest.mark.parametrize("status", [AppointmentStatus.FULFILLED, AppointmentStatus.NO_SHOW])
    def test_appointment_that_is_over_is_not_told_of(self, booked, sweep, mailbox, status):
        appointment = booked()
        Appointment.objects.filter(pk=appointment.pk).update(status=status)
        sweep()
        assert mailbox.messages == []
        assert plan_of(appointment)[0] == ("confirmation", "superseded")

    def test_patient_who_died_meanwhile_is_left_in_peace(self, booked, sweep, mailbox):
        appointment = booked()
        appointment.patient.deceased_on = timezone.localdate()
        appointment.patient.save()
        sweep()
        assert mailbox.messages == []
        assert not CallTask.objects.exists()

    def test_address_that_became_unsafe_becomes_a_call(self, booked, sweep, mailbox):
        appointment = booked()
        appointment.patient.unsafe_address = True
        appointment.patient.save()
        sweep()
        assert mailbox.messages == []
        assert not Message.objects.filter(state=MessageState.SENT).exists()
        assert CallTask.objects.get().reason == CallTask.Reason.FAILED

    def test_address_that_changed_meanwhile_is_the_one_used(self, booked, sweep, mailbox):
        appointment = booked()
        appointment.patient.email = "nieuw@post.example"
        appointment.patient.save()
        sweep()
        assert [mail["To"] for mail in mailbox.messages] == ["nieuw@post.example"]

    def test_address_that_was_removed_becomes_a_call(self, booked, sweep, mailbox):
        appointment = booked()
        appointment.patient.email = ""
        appointment.patient.save()
        sweep()
        assert confirmation(appointment).state == MessageState.FAILED
        assert CallTask.objects.get().reason == CallTask.Reason.FAILED
