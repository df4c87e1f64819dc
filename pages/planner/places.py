"""A list of patients with places proposed to each: what can be chosen, what was, and for whom it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from pages.planner.meanwhile import busy_sentence
from people.models import Clinician
from praktijkplan.assigning import Assignment
from scheduling.actions.bulk import Ended
from scheduling.actions.placing import NeedsReason, NotPlaced, Plan
from scheduling.models import AppointmentType
from scheduling.models.minutes import from_minute
from scheduling.queries.replanning import Replanned, to_choose
from scheduling.sentences import reason_words, unplaced_sentences


@dataclass(frozen=True)
class Option:
    """A place that can be chosen for one patient; `clash`: it is proposed to another patient in this list."""

    value: str
    start: datetime
    clinician: Clinician
    type: AppointmentType
    why: str = ""
    clash: bool = False


@dataclass(frozen=True, kw_only=True)
class ProposedRow:
    """What is proposed to one of them. `letters`: how many a message would reach; where it is nobody, one phones."""

    options: tuple[Option, ...]
    value: str
    letters: int
    checked: bool = True
    problems: tuple[str, ...] = ()

    @property
    def chosen(self) -> Option | None:
        return next((option for option in self.options if option.value == self.value), None)


@dataclass(frozen=True)
class SentList:
    """A list as it was sent, keyed by row; `posted` is None where it is shown for the first time."""

    posted: QueryDict | None

    def is_ticked(self, key: int, *, usually: bool = True) -> bool:
        return usually if self.posted is None else str(key) in self.posted.getlist("row")

    def value(self, key: int, options: Sequence[Option]) -> str:
        """The place that was chosen where it can still be had, else the best."""
        stands = [option.value for option in options]
        asked = self.said("place", key)
        return asked if asked in stands else next(iter(stands), "")

    def said(self, name: str, key: int) -> str:
        return self.posted.get(f"{name}-{key}", "") if self.posted else ""

    def number(self, name: str, key: int) -> int | None:
        said = self.said(name, key)
        return int(said) if said.isdecimal() and len(said) < 9 else None


def of_one(posted: QueryDict, **more: str) -> QueryDict:
    """The button beside one patient counts for that patient alone; `more` is what else it means."""
    only = posted.get("only")
    if not only:
        return posted
    alone = posted.copy()
    alone.setlist("row", [only])
    alone.update(more)
    return alone


def ended_sentences(ended: Ended, refused: NotPlaced | NeedsReason | None, *, changed: str) -> tuple[str, ...]:
    """Why it was not done for one of them; `changed` where somebody else was first."""
    if ended is Ended.BUSY:
        return (busy_sentence(),)
    if ended is Ended.CHANGED:
        return (changed,)
    return tuple(unplaced_sentences(refused)) if refused else ()


def options_of(
    assigned: Assignment | None, types: Mapping[int, AppointmentType], clinicians: Mapping[int, Clinician]
) -> tuple[Option, ...]:
    return tuple(
        Option(
            value=f"{proposal.start}.{proposal.clinician}.{proposal.type}",
            start=from_minute(proposal.start),
            clinician=clinicians[proposal.clinician],
            type=types[proposal.type],
            why=reason_words(proposal.reasons),
            clash=clash,
        )
        for proposal, clash in to_choose(assigned)
    )


def clinicians_proposed(found: Replanned) -> dict[int, Clinician]:
    """In one select."""
    return Clinician.objects.in_bulk(
        {place.clinician for each in found.places.values() for place, _clash in to_choose(each)}
    )


def chosen_plan(value: str, clinicians: Mapping[str, Clinician], types: Mapping[str, AppointmentType]) -> Plan | None:
    """Of an option's value; None for whatever is none, or names others than these."""
    minute, _, rest = value.partition(".")
    clinician, _, kind = rest.partition(".")
    known = minute.isdecimal() and len(minute) < 9 and clinician in clinicians and kind in types
    return Plan(from_minute(int(minute)), clinicians[clinician], types[kind]) if known else None
