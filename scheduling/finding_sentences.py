"""What the block rules find, and what a fix does, in words. The rules return ids and facts; so do fixes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from people.models import Clinician
from praktijkplan.findings import Finding, FindingId, Fix, FixId, Severity
from scheduling.models import Raster, Workplace
from scheduling.words import day_text

Facts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids in facts are called."""

    workplaces: Mapping[int, str] = field(default_factory=dict)
    clinicians: Mapping[int, str] = field(default_factory=dict)
    rasters: Mapping[int, str] = field(default_factory=dict)

    def workplace(self, key: int) -> str:
        return self.workplaces.get(key) or gettext("an unknown workplace")

    def clinician(self, key: int) -> str:
        return self.clinicians.get(key) or gettext("a colleague")

    def raster(self, key: int) -> str:
        return self.rasters.get(key) or gettext("another raster")


def names_for(raster: Raster) -> Names:
    """Of the department, and of the clinician's rasters elsewhere. Three selects."""
    beside = Q(department=raster.department_id)
    if raster.clinician_id:
        beside |= Q(clinician=raster.clinician_id)
    return Names(
        workplaces=dict(Workplace.objects.filter(department=raster.department_id).values_list("pk", "name")),
        clinicians=dict(Clinician.objects.filter(departments=raster.department_id).values_list("pk", "name")),
        rasters=dict(Raster.objects.filter(beside).values_list("pk", "name")),
    )


def length_text(minutes: int) -> str:
    """A length of time as people say it: 3 hours and 20 minutes."""
    hours, rest = divmod(minutes, 60)
    in_hours = ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    in_minutes = ngettext("%(count)d minute", "%(count)d minutes", rest) % {"count": rest}
    if not hours:
        return in_minutes
    return gettext("%(hours)s and %(minutes)s") % {"hours": in_hours, "minutes": in_minutes} if rest else in_hours


def minute_text(minute: int) -> str:
    """A minute past midnight on the clock: 9.05."""
    return f"{minute // 60}.{minute % 60:02d}"


def _day(ordinal: int) -> str:
    return day_text(date.fromordinal(ordinal))


def _lengths(facts: Facts) -> dict[str, str]:
    wanted = ("minutes", "most", "pause", "consult", "shortest")
    return {name: length_text(facts[name]) for name in wanted if name in facts}


def _too_long(facts: Facts, names: Names) -> str:
    return gettext("%(minutes)s of video without a break. At most %(most)s.") % _lengths(facts)


def _taken(facts: Facts, names: Names) -> str:
    place = names.workplace(facts["workplace"])
    if "clinician" not in facts:
        return gettext("%(place)s is used by two blocks at once.") % {"place": place}
    return gettext("%(place)s is taken by %(clinician)s, first on %(day)s.") % {
        "place": place,
        "clinician": names.clinician(facts["clinician"]),
        "day": _day(facts["first"]),
    }


def _validity_gap(facts: Facts, names: Names) -> str:
    """From the first through the last clinic day that no raster covers."""
    told = ngettext(
        "%(count)d clinic day without a raster between this one and %(raster)s: %(first)s.",
        "%(count)d clinic days without a raster between this one and %(raster)s: %(first)s to %(last)s.",
        facts["count"],
    )
    first, last = _day(facts["first"]), _day(facts["last"])
    return told % {"count": facts["count"], "raster": names.raster(facts["raster"]), "first": first, "last": last}


def _pause_after_consult(facts: Facts, names: Names) -> str:
    told = gettext("%(count)d video consults of %(consult)s on end. After each of them a break of %(pause)s.")
    return told % {**_lengths(facts), "count": facts["count"]}


def _place(told: str, facts: Facts, names: Names) -> str:
    return told % {"place": names.workplace(facts["workplace"])}


_SENTENCES: dict[FindingId, Callable[[Facts, Names], str]] = {
    FindingId.VALIDITY_ENDS_FIRST: lambda facts, names: gettext("The raster ends before it begins."),
    FindingId.ENDS_FIRST: lambda facts, names: gettext("This block ends before it begins."),
    FindingId.START_UP_FILLS_BLOCK: lambda facts, names: (
        gettext("The start-up time fills the whole block of %(minutes)s.") % _lengths(facts)
    ),
    FindingId.NO_SLOT_LENGTH: lambda facts, names: gettext("Say how many minutes each patient gets."),
    FindingId.SLOTS_LEAVE_REST: lambda facts, names: (
        gettext("The consults leave %(minutes)s at the end that nobody can book.") % _lengths(facts)
    ),
    FindingId.OVERLAPS: lambda facts, names: gettext("Two blocks overlap by %(minutes)s.") % _lengths(facts),
    FindingId.NOTHING_BOOKABLE: lambda facts, names: gettext("No consult fits in this block."),
    FindingId.VIDEO_BLOCK_TOO_LONG: _too_long,
    FindingId.SHORT_RUN_TOO_LONG: _too_long,
    FindingId.SHORT_RUN_LONG: lambda facts, names: (
        gettext("%(minutes)s of short video consults without a break. Rather not over %(most)s.") % _lengths(facts)
    ),
    FindingId.MINI_BREAK_MISSING: lambda facts, names: (
        gettext("%(minutes)s of short video consults without a short break. %(pause)s at least every %(most)s.")
        % _lengths(facts)
    ),
    FindingId.PAUSE_MISSING: lambda facts, names: (
        gettext("%(minutes)s of video without a break of %(pause)s. At most %(most)s.") % _lengths(facts)
    ),
    FindingId.PAUSE_AFTER_CONSULT_MISSING: _pause_after_consult,
    FindingId.START_UP_ADVISED: lambda facts, names: (
        gettext("%(failures)d %% of the video consults has technical problems. Begin with %(minutes)s to start up.")
        % {**_lengths(facts), "failures": facts["failures"]}
    ),
    FindingId.VIDEO_SHARE_HIGH: lambda facts, names: (
        gettext("%(percent)d %% of this day is video. Video is tiring: rather not over %(most)d %%.") % facts
    ),
    FindingId.VIDEO_WITHOUT_VARIATION: lambda facts, names: (
        gettext("%(minutes)s of video without another form in between. Rather not over %(most)s.") % _lengths(facts)
    ),
    FindingId.WORKPLACE_UNKNOWN: lambda facts, names: gettext("This workplace is not one of the department."),
    FindingId.WORKPLACE_NOT_VIDEO_READY: lambda facts, names: _place(
        gettext("%(place)s is not ready for video."), facts, names
    ),
    FindingId.WORKPLACE_TAKEN: _taken,
    FindingId.CABIN_FAR: lambda facts, names: (
        gettext("%(place)s is %(minutes)s on foot from the clinic. For urgent questions rather not over %(most)s.")
        % {**_lengths(facts), "place": names.workplace(facts["workplace"])}
    ),
    FindingId.WORKPLACE_MISSING: lambda facts, names: gettext("Say where this block is held."),
    FindingId.HOME_UNCHECKED: lambda facts, names: _place(
        gettext("%(place)s: the checklist for working from home has not been confirmed."), facts, names
    ),
    FindingId.OUTSIDE_OPENING_HOURS: lambda facts, names: (
        gettext("Outside opening hours: the clinic is open from %(opens)s to %(closes)s.")
        % {"opens": minute_text(facts["opens"]), "closes": minute_text(facts["closes"])}
    ),
    FindingId.GAP_TOO_SMALL: lambda facts, names: (
        gettext("A gap of %(minutes)s. The shortest consult takes %(shortest)s.") % _lengths(facts)
    ),
    FindingId.RASTERS_COLLIDE: lambda facts, names: (
        gettext("%(raster)s is held at the same time, first on %(day)s.")
        % {"raster": names.raster(facts["raster"]), "day": _day(facts["first"])}
    ),
    FindingId.VALIDITY_GAP: _validity_gap,
}


def finding_sentence(finding: Finding, names: Names) -> str:
    """What is wrong and what the bound is, without the severity or the place in the week."""
    return _SENTENCES[finding.id](finding.facts, names)


def _pauses(facts: Facts, names: Names) -> str:
    if facts["count"] == 1:
        return gettext("Add a break at %(time)s") % {"time": minute_text(facts["at"])}
    told = gettext("Add %(count)d breaks, the first at %(time)s")
    return told % {"count": facts["count"], "time": minute_text(facts["at"])}


def _start_up(facts: Facts, names: Names) -> str:
    if not facts["minutes"]:
        return gettext("Remove the start-up time")
    return gettext("Set start-up time to %(minutes)s") % _lengths(facts)


def _validity(facts: Facts, names: Names) -> str:
    first = _day(facts["first"])
    if "last" not in facts:
        return gettext("Let it hold from %(first)s") % {"first": first}
    return gettext("Let it hold from %(first)s to %(last)s") % {"first": first, "last": _day(facts["last"])}


_FIXES: dict[FixId, Callable[[Facts, Names], str]] = {
    FixId.ADD_PAUSES: _pauses,
    FixId.MAKE_PAUSE: lambda facts, names: (
        gettext("Make a break of it, from %(time)s") % {"time": minute_text(facts["at"])}
    ),
    FixId.SET_START_UP: _start_up,
    FixId.SHORTEN: lambda facts, names: gettext("Shorten to %(time)s") % {"time": minute_text(facts["at"])},
    FixId.MOVE_WORKPLACE: lambda facts, names: _place(gettext("Move to %(place)s"), facts, names),
    FixId.SET_VALIDITY: _validity,
}


def fix_label(fix: Fix, names: Names) -> str:
    """What the button that applies the fix says."""
    return _FIXES[fix.id](fix.facts, names)


_TITLES: Mapping[FindingId, Promise] = {
    FindingId.VALIDITY_ENDS_FIRST: _("Validity"),
    FindingId.ENDS_FIRST: _("Time of the block"),
    FindingId.START_UP_FILLS_BLOCK: _("Start-up time"),
    FindingId.NO_SLOT_LENGTH: _("Minutes per patient"),
    FindingId.SLOTS_LEAVE_REST: _("Minutes per patient"),
    FindingId.OVERLAPS: _("Blocks overlap"),
    FindingId.NOTHING_BOOKABLE: _("Nothing can be booked"),
    FindingId.VIDEO_BLOCK_TOO_LONG: _("Length of a video block"),
    FindingId.SHORT_RUN_TOO_LONG: _("Short video consults on end"),
    FindingId.SHORT_RUN_LONG: _("Short video consults on end"),
    FindingId.MINI_BREAK_MISSING: _("Short breaks"),
    FindingId.PAUSE_MISSING: _("Breaks between video consults"),
    FindingId.PAUSE_AFTER_CONSULT_MISSING: _("Break after a long consult"),
    FindingId.START_UP_ADVISED: _("Start-up time"),
    FindingId.VIDEO_SHARE_HIGH: _("Variation in the day"),
    FindingId.VIDEO_WITHOUT_VARIATION: _("Variation in the day"),
    FindingId.WORKPLACE_UNKNOWN: _("Workplace"),
    FindingId.WORKPLACE_NOT_VIDEO_READY: _("Workplace"),
    FindingId.WORKPLACE_TAKEN: _("Workplace is taken"),
    FindingId.CABIN_FAR: _("Far cabin"),
    FindingId.WORKPLACE_MISSING: _("Workplace"),
    FindingId.HOME_UNCHECKED: _("Working from home"),
    FindingId.OUTSIDE_OPENING_HOURS: _("Opening hours"),
    FindingId.GAP_TOO_SMALL: _("Gap between blocks"),
    FindingId.RASTERS_COLLIDE: _("Two rasters at once"),
    FindingId.VALIDITY_GAP: _("Days without a raster"),
}
_SEVERITIES: Mapping[Severity, Promise] = {
    Severity.ERROR: _("Error"),
    Severity.WARNING: _("Warning"),
    Severity.ADVICE: _("Advice"),
}


def rule_title(finding: Finding) -> str:
    """What the broken rule is about, in a few words."""
    return finding_title(finding.id)


def finding_title(finding: FindingId) -> str:
    return str(_TITLES[finding])


def severity_word(severity: Severity) -> str:
    return str(_SEVERITIES[severity])
