from notifications.queries.calls import open_call_tasks
from notifications.queries.conversation import inbox_of, messages_of
from notifications.queries.operations import Overdue, oldest_due
from notifications.queries.outbox import count_problems, outbox, problems

__all__ = [
    "Overdue",
    "count_problems",
    "inbox_of",
    "messages_of",
    "oldest_due",
    "open_call_tasks",
    "outbox",
    "problems",
]
