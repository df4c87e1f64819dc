"""What can be proposed, and why something cannot be had, in the words of ids, facts and sentences."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from api.fields import told
from api.serializers.appointments import Proposals
from people.models import Clinician, Patient
from praktijkplan.localtime import HalfDay
from praktijkplan.slots import Refusal
from scheduling.localtime import local_day
from scheduling.models import AppointmentType
from scheduling.models.minutes import from_minute
from scheduling.queries.openings import proposals
from scheduling.sentences import reason_sentence, refusal_sentence

# After a refusal: places from the day that was asked for.
LOOK_AHEAD = timedelta(weeks=4)
# Facts of the rules that are instants; the others are minutes, days and ids.
INSTANTS = frozenset({"now", "horizon", "from", "until", "earlier", "later"})
INTERNAL = frozenset({"block"})


def proposed(
    type: AppointmentType,  # noqa: A002  the field's own word
    patient: Patient,
    first: date,
    last: date,
    *,
    now: datetime,
    clinician: int | None = None,
    half_day: HalfDay | None = None,
) -> Sequence[Mapping[str, Any]]:
    """Ranked, with the reasons of each."""
    ranked = proposals(type, patient, first, last, now=now, clinician_id=clinician, half_day=half_day)
    names = Clinician.objects.in_bulk({each.clinician for each in ranked})
    found = [
        {
            "start": from_minute(each.start),
            "clinician": names[each.clinician],
            "score": each.score,
            "reasons": [
                {
                    "id": reason.id.value,
                    "points": reason.points,
                    "facts": dict(reason.facts),
                    "sentence": reason_sentence(reason),
                }
                for reason in each.reasons
            ],
        }
        for each in ranked
    ]
    shown: Sequence[Mapping[str, Any]] = Proposals({"proposals": found}).data["proposals"]
    return shown


def refused(
    refusals: Iterable[Refusal],
    type: AppointmentType,  # noqa: A002
    patient: Patient,
    start: datetime,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Every reason why not, and what can be had instead."""
    first = max(local_day(now), local_day(start))
    return {
        "refusals": [refusal_told(refusal) for refusal in refusals],
        "proposals": proposed(type, patient, first, first + LOOK_AHEAD, now=now),
    }


def refusal_told(refusal: Refusal) -> dict[str, Any]:
    """As RefusalOut describes it."""
    return {
        "id": refusal.id.value,
        "rule": refusal.rule,
        "facts": _facts(refusal.facts),
        "sentence": refusal_sentence(refusal),
    }


def _facts(facts: Mapping[str, int]) -> dict[str, Any]:
    return {
        name: told(from_minute(value)) if name in INSTANTS else value
        for name, value in facts.items()
        if name not in INTERNAL
    }
