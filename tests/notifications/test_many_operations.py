"""Many clients book, move, change, swap, cancel and undo at random, at once; the database explains all of it.

Each client remembers which of its writes succeeded, and what version that made of the appointment. Afterwards
these are exactly the changes that the database holds, each begins where the one before it ended, and what stands is
what the last one made. No message tells what is no longer so, and nobody is forgotten.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest

from notifications.actions.undoing import undo_change
from notifications.models import Message
from scheduling.actions.booking import book_appointment
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.placing import ChangedMeanwhile, Plan, plan_of
from scheduling.actions.replanning import replan_appointment, swap_appointments
from scheduling.locks import Busy
from scheduling.models import Appointment, AppointmentChange, Occupancy
from tests import factories as make
from tests.support.planned import facts_without_a_change, orphans, overlapping, unexplained
from tests.support.sizes import sizes
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.amsterdam("2026-11-27", "9.00")
DAYS = ("2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04")
FORMS = (("video", 20), ("phone", 10), ("visit", 30))


class Hospital:
    def __init__(self, patients: int) -> None:
        department = make.department("longziekten")
        make.policy(department, overbooks_most=10)
        self.types = [
            make.AppointmentTypeFactory(department=department, modality=form, duration_minutes=minutes)
            for form, minutes in FORMS
        ]
        self.clinicians = [make.ClinicianFactory(departments=[department]) for _ in range(5)]
        for clinician in self.clinicians:
            for day in DAYS:
                make.session_with(clinician, day, "8.00", "17.00")
        self.patients = [make.PatientFactory(department=department) for _ in range(patients)]
        # Of all clients, so that they meet at the same appointments.
        self.booked: list[int] = []


@dataclass
class Client:
    hospital: Hospital
    number: int
    operations: int
    wrote: list[tuple[int, int]] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.random = Random(self.number)

    def work(self) -> "Client":
        ways = [self.book, self.move, self.change_form, self.change_length, self.cancel, self.undo, self.swap]
        for turn in range(self.operations):
            self.now = NOW + timedelta(seconds=turn)
            way = self.random.choices(ways, [34, 20, 8, 8, 12, 12, 6])[0]
            if turn == 0:
                way = self.book
            try:
                for seen, answer in way():
                    self.note(seen, answer)
            except (ChangedMeanwhile, Busy) as refused:
                self.answers[type(refused).__name__] += 1
        return self

    def note(self, seen: int, answer: Any) -> None:
        self.answers[type(answer).__name__] += 1
        # Where nothing differs, nothing is written.
        if isinstance(answer, Appointment) and answer.schedule_version > seen:
            self.wrote.append((answer.pk, answer.schedule_version))

    def book(self) -> Iterator[tuple[int, Any]]:
        done = book_appointment(
            patient=self.random.choice(self.hospital.patients), plan=self.plan(), by=self.actor, now=self.now
        )
        if isinstance(done, Appointment):
            self.hospital.booked.append(done.pk)
        yield 0, done

    def move(self) -> Iterator[tuple[int, Any]]:
        held = self.pick()
        yield held.schedule_version, self.replan(held, replace(self.plan(), type=held.type))

    def change_form(self) -> Iterator[tuple[int, Any]]:
        held = self.pick()
        wanted = replace(plan_of(held), type=self.random.choice(self.hospital.types))
        yield held.schedule_version, self.replan(held, wanted)

    def change_length(self) -> Iterator[tuple[int, Any]]:
        held = self.pick()
        wanted = replace(plan_of(held), minutes=self.random.choice((10, 20, 30, 40)))
        yield held.schedule_version, self.replan(held, wanted)

    def cancel(self) -> Iterator[tuple[int, Any]]:
        held = self.pick()
        version = held.schedule_version
        yield (
            version,
            cancel_appointment(appointment=held, by=self.actor, now=self.now, expected_version=version),
        )

    def undo(self) -> Iterator[tuple[int, Any]]:
        held = self.pick()
        version = held.schedule_version
        yield version, undo_change(appointment=held, by=self.actor, now=self.now, expected_version=version)

    def swap(self) -> Iterator[tuple[int, Any]]:
        one, other = self.pick(), self.pick()
        if one.pk == other.pk:
            return
        versions = one.schedule_version, other.schedule_version
        done = swap_appointments(one=one, other=other, by=self.actor, now=self.now, expected_versions=versions)
        yield from zip(versions, done if isinstance(done, tuple) else (done, done), strict=True)

    def replan(self, held: Appointment, plan: Plan) -> Any:
        return replan_appointment(
            appointment=held, plan=plan, by=self.actor, now=self.now, expected_version=held.schedule_version
        )

    def plan(self) -> Plan:
        overbook = self.random.random() < 0.05
        return Plan(
            start=self.start(),
            clinician=self.random.choice(self.hospital.clinicians),
            type=self.random.choice(self.hospital.types),
            overbook=overbook,
            overbook_reason="Kan alleen dan" if overbook else "",
        )

    def start(self) -> datetime:
        minute = self.random.randrange(0, 9 * 60, 10)
        return make.amsterdam(self.random.choice(DAYS), "8.00") + timedelta(minutes=minute)

    def pick(self) -> Appointment:
        pk = self.random.choice(self.hospital.booked) if self.hospital.booked else 0
        held = Appointment.objects.select_related("type", "patient", "clinician").filter(pk=pk).first()
        if held is None:
            raise ChangedMeanwhile
        return held

    @property
    def actor(self) -> str:
        return f"user:{self.number}"


def worked(clients: int, operations: int) -> list[Client]:
    hospital = Hospital(patients=60)
    return together(*[partial(Client(hospital, number, operations).work) for number in range(clients)])


@pytest.mark.parametrize("size", sizes(short=(8, 25), long=(50, 400)))
def test_history_is_explained_by_the_database(size: tuple[int, int]):
    done = worked(*size)
    wrote = Counter(each for client in done for each in client.wrote)
    assert max(wrote.values()) == 1, "two clients were told that they made the same version"
    assert set(wrote) == set(AppointmentChange.objects.values_list("appointment", "version"))
    assert not overlapping()
    assert unexplained() == []
    assert facts_without_a_change() == {}
    assert orphans() == []
    ends = sum((client.answers for client in done), Counter())
    # It was a mix: things were done, and others were refused for what was there already.
    assert ends["Appointment"] > ends.total() / 4
    assert ends["NotPlaced"]


def test_what_is_changed_behind_the_actions_is_found():
    """Proof that the test above can fail."""
    [(pk, _)] = Client(Hospital(patients=2), 1, 1).work().wrote
    assert (unexplained(), orphans(), facts_without_a_change()) == ([], [], {})
    row = Appointment.objects.filter(pk=pk)
    held = row.get()
    row.update(start=held.start + timedelta(minutes=5))
    assert unexplained() == [f"{pk}: is not what its last change made of it"]
    row.update(start=held.start, schedule_version=2)
    assert unexplained() == [f"{pk}: version 2 has 1 changes"]
    assert orphans()
    row.update(schedule_version=1, status="cancelled")
    assert orphans()
    row.update(status="booked")
    Occupancy.objects.update(active=False)
    assert len(unexplained()) == 1
    Message.objects.all().delete()
    assert orphans() == [f"nobody hears of {pk}"]
    AppointmentChange.objects.all().delete()
    assert facts_without_a_change() == {"appointment.booked": (1, 0)}
