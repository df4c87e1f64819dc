"""What a department agrees on (PP-16), from a date on. What was agreed for earlier dates keeps counting for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from events.catalogue import PolicyAgreed
from events.log import record
from people.models import Department
from praktijkplan.bounded import Problem
from praktijkplan.policy import InvalidPolicy, Policy
from scheduling.models import DepartmentPolicy
from scheduling.queries.policy import agreed_on


@dataclass(frozen=True, slots=True)
class WrongAgreements:
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class AgreedMeanwhile:
    """Someone else agreed on something after this was shown; nothing was written."""

    by: str
    policy: Policy


@transaction.atomic
def agree_policy(
    *,
    department: Department,
    valid_from: date,
    changes: Mapping[str, Any],
    shown_revision: int,
    by: str,
    now: datetime,
) -> DepartmentPolicy | WrongAgreements | AgreedMeanwhile:
    """Agree on `changes` (a part of a policy document), which count for appointments from `valid_from` on.

    What is not in `changes` stays as it was on that date. `shown_revision` is that of the agreements on which the
    change is based (`agreed_on`), 0 where there were none.
    """
    Department.objects.select_for_update().get(pk=department.pk)
    before = agreed_on(department.pk, valid_from)
    if before.revision != shown_revision:
        return AgreedMeanwhile(before.agreed_by, before.policy)
    try:
        policy = Policy.from_document({**before.policy.to_document(), **changes})
    except InvalidPolicy as invalid:
        return WrongAgreements(invalid.problems)
    if policy == before.policy and before.row is not None:
        return before.row
    document, default = policy.to_document(), Policy().to_document()
    row, _ = DepartmentPolicy.objects.update_or_create(
        department=department,
        valid_from=valid_from,
        defaults={
            "document": {name: value for name, value in document.items() if value != default[name]},
            "revision": before.revision + 1,
            "agreed_by": by,
            "agreed_at": now,
            "replanned_to": 0,
            "replanned_at": None,
        },
    )
    told = PolicyAgreed(
        department=department.pk, valid_from=valid_from.isoformat(), changed=_changed(before.policy, policy)
    )
    record(told, at=now, actor=by)
    return row


def _changed(before: Policy, after: Policy) -> tuple[str, ...]:
    old, new = before.to_document(), after.to_document()
    return tuple(name for name in new if new[name] != old[name])
