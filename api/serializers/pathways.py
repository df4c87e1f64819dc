"""Care pathways, and patients who follow one."""

from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Day, Key, Moment
from api.serializers.orders import OrderStanding
from api.serializers.staff import ClinicianName, DepartmentQuery

MOST_STEPS = 24
MOST_DAYS = 3660


class StepOut(Shape):
    position = serializers.IntegerField()
    type = serializers.IntegerField(source="type_id")
    after_days = serializers.IntegerField(help_text="Counted from the beginning.")
    margin_days = serializers.IntegerField(help_text="As much earlier or later.")

    class Meta:
        ref_name = "PathwayStep"


class PathwayOut(Shape):
    id = serializers.IntegerField(source="pk")
    revision = serializers.IntegerField(help_text="To send along with a change, and with a start.")
    name = serializers.CharField()
    active = serializers.BooleanField(help_text="Patients may start it.")
    steps = StepOut(many=True)

    class Meta:
        ref_name = "CarePathway"


class PathwayListed(PathwayOut):
    running = serializers.IntegerField(help_text="How many patients follow it now.")

    class Meta:
        ref_name = "CarePathwayListed"


class Pathways(Shape):
    pathways = PathwayListed(many=True)


class NewStep(Shape):
    type = Key()
    after_days = serializers.IntegerField(min_value=0, max_value=MOST_DAYS)
    margin_days = serializers.IntegerField(min_value=0, max_value=366)


class NewPathway(DepartmentQuery):
    name = serializers.CharField(max_length=80)
    active = serializers.BooleanField(default=True)
    steps = serializers.ListField(child=NewStep(), max_length=MOST_STEPS, help_text="In order.")


class ChangePathway(Shape):
    name = serializers.CharField(max_length=80)
    active = serializers.BooleanField(default=True)
    steps = serializers.ListField(child=NewStep(), max_length=MOST_STEPS, help_text="In order.")
    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="As you saw it.")


class StartPathway(Shape):
    pathway = Key()
    begins = Day(help_text="Local date, from today on.")
    clinician = Key(required=False, allow_null=True)
    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="Of the pathway, as you saw it.")


class StopPathway(Shape):
    reason = serializers.CharField(max_length=200)


class CourseOut(Shape):
    id = serializers.IntegerField(source="run.pk")
    pathway = serializers.IntegerField(source="run.pathway_id")
    name = serializers.CharField(source="run.pathway.name")
    begins = serializers.DateField(source="run.begins")
    clinician = ClinicianName(source="run.clinician", allow_null=True)
    stopped_at = Moment(source="run.stopped_at", allow_null=True)
    stop_reason = serializers.CharField(source="run.stop_reason")
    planned = serializers.IntegerField(help_text="How many of its orders are planned or held.")
    held = serializers.IntegerField()
    orders = OrderStanding(many=True, help_text="In the order of the steps.")

    class Meta:
        ref_name = "PathwayRun"


class Courses(Shape):
    runs = CourseOut(many=True, help_text="The latest first.")
