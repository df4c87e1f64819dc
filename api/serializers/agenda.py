"""Days and clinicians side by side, for a planner's own calendar."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Key, Moment
from api.serializers.sessions import NAMES, BlockOut, PatientName, WithPatients
from api.serializers.slots import DaysQuery
from api.serializers.staff import ClinicianName
from scheduling.models import Absence, AppointmentStatus
from scheduling.queries.agenda import Column, FreePlace
from scheduling.vocabulary import MODALITIES

WHY_ABSENT = "why_absent"


class AgendaQuery(DaysQuery):
    longest, too_long = timedelta(days=6), _("Ask for at most a week at a time.")

    department = Key(help_text="Id of the department.")
    clinician = Key(required=False, help_text="Only this clinician.")
    type = Key(required=False, help_text="Free places for this appointment type only, of its length.")


class BookedOut(WithPatients):
    hidden = ("patient",)

    id = serializers.UUIDField(source="appointment.public_id")
    version = serializers.IntegerField(source="appointment.schedule_version")
    start = Moment(source="appointment.start")
    end = Moment(source="appointment.end")
    type = serializers.IntegerField(source="appointment.type_id")
    modality = serializers.ChoiceField(choices=MODALITIES, source="appointment.modality")
    status = serializers.ChoiceField(choices=AppointmentStatus.choices, source="appointment.status")
    overbooked = serializers.BooleanField(source="beside", help_text="On purpose at the same time as another one.")
    in_absence = serializers.BooleanField(help_text="The clinician is absent then: it needs another place.")
    patient = PatientName(
        source="appointment.patient", required=False, help_text="Only for roles that may see patients."
    )

    class Meta:
        ref_name = "Booked"


class FreePlaceOut(Shape):
    start = Moment()
    end = Moment()
    types = serializers.SerializerMethodField(help_text="Ids of the appointment types that its block allows.")
    held_until = Moment(allow_null=True, help_text="Until then for urgent consults only.")

    class Meta:
        ref_name = "FreePlace"

    def get_types(self, place: FreePlace) -> list[int]:
        return sorted(kind.pk for kind in place.block.types.all())


class TakenOut(Shape):
    start = Moment()
    end = Moment()

    class Meta:
        ref_name = "Taken"


class AwayOut(Shape):
    start = Moment()
    end = Moment()
    kind = serializers.SerializerMethodField(
        help_text=f"One of {', '.join(Absence.Kind.values)}; empty for roles that do not enter absences."
    )

    class Meta:
        ref_name = "Away"

    def get_kind(self, away: Any) -> str:
        return str(away.kind) if self.context.get(WHY_ABSENT) else ""


class ColumnOut(Shape):
    date = serializers.DateField(source="day")
    clinician = ClinicianName()
    blocks = BlockOut(many=True)
    appointments = BookedOut(many=True, source="booked")
    elsewhere = TakenOut(many=True, help_text="Taken by another department.")
    absences = AwayOut(many=True)
    free = FreePlaceOut(many=True, help_text="Consults of the shortest type that still fit, one after another.")

    class Meta:
        ref_name = "AgendaColumn"


class AgendaOut(Shape):
    columns = ColumnOut(many=True, help_text="By day, and on each day by the clinicians' names.")

    class Meta:
        ref_name = "Agenda"


def told(columns: list[Column], *, names: bool, why_absent: bool) -> Any:
    return AgendaOut({"columns": columns}, context={NAMES: names, WHY_ABSENT: why_absent}).data
