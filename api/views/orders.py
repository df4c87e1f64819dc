"""Order a follow-up, see what must be planned by when, and plan many together (PP-15)."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import Answer, answer_once
from api.offers import place_told, refusal_told
from api.permissions import StaffEndpoint
from api.problems import Refused, invalid
from api.schema import KEY, answer_header, describe
from api.serializers.orders import (
    MOST_LISTED,
    ChangeOrder,
    DropOrder,
    NewOrder,
    OrderOutcomes,
    OrderQuery,
    Orders,
    OrderStanding,
    OrdersTogether,
    OrdersWithPlaces,
    PlanThem,
)
from api.views.appointments import REASONS, clinician_of
from people.desks import Desk
from people.models import Clinician
from people.permissions import Permission
from praktijkplan.windows import Period, Pressing, Unit, WrongWindow, window_around
from scheduling.actions.misfits import NoReason
from scheduling.actions.orders import Wanted, change_order, drop_order, make_order
from scheduling.actions.placing import NeedsReason, NotPlaced, Plan
from scheduling.actions.planning_orders import OrderChoice, OrderOutcome, plan_orders
from scheduling.localtime import local_day
from scheduling.models import AppointmentType, FollowUpOrder
from scheduling.queries.orders import count_orders, is_pressing, open_orders, places_for_orders
from scheduling.queries.replanning import Replanned, to_choose
from scheduling.sentences import window_sentence

VIEW, MAKE, CHANGE, DROP, PLAN = "view.orders", "make.order", "change.order", "drop.order", "plan.orders"
_OF_ORDER = ("patient", "type", "clinician", "appointment", "department")


class OrdersOfDepartment(StaffEndpoint):
    @describe(
        "orders_list",
        "What was ordered and has no appointment, the most pressing first.",
        Orders,
        parameters=[OrderQuery],
    )
    def get(self, request: Request) -> Response:
        asked, today = self.asked(OrderQuery), local_day(self.clock())
        desk = self.desk(asked["department"], Permission.ORDER, VIEW)
        orders = open_orders(desk.department)
        names = {"clinician": "clinician", "type": "type", "until": "latest__lte"}
        orders = orders.filter(**{field: asked[name] for name, field in names.items() if name in asked})
        counts = {how.value: count for how, count in count_orders(orders, today=today).items()}
        if "pressing" in asked:
            orders = orders.filter(is_pressing(Pressing(asked["pressing"]), today))
        shown = list(orders[:MOST_LISTED])
        desk.log_list(VIEW, [(each.patient_id, None) for each in shown])
        return Response(Orders({"counts": counts, "orders": shown}).data)

    @describe(
        "orders_make",
        "A follow-up must be planned, in a window of dates or over so many days, weeks or months.",
        OrderStanding,
        status=201,
        request=NewOrder,
        refusals=[409, 422],
        headers=[
            KEY,
            answer_header("Location", "Where the order is found from now on.", 201),
            answer_header("Idempotency-Replayed", "true when this key was answered before.", 201),
        ],
    )
    def post(self, request: Request) -> Response:
        given, now = self.sent(NewOrder), self.clock()
        kind = AppointmentType.objects.filter(pk=given["type"], active=True).first()
        if kind is None:
            self.hide(MAKE, None)
        desk, patient = self.desk_with_patient(kind.department_id, given["patient"], Permission.ORDER, MAKE)
        if "after" in given:
            wait = Period(given["after"], Unit(given["unit"]))
            margin = Period(given["margin_days"], Unit.DAYS)
            given["earliest"], given["latest"] = window_around(local_day(now), wait, margin)
        wanted = _wanted(given, kind, desk)

        def make() -> Answer:
            made = make_order(patient=patient, wanted=wanted, by=desk.actor, now=now)
            if isinstance(made, WrongWindow):
                _refuse_window(made, "after" if "after" in given else "latest")
            told = dict(OrderStanding(made).data)
            return Answer(201, told, {"Location": reverse("api-order", args=[made.pk])})

        return answer_once(request, actor=desk.actor, now=now, act=make)


class OfOrder(StaffEndpoint):
    """One order, in its own department."""

    def of_order(self, pk: int, action: str) -> tuple[Desk, FollowUpOrder]:
        order = FollowUpOrder.objects.select_related(*_OF_ORDER).filter(pk=pk).first()
        if order is None:
            self.hide(action, None)
        desk = self.desk(order.department, Permission.ORDER, action, patient=order.patient)
        desk.log(action, order.patient)
        return desk, order


class OneOrder(OfOrder):
    @describe("orders_read", "An order, and what became of it.", OrderStanding)
    def get(self, request: Request, pk: int) -> Response:
        _desk, order = self.of_order(pk, "view.order")
        return Response(OrderStanding(order).data)


class ChangeOneOrder(OfOrder):
    @describe("orders_change", "Something else is ordered.", OrderStanding, request=ChangeOrder, refusals=[409])
    def post(self, request: Request, pk: int) -> Response:
        given, now = self.sent(ChangeOrder), self.clock()
        desk, order = self.of_order(pk, CHANGE)
        kind = desk.department.appointment_types.filter(pk=given["type"], active=True).first()
        if kind is None:
            raise Refused(invalid({"type": [_("Choose a type of this department.")]}))
        done = change_order(
            order=order,
            wanted=_wanted(given, kind, desk),
            expected_revision=given["revision"],
            by=desk.actor,
            now=now,
        )
        if isinstance(done, WrongWindow):
            _refuse_window(done, "latest")
        return Response(OrderStanding(FollowUpOrder.objects.select_related(*_OF_ORDER).get(pk=pk)).data)


class DropOneOrder(OfOrder):
    @describe("orders_drop", "It is not needed any more, and why.", OrderStanding, request=DropOrder, refusals=[409])
    def post(self, request: Request, pk: int) -> Response:
        given, now = self.sent(DropOrder), self.clock()
        desk, order = self.of_order(pk, DROP)
        try:
            drop_order(
                order=order, reason=given["reason"], expected_revision=given["revision"], by=desk.actor, now=now
            )
        except NoReason:
            raise Refused(invalid({"reason": [_("Write why: a colleague reads it.")]})) from None
        return Response(OrderStanding(FollowUpOrder.objects.select_related(*_OF_ORDER).get(pk=pk)).data)


class ProposeForOrders(StaffEndpoint):
    @describe(
        "orders_places",
        "Places for open orders that can all be had together. Nothing is written.",
        OrdersWithPlaces,
        request=OrdersTogether,
    )
    def post(self, request: Request) -> Response:
        given, now = self.sent(OrdersTogether), self.clock()
        desk = self.desk(given["department"], Permission.BOOK, VIEW)
        orders = list(open_orders(desk.department).filter(pk__in=given["orders"]))
        desk.log_list(VIEW, [(each.patient_id, None) for each in orders])
        _with_places(orders, places_for_orders(orders, now=now))
        return Response(OrdersWithPlaces({"orders": orders}).data)


class PlanOrders(StaffEndpoint):
    @describe(
        "orders_plan",
        "Books any number of them, each by itself. An order is planned once, however often it is sent.",
        OrderOutcomes,
        request=PlanThem,
    )
    def post(self, request: Request) -> Response:
        given, now = self.sent(PlanThem), self.clock()
        desk = self.desk(given["department"], Permission.BOOK, PLAN)
        choices = _choices(given["choices"], desk)
        desk.log_list(PLAN, [(each.order.patient_id, None) for each in choices])
        outcomes = plan_orders(choices=choices, by=desk.actor, now=now)
        return Response(OrderOutcomes({"outcomes": [_told(each) for each in outcomes]}).data)


def _wanted(given: Mapping[str, Any], kind: AppointmentType, desk: Desk) -> Wanted:
    named = given.get("clinician")
    return Wanted(
        type=kind,
        earliest=given["earliest"],
        latest=given["latest"],
        clinician=clinician_of(desk.department, named) if named else None,
        minutes=given.get("minutes"),
        note=given["note"].strip(),
    )


def _refuse_window(wrong: WrongWindow, field: str) -> NoReturn:
    raise Refused(invalid({field: [window_sentence(wrong)]}))


def _choices(wanted: Sequence[Mapping[str, Any]], desk: Desk) -> list[OrderChoice]:
    """What is not an order of this department is refused as a whole; what is open no more ends by itself."""
    orders = FollowUpOrder.objects.filter(department=desk.department).select_related("patient", "type")
    known = orders.in_bulk([each["order"] for each in wanted])
    clinicians = desk.department.clinicians.in_bulk()
    found = {}
    for each in wanted:
        order, clinician = known.get(each["order"]), clinicians.get(each["clinician"])
        if order is None:
            raise Refused(invalid({"choices": [_("Choose orders of this department.")]}))
        if clinician is None or order.clinician_id not in (None, clinician.pk):
            raise Refused(invalid({"choices": [_("Choose a clinician of this department, as was ordered.")]}))
        plan = Plan(each["start"], clinician, order.type, minutes=order.minutes)
        found[order.pk] = OrderChoice(order, each["revision"], plan, each["overruled_reason"])
    return list(found.values())


def _told(outcome: OrderOutcome) -> dict[str, Any]:
    refused = outcome.refused.refusals if isinstance(outcome.refused, NotPlaced) else ()
    return {
        "order": outcome.choice.order.pk,
        "ended": outcome.ended.value,
        "refusals": [refusal_told(each) for each in refused],
        "lacks": REASONS[outcome.refused.lack] if isinstance(outcome.refused, NeedsReason) else "",
    }


def _with_places(orders: Sequence[FollowUpOrder], found: Replanned) -> None:
    offered = {order.pk: to_choose(found.places.get(order.pk)) for order in orders}
    clinicians = Clinician.objects.in_bulk({place.clinician for each in offered.values() for place, _clash in each})
    for order in orders:
        order.places = [  # type: ignore[attr-defined]
            place_told(place, clashes, found.types, clinicians) for place, clashes in offered[order.pk]
        ]
