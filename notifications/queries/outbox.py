"""The messages of a department, and what is wrong with them."""

from django.db.models import QuerySet

from notifications.models import Message, MessageState
from notifications.queries.conversation import WHOM
from people.models import Department

PROBLEM_STATES = (MessageState.FAILED, MessageState.EXPIRED)


def outbox(department: Department) -> QuerySet[Message]:
    """The messages of a department, newest first."""
    return (
        Message.objects.filter(department=department)
        .select_related("patient", "representative", *WHOM)
        .order_by("-due_at", "-id")
    )


def problems(department: Department) -> QuerySet[Message]:
    """Messages that did not arrive, and that nobody has replaced by a newer plan."""
    return outbox(department).filter(state__in=PROBLEM_STATES)
