"""What is sent to book: a place from the list, or a moment beside another appointment."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.permissions import Desk
from pages.planner.besides import NeedsField
from pages.planner.slots import SlotField, is_of_this_century, read_day
from pages.planner.wall_clock import CLOCKS, WHICH, Doubled, doubled_sentence, read_moment
from pages.planner.window import WindowForm
from pages.widgets import ClockField, DateField, Segmented
from people.models import Clinician, Department, Patient
from praktijkplan.placing import Need
from scheduling.actions.placing import LONGEST, SHORTEST, STEP, Plan
from scheduling.models import AppointmentType, DecidedBy, FollowUpOrder, Resource
from scheduling.queries import openings
from scheduling.queries.needs import offered_besides
from scheduling.queries.openings import types_like


class BookingWindow(WindowForm):
    """Besides the period: how long, whether it is urgent (PP-32), whether another form will do (PP-01), who else."""

    duur = forms.IntegerField(
        label=_("Minutes"),
        required=False,
        min_value=SHORTEST,
        max_value=LONGEST,
        step_size=STEP,
        error_messages={
            "min_value": _("A consult lasts 5 to 240 minutes."),
            "max_value": _("A consult lasts 5 to 240 minutes."),
            "step_size": _("Choose a multiple of five minutes."),
            "invalid": _("Choose a multiple of five minutes."),
        },
    )
    spoed = forms.BooleanField(label=_("Urgent"), required=False)
    vormen = forms.BooleanField(label=_("Other forms too"), required=False)
    nodig = NeedsField(label=_("Also needed"), required=False)

    def __init__(self, data: QueryDict, *, department: Department, kind: AppointmentType | None, **more: Any) -> None:
        super().__init__(data, department=department, **more)
        self.data = {**self.data, "nodig": data.getlist("nodig")}
        besides = self.fields["nodig"]
        assert isinstance(besides, NeedsField)  # noqa: S101  for the type checker
        besides.offer(offered_besides(department))
        if kind is not None:
            self.fields["duur"].widget.attrs["placeholder"] = kind.duration_minutes

    def clean(self) -> None:
        """A second clinician is a second one."""
        first = self.cleaned_data.get("zorgverlener")
        if first is not None:
            self.refuse_as_second(first)

    def refuse_as_second(self, clinician: Clinician) -> bool:
        """Says so where the appointment's own clinician is needed besides as well."""
        twice = Need(Resource.CLINICIAN, clinician.pk) in self.needs
        if twice:
            said = gettext("%(name)s is the clinician of this appointment already. Choose who else is needed.")
            self.add_error("nodig", said % {"name": clinician.name})
        return twice

    @property
    def needs(self) -> frozenset[Need]:
        return self.cleaned_data.get("nodig") or frozenset()

    def minutes_of(self, kind: AppointmentType) -> int | None:
        """None where it is as long as its type, so that a type of any length can be booked."""
        minutes: int | None = self.cleaned_data.get("duur")
        return None if minutes == kind.duration_minutes else minutes


@dataclass(frozen=True)
class BookingAsked:
    """What the clerk has chosen so far, read from the address or from the form sent; `order` may be done already."""

    type: AppointmentType | None
    window: BookingWindow
    opened: date | None
    order: FollowUpOrder | None

    @classmethod
    def read(cls, data: QueryDict, desk: Desk, patient: Patient, today: date) -> "BookingAsked":
        order = _order(data.get("opdracht", ""), desk, patient)
        types = desk.department.appointment_types.filter(active=True)
        chosen = next(
            (kind for kind in types if str(kind.pk) == (data.get("anders") or data.get("type"))),
            None,
        )
        if chosen is None and order is not None and "type" not in data:
            chosen = next((kind for kind in types if kind.pk == order.type_id), None)
        usual: dict[str, Any] = {}
        if order is not None:
            usual = {"zorgverlener": order.clinician_id or ""}
            if chosen is not None and chosen.pk == order.type_id:
                usual["duur"] = order.minutes or ""
        window = BookingWindow(
            data,
            kind=chosen,
            department=desk.department,
            today=today,
            first=order.earliest if order else None,
            last=order.latest if order else None,
            usual=usual,
        )
        window.is_valid()
        return cls(chosen, window, read_day(data.get("dag", "")), order)

    @property
    def open_order(self) -> FollowUpOrder | None:
        order = self.order
        return order if order and order.appointment_id is None and order.dropped_at is None else None

    @property
    def any_form(self) -> bool:
        return bool(self.window.cleaned_data.get("vormen"))

    @property
    def urgent(self) -> bool:
        return bool(self.window.cleaned_data.get("spoed"))

    def question(self, kind: AppointmentType, patient: Patient) -> openings.Asked:
        minutes = self.window.cleaned_data.get("duur")
        return self.window.asks(
            patient,
            types_like(kind, minutes) if self.any_form else [kind],
            minutes=minutes,
            urgent=self.urgent,
            needs=self.window.needs,
            due=self.open_order.latest if self.open_order else None,
        )


def _order(number: str, desk: Desk, patient: Patient) -> FollowUpOrder | None:
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    orders = FollowUpOrder.objects.filter(department=desk.department, patient=patient)
    return orders.select_related("type", "clinician").filter(pk=int(number)).first()


class SentForm(forms.Form):
    """`gezien` is the token of what was shown of the patient. Valid, it knows where the appointment goes."""

    type = forms.ModelChoiceField(queryset=AppointmentType.objects.none(), widget=forms.HiddenInput)
    decided_by = forms.ChoiceField(
        label=_("Who chose the form of contact?"), choices=DecidedBy.choices, widget=Segmented
    )
    gezien = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    start: datetime
    clinician: Clinician
    kind: AppointmentType

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department = department
        self.types = department.appointment_types.filter(active=True)
        _choose_from(self, "type", self.types)

    def plan(self, asked: BookingAsked) -> Plan:
        window = asked.window
        minutes = window.minutes_of(self.kind)
        return Plan(self.start, self.clinician, self.kind, minutes, needs=window.needs, urgent=asked.urgent)


class BookingForm(SentForm):
    slot = SlotField(label=_("Place"))

    def clean(self) -> None:
        slot, kind = self.cleaned_data.get("slot"), self.cleaned_data.get("type")
        if slot is None or kind is None:
            return
        clinician = self.department.clinicians.filter(pk=slot.clinician).first()
        if slot.type not in (None, kind.pk):
            kind = self.types.filter(pk=slot.type, contact_kind=kind.contact_kind).first()
        if clinician is None or kind is None:
            self.add_error("slot", gettext("Choose a place from the list."))
            return
        self.start, self.clinician, self.kind = slot.start, clinician, kind


class OverbookForm(SentForm):
    """At a moment of one's own choice, beside another appointment on purpose."""

    op = forms.DateField(label=_("Day"), widget=DateField)
    om = forms.TimeField(label=_("Time"), widget=ClockField, input_formats=CLOCKS)
    welke = forms.ChoiceField(label=_("Which of the two hours?"), choices=WHICH, required=False)
    bij = forms.ModelChoiceField(label=_("Clinician"), queryset=Clinician.objects.none(), empty_label=_("choose"))
    reden = forms.CharField(
        label=_("Why beside another appointment?"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.doubled = False
        _choose_from(self, "bij", self.department.clinicians.order_by("name"))

    @property
    def asks_which(self) -> bool:
        return self.doubled or bool(self["welke"].value())

    def clean_op(self) -> date:
        day: date = self.cleaned_data["op"]
        if not is_of_this_century(day):
            raise forms.ValidationError(gettext("Choose a date of this century."))
        return day

    def clean(self) -> None:
        given = self.cleaned_data
        if self.errors:
            return
        try:
            self.start = read_moment(given["op"], given["om"], given["welke"])
        except forms.ValidationError as skipped:
            self.add_error("om", skipped)
        except Doubled:
            self.doubled = True
            self.add_error("welke", doubled_sentence())
        self.clinician, self.kind = given["bij"], given["type"]

    def plan(self, asked: BookingAsked) -> Plan:
        return replace(super().plan(asked), overbook=True, overbook_reason=self.cleaned_data["reden"])


def _choose_from(form: forms.Form, name: str, rows: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  for the type checker
    field.queryset = rows
