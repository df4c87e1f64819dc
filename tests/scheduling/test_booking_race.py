"""Many at once for one slot: one wins. And the same race without the guards, to know that it can be lost."""

import threading
from collections import Counter
from contextlib import contextmanager, nullcontext
from functools import partial

import pytest
from django.db import connection, connections

from praktijkplan.placing import RefusalId
from scheduling import locks
from scheduling.actions import booking
from scheduling.actions.booking import book_appointment
from scheduling.actions.placing import NotPlaced, Plan
from scheduling.locks import Busy
from scheduling.models import Occupancy, Resource
from scheduling.models.occupancy import PostgresExclusion
from scheduling.sqlite_guard import TRIGGERS, make_triggers
from tests import factories as make
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.amsterdam("2026-11-27", "9.00")
WORKERS = 32


def overlaps():
    """Pairs of active occupancies of one clinician that overlap: what must never exist."""
    rows = list(
        Occupancy.objects.filter(resource=Resource.CLINICIAN, active=True)
        .order_by("resource_id", "starts", "pk")
        .values_list("resource_id", "starts", "ends")
    )
    return sum(
        1 for n, (who, _, end) in enumerate(rows) for other, start, _ in rows[n + 1 :] if who == other and start < end
    )


def race(starts, workers=WORKERS):
    """Everyone begins at the same moment; returns how each attempt ended."""
    department = make.department("longziekten")
    kind = make.AppointmentTypeFactory(department=department, duration_minutes=20)
    clinician = make.ClinicianFactory(departments=[department])
    make.session_with(clinician, "2026-11-30", "13.00", "17.00")
    patients = [make.PatientFactory(department=department) for _ in range(workers)]

    def attempt(n):
        try:
            result = book_appointment(
                patient=patients[n],
                plan=Plan(starts[n % len(starts)], clinician, kind),
                by="system",
                now=NOW,
            )
        except Busy:
            return "busy"
        except Exception as error:  # what the guards keep away
            return type(error).__name__
        return result.refusals[0].id if isinstance(result, NotPlaced) else "booked"

    return Counter(together(*[partial(attempt, n) for n in range(workers)]))


@contextmanager
def without_constraint():
    if connection.vendor == "postgresql":
        exclusion = next(c for c in Occupancy._meta.constraints if isinstance(c, PostgresExclusion))
        with connection.schema_editor() as editor:
            editor.remove_constraint(Occupancy, exclusion)
        try:
            yield
        finally:
            Occupancy.objects.all().delete()
            with connection.schema_editor() as editor:
                editor.add_constraint(Occupancy, exclusion)
        return
    with connection.cursor() as cursor:
        for name in TRIGGERS:
            cursor.execute(f"DROP TRIGGER {name}")
    try:
        yield
    finally:
        make_triggers(using="default")


def test_thirty_two_on_one_slot_one_wins():
    ends = race([make.amsterdam("2026-11-30", "13.20")])
    assert ends["booked"] == 1
    assert ends["booked"] + ends[RefusalId.TAKEN] + ends["busy"] == WORKERS
    assert overlaps() == 0


def test_thirty_two_on_overlapping_starts_leave_no_overlap():
    starts = [make.amsterdam("2026-11-30", clock) for clock in ("13.20", "13.25", "13.30", "13.35")]
    ends = race(starts)
    assert ends["booked"] in (1, 2) or ends["busy"]
    assert set(ends) <= {"booked", RefusalId.TAKEN, "busy"}
    assert overlaps() == 0


def test_constraint_alone_still_leaves_one_winner(monkeypatch):
    """The lock switched off: whoever passes the rules together is refused by the database."""
    monkeypatch.setattr(locks, "take", lambda wanted: None)
    ends = race([make.amsterdam("2026-11-30", "13.20")])
    assert ends["booked"] == 1
    assert set(ends) <= {"booked", RefusalId.TAKEN, "busy"}
    assert overlaps() == 0


def test_lock_alone_still_leaves_one_winner():
    with without_constraint():
        assert race([make.amsterdam("2026-11-30", "13.20")])["booked"] == 1
        assert overlaps() == 0


def test_without_lock_and_constraint_the_race_is_lost(monkeypatch):
    """Proof that the tests above can fail: check, then insert, and nothing that guards it.

    On SQLite the lock is the IMMEDIATE transaction itself, so there the transaction goes.
    """
    if connection.vendor == "postgresql":
        monkeypatch.setattr(locks, "take", lambda wanted: None)
    else:
        monkeypatch.setattr(booking, "planning", lambda wanted: nullcontext())
    with without_constraint():
        for _ in range(10):
            race([make.amsterdam("2026-11-30", "13.20")])
            if overlaps():
                return
            Occupancy.objects.all().delete()
    pytest.fail("ten races without any guard, and none was lost: the race is not one")


@pytest.mark.postgres
def test_busy_day_is_said_and_not_waited_for_forever(monkeypatch):
    """Another connection holds the day: the booking gives up after the lock timeout and has written nothing."""
    monkeypatch.setattr(locks, "LOCK_TIMEOUT", "100ms")
    held, done = threading.Event(), threading.Event()
    start = make.amsterdam("2026-11-30", "13.20")
    department = make.department("longziekten")
    kind = make.AppointmentTypeFactory(department=department, duration_minutes=20)
    clinician = make.ClinicianFactory(departments=[department])
    make.session_with(clinician, "2026-11-30", "13.00", "17.00")
    patient = make.PatientFactory(department=department)

    def hold():
        with locks.planning([locks.DayLock(Resource.CLINICIAN, clinician.pk, start.date())]):
            held.set()
            done.wait(10)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    try:
        with pytest.raises(Busy):
            book_appointment(patient=patient, plan=Plan(start, clinician, kind), by="system", now=NOW)
    finally:
        done.set()
        holder.join()
    assert not Occupancy.objects.exists()


def test_locks_of_two_movers_in_opposite_directions_do_not_deadlock():
    start = make.amsterdam("2026-11-30", "13.20").date()
    one, two = (locks.DayLock(Resource.CLINICIAN, n, start) for n in (1, 2))
    assert sorted([two, one]) == [one, two]
    assert len({lock.key for lock in (one, two)}) == 2
    assert all(-(2**63) <= lock.key < 2**63 for lock in (one, two))
