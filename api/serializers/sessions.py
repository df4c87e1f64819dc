"""Clinics of a day, and how the day goes."""

from typing import Any

from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Day, Key, Moment
from api.serializers.staff import ClinicianName
from scheduling.models import AppointmentStatus
from scheduling.queries.days import Clinic
from scheduling.vocabulary import BLOCK_MODES, HALF_DAYS, MODALITIES

STATUSES = [
    (one, one) for one in ("planned", "waiting", "late", "active", "tech", "phone", "done", "noshow", "cancelled")
]
NAMES = "names"


class DayQuery(Shape):
    department = Key(help_text="Id of the department.")
    date = Day(help_text="Local date.")


class MyDayQuery(Shape):
    date = Day(required=False, help_text="Local date; today unless given.")


class PatientName(Shape):
    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField(source="full_name")
    birth_date = serializers.DateField()


class WithPatients(Shape):
    """Names of patients only for roles that may see patients: for others, `hidden` is left out."""

    hidden: tuple[str, ...] = ()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        if not self.context.get(NAMES):
            for name in self.hidden:
                shown.pop(name, None)
        return shown


class BlockOut(Shape):
    start = Moment()
    end = Moment()
    mode = serializers.ChoiceField(choices=BLOCK_MODES)
    slot_minutes = serializers.IntegerField()
    start_up_minutes = serializers.IntegerField()
    types = serializers.SerializerMethodField(help_text="Ids of the appointment types that may be booked here.")
    workplace = serializers.CharField(source="workplace.name", default=None, allow_null=True)

    class Meta:
        ref_name = "Block"

    def get_types(self, block: Any) -> list[int]:
        return sorted(kind.pk for kind in block.types.all())


class AppointmentInSession(Shape):
    id = serializers.UUIDField(source="public_id")
    version = serializers.IntegerField(source="schedule_version")
    start = Moment()
    end = Moment()
    type = serializers.IntegerField(source="type_id")
    modality = serializers.ChoiceField(choices=MODALITIES)
    status = serializers.ChoiceField(choices=AppointmentStatus.choices)
    patient = PatientName()


class SessionOut(WithPatients):
    hidden = ("appointments",)

    id = serializers.UUIDField(source="session.public_id")
    clinician = ClinicianName(source="session.clinician")
    half_day = serializers.ChoiceField(choices=HALF_DAYS, source="session.half_day")
    start = Moment()
    end = Moment()
    raster = serializers.IntegerField(source="session.raster_id", allow_null=True)
    booked = serializers.SerializerMethodField(help_text="Appointments that are not cancelled.")
    free = serializers.IntegerField(help_text="How many consults of the shortest type still fit.")
    blocks = BlockOut(many=True)
    appointments = AppointmentInSession(many=True, required=False, help_text="Only for roles that may see patients.")

    class Meta:
        ref_name = "Session"

    def get_booked(self, clinic: Clinic) -> int:
        return sum(one.status != AppointmentStatus.CANCELLED for one in clinic.appointments)


class Sessions(Shape):
    date = serializers.DateField()
    sessions = SessionOut(many=True)


class DayRowOut(WithPatients):
    hidden = ("patient", "companions")

    appointment = serializers.UUIDField(source="appointment.public_id")
    version = serializers.IntegerField(source="appointment.schedule_version")
    start = Moment(source="appointment.start")
    end = Moment(source="appointment.end")
    clinician = serializers.IntegerField(source="appointment.clinician_id")
    department = serializers.IntegerField(source="appointment.department_id")
    type = serializers.IntegerField(source="appointment.type_id")
    modality = serializers.ChoiceField(choices=MODALITIES, source="appointment.modality")
    status = serializers.ChoiceField(choices=STATUSES)
    since = Moment(allow_null=True, help_text="Since when it has this status.")
    waits = serializers.IntegerField(allow_null=True, help_text="Minutes beyond the appointment's start.")
    present = serializers.BooleanField(help_text="In the waiting room or in the call.")
    early = serializers.BooleanField(help_text="Present before the appointment's start.")
    technique = serializers.CharField(help_text="Why sound or picture fails now; empty when it does not.")
    to_close = serializers.BooleanField(help_text="Held, and not closed yet.")
    used_minutes = serializers.IntegerField(allow_null=True)
    patient = PatientName(
        source="appointment.patient", required=False, help_text="Only for roles that may see patients."
    )
    companions = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Who takes part for or beside the patient."
    )

    class Meta:
        ref_name = "DayRow"


class DelayOut(Shape):
    clinician = serializers.IntegerField()
    minutes = serializers.IntegerField(help_text="How far behind, by what happened so far.")
    grows_from = Moment(allow_null=True, help_text="Since when it grows by itself.")

    class Meta:
        ref_name = "Delay"


class WaitingRoom(Shape):
    date = serializers.DateField()
    rows = DayRowOut(many=True)
    delays = DelayOut(many=True)


class BreakOut(Shape):
    start = Moment()
    end = Moment()

    class Meta:
        ref_name = "Break"


class MyDay(WaitingRoom):
    breaks = BreakOut(many=True)
