"""The rows of what must be planned: each order with the place that goes together with those of all others shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from pages.planner.places import Option, chosen_plan, clinicians_proposed, options_of
from people.models import Department
from scheduling.actions.bulk import Ended
from scheduling.actions.planning_orders import OrderChoice, OrderOutcome
from scheduling.localtime import local_day
from scheduling.models import FollowUpOrder
from scheduling.queries.orders import days_looked_at, horizon_of, minutes_of, places_for_orders, preferences_of
from scheduling.sentences import unplaced_sentences
from scheduling.vocabulary import MODALITIES

FORMS = {value for value, _label in MODALITIES}


@dataclass(frozen=True)
class Row:
    """`wish`: a form the patient prefers to the one ordered. `too_early`: nothing can be booked so far on."""

    order: FollowUpOrder
    minutes: int
    options: tuple[Option, ...]
    value: str
    book_url: str
    wish: str = ""
    too_early: bool = False
    checked: bool = True
    problems: tuple[str, ...] = ()

    @property
    def chosen(self) -> Option | None:
        return next((option for option in self.options if option.value == self.value), None)


def rows_of(
    orders: Sequence[FollowUpOrder],
    *,
    now: datetime,
    posted: QueryDict | None = None,
    problems: Mapping[int, tuple[str, ...]] | None = None,
) -> list[Row]:
    """`posted` keeps what was ticked and chosen, where that place can still be had. A fixed number of selects."""
    if not orders:
        return []
    today = local_day(now)
    horizon = horizon_of(orders[0].department_id, today)
    found = places_for_orders(orders, now=now)
    clinicians = clinicians_proposed(found)
    wishes = preferences_of([order.patient_id for order in orders])
    ticked = set(posted.getlist("row")) if posted else None
    rows = []
    for order in orders:
        options = options_of(found.places.get(order.pk), found.types, clinicians)
        asked = posted.get(f"place-{order.pk}", "") if posted else ""
        stands = [option.value for option in options]
        wish = wishes.get(order.patient_id, "")
        rows.append(
            Row(
                order=order,
                minutes=minutes_of(order),
                options=options,
                value=asked if asked in stands else next(iter(stands), ""),
                book_url=_book_url(order, today),
                wish=wish if wish in FORMS - {order.type.modality} else "",
                too_early=days_looked_at(order, today)[0] > horizon,
                checked=ticked is None or str(order.pk) in ticked,
                problems=(problems or {}).get(order.pk, ()),
            )
        )
    return rows


def choices_of(posted: QueryDict, orders: Sequence[FollowUpOrder], department: Department) -> list[OrderChoice]:
    """Of whoever is ticked, with the clinician that was ordered where one was; who has no place is left out."""
    clinicians = {str(each.pk): each for each in department.clinicians.all()}
    choices = []
    for order in orders:
        revision = posted.get(f"revision-{order.pk}", "")
        if not (revision.isdecimal() and len(revision) < 9):
            continue
        own = {pk: each for pk, each in clinicians.items() if order.clinician_id in (None, each.pk)}
        plan = chosen_plan(posted.get(f"place-{order.pk}", ""), own, {str(order.type_id): order.type})
        if plan is not None:
            choices.append(OrderChoice(order, int(revision), replace(plan, minutes=order.minutes)))
    return choices


def problem_of(outcome: OrderOutcome) -> tuple[str, ...]:
    """Why it was not planned, in sentences."""
    if outcome.ended is Ended.BUSY:
        return (gettext("Someone else is booking on this day. Nothing was changed. Try again."),)
    if outcome.ended is Ended.CHANGED:
        return (gettext("Someone else changed this order just now. Look at it and choose again."),)
    return tuple(unplaced_sentences(outcome.refused)) if outcome.refused else ()


def _book_url(order: FollowUpOrder, today: date) -> str:
    first, last = days_looked_at(order, today)
    asked = {
        "opdracht": order.pk,
        "type": order.type_id,
        "van": first.isoformat(),
        "tot": max(last, order.latest).isoformat(),
        "zorgverlener": order.clinician_id or "",
    }
    return f"{reverse('book', args=[order.patient.public_id])}?{urlencode({k: v for k, v in asked.items() if v})}"
