"""What the planning desk's templates say beside the visual language."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

import phonenumbers
from django import template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from notifications.models import CallOutcome, CallResult
from notifications.queries.calls import Preparation
from pages.names import listed_name
from pages.planner.history import TECHNIQUE, moment_words
from pages.planner.offers import Offer
from pages.templatetags.look import KINDS, NOTHING, STATUSES, clock, day, icon
from people.models import Patient
from scheduling.localtime import local_day
from scheduling.models import Appointment, AppointmentStatus
from scheduling.vocabulary import PREFERENCES
from scheduling.words import exact_clock_text

register = template.Library()
register.filter("clock_words", exact_clock_text)
register.filter("moment_words", moment_words)
register.filter("listed", listed_name)
COUNTRY, COUNTRY_CODE = "NL", 31
# Word and look of what phoning beforehand came to.
PREPARED: Mapping[Preparation, tuple["str | Promise", str]] = MappingProxyType(
    {
        Preparation.PREPARED: (_("prepared"), "good"),
        Preparation.NEEDED: (_("to be phoned"), "warn"),
        Preparation.UNREACHED: (_("not reached"), "bad"),
    }
)


@register.filter
def age_on(patient: Patient, day: date) -> int:
    return patient.age_on(day)


@register.filter
def phone(number: str) -> str:
    """As it is read aloud here: 06 12345678; a foreign number with its country."""
    try:
        parsed = phonenumbers.parse(number, COUNTRY)
    except phonenumbers.NumberParseException:
        return number
    at_home = parsed.country_code == COUNTRY_CODE
    shape = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, shape)


@register.filter
def best_number(patient: Patient) -> str:
    return patient.mobile or patient.phone


@register.filter
def moment_short(moment: datetime) -> str:
    """14.10 today, "di 24 nov 14.10" on another day."""
    if local_day(moment) == local_day(timezone.now()):
        return clock(moment)
    return f"{day(moment, 'short')} {clock(moment)}"


@register.filter
def status_word(status: str) -> str:
    return str(STATUSES[status])


@register.filter
def technique_word(reason: str) -> str:
    return str(TECHNIQUE.get(reason, reason))


@register.filter
def kind_known(appointment: Appointment) -> str:
    """NP or CP, for the kinds that have such a name."""
    return appointment.type.contact_kind if appointment.type.contact_kind in KINDS else ""


@register.filter
def call_word(outcome: str) -> str:
    return str(dict(CallOutcome.choices).get(outcome, outcome))


@register.simple_tag
def prepared(preparations: Mapping[int, Preparation], appointment: int) -> SafeString:
    """What phoning beforehand came to; nothing where nobody needs to know."""
    known = preparations.get(appointment)
    if known is None:
        return NOTHING
    words, look = PREPARED[known]
    return format_html('<span class="says {}">{}{}</span>', look, icon("phone"), words)


@register.filter
def call_result_word(result: str) -> str:
    return str(dict(CallResult.choices).get(result, result))


@register.filter
def is_cancelled(status: str) -> bool:
    return status == AppointmentStatus.CANCELLED


@register.filter
def preference_word(preference: str) -> str:
    return str(dict(PREFERENCES).get(preference, preference))


@register.filter
def checked_slot(offer: Offer, chosen: str) -> str:
    return offer.chosen(chosen).value
