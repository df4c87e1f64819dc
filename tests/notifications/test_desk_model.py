"""The planning desk beside a plain model of it: whatever is done, in whatever order, both say the same.

The model knows sessions, who is taken when and who is away, as lists; it shares no code with the product.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from notifications.actions.undoing import NotUndone, undo_change
from scheduling.actions.absences import enter_absence, lift_absence
from scheduling.actions.booking import book_appointment
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.placing import ChangedMeanwhile, NotPlaced, Plan, plan_of
from scheduling.actions.replanning import replan_appointment, swap_appointments
from scheduling.models import Absence, Appointment, Misfit, Occupancy
from scheduling.models.minutes import to_minute
from tests import factories as make
from tests.support.planned import orphans, overlapping, unexplained
from tests.support.sizes import sizes

NOW = make.amsterdam("2026-11-27", "9.00")
DAYS = ("2026-11-30", "2026-12-01")
OPENS, CLOSES, GRID = 13 * 60, 15 * 60, 5
FORMS = (("video", 20), ("phone", 10), ("visit", 30))
Slot = tuple[str, int]

who = st.integers(0, 1)
forms = st.integers(0, len(FORMS) - 1)
# Few, so that they meet; also where no clinic is held, and off the grid.
clock = st.sampled_from([OPENS + minutes for minutes in (-10, 0, 3, 5, 10, 20, 25, 60, 100, 110, 120)])
slots = st.tuples(st.sampled_from(DAYS), clock)


@dataclass(frozen=True)
class Held:
    """An appointment as the model has it; `before` is what undoing its last change gives, None when it cannot be."""

    patient: int
    clinician: int
    slot: Slot
    form: int
    minutes: int
    before: "Held | None" = None
    booked: bool = True
    is_new: bool = False

    @property
    def ends(self) -> int:
        return self.slot[1] + self.minutes

    def meets(self, other: "Held") -> bool:
        return self.slot[0] == other.slot[0] and self.slot[1] < other.ends and other.slot[1] < self.ends


@dataclass(frozen=True)
class Away:
    clinician: int
    day: str
    since: int
    until: int

    def hits(self, held: Held) -> bool:
        same = (self.clinician, self.day) == (held.clinician, held.slot[0])
        return same and self.since < held.ends and held.slot[1] < self.until


class Desk(RuleBasedStateMachine):
    appointments: Bundle[int] = Bundle("appointments")
    absences: Bundle[int] = Bundle("absences")

    def __init__(self) -> None:
        super().__init__()
        self.all_or_nothing = transaction.atomic()
        self.all_or_nothing.__enter__()
        make.begin_with_the_first()
        department = make.department("longziekten")
        self.types = [
            make.AppointmentTypeFactory(department=department, modality=form, duration_minutes=minutes)
            for form, minutes in FORMS
        ]
        self.clinicians = [make.ClinicianFactory(departments=[department]) for _ in range(2)]
        for clinician, day in product(self.clinicians, DAYS):
            make.session_with(clinician, day, "13.00", "15.00")
        self.patients = [make.PatientFactory(department=department) for _ in range(2)]
        self.held: dict[int, Held] = {}
        self.away: dict[int, Away] = {}
        self.tasks: set[tuple[int, int]] = set()
        self.turn = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.all_or_nothing.__exit__(None, None, None)

    @rule(target=appointments, patient=who, clinician=who, slot=slots, form=forms)
    def book(self, patient: int, clinician: int, slot: Slot, form: int) -> Any:
        wanted = Held(patient, clinician, slot, form, FORMS[form][1], is_new=True)
        done = book_appointment(
            patient=self.patients[patient], plan=self.plan(wanted, None), by="user:1", now=self.now()
        )
        assert isinstance(done, Appointment) == self.fits(wanted), done
        if not isinstance(done, Appointment):
            return -1
        self.held[done.pk] = wanted
        return done.pk

    @rule(pk=appointments, clinician=who, slot=slots)
    def move(self, pk: int, clinician: int, slot: Slot) -> None:
        self.replan(pk, lambda held: replace(held, clinician=clinician, slot=slot))

    @rule(pk=appointments, form=forms)
    def change_form(self, pk: int, form: int) -> None:
        """A type that stays keeps its length; another one brings its own."""
        self.replan(pk, lambda held: held if held.form == form else replace(held, form=form, minutes=FORMS[form][1]))

    @rule(pk=appointments, minutes=st.sampled_from((5, 10, 20, 30, 45)))
    def change_length(self, pk: int, minutes: int) -> None:
        self.replan(pk, lambda held: replace(held, minutes=minutes))

    @rule(pk=appointments)
    def cancel(self, pk: int) -> None:
        if (held := self.held.get(pk)) is None:
            return
        row = self.row(pk)
        if not held.booked:
            with pytest.raises(ChangedMeanwhile):
                cancel_appointment(appointment=row, by="user:1", now=self.now())
            return
        cancel_appointment(appointment=row, by="user:1", now=self.now())
        self.became(pk, replace(held, booked=False))

    @rule(one=appointments, other=appointments)
    def swap(self, one: int, other: int) -> None:
        pair = self.held.get(one), self.held.get(other)
        if one == other or None in pair or not all(held.booked for held in pair):
            return
        first, second = pair
        crossed = (
            replace(first, clinician=second.clinician, slot=second.slot),
            replace(second, clinician=first.clinician, slot=first.slot),
        )
        done = swap_appointments(one=self.row(one), other=self.row(other), by="user:1", now=self.now())
        fit = all(self.fits(each, one, other) for each in crossed)
        fit = fit and not (
            crossed[0].meets(crossed[1])
            and (crossed[0].clinician == crossed[1].clinician or crossed[0].patient == crossed[1].patient)
        )
        assert isinstance(done, tuple) == fit, done
        if fit:
            for pk, each in zip((one, other), crossed, strict=True):
                # What was done together is not undone by itself.
                self.held[pk] = replace(each, before=None, is_new=False)

    @rule(pk=appointments)
    def undo(self, pk: int) -> None:
        if (held := self.held.get(pk)) is None:
            return
        done = undo_change(appointment=self.row(pk), by="user:1", now=self.now())
        if held.is_new and held.booked:
            assert isinstance(done, Appointment)
            # Cancelled: and that may be undone in turn.
            self.became(pk, replace(held, booked=False))
        elif held.before is None:
            assert isinstance(done, NotUndone), done
        else:
            fits = self.fits(held.before, pk)
            assert isinstance(done, Appointment) == fits, done
            if fits:
                self.held[pk] = replace(held.before, before=None, is_new=False)

    @rule(target=absences, clinician=who, day=st.sampled_from(DAYS), since=clock, lasts=st.integers(1, 90))
    def fall_ill(self, clinician: int, day: str, since: int, lasts: int) -> int:
        away = Away(clinician, day, since, since + lasts)
        starts = make.amsterdam(day, "0.00") + timedelta(minutes=since)
        absence = enter_absence(
            clinician=self.clinicians[clinician],
            starts=starts,
            ends=starts + timedelta(minutes=lasts),
            kind=Absence.Kind.ILL,
            by="user:1",
            now=self.now(),
        )
        self.away[absence.pk] = away
        self.tasks |= {(absence.pk, pk) for pk, held in self.held.items() if held.booked and away.hits(held)}
        return absence.pk

    @rule(pk=consumes(absences))
    def get_well(self, pk: int) -> None:
        absence = Absence.objects.get(pk=pk)
        lift_absence(absence=absence, expected_revision=absence.revision, by="user:1", now=self.now())
        del self.away[pk]
        self.tasks = {task for task in self.tasks if task[0] != pk}

    @invariant()
    def what_is_booked_is_what_the_model_has(self) -> None:
        rows = {
            row.pk: Held(
                self.patients.index(row.patient),
                self.clinicians.index(row.clinician),
                (row.start.astimezone(NOW.tzinfo).date().isoformat(), _clock(row)),
                self.types.index(row.type),
                row.duration_minutes,
                booked=row.status == "booked",
            )
            for row in Appointment.objects.select_related("patient", "clinician", "type")
        }
        assert rows == {pk: replace(held, before=None, is_new=False) for pk, held in self.held.items()}

    @invariant()
    def whoever_is_away_has_their_patients_dealt_with(self) -> None:
        """A task stands until its patient is somewhere else."""
        solved = {
            (absence, pk)
            for absence, pk in self.tasks
            if not self.held[pk].booked or not self.away[absence].hits(self.held[pk])
        }
        self.tasks -= solved
        rows = Misfit.objects.filter(ended_at__isnull=True)
        assert set(rows.values_list("absence", "appointment")) == self.tasks

    @invariant()
    def database_explains_itself(self) -> None:
        assert not overlapping()
        assert unexplained() == []
        assert orphans() == []
        assert Occupancy.objects.filter(active=True).count() == 2 * sum(held.booked for held in self.held.values())

    def replan(self, pk: int, change: Callable[[Held], Held]) -> None:
        if (held := self.held.get(pk)) is None:
            return
        wanted, row = change(held), self.row(pk)
        if not held.booked:
            with pytest.raises(ChangedMeanwhile):
                replan_appointment(appointment=row, plan=self.plan(wanted, row), by="user:1", now=self.now())
            return
        done = replan_appointment(appointment=row, plan=self.plan(wanted, row), by="user:1", now=self.now())
        assert isinstance(done, NotPlaced) != self.fits(wanted, pk), done
        if isinstance(done, Appointment) and wanted != held:
            self.became(pk, wanted)

    def became(self, pk: int, wanted: Held) -> None:
        self.held[pk] = replace(wanted, before=replace(self.held[pk], before=None, is_new=False), is_new=False)

    def fits(self, wanted: Held, *without: int) -> bool:
        on_grid = wanted.slot[1] % GRID == 0
        inside = wanted.slot[1] >= OPENS and wanted.ends <= CLOSES
        others = [held for pk, held in self.held.items() if held.booked and pk not in without]
        clash = any(
            wanted.meets(held) and (held.clinician == wanted.clinician or held.patient == wanted.patient)
            for held in others
        )
        return on_grid and inside and not clash and not any(away.hits(wanted) for away in self.away.values())

    def plan(self, wanted: Held, row: Appointment | None) -> Plan:
        stands = {} if row is None else {"needs": plan_of(row).needs}
        return Plan(
            start=make.amsterdam(wanted.slot[0], "0.00") + timedelta(minutes=wanted.slot[1]),
            clinician=self.clinicians[wanted.clinician],
            type=self.types[wanted.form],
            minutes=wanted.minutes,
            **stands,
        )

    def row(self, pk: int) -> Appointment:
        return Appointment.objects.select_related("type", "patient", "clinician").get(pk=pk)

    def now(self) -> Any:
        self.turn += 1
        return NOW + timedelta(seconds=self.turn)


def _clock(row: Appointment) -> int:
    return to_minute(row.start) - to_minute(make.amsterdam(row.start.astimezone(NOW.tzinfo).date(), "0.00"))


@pytest.mark.django_db
@pytest.mark.parametrize("size", sizes(short=(15, 20), long=(300, 50)))
def test_desk_does_what_the_model_does(size: tuple[int, int]):
    examples, steps = size
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
