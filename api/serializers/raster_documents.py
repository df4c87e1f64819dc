"""Rasters that come from elsewhere, what is wrong with them, and what the block rules say of them."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import LARGEST_ID, Key, WallClock
from api.schema import ProblemShape
from praktijkplan.findings import FindingId, FixId, Severity
from scheduling.interchange import MistakeId, document_schema
from scheduling.interchange.form import LARGEST_FILE, WEEKDAYS


def described_document() -> dict[str, Any]:
    """The published schema as a part of the API's description: without what names a document of its own."""
    schema = document_schema()
    block = schema.pop("$defs")["block"]
    properties = {name: each for name, each in schema["properties"].items() if name != "$schema"}
    properties["blocks"] = {**properties["blocks"], "items": block}
    return {name: each for name, each in schema.items() if not name.startswith("$")} | {"properties": properties}


class LanguageQuery(Shape):
    language = serializers.ChoiceField(
        choices=["en", "nl"], required=False, default="en", help_text="Of the headings and words of a sheet."
    )


class RasterFile(Shape):
    """A raster as a document or as the text of a sheet, and what it is meant for."""

    department = Key(help_text="Whose appointment types, workplaces and agreements count.")
    clinician = Key(required=False, allow_null=True, help_text="Null or left out: a starter of the department.")
    raster = Key(required=False, allow_null=True, help_text="The raster whose draft it is meant to replace.")
    document = serializers.JSONField(required=False, help_text="See `rasters/schema.json`.")
    sheet = serializers.CharField(
        required=False, trim_whitespace=False, help_text=f"The text of a CSV file, of at most {LARGEST_FILE} bytes."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("document" in attrs) == ("sheet" in attrs):
            raise serializers.ValidationError({"document": [_("Send either a document or a sheet.")]})
        if attrs.get("raster") and attrs.get("clinician"):
            told = _("A raster keeps its clinician. Name one of the two.")
            raise serializers.ValidationError({"clinician": [told]})
        return attrs


class RasterImport(RasterFile):
    revision = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=LARGEST_ID,
        help_text="With `raster`: the draft's revision as you saw it.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if attrs.get("raster") and not attrs.get("revision"):
            raise serializers.ValidationError({"revision": [_("Say which revision of the draft you saw.")]})
        return attrs


class MistakeOut(Shape):
    line = serializers.IntegerField(allow_null=True, help_text="Of a sheet, from 1.")
    pointer = serializers.CharField(allow_null=True, help_text="Into a document (RFC 6901).")
    field = serializers.CharField(help_text="Empty: the file or the block as a whole.")
    id = serializers.ChoiceField(choices=[(one.value, one.value) for one in MistakeId])
    wrong = serializers.CharField(help_text="What is wrong, for people.")
    remedy = serializers.CharField(help_text="What to do about it.")

    class Meta:
        ref_name = "Mistake"


class UnreadableProblem(ProblemShape):
    """`mistakes` where the raster cannot be read: all of them; nothing was kept."""

    mistakes = MistakeOut(many=True, required=False)

    class Meta:
        ref_name = "UnreadableRaster"


class ImportedOut(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    revision = serializers.IntegerField(help_text="Of the draft; to send along with the next change.")
    blocks = serializers.IntegerField(help_text="How many.")

    class Meta:
        ref_name = "ImportedRaster"


class OperationOut(Shape):
    """Of a JSON Patch (RFC 6902) on `document`."""

    op = serializers.ChoiceField(choices=["add", "remove", "replace"])
    path = serializers.CharField()
    value = serializers.JSONField(required=False, allow_null=True)

    class Meta:
        ref_name = "PatchOperation"


class DocumentFixOut(Shape):
    id = serializers.ChoiceField(choices=[(one.value, one.value) for one in FixId])
    facts = serializers.DictField(child=serializers.IntegerField())
    sentence = serializers.CharField(help_text="What it does, for people.")
    changes = OperationOut(many=True)

    class Meta:
        ref_name = "DocumentFix"


class DocumentFindingOut(Shape):
    id = serializers.ChoiceField(choices=[(one.value, one.value) for one in FindingId])
    rule = serializers.CharField(help_text="Of the praktijkplan; empty where plain sense finds it.")
    severity = serializers.ChoiceField(choices=[(one.value, one.value) for one in Severity])
    blocks = serializers.ListField(child=serializers.IntegerField(), help_text="Positions in `document`, from 0.")
    weekday = serializers.ChoiceField(
        choices=[(day, day) for day in WEEKDAYS], allow_null=True, help_text="Null: the whole raster."
    )
    start = WallClock(allow_null=True)
    end = WallClock(allow_null=True)
    facts = serializers.DictField(child=serializers.IntegerField(), help_text="Minutes, counts, ids.")
    sentence = serializers.CharField()
    fix = DocumentFixOut(allow_null=True)

    class Meta:
        ref_name = "DocumentFinding"


@extend_schema_field(described_document())
class DocumentOut(serializers.JSONField):
    """A raster document as it goes out."""


class CheckedOut(Shape):
    document = DocumentOut(help_text="What was read, as a document.")
    publishable = serializers.BooleanField(help_text="False where a finding is an error.")
    count = serializers.IntegerField(help_text="Of all findings; the gravest 500 are told.")
    findings = DocumentFindingOut(many=True)

    class Meta:
        ref_name = "CheckedRaster"
