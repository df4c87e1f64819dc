"""Ook nodig: who or what must be free besides the clinician, as it is chosen and as it is told."""

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from praktijkplan.placing import Need
from scheduling.actions.placing import NeedsReason, NotPlaced
from scheduling.models import Resource
from scheduling.queries.needs import Besides, named_needs
from scheduling.sentences import unplaced_sentences

_KINDS = {
    Resource.INTERPRETER: _("interpreter"),
    Resource.CLINICIAN: _("second clinician"),
    Resource.WORKPLACE: _("workplace"),
}


class NeedsField(forms.MultipleChoiceField):
    """ "4.12": the kind of resource and its id."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": _("Choose from the list.")}

    def offer(self, besides: Iterable[Besides]) -> None:
        self.choices = [(value_of(each.need), _words(each)) for each in besides]

    def clean(self, value: Any) -> frozenset[Need]:
        return frozenset(Need(*map(int, each.split("."))) for each in super().clean(value))


def _words(besides: Besides) -> str:
    """Nuray Demir (tolk: Turks)"""
    kind = str(_KINDS[besides.kind])
    return f"{besides.name} ({kind}: {besides.detail})" if besides.detail else f"{besides.name} ({kind})"


def value_of(need: Need) -> str:
    return f"{int(need.resource)}.{need.resource_id}"


def refused_sentences(answer: NotPlaced | NeedsReason, needs: Collection[Need]) -> list[str]:
    """Why not; first by name, whom the rules call the interpreter or the second clinician."""
    ids = {refusal.facts.get("id") for refusal in answer.refusals} if isinstance(answer, NotPlaced) else set()
    names = [each.name for each in named_needs(needs) if each.need.resource_id in ids]
    who = [gettext("Not free then: %(names)s.") % {"names": ", ".join(names)}] if names else []
    return [*who, *unplaced_sentences(answer)]
