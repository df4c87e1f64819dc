"""The languages that are interpreted here, by their codes (BCP 47)."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LANGUAGES: Mapping[str, "str | Promise"] = MappingProxyType(
    {
        "ar": _("Arabic"),
        "zgh": _("Berber"),
        "zh": _("Chinese"),
        "prs": _("Dari"),
        "de": _("German"),
        "en": _("English"),
        "fr": _("French"),
        "dse": _("Dutch Sign Language"),
        "ku": _("Kurdish"),
        "uk": _("Ukrainian"),
        "pap": _("Papiamento"),
        "fa": _("Persian"),
        "pl": _("Polish"),
        "pt": _("Portuguese"),
        "ro": _("Romanian"),
        "ru": _("Russian"),
        "so": _("Somali"),
        "es": _("Spanish"),
        "ti": _("Tigrinya"),
        "tr": _("Turkish"),
        "vi": _("Vietnamese"),
    }
)


def language_names(codes: Iterable[str]) -> list[str]:
    """In the order of the codes; a code that is not known here stands for itself."""
    return [str(LANGUAGES.get(code, code)) for code in codes]
