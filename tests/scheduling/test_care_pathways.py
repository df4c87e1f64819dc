"""A pattern is agreed on, patients follow it, and stop (PP-19)."""

from datetime import date
from functools import partial

import pytest

from events.models import Event
from praktijkplan.pathways import Step, StepProblem, StepProblemId
from praktijkplan.windows import WrongWindow
from scheduling.actions.booking import book_appointment
from scheduling.actions.misfits import NoReason
from scheduling.actions.pathways import (
    AlreadyFollows,
    NameTaken,
    Pattern,
    WrongSteps,
    save_pathway,
    start_pathway,
    stop_pathway,
)
from scheduling.actions.placing import ChangedMeanwhile, Plan
from scheduling.models import CarePathway, FollowUpOrder, PathwayRun
from scheduling.queries.pathways import courses_of, pathways_of
from tests import factories as make
from tests.support.together import together

NOW = make.amsterdam("2026-11-27", "9.00")
BEGINS = date(2026, 11, 30)


class Clinic:
    def __init__(self):
        self.department = make.department("longziekten")
        self.visit, self.video = (
            make.AppointmentTypeFactory(department=self.department, modality=form) for form in ("visit", "video")
        )
        self.patient = make.PatientFactory(department=self.department)
        self.doctor = make.ClinicianFactory(departments=[self.department])

    def steps(self, *days):
        return [
            Step(n, kind.pk, after, 14)
            for n, (kind, after) in enumerate(zip((self.visit, self.video) * 2, days, strict=False), start=1)
        ]

    def save(self, *days, name="Astma", **more):
        return save_pathway(department=self.department, pattern=Pattern(name=name, steps=self.steps(*days)), **more)

    def start(self, pathway, **more):
        asked = {"begins": BEGINS, "expected_revision": pathway.revision, **more}
        return start_pathway(pathway=pathway, patient=self.patient, by="user:7", now=NOW, **asked)


@pytest.fixture
def clinic(db):
    return Clinic()


def test_pattern_is_kept_in_order_and_changed_as_a_whole(clinic):
    pathway = clinic.save(0, 91)
    assert (pathway.revision, [step.after_days for step in pathway.steps.all()]) == (1, [0, 91])
    changed = clinic.save(0, 60, 182, name="Astma, rustig", pathway=pathway, expected_revision=1)
    assert (changed.pk, changed.name, changed.revision) == (pathway.pk, "Astma, rustig", 2)
    assert [step.after_days for step in changed.steps.all()] == [0, 60, 182]
    with pytest.raises(ChangedMeanwhile):
        clinic.save(0, pathway=pathway, expected_revision=1)


def test_steps_that_are_no_pattern_are_refused(clinic):
    assert clinic.save(0, 20) == WrongSteps((StepProblem(StepProblemId.OVERLAPS, 2, 9),))
    assert not CarePathway.objects.exists()


def test_a_name_stands_for_one_pathway(clinic):
    clinic.save(0)
    with pytest.raises(NameTaken):
        clinic.save(0)
    other = clinic.save(0, name="COPD")
    with pytest.raises(NameTaken):
        clinic.save(0, pathway=other, expected_revision=1)
    other.refresh_from_db()
    assert (other.name, other.steps.count()) == ("COPD", 1)


def test_who_starts_gets_an_order_for_each_step(clinic):
    run = clinic.start(clinic.save(0, 91), clinician=clinic.doctor)
    orders = FollowUpOrder.objects.filter(pathway_run=run).order_by("step")
    assert [(each.step, each.type, each.earliest, each.latest, each.clinician) for each in orders] == [
        (1, clinic.visit, BEGINS, date(2026, 12, 14), clinic.doctor),
        (2, clinic.video, date(2027, 2, 15), date(2027, 3, 15), clinic.doctor),
    ]
    assert [event.data["run"] for event in Event.objects.filter(kind="order.made")] == [run.pk, run.pk]
    assert Event.objects.get(kind="pathway.started").data["run"] == run.pk


def test_who_follows_it_does_not_start_it_again_but_may_after_it_was_stopped(clinic):
    pathway = clinic.save(0)
    run = clinic.start(pathway)
    with pytest.raises(AlreadyFollows):
        clinic.start(pathway)
    stop_pathway(run=run, reason="Te zwaar", by="user:7", now=NOW)
    assert isinstance(clinic.start(pathway), PathwayRun)


@pytest.mark.parametrize("begins", [date(2026, 11, 26), date(2062, 1, 1)])
def test_a_beginning_that_cannot_be_is_refused(clinic, begins):
    assert clinic.start(clinic.save(0), begins=begins) in set(WrongWindow)
    assert not PathwayRun.objects.exists()


def test_what_was_changed_or_ended_meanwhile_is_not_started(clinic):
    pathway = clinic.save(0)
    clinic.save(0, 91, pathway=pathway, expected_revision=1)
    with pytest.raises(ChangedMeanwhile):
        clinic.start(pathway)
    ended = Pattern(name="Astma", steps=clinic.steps(0), active=False)
    ended = save_pathway(department=clinic.department, pattern=ended, pathway=pathway, expected_revision=2)
    with pytest.raises(ChangedMeanwhile):
        clinic.start(ended)
    assert not PathwayRun.objects.exists()


def test_changing_a_pathway_changes_nothing_of_who_follows_it(clinic):
    pathway = clinic.save(0, 91)
    clinic.start(pathway)
    before = list(FollowUpOrder.objects.values())
    clinic.save(0, pathway=pathway, expected_revision=1)
    assert list(FollowUpOrder.objects.values()) == before


def test_stopping_drops_what_is_open_and_leaves_what_is_planned(clinic):
    run = clinic.start(clinic.save(0, 91, 182))
    first = run.orders.get(step=1)
    make.session_with(clinic.doctor, BEGINS, "13.00", "14.00")
    plan = Plan(make.amsterdam(BEGINS, "13.00"), clinic.doctor, clinic.visit)
    book_appointment(patient=clinic.patient, plan=plan, by="user:7", now=NOW, order=first)
    with pytest.raises(NoReason):
        stop_pathway(run=run, reason=" ", by="user:8", now=NOW)
    assert stop_pathway(run=run, reason="Te zwaar", by="user:8", now=NOW) == [first]
    (course,) = courses_of(clinic.patient, clinic.department)
    assert (course.planned, course.held, course.still_planned, course.still_open) == (1, 0, [first], [])
    assert [each.drop_reason for each in course.orders] == ["", "Te zwaar", "Te zwaar"]
    with pytest.raises(ChangedMeanwhile):
        stop_pathway(run=run, reason="Nog eens", by="user:8", now=NOW)


def test_pathway_says_how_many_follow_it(clinic):
    pathway = clinic.save(0)
    clinic.start(pathway)
    assert [each.running for each in pathways_of(clinic.department)] == [1]


@pytest.mark.django_db(transaction=True)
def test_two_clerks_start_it_once():
    clinic = Clinic()
    pathway = clinic.save(0, 91)

    def start():
        try:
            return type(clinic.start(pathway)).__name__
        except AlreadyFollows as refused:
            return type(refused).__name__

    assert sorted(together(*[partial(start)] * 4)) == ["AlreadyFollows"] * 3 + ["PathwayRun"]
    assert FollowUpOrder.objects.count() == 2
