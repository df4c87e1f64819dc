from notifications.models.calls import CallOutcome, CallTask
from notifications.models.instructions import Instruction, InstructionKind, LinkProblem
from notifications.models.messages import PENDING, BrokenAddress, Channel, Message, MessageKind, MessageState
from notifications.models.texts import MessageText, TextChannel, TextForm, TextLanguage

__all__ = [
    "PENDING",
    "BrokenAddress",
    "CallOutcome",
    "CallTask",
    "Channel",
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
