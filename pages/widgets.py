"""Ways to choose that HTML does not have by itself."""

from django import forms


class Segmented(forms.RadioSelect):
    """Two to five short choices side by side, on staff pages."""

    template_name = "django/forms/widgets/segmented.html"


class LargeOptions(forms.RadioSelect):
    """One question with options a thumb can hit, on patient pages."""

    template_name = "django/forms/widgets/large_options.html"


class DateField(forms.DateInput):
    """The browser's own date field. It wants ISO, whatever the language of the page."""

    input_type = "date"

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class ClockField(forms.TimeInput):
    """A time of day to type: wide enough for 14.10, digits first on a phone."""

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__(
            {"class": "tm", "inputmode": "decimal", "autocomplete": "off", **(attrs or {})}, format="%H.%M"
        )
