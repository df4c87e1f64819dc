"""What a text may fill in: a fixed list, with the Dutch names that editors see, and no way to reach anything else."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.content.facts import LetterFacts


@dataclass(frozen=True, slots=True)
class Placeholder:
    """With a capital (`{Dag}`) the value gets one too. `is_condition`: writes nothing, decides over its [[part]]."""

    name: str
    holds: Promise
    sample: str
    is_condition: bool = False


_ALL = (
    Placeholder("ziekenhuis", _("name of the hospital"), "De Waard ziekenhuis"),
    Placeholder("tel", _("phone number of the department"), "020-1234501"),
    Placeholder("link", _("the reader's own link"), "https://dewaard.example/v/…"),
    Placeholder("dag", _("today, tomorrow, or on which date"), "morgen"),
    Placeholder("dag_kort", _("today, tomorrow, or the date in few letters"), "di 24 nov"),
    Placeholder("gauw", _("today or tomorrow; empty if it is later"), "morgen"),
    Placeholder("datum", _("the date"), "dinsdag 24 november"),
    Placeholder("datum_kort", _("the date in few letters"), "di 24 nov"),
    Placeholder("tijd", _("the time"), "14.10"),
    Placeholder("open", _("when the waiting room opens"), "13.40"),
    Placeholder("eerder", _("10 minutes before the time"), "14.00"),
    Placeholder("afspraak", _("whose appointment: the reader's, or that of a child or relative"), "uw afspraak"),
    Placeholder("geboortedatum", _("whose date of birth"), "uw geboortedatum"),
    Placeholder("wie", _("your child or relative; empty if the reader is the patient"), "uw kind"),
    Placeholder("van", _("a late start: at the earliest"), "14.25"),
    Placeholder("tot", _("a late start: at the latest"), "14.45"),
    Placeholder("rond", _("a late start: about when, where there is no range"), "14.30"),
    Placeholder("uitloop", _("what to do when it starts late, as agreed"), "Blijf in de wachtkamer."),
    Placeholder("uiterlijk", _("an invitation: choose before this date"), "vrijdag 4 december"),
    Placeholder("gevraagd", _("an answer: the form of contact that was asked for"), "beeldbellen"),
    Placeholder(
        "reden", _("an answer: why not, if it is a prepared reason; your own words stand behind the link"), "…"
    ),
    Placeholder("uitleg", _("address of the department's first leaflet or film"), "https://dewaard.example/uitleg"),
    Placeholder("uitleg_titel", _("title of that leaflet or film"), "Zo werkt beeldbellen"),
    Placeholder("nieuwe_tijd", _("a cancellation: we phone for a new time"), "", True),
    Placeholder("dag_ervoor", _("the confirmation stands for the reminder of the day before too"), "", True),
    Placeholder("uur_ervoor", _("the confirmation stands for the reminder of the hour before too"), "", True),
)
PLACEHOLDERS: Mapping[str, Placeholder] = {one.name: one for one in _ALL}


def values_of(facts: LetterFacts) -> dict[str, str]:
    """On one line each, so that no value can begin a line of its own."""
    values = {
        "ziekenhuis": facts.hospital,
        "tel": facts.phone,
        "link": facts.link,
        "dag": facts.day,
        "dag_kort": facts.short_day,
        "gauw": facts.soon,
        "datum": facts.date,
        "datum_kort": facts.short_date,
        "tijd": facts.time,
        "open": facts.opens,
        "eerder": facts.arrive,
        "afspraak": facts.whose,
        "geboortedatum": facts.birth_date,
        "wie": facts.who,
        "van": facts.late_from,
        "tot": facts.late_until,
        "rond": facts.late_at,
        "uitloop": facts.late_words,
        "uiterlijk": facts.before,
        "gevraagd": facts.asked,
        "reden": facts.declined,
        "uitleg": facts.guide_link,
        "uitleg_titel": facts.guide,
        "nieuwe_tijd": "ja" if facts.new_time else "",
        "dag_ervoor": "ja" if "day_before" in facts.includes else "",
        "uur_ervoor": "ja" if "hour_before" in facts.includes else "",
    }
    return {name: " ".join(value.split()) for name, value in values.items()}
