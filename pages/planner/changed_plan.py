"""What an appointment becomes, the places where that can be, and what speaks against it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils import timezone

from notifications.previews import previews_of_move
from pages.permissions import Desk
from pages.planner.deciding import AnswersForm, Deciding, decide
from pages.planner.offers import Offer, offer
from pages.planner.slots import read_day
from pages.planner.window import WindowForm
from people.models import Clinician
from scheduling.actions.placing import LONGEST, SHORTEST, STEP
from scheduling.localtime import local_day
from scheduling.models import Appointment, AppointmentType
from scheduling.queries.in_place import types_of_same_contact
from scheduling.queries.needs import needs_of


@dataclass(frozen=True)
class ChangedPlan:
    """What an appointment becomes; `minutes` None for as long as it is now, or as its new type is."""

    appointment: Appointment
    type: AppointmentType
    minutes: int | None = None

    @property
    def length(self) -> int:
        """In minutes."""
        if self.minutes is not None:
            return self.minutes
        same = self.type.pk == self.appointment.type_id
        return self.appointment.duration_minutes if same else self.type.duration_minutes

    @property
    def differs(self) -> bool:
        return self.type.pk != self.appointment.type_id or self.length != self.appointment.duration_minutes

    @property
    def changes_form(self) -> bool:
        return self.type.modality != self.appointment.modality

    @property
    def kept(self) -> dict[str, int]:
        """As it goes into an address or a form again."""
        other = {"soort": self.type.pk} if self.type.pk != self.appointment.type_id else {}
        return other | ({} if self.minutes is None else {"duur": self.minutes})

    @property
    def query(self) -> str:
        return urlencode(self.kept)


class ChangedPlanForm(forms.Form):
    """What an appointment becomes besides its place; empty is as it is. The names are those of the address bar."""

    soort = forms.ModelChoiceField(queryset=AppointmentType.objects.none(), required=False)
    duur = forms.IntegerField(required=False, min_value=SHORTEST, max_value=LONGEST, step_size=STEP)

    def __init__(self, data: Any, appointment: Appointment) -> None:
        super().__init__({name: data.get(name, "") for name in ("soort", "duur")})
        kinds = self.fields["soort"]
        assert isinstance(kinds, forms.ModelChoiceField)  # noqa: S101  for the type checker
        kinds.queryset = AppointmentType.objects.filter(
            department=appointment.department_id, active=True, contact_kind=appointment.type.contact_kind
        )

    def plan(self, appointment: Appointment) -> ChangedPlan:
        """An address that names no such type or length asks for nothing else than what stands."""
        self.is_valid()
        kind = self.cleaned_data.get("soort") or appointment.type
        return ChangedPlan(appointment, kind, self.cleaned_data.get("duur"))


def decide_again(appointment: Appointment, kind: AppointmentType, day: date, answers: AnswersForm) -> Deciding:
    """What speaks against this form for an appointment that has another one now."""
    nearest = sorted(
        types_of_same_contact(appointment),
        key=lambda each: abs(each.duration_minutes - appointment.duration_minutes),
    )
    elsewhere = reverse("appointment-form", args=[appointment.public_id])
    return decide(kind, appointment.patient, day, answers, others=nearest, held=appointment, instead_url=elsewhere)


def places_to_move_to(
    data: Any, desk: Desk, changed: ChangedPlan, *, chosen_slot: str = "", answers: AnswersForm | None = None
) -> dict[str, Any]:
    """What `_move_choose.html` shows: free places for what the appointment becomes, and the letter of the best.

    Another form of contact is weighed as when booking, for the day of the place that stands chosen (PP-02, PP-03).
    """
    appointment, now = changed.appointment, timezone.now()
    window = WindowForm(data, department=desk.department, today=local_day(now))
    opened = read_day(data.get("dag", ""))
    found = Offer()
    if window.is_valid() and appointment.is_active:
        asked = window.asks(appointment.patient, [changed.type], minutes=changed.length)
        # Who was needed there is needed elsewhere too.
        found = offer(replace(asked, needs=needs_of(appointment)), now=now, opened=opened)
    move_url = reverse("appointment-move", args=[appointment.public_id])
    query = "&".join(filter(None, [changed.query, window.query]))
    context: dict[str, Any] = {
        "appointment": appointment,
        "changed": changed,
        "window": window,
        "opened": opened,
        "move_url": move_url,
        "places_url": f"{move_url}?{query}",
        "offer": found,
        "chosen_slot": chosen_slot,
    }
    if found.places:
        place = found.chosen(chosen_slot)
        context |= preview_context(changed, place.start, place.clinician)
        if changed.changes_form:
            weighing = answers or AnswersForm()
            context["deciding"] = decide_again(appointment, changed.type, local_day(place.start), weighing)
    return context


def preview_context(changed: ChangedPlan, start: datetime, clinician: Clinician | None) -> dict[str, Any]:
    return {
        "appointment": changed.appointment,
        "changed": changed,
        "new_start": start,
        "new_clinician": clinician,
        "previews": previews_of_move(changed.appointment, start, changed.type),
    }
