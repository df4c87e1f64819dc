"""Invitations as calendars read them: one event for the life of an appointment (RFC 5545, 5546, 7986)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from django.utils import timezone
from icalendar import Calendar

from notifications.calendar import _amsterdam
from notifications.models import Message
from scheduling.actions.booking import cancel_appointment, move_appointment
from tests import factories as make
from tests.notifications.conftest import UNDO_IS_OVER, body_of

pytestmark = pytest.mark.django_db


def long_ago():
    return timezone.now() - UNDO_IS_OVER


def files(mail):
    """The calendar as an alternative part, and as an attachment."""
    parts = {part.get_content_type(): part for part in mail.walk()}
    return parts["text/calendar"], parts["application/ics"]


def calendar_of(mail):
    return Calendar.from_ical(files(mail)[1].get_payload(decode=True))


def event_of(mail):
    [event] = calendar_of(mail).walk("VEVENT")
    return event


class PatientsCalendar:
    """What a mail program does with invitations (RFC 5546): the highest SEQUENCE of a UID counts."""

    def __init__(self):
        self.held = {}

    def receive(self, mail):
        event = event_of(mail)
        known = self.held.get(str(event["UID"]))
        if known is None or event["SEQUENCE"] > known["SEQUENCE"]:
            self.held[str(event["UID"])] = event

    def between(self, first, last):
        """Read by a second parser."""
        shown = Calendar()
        shown.add("version", "2.0")
        shown.add("prodid", "-//a patient's calendar//")
        for event in self.held.values():
            if event["STATUS"] != "CANCELLED":
                shown.add_component(event)
        return recurring_ical_events.of(Calendar.from_ical(shown.to_ical())).between(first, last)


def test_booked_moved_and_cancelled_is_one_event_then_none(booked, sweep, mailbox):
    appointment = booked()
    sweep()
    later = appointment.start + timedelta(days=1)
    while later.weekday() > 4:
        later += timedelta(days=1)
    make.session_with(appointment.clinician, later.date(), "13.00", "17.00")
    moved = move_appointment(appointment=appointment, start=later, by="user:1", now=long_ago())
    sweep()
    cancel_appointment(appointment=moved, by="user:1", now=long_ago())
    sweep()
    booking, move, cancellation = mailbox.messages
    window = (appointment.start - timedelta(days=30), appointment.start + timedelta(days=30))

    theirs = PatientsCalendar()
    theirs.receive(booking)
    assert [event.start for event in theirs.between(*window)] == [appointment.start]
    theirs.receive(move)
    assert [event.start for event in theirs.between(*window)] == [later]
    theirs.receive(cancellation)
    assert theirs.between(*window) == []
    assert [event_of(mail)["SEQUENCE"] for mail in mailbox.messages] == [0, 1, 2]
    assert {str(event_of(mail)["UID"]) for mail in mailbox.messages} == {str(appointment.public_id)}
    assert [calendar_of(mail)["METHOD"] for mail in mailbox.messages] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [str(event_of(mail)["STATUS"]) for mail in mailbox.messages] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_an_older_invitation_that_comes_late_changes_nothing(booked, sweep, mailbox):
    appointment = booked()
    sweep()
    move_appointment(
        appointment=appointment, start=appointment.start + timedelta(minutes=20), by="user:1", now=long_ago()
    )
    sweep()
    booking, move = mailbox.messages
    theirs = PatientsCalendar()
    theirs.receive(move)
    theirs.receive(booking)
    assert [
        event.start for event in theirs.between(appointment.start - timedelta(1), appointment.start + timedelta(1))
    ] == [appointment.start + timedelta(minutes=20)]


def test_invitation_to_a_video_consult_has_the_link_and_an_alarm(booked, sweep, mailbox):
    appointment = booked()
    sweep()
    [mail] = mailbox.messages
    event = event_of(mail)
    conference = event["CONFERENCE"]
    assert str(conference) in body_of(mail)
    assert conference.params["VALUE"] == "URI"
    assert "VIDEO" in conference.params["FEATURE"]
    assert event["ATTENDEE"] == f"mailto:{appointment.patient.email}"
    assert event["ORGANIZER"] == "mailto:afspraken@dewaard.example"
    assert [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] == [timedelta(minutes=-15)]
    assert event["DTSTART"].params["TZID"] == "Europe/Amsterdam"
    assert event["DTSTART"].dt == appointment.start
    assert event["DTEND"].dt == appointment.end


def test_invitation_says_nothing_that_others_may_not_see(booked, sweep, mailbox):
    appointment = booked()
    sweep()
    text = files(mailbox.messages[0])[1].get_payload(decode=True).decode().replace("\r\n ", "")
    for name in (
        appointment.patient.family_name,
        appointment.clinician.name,
        appointment.department.name,
    ):
        assert name not in text
    assert "SUMMARY:Beeldbellen met De Waard ziekenhuis" in text
    assert "CLASS:PRIVATE" in text


@pytest.mark.parametrize(("modality", "summary"), [("phone", "Telefoongesprek met"), ("visit", "Afspraak bij")])
def test_invitation_to_another_form_has_no_video_link(booked, sweep, mailbox, modality, summary):
    booked(modality=modality)
    sweep()
    event = event_of(mailbox.messages[0])
    assert event["SUMMARY"] == f"{summary} De Waard ziekenhuis"
    assert "CONFERENCE" not in event


def test_consult_in_writing_invites_nobody(booked, sweep, mailbox):
    booked(modality="written")
    sweep()
    assert {part.get_content_type() for part in mailbox.messages[0].walk()} == {
        "multipart/alternative",
        "text/plain",
        "text/html",
    }


def test_mail_carries_the_invitation_twice_with_its_method(booked, sweep, mailbox):
    booked()
    sweep()
    [mail] = mailbox.messages
    alternative, attachment = files(mail)
    assert mail.get_content_type() == "multipart/mixed"
    assert alternative.get_param("method") == "REQUEST"
    assert alternative.get_content().splitlines() == attachment.get_payload(decode=True).decode().splitlines()
    assert attachment.get_filename() == "afspraak.ics"


def test_lines_are_folded_and_end_as_the_standard_asks(booked, sweep, mailbox):
    booked()
    sweep()
    file = files(mailbox.messages[0])[1].get_payload(decode=True)
    lines = file.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in file.replace(b"\r\n", b"")


@pytest.mark.parametrize("year", range(2026, 2031))
def test_time_zone_has_the_clock_of_amsterdam(year):
    zone, amsterdam = _amsterdam().to_tz(), ZoneInfo("Europe/Amsterdam")
    for hour in range(0, 366 * 24, 5):
        moment = datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        local = moment.astimezone(amsterdam).replace(tzinfo=None)
        if local.replace(tzinfo=amsterdam).utcoffset() == local.replace(tzinfo=amsterdam, fold=1).utcoffset():
            assert local.replace(tzinfo=zone).utcoffset() == moment.astimezone(amsterdam).utcoffset(), local


def test_start_around_a_clock_change_is_read_at_the_same_instant(sweep, mailbox):
    now = make.amsterdam("2027-03-01", "10.00")
    for on in (date(2027, 3, 26), date(2027, 3, 29)):  # before and after the night of 28 March
        make.appointment(start=make.amsterdam(on, "09.00"), now=now)
    Message.objects.filter(kind="confirmation").update(try_at=timezone.now() - timedelta(minutes=1))
    sweep()
    starts = sorted(event_of(mail)["DTSTART"].dt.astimezone(UTC) for mail in mailbox.messages)
    assert starts == [datetime(2027, 3, 26, 8, tzinfo=UTC), datetime(2027, 3, 29, 7, tzinfo=UTC)]
