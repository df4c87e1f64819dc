"""What the database itself refuses of the planning desk's rows, whatever the code above it does."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from scheduling.models import (
    Absence,
    AppointmentChange,
    Misfit,
    ModalityRequest,
    Participant,
    ParticipantRole,
    PlaceOffer,
    WaitingListEntry,
)
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-23", "9.00")


@pytest.fixture
def booked():
    return make.appointment(start=make.amsterdam("2026-11-30", "13.00"), now=NOW)


@pytest.fixture
def another(booked):
    return make.appointment(start=make.amsterdam("2026-12-01", "13.00"), now=NOW)


def refuses(make_it):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_it()
    return True


def test_each_version_of_an_appointment_is_one_change(booked):
    row = {"appointment": booked, "version": 90, "by": "system", "at": NOW, "after": {}}
    AppointmentChange.objects.create(kind="moved", before={}, **row)
    assert refuses(lambda: AppointmentChange.objects.create(kind="form", before={}, **row))


def test_change_comes_from_something_unless_it_was_booked(booked):
    row = {"appointment": booked, "version": 90, "by": "system", "at": NOW, "after": {}}
    assert refuses(lambda: AppointmentChange.objects.create(kind="moved", **row))
    assert refuses(lambda: AppointmentChange.objects.create(kind="booked", before={}, **row))


def test_change_is_undone_once(booked):
    def change(version, **more):
        return AppointmentChange.objects.create(
            appointment=booked, version=version, kind="moved", by="system", at=NOW, before={}, after={}, **more
        )

    moved = change(90)
    change(91, undoes=moved)
    assert refuses(lambda: change(92, undoes=moved))


def test_task_of_a_raster_and_task_of_an_absence_stand_side_by_side(booked):
    def away():
        return make.absence(booked.clinician, booked.start, booked.end)

    def note(absence=None):
        return Misfit.objects.create(
            appointment=booked, department=booked.department, found_at=NOW, found_by="system", absence=absence
        )

    first, second = away(), away()
    for cause in (None, first, second):
        note(cause)
    assert refuses(note)
    assert refuses(lambda: note(first))


def test_absence_with_tasks_is_not_deleted(booked):
    away = make.absence(booked.clinician, booked.start, booked.end)
    Misfit.objects.create(
        appointment=booked, department=booked.department, found_at=NOW, found_by="system", absence=away
    )
    assert refuses(away.delete)


def test_one_open_request_for_another_form(booked):
    first = make.modality_request(booked)
    assert refuses(lambda: make.modality_request(booked, "visit"))
    ModalityRequest.objects.filter(pk=first.pk).update(end="withdrawn", ended_at=NOW)
    make.modality_request(booked, "visit")


@pytest.mark.parametrize(
    "end",
    [
        {"end": "withdrawn"},
        {"ended_at": NOW},
        {"end": "declined", "ended_at": NOW},
        {"end": "granted", "ended_at": NOW},
        {"end": "withdrawn", "ended_at": NOW, "granted": "phone"},
    ],
)
def test_request_ends_with_all_that_belongs_to_its_end(booked, end):
    asked = make.modality_request(booked)
    assert refuses(lambda: ModalityRequest.objects.filter(pk=asked.pk).update(**end))


@pytest.mark.parametrize(
    "wrong",
    [
        {"latest": date(2026, 11, 1), "earliest": date(2026, 11, 2)},
        {"minutes": 4},
        {"minutes": 241},
        {"dropped_at": NOW},
    ],
)
def test_order_that_cannot_be(wrong):
    assert refuses(lambda: make.FollowUpOrderFactory(**wrong))


def test_order_is_planned_or_dropped_never_both(booked):
    order = make.FollowUpOrderFactory(dropped_at=NOW, drop_reason="Verhuisd")
    order.appointment = booked
    assert refuses(order.save)


def test_two_orders_cannot_share_an_appointment(booked):
    make.FollowUpOrderFactory(appointment=booked)
    assert refuses(lambda: make.FollowUpOrderFactory(appointment=booked))


def test_pathway_is_followed_once_at_a_time():
    visit = make.AppointmentTypeFactory(modality="visit")
    diabetes = make.pathway([(visit, 0, 14), (visit, 91, 14)])
    run = make.pathway_run(diabetes, date(2026, 11, 30))
    assert refuses(lambda: make.pathway_run(diabetes, date(2027, 1, 4), patient=run.patient))
    make.FollowUpOrderFactory(pathway_run=run, step=1)
    assert refuses(lambda: make.FollowUpOrderFactory(pathway_run=run, step=1))


def test_one_open_place_on_the_waiting_list(booked):
    entry = make.waiting_for_earlier(booked)
    assert refuses(lambda: make.waiting_for_earlier(booked))
    WaitingListEntry.objects.filter(pk=entry.pk).update(end="left", ended_at=NOW)
    make.waiting_for_earlier(booked)


@pytest.mark.parametrize("weekdays", [0, 128])
def test_who_waits_can_come_on_some_weekday(booked, weekdays):
    assert refuses(lambda: make.waiting_for_earlier(booked, weekdays=weekdays))


def test_freed_place_is_taken_by_one_of_those_it_was_offered_to(booked, another):
    cancelled = make.appointment(start=make.amsterdam("2026-11-27", "13.00"), now=NOW)
    freed = make.freed_place(cancelled)
    mine, yours = (offer(make.waiting_for_earlier(each), freed) for each in (booked, another))
    mine.state = PlaceOffer.State.TAKEN
    mine.save()
    yours.state = PlaceOffer.State.TAKEN
    assert refuses(yours.save)


def test_who_waits_has_one_open_offer_at_a_time(booked, another):
    entry = make.waiting_for_earlier(booked)
    freed = make.freed_place(another)
    offer(entry, freed)
    assert refuses(lambda: offer(entry, make.freed_place(another)))


def offer(entry, freed):
    return PlaceOffer.objects.create(
        entry=entry,
        freed=freed,
        start=make.amsterdam("2026-11-27", "13.00"),
        schedule_version=1,
        offered_at=NOW,
        ends_at=NOW + timedelta(hours=4),
    )


@pytest.mark.parametrize(
    "role", [ParticipantRole.SECOND_CLINICIAN, ParticipantRole.INTERPRETER], ids=lambda role: role.value
)
def test_second_clinician_and_interpreter_are_named(booked, role):
    assert refuses(lambda: Participant.objects.create(appointment=booked, role=role))


def test_who_interprets_is_shown_by_name_and_takes_part_once(booked):
    nuray = make.InterpreterFactory(name="Nuray Demir", email="nuray@tolk.example")
    row = {"appointment": booked, "role": ParticipantRole.INTERPRETER, "interpreter": nuray}
    taking_part = Participant.objects.create(**row)
    assert (taking_part.display_name, taking_part.email, taking_part.mobile) == (nuray.name, nuray.email, "")
    assert refuses(lambda: Participant.objects.create(**row))
    assert refuses(lambda: Participant.objects.create(**row | {"role": ParticipantRole.PATIENT}))


def test_second_clinician_is_shown_by_name(booked):
    second = make.ClinicianFactory(name="S. Ramdin")
    taking_part = Participant.objects.create(
        appointment=booked, role=ParticipantRole.SECOND_CLINICIAN, clinician=second
    )
    assert (taking_part.display_name, taking_part.email) == ("S. Ramdin", "")


def test_absences_of_before_get_a_name_each():
    """The migration's own function, with the models as they are: its columns have not changed since."""
    clinician, start = make.ClinicianFactory(), timezone.now()
    rows = [make.absence(clinician, start, start + timedelta(hours=hours)) for hours in (1, 2)]
    before = {row.public_id for row in rows}
    executor = MigrationExecutor(connection)
    migration = executor.loader.get_migration("scheduling", "0006_planning_desk")
    (code,) = {operation.code for operation in migration.operations if hasattr(operation, "code")}
    code(executor.loader.project_state(("scheduling", "0006_planning_desk")).apps, None)
    after = set(Absence.objects.values_list("public_id", flat=True))
    assert len(after) == 2
    assert all(isinstance(name, UUID) for name in after)
    assert not before & after
