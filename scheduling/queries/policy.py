from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from praktijkplan.policy import Policy
from scheduling.localtime import local_day
from scheduling.models import Appointment, DepartmentPolicy
from statements.blanks import Once, blank
from statements.reading import Reading


class Policies:
    """The agreements of one department over time, read once: the policy that counts is that of the date."""

    def __init__(self, department_id: int) -> None:
        rows = DepartmentPolicy.objects.filter(department_id=department_id).order_by("valid_from")
        agreed = [(row.valid_from, row.policy) for row in rows]
        self._from = [date.min, *(valid_from for valid_from, _ in agreed)]
        self._policies = [Policy(), *(policy for _, policy in agreed)]

    def on(self, day: date) -> Policy:
        return self._policies[bisect_right(self._from, day) - 1]

    def stretches(self, first: date, last: date) -> list[tuple[date, date, Policy]]:
        """The days from `first` through `last`, cut where another policy begins to count."""
        cuts = [first, *(day for day in self._from if first < day <= last)]
        ends = [*(date.fromordinal(cut.toordinal() - 1) for cut in cuts[1:]), last]
        return [(start, end, self.on(start)) for start, end in zip(cuts, ends, strict=True)]


@dataclass(frozen=True, slots=True)
class Agreed:
    """What counts on a date; `row` is None and `revision` 0 where nothing was ever agreed."""

    policy: Policy
    row: DepartmentPolicy | None

    @property
    def revision(self) -> int:
        return self.row.revision if self.row else 0

    @property
    def agreed_by(self) -> str:
        return self.row.agreed_by if self.row else ""


def policy_of(appointment: Appointment) -> Policy:
    """The agreements of the appointment's date, not of today."""
    return policy_on(appointment.department_id, local_day(appointment.start))


def policy_on(department_id: int, day: date) -> Policy:
    """The agreements that count on this local date; the plan's defaults where nothing was agreed."""
    return agreed_on(department_id, day).policy


def agreed_on(department_id: int, day: date) -> Agreed:
    row = next(iter(_AGREED.of().run({"department": department_id, "day": day})), None)
    return Agreed(row.policy if row else Policy(), row)


def _prepare_agreed() -> Reading[DepartmentPolicy]:
    held = DepartmentPolicy.objects.filter(
        department=blank(DepartmentPolicy, "department"), valid_from__lte=blank(DepartmentPolicy, "valid_from", "day")
    )
    return Reading(held.order_by("-valid_from")[:1])


_AGREED = Once(_prepare_agreed)
