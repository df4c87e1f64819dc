"""Many appointments planned anew or cancelled in one go: each in its own transaction, with its own outcome.

One transaction for all would lose sixty for the one that was taken meanwhile.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.placing import ChangedMeanwhile, NeedsReason, NotPlaced, Plan
from scheduling.actions.replanning import replan_appointment
from scheduling.locks import Busy
from scheduling.models import Appointment


@dataclass(frozen=True)
class Choice:
    """What is to become of one appointment, as it was shown; without a plan it is cancelled."""

    appointment: Appointment
    version: int
    plan: Plan | None = None


class Ended(StrEnum):
    """How one of many ended."""

    DONE = "done"
    REFUSED = "refused"
    CHANGED = "changed"
    BUSY = "busy"


@dataclass(frozen=True)
class Outcome:
    """`refused` says why, where the rules refuse."""

    choice: Choice
    ended: Ended
    refused: NotPlaced | NeedsReason | None = None


def replan_many(
    *,
    choices: Sequence[Choice],
    by: str,
    now: datetime,
    reason: str = "",
    note: str = "",
    asked_by: str = "",
    batch: uuid.UUID | None = None,
) -> list[Outcome]:
    """In order of time, whatever the order they are given in; all that succeed have one batch."""
    why: dict[str, Any] = {"by": by, "now": now, "reason": reason, "note": note, "asked_by": asked_by}
    why["batch"] = batch or uuid.uuid4()

    def deal_with(choice: Choice) -> Appointment | NotPlaced | NeedsReason:
        as_shown = {"appointment": choice.appointment, "expected_version": choice.version, **why}
        if choice.plan is None:
            return cancel_appointment(**as_shown)
        return replan_appointment(plan=choice.plan, **as_shown)

    in_order = sorted(choices, key=lambda choice: (choice.appointment.start, choice.appointment.pk))
    return [Outcome(choice, *attempt(partial(deal_with, choice))) for choice in in_order]


def attempt(
    act: Callable[[], Appointment | NotPlaced | NeedsReason],
) -> tuple[Ended, NotPlaced | NeedsReason | None]:
    """How one of many ended, and why the rules refuse it where they do."""
    try:
        answer = act()
    except ChangedMeanwhile:
        return Ended.CHANGED, None
    except Busy:
        return Ended.BUSY, None
    return (Ended.DONE, None) if isinstance(answer, Appointment) else (Ended.REFUSED, answer)
