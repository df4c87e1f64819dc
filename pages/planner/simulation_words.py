"""What a simulation says, in words and numbers that are read beside its chart."""

import math
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from pages.planner.simulation_chart import LARGE, SMALL, Chart, ChartWords, clock, lay_out_chart
from scheduling.queries.simulation import HalfDayOfWeek
from scheduling.simulations import Answer, Comparison, Outcome
from scheduling.vocabulary import HALF_DAYS

# Whoever reads a time plans with it; a range is rounded outward.
STEP = 5
_HALF_DAY_WORDS = dict(HALF_DAYS)


def half_day_words(name: HalfDayOfWeek) -> str:
    """Wednesday morning."""
    words = {"weekday": WEEKDAYS[name.weekday], "half_day": _HALF_DAY_WORDS[name.half_day.value]}
    return gettext("%(weekday)s %(half_day)s") % words


def outward(minutes: float) -> str:
    """As a time, up to the next five minutes: nobody is told a time that is too early."""
    return clock(math.ceil(round(minutes / STEP, 6)) * STEP)


def sentence(compared: Comparison, version: int) -> SafeString:
    """When 9 of 10 clinics are done, and what that is now."""
    draft, current = compared.draft, compared.current
    if draft is None:
        return format_html(
            gettext("The draft has no clinic here any more. Now <b>9 of 10</b> clinics are done before {now}."),
            now=outward(current.end_p90) if current else "",
        )
    done = format_html(gettext("<b>9 of 10</b> clinics are done before <b>{time}</b>."), time=outward(draft.end_p90))
    return format_html("{} {}", done, _beside(compared, version))


def _beside(compared: Comparison, version: int) -> str:
    draft, current = compared.draft, compared.current
    if draft is None or current is None:
        if version:
            return gettext("The published raster has no clinic here.")
        return gettext("Nothing has been published yet to compare this with.")
    if compared.unchanged:
        return gettext("That is the same as now: the draft did not change here.")
    if outward(draft.end_p90) == outward(current.end_p90):
        return gettext("Now that is the same time.")
    return gettext("Now that is %(time)s.") % {"time": outward(current.end_p90)}


@dataclass(frozen=True)
class Figure:
    """One number of a half-day: as drafted, as it is now, and the difference; empty where there is none."""

    label: str
    draft: str
    current: str
    difference: str


def figures(compared: Comparison) -> list[Figure]:
    draft, now = compared.draft, compared.current
    return [
        _times(gettext("Done in 9 of 10"), draft, now),
        _minutes(gettext("Overrun in 9 of 10"), _of(draft, "overrun"), _of(now, "overrun")),
        _shares(gettext("Done in time"), draft, now),
        _minutes(gettext("Waiting on average"), _mean_wait(draft), _mean_wait(now)),
        _minutes(gettext("Longest wait, 9 of 10 patients"), _longest(draft), _longest(now)),
        _minutes(gettext("Clinician waits for a patient"), _idle(draft), _idle(now)),
        _minutes(gettext("Work in a row in 9 of 10"), _of(draft, "work"), _of(now, "work")),
    ]


def _of(outcome: Outcome | None, what: str) -> float | None:
    return None if outcome is None else float(getattr(outcome.result, what).p90)


def _mean_wait(outcome: Outcome | None) -> float | None:
    return None if outcome is None else outcome.result.mean_wait


def _longest(outcome: Outcome | None) -> float | None:
    return None if outcome is None else outcome.longest_p90


def _idle(outcome: Outcome | None) -> float | None:
    return None if outcome is None else outcome.result.idle


def _times(label: str, draft: Outcome | None, now: Outcome | None) -> Figure:
    difference = ""
    if draft and now:
        difference = _minutes_more(round(draft.end_p90) - round(now.end_p90))
    return Figure(label, clock(draft.end_p90) if draft else "", clock(now.end_p90) if now else "", difference)


def _minutes(label: str, draft: float | None, now: float | None) -> Figure:
    difference = "" if draft is None or now is None else _minutes_more(round(draft) - round(now))
    return Figure(label, _minutes_told(draft), _minutes_told(now), difference)


def _shares(label: str, draft: Outcome | None, now: Outcome | None) -> Figure:
    one, other = (round(side.result.in_time * 100) if side else None for side in (draft, now))
    difference = "" if one is None or other is None else _percent_more(one - other)
    return Figure(label, _percent(one), _percent(other), difference)


def _percent(share: int | None) -> str:
    return "" if share is None else f"{share} %"


def _percent_more(share: int) -> str:
    return f"{signed(share)} %" if share else "0"


def _minutes_told(minutes: float | None) -> str:
    return "" if minutes is None else gettext("%(minutes)d min") % {"minutes": round(minutes)}


def _minutes_more(minutes: int) -> str:
    return gettext("%(minutes)s min") % {"minutes": signed(minutes)} if minutes else "0"


def signed(number: int) -> str:
    return f"{number:+d}".replace("-", "−") if number else "0"


@dataclass(frozen=True)
class SlotRow:
    """What the chart draws of one slot, in minutes; empty for a side without a slot at this time."""

    at: str
    draft: tuple[str, str, str]  # of 10 patients the shortest wait but one, the median, the longest but one
    current: tuple[str, str, str]


def slot_rows(compared: Comparison) -> list[SlotRow]:
    draft, current = _by_time(compared.draft), _by_time(compared.current)
    return [
        SlotRow(clock(at), draft.get(at, ("", "", "")), current.get(at, ("", "", "")))
        for at in sorted({*draft, *current})
    ]


def _by_time(outcome: Outcome | None) -> dict[float, tuple[str, str, str]]:
    if outcome is None:
        return {}
    return {
        outcome.zero + slot.at: (f"{slot.p10:.0f}", f"{slot.median:.0f}", f"{slot.p90:.0f}")
        for slot in outcome.result.slots
    }


@dataclass(frozen=True)
class Shown:
    """One half-day as a page shows it."""

    name: HalfDayOfWeek
    title: str
    sentence: SafeString
    small: Chart | None
    large: Chart | None
    figures: list[Figure]
    slots: list[SlotRow]
    compared: Comparison

    @property
    def beside(self) -> bool:
        """Whether draft and published raster are both there, and differ."""
        return self.compared.draft is not None and self.compared.current is not None and not self.compared.unchanged


def shown(compared: Comparison, answer: Answer) -> Shown:
    words = _chart_words(compared)
    current = None if compared.unchanged else compared.current
    small, large = (
        lay_out_chart(draft=compared.draft, now=current, words=words, size=size) for size in (SMALL, LARGE)
    )
    return Shown(
        name=compared.name,
        title=half_day_words(compared.name),
        sentence=sentence(compared, answer.version),
        small=small,
        large=large,
        figures=figures(compared),
        slots=slot_rows(compared),
        compared=compared,
    )


def _chart_words(compared: Comparison) -> ChartWords:
    title = gettext("Waiting per slot on %(half_day)s") % {"half_day": half_day_words(compared.name)}
    parts = []
    if compared.draft:
        told = gettext(
            "Draft: the median rises to %(median)d minutes; 9 of 10 patients wait at most %(p90)d minutes."
        )
        parts.append(
            told % {"median": round(compared.draft.longest_median), "p90": round(compared.draft.longest_p90)}
        )
    if compared.current and not compared.unchanged:
        told = gettext("Raster of now: 9 of 10 patients wait at most %(p90)d minutes.")
        parts.append(told % {"p90": round(compared.current.longest_p90)})
    return ChartWords(title=title, description=" ".join(parts), now=gettext("now"))
