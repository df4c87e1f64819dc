"""The list of a day: appointments and breaks in time order, and where now is."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from pages.names import listed_name
from pages.templatetags.look import KINDS, MODALITIES
from people.models import Clinician
from praktijkplan.contact import Modality
from scheduling.localtime import local_day
from waitingroom.queries import DayRow, day_breaks

MINUTE = timedelta(minutes=1)


def agenda_of(
    rows: Sequence[DayRow], clinician: Clinician, day: date, now: datetime, focus: DayRow | None
) -> list[dict[str, Any]]:
    entries: list[tuple[datetime, int, dict[str, Any]]] = [
        (row.appointment.start, 1, _entry(row, day, here=row is focus)) for row in rows
    ]
    for pause in day_breaks(clinician=clinician, day=day):
        minutes = int((pause.end - pause.start) / MINUTE)
        entries.append((pause.start, 1, {"time": pause.start, "break_minutes": minutes}))
    if entries and local_day(now) == day:
        entries.append((now, 2, {"nowline": True}))
    return [entry for _start, _order, entry in sorted(entries, key=lambda entry: entry[:2])]


def _entry(row: DayRow, day: date, *, here: bool) -> dict[str, Any]:
    appointment = row.appointment
    return {
        "id": f"row-{appointment.public_id.hex}",
        "time": appointment.start,
        "name": listed_name(appointment.patient),
        "sub": " · ".join(_notes(row)),
        "status": row.status,
        "since": row.counts_from_shown,
        "minutes": row.waits,
        "url": f"{reverse('my-day')}?dag={day.isoformat()}&afspraak={appointment.public_id}",
        "here": here,
        "past": row.over or row.to_close,
    }


def _notes(row: DayRow) -> list[str]:
    notes = [form_of(row)]
    planned = row.appointment.duration_minutes
    if row.used_minutes is not None:
        notes.append(gettext("%(used)d/%(planned)d min") % {"used": row.used_minutes, "planned": planned})
    if row.companions:
        notes.append(gettext("with %(names)s") % {"names": ", ".join(row.companions)})
    if row.course.asks_for_call:
        notes.append(gettext("wants to be phoned"))
    if row.open and row.early:
        notes.append(gettext("is there already"))
    if row.to_close:
        notes.append(gettext("still to close"))
    return notes


def form_of(row: DayRow) -> str:
    """CP video, NP video; or the form alone for the other kinds of contact."""
    form = MODALITIES[Modality(row.appointment.modality).value]
    kind = KINDS.get(row.appointment.type.contact_kind)
    return str(kind) % {"form": form} if kind else str(form)
