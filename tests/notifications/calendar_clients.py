"""What a mail program does with invitations (RFC 5546), twice, with parsers that share no code.

Of each UID the highest SEQUENCE counts, and of two with the same the last that was written; CANCEL takes it out.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import icalendar
import vobject


@dataclass(frozen=True)
class Read:
    method: str
    uid: str
    sequence: int
    stamp: datetime
    status: str
    start: datetime
    end: datetime
    summary: str
    conference: str
    attendee: str
    alarms: int


def read_with_icalendar(raw):
    """Knows Europe/Amsterdam by its name."""
    calendar = icalendar.Calendar.from_ical(raw)
    (event,) = calendar.walk("VEVENT")
    return Read(
        str(calendar["METHOD"]),
        str(event["UID"]),
        int(event["SEQUENCE"]),
        event["DTSTAMP"].dt,
        str(event["STATUS"]),
        event["DTSTART"].dt,
        event["DTEND"].dt,
        str(event["SUMMARY"]),
        str(event.get("CONFERENCE", "")),
        str(event.get("ATTENDEE", "")),
        len(event.walk("VALARM")),
    )


def read_with_vobject(raw):
    """Knows no zones but those that the file itself describes."""
    calendar = vobject.readOne(raw.decode())
    event = calendar.vevent
    given = event.contents
    return Read(
        calendar.method.value,
        event.uid.value,
        int(event.sequence.value),
        event.dtstamp.value,
        event.status.value,
        event.dtstart.value,
        event.dtend.value,
        event.summary.value,
        given["conference"][0].value if "conference" in given else "",
        given["attendee"][0].value if "attendee" in given else "",
        len(given.get("valarm", [])),
    )


READERS = {"icalendar": read_with_icalendar, "vobject": read_with_vobject}
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class PatientsCalendar:
    def __init__(self, read):
        self.read = read
        self.held = {}

    def receive(self, mail):
        found = self.read(attached(mail))
        known = self.held.get(found.uid)
        if known is None or (found.sequence, found.stamp) >= (known.sequence, known.stamp):
            self.held[found.uid] = found
        return found

    @property
    def shown(self):
        """Local starts, as the reader sees them."""
        return sorted(
            one.start.astimezone(UTC).astimezone(AMSTERDAM).strftime("%Y-%m-%d %H.%M")
            for one in self.held.values()
            if one.method != "CANCEL"
        )


def attached(mail):
    (file,) = (part for part in mail.walk() if part.get_content_type() == "application/ics")
    return file.get_payload(decode=True)


def has_file(mail):
    return any(part.get_content_type() == "application/ics" for part in mail.walk())
