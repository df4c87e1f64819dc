"""When somebody can come earlier: the same questions for patients and for staff."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS as DAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from praktijkplan.freed import EVERY_WEEKDAY
from scheduling.actions.waiting_list import Wishes
from scheduling.models import Appointment, WaitingListEntry
from scheduling.queries.policy import policy_of
from scheduling.vocabulary import HALF_DAYS

# Monday to Friday.
WEEKDAYS = [(str(bit), word) for bit, word in DAYS.items()][:5]
EITHER = "either"
PARTS_OF_DAY = [(EITHER, _("morning or afternoon")), *HALF_DAYS]
HOURS = (4, 24, 48, 168)
A_DAY = 24  # hours


class WishesForm(forms.Form):
    weekdays = forms.MultipleChoiceField(
        label=_("Which days?"),
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day.")},
    )
    half_day = forms.ChoiceField(label=_("Which part of the day?"), choices=PARTS_OF_DAY, widget=forms.RadioSelect)
    notice_hours = forms.TypedChoiceField(
        label=_("How long beforehand must this be known?"), coerce=int, widget=forms.RadioSelect
    )
    own_clinician = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, appointment: Appointment, entry: WaitingListEntry | None) -> None:
        agreed = policy_of(appointment).freed_place_notice_hours
        super().__init__(data, initial=_initial(entry, agreed))
        hours = sorted({*HOURS, agreed, *([entry.notice_hours] if entry else [])})
        self.fields["notice_hours"].choices = [(each, _notice_words(each)) for each in hours]  # type: ignore[attr-defined]
        self.fields["own_clinician"].label = _("Only with %(name)s") % {"name": appointment.clinician.name}

    @property
    def wishes(self) -> Wishes:
        """Who can come on every working day can come on any day that a clinic is held."""
        chosen = self.cleaned_data["weekdays"]
        every = len(chosen) == len(WEEKDAYS)
        return Wishes(
            weekdays=EVERY_WEEKDAY if every else sum(1 << int(day) for day in chosen),
            half_day="" if self.cleaned_data["half_day"] == EITHER else self.cleaned_data["half_day"],
            own_clinician=self.cleaned_data["own_clinician"],
            notice_hours=self.cleaned_data["notice_hours"],
        )


def wishes_words(entry: WaitingListEntry) -> list[str]:
    """What they asked for; nothing is said of what they leave open."""
    said = []
    if entry.weekdays != EVERY_WEEKDAY:
        said.append(", ".join(str(word) for bit, word in WEEKDAYS if entry.weekdays >> int(bit) & 1))
    if entry.half_day:
        said.append(entry.get_half_day_display())
    if entry.own_clinician:
        said.append(str(_("own clinician only")))
    return [*said, _notice_words(entry.notice_hours)]


def _initial(entry: WaitingListEntry | None, agreed: int) -> dict[str, Any]:
    every = [bit for bit, _word in WEEKDAYS]
    if entry is None:
        return {"weekdays": every, "half_day": EITHER, "notice_hours": agreed, "own_clinician": False}
    return {
        "weekdays": [bit for bit in every if entry.weekdays >> int(bit) & 1],
        "half_day": entry.half_day or EITHER,
        "notice_hours": entry.notice_hours,
        "own_clinician": entry.own_clinician,
    }


def _notice_words(hours: int) -> str:
    if hours % A_DAY:
        return ngettext("%(count)d hour ahead", "%(count)d hours ahead", hours) % {"count": hours}
    days = hours // A_DAY
    return ngettext("%(count)d day ahead", "%(count)d days ahead", days) % {"count": days}
