"""What was done in one go, a swap, a series or many at once: what became of each, and undone while nobody heard."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from notifications.actions.undoing import NotUndone, Undone, not_undone_sentence, undo_together, undoable
from notifications.models import PENDING, Message
from pages.permissions import Desk, desk_at, log_refusal, sign_in_first
from pages.planner.meanwhile import busy_sentence
from people.models import Clinician
from people.permissions import Permission
from scheduling.actions.bulk import Ended
from scheduling.models import AppointmentChange
from scheduling.models.minutes import from_minute
from scheduling.queries.batches import changes_of
from scheduling.sentences import unplaced_sentences

ACTION, UNDO = "view.together", "undo.together"
BatchView = Callable[[HttpRequest, Desk, uuid.UUID, list[AppointmentChange]], HttpResponse]


@dataclass(frozen=True)
class Row:
    """`was` is None for what was booked; `changed`: something happened to it since, `undone` if that was this."""

    change: AppointmentChange
    was: datetime | None
    was_with: Clinician | None
    becomes: datetime
    becomes_with: Clinician
    changed: bool
    undone: bool
    problems: tuple[str, ...] = ()


def batch_page(action: str) -> Callable[[BatchView], Callable[..., HttpResponseBase]]:
    """A page about what was done in one go, for who may book where all of it is."""

    def decorate(view: BatchView) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, batch: uuid.UUID) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            changes = list(changes_of(batch))
            departments = {change.appointment.department_id for change in changes}
            desk = desk_at(request, Permission.BOOK, departments.pop()) if len(departments) == 1 else None
            if desk is None:
                log_refusal(request, action)
                raise Http404
            desk.log_list(action, [(each.appointment.patient_id, each.appointment_id) for each in changes])
            return view(request, desk, batch, changes)

        return page

    return decorate


@require_GET
@batch_page(ACTION)
def together(request: HttpRequest, desk: Desk, batch: uuid.UUID, changes: list[AppointmentChange]) -> HttpResponse:
    return _show(request, desk, batch, changes)


@require_POST
@batch_page(UNDO)
def undo(request: HttpRequest, desk: Desk, batch: uuid.UUID, changes: list[AppointmentChange]) -> HttpResponse:
    """What cannot be undone stays as it is, and says why."""
    outcomes = undo_together(changes=changes, by=desk.actor, now=timezone.now(), note=gettext("undone right after"))
    done = sum(each.ended is Ended.DONE for each in outcomes)
    if done:
        said = ngettext(
            "%(count)d change is undone. The patient hears nothing of it.",
            "%(count)d changes are undone. The patients hear nothing of it.",
            done,
        )
        messages.success(request, said % {"count": done})
    if done == len(outcomes):
        return redirect("together", batch=batch)
    problems = {each.change.pk: _why_not(each) for each in outcomes if each.ended is not Ended.DONE}
    return _show(request, desk, batch, list(changes_of(batch)), problems=problems, status=409)


def _why_not(outcome: Undone) -> tuple[str, ...]:
    if outcome.ended is Ended.BUSY:
        return (busy_sentence(),)
    if outcome.ended is Ended.CHANGED:
        return (gettext("Something else happened to this appointment since. It stays as it is."),)
    if isinstance(outcome.refused, NotUndone):
        return (not_undone_sentence(outcome.refused),)
    sentences = unplaced_sentences(outcome.refused) if outcome.refused else []
    return (gettext("It cannot go back to where it stood."), *sentences)


def _show(
    request: HttpRequest,
    desk: Desk,
    batch: uuid.UUID,
    changes: Sequence[AppointmentChange],
    *,
    problems: Mapping[int, tuple[str, ...]] | None = None,
    status: int = 200,
) -> HttpResponse:
    letters = Message.objects.filter(
        appointment__in=[change.appointment_id for change in changes], state__in=PENDING
    ).order_by("due_at")
    due = list(letters.values_list("due_at", flat=True)[:1])
    rows = _rows(changes, problems or {})
    context = {
        "desk": desk,
        "batch": batch,
        "kind": changes[0].kind,
        "rows": rows,
        "all_undone": all(row.undone for row in rows),
        "may_undo": len(undoable(changes, now=timezone.now())),
        "swapped": changes[0].kind == AppointmentChange.Kind.SWAPPED,
        "letters": letters.count(),
        "first_letter": due[0] if due else None,
        "problems": bool(problems),
    }
    return render(request, "planner/together.html", context, status=status)


def _rows(changes: Sequence[AppointmentChange], problems: Mapping[int, tuple[str, ...]]) -> list[Row]:
    states = [state for change in changes for state in (change.before, change.after) if state]
    clinicians = Clinician.objects.in_bulk({state["clinician"] for state in states})
    return [
        Row(
            change=change,
            was=from_minute(change.before["start"]) if change.before else None,
            was_with=clinicians[change.before["clinician"]] if change.before else None,
            becomes=from_minute(change.after["start"]),
            becomes_with=clinicians[change.after["clinician"]],
            changed=change.version != change.appointment.schedule_version,
            undone=_is_undone(change),
            problems=problems.get(change.pk, ()),
        )
        for change in changes
    ]


def _is_undone(change: AppointmentChange) -> bool:
    """A booking is undone by cancelling it."""
    if change.kind == AppointmentChange.Kind.BOOKED:
        return not change.appointment.is_active
    return hasattr(change, "undone_by")
