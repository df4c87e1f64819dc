from notifications.models.calls import (
    NOT_REACHED,
    SAID_BY_STAFF,
    CallOutcome,
    CallResult,
    CallTask,
    InsteadOfCall,
)
from notifications.models.instructions import Instruction, InstructionKind, LinkProblem
from notifications.models.messages import PENDING, BrokenAddress, Channel, Message, MessageKind, MessageState
from notifications.models.texts import MessageText, TextChannel, TextForm, TextLanguage

__all__ = [
    "NOT_REACHED",
    "PENDING",
    "SAID_BY_STAFF",
    "BrokenAddress",
    "CallOutcome",
    "CallResult",
    "CallTask",
    "Channel",
    "InsteadOfCall",
    "Instruction",
    "InstructionKind",
    "LinkProblem",
    "Message",
    "MessageKind",
    "MessageState",
    "MessageText",
    "TextChannel",
    "TextForm",
    "TextLanguage",
]
