"""Changes of a draft, and the versions that were published."""

from typing import Any

from rest_framework import serializers

from api.endpoint import Shape
from api.fields import LARGEST_ID, Moment
from api.schema import ProblemShape
from api.serializers.rasters import ContentOut, RasterBlockOut
from scheduling.models import RasterPhase
from scheduling.vocabulary import BLOCK_MODES, WEEK_PATTERNS


class DraftBlockIn(Shape):
    """A block of the draft. Times are local, 9:05, on steps of 5 minutes."""

    key = serializers.IntegerField(help_text="Below zero for a new block; the answer says which key it got.")
    weekday = serializers.IntegerField(min_value=0, max_value=6, help_text="0 is Monday.")
    start = serializers.CharField()
    end = serializers.CharField()
    mode = serializers.ChoiceField(choices=BLOCK_MODES)
    slot_minutes = serializers.IntegerField(required=False, help_text="Of a fixed block.")
    start_up_minutes = serializers.IntegerField(required=False)
    types = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of appointment types.")
    workplace = serializers.IntegerField(required=False, allow_null=True, help_text="Id of a workplace.")
    release_minutes = serializers.IntegerField(required=False)
    note = serializers.CharField(required=False, allow_blank=True)

    class Meta:
        ref_name = "DraftBlock"


class DraftFieldsIn(Shape):
    """What is not named stays as it is."""

    name = serializers.CharField(required=False)
    weeks = serializers.ChoiceField(choices=WEEK_PATTERNS, required=False)
    valid_from = serializers.CharField(required=False)
    valid_until = serializers.CharField(required=False, allow_null=True)

    class Meta:
        ref_name = "DraftFields"


class DraftChangeIn(Shape):
    """One of the three."""

    put = DraftBlockIn(required=False)
    remove = serializers.IntegerField(required=False, help_text="Key of a block.")
    set = DraftFieldsIn(required=False)

    class Meta:
        ref_name = "DraftChange"


class DraftChangesIn(Shape):
    """All of the changes, in this order, or none."""

    base = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, help_text="The revision as you saw it.")
    changes = DraftChangeIn(many=True)

    class Meta:
        ref_name = "DraftChanges"


class DraftChangesSent(Shape):
    """What is read of it here; scheduling.draft_changes reads the changes, as it does for the editor."""

    base = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    changes = serializers.JSONField()


class DraftSaved(Shape):
    revision = serializers.IntegerField()
    keys = serializers.DictField(child=serializers.IntegerField(), help_text="Per new block, which key it got.")


class DraftConflict(ProblemShape):
    """Someone else changed the same block, or the same fields, after `base`; nothing was written."""

    revision = serializers.IntegerField(required=False, help_text="Of the draft as it is now.")
    blocks = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="Keys of the blocks; empty: the fields."
    )

    class Meta:
        ref_name = "DraftConflict"


class WarningReasonOut(Shape):
    finding = serializers.CharField()
    weekday = serializers.IntegerField(allow_null=True)
    text = serializers.CharField()

    class Meta:
        ref_name = "GivenReason"


class VersionOut(Shape):
    number = serializers.IntegerField()
    phase = serializers.ChoiceField(choices=RasterPhase.choices)
    published_at = Moment()
    approved_at = Moment(allow_null=True)
    reasons = WarningReasonOut(many=True, help_text="Why warnings were passed by.")

    class Meta:
        ref_name = "RasterVersion"


class ApproveIt(Shape):
    version = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_ID, help_text="The number of the version as you saw it."
    )

    class Meta:
        ref_name = "Approve"


class Versions(Shape):
    versions = VersionOut(many=True, help_text="The latest first.")

    class Meta:
        ref_name = "RasterVersions"


class VersionWithContent(VersionOut):
    content = ContentOut()

    class Meta:
        ref_name = "RasterVersionWithContent"


class DiffQuery(Shape):
    to = serializers.CharField(
        required=False, default="draft", max_length=12, help_text="Number of another version, or `draft`."
    )


class ChangedBlock(Shape):
    before = RasterBlockOut()
    after = RasterBlockOut()


class DiffOut(Shape):
    """A block is the same one when it has the same key."""

    fields = serializers.ListField(  # type: ignore[assignment]  # what differs, and the name of a property
        child=serializers.CharField(), help_text="Of name, weeks, valid_from and valid_until, those that differ."
    )
    before = ContentOut()
    after = ContentOut()
    added = RasterBlockOut(many=True)
    removed = RasterBlockOut(many=True)
    changed = ChangedBlock(many=True)

    class Meta:
        ref_name = "RasterDifference"


class RestoreIt(Shape):
    revision = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, help_text="Of the draft as you saw it: it is replaced as a whole."
    )

    class Meta:
        ref_name = "Restore"


def version_told(version: Any, content: dict[str, Any]) -> dict[str, Any]:
    """As VersionWithContent describes it."""
    return {
        "number": version.number,
        "phase": version.phase,
        "published_at": version.published_at,
        "approved_at": version.approved_at,
        "reasons": version.reasons,
        "content": content,
    }
