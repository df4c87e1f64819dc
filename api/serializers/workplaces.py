from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Moment
from scheduling.models import WorkplaceKind


class WorkplaceOut(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=WorkplaceKind.choices)
    video_ready = serializers.BooleanField()
    walking_minutes = serializers.IntegerField(help_text="From the clinic.")
    checklist_confirmed_at = Moment(
        allow_null=True, help_text="Of a workplace at home: connection, quiet and sound were checked (PP-29)."
    )

    class Meta:
        ref_name = "Workplace"


class Workplaces(Shape):
    workplaces = WorkplaceOut(many=True)
