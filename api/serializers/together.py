"""Two that are swapped, and what was done in one go."""

from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Day, Moment
from api.schema import ProblemShape
from api.serializers.appointments import AppointmentOut, RefusalOut, Versioned
from api.serializers.sessions import PatientName
from api.serializers.staff import ClinicianName
from notifications.actions.undoing import Stays
from scheduling.actions.bulk import Ended
from scheduling.models import AppointmentChange
from scheduling.vocabulary import MODALITIES, MOVE_REASONS


class SwapQuery(Shape):
    date = Day(required=False, help_text="The day of those to swap with; that of the appointment unless given.")


class SwapOut(Shape):
    id = serializers.UUIDField(source="other.public_id")
    version = serializers.IntegerField(source="other.schedule_version", help_text="To send along as other_version.")
    start = Moment(source="other.start")
    end = Moment(source="other.end")
    modality = serializers.ChoiceField(choices=MODALITIES, source="other.modality")
    clinician = ClinicianName(source="other.clinician")
    patient = PatientName(source="other.patient")
    fits = serializers.BooleanField(help_text="Both fit in each other's place.")
    refusals = RefusalOut(many=True, help_text="Why this appointment does not fit there.")
    other_refusals = RefusalOut(many=True, help_text="Why the other one does not fit here.")

    class Meta:
        ref_name = "Swap"


class Swaps(Shape):
    swaps = SwapOut(many=True, help_text="What fits first; of each in order of time.")


class SwapWith(Versioned):
    other = serializers.UUIDField(help_text="The other appointment, of the same department.")
    other_version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="As you saw it.")
    reason = serializers.ChoiceField(choices=MOVE_REASONS, default="", allow_blank=True)


class Swapped(Shape):
    batch = serializers.UUIDField(help_text="Undoes both in one go, while nobody was told.")
    appointments = AppointmentOut(many=True, help_text="The one in the address first.")


class NotSwappedProblem(ProblemShape):
    """`refusals` where they cannot be swapped, and whose they are."""

    which = serializers.ChoiceField(choices=[("this", "this"), ("other", "other")], required=False)
    refusals = RefusalOut(many=True, required=False)

    class Meta:
        ref_name = "NotSwappedProblem"


class ChangeInBatch(Shape):
    appointment = serializers.UUIDField(source="appointment.public_id")
    version = serializers.IntegerField(help_text="The version that this made.")
    kind = serializers.ChoiceField(choices=AppointmentChange.Kind.choices)
    at = Moment()
    patient = PatientName(source="appointment.patient")
    may_be_undone = serializers.BooleanField(help_text="As far as can be seen now.")


class Batch(Shape):
    batch = serializers.UUIDField()
    changes = ChangeInBatch(many=True, help_text="In order of time.")


class UndoneOut(Shape):
    appointment = serializers.UUIDField(source="change.appointment.public_id")
    ended = serializers.ChoiceField(choices=[(each.value, each.value) for each in Ended])
    why = serializers.ChoiceField(
        choices=[(each.value, each.value) for each in Stays], allow_blank=True, help_text="Why a change stays."
    )
    refusals = RefusalOut(many=True, help_text="Why it cannot go back to where it stood.")

    class Meta:
        ref_name = "UndoOutcome"


class UndoOutcomes(Shape):
    outcomes = UndoneOut(many=True, help_text="In order of time. Two that were swapped are undone both or neither.")
