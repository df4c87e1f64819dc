"""All that a text may say of an appointment. Mail is no secure channel: what is not here cannot be told.

No name of a patient, clinician, department or specialism, nothing medical: date, time, form, link, phone number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings

from notifications.content.words import (
    say_asked,
    say_date,
    say_day,
    say_declined,
    say_late,
    say_short_date,
    say_short_day,
    say_soon,
    say_time,
    say_whose,
    written_in,
)
from notifications.models import Message, MessageKind
from praktijkplan.contact import Modality
from praktijkplan.policy import Policy
from praktijkplan.reminders import link_opens_at
from scheduling.localtime import AMSTERDAM
from scheduling.queries.policy import policy_on

ARRIVE_EARLIER = timedelta(minutes=10)
ADULT_AT = 18


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """A time or a day that this message knows nothing of is empty, and so is the link where there is none to give."""

    kind: str
    language: str
    form: Modality
    hospital: str
    phone: str
    link: str = ""
    who: str = ""  # whose appointment it is, when it is not the reader's: uw kind, uw naaste
    whose: str = ""  # uw afspraak, de afspraak van uw kind
    birth_date: str = ""  # uw geboortedatum, de geboortedatum van uw kind
    date: str = ""
    short_date: str = ""
    day: str = ""
    short_day: str = ""
    soon: str = ""  # vandaag, morgen
    time: str = ""
    opens: str = ""
    arrive: str = ""
    late_from: str = ""
    late_until: str = ""
    late_at: str = ""
    late_words: str = ""  # what to do when it cannot start on time (PP-53)
    before: str = ""  # an invitation: choose before this date
    new_time: bool = True  # a cancellation: we phone for another one
    asked: str = ""  # the form of contact that was asked for
    declined: str = ""  # why it cannot be, where that is one of the prepared sentences
    guide: str = ""  # the department's first leaflet or film: its title and address (PP-40)
    guide_link: str = ""
    includes: frozenset[str] = frozenset()  # the reminders that this message stands for as well

    @property
    def other(self) -> bool:
        return bool(self.who)

    @property
    def video(self) -> bool:
        return self.form is Modality.VIDEO

    @property
    def visit(self) -> bool:
        return self.form is Modality.VISIT


def letter_facts(message: Message, *, now: datetime, link: str, policy: Policy | None = None) -> LetterFacts:
    """What this message says if it is sent at `now`; `link` is empty where there is none to give.

    `policy` is that of the appointment's date, or without an appointment of today; it is looked up if not given.
    """
    sent_on = now.astimezone(AMSTERDAM).date()
    start, form = _plan(message)
    day = start.date() if start else sent_on
    # A preview's message has its appointment only.
    about = message.appointment or message
    policy = policy or policy_on(about.department_id, day)
    stands_in = message.participant.representative if message.participant else message.representative
    language = written_in((stands_in or about.patient).language)
    return LetterFacts(
        kind=message.kind,
        language=language,
        form=form,
        hospital=settings.HOSPITAL_NAME,
        phone=about.department.phone or settings.HOSPITAL_PHONE,
        link=link,
        late_words=(policy.late_text.get(language) or say_late(language)) if form is Modality.VIDEO else "",
        includes=frozenset(message.details.get("includes", ())),
        **say_whose(language, stands_in=stands_in is not None, is_child=about.patient.age_on(day) < ADULT_AT),
        **(_when(start, sent_on, policy, language) if start else {}),
        **_expected(message.details),
        **_before(message.details, sent_on, language),
        new_time=message.details.get("new_time", True),
        asked=say_asked(message.details.get("asked", ""), language),
        declined=say_declined(message.details.get("reason", ""), language),
    )


def _plan(message: Message) -> tuple[datetime | None, Modality]:
    """The local start and the form: of the appointment, or of what is offered."""
    if message.appointment is not None and message.kind != MessageKind.FREED_PLACE:
        return message.appointment.start.astimezone(AMSTERDAM), Modality(message.appointment.modality)
    start = message.details.get("start")
    return _local(start) if start else None, Modality(message.details["modality"])


def _when(start: datetime, sent_on: date, policy: Policy, language: str) -> dict[str, str]:
    day = start.date()
    return {
        "date": say_date(day, sent_on=sent_on, language=language),
        "short_date": say_short_date(day, sent_on=sent_on, language=language),
        "day": say_day(day, sent_on=sent_on, language=language),
        "short_day": say_short_day(day, sent_on=sent_on, language=language),
        "soon": say_soon(day, sent_on=sent_on, language=language),
        "time": say_time(start),
        "opens": say_time(link_opens_at(start, policy).astimezone(AMSTERDAM)),
        # Subtracted in UTC: wrong around the clock change otherwise.
        "arrive": say_time((start.astimezone(UTC) - ARRIVE_EARLIER).astimezone(AMSTERDAM)),
    }


def _expected(details: Mapping[str, Any]) -> dict[str, str]:
    """An honest range where there is one, else about when (PP-52)."""
    if "from" in details and "until" in details:
        return {"late_from": say_time(_local(details["from"])), "late_until": say_time(_local(details["until"]))}
    return {"late_at": say_time(_local(details["at"]))} if "at" in details else {}


def _before(details: Mapping[str, Any], sent_on: date, language: str) -> dict[str, str]:
    if not details.get("before"):
        return {}
    return {"before": say_date(date.fromisoformat(details["before"]), sent_on=sent_on, language=language)}


def _local(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(AMSTERDAM)
