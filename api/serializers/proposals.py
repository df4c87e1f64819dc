"""What is asked of a place for one patient."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.serializers.needs import MOST_NEEDS, NeedIn
from api.serializers.slots import WindowQuery
from scheduling.vocabulary import HALF_DAYS


class ProposalQuery(WindowQuery):
    patient = serializers.UUIDField()
    half_day = serializers.ChoiceField(choices=HALF_DAYS, required=False, help_text="What the patient prefers.")
    any_form = serializers.BooleanField(
        default=False,
        help_text="Every form of this kind of contact will do: of each the type that is nearest in length.",
    )
    needs = serializers.ListField(
        child=serializers.CharField(max_length=30),
        max_length=MOST_NEEDS,
        default=list,
        help_text="Who or what must be free besides, once for each: interpreter.4.",
    )

    def validate_needs(self, said: list[str]) -> Any:
        """As NeedIn says them."""
        parts = [each.partition(".") for each in said]
        needs = NeedIn(data=[{"resource": kind, "id": number} for kind, _dot, number in parts], many=True)
        if not needs.is_valid():
            raise serializers.ValidationError(_("Say it as interpreter.4: clinician, workplace or interpreter."))
        return needs.validated_data
