"""Half-days on which a raster is not followed."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Day, Moment
from api.serializers.publications import PublishedOut
from api.serializers.raster_drafts import DraftBlockIn
from api.serializers.rasters import RasterBlockOut, block_told
from scheduling.actions.exceptions import FURTHEST_SHIFT
from scheduling.contents import Types, read_block
from scheduling.models import RasterException
from scheduling.vocabulary import HALF_DAYS

Kind = RasterException.Kind


class ExceptionOut(Shape):
    date = serializers.DateField()
    half_day = serializers.ChoiceField(choices=HALF_DAYS)
    kind = serializers.ChoiceField(choices=Kind.choices)
    shift_minutes = serializers.IntegerField(help_text="Of a shifted one; earlier is negative.")
    blocks = serializers.SerializerMethodField()
    reason = serializers.CharField()
    made_at = Moment()

    @extend_schema_field(RasterBlockOut(many=True))
    def get_blocks(self, made: RasterException) -> Any:
        known: Types = self.context["types"]
        return RasterBlockOut([block_told(read_block(block, known)) for block in made.blocks], many=True).data

    class Meta:
        ref_name = "RasterException"


class Exceptions(Shape):
    exceptions = ExceptionOut(many=True, help_text="In order of time.")

    class Meta:
        ref_name = "RasterExceptions"


class ExceptionsQuery(Shape):
    since = Day(required=False, help_text="First local date; all of them unless given.")


class OwnBlockIn(DraftBlockIn):
    """Its date says the weekday; blocks are numbered from 1."""

    key = None  # type: ignore[assignment]
    weekday = None  # type: ignore[assignment]

    class Meta:
        ref_name = "OwnBlock"


class ExceptionIn(Shape):
    kind = serializers.ChoiceField(choices=Kind.choices)
    shift_minutes = serializers.IntegerField(
        required=False, min_value=-FURTHEST_SHIFT, max_value=FURTHEST_SHIFT, help_text="Of a shifted one."
    )
    blocks = OwnBlockIn(many=True, required=False, help_text="Of one with blocks of its own.")
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)

    class Meta:
        ref_name = "NewRasterException"


class ExceptionSent(Shape):
    """What is read of it here; scheduling.draft_changes reads the blocks, as it does for the editor."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    shift_minutes = serializers.IntegerField(required=False, min_value=-FURTHEST_SHIFT, max_value=FURTHEST_SHIFT)
    blocks = serializers.JSONField(required=False)
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["kind"] == Kind.SHIFTED and not attrs.get("shift_minutes"):
            raise serializers.ValidationError({"shift_minutes": [_("Say how many minutes later, or earlier.")]})
        if attrs["kind"] == Kind.OWN_BLOCKS and not attrs.get("blocks"):
            raise serializers.ValidationError({"blocks": [_("Name at least one block.")]})
        return attrs


class ExceptionDone(Shape):
    published = PublishedOut(
        allow_null=True, help_text="What it changed; null where publication has not come yet: there it waits."
    )
