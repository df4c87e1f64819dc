"""Fifty patients press at once for one freed place: one has it, and nobody else loses anything."""

from collections import Counter
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest

from events.models import Event
from notifications.models import Message
from scheduling import locks
from scheduling.actions import place_offers
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.freed_places import offer_place
from scheduling.actions.place_offers import Gone, accept_offer
from scheduling.actions.undoing import put_back
from scheduling.actions.waiting_list import Wishes, join_waiting_list
from scheduling.locks import Busy
from scheduling.models import Appointment, FreedPlace, Occupancy, PlaceOffer
from scheduling.models.minutes import from_minute
from scheduling.queries.waiting_list import offer_by
from tests import factories as make
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.amsterdam("2026-11-23", "10.00")
DUE = NOW + timedelta(minutes=3)
PATIENTS = 50
# Without locks PostgreSQL finds each deadlock after a second.
UNGUARDED = 4
State = PlaceOffer.State


class Clinic:
    """An hour was freed. Each of those who wait has an offer for it, at one of six moments: so six could have it."""

    def __init__(self, patients=PATIENTS, offers=True):
        self.department = make.department("longziekten")
        self.kind = make.AppointmentTypeFactory(department=self.department, duration_minutes=10)
        self.clinician = make.ClinicianFactory(departments=[self.department])
        make.session_with(self.clinician, "2026-11-25", "10.00", "11.00")
        self.leaves = self.booked("2026-11-25", "10.00", minutes=60)
        days = ("2026-12-09", "2026-12-10")
        for day in days:
            make.session_with(self.clinician, day, "9.00", "14.00")
        held = [self.booked(days[n % 2], f"{9 + n // 12}.{n // 2 % 6}0") for n in range(patients)]
        self.entries = [
            join_waiting_list(appointment=each, wishes=Wishes(notice_hours=4), by="system", now=NOW) for each in held
        ]
        cancel_appointment(appointment=self.leaves, by="user:1", now=NOW)
        self.freed = FreedPlace.objects.get()
        if offers:
            PlaceOffer.objects.bulk_create(self.offer(entry, n % 6) for n, entry in enumerate(self.entries))

    def booked(self, day, at, **fields):
        start = make.amsterdam(day, at)
        return make.appointment(start=start, clinician=self.clinician, type=self.kind, now=NOW, **fields)

    def offer(self, entry, place):
        return PlaceOffer(
            entry=entry,
            freed=self.freed,
            start=from_minute(self.freed.starts + 10 * place),
            schedule_version=1,
            offered_at=DUE,
            ends_at=DUE + timedelta(hours=2),
        )


def accept(ref):
    """As the page says it: when it is busy, try again."""
    for _ in range(20):
        try:
            answer = accept_offer(offer=offer_by(ref), by="link:one", now=DUE)
        except Busy:
            continue
        return answer.state if isinstance(answer, Gone) else "has it"
    return "busy"


def all_press():
    return Counter(together(*[partial(accept, ref) for ref in PlaceOffer.objects.values_list("ref", flat=True)]))


def moved():
    return Appointment.objects.filter(schedule_version__gt=1, status="booked")


def test_one_of_fifty_has_it_and_all_others_keep_their_own():
    clinic = Clinic()
    stood = dict(Appointment.objects.values_list("pk", "start"))
    assert all_press() == {"has it": 1, State.LOST: PATIENTS - 1}
    [taken] = PlaceOffer.objects.filter(state=State.TAKEN)
    [winner] = moved()
    assert (winner.pk, winner.start) == (taken.entry.appointment_id, taken.start)
    assert PlaceOffer.objects.filter(state=State.LOST).count() == PATIENTS - 1
    others = Appointment.objects.exclude(pk=winner.pk)
    del stood[winner.pk]
    assert dict(others.values_list("pk", "start")) == stood
    assert Event.objects.filter(kind="place.accepted").count() == 1
    assert Event.objects.filter(kind="place.lost").count() == PATIENTS - 1
    clinic.freed.refresh_from_db()
    assert clinic.freed.done_at == DUE


def test_without_locks_the_constraint_alone_still_leaves_one(monkeypatch):
    Clinic(patients=UNGUARDED)
    monkeypatch.setattr(locks, "take", lambda wanted: None)
    ends = all_press()
    assert ends["has it"] == 1
    assert moved().count() == 1


def test_without_its_guards_several_have_one_place(monkeypatch):
    """Proof that the test above can fail."""
    Clinic(patients=UNGUARDED)
    monkeypatch.setattr(locks, "take", lambda wanted: None)
    monkeypatch.setattr(place_offers, "claim_offer", lambda offer, now: True)
    monkeypatch.setattr(place_offers, "_fresh", lambda offer: offer)
    assert all_press()["has it"] > 1
    assert moved().count() > 1


@pytest.mark.parametrize("round_", range(5))
def test_undoing_against_the_sweep_leaves_no_offer_for_a_place_that_is_held(round_):
    clinic = Clinic(patients=4, offers=False)
    clinic.leaves.refresh_from_db()
    change = clinic.leaves.changes.last()

    def undo():
        return type(put_back(changes=[change], by="user:1", now=DUE)).__name__

    def sweep():
        return offer_place(freed_id=clinic.freed.pk, now=DUE)

    undone, *_ = together(undo, sweep, sweep)
    assert undone == "list"
    clinic.freed.refresh_from_db()
    assert clinic.freed.done_at is not None
    assert not PlaceOffer.objects.filter(state=State.OPEN).exists()
    assert not Message.objects.filter(kind="freed_place", state="planned").exists()


def test_sweeps_at_once_offer_it_once():
    clinic = Clinic(patients=8, offers=False)
    made = together(*[partial(offer_place, freed_id=clinic.freed.pk, now=DUE)] * 4)
    assert sorted(made) == [0, 0, 0, 3]
    assert PlaceOffer.objects.filter(state=State.OPEN).count() == 3
    mails = Message.objects.filter(kind="freed_place", channel="email")
    assert mails.count() == 3


def test_sweep_that_dies_before_it_tells_has_offered_nothing(monkeypatch):
    clinic = Clinic(patients=4, offers=False)

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("notifications.actions.telling._tell", die)
        with pytest.raises(KeyboardInterrupt):
            offer_place(freed_id=clinic.freed.pk, now=DUE)
    assert not PlaceOffer.objects.exists()
    assert not Event.objects.filter(kind="place.offered").exists()
    assert offer_place(freed_id=clinic.freed.pk, now=DUE) == 3
    assert Message.objects.filter(kind="freed_place", channel="email").count() == 3


def test_place_is_never_held_twice_while_a_clerk_books_it():
    clinic = Clinic(patients=12)
    patient = make.PatientFactory(department=clinic.department)

    def book():
        try:
            return make.appointment(
                start=from_minute(clinic.freed.starts),
                clinician=clinic.clinician,
                type=clinic.kind,
                patient=patient,
                now=DUE,
            ).pk
        except (AssertionError, Busy):
            return None

    jobs = [partial(accept, ref) for ref in PlaceOffer.objects.values_list("ref", flat=True)]
    together(*jobs, book)
    rows = list(Occupancy.objects.filter(active=True, resource=1, resource_id=clinic.clinician.pk).order_by("starts"))
    assert all(one.ends <= other.starts for one, other in pairwise(rows))
    assert PlaceOffer.objects.filter(state=State.TAKEN).count() <= 1
