"""Whom to phone: one patient per panel, with number, reason and outcome. On the planner's and the helpdesk's page."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from notifications.actions.calls import AlreadyDone, complete_call_task
from notifications.callees import callee_of
from notifications.models import CallOutcome, CallTask
from notifications.queries import open_call_tasks
from pages.live import fragment
from pages.permissions import Desk, department_page, desk_at, log_refusal, sign_in_first
from people.models import Department
from people.permissions import Permission

SHOWN = 12
# What a person can say happened; "no longer needed" is ours to find out.
OUTCOMES = (CallOutcome.REACHED, CallOutcome.NO_ANSWER, CallOutcome.VOICEMAIL, CallOutcome.WRONG_NUMBER)
SCRIPTS: dict[str, str | Promise] = {
    CallTask.Reason.NO_CHANNEL: _(
        "We cannot send you a message. Your appointment is on %(moment)s. Does that suit you?"
    ),
    CallTask.Reason.FAILED: _(
        "Our message did not reach you. Your appointment is on %(moment)s. Is your address right?"
    ),
    CallTask.Reason.ASKED: _("You asked us to call. How can we help you with your appointment on %(moment)s?"),
    CallTask.Reason.NEW_TIME: _("Your appointment on %(moment)s is cancelled. We would like to find you a new time."),
}


@dataclass(frozen=True)
class Call:
    task: CallTask
    stands_in: str
    numbers: tuple[str, ...]
    is_late: bool

    @property
    def script(self) -> str | Promise:
        return SCRIPTS.get(self.task.reason, "")


def call_list(department: Department, now: datetime) -> list[Call]:
    """The most pressing first; who was tried lately waits behind the others of the same hour."""
    tasks = open_call_tasks(department, now=now).prefetch_related("appointment__participants__representative")
    return [_call(task, now) for task in tasks[:SHOWN]]


def _call(task: CallTask, now: datetime) -> Call:
    callee = callee_of(task)
    stands_in = "" if callee.name == task.appointment.patient.full_name else callee.name
    return Call(task, stands_in, callee.numbers, task.call_before < now)


def seen_in(calls: Iterable[Call]) -> list[tuple[int, int | None]]:
    return [(call.task.appointment.patient_id, call.task.appointment_id) for call in calls]


@require_GET
@department_page(Permission.CALL_PATIENT)
def calls(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The panel alone, for the live page around it."""
    return _panel(request, desk)


@require_POST
def call_outcome(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What came of a call; the next one opens by itself."""
    if not request.user.is_authenticated:
        return sign_in_first(request)  # type: ignore[return-value]
    task = (
        CallTask.objects.select_related("appointment__patient", "appointment__department")
        .filter(public_id=public_id)
        .first()
    )
    desk = desk_at(request, Permission.CALL_PATIENT, task.appointment.department_id) if task else None
    if task is None or desk is None:
        log_refusal(request, "call.patient", task.appointment.patient if task else None)
        raise Http404
    outcome = request.POST.get("outcome", "")
    if outcome not in OUTCOMES:
        return HttpResponse(gettext("Choose what came of the call."), status=422)
    desk.log("call.patient", task.appointment.patient_id, task.appointment_id)
    done = complete_call_task(task=task, outcome=CallOutcome(outcome), by=desk.actor, now=timezone.now())
    if isinstance(done, AlreadyDone):
        messages.warning(request, gettext("A colleague has phoned this patient already."))
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("home")
    return _panel(request, desk, focus=True)


def _panel(request: HttpRequest, desk: Desk, *, focus: bool = False) -> HttpResponse:
    shown = call_list(desk.department, timezone.now())
    context = {"calls": shown, "outcomes": OUTCOMES, "focus_call": focus, "desk": desk, "alone": True}
    return fragment(request, "planner/_calls.html", context)
