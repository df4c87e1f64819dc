from notifications.models.calls import CallOutcome, CallTask
from notifications.models.messages import PENDING, Channel, Message, MessageKind, MessageState

__all__ = ["PENDING", "CallOutcome", "CallTask", "Channel", "Message", "MessageKind", "MessageState"]
