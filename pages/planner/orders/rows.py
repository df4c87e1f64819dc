"""The rows of what must be planned: each order with the place that goes together with those of all others shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from pages.planner.places import (
    ProposedRow,
    SentList,
    chosen_plan,
    clinicians_proposed,
    ended_sentences,
    options_of,
)
from pages.planner.reached import letters_before_booking
from people.models import Department
from praktijkplan.suitability import SuitFinding, SuitFindingId
from scheduling.actions.planning_orders import OrderChoice, OrderOutcome
from scheduling.localtime import local_day
from scheduling.models import FollowUpOrder
from scheduling.queries.orders import days_looked_at, horizon_of, minutes_of, places_for_orders
from scheduling.queries.preferences import preferences_of
from scheduling.queries.suitability import Weighed, weigh_each
from scheduling.suitability_sentences import finding_sentence
from scheduling.vocabulary import MODALITIES

FORMS = {value for value, _label in MODALITIES}
LONGEST_REASON = 200


@dataclass(frozen=True, kw_only=True)
class Row(ProposedRow):
    """`wish`: a form the patient prefers to the one ordered. `too_early`: nothing can be booked so far on.

    `weighed`: what the system itself knows against the place chosen; `why`: the reason to book it all the same.
    """

    order: FollowUpOrder
    minutes: int
    book_url: str
    wish: str
    too_early: bool
    weighed: Weighed | None
    why: str

    @property
    def against(self) -> list[str]:
        """In sentences; the wish has its own."""
        against = _speaks_against(self.weighed)
        return [finding_sentence(found) for found in against if found.id is not SuitFindingId.PREFERS_OTHER]

    @property
    def needs_reason(self) -> bool:
        return self.weighed is not None and not self.weighed.assessment.suited

    @property
    def lacks_reason(self) -> bool:
        """That is what was wrong with it when it was sent."""
        return self.needs_reason and bool(self.problems) and not self.why.strip()


def rows_of(
    orders: Sequence[FollowUpOrder],
    *,
    now: datetime,
    posted: QueryDict | None = None,
    problems: Mapping[int, tuple[str, ...]] | None = None,
) -> list[Row]:
    """`posted` keeps what was ticked and chosen, where that place can still be had. A fixed number of selects.

    Where something known speaks against the form that was ordered, somebody looks at it first: it is not ticked.
    """
    if not orders:
        return []
    today = local_day(now)
    horizon = horizon_of(orders[0].department_id, today)
    found = places_for_orders(orders, now=now)
    clinicians = clinicians_proposed(found)
    wishes = preferences_of([order.patient_id for order in orders])
    sent = SentList(posted)
    options = {each.pk: options_of(found.places.get(each.pk), found.types, clinicians) for each in orders}
    values = {pk: sent.value(pk, proposed) for pk, proposed in options.items()}
    days = {
        pk: next((local_day(each.start) for each in proposed if each.value == values[pk]), today)
        for pk, proposed in options.items()
    }
    letters = letters_before_booking([(each.patient, days[each.pk]) for each in orders], orders[0].department_id)
    weighed = weigh_each([(each.type, each.patient, days[each.pk]) for each in orders])
    rows = []
    for order, reached, weighing in zip(orders, letters, weighed, strict=True):
        wish = wishes.get(order.patient_id, "")
        of_place = weighing if options[order.pk] else None
        rows.append(
            Row(
                order=order,
                minutes=minutes_of(order),
                options=options[order.pk],
                value=values[order.pk],
                letters=reached,
                book_url=_book_url(order, today),
                wish=wish if wish in FORMS - {order.type.modality} else "",
                too_early=days_looked_at(order, today)[0] > horizon,
                weighed=of_place,
                why=sent.said("why", order.pk),
                checked=sent.is_ticked(order.pk, usually=not any(_speaks_against(of_place))),
                problems=(problems or {}).get(order.pk, ()),
            )
        )
    return rows


def _speaks_against(weighed: Weighed | None) -> Iterator[SuitFinding]:
    """What asks for another form."""
    if weighed is not None:
        yield from (found for found in weighed.assessment.findings if found.proposes)


def choices_of(posted: QueryDict, orders: Sequence[FollowUpOrder], department: Department) -> list[OrderChoice]:
    """Of whoever is ticked, with the clinician that was ordered where one was; who has no place is left out."""
    sent = SentList(posted)
    clinicians = {str(each.pk): each for each in department.clinicians.all()}
    choices = []
    for order in orders:
        revision = sent.number("revision", order.pk)
        if revision is None:
            continue
        own = {pk: each for pk, each in clinicians.items() if order.clinician_id in (None, each.pk)}
        plan = chosen_plan(sent.said("place", order.pk), own, {str(order.type_id): order.type})
        if plan is not None:
            why = sent.said("why", order.pk)[:LONGEST_REASON]
            choices.append(OrderChoice(order, revision, replace(plan, minutes=order.minutes), why))
    return choices


def problem_of(outcome: OrderOutcome) -> tuple[str, ...]:
    """Why it was not planned, in sentences."""
    changed = gettext("Someone else changed this order just now. Look at it and choose again.")
    return ended_sentences(outcome.ended, outcome.refused, changed=changed)


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
