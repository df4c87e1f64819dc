"""A page that shows all of the visual language at once, to judge it by and to copy from."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from pages.templatetags.look import MODALITIES, STATUSES
from pages.widgets import ClockField, DateField, LargeOptions, Segmented
from scheduling.localtime import AMSTERDAM

NOW = datetime(2026, 11, 24, 14, 12, tzinfo=AMSTERDAM)
TOKENS = {
    _("Surfaces"): ["bg", "surface", "raised", "sunken", "line", "line-strong"],
    _("Text"): ["ink", "ink-2", "ink-3"],
    _("Accent"): ["accent", "accent-fill", "accent-soft", "focus"],
    _("Feedback"): ["good", "good-soft", "warn", "warn-soft", "error", "error-soft", "now"],
    _("Band"): ["band", "band-2", "band-ink"],
}


class SampleForm(forms.Form):
    """One field of each sort."""

    name = forms.CharField(label=_("Patient"), help_text=_("Name, birth date or number"))
    when = forms.DateField(label=_("Date"), widget=DateField)
    time = forms.TimeField(label=_("Time"), widget=ClockField, input_formats=["%H.%M", "%H:%M"])
    clinician = forms.ChoiceField(
        label=_("Clinician"), choices=[("1", "Dr. M. van der Veen"), ("2", "Dr. K. Sørensen")]
    )
    outcome = forms.ChoiceField(
        label=_("How did it go?"),
        choices=[("ok", _("Well")), ("phone", _("Partly by phone")), ("failed", _("Not at all"))],
        widget=Segmented,
    )
    audience = forms.ChoiceField(
        label=_("Who gets a message?"),
        choices=[("one", "Dhr. Van ’t Hoff"), ("all", _("Everyone who waits"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    agreed = forms.BooleanField(label=_("The patient knows about it"))


class SamplePatientForm(forms.Form):
    """The question of the preference, and a birth date."""

    born = forms.DateField(label=_("What is your date of birth?"), help_text=_("For example 24-11-1956"))
    preference = forms.ChoiceField(
        label=_("How do you want to talk with us?"),
        choices=[
            ("video", _("By video")),
            ("phone", _("By phone")),
            ("visit", _("At the hospital")),
            ("unknown", _("I do not know")),
        ],
        widget=LargeOptions,
    )


def look(request: HttpRequest) -> HttpResponse:
    """The staff part, or the patient part with ?part=patient."""
    if request.GET.get("part") == "patient":
        return render(request, "look_patient.html", _patient_sample())
    return render(request, "look.html", _staff_sample())


def _at(clock_time: str) -> datetime:
    hour, minute = clock_time.split(".")
    return NOW.replace(hour=int(hour), minute=int(minute))


def _symbols() -> list[str]:
    sprite = Path(finders.find("icons.svg") or "").read_text(encoding="utf-8")
    return re.findall(r'<symbol id="([^"]+)"', sprite)


def _patient_sample() -> dict[str, Any]:
    return {
        "hospital": {"name": "De Waard ziekenhuis", "phone": "020-1234567"},
        "now": NOW,
        "appointment": _at("14.10"),
        "earliest": _at("14.25"),
        "latest": _at("14.45"),
        "form": SamplePatientForm({"born": "31-02-1956", "preference": ""}),
    }


def _staff_sample() -> dict[str, Any]:
    return {
        "navigation": [
            {"url": "#today", "label": _("Today"), "count": 0, "current": True},
            {"url": "#book", "label": _("Book"), "count": 0, "current": False},
            {"url": "#calls", "label": _("Call list"), "count": 4, "current": False},
        ],
        "now": NOW,
        "tokens": TOKENS,
        "icons": _symbols(),
        "statuses": list(STATUSES),
        "modalities": list(MODALITIES),
        "form": SampleForm({"name": "", "when": "2026-11-24", "time": "25.10", "clinician": "1", "outcome": "ok"}),
        "empty_form": SampleForm(
            prefix="blank", initial={"when": NOW.date(), "time": NOW.time(), "outcome": "ok", "audience": "all"}
        ),
        "lane": [_board_row(*row) for row in BOARD],
        "agenda": AGENDA,
        "facts": FACTS,
        "born": date(1961, 3, 8),
        "tabs": [
            {"url": "#open", "label": _("Open"), "count": 4, "current": True},
            {"url": "#done", "label": _("Done"), "count": 0, "current": False},
        ],
        "headings": [{"label": _("Form")}, {"label": _("now")}, {"label": _("draft")}],
        "table_rows": [["Video", 43, 61], ["Telefoon", 34, 28], ["Fysiek", 38, 26]],
        "page": Paginator(range(90), 30).page(2),
    }


def _board_row(identity: int, clock_time: str, name: str, state: str, since: str, expected: str) -> dict[str, Any]:
    over = state in {"done", "noshow", "cancelled"}
    waits = state in {"waiting", "late", "tech"}
    actions = [
        {"label": _("Admit"), "icon": "admit", "url": "#", "primary": True},
        {"label": _("Call"), "icon": "call", "url": "#", "primary": False},
        {"label": _("Send a message"), "icon": "msg", "url": "#", "primary": False},
        {"label": _("Change to phone"), "icon": "tophone", "url": "#", "primary": False},
        {"label": _("Help with technique"), "icon": "wrench", "url": "#", "primary": False},
    ]
    return {
        "id": f"row-{identity}",
        "time": _at(clock_time),
        "name": name,
        "modality": "phone" if state == "phone" else "video",
        "status": state,
        "since": _at(since) if since else None,
        "waits": round((NOW - max(_at(since), _at(clock_time))) / timedelta(minutes=1)) if waits else None,
        "expected": expected,
        "technique": TECHNIQUE.get(state),
        "companion": "dochter" if state == "waiting" else "",
        "over": over,
        "actions": [] if over or state == "active" else actions if waits else actions[1:],
    }


TECHNIQUE = {
    "active": {"level": "good", "icon": "done", "text": "goed"},
    "late": {"level": "good", "icon": "done", "text": "goed"},
    "waiting": {"level": "warn", "icon": "net", "text": "matig"},
    "tested": {"level": "good", "icon": "done", "text": "goed"},
    "tech": {"level": "bad", "icon": "sound", "text": "geen geluid"},
    "planned": {"level": "dim", "text": "niet getest"},
}
BOARD = [
    (1, "13.40", "Dhr. O. de Ruijter", "done", "13.58", ""),
    (2, "13.50", "Dhr. W. d’Souza", "noshow", "14.05", ""),
    (3, "13.50", "Mw. N. Özdemir-Kaya", "active", "14.00", "tot 14.15"),
    (4, "14.00", "Dhr. P. van ’t Hoff", "late", "13.52", "14.15–14.20"),
    (5, "14.00", "Mw. E. van Lith", "tech", "14.03", "14.15–14.20"),
    (6, "14.00", "Mw. G. Brouwer", "phone", "14.06", "tot 14.15"),
    (7, "14.10", "Mw. A. ter Braak-Žižek", "waiting", "14.05", "14.25–14.35"),
    (8, "14.20", "Dhr. R. Noël", "tested", "14.08", "14.35–14.50"),
    (9, "14.30", "Mw. Y. el Amrani", "planned", "", "14.45–15.00"),
    (10, "14.40", "Dhr. J. Ferrée", "cancelled", "11.05", ""),
]
AGENDA = [
    {"time": _at("13.50"), "name": "Dhr. L. Çelik", "sub": "CP video · 11/10 min", "status": "done", "past": True},
    {
        "time": _at("14.10"),
        "name": "Mw. T. Jansen-Oudêrk",
        "sub": "CP video · met dochter Fenna",
        "status": "waiting",
        "minutes": 2,
        "here": True,
        "url": "#person",
    },
    {"nowline": True},
    {"time": _at("14.20"), "name": "Dhr. R. Noël", "sub": "CP video · is er al", "status": "tested"},
    {"time": _at("14.30"), "break_minutes": 10},
    {
        "time": _at("14.40"),
        "name": "Mw. Y. el Amrani",
        "sub": "NP video, 30 min · tolk Tigrinya",
        "status": "planned",
    },
    {"time": _at("15.20"), "name": "Mw. D. Ní Bhriain", "sub": "CP video · test mislukt", "status": "tech"},
]
FACTS = [
    {"term": _("Test"), "value": _("camera, sound, internet good"), "icon": "done"},
    {"term": _("Identity"), "value": _("ask for the date of birth"), "icon": "id"},
    {"term": _("Present"), "value": "dochter Fenna", "icon": "people"},
]
