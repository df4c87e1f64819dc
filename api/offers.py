"""What can be proposed, and why something cannot be had, in the words of ids, facts and sentences."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from api.fields import told
from api.serializers.appointments import Proposals
from people.models import Clinician, Patient
from praktijkplan.placing import Need, Refusal
from praktijkplan.ranking import Proposal, Reason
from scheduling.localtime import local_day
from scheduling.models import AppointmentType
from scheduling.models.minutes import from_minute
from scheduling.queries.openings import Asked, choice
from scheduling.sentences import reason_sentence, refusal_sentence

# After a refusal: places from the day that was asked for.
LOOK_AHEAD = timedelta(weeks=4)
# Facts of the rules that are instants; the others are minutes, days and ids.
INSTANTS = frozenset({"now", "horizon", "from", "until", "earlier", "later"})
INTERNAL = frozenset({"block"})


def proposed(asked: Asked, *, now: datetime) -> Sequence[Mapping[str, Any]]:
    """Ranked, with the reasons of each."""
    ranked = choice(asked, now=now).best
    names = Clinician.objects.in_bulk({each.clinician for each in ranked})
    lengths = asked.lengths
    found = [
        {
            "start": from_minute(each.start),
            "clinician": names[each.clinician],
            "type": each.type,
            "minutes": lengths[each.type],
            "score": each.score,
            "reasons": reasons_told(each.reasons),
        }
        for each in ranked
    ]
    shown: Sequence[Mapping[str, Any]] = Proposals({"proposals": found}).data["proposals"]
    return shown


def reasons_told(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    return [
        {
            "id": reason.id.value,
            "points": reason.points,
            "facts": dict(reason.facts),
            "sentence": reason_sentence(reason),
        }
        for reason in reasons
    ]


def place_told(
    place: Proposal, clashes: bool, types: Mapping[int, AppointmentType], clinicians: Mapping[int, Clinician]
) -> dict[str, Any]:
    """One of the places of somebody who needs another one; `clashes` with that of somebody else."""
    return {
        "start": from_minute(place.start),
        "clinician": clinicians[place.clinician],
        "type": place.type,
        "modality": types[place.type].modality,
        "clashes": clashes,
        "reasons": reasons_told(place.reasons),
    }


def refused(
    refusals: Iterable[Refusal],
    type: AppointmentType,  # noqa: A002
    patient: Patient,
    start: datetime,
    *,
    now: datetime,
    minutes: int | None = None,
    needs: frozenset[Need] = frozenset(),
) -> dict[str, Any]:
    """Every reason why not, and what can be had instead; `minutes` where it is not as long as its type.

    `needs`: who or what must be free there besides.
    """
    first = max(local_day(now), local_day(start))
    return {
        "refusals": [refusal_told(refusal) for refusal in refusals],
        "proposals": proposed(
            Asked(
                patient=patient,
                types=[type],
                first=first,
                last=first + LOOK_AHEAD,
                minutes=minutes,
                needs=needs,
            ),
            now=now,
        ),
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
