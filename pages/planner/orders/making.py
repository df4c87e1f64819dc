"""Vervolg nodig: order a follow-up, change it, or say that it is not needed any more."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from pages.permissions import Desk, appointment_page, patient_page
from pages.planner.orders.access import order_page
from pages.planner.orders.forms import (
    ChangeOrderForm,
    DropForm,
    NewOrderForm,
    OrderForm,
    as_it_is,
    usual,
)
from pages.templatetags.look import day
from people.models import Patient
from people.permissions import Permission
from praktijkplan.contact import ContactKind
from praktijkplan.windows import WrongWindow
from scheduling.actions.orders import change_order, drop_order, make_order
from scheduling.actions.placing import ChangedMeanwhile
from scheduling.localtime import local_day
from scheduling.models import Appointment, FollowUpOrder
from scheduling.sentences import window_sentence


@patient_page(Permission.ORDER, change="make.order")
def new(request: HttpRequest, desk: Desk, patient: Patient) -> HttpResponse:
    return _new(request, desk, patient, None)


@appointment_page(Permission.ORDER, change="make.order")
def new_after(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse:
    """What follows on an appointment is counted from its day, with the same clinician."""
    return _new(request, desk, appointment.patient, appointment)


def _new(request: HttpRequest, desk: Desk, patient: Patient, after: Appointment | None) -> HttpResponse:
    now = timezone.now()
    today = local_day(now)
    begins = max(today, local_day(after.start)) if after else today
    if request.method != "POST":
        initial = {**usual(desk.department, today), **_as_before(after)}
        form = NewOrderForm(department=desk.department, today=today, begins=begins, initial=initial)
        return _show_new(request, desk, patient, form, after)
    form = NewOrderForm(request.POST, department=desk.department, today=today, begins=begins)
    if not form.is_valid():
        return _show_new(request, desk, patient, form, after, status=422)
    order = make_order(patient=patient, wanted=form.wanted, by=desk.actor, now=now)
    if isinstance(order, WrongWindow):
        form.add_error("number", window_sentence(order))
        return _show_new(request, desk, patient, form, after, status=422)
    messages.success(request, _ordered(order))
    if after is not None:
        return redirect("appointment", public_id=after.public_id)
    return redirect("patient", public_id=patient.public_id)


@order_page("change.order")
def change(request: HttpRequest, desk: Desk, order: FollowUpOrder) -> HttpResponse:
    today = timezone.localdate()
    if not order.is_open:
        return _show_change(request, desk, order, None)
    if request.method != "POST":
        form = ChangeOrderForm(department=desk.department, today=today, initial=as_it_is(order))
        return _show_change(request, desk, order, form)
    form = ChangeOrderForm(request.POST, department=desk.department, today=today)
    if not form.is_valid():
        return _show_change(request, desk, order, form, status=422)
    try:
        done = change_order(
            order=order,
            wanted=form.wanted,
            expected_revision=form.cleaned_data["revision"],
            by=desk.actor,
            now=timezone.now(),
        )
    except ChangedMeanwhile:
        return _show_changed(request, desk, order, form)
    if isinstance(done, WrongWindow):
        form.add_error("latest_day", window_sentence(done))
        return _show_change(request, desk, order, form, status=422)
    messages.success(request, gettext("The order is changed."))
    return redirect("patient", public_id=order.patient.public_id)


@order_page("drop.order")
def drop(request: HttpRequest, desk: Desk, order: FollowUpOrder) -> HttpResponse:
    form = DropForm(request.POST if request.method == "POST" else None, initial={"revision": order.revision})
    if not form.is_valid():
        return _show_drop(request, desk, order, form, status=422 if form.is_bound else 200)
    try:
        drop_order(
            order=order,
            reason=form.cleaned_data["reason"],
            expected_revision=form.cleaned_data["revision"],
            by=desk.actor,
            now=timezone.now(),
        )
    except ChangedMeanwhile:
        form.add_error(None, _changed())
        return _show_drop(request, desk, order, form, status=409)
    messages.success(request, gettext("The order is dropped. Your reason is kept with it."))
    return redirect("patient", public_id=order.patient.public_id)


def _as_before(after: Appointment | None) -> dict[str, object]:
    """With the same clinician; after a follow-up, the same type again."""
    if after is None:
        return {}
    same = {"type": after.type_id} if after.type.contact_kind == ContactKind.FOLLOW_UP else {}
    return {"clinician": after.clinician_id, **same}


def _ordered(order: FollowUpOrder) -> str:
    words = {"type": order.type.name, "first": _day(order.earliest), "last": _day(order.latest)}
    return gettext("Ordered: %(type)s, between %(first)s and %(last)s.") % words


def _day(value: date) -> str:
    return day(value, "short")


def _changed() -> str:
    return gettext("Someone else changed, planned or dropped this order just now. Look at it again.")


def _show_new(
    request: HttpRequest,
    desk: Desk,
    patient: Patient,
    form: NewOrderForm,
    after: Appointment | None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"desk": desk, "patient": patient, "form": form, "after": after}
    return render(request, "planner/order_new.html", context, status=status)


def _show_changed(request: HttpRequest, desk: Desk, order: FollowUpOrder, form: OrderForm) -> HttpResponse:
    """With what was typed, beside how it stands now."""
    order.refresh_from_db()
    form.add_error(None, _changed())
    # Name by name: what was posted holds lists.
    form.data = {**{name: form.data[name] for name in form.data}, "revision": str(order.revision)}
    return _show_change(request, desk, order, form if order.is_open else None, status=409)


def _show_change(
    request: HttpRequest, desk: Desk, order: FollowUpOrder, form: OrderForm | None, *, status: int = 200
) -> HttpResponse:
    """`form` is None for what cannot be changed any more."""
    context = {"desk": desk, "order": order, "patient": order.patient, "form": form, "today": timezone.localdate()}
    return render(request, "planner/order.html", context, status=status)


def _show_drop(
    request: HttpRequest, desk: Desk, order: FollowUpOrder, form: DropForm, *, status: int = 200
) -> HttpResponse:
    context = {"desk": desk, "order": order, "patient": order.patient, "form": form, "today": timezone.localdate()}
    return render(request, "planner/order_drop.html", context, status=status)
