from datetime import timedelta
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Day, Key, Moment
from scheduling.actions.placing import LONGEST, SHORTEST, STEP


class Minutes(serializers.IntegerField):
    """How long a consult lasts."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=SHORTEST, max_value=LONGEST, help_text="A multiple of five.", **kwargs)

    def to_internal_value(self, data: Any) -> int:
        minutes: int = super().to_internal_value(data)
        if minutes % STEP:
            raise serializers.ValidationError(_("Choose a multiple of five minutes."))
        return minutes


class DaysQuery(Shape):
    """From a first local day through a last; `longest` lies between them, and `too_long` says so."""

    longest: ClassVar[timedelta]
    too_long: ClassVar["str | Promise"]

    until = Day(help_text="Last local day, included.")

    def get_fields(self) -> dict[str, Any]:
        # "from" is a word of Python, not a name.
        return {**super().get_fields(), "from": Day(help_text="First local day.")}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["until"] < attrs["from"]:
            raise serializers.ValidationError({"until": _("Choose a last day that is not before the first.")})
        if attrs["until"] - attrs["from"] > self.longest:
            raise serializers.ValidationError({"until": str(self.too_long)})
        return attrs


class WindowQuery(DaysQuery):
    longest, too_long = timedelta(days=184), _("Ask for at most half a year at a time.")

    type = Key(help_text="Id of the appointment type.")
    clinician = Key(required=False, help_text="Only this clinician.")
    minutes = Minutes(required=False)
    urgent = serializers.BooleanField(
        default=False, help_text="Also the places that are still held for urgent consults."
    )


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
