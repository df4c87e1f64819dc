"""What a patient receives."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.actions import delivering
from notifications.content.text import TextKey
from notifications.models import CallTask, Channel, MessageState, MessageText
from notifications.texts import TextsOf
from scheduling.actions import links
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.links import hash_token
from scheduling.models import AppointmentLink
from tests import factories as make
from tests.notifications.conftest import (
    UNDO_IS_OVER,
    body_of,
    confirmation,
    facts_of,
    next_week,
)

pytestmark = pytest.mark.django_db

LINK = re.compile(r"http://localhost:8000/v/([\w-]+)")


class TestSent:
    def test_confirmation_of_a_video_consult_reaches_the_patient(self, booked, sweep, mailbox):
        appointment = booked()
        sweep()
        [mail] = mailbox.messages
        assert mail["To"] == appointment.patient.email
        for part in ("plain", "html"):
            assert "U gaat beeldbellen" in body_of(mail, part)
            assert "U hoeft niet naar het ziekenhuis" in body_of(mail, part)
        assert confirmation(appointment).state == MessageState.SENT
        assert [fact["channel"] for fact in facts_of("message.sent")] == ["email", "inbox"]

    def test_link_in_a_video_message_works(self, booked, sweep, mailbox):
        appointment = booked()
        sweep()
        [mail] = mailbox.messages
        token = LINK.search(body_of(mail))[1]
        assert token in body_of(mail, "html")
        link = AppointmentLink.objects.get(token_hash=hash_token(token))
        assert (link.participant.appointment, link.schedule_version) == (appointment, appointment.schedule_version)
        assert link.revoked_at is None
        assert link.replaced_at is None

    def test_each_message_has_a_link_of_its_own(self, booked, sweep, mailbox):
        booked()
        booked(patient=make.PatientFactory())
        sweep()
        first, second = (LINK.search(body_of(mail))[1] for mail in mailbox.messages)
        assert first != second

    def test_link_is_not_kept_with_the_message(self, booked, sweep, mailbox):
        appointment = booked()
        sweep()
        token = LINK.search(body_of(mailbox.messages[0]))[1]
        for channel in (Channel.EMAIL, Channel.INBOX):
            kept = confirmation(appointment, channel)
            assert "U gaat beeldbellen" in kept.body
            assert token not in kept.body
            assert not LINK.search(kept.body)
            assert kept.subject == mailbox.messages[0]["Subject"]

    def test_child_is_written_of_to_the_mother_in_her_language(self, booked, sweep, mailbox):
        child, mother = make.child_with_parent(next_week().date())
        mother.language = "en"
        mother.save()
        booked(patient=child)
        sweep()
        [mail] = mailbox.messages
        assert mail["To"] == mother.email
        assert mail["Subject"].startswith("Your child's appointment on")
        assert "You have a video call" in body_of(mail)
        assert child.family_name not in body_of(mail)

    def test_daughter_who_takes_part_reads_of_her_relative(self, booked, sweep, mailbox):
        father = make.PatientFactory()
        daughter = make.RepresentativeFactory(patient=father, name="Anneloes Bouwman", relation="dochter")
        booked(patient=father, representatives=[daughter])
        sweep()
        [hers] = mailbox.to(daughter.email)
        assert "De afspraak van uw naaste" in body_of(hers)
        [his] = mailbox.to(father.email)
        assert "naaste" not in body_of(his)

    def test_unknown_language_is_written_in_dutch(self, booked, sweep, mailbox):
        booked(patient=make.PatientFactory(language="pl"))
        sweep()
        assert "U gaat beeldbellen" in body_of(mailbox.messages[0])

    def test_nothing_goes_out_before_its_time(self, booked, sweep, mailbox):
        booked(now=timezone.now())
        sweep()
        assert mailbox.messages == []

    def test_sweeping_twice_sends_once(self, booked, sweep, mailbox):
        booked()
        sweep()
        sweep()
        assert len(mailbox.messages) == 1

    def test_many_go_over_one_connection(self, booked, sweep, mailbox):
        for _ in range(4):
            booked(patient=make.PatientFactory())
        before = len(mailbox.conversations)
        sweep()
        assert len(mailbox.messages) == 4
        assert len(mailbox.conversations) - before == 1


class TestWorkingLink:
    """Who is told to come by video must be able to."""

    def test_text_without_the_link_fails_where_it_can_be_seen(self, booked, sweep, mailbox):
        appointment = booked()
        MessageText.objects.create(
            department=appointment.department,
            **TextKey("confirmation", "mail", "nl", "video")._asdict(),
            body="onderwerp: Uw afspraak\n# U gaat beeldbellen\n{Dag} om {tijd} uur.",
            version=1,
            made_by=make.UserFactory(),
            made_at=timezone.now(),
        )
        sweep()
        assert mailbox.messages == []
        assert confirmation(appointment).state == MessageState.FAILED
        assert [fact["reason"] for fact in facts_of("message.failed")] == ["link"]
        assert CallTask.objects.get().reason == CallTask.Reason.FAILED

    def test_link_that_does_not_open_fails_where_it_can_be_seen(self, booked, sweep, mailbox, expired_links):
        appointment = booked()
        sweep()
        assert mailbox.messages == []
        assert confirmation(appointment).problem == "the link in it does not open"
        assert CallTask.objects.get().reason == CallTask.Reason.FAILED

    def test_link_that_does_not_open_would_be_sent_unchecked(
        self, booked, sweep, mailbox, expired_links, monkeypatch
    ):
        """The guard switched off: the test above can fail."""
        renew = delivering.renew_lease
        monkeypatch.setattr(delivering, "renew_lease", lambda *, message, **_: renew(message=message))
        booked()
        sweep()
        assert len(mailbox.messages) == 1

    def test_link_revoked_while_the_mail_was_written_is_another_in_the_mail(
        self, booked, sweep, mailbox, monkeypatch
    ):
        booked()
        write, times = TextsOf.letter, []

        def write_while_it_is_revoked(*told):
            if not times:
                AppointmentLink.objects.update(revoked_at=timezone.now())
            times.append(1)
            return write(*told)

        monkeypatch.setattr(TextsOf, "letter", write_while_it_is_revoked)
        sweep()
        token = LINK.search(body_of(mailbox.messages[0]))[1]
        assert AppointmentLink.objects.get(token_hash=hash_token(token)).revoked_at is None

    @pytest.fixture
    def expired_links(self, monkeypatch):
        monkeypatch.setattr(links, "STAYS_AFTER_VISIT", timedelta(days=-100))


def test_mail_says_it_comes_from_a_machine_and_keeps_its_id(booked, sweep, mailbox):
    appointment = booked()
    sweep()
    [mail] = mailbox.messages
    assert mail["Message-ID"] == f"<{confirmation(appointment).public_id}@dewaard.example>"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_cancellation_has_no_link(booked, sweep, mailbox):
    appointment = booked()
    sweep()
    cancel_appointment(appointment=appointment, by="user:1", now=timezone.now() - UNDO_IS_OVER)
    sweep()
    mail = mailbox.messages[-1]
    assert mail["Subject"] == "Uw afspraak gaat niet door"
    assert not LINK.search(body_of(mail))
    assert not AppointmentLink.objects.filter(revoked_at=None).exists()
