"""One appointment: what it is, what happened, what was told; move, cancel, undo, and the patient's preference."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from notifications.actions.resending import send_again
from notifications.actions.undoing import NotUndone, may_be_undone, not_undone_sentence, undo_change
from notifications.models import PENDING, Message, MessageState
from pages.permissions import Desk, appointment_page
from pages.planner.history import history
from pages.planner.patients import tell_noted_meanwhile
from pages.planner.waiting_list import waiting_of
from pages.typed import typed_line
from people.models import User
from people.permissions import Permission
from praktijkplan.contact import Modality
from scheduling.actions.placing import ChangedMeanwhile, NeedsReason, NotPlaced
from scheduling.actions.preferences import state_preference
from scheduling.localtime import day_span, local_day
from scheduling.locks import Busy
from scheduling.models import Appointment, AppointmentStatus
from scheduling.models.minutes import from_minute
from scheduling.queries.needs import named_needs, needs_of
from scheduling.queries.preferences import wish_for
from scheduling.queries.requests import latest_request
from scheduling.queries.suitability import weighed_before
from scheduling.sentences import unplaced_sentences
from scheduling.suitability_sentences import finding_sentence
from scheduling.vocabulary import ASKED_BY, PREFERENCES
from waitingroom.device_tests import latest_device_test

NOTE_LENGTH = 200
# Who of the patient's side can ask for another form.
THEIR_SIDE = [(code, words) for code, words in ASKED_BY if code in ("patient", "representative")]
NEVER = 0  # no version of any appointment


class VersionForm(forms.Form):
    version = forms.IntegerField(min_value=1)


@dataclass(frozen=True)
class Taken:
    """Another department's appointment: nothing but the time is shown."""

    start: datetime
    end: datetime
    of_patient: bool


@require_GET
@appointment_page(Permission.SEE_PATIENT)
def appointment(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    now = timezone.now()
    context = {
        "desk": desk,
        "appointment": appointment,
        "patient": appointment.patient,
        "today": local_day(now),
        "booked_by": _booked_by(appointment),
        "besides": named_needs(needs_of(appointment)),
        "preference": wish_for(appointment),
        "preferences": PREFERENCES,
        "their_side": THEIR_SIDE,
        "asked": latest_request(appointment),
        "by_video": appointment.modality == Modality.VIDEO,
        "device_test": latest_device_test(appointment),
        "letters": messages_of(appointment) if desk.may(Permission.SEE_MESSAGES) else None,
        "history": history(appointment),
        **_suited(appointment),
        "elsewhere": taken_elsewhere(appointment, desk),
        **waiting_of(appointment, now),
        "may_book": desk.may(Permission.BOOK) and appointment.is_active,
        "may_prefer": desk.may(Permission.STATE_PREFERENCE),
        "may_order": desk.may(Permission.ORDER),
        "may_undo": desk.may(Permission.BOOK) and may_be_undone(appointment, now=now),
        "together": _batch(appointment) if desk.may(Permission.BOOK) else None,
        "may_resend": desk.may(Permission.SEE_MESSAGES) and appointment.is_active and appointment.end > now,
    }
    return render(request, "planner/appointment.html", context)


def _suited(appointment: Appointment) -> dict[str, object]:
    """What spoke against the form when it was chosen, and why it was chosen all the same."""
    kept = weighed_before(appointment)
    if kept is None:
        return {}
    check, weighed = kept
    return {"check": check, "found": [finding_sentence(found) for found in weighed.assessment.findings]}


@require_GET
@appointment_page(Permission.BOOK)
def done(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    """After booking, moving or cancelling: what stands now, and what will be told to whom and when."""
    context = {
        "desk": desk,
        "appointment": appointment,
        "patient": appointment.patient,
        "change": appointment.changes.last(),
        "besides": named_needs(needs_of(appointment)),
        "planned": planned(appointment),
        "unreachable": appointment.call_tasks.filter(done_at__isnull=True).first(),
        "may_undo": may_be_undone(appointment, now=timezone.now()),
    }
    return render(request, "planner/done.html", context)


@require_POST
@appointment_page(Permission.BOOK, change="undo.appointment")
def undo(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    """Take the last change back while nobody was told of it; the patient then hears nothing at all.

    `version` is that of the appointment as the clerk saw it: what a colleague did since is not undone unseen.
    """
    sent = VersionForm(request.POST)
    try:
        outcome = undo_change(
            appointment=appointment,
            by=desk.actor,
            now=timezone.now(),
            note=gettext("undone right after booking"),
            expected_version=sent.cleaned_data["version"] if sent.is_valid() else NEVER,
        )
    except (ChangedMeanwhile, Busy):
        messages.error(request, gettext("Someone else changed this appointment just now. Look at it again."))
        return redirect("appointment", public_id=appointment.public_id)
    if not isinstance(outcome, Appointment):
        messages.error(request, " ".join(_not_undone(outcome)))
        return redirect("appointment", public_id=appointment.public_id)
    if outcome.is_active:
        messages.success(request, gettext("The change is undone. The patient hears nothing of it."))
        return redirect("appointment", public_id=appointment.public_id)
    messages.success(request, gettext("The booking is undone. The patient hears nothing of it."))
    return redirect("book", public_id=appointment.patient.public_id)


def _not_undone(outcome: NotPlaced | NeedsReason | NotUndone) -> list[str]:
    if isinstance(outcome, NotUndone):
        return [not_undone_sentence(outcome)]
    return [gettext("It cannot go back to where it stood."), *unplaced_sentences(outcome)]


@require_POST
@appointment_page(Permission.STATE_PREFERENCE, change="state.preference")
def preference(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    """What the patient says about this appointment, written down by staff."""
    wanted = request.POST.get("preference", "")
    asked_by = request.POST.get("asked_by", "")
    note = typed_line(request.POST, "note", NOTE_LENGTH)
    if wanted not in dict(PREFERENCES):
        messages.error(request, gettext("Choose one of the forms of contact."))
        return redirect("appointment", public_id=appointment.public_id)
    try:
        state_preference(
            patient=appointment.patient,
            preference=wanted,
            by=desk.actor,
            now=timezone.now(),
            appointment=appointment,
            note=note,
            asked_by=asked_by if asked_by in dict(THEIR_SIDE) else "",
            instead_of=request.POST.get("stood"),
        )
    except ChangedMeanwhile:
        tell_noted_meanwhile(request, wish_for(appointment), note)
    else:
        asked = latest_request(appointment)
        noted = gettext("The preference is noted.")
        became = gettext("The request is on the worklist.") if asked and asked.is_open else ""
        messages.success(request, f"{noted} {became}".strip())
    return redirect("appointment", public_id=appointment.public_id)


@require_POST
@appointment_page(Permission.SEE_MESSAGES, change="resend.message")
def resend(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    """For who lost the link: another confirmation by mail, or a word on why not."""
    sent = send_again(appointment=appointment, now=timezone.now())
    if sent:
        names = ", ".join(participant.display_name for participant in sent)
        messages.success(request, gettext("A new message with a new link goes to %(names)s.") % {"names": names})
    else:
        messages.warning(
            request,
            gettext("No message was sent: there is no e-mail address, or one went out in the last ten minutes."),
        )
    return render(request, "_components/messages.html")


def _batch(appointment: Appointment) -> uuid.UUID | None:
    """Of its last change, where that was made together with others."""
    last = appointment.changes.last()
    return last.batch if last else None


def messages_of(appointment: Appointment) -> list[Message]:
    rows = Message.objects.filter(appointment=appointment).exclude(state=MessageState.SUPERSEDED)
    return list(
        rows.select_related("participant__representative", "participant__appointment__patient").order_by(
            "due_at", "id"
        )
    )


@dataclass(frozen=True)
class Planned:
    """What one person will be told, over all channels at once."""

    kind: str
    recipient: str
    channels: tuple[str, ...]
    due_at: datetime


def planned(appointment: Appointment) -> list[Planned]:
    together: dict[tuple[str, str, datetime], list[str]] = {}
    for letter in messages_of(appointment):
        if letter.state in PENDING:
            whom = letter.participant.display_name if letter.participant else letter.patient.full_name
            key = letter.get_kind_display(), whom, letter.due_at
            together.setdefault(key, []).append(letter.get_channel_display())
    return [Planned(kind, name, tuple(channels), due) for (kind, name, due), channels in together.items()]


def taken_elsewhere(appointment: Appointment, desk: Desk) -> list[Taken]:
    first, last = (from_minute(minute) for minute in day_span(local_day(appointment.start)))
    others = _elsewhere(desk).filter(
        Q(patient=appointment.patient) | Q(clinician=appointment.clinician), start__lt=last, end__gt=first
    )
    return [Taken(each.start, each.end, each.patient_id == appointment.patient_id) for each in others]


def _elsewhere(desk: Desk) -> QuerySet[Appointment]:
    return (
        Appointment.objects.filter(status=AppointmentStatus.BOOKED)
        .exclude(department=desk.department)
        .only("start", "end", "patient_id")
        .order_by("start")
    )


def _booked_by(appointment: Appointment) -> str:
    sort, _colon, key = appointment.booked_by.partition(":")
    user = User.objects.filter(pk=int(key)).first() if sort == "user" and key.isdigit() else None
    return user.name if user else gettext("automatic")
