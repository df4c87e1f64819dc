"""Many clients book over the API at the same moment: nobody overlaps, and each hears what became of it."""

from collections import Counter
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from scheduling.localtime import AMSTERDAM
from scheduling.models import Appointment
from tests import factories as make
from tests.support.planned import overlapping
from tests.support.sizes import sizes
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)
MINUTES = 20
STARTS = [f"{hour}.{minute:02}" for hour in range(8, 17) for minute in (0, 20, 40)]
# A 503 says that trying again in a moment makes sense: so often, a client does.
TRIES = 40


class Hospital:
    def __init__(self, clients: int) -> None:
        department = make.department("longziekten")
        self.user = make.member("planner", department)
        self.type = make.AppointmentTypeFactory(department=department, duration_minutes=MINUTES)
        # Enough for a place for each client.
        self.clinicians = [
            make.ClinicianFactory(departments=[department]) for _ in range(-(-max(clients, 200) // len(STARTS)))
        ]
        self.patients = [make.PatientFactory(department=department) for _ in range(clients)]

    def places(self, day: date, count: int) -> list[tuple[int, str]]:
        """Clinician and start, so many that do not overlap."""
        found = []
        for clinician in self.clinicians[: -(-count // len(STARTS))]:
            make.session_with(clinician, day, "8.00", "17.00")
            found += [(clinician.pk, make.amsterdam(day, start).isoformat()) for start in STARTS]
        return found[:count]

    def book(self, n: int, place: tuple[int, str]) -> Counter[int]:
        """How it answered, the last time and, where it was busy, before."""
        client = APIClient()
        client.force_authenticate(self.user)
        clinician, start = place
        wanted = {
            "type": self.type.pk,
            "patient": str(self.patients[n].public_id),
            "clinician": clinician,
            "start": start,
        }
        answers: Counter[int] = Counter()
        for _ in range(TRIES):
            status = client.post("/api/v1/appointments", wanted, format="json").status_code
            answers[status] += 1
            if status != 503:
                break
        return answers


def workdays(count: int) -> list[date]:
    found, day = [], timezone.now().astimezone(AMSTERDAM).date()
    while len(found) < count:
        day = make.next_workday(day)
        found.append(day)
    return found


def rounds_of(clients: int, slots: int, rounds: int) -> list[Counter[int]]:
    hospital = Hospital(clients)
    found = []
    for day in workdays(rounds):
        places = hospital.places(day, slots)
        acts = [partial(hospital.book, n, places[n % slots]) for n in range(clients)]
        answers = sum(together(*acts), Counter())
        assert set(answers) <= {201, 409, 503}, answers
        assert answers[201] + answers[409] == clients
        booked = Appointment.objects.filter(start__date=day).count()
        assert booked == answers[201]
        found.append(answers)
    return found


@pytest.fixture
def room_for(request: pytest.FixtureRequest) -> None:
    """Each client is a connection; a server that admits fewer cannot hold this proof."""
    clients = request.node.callspec.params["size"][0]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        admitted = int(cursor.fetchone()[0])
    if admitted < clients + 10:
        pytest.fail(
            f"PostgreSQL admits {admitted} connections; {clients} clients need max_connections={clients + 10}"
        )


@pytest.mark.usefixtures("room_for")
@pytest.mark.parametrize("size", sizes(short=(32, 1), long=(200, 50)))
@pytest.mark.parametrize("slots", [1, 20, 200])
def test_as_many_are_booked_as_there_are_places(size: tuple[int, int], slots: int):
    clients, rounds = size
    for answers in rounds_of(clients, slots, rounds):
        assert answers[201] == min(clients, slots)
    assert not overlapping()


def test_window_of_the_longest_run_is_within_reach():
    """The proof above books so many workdays ahead: what is beyond the horizon would be refused for that alone."""
    assert workdays(50)[-1] - workdays(1)[0] < timedelta(weeks=26)
