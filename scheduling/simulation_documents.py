"""Questions and answers of a simulation as JSON, to be kept in rows and told over the API."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from praktijkplan.assumptions import Assumptions
from praktijkplan.contact import Modality
from praktijkplan.draws import Duration, Family
from praktijkplan.localtime import HalfDay
from praktijkplan.simulation import Result, SlotWaiting, Spread
from scheduling.contents import RasterContent, read_content, write_content
from scheduling.models import AppointmentType
from scheduling.queries.simulation import HalfDayOfWeek, Question, TypeFacts
from scheduling.simulations import Answer, Comparison, Outcome

Document = dict[str, Any]


def write_question(question: Question) -> Document:
    return {
        "draft": write_content(question.draft) if question.draft else None,
        "current": write_content(question.current) if question.current else None,
        "version": question.version,
        "types": [_write_type(facts) for facts in question.types.values()],
        "assumptions": question.assumptions.to_document(),
        "only": str(question.only) if question.only else None,
    }


def read_question(document: Document) -> Question:
    """As it was asked: a type that was changed or taken away since counts as it was then."""
    types = {facts.id: facts for facts in map(_read_type, document["types"])}
    rows = {
        pk: AppointmentType(pk=pk, name=facts.name, modality=facts.modality.value, duration_minutes=facts.minutes)
        for pk, facts in types.items()
    }

    def content(of: Document | None) -> RasterContent | None:
        return read_content(of, rows) if of else None

    return Question(
        draft=content(document["draft"]),
        current=content(document["current"]),
        version=document["version"],
        types=types,
        assumptions=Assumptions.from_document(document["assumptions"]),
        only=HalfDayOfWeek.read(document["only"]) if document["only"] else None,
    )


def _write_type(facts: TypeFacts) -> Document:
    return asdict(facts) | {"modality": facts.modality.value, "duration": write_duration(facts.duration)}


def _read_type(document: Document) -> TypeFacts:
    told = {**document, "modality": Modality(document["modality"]), "duration": read_duration(document["duration"])}
    return TypeFacts(**told)


def write_duration(duration: Duration) -> Document:
    return {"family": duration.family.value, "mean": duration.mean, "cv": duration.cv}


def read_duration(document: Mapping[str, Any]) -> Duration:
    return Duration(Family(document["family"]), document["mean"], document["cv"])


def write_answer(answer: Answer) -> Document:
    return {
        "days": answer.days,
        "seed": answer.seed,
        "version": answer.version,
        "half_days": [
            {
                "weekday": each.name.weekday,
                "half_day": each.name.half_day.value,
                "unchanged": each.unchanged,
                "draft": _write_outcome(each.draft),
                "current": _write_outcome(each.current),
            }
            for each in answer.half_days
        ],
    }


def read_answer(document: Document) -> Answer:
    compared = (
        Comparison(
            HalfDayOfWeek(each["weekday"], HalfDay(each["half_day"])),
            _read_outcome(each["draft"]),
            _read_outcome(each["current"]),
        )
        for each in document["half_days"]
    )
    return Answer(document["days"], document["seed"], document["version"], tuple(compared))


def summary_of(answer: Answer) -> list[Document]:
    """Of the published half-days: the little that is compared later with what really happened."""
    return [
        {"weekday": each.name.weekday, "half_day": each.name.half_day.value, **_in_short(each.current)}
        for each in answer.half_days
        if each.current
    ]


def _in_short(outcome: Outcome) -> Document:
    result = outcome.result
    return {
        "consults": len(result.slots),
        "mean_wait": round(result.mean_wait, 2),
        "longest_median_wait": round(outcome.longest_median, 2),
        "longest_p90_wait": round(outcome.longest_p90, 2),
        "planned_end": outcome.planned_end,
        "end_p90": round(outcome.end_p90, 2),
        "overrun_p90": round(result.overrun.p90, 2),
        "in_time": round(result.in_time, 4),
        "idle": round(result.idle, 2),
    }


def _write_outcome(outcome: Outcome | None) -> Document | None:
    if outcome is None:
        return None
    return {
        "zero": outcome.zero,
        "planned_end": outcome.planned_end,
        "breaks": [list(stretch) for stretch in outcome.breaks],
        "result": asdict(outcome.result) | {"slots": [asdict(slot) for slot in outcome.result.slots]},
    }


def _read_outcome(document: Document | None) -> Outcome | None:
    if document is None:
        return None
    told = document["result"]
    spreads = {name: Spread(**told[name]) for name in ("end", "overrun", "work")}
    result = Result(**{**told, **spreads, "slots": tuple(SlotWaiting(**slot) for slot in told["slots"])})
    breaks = tuple((start, end) for start, end in document["breaks"])
    return Outcome(document["zero"], document["planned_end"], breaks, result)
