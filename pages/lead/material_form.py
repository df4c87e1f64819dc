from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.instruction_titles import title_problems
from notifications.models import Instruction, InstructionKind
from notifications.web_addresses import web_address_problem
from pages.widgets import Segmented
from people.models import Department


class MaterialForm(forms.Form):
    """A leaflet, film or page of the supplier, as patients see it."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=InstructionKind.choices, widget=Segmented, initial=InstructionKind.LEAFLET.value
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=80,
        help_text=_("Patients see this. Name no specialism or disease: mail is not closed."),
    )
    url = forms.CharField(
        label=_("Address of the page"),
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Copy it from the address bar of the page."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=Segmented, initial="nl")

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department = department

    def clean_title(self) -> str:
        """On one line: it stands in the middle of a message."""
        title = " ".join(str(self.cleaned_data["title"]).split())
        problems = title_problems(self.department, title)
        if problems:
            raise forms.ValidationError(problems)
        return title

    def clean_url(self) -> str:
        given = str(self.cleaned_data["url"]).strip()
        url = given if "://" in given else f"https://{given}"
        wrong = web_address_problem(url)
        if wrong:
            raise forms.ValidationError(wrong)
        return url

    def say_known(self) -> None:
        self.add_error("url", gettext("This page is in the list already, in this language."))


def form_of(instruction: Instruction) -> MaterialForm:
    kept = {name: getattr(instruction, name) for name in ("kind", "title", "url", "language")}
    return MaterialForm(initial=kept, department=instruction.department)
