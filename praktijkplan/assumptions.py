"""What a simulated half-day takes for granted, shown and editable beside its outcome (PP-31)."""

import math
from dataclasses import dataclass, field, fields
from typing import Any

from praktijkplan.bounded import FLAG, Bounded, InvalidDocument, WrongValue


class InvalidAssumptions(InvalidDocument):
    """Assumptions that cannot be used."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a number may be; `rule` says where its default comes from, empty for an estimate of our own."""

    low: float
    high: float
    unit: str  # minutes, share, cv
    rule: str = ""

    def read(self, value: Any) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or not self.low <= value <= self.high:
            unit = {"minutes": "a number of minutes", "share": "a share", "cv": "a coefficient of variation"}
            raise WrongValue(f"{unit[self.unit]} from {self.low:g} to {self.high:g}")
        return float(value)

    def write(self, value: float) -> float:
        return value


def _minutes(default: float, low: float, high: float, rule: str = "") -> float:
    number: float = field(default=default, metadata={"kind": Bounds(low, high, "minutes", rule)})
    return number


def _share(default: float, rule: str = "") -> float:
    number: float = field(default=default, metadata={"kind": Bounds(0, 1, "share", rule)})
    return number


def _cv(default: float) -> float:
    number: float = field(default=default, metadata={"kind": Bounds(0, 5, "cv")})
    return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions(Bounded):
    """What a half-day meets beside its consults. Raises InvalidAssumptions for a value out of bounds.

    Minutes are minutes and shares lie between 0 and 1. How long consults last stands with the consults. A
    default without a PP-id is an estimate of our own, to be replaced by what a department measures.
    """

    invalid = InvalidAssumptions

    # Patients
    no_show: float = _share(0.05)
    no_show_minutes: float = _minutes(2, 0, 60)  # until the clinician gives up, from the planned time
    patient_late_mean: float = _minutes(-5, -60, 60)  # normal; a negative value is early
    patient_late_sd: float = _minutes(5, 0, 60)
    urgent_fill: float = _share(0.5, "PP-32")  # held urgent places that are used
    # The clinician
    clinician_late_mean: float = _minutes(3, 0, 120)  # gamma
    clinician_late_cv: float = _cv(1)
    early_start: bool = field(default=False, metadata=FLAG)  # when the patient is there
    break_kept_minutes: float = _minutes(5, 0, 120, "PP-24")  # of a break, however late it is
    # Technique, for video consults only
    failure: float = _share(0.3, "PP-62")  # 20 to 40 percent
    failure_minutes_mean: float = _minutes(4, 0, 60)  # lost when it is repaired; gamma
    failure_minutes_cv: float = _cv(1)
    phone: float = _share(0.25, "PP-62")  # failures that go on by phone instead
    phone_minutes: float = _minutes(2, 0, 60)  # lost by changing to phone
    absorbing_minutes: float = _minutes(30, 0, 480, "PP-33")  # a longer consult absorbs the loss

    @classmethod
    def undisturbed(cls, **changes: float | bool) -> "Assumptions":
        """Everyone comes on time, nothing fails, every held place is used; but for the changes given."""
        calm: dict[str, Any] = {item.name: 0 for item in fields(cls)}
        return cls(**{**calm, "early_start": False, "urgent_fill": 1, **changes})


def bounds() -> dict[str, Bounds]:
    """The bounds, unit and source of every assumption that is a number, in the order to show them."""
    kinds = {item.name: item.metadata["kind"] for item in fields(Assumptions)}
    return {name: kind for name, kind in kinds.items() if isinstance(kind, Bounds)}
