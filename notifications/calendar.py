"""The appointment as a calendar invitation: iCalendar (RFC 5545), invited and called off (RFC 5546), with its video
link (RFC 7986). One UID for the life of the appointment, SEQUENCE rising with each move, change of form and
cancellation: also with those that were never told, as only the order counts to a calendar.
"""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from functools import cache
from urllib.parse import quote

from django.conf import settings
from django.utils.encoding import iri_to_uri, punycode
from icalendar import (
    Alarm,
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vText,
    vUri,
)

from notifications.content.facts import LetterFacts, letter_facts
from notifications.models import Message, MessageKind
from praktijkplan.contact import Modality
from scheduling.localtime import AMSTERDAM
from scheduling.models import Appointment, Participant

ALARM_BEFORE = timedelta(minutes=15)
TOLD_WITH = (MessageKind.CONFIRMATION, MessageKind.MOVED, MessageKind.FORM_CHANGED, MessageKind.CANCELLED)
LIVE = tuple(form for form in Modality if form.is_live)
# A line's end ends a property, and some readers take more than CR and LF for one.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# What an address may hold beside letters and digits without being read as something else (RFC 6068).
_IN_MAILTO = "!$'*+-._~"

# Neutral: it stands in a calendar that others may see.
_SUMMARY = {
    "nl": {
        Modality.VIDEO: "Beeldbellen met {hospital}",
        Modality.PHONE: "Telefoongesprek met {hospital}",
        Modality.VISIT: "Afspraak bij {hospital}",
    },
    "en": {
        Modality.VIDEO: "Video call with {hospital}",
        Modality.PHONE: "Phone call with {hospital}",
        Modality.VISIT: "Appointment at {hospital}",
    },
}
_DESCRIPTION = {
    "nl": {
        Modality.VIDEO: "U gaat beeldbellen. U hoeft niet naar het ziekenhuis. Vragen? Bel {phone}.",
        Modality.PHONE: "Wij bellen u. U hoeft niet naar het ziekenhuis. Vragen? Bel {phone}.",
        Modality.VISIT: "U komt naar het ziekenhuis. Vragen? Bel {phone}.",
    },
    "en": {
        Modality.VIDEO: "You have a video call. You do not need to go to the hospital. Questions? Phone {phone}.",
        Modality.PHONE: "We will phone you. You do not need to go to the hospital. Questions? Phone {phone}.",
        Modality.VISIT: "You come to the hospital. Questions? Phone {phone}.",
    },
}
EVENT_BEGINS = b"BEGIN:VEVENT\r\n"


def method_for(message: Message) -> str:
    """A consult that goes on in writing is called off, as far as calendars are concerned."""
    off = message.kind == MessageKind.CANCELLED or not _is_live(_appointment(message))
    return "CANCEL" if off else "REQUEST"


def has_invitation(message: Message) -> bool:
    """With the news only, not with reminders; a consult in writing takes no place in anyone's calendar."""
    if message.appointment is None or message.kind not in TOLD_WITH:
        return False
    return _is_live(message.appointment) or _was_invited(message)


def invitation(message: Message, facts: LetterFacts, *, now: datetime) -> bytes:
    """The file for this message, sent at `now` (UTC). Its method is that of `method_for`."""
    method = method_for(message)
    appointment = _appointment(message)
    event = _cancelled(appointment, facts, now) if method == "CANCEL" else _event(appointment, facts, now)
    event.add("attendee", _attendee(message.address), encode=False)
    return _file(method, event)


def calendar_file(participant: Participant, *, link: str, now: datetime) -> bytes:
    """The same appointment to put in one's own calendar, asked for at `now` (UTC): published, nobody is invited."""
    appointment = participant.appointment
    message = Message(kind=MessageKind.CONFIRMATION, appointment=appointment, participant=participant)
    return _file("PUBLISH", _event(appointment, letter_facts(message, now=now, link=link), now))


def _appointment(message: Message) -> Appointment:
    assert message.appointment is not None  # noqa: S101  for the type checker: has_invitation has said so
    return message.appointment


def _is_live(appointment: Appointment) -> bool:
    return Modality(appointment.modality).is_live


def _was_invited(message: Message) -> bool:
    """Whether this recipient's calendar may hold an earlier plan, of which the form could be put in a calendar."""
    return Message.objects.filter(
        appointment=message.appointment,
        participant=message.participant,
        kind__in=TOLD_WITH,
        schedule_version__lt=message.schedule_version,
        details__plan__modality__in=LIVE,
        offered_at__isnull=False,
    ).exists()


def _file(method: str, event: Event) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Videopoli//NL")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(event)
    file: bytes = calendar.to_ical()
    # Always the same, and most of the file: written once, not for every message.
    return file.replace(EVENT_BEGINS, _amsterdam() + EVENT_BEGINS, 1)


def _about(appointment: Appointment, now: datetime) -> Event:
    """What holds of an appointment that stands and of one that is off."""
    event = Event()
    event.add("uid", str(appointment.public_id))
    event.add("sequence", appointment.schedule_version - 1)
    event.add("dtstamp", now)
    event.add("dtstart", _local(appointment.start))
    event.add("dtend", _local(appointment.end))
    event.add("class", "PRIVATE")
    event.add("organizer", _organizer(), encode=False)
    return event


def _cancelled(appointment: Appointment, facts: LetterFacts, now: datetime) -> Event:
    event = _about(appointment, now)
    # For a consult that goes on in writing calendars have no word.
    form = facts.form if facts.form.is_live else Modality.VISIT
    event.add("summary", _plain(_SUMMARY[facts.language][form].format(hospital=facts.hospital)))
    event.add("status", "CANCELLED")
    return event


def _event(appointment: Appointment, facts: LetterFacts, now: datetime) -> Event:
    event = _about(appointment, now)
    summary = _plain(_SUMMARY[facts.language][facts.form].format(hospital=facts.hospital))
    event.add("summary", summary)
    event.add("status", "CONFIRMED")
    event.add("description", _description(facts))
    if facts.visit:
        event.add("location", _plain(facts.hospital))
    if facts.video and facts.link:
        event.add("conference", _conference(facts.link, summary), encode=False)
    event.add_component(_alarm(summary))
    return event


def _local(moment: datetime) -> datetime:
    """As the clock on the wall says it; in the hour that comes twice that would be read as the first."""
    local = moment.astimezone(AMSTERDAM)
    return moment.astimezone(UTC) if local.fold else local


def _conference(link: str, label: str) -> vUri:
    """The label takes the same words as the summary: clients show it on their join button."""
    conference = vUri(_uri(link))
    conference.params["VALUE"] = "URI"
    conference.params["FEATURE"] = ["AUDIO", "VIDEO"]
    conference.params["LABEL"] = label
    return conference


def _description(facts: LetterFacts) -> str:
    """With the link once more: some calendars do not know CONFERENCE."""
    words = _plain(_DESCRIPTION[facts.language][facts.form].format(phone=facts.phone))
    return f"{words}\n{_uri(facts.link)}" if facts.video and facts.link else words


def _organizer() -> vCalAddress:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organizer = vCalAddress(_mailto(address))
    organizer.params["CN"] = vText(_plain(name or settings.HOSPITAL_NAME))
    return organizer


def _attendee(address: str) -> vCalAddress:
    """Without a name, and not asked to answer: the appointment stands."""
    attendee = vCalAddress(_mailto(address))
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    return attendee


def _mailto(address: str) -> str:
    local, _, domain = address.rpartition("@")
    # What is no domain is refused by the mail's own check; here it must only do no harm.
    with suppress(UnicodeError):
        domain = punycode(domain)
    return "mailto:" + "@".join(quote(part, safe=_IN_MAILTO, errors="replace") for part in (local, domain))


def _uri(link: str) -> str:
    """Some readers take a comma or semicolon in any value for the beginning of the next."""
    return iri_to_uri(_plain(link)).replace(",", "%2C").replace(";", "%3B")


def _plain(text: str) -> str:
    """On one line, and of letters that can be written down."""
    return _CONTROLS.sub(" ", text.encode("utf-8", "replace").decode())


def _alarm(words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm


@cache
def _amsterdam() -> bytes:
    """By rule, as calendars write it themselves: some do not read a list of dates."""
    zone = Timezone()
    zone.add("tzid", "Europe/Amsterdam")
    summer, winter = timedelta(hours=2), timedelta(hours=1)
    daylight, standard = TimezoneDaylight(), TimezoneStandard()
    for part, name, month, hour, before, after in (
        (daylight, "CEST", 3, 2, winter, summer),
        (standard, "CET", 10, 3, summer, winter),
    ):
        part.add("tzname", name)
        part.add("dtstart", datetime(1996, month, 31 if month == 3 else 27, hour))  # noqa: DTZ001  local by RFC 5545
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        zone.add_component(part)
    lines: bytes = zone.to_ical()
    return lines
