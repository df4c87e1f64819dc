"""A series of appointments in one go."""

from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Day, Key, Moment
from api.schema import ProblemShape
from api.serializers.appointments import AppointmentOut, RefusalOut
from api.serializers.staff import ClinicianName
from praktijkplan.series import FEWEST, MOST
from scheduling.models import DecidedBy


class SeriesQuery(Shape):
    patient = serializers.UUIDField()
    type = Key(help_text="Id of the appointment type.")
    count = serializers.IntegerField(min_value=FEWEST, max_value=MOST)
    every_weeks = serializers.IntegerField(min_value=1, max_value=26)
    margin_days = serializers.IntegerField(
        min_value=0, max_value=3, default=0, help_text="So many days earlier or later will do."
    )
    same_time = serializers.BooleanField(default=False, help_text="At the very same time of day, or not at all.")
    clinician = Key(required=False, help_text="Anyone unless given.")

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        return {**super().get_fields(), "from": Day(help_text="The first day on which it may begin.")}


class PlaceInSeries(Shape):
    start = Moment()
    clinician = ClinicianName()


class PositionOut(Shape):
    wanted = serializers.DateField(help_text="Counted from the first.")
    place = PlaceInSeries(allow_null=True)
    why_not = serializers.CharField(help_text="Why there is no place; empty where there is.")
    sentence = serializers.CharField()
    others = PlaceInSeries(many=True, help_text="What can be had instead around that day.")

    class Meta:
        ref_name = "PositionInSeries"


class SeriesProposed(Shape):
    positions = PositionOut(many=True)


class WantedPlace(Shape):
    start = Moment(help_text="UTC, or local time with its offset.")
    clinician = Key()


class NewSeries(Shape):
    patient = serializers.UUIDField()
    type = Key(help_text="Id of the appointment type.")
    places = serializers.ListField(child=WantedPlace(), min_length=FEWEST, max_length=MOST)
    decided_by = serializers.ChoiceField(
        choices=DecidedBy.choices, default=DecidedBy.TOGETHER, help_text="Who chose the form of contact."
    )


class SeriesOut(Shape):
    batch = serializers.UUIDField(help_text="Undoes them in one go, while nobody was told.")
    appointments = AppointmentOut(many=True)

    class Meta:
        ref_name = "Series"


class NotBookedProblem(ProblemShape):
    """`refusals` of the first place that cannot be had, and which one that is, from 0."""

    which = serializers.IntegerField(required=False)
    refusals = RefusalOut(many=True, required=False)

    class Meta:
        ref_name = "SeriesNotBookedProblem"
