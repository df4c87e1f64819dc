"""Which messages someone asks for. A name travels in the body of a POST only; the rest may stand in an address."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.models import Channel, MessageKind
from notifications.queries.outbox import Asked, Box
from notifications.queries.paging import Place, read_place
from pages.planner.slots import read_day
from people.models import Department
from scheduling.localtime import AMSTERDAM
from scheduling.queries.patients import find_patients

LONGEST_SEARCH = 60
# Who types so little of a name finds half the town; more than this many are not looked for.
MOST_PATIENTS = 200
BOXES: tuple[tuple[Box, str | Promise], ...] = (
    (Box.PROBLEMS, _("Problems")),
    (Box.ALL, _("All")),
    (Box.PLANNED, _("Planned")),
    (Box.SENT, _("Sent")),
    (Box.DELIVERED, _("Delivered")),
    (Box.READ, _("Read")),
    (Box.FAILED, _("Failed")),
    (Box.EXPIRED, _("Expired")),
    (Box.LATE, _("Too late")),
)


@dataclass(frozen=True)
class Filter:
    """As it was asked; what cannot be read counts as not asked. `box` is None until someone chooses one."""

    box: Box | None = None
    kind: str = ""
    channel: str = ""
    first: date | None = None
    last: date | None = None
    text: str = ""
    place: Place | None = None

    @property
    def narrows(self) -> bool:
        return bool(self.kind or self.channel or self.first or self.last or self.text)

    def address(self, **other: str) -> str:
        """Of the same filter, without the name and from the first page on."""
        values = {
            "bak": self.box or "",
            "soort": self.kind,
            "kanaal": self.channel,
            "van": self.first.isoformat() if self.first else "",
            "tot": self.last.isoformat() if self.last else "",
        }
        return "?" + urlencode({name: value for name, value in (values | other).items() if value})

    def asked(self, box: Box, department: Department) -> Asked:
        return Asked(
            box=box,
            kind=self.kind,
            channel=self.channel,
            since=_begin_of(self.first) if self.first else None,
            before=_begin_of(self.last + timedelta(days=1)) if self.last else None,
            patients=tuple(_patients(self.text, department)) if self.text else None,
        )


def read_filter(given: Mapping[str, Any]) -> Filter:
    return Filter(
        box=Box(given["bak"]) if given.get("bak") in list(Box) else None,
        kind=given["soort"] if given.get("soort") in MessageKind.values else "",
        channel=given["kanaal"] if given.get("kanaal") in Channel.values else "",
        first=_day(given.get("van", "")),
        last=_day(given.get("tot", "")),
        text=given.get("zoek", "").strip()[:LONGEST_SEARCH],
        place=read_place(given.get("plek", "")),
    )


def _day(text: str) -> date | None:
    day = read_day(text)
    # The last day that a calendar knows has no day after it.
    return day if day and date.min < day < date(9999, 1, 1) else None


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, AMSTERDAM)


def _patients(text: str, department: Department) -> Iterator[int]:
    yield from find_patients(text, department).order_by("pk").values_list("pk", flat=True)[:MOST_PATIENTS]
