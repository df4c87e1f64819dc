"""Booked appointments that no longer fit their clinic."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Moment
from api.offers import refusal_told
from api.serializers.appointments import RefusalOut
from api.serializers.sessions import PatientName
from api.serializers.staff import ClinicianName
from scheduling.models import Misfit
from scheduling.queries.misfits import refusals_of_misfit
from scheduling.vocabulary import MODALITIES


class MisfitOut(Shape):
    id = serializers.IntegerField()
    appointment = serializers.UUIDField(source="appointment.public_id")
    start = Moment(source="appointment.start")
    end = Moment(source="appointment.end")
    modality = serializers.ChoiceField(choices=MODALITIES, source="appointment.modality")
    patient = PatientName(source="appointment.patient")
    clinician = ClinicianName(source="appointment.clinician")
    raster = serializers.IntegerField(source="raster_id", allow_null=True)
    refusals = serializers.SerializerMethodField()
    found_at = Moment()
    ended_at = Moment(allow_null=True)
    ended_as = serializers.CharField(source="end", help_text="Empty while it is open; `left`: as it is.")
    reason = serializers.CharField(help_text="Why it was left as it is.")

    @extend_schema_field(RefusalOut(many=True))
    def get_refusals(self, misfit: Misfit) -> list[dict[str, Any]]:
        return [refusal_told(refusal) for refusal in refusals_of_misfit(misfit)]

    class Meta:
        ref_name = "Misfit"


class MisfitsOut(Shape):
    misfits = MisfitOut(many=True, help_text="The first appointment first.")

    class Meta:
        ref_name = "Misfits"


class LeaveIt(Shape):
    reason = serializers.CharField(max_length=200, help_text="Why it can stay: a colleague reads it.")

    class Meta:
        ref_name = "LeaveMisfit"
