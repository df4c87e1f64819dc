"""The agreements about messages and calls as a form: each field is one of the policy's own."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import time
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.models import MessageKind
from pages.widgets import ClockField, Segmented
from praktijkplan.bounded import Problem
from praktijkplan.policy import CAN_BE_OFF, LATE_TEXT_LENGTH, Policy

MINUTES = {"inputmode": "numeric", "class": "n", "autocomplete": "off"}
CONSENTS = [("opt_out", _("Yes, until they say no")), ("opt_in", _("Only if they said yes"))]
SMS_WHEN = [("always", _("Always")), ("without_mail", _("Only without e-mail")), ("never", _("Never"))]
LATE_LANGUAGES = (("nl", _("In Dutch")), ("en", _("In English")))


@dataclass(frozen=True)
class Difference:
    label: str
    value: str


def _minutes(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, widget=forms.TextInput(attrs=MINUTES))


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=ClockField, input_formats=["%H.%M", "%H:%M"])


class AgreementForm(forms.Form):
    sent = forms.MultipleChoiceField(
        label=_("Besides news of the appointment itself, we send"),
        required=False,
        choices=[(kind.value, kind.label) for kind in MessageKind if kind.value in CAN_BE_OFF],
        widget=forms.CheckboxSelectMultiple,
    )
    undo_minutes = _minutes(
        _("Wait before the first message, in minutes"), _("So long a booking can be undone without anyone hearing.")
    )
    day_before_at = _clock(_("Reminder the day before, at"))
    hour_before_minutes = _minutes(
        _("Last reminder, minutes before"), _("Between an hour (60) and a day (1440) before the appointment.")
    )
    quiet_from = _clock(_("Quiet from"))
    quiet_until = _clock(_("Quiet until"))
    mail_messages = forms.BooleanField(label=_("We send e-mail"), required=False)
    mail_consent = forms.ChoiceField(label=_("E-mail to who was never asked"), choices=CONSENTS, widget=Segmented)
    sms_when = forms.ChoiceField(label=_("Text messages"), choices=SMS_WHEN, widget=Segmented)
    sms_consent = forms.ChoiceField(
        label=_("Text messages to who was never asked"), choices=CONSENTS, widget=Segmented
    )
    late_nl = forms.CharField(
        label=LATE_LANGUAGES[0][1],
        required=False,
        max_length=LATE_TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    late_en = forms.CharField(
        label=LATE_LANGUAGES[1][1],
        required=False,
        max_length=LATE_TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    call_before_video = forms.BooleanField(
        label=_("We phone everyone who has a video call on the next clinic day"), required=False
    )
    call_tries = _minutes(_("How often we try"))
    call_again_minutes = _minutes(_("Minutes between two tries"))
    link_opens_minutes = _minutes(
        _("The waiting room opens, minutes before"), _("Between 15 and 30 minutes before the appointment.")
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    GROUPS: tuple[tuple[str | Promise, str | Promise, tuple[str, ...]], ...] = (
        (_("Which messages"), "", ("sent",)),
        (
            _("When"),
            _("What can wait is not sent in quiet hours; the last reminder and a delay cannot wait."),
            (
                "undo_minutes",
                "day_before_at",
                "hour_before_minutes",
                "quiet_from",
                "quiet_until",
                "link_opens_minutes",
            ),
        ),
        (
            _("Over which channels"),
            _("A message goes over every channel that the patient allows. Whom nothing reaches, we phone."),
            ("mail_messages", "mail_consent", "sms_when", "sms_consent"),
        ),
        (
            _("What if it cannot start on time?"),
            _("Stands in the last reminder. Left empty, our own words stand there: stay in the waiting room."),
            ("late_nl", "late_en"),
        ),
        (_("Phoning"), "", ("call_before_video", "call_tries", "call_again_minutes")),
    )

    @classmethod
    def of(cls, policy: Policy) -> "AgreementForm":
        values = {item.name: getattr(policy, item.name) for item in fields(policy) if item.name in cls.base_fields}
        values["sent"] = sorted(CAN_BE_OFF - policy.messages_off)
        for language, _label in LATE_LANGUAGES:
            values[f"late_{language}"] = policy.late_text.get(language, "")
        return cls(initial=values)

    def groups(self) -> list[tuple[str | Promise, str | Promise, list[BoundField]]]:
        return [(title, lead, [self[name] for name in names]) for title, lead, names in self.GROUPS]

    def changes(self) -> dict[str, Any]:
        """As a part of a policy document."""
        given = self.cleaned_data
        document = {
            name: value.isoformat("minutes") if isinstance(value, time) else value
            for name, value in given.items()
            if name in Policy.__dataclass_fields__
        }
        late = {language: given[f"late_{language}"] for language, _label in LATE_LANGUAGES}
        return {
            **document,
            "messages_off": sorted(CAN_BE_OFF - set(given["sent"])),
            "late_text": {language: words for language, words in late.items() if words},
        }

    def add_problems(self, problems: Iterable[Problem]) -> None:
        names = {"messages_off": "sent", "late_text": "late_nl"}
        for problem in problems:
            name = names.get(problem.field, problem.field)
            self.add_error(name if name in self.fields else None, self._sentence(problem))

    def differences(self, policy: Policy) -> list[Difference]:
        """What counts now, of what was filled in otherwise here."""
        now = AgreementForm.of(policy).initial
        return [
            Difference(str(field.label), self._shown(name, now[name]))
            for name, field in self.fields.items()
            if name in now and _plain(self.cleaned_data.get(name)) != _plain(now[name])
        ]

    def freeze(self) -> None:
        for field in self.fields.values():
            field.disabled = True

    def _sentence(self, problem: Problem) -> str:
        bounds = Policy.__dataclass_fields__[problem.field].metadata
        if "low" in bounds:
            return gettext("Fill in a whole number from %(low)s to %(high)s.") % bounds
        return gettext("This cannot be used. Check what is filled in.")

    def _shown(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.fields[name], "choices", ()))
        if isinstance(value, time):
            return f"{value:%H.%M}"
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        if isinstance(value, list):
            return ", ".join(str(choices.get(one, one)) for one in value) or gettext("none")
        return str(choices.get(value, value)) or gettext("empty")


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value
