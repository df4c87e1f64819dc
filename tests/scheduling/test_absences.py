"""An absence over booked appointments: a task for each, until it has an end; and nothing is booked in it."""

from datetime import timedelta

import pytest

from events.models import Event
from praktijkplan.placing import RefusalId
from scheduling.actions.absences import NotAPeriod, change_absence, enter_absence, lift_absence
from scheduling.actions.booking import book_appointment
from scheduling.actions.bulk import Choice, Ended, replan_many
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.misfits import leave_misfit, note_misfits
from scheduling.actions.placing import ChangedMeanwhile, NotPlaced, Plan
from scheduling.models import Absence, AppointmentChange, Misfit
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")
MONDAY, TUESDAY = "2026-11-30", "2026-12-01"
ILL, LEAVE = Absence.Kind.ILL, Absence.Kind.LEAVE


class Clinic:
    """Dr. Zwart on Monday and Tuesday afternoon, dr. Wit too; on Monday Aarts at 13.00 and Bakker at 15.00."""

    def __init__(self):
        self.department = make.department("longziekten")
        self.video = make.AppointmentTypeFactory(department=self.department, duration_minutes=20)
        self.zwart, self.wit = (
            make.ClinicianFactory(departments=[self.department], name=name) for name in ("dr. Zwart", "dr. Wit")
        )
        for clinician in (self.zwart, self.wit):
            for day in (MONDAY, TUESDAY):
                make.session_with(clinician, day, "13.00", "17.00")
        self.aarts, self.bakker = self.book("13.00"), self.book("15.00")

    def book(self, clock, day=MONDAY, clinician=None, **more):
        return make.appointment(
            clinician=clinician or self.zwart, type=self.video, start=make.amsterdam(day, clock), now=NOW, **more
        )

    def enter(self, first="0.00", last="23.59", day=MONDAY, until=None, kind=ILL):
        return enter_absence(
            clinician=self.zwart,
            starts=make.amsterdam(day, first),
            ends=make.amsterdam(until or day, last),
            kind=kind,
            by="user:1",
            now=NOW,
        )

    def change(self, absence, first, last, **more):
        return change_absence(
            absence=absence,
            starts=make.amsterdam(MONDAY, first),
            ends=make.amsterdam(MONDAY, last),
            kind=LEAVE,
            by="user:2",
            now=NOW,
            **{"expected_revision": absence.revision, **more},
        )


@pytest.fixture
def clinic():
    return Clinic()


def tasks(absence):
    return {each.appointment: each.end for each in absence.misfits.order_by("pk")}


def facts(kind):
    return [(row.data["department"], row.data["affected"]) for row in Event.objects.filter(kind=kind)]


def test_each_booked_appointment_becomes_a_task(clinic):
    clinic.book("13.00", TUESDAY)
    absence = clinic.enter()
    assert tasks(absence) == {clinic.aarts: "", clinic.bakker: ""}
    assert (absence.entered_by, absence.entered_at, absence.kind) == ("user:1", NOW, ILL)
    assert facts("absence.entered") == [(clinic.department.pk, 2)]
    task = absence.misfits.first()
    assert (task.found_by, task.department, task.refusals) == (
        "user:1",
        clinic.department,
        [{"id": "absent", "facts": {}}],
    )


def test_some_hours_touch_what_overlaps_them_only(clinic):
    assert tasks(clinic.enter("13.20", "15.00")) == {}
    assert tasks(clinic.enter("13.19", "15.01")) == {clinic.aarts: "", clinic.bakker: ""}


def test_what_is_cancelled_or_over_needs_no_other_place(clinic):
    cancel_appointment(appointment=clinic.aarts, by="user:1", now=NOW)
    assert tasks(clinic.enter()) == {clinic.bakker: ""}
    over = enter_absence(
        clinician=clinic.zwart,
        starts=make.amsterdam(MONDAY, "9.00"),
        ends=make.amsterdam(MONDAY, "18.00"),
        kind=ILL,
        by="user:1",
        now=make.amsterdam(MONDAY, "15.20"),
    )
    assert tasks(over) == {}


def test_an_absent_second_clinician_is_missed_too(clinic):
    beside = clinic.book("14.00", clinician=clinic.wit, needs=frozenset({make.need(clinic.zwart)}))
    assert beside in tasks(clinic.enter())


def test_both_departments_of_the_clinician_hear_it_and_have_their_own_tasks(clinic):
    other = make.department("neurologie")
    clinic.zwart.departments.add(other)
    kind = make.AppointmentTypeFactory(department=other, duration_minutes=20)
    make.session_with(clinic.zwart, MONDAY, "9.00", "12.00", department=other)
    held = make.appointment(clinician=clinic.zwart, type=kind, start=make.amsterdam(MONDAY, "9.00"), now=NOW)
    absence = clinic.enter()
    assert {task.appointment: task.department for task in absence.misfits.all()}[held] == other
    assert facts("absence.entered") == [(clinic.department.pk, 2), (other.pk, 1)]


def test_nobody_is_booked_in_it_until_it_is_lifted(clinic):
    absence = clinic.enter()
    wanted = {
        "patient": make.PatientFactory(department=clinic.department),
        "plan": Plan(make.amsterdam(MONDAY, "14.00"), clinic.zwart, clinic.video),
        "by": "user:1",
        "now": NOW,
    }
    refused = book_appointment(**wanted)
    assert isinstance(refused, NotPlaced)
    assert refused.refusals[0].id is RefusalId.ABSENT
    lift_absence(absence=absence, expected_revision=1, by="user:1", now=NOW)
    assert not isinstance(book_appointment(**wanted), NotPlaced)


def test_lifting_ends_what_was_not_dealt_with_and_leaves_the_rest(clinic):
    absence = clinic.enter()
    cancel_appointment(appointment=clinic.aarts, by="user:1", now=NOW)
    lifted = lift_absence(absence=absence, expected_revision=1, by="user:2", now=NOW)
    assert (lifted.lifted_at, lifted.lifted_by, lifted.revision) == (NOW, "user:2", 2)
    assert tasks(absence) == {clinic.aarts: "cancelled", clinic.bakker: "fits_again"}
    assert facts("absence.lifted") == [(clinic.department.pk, 1)]
    with pytest.raises(ChangedMeanwhile):
        lift_absence(absence=lifted, expected_revision=2, by="user:1", now=NOW)


def test_another_absence_over_the_same_appointment_keeps_its_task(clinic):
    one, other = clinic.enter(), clinic.enter(kind=LEAVE)
    lift_absence(absence=one, expected_revision=1, by="user:1", now=NOW)
    assert tasks(other) == {clinic.aarts: "", clinic.bakker: ""}


def test_changing_adds_what_it_now_reaches_and_ends_what_is_outside(clinic):
    absence = clinic.enter("12.00", "14.00")
    changed = clinic.change(absence, "14.00", "17.00")
    assert (changed.kind, changed.revision) == (LEAVE, 2)
    assert tasks(absence) == {clinic.aarts: "fits_again", clinic.bakker: ""}
    again = clinic.change(changed, "12.00", "17.00")
    assert [task.appointment for task in again.misfits.filter(ended_at=None)] == [clinic.bakker, clinic.aarts]


def test_what_was_left_on_purpose_does_not_come_back(clinic):
    absence = clinic.enter()
    leave_misfit(misfit=absence.misfits.get(appointment=clinic.aarts), reason="Wit neemt waar", by="user:1", now=NOW)
    clinic.change(absence, "12.00", "17.00")
    assert tasks(absence) == {clinic.aarts: "left", clinic.bakker: ""}


def test_an_older_revision_changes_nothing(clinic):
    absence = clinic.enter()
    clinic.change(absence, "12.00", "14.00")
    with pytest.raises(ChangedMeanwhile):
        clinic.change(absence, "12.00", "17.00")
    with pytest.raises(ChangedMeanwhile):
        lift_absence(absence=absence, expected_revision=1, by="user:1", now=NOW)
    assert Absence.objects.get().lifted_at is None


def test_a_raster_that_has_room_ends_no_task_of_an_absence(clinic):
    absence = clinic.enter()
    raster = make.RasterFactory(department=clinic.department, clinician=clinic.zwart)
    note_misfits([], fitting={clinic.aarts.pk}, raster=raster, by="user:1", now=NOW)
    assert tasks(absence)[clinic.aarts] == ""


def test_no_period_is_refused(clinic):
    with pytest.raises(NotAPeriod):
        clinic.enter("14.00", "14.00")
    with pytest.raises(NotAPeriod):
        clinic.enter(until="2027-12-02")
    assert tasks(clinic.enter(until="2027-11-29", last="9.00")) != {}
    assert Absence.objects.count() == 1


def test_many_are_moved_and_cancelled_in_one_go_each_with_its_own_outcome(clinic):
    absence = clinic.enter()
    taken = clinic.book("13.00", TUESDAY, clinician=clinic.wit)
    gone = clinic.book("14.00", TUESDAY)
    cancel_appointment(appointment=gone, by="user:9", now=NOW)
    plans = {day: Plan(make.amsterdam(day, "13.00"), clinic.wit, clinic.video) for day in (MONDAY, TUESDAY)}
    outcomes = replan_many(
        choices=[
            Choice(gone, 1),
            Choice(clinic.bakker, 1, plans[TUESDAY]),
            Choice(clinic.aarts, 1, plans[MONDAY]),
        ],
        by="user:1",
        now=NOW,
        reason="clinician_away",
    )
    assert [(each.choice.appointment, each.ended) for each in outcomes] == [
        (clinic.aarts, Ended.DONE),
        (clinic.bakker, Ended.REFUSED),
        (gone, Ended.CHANGED),
    ]
    assert isinstance(outcomes[1].refused, NotPlaced)
    assert tasks(absence) == {clinic.aarts: "moved", clinic.bakker: ""}
    assert taken.schedule_version == 1


def test_all_that_is_done_at_once_has_one_batch(clinic):
    clinic.enter()
    moved = Plan(make.amsterdam(TUESDAY, "13.00"), clinic.wit, clinic.video)
    replan_many(
        choices=[Choice(clinic.aarts, 1, moved), Choice(clinic.bakker, 1)],
        by="user:1",
        now=NOW + timedelta(minutes=1),
        reason="clinician_away",
        asked_by="clinic",
    )
    done = AppointmentChange.objects.exclude(kind="booked")
    assert {(each.kind, each.reason, each.asked_by) for each in done} == {
        ("moved", "clinician_away", "clinic"),
        ("cancelled", "clinician_away", "clinic"),
    }
    assert len({each.batch for each in done}) == 1
    assert not Misfit.objects.filter(ended_at=None).exists()
