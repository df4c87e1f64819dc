"""How the sending of messages goes, over all departments: figures only, nobody is named."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from notifications.models import Channel
from notifications.queries.operations import Operations, operations
from pages.administrator.hours_chart import LARGE, SMALL, HoursChart, lay_out_hours
from pages.permissions import Desk, department_page
from pages.templatetags.look import clock
from people.permissions import Permission


@dataclass(frozen=True)
class Tile:
    """`look`: empty when all is well, warn or bad when someone should look."""

    label: str | Promise
    value: str
    detail: str = ""
    look: str = ""
    icon: str = "done"


@require_GET
@department_page(Permission.SEE_OPERATIONS)
def operations_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    now = timezone.now()
    figures = operations(now=now)
    context = {
        "desk": desk,
        "now": now,
        "figures": figures,
        "tiles": [*_sending(figures), *_trouble(figures)],
        "charts": _charts(figures),
        "channels": Channel.choices,
        "names": dict(Channel.choices),
    }
    return render(request, "administrator/messages.html", context)


def _sending(figures: Operations) -> list[Tile]:
    overdue = figures.overdue
    late = gettext("%(count)d due, nobody sends them") % {"count": overdue.count}
    retry = gettext("next at %(time)s") % {"time": clock(figures.next_try)} if figures.next_try else ""
    return [
        Tile(
            _("Oldest due"),
            gettext("%(minutes)d min") % {"minutes": overdue.minutes} if overdue.count else gettext("none"),
            late if overdue.is_late else gettext("the sending keeps up"),
            "bad" if overdue.is_late else "",
            "late" if overdue.is_late else "done",
        ),
        Tile(_("Waiting for their turn"), str(figures.waiting), "", "", "clock"),
        Tile(_("To be tried again"), str(figures.retrying), retry, "warn" if figures.retrying else "", "refresh"),
    ]


def _trouble(figures: Operations) -> list[Tile]:
    week = gettext("in 7 days")
    cost = f"€ {figures.sms_cost:.2f}".replace(".", ",")
    parts = ngettext("%(count)d part", "%(count)d parts", figures.sms_segments) % {"count": figures.sms_segments}
    return [
        Tile(_("Failed for good"), str(figures.dead), week, "warn" if figures.dead else "", "alert"),
        Tile(_("Expired"), str(figures.expired), week, "warn" if figures.expired else "", "noshow"),
        Tile(_("Addresses that do not work"), str(figures.broken_addresses), "", "", "unlink"),
        Tile(_("Text messages this month"), cost, parts, "", "msg"),
    ]


def _charts(figures: Operations) -> list[tuple[str, HoursChart]]:
    return [("large", lay_out_hours(figures.hours, LARGE)), ("small", lay_out_hours(figures.hours, SMALL))]
