"""Mijn dag, as the template shows it: the list of the day, and on the right the one patient that matters now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse

from pages.call import CallView, call_view
from pages.clinician.agenda import agenda_of, form_of
from pages.clinician.forms import ClosingForm, first_answers, suggested_outcome
from pages.names import listed_name, spoken_name
from people.models import Clinician
from praktijkplan.contact import Modality
from scheduling.localtime import local_day
from scheduling.models import ClinicSession, ParticipantRole
from scheduling.queries.preferences import wish_for
from scheduling.vocabulary import PREFERENCES
from waitingroom.course import Phase
from waitingroom.models import Outcome
from waitingroom.queries import DayRow, Delay, clinician_delays, day_rows
from waitingroom.registration import as_held, registration_of
from waitingroom.sentences import registration_sentence


@dataclass(frozen=True)
class Closing:
    """The panel in which a consult is closed."""

    row: DayRow
    form: ClosingForm
    suggested: str
    activity: str
    is_way_forward: bool

    @property
    def name(self) -> str:
        return spoken_name(self.row.appointment.patient)


@dataclass(frozen=True)
class MyDay:
    day: date
    now: datetime
    sessions: Sequence[int]
    rows: Sequence[DayRow]
    agenda: Sequence[dict[str, Any]]
    delay: Delay
    focus: DayRow | None
    call: CallView | None
    closing: Closing | None

    @property
    def is_today(self) -> bool:
        return self.day == local_day(self.now)

    @property
    def yesterday(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def tomorrow(self) -> date:
        return self.day + timedelta(days=1)

    @property
    def done(self) -> int:
        return sum(row.over for row in self.rows)

    @property
    def to_go(self) -> int:
        return len(self.rows) - self.done

    @property
    def places(self) -> list[str]:
        """The departments of the day, in the order in which they come."""
        return list(dict.fromkeys(row.appointment.department.name for row in self.rows))

    @property
    def topics(self) -> str:
        """What may change this page: the sessions of the day, and appointments outside any."""
        loose = [row.appointment.pk for row in self.rows if row.appointment.session_id is None]
        topics = [*(f"session:{pk}" for pk in self.sessions), *(f"appointment:{pk}" for pk in loose)]
        return " ".join(topics) or "none"

    @property
    def focus_spoken(self) -> str:
        return spoken_name(self.focus.appointment.patient) if self.focus else ""

    @property
    def focus_listed(self) -> str:
        return listed_name(self.focus.appointment.patient) if self.focus else ""

    @property
    def focus_form(self) -> str:
        return form_of(self.focus) if self.focus else ""

    @property
    def focus_by_telephone(self) -> bool:
        """Planned so, or gone on so."""
        row = self.focus
        return row is not None and (row.status == "phone" or row.appointment.modality == Modality.PHONE)

    @property
    def preference(self) -> str:
        """What the patient wants now, perhaps said after the booking."""
        wanted = wish_for(self.focus.appointment) if self.focus else ""
        return str(dict(PREFERENCES).get(wanted, ""))

    @property
    def numbers(self) -> list[tuple[str, str]]:
        return _phone_numbers(self.focus) if self.focus else []

    @property
    def told(self) -> object:
        """All that the page shows, but for the minutes, which the browser counts on by itself."""
        rows = [_told(row) for row in self.rows]
        nowline = next((index for index, row in enumerate(self.agenda) if row.get("nowline")), None)
        grows = self.delay.grows_from or self.delay.minutes
        closing = self.closing and (self.closing.row.appointment.pk, self.closing.suggested)
        focus = self.focus and self.focus.appointment.pk
        return self.day, rows, nowline, grows, delay_look(self.delay), focus, closing


def _told(row: DayRow) -> tuple[object, ...]:
    course = row.course
    return (
        *(row.appointment.pk, row.appointment.patient_id, row.appointment.start, row.status, row.since),
        *(row.present, row.early, row.technique, row.used_minutes, row.companions, row.waiting_companions),
        *(course.phase, course.phoned_at, course.asks_for_call),
    )


def my_day_of(
    clinician: Clinician, *, departments: Sequence[int], day: date, now: datetime, chosen: UUID | None
) -> MyDay:
    rows = day_rows(day=day, now=now, clinician=clinician, departments=departments)
    focus = _focus(rows, chosen)
    closing_row = _to_close(rows, focus, now)
    return MyDay(
        day=day,
        now=now,
        sessions=list(ClinicSession.objects.filter(clinician=clinician, date=day).values_list("pk", flat=True)),
        rows=rows,
        agenda=agenda_of(rows, clinician, day, now, focus),
        delay=clinician_delays(rows, now).get(clinician.pk, Delay(0)),
        focus=focus,
        call=_call(focus),
        closing=closing_panel(closing_row, is_way_forward=not someone_waits(rows)) if closing_row else None,
    )


def closing_panel(row: DayRow, *, is_way_forward: bool, form: ClosingForm | None = None) -> Closing:
    """`form`: as it was sent, when it is shown again."""
    answers = first_answers(row)
    if form is None:
        form = ClosingForm(appointment=row.appointment, initial=answers)
    else:
        answers = {"outcome": form.data.get("outcome"), "comparable": "comparable" in form.data}
    return Closing(
        row=row,
        form=form,
        suggested=suggested_outcome(row),
        activity=activity_sentence(row, answers["outcome"], comparable=answers["comparable"]),
        is_way_forward=is_way_forward,
    )


def activity_sentence(row: DayRow, outcome: str, *, comparable: bool) -> str:
    """Empty for what is no outcome."""
    if outcome not in Outcome.values:
        return ""
    appointment = row.appointment
    answer = registration_of(
        appointment=appointment,
        outcome=outcome,
        modality_held=as_held(appointment, Outcome(outcome)),
        comparable=comparable,
    )
    return registration_sentence(answer)


def delay_look(delay: Delay) -> str:
    """How loud a delay is; as in the tag of the same name."""
    if delay.minutes < 5:
        return "none"
    return "much" if delay.minutes >= 15 else "some"


def someone_waits(rows: Sequence[DayRow]) -> bool:
    """Then letting in is the way forward, and closing comes beside it; during a call it is the other way round."""
    return any(row.open and row.present for row in rows) and not any(row.runs for row in rows)


def _can_admit(row: DayRow | None) -> bool:
    return row is not None and row.open and row.present


def _focus(rows: Sequence[DayRow], chosen: UUID | None) -> DayRow | None:
    """Who is inside; else whom the clinician chose; else the first who waits, then the next to come."""
    running = next((row for row in rows if row.runs), None)
    picked = next((row for row in rows if row.appointment.public_id == chosen), None)
    waiting = next((row for row in rows if row.open and row.present), None)
    upcoming = next((row for row in rows if row.open), None)
    return running or picked or waiting or upcoming


def _to_close(rows: Sequence[DayRow], focus: DayRow | None, now: datetime) -> DayRow | None:
    """What is running; else what was held and stands open; else what could only be closed now."""
    if focus is not None and (focus.runs or focus.to_close):
        return focus
    held = [row for row in rows if row.to_close]
    if held:
        # Whom one has just spoken with; what stood open before stays in the list.
        return max(held, key=lambda row: (row.course.ended_at or now, row.appointment.pk))
    begun = focus is not None and focus.open and focus.appointment.start <= now
    return focus if begun and not _can_admit(focus) else None


def _call(row: DayRow | None) -> CallView | None:
    if row is None or not row.appointment.is_active or row.course.phase is not Phase.IN_CALL:
        return None
    appointment = row.appointment
    participant = next(one for one in row.participants if one.role == ParticipantRole.CLINICIAN)
    return call_view(
        participant=participant,
        side=ParticipantRole.CLINICIAN,
        hang_up_url=reverse("consult-hang-up", args=[appointment.public_id]),
        phone_url=reverse("consult-by-phone", args=[appointment.public_id]),
    )


def _phone_numbers(row: DayRow) -> list[tuple[str, str]]:
    """Whom to phone about this consult: (name, number); who stands for the patient goes first."""
    patient = row.appointment.patient
    sides = [one.representative for one in row.participants if one.representative]
    found = [(one.name, one.mobile) for one in sides]
    found += [(listed_name(patient), number) for number in (patient.mobile, patient.phone)]
    return [(name, number) for name, number in found if number]
