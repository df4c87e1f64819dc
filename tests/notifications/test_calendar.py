"""Invitations as calendars read them: one event for the life of an appointment (RFC 5545, 5546, 7986)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Timezone

from notifications.actions.planning import plan_messages, supersede_messages
from notifications.calendar import _amsterdam, _local, _mailto, calendar_file, invitation
from notifications.content.facts import letter_facts
from notifications.models import Message, MessageKind
from people.models import Department, Patient
from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import Appointment, Participant, ParticipantRole
from tests import factories as make
from tests.notifications.calendar_clients import READERS, PatientsCalendar, attached, has_file
from tests.notifications.conftest import UNDO_IS_OVER, body_of
from tests.support.patience import ends

pytestmark = pytest.mark.django_db
read = READERS["icalendar"]


def long_ago():
    return timezone.now() - UNDO_IS_OVER


@pytest.fixture
def march(time_machine):
    """The clock goes forward in the night of 28 March 2027, and back in that of 31 October."""
    time_machine.move_to(make.amsterdam("2027-03-22", "09.00"))


@pytest.fixture
def moved_to():
    def move(appointment, day, at):
        start = make.amsterdam(day, at)
        hour, minute = at.split(".")
        make.session_with(
            appointment.clinician, start.date(), f"{int(hour) - 1:02}.{minute}", f"{int(hour) + 1:02}.{minute}"
        )
        moved = make.move_appointment(appointment=appointment, start=start, by="user:1", now=long_ago())
        assert isinstance(moved, Appointment), moved
        return moved

    return move


def form_becomes(appointment, modality):
    """In the same place: as an action that changes the form would do it."""
    appointment.modality = modality
    appointment.schedule_version += 1
    appointment.save(update_fields=["modality", "schedule_version"])
    supersede_messages(appointment=appointment, now=long_ago())
    plan_messages(appointment=appointment, now=long_ago())


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("today", "plan"),
    [
        pytest.param(
            "2027-03-22", [("2027-03-26", "09.00"), ("2027-03-29", "09.00"), ("2027-03-30", "13.40")], id="spring"
        ),
        pytest.param(
            "2027-10-25",
            [("2027-10-29", "14.10"), ("2027-11-01", "14.10"), ("2027-10-29", "14.10")],
            id="autumn, and back",
        ),
    ],
)
def test_book_move_move_cancel_is_one_event_then_none(
    time_machine, booked, moved_to, sweep, mailbox, reader, today, plan
):
    time_machine.move_to(make.amsterdam(today, "09.00"))
    theirs = PatientsCalendar(READERS[reader])
    (day, at), *moves = plan
    appointment = booked(start=make.amsterdam(day, at))
    sweep()
    found = [theirs.receive(mailbox.messages[-1])]
    assert theirs.shown == [f"{day} {at}"]
    for day, at in moves:
        appointment = moved_to(appointment, day, at)
        sweep()
        found.append(theirs.receive(mailbox.messages[-1]))
        assert theirs.shown == [f"{day} {at}"]
        assert found[-1].end - found[-1].start == timedelta(minutes=20)
    cancel_appointment(appointment=appointment, by="user:1", now=long_ago())
    sweep()
    found.append(theirs.receive(mailbox.messages[-1]))
    assert theirs.shown == []

    assert len(mailbox.messages) == 4
    assert {one.uid for one in found} == {str(appointment.public_id)}
    assert [one.sequence for one in found] == [0, 1, 2, 3]
    assert [one.method for one in found] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert [one.status for one in found] == ["CONFIRMED"] * 3 + ["CANCELLED"]
    assert [one.alarms for one in found] == [1, 1, 1, 0]
    assert [bool(one.conference) for one in found] == [True, True, True, False]


@pytest.mark.parametrize("reader", READERS)
def test_mails_that_overtake_each_other_leave_the_last_plan(march, booked, moved_to, sweep, mailbox, reader):
    appointment = booked(start=make.amsterdam("2027-03-26", "09.00"))
    sweep()
    moved = moved_to(appointment, "2027-03-29", "09.00")
    sweep()
    cancel_appointment(appointment=moved, by="user:1", now=long_ago())
    sweep()
    booking, move, cancellation = mailbox.messages
    theirs = PatientsCalendar(READERS[reader])
    theirs.receive(move)
    theirs.receive(booking)
    assert theirs.shown == ["2027-03-29 09.00"]
    theirs.receive(cancellation)
    theirs.receive(move)
    assert theirs.shown == []


@pytest.mark.parametrize("reader", READERS)
def test_versions_that_were_never_told_leave_no_gap_that_matters(march, booked, moved_to, sweep, mailbox, reader):
    """Moved twice before the first mail went, and once more after it: what is told counts on."""
    appointment = moved_to(booked(start=make.amsterdam("2027-03-26", "09.00")), "2027-03-29", "09.00")
    appointment = moved_to(appointment, "2027-03-30", "10.00")
    sweep()
    appointment = moved_to(appointment, "2027-03-31", "11.00")
    appointment = moved_to(appointment, "2027-04-01", "12.10")
    sweep()
    theirs = PatientsCalendar(READERS[reader])
    told = [theirs.receive(mail) for mail in mailbox.messages]
    assert [one.sequence for one in told] == [2, 4]
    assert theirs.shown == ["2027-04-01 12.10"]


def test_move_that_was_undone_before_anyone_heard_of_it_still_counts(march, booked, moved_to, sweep, mailbox):
    appointment = booked(start=make.amsterdam("2027-03-26", "09.00"))
    sweep()
    back = moved_to(moved_to(appointment, "2027-03-29", "09.00"), "2027-03-26", "09.00")
    sweep()
    theirs = PatientsCalendar(read)
    assert [theirs.receive(mail).sequence for mail in mailbox.messages] == [0, back.schedule_version - 1]
    assert theirs.shown == ["2027-03-26 09.00"]


@pytest.mark.parametrize("reader", READERS)
def test_other_form_takes_the_video_link_out_of_the_calendar(march, booked, sweep, mailbox, reader):
    appointment = booked(start=make.amsterdam("2027-03-26", "09.00"))
    sweep()
    form_becomes(appointment, "phone")
    sweep()
    theirs = PatientsCalendar(READERS[reader])
    video, phone = map(theirs.receive, mailbox.messages)
    assert Message.objects.filter(kind="form_changed", channel="email", state="sent").count() == 1
    assert (video.sequence, phone.sequence) == (0, 1)
    assert (bool(video.conference), phone.conference) == (True, "")
    assert phone.summary.startswith("Telefoongesprek")
    assert b"/v/" not in attached(mailbox.messages[1])
    assert theirs.shown == ["2027-03-26 09.00"]


@pytest.mark.parametrize("reader", READERS)
def test_consult_that_goes_on_in_writing_leaves_the_calendar(march, booked, sweep, mailbox, reader):
    appointment = booked(start=make.amsterdam("2027-03-26", "09.00"))
    sweep()
    form_becomes(appointment, "written")
    sweep()
    theirs = PatientsCalendar(READERS[reader])
    assert [theirs.receive(mail).method for mail in mailbox.messages] == ["REQUEST", "CANCEL"]
    assert theirs.shown == []


@pytest.mark.parametrize("reader", READERS)
def test_sent_again_is_the_same_event(march, booked, sweep, mailbox, reader):
    appointment = booked(start=make.amsterdam("2027-03-26", "09.00"))
    sweep()
    Message.objects.filter(kind="confirmation", channel="email").update(state="planned")
    sweep()
    theirs = PatientsCalendar(READERS[reader])
    assert [theirs.receive(mail).sequence for mail in mailbox.messages] == [0, 0]
    assert theirs.shown == ["2027-03-26 09.00"]
    assert list(theirs.held) == [str(appointment.public_id)]


def test_invitation_to_a_video_consult_has_the_link_and_an_alarm(booked, sweep, mailbox):
    appointment = booked()
    sweep()
    [mail] = mailbox.messages
    for reader in READERS.values():
        event = reader(attached(mail))
        assert event.conference in body_of(mail)
        assert event.attendee == f"mailto:{appointment.patient.email}"
        assert event.alarms == 1
        assert (event.start, event.end) == (appointment.start, appointment.end)
    lines = unfolded(attached(mail))
    assert 'ORGANIZER;CN="De Waard ziekenhuis":mailto:afspraken@dewaard.example' in lines
    assert "TRIGGER:-PT15M" in lines
    assert f"DTSTART;TZID=Europe/Amsterdam:{timezone.localtime(appointment.start):%Y%m%dT%H%M%S}" in lines
    # Two features, not one that is called "AUDIO,VIDEO".
    [conference] = [line for line in lines if line.startswith("CONFERENCE")]
    assert ";FEATURE=AUDIO,VIDEO;" in conference
    assert conference.partition(":")[0].endswith(";VALUE=URI")


def test_invitation_says_nothing_that_others_may_not_see(booked, sweep, mailbox):
    appointment = booked()
    sweep()
    lines = unfolded(attached(mailbox.messages[0]))
    for name in (appointment.patient.family_name, appointment.clinician.name, appointment.department.name):
        assert name not in "\n".join(lines)
    assert "SUMMARY:Beeldbellen met De Waard ziekenhuis" in lines
    assert "CLASS:PRIVATE" in lines


@pytest.mark.parametrize(("modality", "summary"), [("phone", "Telefoongesprek met"), ("visit", "Afspraak bij")])
def test_invitation_to_another_form_has_no_video_link(booked, sweep, mailbox, modality, summary):
    booked(modality=modality)
    sweep()
    event = read(attached(mailbox.messages[0]))
    assert event.summary == f"{summary} De Waard ziekenhuis"
    assert event.conference == ""


def test_consult_in_writing_invites_nobody(booked, sweep, mailbox):
    appointment = booked(modality="written")
    sweep()
    cancel_appointment(appointment=appointment, by="user:1", now=long_ago())
    sweep()
    assert [has_file(mail) for mail in mailbox.messages] == [False, False]


def test_each_recipient_is_invited_by_their_own_address_to_one_event(booked, sweep, mailbox):
    father = make.PatientFactory()
    daughter = make.RepresentativeFactory(patient=father, name="Anneloes Bouwman", relation="dochter")
    appointment = booked(patient=father, representatives=[daughter])
    sweep()
    events = [read(attached(mail)) for mail in mailbox.messages]
    assert {one.attendee for one in events} == {f"mailto:{father.email}", f"mailto:{daughter.email}"}
    assert {one.uid for one in events} == {str(appointment.public_id)}


def test_mail_carries_the_invitation_twice_with_its_method(booked, sweep, mailbox):
    appointment = booked()
    sweep()
    cancel_appointment(appointment=appointment, by="user:1", now=long_ago())
    sweep()
    for mail, method in zip(mailbox.messages, ("REQUEST", "CANCEL"), strict=True):
        parts = {part.get_content_type(): part for part in mail.walk()}
        alternative, attachment = parts["text/calendar"], parts["application/ics"]
        assert mail.get_content_type() == "multipart/mixed"
        assert alternative.get_param("method") == method
        assert alternative.get_param("charset") == "utf-8"
        assert read(attached(mail)).method == method
        assert alternative.get_content().splitlines() == attached(mail).decode().splitlines()
        assert attachment.get_filename() == "afspraak.ics"
        # The last alternative is what a program that knows calendars shows.
        assert [part.get_content_type() for part in parts["multipart/alternative"].iter_parts()] == [
            "text/plain",
            "text/html",
            "text/calendar",
        ]


def test_file_for_ones_own_calendar_invites_nobody(booked):
    appointment = booked()
    participant = appointment.participants.get(role=ParticipantRole.PATIENT)
    raw = calendar_file(participant, link="https://zh.example/v/abc", now=timezone.now())
    for reader in READERS.values():
        event = reader(raw)
        assert (event.method, event.attendee) == ("PUBLISH", "")
        assert event.conference == "https://zh.example/v/abc"


def unfolded(raw):
    return raw.decode().replace("\r\n ", "").split("\r\n")


def assert_well_formed(raw):
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")


def test_lines_are_folded_and_end_as_the_standard_asks(booked, sweep, mailbox):
    booked()
    sweep()
    assert_well_formed(attached(mailbox.messages[0]))


@pytest.mark.parametrize("year", range(2026, 2031))
def test_time_zone_has_the_clock_of_amsterdam(year):
    zone, amsterdam = Timezone.from_ical(_amsterdam()).to_tz(), ZoneInfo("Europe/Amsterdam")
    for hour in range(0, 366 * 24, 5):
        moment = datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        local = moment.astimezone(amsterdam).replace(tzinfo=None)
        if local.replace(tzinfo=amsterdam).utcoffset() == local.replace(tzinfo=amsterdam, fold=1).utcoffset():
            assert local.replace(tzinfo=zone).utcoffset() == moment.astimezone(amsterdam).utcoffset(), local


def test_hour_that_comes_twice_is_told_so_that_it_is_read_once():
    """On 31 October 2027 half past two is 0.30 and 1.30 in UTC; calendars take the first."""
    first, second = (datetime(2027, 10, 31, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert (_local(first).tzname(), _local(second).tzname()) == ("CEST", "UTC")
    assert [_local(one).astimezone(UTC) for one in (first, second)] == [first, second]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("w.vanderveen@post.example", "mailto:w.vanderveen@post.example"),
        ("o'hara+zorg@post.example", "mailto:o'hara+zorg@post.example"),
        ("a?cc=b&c=d@post.example", "mailto:a%3Fcc%3Db%26c%3Dd@post.example"),
        ("özdemir@ångström.example", "mailto:%C3%B6zdemir@xn--ngstrm-hua5l.example"),
        ("x@y.example\r\nBEGIN:VEVENT", "mailto:x@y.example%0D%0ABEGIN%3AVEVENT"),
        ("", "mailto:@"),
    ],
)
def test_address_is_written_so_that_it_is_nothing_else(address, told):
    assert _mailto(address) == told


# Anything that a name, a number or a link may hold after years of imports.
_ANY = st.text(max_size=120)
_NASTY = st.sampled_from(
    [
        "\r\nEND:VEVENT\r\n",
        "\u2028BEGIN:VALARM",
        "\x85",
        '";X="',
        "\\n;,:",
        "^n^'",
        "é" * 90,
        "👩🏽\u200d⚕️",
        "\x00",
        "\ud800",
    ]
)
_WORDS = st.lists(st.one_of(_ANY, _NASTY), max_size=4).map("".join)


def _made(hospital, phone, link, address, form):
    patient = Patient(birth_date=datetime(1951, 3, 29, tzinfo=UTC).date(), email=address, language="nl")
    now = datetime(2027, 3, 22, 8, tzinfo=UTC)
    appointment = Appointment(
        patient=patient, department=Department(), start=now, end=now + timedelta(minutes=20), modality=form
    )
    participant = Participant(appointment=appointment, role=ParticipantRole.PATIENT)
    kind = MessageKind.CONFIRMATION
    message = Message(
        kind=kind, channel="email", patient=patient, appointment=appointment, participant=participant, details={}
    )
    facts = letter_facts(message, now=now, link="", policy=make_policy())
    return appointment, invitation(message, replace(facts, hospital=hospital, phone=phone, link=link), now=now)


def make_policy():
    from praktijkplan.policy import Policy

    return Policy()


def _check_any(hospital, phone, link, address, form):
    with ends():
        appointment, raw = _made(hospital, phone, link, address, form)
        found = [reader(raw) for reader in READERS.values()]
    assert_well_formed(raw)
    ours, theirs = found
    assert ours == theirs
    assert (ours.uid, ours.start, ours.end) == (str(appointment.public_id), appointment.start, appointment.end)
    assert ours.alarms == 1
    assert ours.attendee.startswith("mailto:")
    assert bool(ours.conference) == (form == "video" and bool(link))


_LINKS = st.one_of(st.just(""), _WORDS.map("https://zh.example/v/{}".format))
_ARGUMENTS = (_WORDS, _WORDS, _LINKS, _WORDS, st.sampled_from(["video", "phone", "visit"]))


@pytest.mark.django_db(databases=[])
@settings(max_examples=500)
@given(*_ARGUMENTS)
@example("De Waard", "020-1234567", "https://zh.example/v/a\r\nX-EVIL:1", "a@b.example\r\nX-EVIL:1", "video")
def test_whatever_a_name_holds_is_read_back_as_one_event(hospital, phone, link, address, form):
    _check_any(hospital, phone, link, address, form)


@pytest.mark.slow
@pytest.mark.django_db(databases=[])
@settings(max_examples=50_000)
@given(*_ARGUMENTS)
def test_whatever_any_name_holds_is_read_back_as_one_event(hospital, phone, link, address, form):
    _check_any(hospital, phone, link, address, form)
