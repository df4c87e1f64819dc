"""Follow-up orders: what must be planned by when, and places for many of them."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Day, Key, Moment
from api.serializers.absences import PlaceOut
from api.serializers.appointments import RefusalOut
from api.serializers.sessions import PatientName
from api.serializers.staff import ClinicianName, DepartmentQuery
from praktijkplan.windows import Pressing, Unit
from scheduling.actions.bulk import Ended
from scheduling.actions.placing import LONGEST, SHORTEST
from scheduling.vocabulary import MODALITIES

MOST_LISTED = 200
MOST_TOGETHER = 20
UNITS = [(each.value, each.value) for each in Unit]


class OrderQuery(DepartmentQuery):
    clinician = Key(required=False, help_text="Only what this clinician was named for.")
    type = Key(required=False)
    until = Day(required=False, help_text="Only what must be planned on or before this local date.")
    pressing = serializers.ChoiceField(choices=[(each.value, each.value) for each in Pressing], required=False)


class OrderOut(Shape):
    id = serializers.IntegerField(source="pk")
    revision = serializers.IntegerField(help_text="To send along with a change, and with a place.")
    patient = PatientName()
    type = serializers.IntegerField(source="type_id")
    modality = serializers.ChoiceField(choices=MODALITIES, source="type.modality")
    minutes = serializers.IntegerField(allow_null=True, help_text="null: as long as its type.")
    clinician = ClinicianName(allow_null=True, help_text="null: any.")
    earliest = serializers.DateField()
    latest = serializers.DateField()
    note = serializers.CharField()
    pathway_run = serializers.IntegerField(source="pathway_run_id", allow_null=True)
    ordered_at = Moment()

    class Meta:
        ref_name = "FollowUpOrder"


class OrderStanding(OrderOut):
    appointment = serializers.UUIDField(source="appointment.public_id", default=None, allow_null=True)
    dropped_at = Moment(allow_null=True)
    drop_reason = serializers.CharField()

    class Meta:
        ref_name = "FollowUpOrderStanding"


class Orders(Shape):
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="By how pressing, of all that are asked for."
    )
    orders = OrderOut(many=True, help_text=f"Open, the most pressing first; at most {MOST_LISTED}.")


class OrderFields(Shape):
    type = Key(help_text="Id of the appointment type; its department is the order's.")
    clinician = Key(required=False, allow_null=True, help_text="Nobody else will do; any unless given.")
    minutes = serializers.IntegerField(
        required=False, allow_null=True, min_value=SHORTEST, max_value=LONGEST, help_text="A multiple of five."
    )
    earliest = Day(required=False, help_text="Local date.")
    latest = Day(required=False, help_text="Local date, included.")
    note = serializers.CharField(max_length=200, allow_blank=True, default="", help_text="Nothing medical.")

    def validate_minutes(self, minutes: int | None) -> int | None:
        if minutes is not None and minutes % SHORTEST:
            raise serializers.ValidationError(_("Choose a multiple of five minutes."))
        return minutes


class NewOrder(OrderFields):
    """Either `earliest` and `latest`, or `after` with `unit`: over 3 months, `margin_days` earlier or later."""

    patient = serializers.UUIDField()
    after = serializers.IntegerField(required=False, min_value=1, max_value=400, help_text="From today.")
    unit = serializers.ChoiceField(choices=UNITS, default=Unit.MONTHS.value)
    margin_days = serializers.IntegerField(min_value=0, max_value=366, default=14)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        dated = {"earliest", "latest"} <= given.keys()
        if dated is ("after" in given) or ({"earliest", "latest"} & given.keys() and not dated):
            raise serializers.ValidationError({"after": [_("Give either two dates, or after how long.")]})
        return given


class ChangeOrder(OrderFields):
    earliest = Day(help_text="Local date.")
    latest = Day(help_text="Local date, included.")
    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="As you saw it.")


class DropOrder(Shape):
    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="As you saw it.")
    reason = serializers.CharField(max_length=200)


class OrdersTogether(DepartmentQuery):
    orders = serializers.ListField(child=Key(), min_length=1, max_length=MOST_TOGETHER)


class OrderWithPlaces(OrderOut):
    places = PlaceOut(many=True, help_text="The first of each order can all be had together.")

    class Meta:
        ref_name = "FollowUpOrderWithPlaces"


class OrdersWithPlaces(Shape):
    orders = OrderWithPlaces(many=True, help_text="The most pressing first; what is open no more is left out.")


class ChoiceForOrder(Shape):
    order = Key()
    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="As you saw it.")
    start = Moment()
    clinician = Key()
    overruled_reason = serializers.CharField(
        max_length=200,
        allow_blank=True,
        default="",
        help_text="Why it keeps its form of contact, where something known of the patient warns of that.",
    )


class PlanThem(DepartmentQuery):
    choices = serializers.ListField(child=ChoiceForOrder(), max_length=MOST_TOGETHER)


class OrderOutcomeOut(Shape):
    order = serializers.IntegerField()
    ended = serializers.ChoiceField(choices=[(each.value, each.value) for each in Ended])
    refusals = RefusalOut(many=True)
    lacks = serializers.CharField(help_text="What has to be said first: overruled_reason; else empty.")

    class Meta:
        ref_name = "OrderOutcome"


class OrderOutcomes(Shape):
    outcomes = OrderOutcomeOut(
        many=True, help_text="In order of time. Each is done by itself: some may be, others not."
    )
