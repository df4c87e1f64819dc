"""Rasters and their blocks, as they are shown and made."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Day, Key, Moment, WallClock
from api.serializers.staff import ClinicianName
from praktijkplan.starters import WORKDAYS
from scheduling.contents import BlockContent, RasterContent, draft_content
from scheduling.models import Raster, RasterPhase
from scheduling.vocabulary import BLOCK_MODES, HALF_DAYS, WEEK_PATTERNS

STARTERS = ("fixed_hour", "video_block", "hybrid_afternoon")


class RasterOut(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    clinician = ClinicianName(allow_null=True, help_text="Null: a starter of the department, to copy from.")
    weeks = serializers.ChoiceField(choices=WEEK_PATTERNS)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    phase = serializers.ChoiceField(choices=RasterPhase.choices)
    version = serializers.IntegerField(help_text="Published last; 0 before the first.")
    revision = serializers.IntegerField(help_text="Of the draft, raised by every change.")
    published_at = Moment(allow_null=True)
    published_until = serializers.DateField(allow_null=True)

    class Meta:
        ref_name = "Raster"


class Rasters(Shape):
    rasters = RasterOut(many=True)


class RasterBlockOut(Shape):
    key = serializers.IntegerField(help_text="Names the block within its raster, through all versions.")
    weekday = serializers.IntegerField(help_text="0 is Monday.")
    start = WallClock()
    end = WallClock()
    mode = serializers.ChoiceField(choices=BLOCK_MODES)
    slot_minutes = serializers.IntegerField()
    start_up_minutes = serializers.IntegerField()
    types = serializers.ListField(
        child=serializers.IntegerField(), help_text="Ids of the appointment types that may be booked here."
    )
    workplace = serializers.IntegerField(allow_null=True, help_text="Id of the workplace.")
    release_minutes = serializers.IntegerField(
        help_text="Held for urgent consults until so many minutes before its start; 0: not held."
    )
    note = serializers.CharField()

    class Meta:
        ref_name = "RasterBlock"


def block_told(block: BlockContent) -> dict[str, Any]:
    """As RasterBlockOut describes it."""
    plan = block.plan
    return {
        "key": plan.key,
        "weekday": plan.weekday,
        "start": plan.start,
        "end": plan.end,
        "mode": plan.mode.value,
        "slot_minutes": plan.slot_minutes,
        "start_up_minutes": plan.start_up_minutes,
        "types": sorted(block.types),
        "workplace": plan.workplace,
        "release_minutes": plan.release_minutes,
        "note": plan.note,
    }


class ContentOut(Shape):
    """What a raster says: of its draft, or of a version."""

    name = serializers.CharField()
    weeks = serializers.ChoiceField(choices=WEEK_PATTERNS)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    blocks = RasterBlockOut(many=True)

    class Meta:
        ref_name = "RasterContent"


def content_told(content: RasterContent) -> dict[str, Any]:
    """As ContentOut describes it, with the blocks in order of time."""
    return {
        "name": content.name,
        "weeks": content.weeks.value,
        "valid_from": content.valid_from,
        "valid_until": content.valid_until,
        "blocks": [
            block_told(block)
            for block in sorted(content.blocks, key=lambda one: (one.plan.weekday, one.plan.start, one.key))
        ],
    }


class RasterWithBlocks(RasterOut):
    """The draft; what is in force is a version."""

    blocks = serializers.SerializerMethodField()

    @extend_schema_field(RasterBlockOut(many=True))
    def get_blocks(self, raster: Raster) -> Any:
        return RasterBlockOut(content_told(draft_content(raster))["blocks"], many=True).data

    class Meta:
        ref_name = "RasterWithBlocks"


class NewRaster(Shape):
    """From one of the three examples of the praktijkplan, or as a copy of another raster."""

    department = Key()
    clinician = Key(required=False, allow_null=True, help_text="Left out: a starter of the department.")
    name = serializers.CharField(max_length=120)
    valid_from = Day()
    valid_until = Day(required=False, allow_null=True)
    starter = serializers.ChoiceField(choices=STARTERS, required=False, help_text="PP-21, PP-22, PP-23.")
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6),
        required=False,
        default=list(WORKDAYS),
        min_length=1,
        max_length=7,
        help_text="Of a starter; 0 is Monday.",
    )
    copy_of = Key(required=False, help_text="Id of a raster of the same department.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("starter" in attrs) == ("copy_of" in attrs):
            raise serializers.ValidationError({"starter": [_("Choose a starter, or a raster to copy.")]})
        if attrs.get("valid_until") and attrs["valid_until"] < attrs["valid_from"]:
            raise serializers.ValidationError({"valid_until": [_("The raster ends before it begins.")]})
        return attrs


class StandingSession(Shape):
    id = serializers.UUIDField(source="public_id")
    date = serializers.DateField()
    half_day = serializers.ChoiceField(choices=HALF_DAYS)


class SkippedOut(Shape):
    """A block that cannot be held on a date because the clock is changed that night."""

    date = serializers.DateField()
    start = WallClock(source="plan.start")
    end = WallClock(source="plan.end")

    class Meta:
        ref_name = "SkippedBlock"
