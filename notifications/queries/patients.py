"""The whole conversation of a department with one patient: messages, calls, and what came back."""

from django.db.models import Q, QuerySet

from events.models import Event
from notifications.models import CallTask, Message, MessageState
from notifications.queries.conversation import WHOM
from people.models import Department, Patient
from scheduling.models import Appointment

# What a patient did through a personal link, and what staff did by phone.
REPLIES = (
    "link.opened",
    "preference.stated",
    "modality.requested",
    "participant.call_requested",
    "patient.phoned",
    "call_task.opened",
)
MOST_SHOWN = 100


def told_to(patient: Patient, department: Department) -> QuerySet[Message]:
    """Newest first; without what was replaced before anyone was told."""
    never_told = Q(state=MessageState.SUPERSEDED, offered_at__isnull=True)
    return (
        Message.objects.filter(~never_told, patient=patient, department=department)
        .select_related("patient", "representative", "appointment", *WHOM)
        .order_by("-due_at", "-id")
    )


def replies_of(patient: Patient, department: Department) -> QuerySet[Event]:
    """About appointments of this department only; newest first."""
    held = Appointment.objects.filter(patient=patient, department=department).order_by().values("pk")
    return Event.objects.filter(appointment_id__in=held, kind__in=REPLIES).order_by("-at", "-id")


def calls_without_appointment(patient: Patient, department: Department) -> QuerySet[CallTask]:
    """About an invitation: no fact names an appointment, so the task itself tells."""
    return CallTask.objects.filter(patient=patient, department=department, appointment=None).order_by("-created_at")
