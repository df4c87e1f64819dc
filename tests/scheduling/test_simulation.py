"""From a raster's draft and its last version to simulated half-days (PP-31)."""

from datetime import timedelta

import pytest

from praktijkplan.assumptions import Assumptions
from praktijkplan.contact import Modality
from praktijkplan.draws import Duration, Family
from praktijkplan.filling import assumed_duration
from praktijkplan.localtime import HalfDay
from scheduling.actions.measurements import Measured, refresh_measured_durations
from scheduling.contents import draft_content
from scheduling.models import AppointmentType, MeasuredDuration, Prediction, RasterVersion
from scheduling.queries.simulation import (
    ENOUGH,
    HalfDayOfWeek,
    TypeFacts,
    kinds_of,
    question_about,
    type_facts,
    unready_half_days,
)
from scheduling.simulation_documents import read_answer, read_question, write_answer, write_question
from scheduling.simulations import answer
from scheduling.tasks import predict_published
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-23", "9.00")
WEDNESDAY_MORNING = HalfDayOfWeek(2, HalfDay.MORNING)
WEDNESDAY_AFTERNOON = HalfDayOfWeek(2, HalfDay.AFTERNOON)


@pytest.fixture
def raster():
    """Wednesday from 8.30: video of 10 minutes, a break at 10.00, and phone calls until 11.20."""
    department = make.department("longziekten")
    video, phone = (
        make.AppointmentTypeFactory(department=department, modality=form, duration_minutes=10)
        for form in ("video", "phone")
    )
    made = make.RasterFactory(department=department)
    make.raster_block(made, 2, "8.30", "10.00", "fixed", slot_minutes=10, types=[video])
    make.raster_block(made, 2, "10.00", "10.15", "break")
    make.raster_block(made, 2, "10.15", "11.20", types=[phone])
    return made


def of(raster, code):
    return AppointmentType.objects.get(department=raster.department, code=code)


def on_wednesday(raster, **more):
    question = question_about(raster, now=NOW, **more)
    return question.drafted[WEDNESDAY_MORNING]


def test_half_day_of_a_raster_is_held_as_the_clock_shows_it(raster):
    prepared = on_wednesday(raster)
    assert (prepared.zero, prepared.planned_end) == (8 * 60 + 30, 11 * 60 + 20)
    assert prepared.session.breaks == ((90, 105),)
    told = [(consult.at, consult.modality) for consult in prepared.session.consults]
    assert told == [(at, Modality.VIDEO) for at in range(0, 90, 10)] + [
        (at, Modality.PHONE) for at in range(105, 165, 10)
    ]


def test_block_holds_its_own_types_and_not_those_of_its_neighbour(raster):
    """Both forms exist in ten minutes, and a third block allows both."""
    make.raster_block(raster, 2, "13.00", "14.00", types=[of(raster, "cp-video-10"), of(raster, "cp-phone-10")])
    question = question_about(raster, now=NOW)
    forms = [consult.modality for consult in question.drafted[WEDNESDAY_AFTERNOON].session.consults]
    assert forms == [Modality.PHONE, Modality.VIDEO] * 3 or forms == [Modality.VIDEO, Modality.PHONE] * 3
    assert {consult.modality for consult in on_wednesday(raster).session.consults[9:]} == {Modality.PHONE}


@pytest.mark.parametrize(
    ("start", "end", "mode", "more"),
    [
        ("8.40", "9.10", "flexible", {}),  # overlaps the first block
        ("11.30", "11.40", "flexible", {"start_up_minutes": 15}),
    ],
)
def test_half_day_with_a_block_that_makes_no_sense_is_not_held(raster, start, end, mode, more):
    make.raster_block(raster, 2, start, end, mode, **more)
    make.raster_block(raster, 2, "13.00", "14.00")
    question = question_about(raster, now=NOW)
    assert list(question.drafted) == [WEDNESDAY_AFTERNOON]
    assert unready_half_days(draft_content(raster)) == {WEDNESDAY_MORNING}


def test_half_day_in_which_no_consult_fits_is_not_held(raster):
    make.raster_block(raster, 4, "9.00", "9.05", types=[of(raster, "cp-video-10")])
    assert list(question_about(raster, now=NOW).drafted) == [WEDNESDAY_MORNING]


def test_raster_without_blocks_has_nothing_to_hold():
    question = question_about(make.RasterFactory(), now=NOW)
    assert (question.half_days, question.consults, answer(question, days=10, seed=1).half_days) == ([], 0, ())


class TestDurations:
    def measured(self, raster, code, count, mean=13.5, cv=0.4):
        kind = of(raster, code)
        refresh_measured_durations(
            department=raster.department, measured=[Measured(kind.pk, count, mean, cv)], now=NOW
        )
        return type_facts(raster.department_id, [kind.pk], now=NOW)[kind.pk]

    def test_fewer_than_enough_consults_leave_the_assumption(self, raster):
        facts = self.measured(raster, "cp-video-10", ENOUGH - 1)
        assert (facts.duration, facts.measured) == (assumed_duration(10), 0)

    def test_enough_consults_replace_it(self, raster):
        facts = self.measured(raster, "cp-video-10", ENOUGH)
        assert (facts.duration, facts.measured) == (Duration(Family.LOGNORMAL, 13.5, 0.4), ENOUGH)
        assert {consult.duration.mean for consult in on_wednesday(raster).session.consults} == {13.5, 10}

    def test_what_somebody_fills_in_goes_before_both(self, raster):
        kind = of(raster, "cp-video-10")
        self.measured(raster, "cp-video-10", ENOUGH)
        own = Duration(Family.GAMMA, 8, 0.3)
        prepared = on_wednesday(raster, durations={kind.pk: own})
        assert prepared.session.consults[0].duration == own

    def test_refreshing_forgets_what_is_measured_no_more(self, raster):
        self.measured(raster, "cp-video-10", 40)
        self.measured(raster, "cp-phone-10", 50)
        rows = MeasuredDuration.objects.values_list("type__code", "count")
        assert list(rows) == [("cp-phone-10", 50)]

    def test_one_consult_has_no_spread(self):
        assert Measured.of(1, [12.0]) is None
        assert Measured.of(1, [10.0, 14.0, 12.0]) == Measured(1, 3, 12.0, pytest.approx(1 / 6))


class TestMix:
    def facts(self, pk, bookings):
        return TypeFacts(pk, f"type {pk}", 10, Modality.VIDEO, assumed_duration(10), bookings=bookings)

    def mix(self, *bookings):
        types = {pk: self.facts(pk, count) for pk, count in enumerate(bookings, start=1)}
        return [kind.weight for kind in kinds_of(types, types)]

    def test_types_come_equally_often_until_enough_was_booked(self):
        assert self.mix(0, ENOUGH - 1) == [1, 1]

    def test_types_come_as_often_as_they_were_booked(self):
        assert self.mix(ENOUGH - 10, 10) == [ENOUGH - 10, 10]

    def test_type_that_nobody_books_does_not_come(self):
        assert self.mix(0, ENOUGH) == [ENOUGH]

    def test_bookings_of_the_last_half_year_count(self, raster):
        kind = of(raster, "cp-video-10")
        for start in (NOW + timedelta(days=7), NOW - timedelta(days=365)):
            make.appointment(type=kind, start=start, now=start - timedelta(days=1))
        assert type_facts(raster.department_id, [kind.pk], now=NOW)[kind.pk].bookings == 1


class TestComparison:
    def test_same_half_day_is_held_once(self, raster):
        make.publish(raster, now=NOW)
        question = question_about(raster, now=NOW)
        [compared] = answer(question, days=200, seed=1).half_days
        assert (compared.unchanged, len(question.to_hold)) == (True, 1)

    def test_draft_with_a_later_break_stands_beside_the_version(self, raster):
        make.publish(raster, now=NOW)
        raster.blocks.filter(mode="break").update(start="09:30", end="10:00")
        [compared] = answer(question_about(raster, now=NOW), days=200, seed=1).half_days
        assert (compared.name, compared.unchanged) == (WEDNESDAY_MORNING, False)
        assert [len(side.result.slots) for side in (compared.draft, compared.current)] == [12, 15]

    def test_never_published_raster_has_nothing_beside_it(self, raster):
        found = answer(question_about(raster, now=NOW), days=50, seed=1)
        assert (found.version, found.half_days[0].current) == (0, None)

    def test_half_day_that_was_taken_away_is_held_as_published(self, raster):
        make.publish(raster, now=NOW)
        raster.blocks.all().delete()
        [compared] = answer(question_about(raster, now=NOW), days=50, seed=1).half_days
        assert (compared.draft, compared.current is not None) == (None, True)

    def test_one_half_day_is_asked_for(self, raster):
        make.raster_block(raster, 2, "13.00", "14.00")
        question = question_about(raster, now=NOW, only=WEDNESDAY_AFTERNOON)
        assert question.half_days == [WEDNESDAY_AFTERNOON]

    def test_progress_counts_over_all_half_days(self, raster):
        make.raster_block(raster, 2, "13.00", "14.00")
        seen = []
        answer(question_about(raster, now=NOW), days=6_000, seed=1, progress=seen.append)
        assert seen == [5_000, 6_000, 11_000, 12_000]

    def test_seed_gives_the_same_answer_and_another_one_another(self, raster):
        question = question_about(raster, now=NOW)
        assert answer(question, days=300, seed=5) == answer(question, days=300, seed=5)
        assert answer(question, days=300, seed=5).half_days != answer(question, days=300, seed=6).half_days


class TestDocuments:
    def test_question_reads_back_although_a_type_was_changed_since(self, raster):
        make.publish(raster, now=NOW)
        asked = question_about(raster, now=NOW, only=WEDNESDAY_MORNING, assumptions=Assumptions(no_show=0.2))
        document = write_question(asked)
        AppointmentType.objects.update(duration_minutes=45)
        assert read_question(document) == asked

    def test_answer_reads_back(self, raster):
        make.publish(raster, now=NOW)
        raster.blocks.filter(mode="break").delete()
        found = answer(question_about(raster, now=NOW), days=100, seed=1)
        assert read_answer(write_answer(found)) == found


@pytest.mark.parametrize("text", ["7-morning", "2-night", "morning", "", "-1-morning", "2"])
def test_half_day_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r"morning|HalfDay"):
        HalfDayOfWeek.read(text)


def test_half_day_reads_back():
    assert HalfDayOfWeek.read(str(WEDNESDAY_AFTERNOON)) == WEDNESDAY_AFTERNOON


def test_published_version_is_predicted_once_with_what_was_taken_for_granted(raster):
    make.publish(raster, now=NOW)
    predict_published()
    predict_published()
    kept = Prediction.objects.get()
    assert kept.version == RasterVersion.objects.get()
    expected = answer(read_question(kept.question), days=kept.days, seed=kept.seed).half_days[0].current
    [told] = kept.sessions
    assert (told["weekday"], told["half_day"], told["consults"], told["planned_end"]) == (2, "morning", 15, 680)
    assert told["end_p90"] == round(expected.end_p90, 2)
    assert told["in_time"] == round(expected.result.in_time, 4)


def test_prediction_does_not_look_at_the_draft(raster):
    make.publish(raster, now=NOW)
    raster.blocks.all().delete()
    predict_published()
    assert len(Prediction.objects.get().sessions) == 1


def test_bigger_raster_asks_the_database_no_more(raster, count_queries):
    make.publish(raster, now=NOW)
    with count_queries() as small:
        question_about(raster, now=NOW)
    for weekday in (0, 1, 3):
        make.raster_block(raster, weekday, "9.00", "12.00")
    with count_queries() as large:
        question_about(raster, now=NOW)
    assert large.count == small.count <= 7, str(large)
