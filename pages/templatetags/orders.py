"""How pressing an order is, and periods and windows, in words and shapes."""

from datetime import date

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from pages.templatetags.look import day, icon
from praktijkplan.windows import Period, Pressing, Unit, period_of, pressing
from scheduling.models import FollowUpOrder

register = template.Library()


@register.simple_tag
def order_due(order: FollowUpOrder, today: date) -> SafeString:
    """Shape, words and colour: past its last day, near it, may be planned, or later."""
    how = pressing(order.earliest, order.latest, today=today)
    left = abs((order.latest - today).days)
    if how is Pressing.OVERDUE:
        words = ngettext("%(days)d day too late", "%(days)d days too late", left) % {"days": left}
        return format_html('<span class="st st-late">{}{}</span>', icon("late"), words)
    if how is Pressing.DUE:
        words = ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left}
        if not left:
            words = gettext("today is the last day")
        return format_html('<span class="says warn">{}{}</span>', icon("clock"), words)
    if how is Pressing.OPEN:
        return format_html('<span class="says">{}{}</span>', icon("tested"), gettext("may be planned"))
    words = gettext("from %(day)s on") % {"day": day(order.earliest, "short")}
    return format_html('<span class="says dim">{}{}</span>', icon("planned"), words)


@register.filter
def window(order: FollowUpOrder) -> str:
    words = {"first": day(order.earliest, "short"), "last": day(order.latest, "short")}
    return gettext("%(first)s until and including %(last)s") % words


@register.filter
def period(days: int) -> str:
    """91 as "3 maanden"."""
    return period_words(period_of(days))


def period_words(said: Period) -> str:
    number = {"number": said.number}
    if said.unit is Unit.MONTHS:
        return ngettext("%(number)d month", "%(number)d months", said.number) % number
    if said.unit is Unit.WEEKS:
        return ngettext("%(number)d week", "%(number)d weeks", said.number) % number
    return ngettext("%(number)d day", "%(number)d days", said.number) % number
