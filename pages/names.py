"""How people are written on staff pages: Mw. T. Jansen in a list, mw. Jansen in a sentence."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import Patient, User
from people.models.patients import Salutation

IN_A_LIST: Mapping[str, str | Promise] = MappingProxyType({Salutation.MS: _("Ms."), Salutation.MR: _("Mr.")})
IN_A_SENTENCE: Mapping[str, str | Promise] = MappingProxyType({Salutation.MS: _("ms."), Salutation.MR: _("mr.")})


def listed_name(patient: Patient) -> str:
    """Mw. T. van der Veen; without a salutation just the name."""
    title = IN_A_LIST.get(patient.salutation)
    return f"{title} {patient.full_name}" if title else patient.full_name


def spoken_name(patient: Patient) -> str:
    """mw. Van der Veen; a child, or whoever has no salutation, by the whole name."""
    title = IN_A_SENTENCE.get(patient.salutation)
    return f"{title} {patient.surname}" if title else patient.full_name


def staff_names(actors: Iterable[str]) -> dict[str, str]:
    """Who did something, by the name that facts and rows keep: "user:4". One select; the system has no name here."""
    keys = {key for sort, _colon, key in (actor.partition(":") for actor in actors) if sort == "user"}
    users = User.objects.filter(pk__in=[key for key in keys if key.isdigit()])
    return {user.actor: str(user) for user in users}
