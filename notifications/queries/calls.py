from datetime import datetime

from django.db.models import Q, QuerySet

from notifications.models import CallTask
from notifications.queries.conversation import WHOM
from people.models import Department

# These calls say what a message could not; a wish to be phoned, or for a new time, outlives the appointment.
STANDS_FOR_A_MESSAGE = (CallTask.Reason.NO_CHANNEL, CallTask.Reason.FAILED)


def open_call_tasks(department: Department, *, now: datetime) -> QuerySet[CallTask]:
    """Whom to phone, the most pressing first. What a message should have told is moot after the appointment."""
    moot = Q(reason__in=STANDS_FOR_A_MESSAGE, appointment__end__lte=now)
    return (
        CallTask.objects.filter(~moot, appointment__department=department, done_at__isnull=True)
        .select_related("appointment__patient", "appointment__clinician", *WHOM)
        .order_by("call_before", "id")
    )
