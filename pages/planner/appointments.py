"""One appointment: what it is, what happened, what was told; move, cancel, undo, and the patient's preference."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from notifications.actions.resending import send_again
from notifications.models import PENDING, Message, MessageState
from pages.permissions import Desk, appointment_page
from pages.planner.history import history
from people.models import User
from people.permissions import Permission
from scheduling.actions.booking import ChangedMeanwhile, cancel_appointment
from scheduling.actions.preferences import state_preference
from scheduling.localtime import day_span, local_day
from scheduling.locks import Busy
from scheduling.models import Appointment, AppointmentStatus
from scheduling.models.minutes import from_minute
from scheduling.queries.preferences import current_preference
from scheduling.vocabulary import PREFERENCES


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
        "preference": current_preference(appointment.patient_id),
        "preferences": PREFERENCES,
        "letters": messages_of(appointment) if desk.may(Permission.SEE_MESSAGES) else None,
        "history": history(appointment),
        "elsewhere": taken_elsewhere(appointment, desk),
        "may_book": desk.may(Permission.BOOK) and appointment.is_active,
        "may_prefer": desk.may(Permission.STATE_PREFERENCE),
        "may_undo": desk.may(Permission.BOOK) and may_be_undone(appointment),
        "may_resend": desk.may(Permission.SEE_MESSAGES) and appointment.is_active and appointment.end > now,
    }
    return render(request, "planner/appointment.html", context)


@require_GET
@appointment_page(Permission.BOOK)
def done(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    """After booking, moving or cancelling: what stands now, and what will be told to whom and when."""
    context = {
        "desk": desk,
        "appointment": appointment,
        "patient": appointment.patient,
        "planned": planned(appointment),
        "unreachable": appointment.call_tasks.filter(done_at__isnull=True).first(),
        "may_undo": may_be_undone(appointment),
    }
    return render(request, "planner/done.html", context)


@require_POST
@appointment_page(Permission.BOOK, change="undo.appointment")
def undo(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    """Take a booking back while nobody was told of it; the patient then hears nothing at all."""
    if not may_be_undone(appointment):
        messages.error(request, gettext("The patient was told already. Cancel the appointment instead."))
        return redirect("appointment", public_id=appointment.public_id)
    try:
        cancel_appointment(
            appointment=appointment, by=desk.actor, now=timezone.now(), reason=gettext("undone right after booking")
        )
    except (ChangedMeanwhile, Busy):
        messages.error(request, gettext("Someone else changed this appointment just now. Look at it again."))
        return redirect("appointment", public_id=appointment.public_id)
    messages.success(request, gettext("The booking is undone. The patient hears nothing of it."))
    return redirect("book", public_id=appointment.patient.public_id)


@require_POST
@appointment_page(Permission.STATE_PREFERENCE, change="state.preference")
def preference(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    """What the patient says about this appointment, written down by staff."""
    wanted = request.POST.get("preference", "")
    if wanted not in dict(PREFERENCES):
        messages.error(request, gettext("Choose one of the forms of contact."))
    else:
        state_preference(
            patient=appointment.patient,
            preference=wanted,
            by=desk.actor,
            now=timezone.now(),
            appointment=appointment,
        )
        messages.success(request, gettext("The preference is noted."))
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


def may_be_undone(appointment: Appointment) -> bool:
    """Only what was booked and not changed since, while nothing was offered to anyone."""
    if not appointment.is_active or appointment.schedule_version != 1:
        return False
    told = Message.objects.filter(appointment=appointment).exclude(state=MessageState.PLANNED)
    waiting = Message.objects.filter(appointment=appointment, state=MessageState.PLANNED)
    return not told.exists() and waiting.exists()


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
