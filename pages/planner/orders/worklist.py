"""Te plannen: what was ordered and has no appointment, the most pressing first, with places to take in one go."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from pages.permissions import Desk, department_page
from pages.planner.orders.rows import choices_of, problem_of, rows_of
from pages.planner.places import of_one
from pages.widgets import DateField
from people.models import Clinician, Department
from people.permissions import Permission
from praktijkplan.windows import Pressing
from scheduling.actions.bulk import Ended
from scheduling.actions.planning_orders import OrderOutcome, plan_orders
from scheduling.localtime import local_day
from scheduling.models import AppointmentType, FollowUpOrder
from scheduling.queries.orders import count_orders, is_pressing, open_orders

ACTION, PLAN = "view.orders", "plan.orders"
# So many are looked at together: more patients than a clerk wants to judge at a time.
SHOWN = 20
# From so many on, the number is confirmed first.
MANY = 10

PRESSING: list[tuple[str, str | Promise]] = [
    (Pressing.OVERDUE.value, _("too late")),
    (Pressing.DUE.value, _("within two weeks")),
    (Pressing.OPEN.value, _("may be planned")),
    (Pressing.LATER.value, _("later")),
]


class FilterForm(forms.Form):
    """The names are those of the address bar, in Dutch."""

    hoe = forms.ChoiceField(label=_("How pressing"), choices=[("", _("all")), *PRESSING], required=False)
    zorgverlener = forms.ModelChoiceField(
        label=_("Clinician"), queryset=Clinician.objects.none(), required=False, empty_label=_("all")
    )
    type = forms.ModelChoiceField(
        label=_("Appointment"), queryset=AppointmentType.objects.none(), required=False, empty_label=_("all")
    )
    tot = forms.DateField(label=_("To be planned by"), required=False, widget=DateField)

    def __init__(self, data: QueryDict, *, department: Department) -> None:
        super().__init__(data)
        clinicians, kinds = self.fields["zorgverlener"], self.fields["type"]
        assert isinstance(clinicians, forms.ModelChoiceField)  # noqa: S101  for the type checker
        assert isinstance(kinds, forms.ModelChoiceField)  # noqa: S101
        clinicians.queryset = department.clinicians.order_by("name")
        kinds.queryset = department.appointment_types.order_by("name")

    def chosen(self, orders: QuerySet[FollowUpOrder]) -> QuerySet[FollowUpOrder]:
        """But for how pressing it is: that is counted. What cannot be understood is not filtered by."""
        given = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        if given.get("zorgverlener"):
            orders = orders.filter(clinician=given["zorgverlener"])
        if given.get("type"):
            orders = orders.filter(type=given["type"])
        return orders.filter(latest__lte=given["tot"]) if given.get("tot") else orders

    def pressing(self, orders: QuerySet[FollowUpOrder], today: date) -> QuerySet[FollowUpOrder]:
        how = getattr(self, "cleaned_data", {}).get("hoe")
        return orders.filter(is_pressing(Pressing(how), today)) if how else orders


@require_GET
@department_page(Permission.BOOK)
def to_plan(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _show(request, desk, timezone.now())


@require_POST
@department_page(Permission.BOOK)
def accept(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Books the places chosen for whoever is ticked, each by itself."""
    now, posted = timezone.now(), of_one(request.POST)
    ticked = [int(pk) for pk in posted.getlist("row") if pk.isdecimal() and len(pk) < 12][:SHOWN]
    orders = list(open_orders(desk.department).filter(pk__in=ticked))
    choices = choices_of(posted, orders, desk.department)
    gone = len(set(ticked)) - len(orders)
    if not choices:
        nothing = _gone(gone) or gettext("Tick at least one patient for whom a place is chosen. Nothing was booked.")
        return _show(request, desk, now, posted=posted, problem=nothing, status=409 if gone else 422)
    if len(choices) >= MANY and not posted.get("confirmed"):
        return _show(request, desk, now, posted=posted, confirm=len(choices))
    desk.log_list(PLAN, [(each.order.patient_id, None) for each in choices])
    batch = uuid.uuid4()
    outcomes = plan_orders(choices=choices, by=desk.actor, now=now, batch=batch)
    done = _say_what_was_done(request, outcomes)
    problems = {each.choice.order.pk: problem_of(each) for each in outcomes if each.ended is not Ended.DONE}
    if problems or gone:
        shown: dict[str, Any] = {"posted": posted, "problems": problems, "batch": batch if done else None}
        return _show(request, desk, now, **shown, problem=_gone(gone), status=409)
    return redirect(_address(request, gedaan=str(batch)))


def _gone(count: int) -> str:
    said = ngettext(
        "%(count)d order was planned or dropped by someone else just now. It is not in the list any more.",
        "%(count)d orders were planned or dropped by someone else just now. They are not in the list any more.",
        count,
    )
    return said % {"count": count} if count else ""


def _say_what_was_done(request: HttpRequest, outcomes: Sequence[OrderOutcome]) -> int:
    done = sum(each.ended is Ended.DONE for each in outcomes)
    if done:
        said = ngettext("%(count)d appointment is booked.", "%(count)d appointments are booked.", done)
        messages.success(request, said % {"count": done})
    return done


def _address(request: HttpRequest, route: str = "to-plan", **more: str) -> str:
    """The list as it was filtered; `gedaan` is what was just booked in one go."""
    kept = request.GET.copy()
    kept.pop("gedaan", None)
    kept.update(more)
    return reverse(route, query=kept)


def _just_done(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get("gedaan", ""))
    except ValueError:
        return None


def _show(
    request: HttpRequest,
    desk: Desk,
    now: datetime,
    *,
    posted: QueryDict | None = None,
    problems: Mapping[int, tuple[str, ...]] | None = None,
    problem: str = "",
    confirm: int = 0,
    batch: uuid.UUID | None = None,
    status: int = 200,
) -> HttpResponse:
    today = local_day(now)
    form = FilterForm(request.GET, department=desk.department)
    chosen = form.chosen(open_orders(desk.department))
    counts = count_orders(chosen, today=today)
    page = Paginator(form.pressing(chosen, today), SHOWN).get_page(request.GET.get("page"))
    rows = rows_of(list(page.object_list), now=now, posted=posted, problems=problems)
    desk.log_list(ACTION, [(row.order.patient_id, None) for row in rows])
    context = {
        "desk": desk,
        "form": form,
        "counts": _counted(request, counts),
        "rows": rows,
        "page": page,
        "placed": sum(row.chosen is not None for row in rows),
        "accept_url": _address(request, "to-plan-accept"),
        "list_url": _address(request),
        "is_filtered": any(form[name].value() for name in form.fields),
        "problem": problem,
        "batch": batch or _just_done(request),
        "confirm": confirm,
        "today": today,
    }
    return render(request, "planner/to_plan.html", context, status=status)


def _counted(request: HttpRequest, counts: Mapping[Pressing, int]) -> list[dict[str, Any]]:
    """A switch: all, and those of each kind."""
    kept = request.GET.copy()
    for name in ("page", "gedaan"):
        kept.pop(name, None)
    chosen = kept.get("hoe", "")
    shown = []
    for value, label, count in [
        ("", _("all"), sum(counts.values())),
        *((value, label, counts[Pressing(value)]) for value, label in PRESSING),
    ]:
        kept["hoe"] = value
        shown.append({"url": f"?{kept.urlencode()}", "label": label, "count": count, "current": chosen == value})
    return shown
