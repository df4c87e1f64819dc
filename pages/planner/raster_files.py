"""What a clerk hands over as a raster: a file or pasted text, and for whom it is."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Clinician, Department
from scheduling.interchange import Mistakes, decode
from scheduling.interchange.form import LARGEST_FILE

STARTER = "starter"


class RasterFileForm(forms.Form):
    """A file goes before the text: the text may be what an earlier file said."""

    owner = forms.ChoiceField(label=_("For whom"))
    file = forms.FileField(
        label=_("File"), required=False, allow_empty_file=True, help_text=_("CSV or JSON, of at most 1 MB.")
    )
    text = forms.CharField(
        label=_("Or paste it here"),
        required=False,
        strip=False,
        help_text=_("Cells copied from a spreadsheet are fine: take the line with the headings along."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off", "class": "code"}),
    )

    def __init__(self, *args: Any, department: Department, over: bool, **kwargs: Any) -> None:
        """`over`: it takes the place of a draft, whose clinician stays."""
        super().__init__(*args, **kwargs)
        self.mistakes: Mistakes = ()
        self.clinicians: dict[str, Clinician] = {}
        if over:
            del self.fields["owner"]
            return
        self.clinicians = {str(each.pk): each for each in department.clinicians.order_by("name")}
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)  # noqa: S101  for the type checker
        names = [(key, each.name) for key, each in self.clinicians.items()]
        owner.choices = [("", gettext("choose")), *names, (STARTER, gettext("a starter of the department"))]

    @property
    def clinician(self) -> Clinician | None:
        """None: a starter of the department."""
        return self.clinicians.get(self.cleaned_data.get("owner", ""))

    def clean(self) -> dict[str, Any]:
        """`text` is what to read, whether it came as a file or not; `mistakes` says when it is no text at all."""
        cleaned: dict[str, Any] = super().clean() or {}
        file: UploadedFile[bytes] | None = cleaned.get("file")
        if file is None and not cleaned.get("text", "").strip():
            if "text" not in self.errors:
                self.add_error("file", gettext("Choose a file, or paste its text."))
            return cleaned
        given = file.read(LARGEST_FILE + 1) if file is not None else cleaned["text"]
        text, self.mistakes = decode(given)
        cleaned["text"] = text
        return cleaned
