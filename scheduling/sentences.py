"""The rules' answers in words: why a place is proposed, why one is refused. The rules return ids and facts."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext, ngettext

from praktijkplan.ranking import Reason, ReasonId
from praktijkplan.slots import Refusal, RefusalId
from scheduling.models.minutes import from_minute
from scheduling.words import clock_text, day_text

Facts = Mapping[str, int]


def _soon(facts: Facts) -> str:
    days = facts.get("days", 0)
    if days == 0:
        return gettext("on the first day asked for")
    return ngettext("%(days)d day after the first day", "%(days)d days after the first day", days) % {"days": days}


def _outside(facts: Facts, before: bool) -> str:
    days = facts["days"]
    if before:
        return ngettext("%(days)d day too early", "%(days)d days too early", days) % {"days": days}
    return ngettext("%(days)d day too late", "%(days)d days too late", days) % {"days": days}


_REASONS: dict[ReasonId, Callable[[Facts], str]] = {
    ReasonId.OWN_CLINICIAN: lambda facts: gettext("own clinician"),
    ReasonId.PREFERRED_HALF_DAY: lambda facts: gettext("in the preferred half-day"),
    ReasonId.IN_WINDOW: lambda facts: gettext("in the period asked for"),
    ReasonId.BEFORE_WINDOW: lambda facts: _outside(facts, before=True),
    ReasonId.AFTER_WINDOW: lambda facts: _outside(facts, before=False),
    ReasonId.SOON: _soon,
    ReasonId.FILLS_GAP: lambda facts: gettext("fills a gap exactly"),
    ReasonId.ADJOINS: lambda facts: gettext("adjoins without a gap"),
    ReasonId.LEAVES_UNUSABLE_REST: lambda facts: gettext("leaves %(minutes)d minutes that nobody can use") % facts,
    ReasonId.SAME_DAY: lambda facts: gettext("same day as a better place"),
}


def reason_sentence(reason: Reason) -> str:
    return _REASONS[reason.id](reason.facts)


def reason_words(reasons: Iterable[Reason]) -> str:
    """The strongest first. That a place lies in the period asked for goes without saying."""
    told = sorted((r for r in reasons if r.id is not ReasonId.IN_WINDOW), key=lambda reason: -abs(reason.points))
    return ", ".join(reason_sentence(reason) for reason in told)


def _moment(minute: int) -> str:
    return clock_text(from_minute(minute))


def _span(facts: Facts) -> dict[str, str]:
    return {"first": _moment(facts["from"]), "last": _moment(facts["until"])} if "from" in facts else {}


def _taken(facts: Facts) -> str:
    if "from" in facts:
        return gettext("The clinician has another appointment from %(first)s until %(last)s.") % _span(facts)
    return gettext("This place was taken a moment ago.")


_REFUSALS: dict[RefusalId, Callable[[Facts], str]] = {
    RefusalId.IN_PAST: lambda facts: gettext("This moment is over. Choose a later one."),
    RefusalId.BEYOND_HORIZON: lambda facts: (
        gettext("This is further ahead than can be booked. Choose a day before %(day)s.")
        % {"day": day_text(from_minute(facts["horizon"]))}
    ),
    RefusalId.NO_SESSION: lambda facts: gettext("The clinician holds no clinic on this day."),
    RefusalId.OUTSIDE_BLOCK: lambda facts: (
        gettext("This is outside the clinic, which is held between %(first)s and %(last)s.") % _span(facts)
    ),
    RefusalId.TYPE_NOT_ALLOWED: lambda facts: gettext("This part of the clinic is not for this type of appointment."),
    RefusalId.HELD_FOR_URGENT: lambda facts: (
        gettext("This place is held for urgent consults until %(day)s, %(time)s.")
        % {"day": day_text(from_minute(facts["until"])), "time": _moment(facts["until"])}
    ),
    RefusalId.IN_START_UP: lambda facts: (
        gettext("The clinician is starting up until %(time)s.") % {"time": _moment(facts["until"])}
    ),
    RefusalId.IN_BREAK: lambda facts: (
        gettext("The clinician has a break from %(first)s until %(last)s.") % _span(facts)
    ),
    RefusalId.OFF_GRID: lambda facts: (
        gettext("Consults begin at set times. Choose %(earlier)s or %(later)s.")
        % {"earlier": _moment(facts["earlier"]), "later": _moment(facts["later"])}
    ),
    RefusalId.DOES_NOT_FIT: lambda facts: gettext("There are only %(minutes)d minutes left here.") % facts,
    RefusalId.ABSENT: lambda facts: gettext("The clinician is away at that time."),
    RefusalId.TAKEN: _taken,
    RefusalId.PATIENT_BUSY: lambda facts: (
        gettext("The patient has another appointment from %(first)s until %(last)s.") % _span(facts)
    ),
}


def refusal_sentence(refusal: Refusal) -> str:
    return _REFUSALS[refusal.id](refusal.facts)


def refusal_sentences(refusals: Iterable[Refusal]) -> list[str]:
    return [refusal_sentence(refusal) for refusal in refusals]
