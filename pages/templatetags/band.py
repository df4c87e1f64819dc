"""The band: an expected time is a range, and a range is drawn as a band."""

from datetime import datetime

from django import template
from django.utils.translation import gettext

from pages.rail import Rail, RailWords, lay_out_rail
from pages.templatetags.look import clock

register = template.Library()


@register.inclusion_tag("_components/rail.html")
def rail(appointment: datetime, now: datetime, earliest: datetime, latest: datetime) -> dict[str, Rail]:
    """The patient's rail. It repeats what the sentence beside it says, so it is hidden from screen readers."""
    words = RailWords(
        appointment=gettext("appointment %(time)s") % {"time": clock(appointment)},
        probably=gettext("probably"),
        now=gettext("now"),
        earliest=clock(earliest),
        latest=clock(latest),
    )
    return {
        "rail": lay_out_rail(appointment=appointment, now=now, earliest=earliest, latest=latest, words=words),
    }
