"""What publishing would do, what it did, and many at once."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import LARGEST_ID, Day, Key, Moment, WallClock
from api.offers import refusal_told
from api.schema import ProblemShape
from api.serializers.appointments import RefusalOut
from api.serializers.rasters import RasterOut, SkippedOut, StandingSession
from praktijkplan.capacity import Places
from praktijkplan.findings import Finding, FindingId, Severity
from scheduling.finding_sentences import Names, finding_sentence
from scheduling.models import PublicationRun, RasterPhase
from scheduling.models.minutes import from_minute
from scheduling.queries.capacity import DatePlaces
from scheduling.queries.fitting import NoLongerFits
from scheduling.vocabulary import MODALITIES

FINDINGS = [(one.value, one.value) for one in FindingId]
PHASES = [one for one in RasterPhase.choices if one[0] != RasterPhase.DRAFT]
MOST_REASONS = 200


class UntilQuery(Shape):
    until = Day(required=False, help_text="Last local date; the department's booking horizon unless given.")


class NewSession(Shape):
    date = serializers.DateField()
    half_day = serializers.CharField()
    start = serializers.SerializerMethodField()
    end = serializers.SerializerMethodField()

    def get_start(self, planned: Any) -> str:
        return Moment().to_representation(from_minute(planned.starts))

    def get_end(self, planned: Any) -> str:
        return Moment().to_representation(from_minute(planned.ends))


class FindingOut(Shape):
    id = serializers.ChoiceField(choices=FINDINGS)
    rule = serializers.CharField(help_text="Of the praktijkplan; empty where plain sense finds it.")
    severity = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Severity],
        help_text="An error must go before publishing, a warning needs a reason, advice is free.",
    )
    blocks = serializers.ListField(child=serializers.IntegerField(), help_text="Keys of the blocks.")
    weekday = serializers.IntegerField(allow_null=True, help_text="0 is Monday; null: the whole raster.")
    start = WallClock(allow_null=True)
    end = WallClock(allow_null=True)
    facts = serializers.DictField(child=serializers.IntegerField(), help_text="Minutes, counts, ids.")
    sentence = serializers.CharField()

    class Meta:
        ref_name = "Finding"


def finding_told(finding: Finding, names: Names) -> dict[str, Any]:
    """As FindingOut describes it."""
    return {
        "id": finding.id.value,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "blocks": finding.keys,
        "weekday": finding.weekday,
        "start": finding.start,
        "end": finding.end,
        "facts": finding.facts,
        "sentence": finding_sentence(finding, names),
    }


class RulesProblem(ProblemShape):
    """`findings` where the block rules stand in the way."""

    findings = FindingOut(many=True, required=False)

    class Meta:
        ref_name = "RulesProblem"


class MisfitPreview(Shape):
    """A booked appointment that would no longer fit; it is never dropped."""

    appointment = serializers.UUIDField(source="appointment.public_id")
    start = Moment(source="appointment.start")
    end = Moment(source="appointment.end")
    modality = serializers.ChoiceField(choices=MODALITIES, source="appointment.modality")
    refusals = serializers.SerializerMethodField()

    @extend_schema_field(RefusalOut(many=True))
    def get_refusals(self, found: NoLongerFits) -> list[dict[str, Any]]:
        return [refusal_told(refusal) for refusal in found.refusals]


class PlacesOut(Shape):
    total = serializers.IntegerField(help_text="Of the shortest consult that is allowed, whatever its form.")
    by_form = serializers.DictField(
        child=serializers.IntegerField(), help_text="As if all went to that form: together they can be more."
    )

    class Meta:
        ref_name = "Places"


class DatePlacesOut(Shape):
    date = serializers.DateField()
    before = PlacesOut()
    after = PlacesOut()
    difference = PlacesOut()

    class Meta:
        ref_name = "DatePlaces"


class HolidayOut(Shape):
    date = serializers.DateField()
    name = serializers.CharField()

    class Meta:
        ref_name = "Holiday"


CLOSING = "Withdrawn, but patients are booked: they stay, for them alone."


class PublicationOut(Shape):
    """What publishing would do; nothing is written."""

    revision = serializers.IntegerField(help_text="Of the draft; send it along to publish just this.")
    until = serializers.DateField()
    made = NewSession(many=True)
    changed = StandingSession(many=True)
    withdrawn = StandingSession(many=True)
    closing = StandingSession(many=True, help_text=CLOSING)
    unchanged = serializers.IntegerField()
    skipped = SkippedOut(many=True)
    holidays = HolidayOut(many=True, help_text="Days of the raster on which the clinic is closed.")
    misfits = MisfitPreview(many=True, help_text="Booked appointments that would no longer fit.")
    per_date = DatePlacesOut(many=True, help_text="Free places of this raster, now and after.")
    findings = FindingOut(many=True, help_text="What the block rules say of the draft.")

    class Meta:
        ref_name = "Publication"


def places_told(found: DatePlaces) -> dict[str, Any]:
    """As DatePlacesOut describes it."""

    def told(places: Places) -> dict[str, Any]:
        return {"total": places.total, "by_form": {form.value: count for form, count in places.by_form.items()}}

    return {
        "date": found.date,
        "before": told(found.before),
        "after": told(found.after),
        "difference": told(found.difference),
    }


class ReasonIn(Shape):
    finding = serializers.ChoiceField(choices=FINDINGS)
    weekday = serializers.IntegerField(min_value=0, max_value=6, allow_null=True, required=False, default=None)
    text = serializers.CharField(max_length=500)

    class Meta:
        ref_name = "WarningReason"


class PublishIt(UntilQuery):
    phase = serializers.ChoiceField(
        choices=PHASES,
        required=False,
        default=RasterPhase.TRIAL,
        help_text="`final` needs the permission approve_raster.",
    )
    revision = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_ID, help_text="Of the draft as you saw it."
    )
    reasons = serializers.ListField(
        child=ReasonIn(),
        required=False,
        default=list,
        max_length=MOST_REASONS,
        help_text="One per warning: why it is passed by.",
    )

    class Meta:
        ref_name = "Publish"


class PublishedOut(Shape):
    made = serializers.IntegerField()
    changed = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    closing = StandingSession(many=True, help_text=CLOSING)
    misfits = serializers.IntegerField(help_text="Booked appointments that no longer fit: see `misfits`.")
    followed = serializers.IntegerField(help_text="Booked appointments that another clinic holds from now on.")
    skipped = SkippedOut(many=True)
    raster = RasterOut()

    class Meta:
        ref_name = "Published"


class NewRun(Shape):
    department = Key()
    kind = serializers.ChoiceField(choices=PublicationRun.Kind.choices)
    rasters = serializers.ListField(
        child=Key(),
        required=False,
        max_length=1000,
        help_text="Which drafts to publish; all that is published when it is extended, unless given.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["kind"] == PublicationRun.Kind.DRAFTS and not attrs.get("rasters"):
            raise serializers.ValidationError({"rasters": [_("Name the rasters whose drafts are published.")]})
        return attrs

    class Meta:
        ref_name = "NewPublicationRun"


class FailedOut(Shape):
    raster = serializers.IntegerField()
    findings = serializers.ListField(child=serializers.CharField(), help_text="Ids of what the block rules found.")
    error = serializers.CharField(required=False, help_text="A mistake of ours instead; it is in the log.")

    class Meta:
        ref_name = "RasterNotPublished"


class RunOut(Shape):
    id = serializers.IntegerField()
    department = serializers.IntegerField(source="department_id")
    kind = serializers.ChoiceField(choices=PublicationRun.Kind.choices)
    state = serializers.ChoiceField(choices=PublicationRun.State.choices)
    total = serializers.IntegerField(help_text="Rasters.")
    done = serializers.IntegerField()
    sessions_made = serializers.IntegerField()
    sessions_changed = serializers.IntegerField()
    misfits = serializers.IntegerField()
    failed = FailedOut(many=True, help_text="Rasters that were left out, and why.")
    asked_at = Moment()
    ended_at = Moment(allow_null=True)

    class Meta:
        ref_name = "PublicationRun"


class Runs(Shape):
    runs = RunOut(many=True, help_text="The latest first.")

    class Meta:
        ref_name = "PublicationRuns"
