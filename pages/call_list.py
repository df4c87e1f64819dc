"""Whom to phone (PP-45): beside the day and the helpdesk as a panel, and as a page of its own.

One patient at a time, with number, words, outcome; the next opens by itself.
"""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from notifications.actions.call_results import (
    AlreadyDone,
    CallReport,
    HeldByOther,
    complete_calls,
    hold_call,
    release_call,
    settle_without_call,
    try_call_again,
)
from notifications.models import SAID_BY_STAFF, CallOutcome, CallResult, CallTask, InsteadOfCall
from notifications.queries.calls import Shelf, count_unreached
from pages.call_page import call_page
from pages.call_panels import Call, opened, read_call_list
from pages.live import fragment
from pages.names import staff_names
from pages.permissions import Desk, department_page, desk_at, log_new, log_refusal, sign_in_first
from people.permissions import Permission

SHOWN = 7
ACTION = "view.call_list"
CHANGE = "call.patient"
RESULTS = (CallResult.READY, CallResult.HELP, CallResult.WANTS_PHONE, CallResult.WANTS_VISIT)
PREFERENCES = (CallResult.WANTS_PHONE, CallResult.WANTS_VISIT)
TaskView = Callable[[HttpRequest, Desk, CallTask], HttpResponse]


def side_panel(desk: Desk, now: datetime) -> dict[str, Any]:
    """Beside another page: the call to make now, and who follows."""
    found = read_call_list(desk.department, who=desk.actor, now=now)
    calls = found.now[:SHOWN]
    return {
        "calls": [opened(call) if place == 0 else call for place, call in enumerate(calls)],
        "waiting": len(found.now),
        "list": found,
        "unreached": count_unreached(desk.department, now=now),
        **choices(desk),
    }


def choices(desk: Desk) -> dict[str, Any]:
    """What can be said of a call. A preference only by who may write one down."""
    may_prefer = desk.may(Permission.STATE_PREFERENCE)
    results = [result for result in RESULTS if may_prefer or result not in PREFERENCES]
    return {"outcomes": SAID_BY_STAFF, "results": results}


def seen_in(calls: Iterable[Call]) -> list[tuple[int, int | None]]:
    return [(call.patient.pk, task.appointment_id) for call in calls for task in call.tasks]


@require_GET
@department_page(Permission.CALL_PATIENT)
def calls(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The panel alone, for the live page around it."""
    return _panel(request, desk)


@require_GET
@department_page(Permission.CALL_PATIENT)
def call_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    context = _page_context(request, desk)
    desk.log_list(ACTION, context["page"].seen)
    return render(request, "planner/call_list.html", context)


@require_GET
@department_page(Permission.CALL_PATIENT)
def call_list_now(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The page's content alone, for the live page around it."""
    context = _page_context(request, desk)
    log_new(desk, ACTION, context["page"].seen)
    return fragment(request, "planner/_call_page.html", context | {"alone": True})


def task_page(view: TaskView) -> Callable[..., HttpResponse]:
    """A POST about one task, in the department it belongs to; elsewhere it does not exist."""

    @require_POST
    @wraps(view)
    def page(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        if not request.user.is_authenticated:
            return sign_in_first(request)  # type: ignore[return-value]
        task = CallTask.objects.select_related("patient", "department").filter(public_id=public_id).first()
        desk = desk_at(request, Permission.CALL_PATIENT, task.department_id) if task else None
        if task is None or desk is None:
            log_refusal(request, CHANGE, task.patient if task else None)
            raise Http404
        return view(request, desk, task)

    return page


@task_page
def call_outcome(request: HttpRequest, desk: Desk, task: CallTask) -> HttpResponse:
    """What came of a call; the next one opens by itself."""
    report = _report(request, desk)
    if report is None:
        return HttpResponse(gettext("Choose what came of the call."), status=422)
    desk.log(CHANGE, task.patient_id, task.appointment_id)
    tasks = [task, *_also(request, task)]
    done = complete_calls(tasks=tasks, report=report, by=desk.actor, now=timezone.now())
    if not _refused(request, done) and report.result in PREFERENCES:
        messages.success(request, gettext("The preference is noted. Move the appointment to another form if needed."))
    return _next(request, desk)


@task_page
def call_hold(request: HttpRequest, desk: Desk, task: CallTask) -> HttpResponse:
    """ "Ik bel nu", or not after all."""
    if "los" in request.POST:
        release_call(task=task, by=desk.actor)
    else:
        desk.log(CHANGE, task.patient_id, task.appointment_id)
        _refused(request, hold_call(task=task, by=desk.actor, now=timezone.now()))
    return _next(request, desk, chosen=task)


@task_page
def call_settle(request: HttpRequest, desk: Desk, task: CallTask) -> HttpResponse:
    """Nobody was reached, and something else was done; or one more try."""
    how = request.POST.get("hoe", "")
    if how == "opnieuw":
        try_call_again(task=task)
    elif how in InsteadOfCall.values:
        _refused(request, settle_without_call(task=task, how=InsteadOfCall(how), by=desk.actor, now=timezone.now()))
    else:
        return HttpResponse(gettext("Choose what was done instead."), status=422)
    desk.log(CHANGE, task.patient_id, task.appointment_id)
    return _next(request, desk)


def _report(request: HttpRequest, desk: Desk) -> CallReport | None:
    """ "reached.help" is reached, and needs help. None for what nobody can say."""
    outcome, _dot, result = request.POST.get("outcome", "").partition(".")
    if outcome not in SAID_BY_STAFF or (result and result not in choices(desk)["results"]):
        return None
    if result and outcome != CallOutcome.REACHED:
        return None
    return CallReport(
        CallOutcome(outcome),
        CallResult(result) if result else None,
        note=request.POST.get("notitie", "").strip(),
        number=request.POST.get("nummer", ""),
    )


def _also(request: HttpRequest, task: CallTask) -> list[CallTask]:
    """The other tasks of this patient that stood on the screen when the call was made."""
    keys = [key for key in request.POST.get("ook", "").split(",") if _is_key(key)]
    same = CallTask.objects.filter(department=task.department, patient=task.patient_id)
    return list(same.filter(public_id__in=keys).exclude(pk=task.pk)) if keys else []


def _is_key(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _refused(request: HttpRequest, answer: object) -> bool:
    if isinstance(answer, AlreadyDone):
        messages.warning(request, gettext("A colleague has phoned this patient already."))
    elif isinstance(answer, HeldByOther):
        who = staff_names([answer.held_by]).get(answer.held_by, gettext("a colleague"))
        messages.warning(request, gettext("%(name)s has this patient on the line now.") % {"name": who})
    return isinstance(answer, AlreadyDone | HeldByOther)


def _next(request: HttpRequest, desk: Desk, chosen: CallTask | None = None) -> HttpResponse:
    """To where the request came from: the page of calls, or the panel beside another page."""
    on_page = request.POST.get("toon", "") in set(Shelf)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("call-list" if on_page else "home")
    if not on_page:
        return _panel(request, desk, focus=True)
    context = _page_context(request, desk, chosen=chosen) | {"focus_call": True, "alone": True}
    return fragment(request, "planner/_call_page.html", context)


def _panel(request: HttpRequest, desk: Desk, *, focus: bool = False) -> HttpResponse:
    shown = side_panel(desk, timezone.now())
    log_new(desk, ACTION, seen_in(shown["calls"]))
    context = shown | {"focus_call": focus, "desk": desk, "alone": True, "target": "#calls"}
    return fragment(request, "planner/_calls.html", context)


def _page_context(request: HttpRequest, desk: Desk, chosen: CallTask | None = None) -> dict[str, Any]:
    asked = request.POST if request.method == "POST" else request.GET
    wanted = str(chosen.public_id) if chosen else asked.get("bel", "")
    page = call_page(desk, shelf=asked.get("toon", ""), chosen=wanted, now=timezone.now())
    return {"desk": desk, "page": page, "now": timezone.now(), "target": "#call-page", **choices(desk)}
