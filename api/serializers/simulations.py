"""What a simulation is asked and what it answers (PP-31)."""

from dataclasses import fields
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Key, Moment
from praktijkplan.assumptions import Assumptions, InvalidAssumptions, bounds
from praktijkplan.draws import Duration, Family
from scheduling.models import SimulationRun
from scheduling.queries.simulation import DAYS, MOST_DAYS, MOST_SEED, HalfDayOfWeek
from scheduling.vocabulary import HALF_DAYS

BOTH, DRAFT, CURRENT = "both", "draft", "current"
SHORTEST, LONGEST, MOST_CV, MOST_TYPES = 0.5, 240, 5, 200


class HalfDayField(serializers.CharField):
    """A weekday from 0 (Monday) and a half-day: 2-morning."""

    def __init__(self, **more: Any) -> None:
        super().__init__(help_text="Weekday from 0 (Monday) and half-day: `2-morning`.", **more)

    def to_internal_value(self, value: Any) -> Any:
        text = super().to_internal_value(value)
        try:
            return HalfDayOfWeek.read(text)
        except ValueError as error:
            told = _("Write a weekday from 0 (Monday) to 6 and a half-day: 2-morning or 4-afternoon.")
            raise serializers.ValidationError(told) from error


class AssumptionsShape(Shape):
    """All that is taken for granted beside the consults; what is left out is standard. Shares lie from 0 to 1."""

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        standard = Assumptions()
        found: dict[str, serializers.Field] = {  # type: ignore[type-arg]
            name: serializers.FloatField(
                required=False,
                min_value=kind.low,
                max_value=kind.high,
                default=getattr(standard, name),
                help_text=f"{kind.unit}; {kind.rule or 'an estimate of our own'}",
            )
            for name, kind in bounds().items()
        }
        found["early_start"] = serializers.BooleanField(required=False, default=standard.early_start)
        return {item.name: found[item.name] for item in fields(Assumptions)}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            raise serializers.ValidationError(_("Send an object with a value per assumption."))
        try:
            return Assumptions.from_document({str(name): value for name, value in data.items()})
        except InvalidAssumptions as invalid:
            told = _("Expected %(expected)s, found %(found)s.")
            raise serializers.ValidationError(
                {each.field: [told % {"expected": each.expected, "found": each.found}] for each in invalid.problems}
            ) from invalid

    class Meta:
        ref_name = "Assumptions"


class DurationIn(Shape):
    """How long consults of a type last, in place of what was measured or is assumed."""

    type = Key(help_text="Id of an appointment type of this raster.")
    mean = serializers.FloatField(min_value=SHORTEST, max_value=LONGEST, help_text="Minutes.")
    cv = serializers.FloatField(
        min_value=0, max_value=MOST_CV, help_text="Standard deviation as a share of the mean."
    )
    family = serializers.ChoiceField(
        choices=[Family.LOGNORMAL.value, Family.GAMMA.value], default=Family.LOGNORMAL.value
    )

    class Meta:
        ref_name = "DurationOfType"


class SimulationIn(Shape):
    half_day = HalfDayField(required=False, allow_null=True, default=None)
    which = serializers.ChoiceField(choices=[BOTH, DRAFT, CURRENT], default=BOTH)
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=DAYS, help_text="Per half-day.")
    seed = serializers.IntegerField(
        min_value=0, max_value=MOST_SEED, default=1, help_text="The same seed gives the same answer."
    )
    assumptions = AssumptionsShape(required=False, default=Assumptions)
    durations = serializers.ListField(child=DurationIn(), max_length=MOST_TYPES, required=False, default=list)

    def validate_durations(self, value: list[dict[str, Any]]) -> dict[int, Duration]:
        if len({each["type"] for each in value}) < len(value):
            raise serializers.ValidationError(_("Name each type once."))
        return {each["type"]: Duration(Family(each["family"]), each["mean"], each["cv"]) for each in value}

    class Meta:
        ref_name = "SimulationRequest"


class SpreadOut(Shape):
    mean = serializers.FloatField()
    median = serializers.FloatField()
    p90 = serializers.FloatField()

    class Meta:
        ref_name = "Spread"


class SlotOut(Shape):
    """Minutes of waiting of who came to this slot; `at` counts from `zero`."""

    at = serializers.FloatField()
    came = serializers.IntegerField()
    mean = serializers.FloatField()
    p10 = serializers.FloatField()
    median = serializers.FloatField()
    p90 = serializers.FloatField()

    class Meta:
        ref_name = "SlotWaiting"


class ResultOut(Shape):
    """In minutes; times count from `zero`."""

    slots = SlotOut(many=True)
    mean_wait = serializers.FloatField()
    end = SpreadOut()
    overrun = SpreadOut()
    in_time = serializers.FloatField(help_text="Share of half-days that are not over the planned end.")
    idle = serializers.FloatField()
    work = SpreadOut(help_text="The longest stretch without an interruption of 5 minutes.")
    runs = serializers.IntegerField()

    class Meta:
        ref_name = "SimulatedResult"


class OutcomeOut(Shape):
    zero = serializers.IntegerField(help_text="The first consult, in minutes after local midnight.")
    planned_end = serializers.IntegerField(help_text="Minutes after local midnight.")
    breaks = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    result = ResultOut()

    class Meta:
        ref_name = "SimulatedOutcome"


class HalfDayOut(Shape):
    weekday = serializers.IntegerField(help_text="0 is Monday.")
    half_day = serializers.ChoiceField(choices=HALF_DAYS)
    unchanged = serializers.BooleanField(help_text="Draft and published version hold the same.")
    draft = OutcomeOut(allow_null=True)
    current = OutcomeOut(allow_null=True)

    class Meta:
        ref_name = "SimulatedHalfDay"


class AnswerOut(Shape):
    days = serializers.IntegerField()
    seed = serializers.IntegerField()
    version = serializers.IntegerField(help_text="That `current` is; 0 when nothing was published.")
    half_days = HalfDayOut(many=True)

    class Meta:
        ref_name = "SimulationAnswer"


class SimulationOut(Shape):
    """`id` is null for one that was answered at once: that is not kept."""

    id = serializers.IntegerField(allow_null=True, source="pk")
    state = serializers.ChoiceField(choices=SimulationRun.State.choices)
    done = serializers.IntegerField(help_text="Half-days, of all together.")
    total = serializers.IntegerField()
    asked_at = Moment()
    result = serializers.SerializerMethodField()

    @extend_schema_field(AnswerOut(allow_null=True))
    def get_result(self, run: SimulationRun) -> Any:
        return run.result

    class Meta:
        ref_name = "Simulation"
