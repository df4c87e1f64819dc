"""The same write sent twice is done once. And the race without the guard, to know that it can be lost."""

import threading
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone

from api import idempotency
from api.models import KeptAnswer
from api.tasks import forget_answers
from api.views import booking
from notifications.models import Message
from people.models import Membership
from scheduling.locks import Busy
from scheduling.models import Appointment
from tests import factories as make
from tests.api.conftest import Program, kind_of
from tests.api.test_appointments import NOW, Clinic
from tests.support.together import together

pytestmark = pytest.mark.django_db
KEY = {"Idempotency-Key": "c0ffee00-1111-4222-8333-444455556666"}
WORKERS = 16


@pytest.fixture
def clinic(staff, time_machine):
    time_machine.move_to(NOW, tick=False)
    return Clinic(staff)


def test_same_key_and_body_is_answered_the_same(clinic):
    first, second = clinic.book(KEY), clinic.book(KEY)
    assert (first.status_code, first.json()) == (201, second.json())
    assert (second.status_code, second["Location"], second["ETag"]) == (201, first["Location"], first["ETag"])
    assert ("Idempotency-Replayed" in first, second["Idempotency-Replayed"]) == (False, "true")
    assert Appointment.objects.count() == 1


def test_order_and_spelling_of_the_body_do_not_matter(clinic):
    clinic.book(KEY)
    backwards = dict(reversed(clinic.wish().items()))
    assert clinic.program.post("api-appointments", backwards, headers=KEY).status_code == 201


def test_same_key_for_another_wish_is_a_mistake(clinic):
    clinic.book(KEY)
    response = clinic.book(KEY, start="2026-11-30T15:00:00+01:00")
    assert response.status_code == 422
    assert kind_of(response) == "key-reused"
    assert Appointment.objects.count() == 1


def test_key_belongs_to_its_sender(clinic, staff):
    """A colleague's program that happens to use the same key gets no answer that is not its own."""
    clinic.book(KEY)
    colleague = staff(make.member("planner", clinic.department, name="Joke Wiersma"))
    response = colleague.post("api-appointments", clinic.wish(start="2026-11-30T15:00:00+01:00"), headers=KEY)
    assert (response.status_code, "Idempotency-Replayed" in response) == (201, False)
    assert KeptAnswer.objects.count() == Appointment.objects.count() == 2


def test_refusal_is_answered_the_same_too(clinic):
    other = make.PatientFactory(department=clinic.department)
    clinic.book(patient=str(other.public_id))
    first = clinic.book(KEY)
    Appointment.objects.get().occupancies.all().delete()
    second = clinic.book(KEY)
    assert (first.status_code, second.status_code, first.json()) == (409, 409, second.json())
    assert kind_of(second) == "not-placed"
    assert clinic.book({"Idempotency-Key": "another"}).status_code == 201


def test_mistake_in_the_body_uses_up_no_key(clinic):
    assert clinic.book(KEY, start="morgen").status_code == 400
    assert clinic.book(KEY).status_code == 201


def test_busy_uses_up_no_key(clinic, monkeypatch):
    def busy(**kwargs):
        raise Busy

    with monkeypatch.context() as held:
        held.setattr(booking, "book_appointment", busy)
        response = clinic.book(KEY)
        assert (response.status_code, response["Retry-After"]) == (503, "1")
        assert kind_of(response) == "busy"
    assert not KeptAnswer.objects.exists()
    assert clinic.book(KEY).status_code == 201


def test_crash_after_the_booking_leaves_neither_booking_nor_key(clinic, monkeypatch):
    def fall_over(*args):
        raise RuntimeError("the power went out")

    with monkeypatch.context() as held:
        held.setattr(idempotency, "_keep", fall_over)
        assert clinic.book(KEY).status_code == 500
    left = [model.objects.count() for model in (Appointment, Message, KeptAnswer)]
    assert left == [0, 0, 0]
    assert clinic.book(KEY).status_code == 201


def test_who_lost_the_role_gets_no_kept_answer(clinic):
    clinic.book(KEY)
    Membership.objects.filter(user=clinic.planner).update(role="helpdesk")
    assert clinic.book(KEY).status_code == 403


def test_moving_twice_with_one_key_moves_once(clinic):
    booked = clinic.book()
    wish = {"start": "2026-11-30T15:00:00+01:00", "version": 1}
    first, second = (clinic.program.post(f"{booked['Location']}/move", wish, headers=KEY) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json()) == (200, first.json())
    assert Appointment.objects.get().schedule_version == 2


@pytest.mark.parametrize("key", ["", "x" * 201, "caf\u00e9", "tab\there"])
def test_key_that_is_none_is_refused(clinic, key):
    response = clinic.book({"Idempotency-Key": key})
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["Idempotency-Key"]


def test_kept_answer_names_nobody(clinic):
    clinic.book(KEY)
    kept = str(KeptAnswer.objects.values().get())
    for personal in (clinic.patient.family_name, clinic.patient.number, clinic.patient.email):
        assert personal not in kept


def test_answers_are_forgotten_after_two_days(clinic, time_machine):
    clinic.book(KEY)
    time_machine.move_to(NOW + timedelta(days=1, hours=23), tick=False)
    forget_answers()
    assert KeptAnswer.objects.exists()
    time_machine.move_to(NOW + timedelta(days=2, minutes=1), tick=False)
    forget_answers()
    assert not KeptAnswer.objects.exists()


@pytest.fixture
def all_at_once(monkeypatch):
    """Nobody begins to write before everyone has seen that the key is new."""
    gate, act = threading.Barrier(WORKERS), idempotency._act

    def together(*args):
        gate.wait(timeout=60)
        return act(*args)

    monkeypatch.setattr(idempotency, "_act", together)


def _race():
    """One planner sends the same wish with the same key from many programs; returns statuses and answers."""
    department = make.department("longziekten")
    kind = make.AppointmentTypeFactory(department=department, duration_minutes=20)
    clinician = make.ClinicianFactory(departments=[department])
    day = make.next_workday(timezone.localdate() + timedelta(days=7))
    make.session_with(clinician, day, "13.00", "17.00")
    planner = make.member("planner", department)
    wish = {
        "type": kind.pk,
        "clinician": clinician.pk,
        "patient": str(make.PatientFactory(department=department).public_id),
        "start": make.amsterdam(day, "13.00").isoformat(),
    }
    programs = []
    for _ in range(WORKERS):
        client = Client(raise_request_exception=False)
        client.force_login(planner)
        programs.append(Program(client))
    responses = together(*[partial(program.post, "api-appointments", wish, headers=KEY) for program in programs])
    ends = Counter(response.status_code for response in responses)
    return ends, {response.content for response in responses if response.status_code == 201}


@pytest.mark.django_db(transaction=True)
def test_same_key_at_the_same_moment_is_booked_once_and_answered_the_same(all_at_once):
    ends, answers = _race()
    assert Appointment.objects.count() == 1
    assert KeptAnswer.objects.count() == 1
    assert set(ends) <= {201, 503}, ends
    assert ends[201] >= 1
    assert len(answers) == 1


@pytest.mark.django_db(transaction=True)
def test_same_key_at_the_same_moment_without_the_unique_key_is_refused_to_the_losers(all_at_once):
    """The guard switched off: the slot itself is safe, but a program that repeats itself hears that it is taken."""
    with without_unique_key():
        ends, _answers = _race()
    assert ends[201] >= 1
    assert ends[409] >= 1, ends


@contextmanager
def without_unique_key():
    meta = KeptAnswer._meta
    guard = next(one for one in meta.constraints if one.name == "kept_answer_once")
    meta.constraints = []
    with _schema() as editor:
        editor.remove_constraint(KeptAnswer, guard)
    try:
        yield
    finally:
        KeptAnswer.objects.all().delete()
        meta.constraints = [guard]
        with _schema() as editor:
            editor.add_constraint(KeptAnswer, guard)


def _schema():
    if connection.vendor == "sqlite":
        connection.disable_constraint_checking()
    return connection.schema_editor()


def test_unique_key_is_the_databases_own(clinic):
    clinic.book(KEY)
    kept = KeptAnswer.objects.get()
    with pytest.raises(IntegrityError):
        KeptAnswer.objects.create(actor=kept.actor, key=kept.key, fingerprint="x", created_at=timezone.now())
