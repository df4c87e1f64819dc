"""Many orders planned in one go: each in its own transaction, with its own outcome, as `replan_many` does."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from scheduling.actions.booking import book_appointment
from scheduling.actions.bulk import Ended, attempt
from scheduling.actions.deciding import Suitability
from scheduling.actions.placing import ChangedMeanwhile, NeedsReason, NotPlaced, Plan
from scheduling.localtime import local_day
from scheduling.models import Appointment, DecidedBy, FollowUpOrder
from scheduling.queries.suitability import weigh_each


@dataclass(frozen=True)
class OrderChoice:
    """Where one order is to be planned; `revision` is that of the order as it was shown.

    `overruled_reason`: why it keeps its form where something known speaks against that (PP-03).
    """

    order: FollowUpOrder
    revision: int
    plan: Plan
    overruled_reason: str = ""


@dataclass(frozen=True)
class OrderOutcome:
    """`refused` says why, where the rules refuse."""

    choice: OrderChoice
    ended: Ended
    refused: NotPlaced | NeedsReason | None = None


def plan_orders(
    *, choices: Sequence[OrderChoice], by: str, now: datetime, batch: uuid.UUID | None = None
) -> list[OrderOutcome]:
    """In order of time, whatever the order they are given in; all that succeed have one batch.

    Nobody asked the patient on this occasion: the form is the one that was ordered, weighed by what is known.
    """
    together = batch or uuid.uuid4()
    weighed = weigh_each([(each.plan.type, each.order.patient, local_day(each.plan.start)) for each in choices])
    checks = {
        each.order.pk: Suitability.of(found, each.overruled_reason)
        for each, found in zip(choices, weighed, strict=True)
    }

    def deal_with(choice: OrderChoice) -> Appointment | NotPlaced | NeedsReason:
        if choice.order.revision != choice.revision or not choice.order.is_open:
            raise ChangedMeanwhile
        return book_appointment(
            patient=choice.order.patient,
            plan=choice.plan,
            by=by,
            now=now,
            decided_by=DecidedBy.CLINICIAN,
            check=checks[choice.order.pk],
            order=choice.order,
            batch=together,
        )

    in_order = sorted(choices, key=lambda choice: (choice.plan.start, choice.order.pk))
    return [OrderOutcome(choice, *attempt(partial(deal_with, choice))) for choice in in_order]
