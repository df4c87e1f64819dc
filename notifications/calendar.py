"""The appointment as a calendar invitation: iCalendar (RFC 5545), invited and called off (RFC 5546), with its video
link (RFC 7986). One UID for the life of the appointment, SEQUENCE rising with each move.
"""

from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from icalendar import (
    Alarm,
    Calendar,
    Conference,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vText,
)

from notifications.content.facts import LetterFacts, letter_facts
from notifications.models import Message, MessageKind
from praktijkplan.contact import Modality
from scheduling.localtime import AMSTERDAM
from scheduling.models import Participant

ALARM_BEFORE = timedelta(minutes=15)
TOLD_WITH = (MessageKind.CONFIRMATION, MessageKind.MOVED, MessageKind.CANCELLED)

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


def method_for(message: Message) -> str:
    return "CANCEL" if message.kind == MessageKind.CANCELLED else "REQUEST"


def has_invitation(message: Message) -> bool:
    """With the news only, not with reminders; a consult in writing takes no place in anyone's calendar."""
    return message.kind in TOLD_WITH and Modality(message.appointment.modality).is_live


def invitation(message: Message, facts: LetterFacts, *, now: datetime) -> bytes:
    """The file for this message, sent at `now` (UTC). Its method is that of `method_for`."""
    event = _event(message, facts, now)
    event.add("attendee", _attendee(message.participant.email), encode=False)
    return _file(method_for(message), event)


def calendar_file(participant: Participant, *, link: str, now: datetime) -> bytes:
    """The same appointment to put in one's own calendar, asked for at `now` (UTC): published, nobody is invited."""
    message = Message(kind=MessageKind.CONFIRMATION, appointment=participant.appointment, participant=participant)
    return _file("PUBLISH", _event(message, letter_facts(message, now=now, link=link), now))


def _file(method: str, event: Event) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Videopoli//NL")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(_amsterdam())
    calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file


def _event(message: Message, facts: LetterFacts, now: datetime) -> Event:
    appointment = message.appointment
    event = Event()
    event.add("uid", str(appointment.public_id))
    event.add("sequence", appointment.schedule_version - 1)
    event.add("dtstamp", now)
    event.add("dtstart", appointment.start.astimezone(AMSTERDAM))
    event.add("dtend", appointment.end.astimezone(AMSTERDAM))
    event.add("summary", _SUMMARY[facts.language][facts.form].format(hospital=facts.hospital))
    event.add("class", "PRIVATE")
    event.add("organizer", _organizer())
    if message.kind == MessageKind.CANCELLED:
        event.add("status", "CANCELLED")
        return event
    event.add("status", "CONFIRMED")
    event.add("description", _description(facts))
    if facts.visit:
        event.add("location", facts.hospital)
    if facts.video and facts.link:
        # The label takes the same words as the summary: clients show it on their join button.
        conference = Conference(uri=facts.link, feature=["AUDIO", "VIDEO"], label=str(event["summary"]))
        event.conferences = [conference]
    event.add_component(_alarm(str(event["summary"])))
    return event


def _description(facts: LetterFacts) -> str:
    """With the link once more: some calendars do not know CONFERENCE."""
    words = _DESCRIPTION[facts.language][facts.form].format(phone=facts.phone)
    return f"{words}\n{facts.link}" if facts.video and facts.link else words


def _organizer() -> vCalAddress:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = vText(name or settings.HOSPITAL_NAME)
    return organizer


def _attendee(address: str) -> vCalAddress:
    """Without a name, and not asked to answer: the appointment stands."""
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    return attendee


def _alarm(words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm


def _amsterdam() -> Timezone:
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
    return zone
