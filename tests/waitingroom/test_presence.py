"""Who is in the waiting room: early, on time, gone and back, let in, and what a change of plan does to them."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from events.models import Event
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.placing import NotPlaced, plan_of
from scheduling.actions.replanning import replan_appointment
from scheduling.models import Appointment
from tests import factories as make
from tests.support.together import together
from tests.waitingroom.visits import Visit, at, make_visit
from waitingroom.actions import presence as presence_actions
from waitingroom.actions.call import end_call
from waitingroom.actions.presence import Admitted, admit, arrive, beat, expire_presences, leave
from waitingroom.models import Presence
from waitingroom.refusals import Cancelled, Closed, InAnotherConsult, NobodyWaiting, TooEarly


def come(visit: Visit, clock: str) -> Any:
    return arrive(participant=visit.patient, now=at(clock), by="link:x")


def let_in(visit: Visit, clock: str) -> Any:
    return admit(appointment=visit.appointment, by="user:1", now=at(clock))


def test_arrive_before_the_waiting_room_opens_says_when_it_does(visit: Visit):
    assert come(visit, "13.39") == TooEarly(at("13.40"))
    assert not Presence.objects.exists()
    assert visit.facts() == []


def test_arrive_by_the_policy_of_the_date(visit: Visit):
    make.policy(visit.appointment.department, at("14.10").date(), link_opens_minutes=15)
    assert come(visit, "13.54") == TooEarly(at("13.55"))
    assert isinstance(come(visit, "13.55"), Presence)


def test_arrive_when_open_is_a_fact(visit: Visit):
    presence = come(visit, "13.40")
    assert (presence.place, presence.arrived_at) == ("waiting", at("13.40"))
    assert visit.facts() == ["participant.arrived"]


def test_arrive_twice_changes_nothing(visit: Visit):
    come(visit, "13.50")
    presence = come(visit, "13.55")
    assert (presence.arrived_at, presence.last_seen_at) == (at("13.50"), at("13.55"))
    assert visit.facts() == ["participant.arrived"]


def test_arrive_long_after_the_start_while_it_is_open(visit: Visit):
    assert isinstance(come(visit, "15.30"), Presence)


def test_leave_and_come_back_keeps_the_place(visit: Visit):
    come(visit, "13.50")
    leave(participant=visit.patient, now=at("13.55"), cause="closed")
    assert visit.place == "left"
    presence = come(visit, "14.00")
    assert (presence.place, presence.arrived_at) == ("waiting", at("13.50"))
    assert visit.facts() == ["participant.arrived", "participant.left", "participant.arrived"]
    assert Event.objects.filter(kind="participant.arrived").last().data["again"] is True


def test_leave_twice_is_one_fact(visit: Visit):
    come(visit, "13.50")
    leave(participant=visit.patient, now=at("13.55"))
    leave(participant=visit.patient, now=at("13.56"))
    assert visit.facts() == ["participant.arrived", "participant.left"]


def test_leave_without_having_come_is_nothing(visit: Visit):
    leave(participant=visit.patient, now=at("13.55"))
    assert visit.facts() == []


def test_beat_keeps_the_place_without_a_fact(visit: Visit):
    come(visit, "13.50")
    beat(participant=visit.patient, now=at("13.51"))
    assert Presence.objects.get().last_seen_at == at("13.51")
    assert visit.facts() == ["participant.arrived"]


def test_expire_after_silence(visit: Visit):
    come(visit, "13.50")
    assert expire_presences(now=at("13.51")) == 0
    assert expire_presences(now=at("13.52")) == 1
    assert expire_presences(now=at("13.53")) == 0
    assert visit.place == "away"
    assert visit.causes() == ["silent"]


def test_expire_after_as_long_as_asked(visit: Visit):
    come(visit, "13.50")
    assert expire_presences(now=at("13.51"), silent_after=timedelta(seconds=59)) == 1


def test_beat_after_silence_is_back_on_the_same_place(visit: Visit):
    come(visit, "13.50")
    expire_presences(now=at("13.55"))
    presence = beat(participant=visit.patient, now=at("13.56"), by="link:x")
    assert (presence.place, presence.arrived_at) == ("waiting", at("13.50"))


def test_beat_of_who_left_is_no_way_back(visit: Visit):
    """What a page sends while its person hangs up, or from a second tab, comes after they left."""
    come(visit, "13.50")
    leave(participant=visit.patient, now=at("13.55"))
    beat(participant=visit.patient, now=at("13.56"))
    assert visit.place == "left"
    assert visit.facts() == ["participant.arrived", "participant.left"]
    come(visit, "13.57")
    assert visit.place == "waiting"


def test_beat_before_opening_lets_nobody_in(visit: Visit):
    assert beat(participant=visit.patient, now=at("13.00")) == TooEarly(at("13.40"))


def test_admit_who_waits(visit: Visit):
    come(visit, "14.00")
    answer = let_in(visit, "14.10")
    assert isinstance(answer, Admitted)
    assert visit.place == "admitted"
    assert visit.facts() == ["participant.arrived", "participant.admitted"]


def test_admit_twice_is_one_fact(visit: Visit):
    come(visit, "14.00")
    let_in(visit, "14.10")
    assert isinstance(let_in(visit, "14.11"), Admitted)
    assert visit.facts().count("participant.admitted") == 1
    assert Presence.objects.get().admitted_at == at("14.10")


def test_admit_nobody(visit: Visit):
    assert let_in(visit, "14.10") == NobodyWaiting()
    come(visit, "14.11")
    leave(participant=visit.patient, now=at("14.12"))
    assert let_in(visit, "14.13") == NobodyWaiting()


def test_admit_both_parents(db: None):
    child, parent = make.child_with_parent(at("14.10").date(), years=7)
    second = make.RepresentativeFactory(patient=child, valid_from=at("14.10").date() - timedelta(days=900))
    # the first parent is there; the other one comes later and is let in on their own
    booked = make.appointment(start=at("14.10"), now=at("09.00"), patient=child, representatives=[parent, second])
    first, other = booked.participants.filter(role="representative")
    arrive(participant=first, now=at("14.00"), by="link:a")
    admit(appointment=booked, by="user:1", now=at("14.10"))
    arrive(participant=other, now=at("14.12"), by="link:b")
    assert Presence.objects.get(participant=other).place == "waiting"
    admit(appointment=booked, by="user:1", now=at("14.13"))
    assert set(Presence.objects.values_list("place", flat=True)) == {"admitted"}


def test_admit_while_in_another_consult(visit: Visit):
    next_one = make_visit("14.30", clinician=visit.appointment.clinician, department=visit.appointment.department)
    come(visit, "14.05")
    come(next_one, "14.06")
    let_in(visit, "14.10")
    assert let_in(next_one, "14.12") == InAnotherConsult(visit.appointment.pk)
    end_call(appointment=visit.appointment, by="user:1", now=at("14.20"))
    assert isinstance(let_in(next_one, "14.21"), Admitted)


def test_reload_during_the_consult_comes_back_inside(visit: Visit):
    come(visit, "14.00")
    let_in(visit, "14.10")
    leave(participant=visit.patient, now=at("14.12"))
    assert come(visit, "14.13").place == "admitted"


def test_return_after_the_call_ended_waits_to_be_let_in(visit: Visit):
    come(visit, "14.00")
    let_in(visit, "14.10")
    leave(participant=visit.patient, now=at("14.12"))
    end_call(appointment=visit.appointment, by="user:1", now=at("14.13"))
    assert come(visit, "14.14").place == "waiting"


def test_cancel_while_waiting_ends_it_at_once(visit: Visit):
    come(visit, "14.00")
    cancel_appointment(appointment=visit.appointment, by="user:1", now=at("14.05"), note="illness")
    assert visit.place == "left"
    assert visit.causes() == ["cancelled"]
    assert come(visit, "14.06") == Cancelled()
    assert let_in(visit, "14.07") == Cancelled()
    assert beat(participant=visit.patient, now=at("14.08")) == Cancelled()


def test_closed_lets_nobody_in(visit: Visit):
    visit.appointment.status = "fulfilled"
    visit.appointment.save()
    assert come(visit, "14.30") == Closed()
    assert let_in(visit, "14.30") == Closed()


def _move(visit: Visit, clock: str, now: str) -> None:
    make.session_with(visit.appointment.clinician, at(clock).date(), "14.30", "17.30", types=[visit.appointment.type],
                      department=visit.appointment.department)  # fmt: skip
    moved = make.move_appointment(appointment=visit.appointment, start=at(clock), by="user:1", now=at(now))
    assert not isinstance(moved, NotPlaced), moved


def test_video_that_becomes_a_phone_call_ends_the_waiting(visit: Visit):
    come(visit, "14.00")
    phone = make.AppointmentTypeFactory(department=visit.appointment.department, modality="phone")
    for block in visit.appointment.session.blocks.all():
        block.types.add(phone)
    plan = replace(plan_of(visit.appointment), type=phone, minutes=None)
    changed = replan_appointment(appointment=visit.appointment, plan=plan, by="user:1", now=at("14.05"))
    assert isinstance(changed, Appointment), changed
    assert visit.place == "left"
    assert visit.causes() == ["moved"]


def test_other_length_leaves_who_waits_where_they_are(visit: Visit):
    come(visit, "14.00")
    plan = replace(plan_of(visit.appointment), minutes=10)
    changed = replan_appointment(appointment=visit.appointment, plan=plan, by="user:1", now=at("14.05"))
    assert isinstance(changed, Appointment), changed
    assert visit.place == "waiting"


def test_move_to_later_today_ends_the_waiting(visit: Visit):
    come(visit, "14.00")
    _move(visit, "16.00", now="14.05")
    assert visit.place == "left"
    assert visit.causes() == ["moved"]
    assert come(visit, "14.06") == TooEarly(at("15.30"))
    presence = come(visit, "15.40")
    # A new visit: the wait of the old one does not count.
    assert presence.arrived_at == at("15.40")


def test_move_by_a_little_keeps_who_is_inside(visit: Visit):
    come(visit, "14.05")
    _move(visit, "14.30", now="14.06")
    assert visit.place == "waiting"
    assert Presence.objects.get().arrived_at == at("14.05")


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_the_same_moment_arrive_once():
    visit = make_visit()
    patient = visit.patient
    together(*[lambda: arrive(participant=patient, now=at("14.00"), by="link:x")] * 8)
    assert visit.facts() == ["participant.arrived"]


@pytest.mark.django_db(transaction=True)
def test_two_clinicians_at_the_same_moment_admit_once():
    visit = make_visit()
    come(visit, "14.00")
    together(*[lambda: let_in(visit, "14.10")] * 8)
    assert visit.facts() == ["participant.arrived", "participant.admitted"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_expire_someone_once():
    visit = make_visit()
    come(visit, "14.00")
    together(*[lambda: expire_presences(now=at("14.10"))] * 4)
    assert visit.causes() == ["silent"]


@pytest.mark.django_db(transaction=True)
def test_two_patients_at_the_same_moment_are_never_both_inside():
    visit = make_visit()
    next_one = make_visit("14.30", clinician=visit.appointment.clinician, department=visit.appointment.department)
    come(visit, "14.05")
    come(next_one, "14.06")
    both = [visit, next_one] * 3
    together(*[lambda: let_in(both.pop(), "14.10")] * 6)
    assert sorted(Presence.objects.values_list("place", flat=True)) == ["admitted", "waiting"]


@pytest.mark.django_db(transaction=True)
def test_four_tabs_at_the_same_moment_come_back_once():
    visit = make_visit()
    patient = visit.patient
    come(visit, "14.00")
    leave(participant=patient, now=at("14.01"))
    together(*[lambda: arrive(participant=patient, now=at("14.02"), by="link:x")] * 4)
    assert visit.facts() == ["participant.arrived", "participant.left", "participant.arrived"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_four_tabs_come_back_four_times(monkeypatch: pytest.MonkeyPatch):
    """The lock is what the tests above lean on. SQLite has one writer by itself."""
    barrier = threading.Barrier(4, timeout=60)

    def opens_when_all_have_read(appointment: Appointment) -> datetime:
        barrier.wait()
        return at("13.40")

    visit = make_visit()
    patient = visit.patient
    come(visit, "14.00")
    leave(participant=patient, now=at("14.01"))
    monkeypatch.setattr(presence_actions, "lock_appointment", lambda pk: Appointment.objects.get(pk=pk))
    monkeypatch.setattr(presence_actions, "opens_at", opens_when_all_have_read)
    together(*[lambda: arrive(participant=patient, now=at("14.02"), by="link:x")] * 4)
    assert visit.facts().count("participant.arrived") == 5
