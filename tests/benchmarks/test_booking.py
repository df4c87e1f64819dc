import pytest
from django.utils import timezone

from benchmarks.booking_world import begin_anew, make_world, overlaps
from people.models import Clinician, Patient
from scheduling.actions.booking import book_appointment
from scheduling.actions.placing import Plan
from scheduling.models import Appointment, AppointmentType, Occupancy
from scheduling.models.minutes import from_minute
from tests import factories as make


@pytest.mark.django_db
def test_world_can_be_booked_in_and_an_overlap_is_counted():
    world = make_world(clinicians=2, days=[make.next_workday()], clients=1)

    def book(start: int) -> object:
        return book_appointment(
            patient=Patient.objects.get(pk=world["patients"][0][0]),
            plan=Plan(
                from_minute(start),
                Clinician.objects.get(pk=world["clinicians"][0]),
                AppointmentType.objects.get(pk=world["type"]),
            ),
            by="user:1",
            now=timezone.now(),
        )

    assert all(isinstance(book(start), Appointment) for start in world["same"][:2])
    assert overlaps("action") == 0
    # One that stands beside another with leave to is as long as this makes it; the count does not ask for leave.
    Occupancy.objects.filter(starts=world["same"][0]).update(overbooked=True, ends=world["same"][1] + 5)
    assert overlaps("action") == 1
    begin_anew()
    assert overlaps("action") == 0
