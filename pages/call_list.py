"""Whom to phone (PP-45): beside the day and the helpdesk as a panel, and as a page of its own.

One patient at a time, with number, words, outcome; the next opens by itself.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace
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
    NOTE_LENGTH,
    AlreadyDone,
    CallReport,
    HeldByOther,
    complete_calls,
    hold_call,
    release_call,
    settle_without_call,
    try_call_again,
)
from notifications.actions.right_numbers import NumberRefused
from notifications.models import SAID_BY_STAFF, CallOutcome, CallResult, CallTask, InsteadOfCall
from notifications.queries.calls import Shelf, count_unreached
from pages.call_page import call_page
from pages.call_panels import Call, opened, read_call_list
from pages.call_reports import NUMBER_PROBLEMS, RightNumberForm, Typed, typed_in
from pages.live import fragment
from pages.names import staff_names
from pages.permissions import Desk, department_page, desk_at, log_new, log_refusal, sign_in_first
from pages.templatetags.planner import phone
from pages.typed import typed_line
from people.permissions import Permission

SHOWN = 7
ACTION = "view.call_list"
CHANGE = "call.patient"
CHANGE_CONTACT = "change.contact"
RESULTS = (CallResult.READY, CallResult.HELP, CallResult.WANTS_PHONE, CallResult.WANTS_VISIT)
PREFERENCES = (CallResult.WANTS_PHONE, CallResult.WANTS_VISIT)
TaskView = Callable[[HttpRequest, Desk, CallTask], HttpResponse]


def side_panel(desk: Desk, now: datetime, chosen: CallTask | None = None) -> dict[str, Any]:
    """Beside another page: the call to make now, `chosen` where that may be made, and who follows."""
    found = read_call_list(desk.department, who=desk.actor, now=now)
    calls = sorted(found.now, key=lambda call: chosen not in call.tasks)[:SHOWN]
    return {
        "calls": [opened(call) if place == 0 else call for place, call in enumerate(calls)],
        "to_phone": len(found.now),
        "list": found,
        "unreached": count_unreached(desk.department, now=now),
        **choices(desk),
    }


def choices(desk: Desk) -> dict[str, Any]:
    """What can be said of a call. A preference and another number only by who may write these down."""
    may_prefer = desk.may(Permission.STATE_PREFERENCE)
    results = [result for result in RESULTS if may_prefer or result not in PREFERENCES]
    return {"outcomes": SAID_BY_STAFF, "results": results, "may_correct": desk.may(Permission.BOOK)}


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
    """What came of a call; the next one opens by itself, or this one again where the right number is known now."""
    report, number = _report(request, desk), RightNumberForm(request.POST)
    if report is None:
        return HttpResponse(gettext("Choose what came of the call."), status=422)
    desk.log(CHANGE, task.patient_id, task.appointment_id)
    if number.is_filled_in:
        _log_contact(request, task)
    if number.problem:
        return _again(request, desk, task, number.problem)
    report = replace(report, right_number=number.cleaned_data["juist"])
    tasks = [task, *_also(request, task)]
    done = complete_calls(tasks=tasks, report=report, by=desk.actor, now=timezone.now())
    if isinstance(done, NumberRefused):
        return _again(request, desk, task, str(NUMBER_PROBLEMS[done.why]))
    if _refused(request, done):
        _give_back(request, typed_in(request.POST))
    else:
        _say_kept(request, report)
    return _next(request, desk)


@task_page
def call_hold(request: HttpRequest, desk: Desk, task: CallTask) -> HttpResponse:
    """ "Ik bel nu", or not after all."""
    if "los" in request.POST:
        release_call(task=task, by=desk.actor)
    else:
        desk.log(CHANGE, task.patient_id, task.appointment_id)
        _refused(request, hold_call(task=task, by=desk.actor, now=timezone.now()))
    return _next(request, desk, task, typed_in(request.POST))


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


def _log_contact(request: HttpRequest, task: CallTask) -> None:
    """Another number is a change of contact: for who may change that, of a patient whom the department treats."""
    desk = desk_at(request, Permission.BOOK, task.department_id)
    if desk is None or not task.patient.treatment_relations.filter(department=desk.department).exists():
        log_refusal(request, CHANGE_CONTACT, task.patient)
        raise Http404
    desk.log(CHANGE_CONTACT, task.patient_id)


def _say_kept(request: HttpRequest, report: CallReport) -> None:
    if report.right_number:
        said = gettext("The right number is noted: %(number)s.") % {"number": phone(report.right_number)}
        messages.success(request, said)
    if report.result in PREFERENCES:
        messages.success(request, gettext("The preference is noted. Move the appointment to another form if needed."))


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
        note=typed_line(request.POST, "notitie", NOTE_LENGTH),
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


def _give_back(request: HttpRequest, typed: Typed) -> None:
    """What was typed for a call that is no longer there to show it."""
    if typed.words:
        messages.info(request, gettext("You had written: %(words)s") % {"words": typed.words})


def _again(request: HttpRequest, desk: Desk, task: CallTask, problem: str) -> HttpResponse:
    """The same call, with what was typed, and what is wrong with it."""
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(problem, status=422)
    answer = _next(request, desk, task, typed_in(request.POST, problem))
    answer.status_code = 422
    return answer


def _next(
    request: HttpRequest, desk: Desk, chosen: CallTask | None = None, typed: Typed | None = None
) -> HttpResponse:
    """To where the request came from: the page of calls, or the panel beside another page."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("call-list" if _is_on_page(request) else "home")
    if not _is_on_page(request):
        return _panel(request, desk, chosen, typed, focus=True)
    context = _page_context(request, desk, chosen=chosen)
    page = context["page"]
    call = _with_typed(request, page.open, chosen, typed)
    context |= {"page": replace(page, open=call), "focus_call": not _is_wrong(call), "alone": True}
    return fragment(request, "planner/_call_page.html", context)


def _panel(
    request: HttpRequest,
    desk: Desk,
    chosen: CallTask | None = None,
    typed: Typed | None = None,
    *,
    focus: bool = False,
) -> HttpResponse:
    shown = side_panel(desk, timezone.now(), chosen)
    log_new(desk, ACTION, seen_in(shown["calls"]))
    first, *others = shown["calls"] or [None]
    call = _with_typed(request, first, chosen, typed)
    shown |= {"calls": [call, *others] if call else [], "focus_call": focus and not _is_wrong(call)}
    return fragment(request, "planner/_calls.html", shown | {"desk": desk, "alone": True, "target": "#calls"})


def _with_typed(request: HttpRequest, call: Call | None, task: CallTask | None, typed: Typed | None) -> Call | None:
    """The open call with what was typed for it; if it is another one, that is given back in words."""
    if typed is None:
        return call
    if call is None or call.held_by or task not in call.tasks:
        _give_back(request, typed)
        return call
    return replace(call, typed=typed)


def _is_wrong(call: Call | None) -> bool:
    return bool(call and call.typed and call.typed.problem)


def _is_on_page(request: HttpRequest) -> bool:
    return request.POST.get("toon", "") in set(Shelf)


def _page_context(request: HttpRequest, desk: Desk, chosen: CallTask | None = None) -> dict[str, Any]:
    asked = request.POST if request.method == "POST" else request.GET
    wanted = str(chosen.public_id) if chosen else asked.get("bel", "")
    page = call_page(desk, shelf=asked.get("toon", ""), chosen=wanted, now=timezone.now())
    return {"desk": desk, "page": page, "now": timezone.now(), "target": "#call-page", **choices(desk)}
