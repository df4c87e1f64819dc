"""The rules' answers in words: why a place is proposed, why one is refused. The rules return ids and facts."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext, ngettext

from praktijkplan.pathways import StepProblem, StepProblemId
from praktijkplan.placing import Refusal, RefusalId
from praktijkplan.ranking import Reason, ReasonId
from praktijkplan.series import WhyNot
from praktijkplan.windows import WrongWindow
from scheduling.actions.placing import Lack, NeedsReason, NotPlaced
from scheduling.models.minutes import from_minute
from scheduling.words import clock_text, day_text

Facts = Mapping[str, int]


def _soon(facts: Facts) -> str:
    days = facts.get("days", 0)
    if days == 0:
        return gettext("on the first day asked for")
    return ngettext("%(days)d day after the first day", "%(days)d days after the first day", days) % {"days": days}


def _tight(facts: Facts) -> str:
    days = facts["days"]
    if days == 0:
        return gettext("on the last day that the order allows")
    return ngettext("%(days)d day before the order is due", "%(days)d days before the order is due", days) % {
        "days": days
    }


def _outside(facts: Facts, before: bool) -> str:
    days = facts["days"]
    if before:
        return ngettext("%(days)d day too early", "%(days)d days too early", days) % {"days": days}
    return ngettext("%(days)d day too late", "%(days)d days too late", days) % {"days": days}


_REASONS: dict[ReasonId, Callable[[Facts], str]] = {
    ReasonId.OWN_CLINICIAN: lambda facts: gettext("own clinician"),
    ReasonId.KNOWN_CLINICIAN: lambda facts: gettext("known clinician"),
    ReasonId.PREFERRED_FORM: lambda facts: gettext("in the preferred form"),
    ReasonId.AGREED_FORM: lambda facts: gettext("in the form that was agreed"),
    ReasonId.PREFERRED_HALF_DAY: lambda facts: gettext("in the preferred half-day"),
    ReasonId.IN_WINDOW: lambda facts: gettext("in the period asked for"),
    ReasonId.BEFORE_WINDOW: lambda facts: _outside(facts, before=True),
    ReasonId.AFTER_WINDOW: lambda facts: _outside(facts, before=False),
    ReasonId.SOON: _soon,
    ReasonId.TIGHT: _tight,
    ReasonId.FILLS_GAP: lambda facts: gettext("fills a gap exactly"),
    ReasonId.ADJOINS: lambda facts: gettext("adjoins without a gap"),
    ReasonId.LEAVES_UNUSABLE_REST: lambda facts: gettext("leaves %(minutes)d minutes that nobody can use") % facts,
    ReasonId.USES_URGENT_PLACE: lambda facts: gettext("uses a place that is held for urgent consults"),
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
    RefusalId.OVERBOOKED_ENOUGH: lambda facts: (
        ngettext(
            "At most %(most)d consult per clinic stands beside another one, as was agreed.",
            "At most %(most)d consults per clinic stand beside another one, as was agreed.",
            facts["most"],
        )
        % facts
        if facts["most"]
        else gettext("No consult stands beside another one, as was agreed.")
    ),
    RefusalId.SECOND_ABSENT: lambda facts: gettext("The second clinician holds no clinic at that time."),
    RefusalId.SECOND_TAKEN: lambda facts: (
        gettext("The second clinician has another appointment from %(first)s until %(last)s.") % _span(facts)
    ),
    RefusalId.PLACE_TAKEN: lambda facts: (
        gettext("The workplace is taken from %(first)s until %(last)s.") % _span(facts)
    ),
    RefusalId.INTERPRETER_TAKEN: lambda facts: (
        gettext("The interpreter is taken from %(first)s until %(last)s.") % _span(facts)
    ),
    RefusalId.PATIENT_BUSY: lambda facts: (
        gettext("The patient has another appointment from %(first)s until %(last)s.") % _span(facts)
    ),
}


def refusal_sentence(refusal: Refusal) -> str:
    return _REFUSALS[refusal.id](refusal.facts)


_WHY_NOT = {
    WhyNot.NOTHING_FREE: lambda: gettext("no free place around this day"),
    WhyNot.OTHER_CLINICIAN: lambda: gettext("only another clinician has room around this day"),
    WhyNot.OTHER_WEEKDAY: lambda: gettext("there is room on another weekday only"),
    WhyNot.OTHER_TIME: lambda: gettext("there is room at another time only"),
}


def why_not_words(why_not: WhyNot | None, *, beyond: bool) -> str:
    """Why a series has no place there; empty where it has."""
    if why_not is None:
        return ""
    return gettext("further ahead than can be booked") if beyond else _WHY_NOT[why_not]()


def refusal_sentences(refusals: Iterable[Refusal]) -> list[str]:
    return [refusal_sentence(refusal) for refusal in refusals]


def lack_sentence(lack: Lack) -> str:
    if lack is Lack.OVERBOOKING:
        return gettext("Say why it stands beside another appointment.")
    return gettext("Say why this form of contact is chosen all the same.")


def unplaced_sentences(outcome: NotPlaced | NeedsReason) -> list[str]:
    if isinstance(outcome, NeedsReason):
        return [lack_sentence(outcome.lack)]
    return refusal_sentences(outcome.refusals)


def window_sentence(wrong: WrongWindow) -> str:
    return {
        WrongWindow.ENDS_BEFORE_IT_BEGINS: gettext("This is before the first day. Choose a later day."),
        WrongWindow.IS_OVER: gettext("This day is over. Choose today or later."),
        WrongWindow.TOO_FAR: gettext("This is more than three years from now. Is the year right?"),
    }[wrong]


def step_sentence(problem: StepProblem) -> str:
    if problem.id is StepProblemId.NO_STEPS:
        return gettext("Fill in at least one step.")
    if problem.id is StepProblemId.OUT_OF_ORDER:
        return gettext("This step does not come after the one above. Put the steps in order.")
    said = ngettext(
        "This step and the one above share %(days)d day. Make a margin smaller.",
        "This step and the one above share %(days)d days. Make a margin smaller.",
        problem.days,
    )
    return said % {"days": problem.days}
