from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from pages.clinician.access import own_consult, own_day
from pages.clinician.day import (
    MyDay,
    activity_sentence,
    closing_panel,
    delay_look,
    my_day_of,
    someone_waits,
)
from pages.clinician.forms import PHONED, ClosingForm, PhonedForm
from pages.live import fragment
from pages.names import spoken_name
from pages.permissions import Desk, desk_at, memberships_of
from people.models import Clinician
from people.permissions import ROLES, Permission
from scheduling.localtime import local_day
from scheduling.models import Appointment
from waitingroom.actions.call import continue_by_phone, end_call
from waitingroom.actions.closing import close_consult
from waitingroom.actions.phoning import record_phone_call
from waitingroom.actions.presence import Admitted, admit
from waitingroom.models import Closing
from waitingroom.queries import DayRow, day_rows
from waitingroom.registration import registration_of
from waitingroom.sentences import refusal_sentence, registration_sentence


@require_GET
@own_day
def my_day(request: HttpRequest, desk: Desk, clinician: Clinician) -> HttpResponse:
    day = _day_asked(request, clinician)
    _log_seen(request, day)
    return render(request, "clinician/my_day.html", _context(request, day))


@require_GET
@own_day
def my_day_now(request: HttpRequest, desk: Desk, clinician: Clinician) -> HttpResponse:
    day = _day_asked(request, clinician)
    answer = fragment(request, "clinician/_day.html", _context(request, day), etag_of=day.told)
    if answer.status_code == 200:
        _log_seen(request, day)
    return answer


@require_POST
@own_consult(Permission.HOLD_CONSULT, change="admit.patient")
def admit_patient(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    answer = admit(appointment=appointment, by=desk.actor, now=timezone.now())
    if isinstance(answer, Admitted):
        return _went_on(request)
    return _refused(request, refusal_sentence(answer, appointment))


@require_POST
@own_consult(Permission.HOLD_CONSULT, change="end.call")
def hang_up(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    end_call(appointment=appointment, by=desk.actor, now=timezone.now())
    return _went_on(request)


@require_POST
@own_consult(Permission.HOLD_CONSULT, change="continue.by_phone")
def by_phone(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    refusal = continue_by_phone(appointment=appointment, by=desk.actor, now=timezone.now())
    return _refused(request, refusal_sentence(refusal, appointment)) if refusal else _went_on(request)


@require_POST
@own_consult(Permission.HOLD_CONSULT, change="phone.patient")
def phoned(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    form = PhonedForm(request.POST)
    if not form.is_valid():
        return _refused(request, gettext("Choose how the phone call went."))
    record_phone_call(
        appointment=appointment, outcome=form.cleaned_data["outcome"], by=desk.actor, now=timezone.now()
    )
    return _went_on(request)


@require_GET
@own_consult(Permission.CLOSE_CONSULT)
def code(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    """What would be registered with these answers."""
    row = next(row for row in _rows_around(appointment) if row.appointment.pk == appointment.pk)
    sentence = activity_sentence(row, request.GET.get("outcome", ""), comparable="comparable" in request.GET)
    return HttpResponse(sentence, content_type="text/plain; charset=utf-8")


@require_POST
@own_consult(Permission.CLOSE_CONSULT, change="close.consult")
def close(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    form = ClosingForm(request.POST, appointment=appointment)
    if not form.is_valid():
        return _closing_again(request, appointment, form)
    answer = close_consult(
        appointment=appointment, modality_held="", by=desk.actor, now=timezone.now(), **form.cleaned_data
    )
    if isinstance(answer, Closing):
        return _went_on(request, _closed_sentence(appointment, answer))
    form.add_error(None, refusal_sentence(answer, appointment))
    return _closing_again(request, appointment, form)


def _closing_again(request: HttpRequest, appointment: Appointment, form: ClosingForm) -> HttpResponse:
    rows = _rows_around(appointment)
    row = next(row for row in rows if row.appointment.pk == appointment.pk)
    closing = closing_panel(row, is_way_forward=not someone_waits(rows), form=form)
    return render(request, "clinician/_closing.html", {"closing": closing}, status=422)


def _closed_sentence(appointment: Appointment, closing: Closing) -> str:
    answer = registration_of(
        appointment=appointment,
        outcome=closing.outcome,
        modality_held=closing.modality_held,
        comparable=closing.comparable,
    )
    words = {"name": spoken_name(appointment.patient), "activity": registration_sentence(answer)}
    return gettext("Closed: %(name)s. %(activity)s") % words


def _went_on(request: HttpRequest, told: str = "") -> HttpResponse:
    """The page fetches its new state. A page about one chosen patient goes back to whoever is next."""
    htmx = getattr(request, "htmx", None)
    chosen = htmx and "afspraak=" in (htmx.current_url or "")
    if htmx and not (told and chosen):
        return _tell(request, told, "good", status=200)
    if told:
        messages.success(request, told)
    if htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("my-day")})
    return HttpResponseRedirect(reverse("my-day"))


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    return _tell(request, sentence, "warn", status=422)


def _tell(request: HttpRequest, text: str, kind: str, *, status: int) -> HttpResponse:
    """Into the page's messages, in place of what stood there: that is no longer true."""
    answer = render(request, "clinician/_told.html", {"text": text, "kind": kind}, status=status)
    answer["HX-Trigger"] = "live:refresh"
    answer["HX-Retarget"] = "#messages"
    answer["HX-Reswap"] = "innerHTML"
    return answer


def _day_asked(request: HttpRequest, clinician: Clinician) -> MyDay:
    now = timezone.now()
    return my_day_of(
        clinician,
        departments=_departments(request),
        day=_date(request.GET.get("dag", "")) or local_day(now),
        now=now,
        chosen=_uuid(request.GET.get("afspraak", "")),
    )


def _departments(request: HttpRequest) -> list[int]:
    """Where this user holds consults now; what was booked for them elsewhere is not theirs to see any more."""
    held = memberships_of(request)
    return sorted({one.department_id for one in held if one.role in ROLES[Permission.HOLD_CONSULT]})


def _context(request: HttpRequest, day: MyDay) -> dict[str, Any]:
    return {
        "day": day,
        "now": day.now,
        "delay_look": delay_look(day.delay),
        "phoned": PHONED,
        "query": request.GET.urlencode(),
    }


def _log_seen(request: HttpRequest, day: MyDay) -> None:
    """One row per patient on the page, in the department that treats them."""
    by_department: dict[int, list[tuple[int, int | None]]] = {}
    for row in day.rows:
        seen = by_department.setdefault(row.appointment.department_id, [])
        seen.append((row.appointment.patient_id, row.appointment.pk))
    for department_id, patients in by_department.items():
        if desk := desk_at(request, Permission.HOLD_CONSULT, department_id):
            desk.log_list("view.day", patients)


def _rows_around(appointment: Appointment) -> list[DayRow]:
    return day_rows(day=local_day(appointment.start), now=timezone.now(), clinician=appointment.clinician_id)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
