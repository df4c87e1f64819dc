from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Day, Key, Moment

LONGEST_WINDOW = timedelta(days=184)


class WindowQuery(Shape):
    type = Key(help_text="Id of the appointment type.")
    until = Day(help_text="Last local day, included.")
    clinician = Key(required=False, help_text="Only this clinician.")

    def get_fields(self) -> dict[str, Any]:
        # "from" is a word of Python, not a name.
        return {**super().get_fields(), "from": Day(help_text="First local day.")}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["until"] < attrs["from"]:
            raise serializers.ValidationError({"until": _("Choose a last day that is not before the first.")})
        if attrs["until"] - attrs["from"] > LONGEST_WINDOW:
            raise serializers.ValidationError({"until": _("Ask for at most half a year at a time.")})
        return attrs


class SlotQuery(WindowQuery):
    first = serializers.IntegerField(
        required=False, min_value=1, max_value=1000, help_text="Only the first so many distinct starts."
    )


class Slot(Shape):
    start = Moment(help_text="Local time with its offset.")
    clinicians = serializers.ListField(child=serializers.IntegerField())


class SlotList(Shape):
    minutes = serializers.IntegerField(help_text="Duration of the consult.")
    slots = Slot(many=True)
