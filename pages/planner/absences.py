"""Ziek/verlof: who is away, and another place or another end for each patient who was booked then."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from notifications.actions.new_times import CLINICIAN_AWAY
from notifications.queries.calls import calls_about
from pages.permissions import Desk, current_department, department_page, desk_at, log_refusal, sign_in_first
from pages.planner.absence_form import AbsenceForm, ChangeForm, Period, as_it_is
from pages.planner.absence_rows import Row, batches_of, choices_of, period_words, problem_of, rows_of
from pages.planner.meanwhile import busy_sentence
from pages.planner.places import of_one
from pages.planner.reached import letters_to
from people.models import Patient
from people.permissions import Permission
from scheduling.actions.absences import change_absence, enter_absence, lift_absence
from scheduling.actions.bulk import Ended, Outcome, replan_many
from scheduling.actions.placing import ChangedMeanwhile
from scheduling.locks import Busy
from scheduling.models import Absence, Misfit
from scheduling.models.minutes import from_minute
from scheduling.queries.absences import absences_shown, departments_of, ended_tasks_of, tasks_of

ACTION, REPLAN = "view.absence", "replan.absence"
# So many patients are dealt with at a time; the first appointments first.
SHOWN = 100
# From so many letters on, the number is confirmed first.
MANY_LETTERS = 10
ACCEPT, CANCEL = "accept", "cancel"

AbsenceView = Callable[[HttpRequest, Desk, Absence], HttpResponseBase]


def absence_page(permission: Permission) -> Callable[[AbsenceView], Callable[..., HttpResponseBase]]:
    """A page about one absence, in a department that it concerns; elsewhere it is as if it did not exist."""

    def decorate(view: AbsenceView) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            absence = Absence.objects.select_related("clinician").filter(public_id=public_id).first()
            desk = _desk_of(request, absence, permission) if absence else None
            if absence is None or desk is None:
                log_refusal(request, ACTION)
                raise Http404
            return view(request, desk, absence)

        return page

    return decorate


@department_page(Permission.ENTER_ABSENCE)
def absences(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who is away, and the form to enter another."""
    now = timezone.now()
    if request.method != "POST":
        form = AbsenceForm(
            department=desk.department, now=now, initial={"kind": Absence.Kind.ILL, "period": Period.TODAY}
        )
        return _show_list(request, desk, form, now)
    form = AbsenceForm(request.POST, department=desk.department, now=now)
    if not form.is_valid():
        return _show_list(request, desk, form, now, status=422)
    try:
        entered = enter_absence(
            clinician=form.cleaned_data["clinician"],
            starts=form.starts,
            ends=form.ends,
            kind=form.cleaned_data["kind"],
            by=desk.actor,
            now=now,
        )
    except Busy:
        form.add_error(None, busy_sentence())
        return _show_list(request, desk, form, now, status=503)
    return redirect("absence", public_id=entered.public_id)


@absence_page(Permission.ENTER_ABSENCE)
def absence(request: HttpRequest, desk: Desk, absence: Absence) -> HttpResponse:
    return _show(request, desk, absence)


@require_POST
@absence_page(Permission.BOOK)
def replan(request: HttpRequest, desk: Desk, absence: Absence) -> HttpResponse:
    """Takes the places chosen, or cancels and has people phoned, for whoever is ticked."""
    now, tasks, posted = timezone.now(), _tasks(desk, absence), of_one(request.POST, act=ACCEPT)
    act = CANCEL if posted.get("act") == CANCEL else ACCEPT
    choices = choices_of(posted, tasks, desk.department, cancel=act == CANCEL)
    if not choices:
        nothing = gettext("Tick at least one patient for whom a place is chosen. Nothing was changed.")
        return _show(request, desk, absence, posted=posted, problem=nothing, status=422)
    reached = letters_to([choice.appointment for choice in choices])
    letters = sum(reached.values())
    if not posted.get("confirmed") and (act == CANCEL or letters >= MANY_LETTERS):
        to_phone = sum(not each for each in reached.values())
        confirm = {"act": act, "letters": letters, "count": len(choices), "to_phone": to_phone}
        return _show(request, desk, absence, posted=posted, confirm=confirm)
    desk.log_list(REPLAN, [(each.appointment.patient_id, each.appointment.pk) for each in choices])
    away = gettext("the clinician is away") if act == CANCEL else ""
    outcomes = replan_many(
        choices=choices, by=desk.actor, now=now, reason=CLINICIAN_AWAY, note=away, asked_by="clinic"
    )
    _say_what_was_done(request, outcomes, act)
    problems = {each.choice.appointment.pk: problem_of(each) for each in outcomes if each.ended is not Ended.DONE}
    if problems:
        return _show(request, desk, absence, posted=posted, problems=problems, status=409)
    return redirect("absence", public_id=absence.public_id)


@require_POST
@absence_page(Permission.ENTER_ABSENCE)
def lift(request: HttpRequest, desk: Desk, absence: Absence) -> HttpResponse:
    """What was not dealt with yet stands as it stood."""
    revision = request.POST.get("revision", "")
    try:
        lift_absence(
            absence=absence,
            expected_revision=int(revision) if revision.isdecimal() and len(revision) < 9 else 0,
            by=desk.actor,
            now=timezone.now(),
        )
    except Busy:
        return _show(request, desk, absence, problem=busy_sentence(), status=503)
    except ChangedMeanwhile:
        absence.refresh_from_db()
        return _show(request, desk, absence, problem=_changed(), status=409)
    messages.success(request, gettext("The absence is lifted. What was not dealt with yet stands as it stood."))
    return redirect("absences")


@absence_page(Permission.ENTER_ABSENCE)
def change(request: HttpRequest, desk: Desk, absence: Absence) -> HttpResponse:
    """Longer, shorter, or of another kind."""
    now = timezone.now()
    if request.method != "POST":
        return _show_change(request, desk, absence, ChangeForm(now=now, initial=as_it_is(absence)))
    form = ChangeForm(request.POST, now=now)
    if not form.is_valid():
        return _show_change(request, desk, absence, form, status=422)
    try:
        change_absence(
            absence=absence,
            starts=form.starts,
            ends=form.ends,
            kind=form.cleaned_data["kind"],
            expected_revision=form.cleaned_data["revision"],
            by=desk.actor,
            now=now,
        )
    except Busy:
        form.add_error(None, busy_sentence())
        return _show_change(request, desk, absence, form, status=503)
    except ChangedMeanwhile:
        form.add_error(None, _changed())
        return _show_change(request, desk, absence, form, status=409)
    return redirect("absence", public_id=absence.public_id)


def _desk_of(request: HttpRequest, absence: Absence, permission: Permission) -> Desk | None:
    """In the department the user chose where the absence concerns it, else in the first that it concerns."""
    concerns = departments_of(absence)
    chosen = current_department(request, permission)
    candidates = [*([chosen.pk] if chosen else []), *sorted(concerns)]
    desks = (desk_at(request, permission, each) for each in candidates if each in concerns)
    return next((desk for desk in desks if desk), None)


def _tasks(desk: Desk, absence: Absence) -> list[Misfit]:
    """Names are for who may book."""
    return list(tasks_of(absence, desk.department)[:SHOWN]) if desk.may(Permission.BOOK) else []


def _changed() -> str:
    return gettext("Someone else changed this absence just now. Nothing of yours was done yet: look at it again.")


def _say_what_was_done(request: HttpRequest, outcomes: Sequence[Outcome], act: str) -> None:
    done = sum(each.ended is Ended.DONE for each in outcomes)
    if not done:
        return
    said = (
        ngettext(
            "%(count)d appointment is cancelled. The patient is on the call list.",
            "%(count)d appointments are cancelled. The patients are on the call list.",
            done,
        )
        if act == CANCEL
        else ngettext("%(count)d appointment is moved.", "%(count)d appointments are moved.", done)
    )
    messages.success(request, said % {"count": done})


def _show_list(
    request: HttpRequest, desk: Desk, form: AbsenceForm, now: datetime, *, status: int = 200
) -> HttpResponse:
    shown = [_Shown(each) for each in absences_shown(desk.department, now=now)]
    return render(request, "planner/absences.html", {"desk": desk, "form": form, "absences": shown}, status=status)


class _Shown:
    """An absence with its moments."""

    def __init__(self, absence: Absence) -> None:
        self.row = absence
        self.starts, self.ends = from_minute(absence.starts), from_minute(absence.ends)
        self.words = period_words(absence)


def _show(
    request: HttpRequest,
    desk: Desk,
    absence: Absence,
    *,
    posted: QueryDict | None = None,
    problems: Mapping[int, tuple[str, ...]] | None = None,
    problem: str = "",
    confirm: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    now, tasks = timezone.now(), _tasks(desk, absence)
    rows = rows_of(tasks, now=now, posted=posted, problems=problems)
    ended = list(ended_tasks_of(absence, desk.department)[:SHOWN]) if desk.may(Permission.BOOK) else []
    if tasks or ended:
        desk.log_list(ACTION, [(each.appointment.patient_id, each.appointment_id) for each in [*tasks, *ended]])
    context = {
        "desk": desk,
        "absence": absence,
        "words": period_words(absence),
        "rows": rows,
        "ended": ended,
        "to_phone": _to_phone(ended, desk, now),
        "batches": batches_of(absence, desk.department, now=now) if desk.may(Permission.BOOK) else [],
        "count": _count(absence, desk),
        "letters": _letters(rows),
        "may_replan": desk.may(Permission.BOOK),
        "confirm": confirm,
        "problem": problem,
    }
    return render(request, "planner/absence.html", context, status=status)


def _count(absence: Absence, desk: Desk) -> dict[str, int]:
    """How far it is, here and in other departments."""
    here = absence.misfits.filter(department=desk.department)
    left = here.filter(ended_at__isnull=True).count()
    total, elsewhere = here.count(), absence.misfits.filter(ended_at__isnull=True).count() - left
    return {"open": left, "total": total, "done": total - left, "elsewhere": elsewhere}


def _letters(rows: Sequence[Row]) -> dict[str, Any]:
    """What would be sent if all that is chosen here were taken, and to whom nobody can send anything."""
    placed = [row for row in rows if row.chosen]
    return {
        "moved": sum(row.letters for row in placed),
        "other_form": sum(row.letters for row in placed if row.changes_form),
        "to_phone": sum(not row.letters for row in rows),
        "unreached": [row for row in rows if not row.letters],
        "without_place": len(rows) - len(placed),
    }


def _to_phone(ended: Sequence[Misfit], desk: Desk, now: datetime) -> list[Patient]:
    """Each once, of whom nobody has told yet what became of the appointment."""
    tasks = calls_about([each.appointment_id for each in ended], desk.department, now=now) if ended else ()
    return list({task.patient_id: task.patient for task in tasks}.values())


def _show_change(
    request: HttpRequest, desk: Desk, absence: Absence, form: ChangeForm, *, status: int = 200
) -> HttpResponse:
    context = {"desk": desk, "absence": absence, "words": period_words(absence), "form": form}
    return render(request, "planner/absence_change.html", context, status=status)
