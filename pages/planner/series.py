"""Een reeks: several appointments in one go. The places proposed in one list, each of which can be another one."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.permissions import Desk, patient_page
from pages.planner.booking import seen_in_form
from pages.planner.history import moment_words
from pages.planner.offers import Place
from pages.planner.series_form import SeriesForm
from pages.planner.slots import SlotField
from pages.widgets import Segmented
from people.models import Clinician, Patient
from people.permissions import Permission
from praktijkplan.series import FEWEST
from praktijkplan.slots import FreeStart
from scheduling.actions.placing import ChangedMeanwhile, NeedsReason, NotPlaced, Plan
from scheduling.actions.series import book_series
from scheduling.localtime import local_day
from scheduling.locks import Busy
from scheduling.models import Appointment, AppointmentChange, AppointmentStatus, AppointmentType, DecidedBy
from scheduling.models.minutes import from_minute
from scheduling.queries.seen import SeenOfPatient, made_since, seen_of_patient
from scheduling.queries.series import Position, places_of_series
from scheduling.sentences import unplaced_sentences, why_not_words

ACTION = "book.series"
LEFT_OUT = "-"


@dataclass(frozen=True)
class Row:
    """`value`: the place that stands chosen, or LEFT_OUT; `missing` says why none was found."""

    number: int
    wanted: date
    options: tuple[Place, ...]
    value: str
    missing: str = ""
    problems: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"plek-{self.number}"


class DecidedForm(forms.Form):
    decided_by = forms.ChoiceField(
        label=_("Who chose the form of contact?"),
        choices=DecidedBy.choices,
        widget=Segmented,
        initial=DecidedBy.TOGETHER,
    )


@patient_page(Permission.BOOK, change=ACTION)
def series(request: HttpRequest, desk: Desk, patient: Patient) -> HttpResponse:
    now = timezone.now()
    if request.method != "POST":
        asked = SeriesForm(request.GET, department=desk.department, today=local_day(now))
        return _show(request, desk, patient, asked, DecidedForm(), now)
    asked = SeriesForm(request.POST, department=desk.department, today=local_day(now))
    decided = DecidedForm(request.POST)
    if not (asked.is_valid() and decided.is_valid()):
        return _show(request, desk, patient, asked, decided, now, status=422)
    plans = _plans(request.POST, asked, desk)
    if len(plans) < FEWEST:
        few = gettext("Choose a place for at least two appointments. Nothing was booked.")
        return _show(request, desk, patient, asked, decided, now, status=422, problems=[few])
    return _book(request, desk, patient, asked, decided, plans, now)


def _book(
    request: HttpRequest,
    desk: Desk,
    patient: Patient,
    asked: SeriesForm,
    decided: DecidedForm,
    plans: Mapping[int, Plan],
    now: datetime,
) -> HttpResponse:
    seen = seen_in_form(request.POST.get("gezien", ""), desk, patient)
    done: list[Appointment] | NotPlaced | NeedsReason | None
    try:
        done = book_series(
            patient=patient,
            plans=list(plans.values()),
            by=desk.actor,
            now=now,
            decided_by=decided.cleaned_data["decided_by"],
            seen=seen,
        )
    except ChangedMeanwhile:
        done = None
    except Busy:
        busy = [gettext("Someone else is booking on one of these days. Nothing was booked. Try again.")]
        return _show(request, desk, patient, asked, decided, now, status=503, problems=busy)
    if isinstance(done, list):
        return redirect("together", batch=done[0].changes.get().batch)
    batch = _booked_just_now(desk, patient, list(plans.values()))
    if batch is not None:
        return redirect("together", batch=batch)
    if done is None:
        made = _made_meanwhile(desk, patient, seen)
        return _show(request, desk, patient, asked, decided, now, status=409, problems=made)
    number = list(plans)[done.which if isinstance(done, NotPlaced) else 0]
    wrong = {number: tuple(unplaced_sentences(done))}
    said = gettext("Appointment %(number)d, on %(moment)s, cannot be had any more. Nothing was booked.") % {
        "number": number,
        "moment": moment_words(plans[number].start),
    }
    return _show(request, desk, patient, asked, decided, now, status=409, problems=[said], wrong=wrong)


def _made_meanwhile(desk: Desk, patient: Patient, seen: SeenOfPatient | None) -> list[str]:
    made = made_since(seen, patient.pk, desk.department.pk) if seen else []
    return [
        gettext("Someone else booked for this patient just now"),
        *(f"{moment_words(each.start)} · {each.type.name} · {each.clinician.name}" for each in made),
        gettext("Nothing of yours was booked yet, and what you chose is kept. Is it still needed? Then book again."),
    ]


def _plans(posted: QueryDict, asked: SeriesForm, desk: Desk) -> dict[int, Plan]:
    """By number in the list; only with who this department has. What was left out or makes no sense is none."""
    clinicians = desk.department.clinicians.in_bulk()
    field, plans = SlotField(), {}
    for number in range(1, asked.wish.count + 1):
        try:
            slot = field.clean(posted.get(f"plek-{number}", ""))
        except forms.ValidationError:
            continue
        if slot.clinician in clinicians:
            plans[number] = Plan(slot.start, clinicians[slot.clinician], asked.kind)
    return plans


def _booked_just_now(desk: Desk, patient: Patient, plans: Sequence[Plan]) -> uuid.UUID | None:
    """Sent twice: the second one finds its own series, and that is success."""
    changes = AppointmentChange.objects.filter(
        kind=AppointmentChange.Kind.BOOKED,
        by=desk.actor,
        batch__isnull=False,
        appointment__patient=patient,
        appointment__status=AppointmentStatus.BOOKED,
        appointment__start__in=[plan.start for plan in plans],
    )
    found = list(changes.values_list("batch", flat=True))
    return found[0] if len(found) == len(plans) and len(set(found)) == 1 else None


def _show(
    request: HttpRequest,
    desk: Desk,
    patient: Patient,
    asked: SeriesForm,
    decided: DecidedForm,
    now: datetime,
    *,
    status: int = 200,
    problems: list[str] | None = None,
    wrong: Mapping[int, tuple[str, ...]] | None = None,
) -> HttpResponse:
    rows: list[Row] = []
    if asked.is_asked and asked.is_valid():
        positions = places_of_series(patient, asked.kind, asked.wish, asked.cleaned_data["van"], now=now)
        rows = _rows(positions, asked.kind, request.POST if request.method == "POST" else None, wrong or {})
    context: dict[str, Any] = {
        "desk": desk,
        "patient": patient,
        "asked": asked,
        "decided": decided,
        "rows": rows,
        "placed": sum(row.value != LEFT_OUT for row in rows),
        "left_out": LEFT_OUT,
        "problems": problems or [],
        "seen": _token(request, desk, patient, status),
    }
    return render(request, "planner/series.html", context, status=status)


def _token(request: HttpRequest, desk: Desk, patient: Patient, status: int) -> str:
    """A form that was refused keeps what its sender saw, until the answer shows what was made since."""
    sent = request.POST.get("gezien", "") if status in (422, 503) else ""
    return sent or seen_of_patient(patient.pk, desk.department.pk).token


def _rows(
    positions: Sequence[Position],
    kind: AppointmentType,
    posted: QueryDict | None,
    wrong: Mapping[int, tuple[str, ...]],
) -> list[Row]:
    """What the clerk chose stands chosen, while it can still be had; else what is proposed."""
    shown = [place for each in positions for place in (each.chosen, *each.others) if place]
    clinicians = Clinician.objects.in_bulk({place[1] for place in shown})

    def place(each: FreeStart) -> Place:
        return Place(from_minute(each[0]), clinicians[each[1]], kind, kind.duration_minutes)

    rows = []
    for number, each in enumerate(positions, start=1):
        best = [] if each.chosen is None else [place(each.chosen)]
        options = (*best, *(place(other) for other in each.others))
        said = posted.get(f"plek-{number}", "") if posted is not None else ""
        can = {option.value for option in options} | {LEFT_OUT}
        proposed = best[0].value if best else LEFT_OUT
        rows.append(
            Row(
                number=number,
                wanted=each.wanted,
                options=options,
                value=said if said in can else proposed,
                missing=why_not_words(each.why_not, beyond=each.beyond),
                problems=wrong.get(number, ()),
            )
        )
    return rows
