"""The history of an appointment: who did what, when, on whose behalf and why."""

from dataclasses import replace

import pytest
from django.utils import timezone

from events.catalogue import MessageDelivered, MessageRead
from events.log import record
from notifications.actions.undoing import undo_change
from pages.planner.history import history
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.placing import Plan, plan_of
from scheduling.actions.replanning import replan_appointment, swap_appointments
from scheduling.models import AppointmentChange
from tests import factories as make


@pytest.fixture
def held(desk):
    return make.appointment(
        patient=make.PatientFactory(department=desk.department),
        clinician=desk.clinician,
        type=desk.type,
        start=desk.at("9.40"),
        by=desk.planner.actor,
    )


@pytest.fixture
def phone(desk):
    kind = make.AppointmentTypeFactory(department=desk.department, modality="phone", duration_minutes=10)
    for block in desk.clinic.blocks.all():
        block.types.add(kind)
    return kind


def replan(desk, appointment, plan, **why):
    return replan_appointment(appointment=appointment, plan=plan, by=desk.planner.actor, now=timezone.now(), **why)


def newest(appointment):
    line = history(appointment)[0]
    return line.who, line.what, line.detail


def test_each_change_is_told_with_its_reason(desk, held, phone):
    longer = replan(desk, held, replace(plan_of(held), minutes=35), note="Er is veel te bespreken")
    assert newest(held) == (
        "Samira Bouzid",
        "gewijzigd van 20 naar 35 minuten",
        "Er is veel te bespreken",
    )
    by_phone = replan(desk, longer, replace(plan_of(longer), type=phone, minutes=None), reason="patient_asked")
    who, what, detail = newest(held)
    assert (who, what) == ("Samira Bouzid", "gewijzigd van beeldbellen naar bellen")
    assert "patiënt" in detail
    cancel_appointment(
        appointment=by_phone,
        by=desk.planner.actor,
        now=timezone.now(),
        note="griep",
        asked_by="representative",
        new_time=False,
    )
    who, what, detail = newest(held)
    assert (who, what) == ("Samira Bouzid", "afgezegd")
    assert detail.endswith(", griep")
    assert len(history(held)) == 4


def test_move_says_what_else_it_changed(desk, held, phone):
    beekman = make.ClinicianFactory(departments=[desk.department], name="dr. Beekman")
    make.session_with(beekman, desk.clinic.date, "9.00", "12.00", department=desk.department)
    replan(desk, held, Plan(desk.at("11.00"), beekman, phone), asked_by="clinician", note="spoed op de afdeling")
    _who, what, detail = newest(held)
    for words in ("09.40", "11.00", "dr. M. van der Veen", "dr. Beekman", "20", "10"):
        assert words in what
    assert detail.endswith("spoed op de afdeling")


def test_each_move_names_its_own_moments_also_after_an_undo(desk, held):
    moved = make.move_appointment(appointment=held, start=desk.at("11.00"), by=desk.planner.actor, now=timezone.now())
    undo_change(appointment=moved, by=desk.planner.actor, now=timezone.now())
    put_back, move, booked = [line.what for line in history(held)]
    assert "09.40" in put_back
    assert move.index("09.40") < move.index("11.00")
    assert "09.40" in booked


def test_swap_is_called_a_swap(desk, held):
    other = make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at("10.20"))
    swap_appointments(one=held, other=other, by=desk.planner.actor, now=timezone.now())
    _who, what, _detail = newest(held)
    assert what.index("09.40") < what.index("10.20")
    assert not what.startswith("verzet")


def test_what_was_done_before_changes_were_remembered_is_told_from_the_facts(desk, held):
    moved = make.move_appointment(appointment=held, start=desk.at("11.00"), by=desk.planner.actor, now=timezone.now())
    cancel_appointment(appointment=moved, by=desk.planner.actor, now=timezone.now(), note="griep")
    AppointmentChange.objects.all().delete()
    moved.refresh_from_db()
    cancelled, move, booked = history(moved)
    assert cancelled.detail == "griep"
    assert "11.00" in move.what
    assert "09.40" in booked.what


def test_words_of_people_are_escaped(desk, held):
    replan(desk, held, replace(plan_of(held), minutes=35), note="<b>nu</b>")
    body = desk.client.get(f"/afspraken/{held.public_id}/").content.decode()
    assert "&lt;b&gt;nu" in body


@pytest.mark.parametrize("fact", [MessageDelivered, MessageRead])
def test_message_that_arrived_or_was_read_is_told_in_words(desk, held, fact):
    message = held.messages.filter(channel="email").first()
    told = fact(
        appointment=held.pk,
        session=held.session_id,
        department=held.department_id,
        message=message.pk,
        message_kind="confirmation",
        channel="email",
    )
    record(told, at=timezone.now(), actor="system")
    _who, what, _detail = newest(held)
    assert what.startswith("bevestiging")
