from notifications.models.calls import CallOutcome, CallTask
from notifications.models.messages import PENDING, BrokenAddress, Channel, Message, MessageKind, MessageState

__all__ = [
    "PENDING",
    "BrokenAddress",
    "CallOutcome",
    "CallTask",
    "Channel",
    "Message",
    "MessageKind",
    "MessageState",
]
