"""All that a text may say of an appointment. Mail is no secure channel: what is not here cannot be told.

No name of a patient, clinician, department or specialism, nothing medical: date, time, form, link, phone number.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from notifications.content.words import say_date, say_day, say_time, written_in
from notifications.models import Message
from praktijkplan.contact import Modality
from praktijkplan.reminders import link_opens_at
from scheduling.localtime import AMSTERDAM
from scheduling.models import ParticipantRole
from scheduling.queries.policy import policy_on

ARRIVE_EARLIER = timedelta(minutes=10)
ADULT_AT = 18
_WHOSE = {"nl": ("uw kind", "uw naaste"), "en": ("your child", "your relative")}


@dataclass(frozen=True, slots=True)
class LetterFacts:
    kind: str
    language: str
    form: Modality
    who: str  # whose appointment it is, when it is not the reader's: uw kind, uw naaste
    hospital: str
    phone: str
    date: str
    day: str
    is_today: bool
    is_tomorrow: bool
    time: str
    opens: str
    arrive: str
    link: str

    @property
    def other(self) -> bool:
        return bool(self.who)

    @property
    def video(self) -> bool:
        return self.form is Modality.VIDEO

    @property
    def by_phone(self) -> bool:
        return self.form is Modality.PHONE

    @property
    def visit(self) -> bool:
        return self.form is Modality.VISIT

    @property
    def written(self) -> bool:
        return self.form is Modality.WRITTEN


def letter_facts(message: Message, *, now: datetime, link: str) -> LetterFacts:
    """What this message says if it is sent at `now`; `link` is empty where there is none to give."""
    appointment = message.appointment
    start, sent_on = appointment.start.astimezone(AMSTERDAM), now.astimezone(AMSTERDAM).date()
    language = written_in(message.participant.language)
    policy = policy_on(appointment.department_id, start.date())
    return LetterFacts(
        kind=message.kind,
        language=language,
        form=Modality(appointment.modality),
        who=_whose(message, start.date(), language),
        hospital=settings.HOSPITAL_NAME,
        phone=appointment.department.phone or settings.HOSPITAL_PHONE,
        date=say_date(start.date(), sent_on=sent_on, language=language),
        day=say_day(start.date(), sent_on=sent_on, language=language),
        is_today=start.date() == sent_on,
        is_tomorrow=start.date() - sent_on == timedelta(days=1),
        time=say_time(start),
        opens=say_time(link_opens_at(start, policy).astimezone(AMSTERDAM)),
        arrive=say_time((appointment.start - ARRIVE_EARLIER).astimezone(AMSTERDAM)),
        link=link,
    )


def _whose(message: Message, day: date, language: str) -> str:
    if message.participant.role != ParticipantRole.REPRESENTATIVE:
        return ""
    child, relative = _WHOSE[language]
    return child if message.appointment.patient.age_on(day) < ADULT_AT else relative
