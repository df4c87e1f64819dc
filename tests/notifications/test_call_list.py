"""Each day a list of whom to phone for the next clinic day (PP-45)."""

from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from types import SimpleNamespace

import pytest

from events.models import Event
from notifications.actions.call_list import Built, build_call_list, prepare_same_day
from notifications.actions.call_results import complete_call_task
from notifications.actions.calls import open_call_task
from notifications.call_jobs import build_call_lists
from notifications.models import BrokenAddress, CallOutcome, CallTask, Message, MessageState
from notifications.queries.calls import open_call_tasks, shelf_of
from praktijkplan.device_test import Finding
from scheduling.actions.booking import book_appointment
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.placing import Plan
from scheduling.localtime import local_day
from scheduling.locks import Busy
from scheduling.models import Appointment
from tests import factories as make
from tests.support.together import together
from waitingroom.models import Closing

pytestmark = pytest.mark.django_db
# A Tuesday; the clinic is on Wednesday.
TUESDAY = date(2026, 11, 24)
NOW = make.amsterdam(TUESDAY, "9.00")
WEDNESDAY = make.amsterdam("2026-11-25", "10.00")
PREPARE = CallTask.Reason.PREPARE


@pytest.fixture(autouse=True)
def on_tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def lungs():
    return make.department("longziekten")


def book(lungs, start=WEDNESDAY, *, known=True, tested=True, **fields):
    """`known`: this patient held a video consult before; `tested`: and found the device in order for this one."""
    held = make.appointment(department=lungs, start=start, now=NOW - timedelta(days=3), **fields)
    if tested and held.modality == "video":
        make.device_test(held)
    if known:
        make_experienced(held.patient, lungs)
    return held


def make_experienced(patient, lungs):
    before = make.appointment(
        department=lungs, patient=patient, start=make.amsterdam("2026-11-09", "9.00"), now=NOW - timedelta(days=30)
    )
    Appointment.objects.filter(pk=before.pk).update(status="fulfilled")
    Closing.objects.create(
        appointment=before, outcome="held", modality_held="video", closed_by="user:1", closed_at=before.end
    )


def build(lungs, day=TUESDAY, now=NOW):
    return build_call_list(department=lungs, day=day, now=now)


def prepared():
    return list(CallTask.objects.filter(reason=PREPARE).order_by("-need", "call_before"))


class TestWho:
    def test_everybody_with_a_video_consult_on_the_next_clinic_day(self, lungs):
        booked = [book(lungs), book(lungs, WEDNESDAY + timedelta(minutes=40))]
        book(lungs, WEDNESDAY + timedelta(hours=2), modality="phone")
        book(lungs, make.amsterdam("2026-11-26", "10.00"))
        assert build(lungs) == Built((date(2026, 11, 25),), 2, 0, 0)
        assert [task.appointment for task in prepared()] == booked
        assert all(task.call_before == task.appointment.start for task in prepared())

    def test_nobody_of_another_department(self, lungs):
        book(make.department("neurologie"))
        assert build(lungs) == Built((), 0, 0, 0)

    def test_nobody_where_the_department_does_not_phone_beforehand(self, lungs):
        make.policy(lungs, call_before_video=False)
        book(lungs)
        assert build(lungs).opened == 0

    @pytest.mark.parametrize("gone", ["died", "merged"])
    def test_nobody_who_died_or_was_merged(self, lungs, gone):
        held = book(lungs)
        if gone == "died":
            held.patient.deceased_on = TUESDAY
        else:
            held.patient.merged_into = make.PatientFactory()
        held.patient.save()
        assert build(lungs).opened == 0

    def test_nobody_who_died_after_the_list_was_built(self, lungs):
        held = book(lungs)
        build(lungs)
        held.patient.deceased_on = TUESDAY
        held.patient.save()
        assert not open_call_tasks(lungs, now=NOW).exists()
        assert build(lungs).withdrawn == 1

    def test_unsafe_address_is_phoned_by_a_person(self, lungs):
        book(lungs, patient=make.PatientFactory(unsafe_address=True))
        build(lungs)
        assert prepared()[0].needs == ["unreachable"]


class TestNeeds:
    def needs(self, lungs):
        build(lungs)
        (task,) = prepared()
        return task.needs

    def test_none_for_who_is_reached_and_did_it_before(self, lungs):
        book(lungs)
        assert self.needs(lungs) == []

    def test_first_video_ever(self, lungs):
        book(lungs, known=False)
        assert self.needs(lungs) == ["first_video"]

    def test_device_that_was_not_tested(self, lungs):
        book(lungs, tested=False)
        build(lungs)
        assert prepared()[0].needs == ["no_test"]

    def test_device_that_failed_until_it_works(self, lungs):
        held = book(lungs)
        make.device_test(held, camera=Finding.DENIED)
        build(lungs)
        assert prepared()[0].needs == ["test_failed"]
        make.device_test(held, connection=Finding.SLOW)
        assert build(lungs).changed == 1
        assert prepared()[0].needs == []

    def test_no_channel(self, lungs):
        book(lungs, patient=make.PatientFactory(unreachable=True))
        assert self.needs(lungs) == ["unreachable"]

    def test_message_that_failed(self, lungs):
        held = book(lungs)
        Message.objects.filter(appointment=held, channel="email").update(state=MessageState.FAILED)
        assert self.needs(lungs) == ["failed"]

    def test_message_that_came_back(self, lungs):
        held = book(lungs)
        Message.objects.filter(appointment=held, channel="email").update(bounced_at=NOW)
        assert self.needs(lungs) == ["failed"]

    def test_message_of_an_older_plan_that_failed_says_nothing_of_this_one(self, lungs):
        held = book(lungs)
        Message.objects.filter(appointment=held).update(state=MessageState.FAILED, schedule_version=0)
        assert self.needs(lungs) == []

    def test_asked_to_be_phoned(self, lungs):
        held = book(lungs)
        open_call_task(appointment=held, reason=CallTask.Reason.ASKED, occasion="1", call_before=held.start, now=NOW)
        assert self.needs(lungs) == ["asked"]

    def test_age_counts_nowhere(self, lungs):
        for year in (1931, 1990):
            start = WEDNESDAY + timedelta(minutes=year % 100)
            book(lungs, start - timedelta(minutes=start.minute % 5), patient=born(year))
        build(lungs)
        assert [task.needs for task in prepared()] == [[], []]

    def test_those_in_need_stand_first_and_apart(self, lungs):
        easy = book(lungs, WEDNESDAY)
        first = book(lungs, WEDNESDAY + timedelta(minutes=40), known=False)
        lonely = book(lungs, WEDNESDAY + timedelta(hours=2), patient=make.PatientFactory(unreachable=True))
        build(lungs)
        shown = [(task.appointment, shelf_of([task], NOW)) for task in open_call_tasks(lungs, now=NOW)]
        in_order = list(dict.fromkeys(shown))
        assert in_order == [(lonely, "needed"), (first, "needed"), (easy, "if_time")]


def born(year):
    return make.PatientFactory(birth_date=date(year, 6, 1))


class TestAgain:
    def test_changes_nothing_when_nothing_changed(self, lungs):
        book(lungs)
        build(lungs)
        facts = Event.objects.count()
        assert build(lungs) == Built((date(2026, 11, 25),), 0, 0, 0)
        assert (len(prepared()), Event.objects.count()) == (1, facts)

    def test_adds_who_was_booked_since(self, lungs):
        book(lungs)
        build(lungs)
        book(lungs, WEDNESDAY + timedelta(hours=1))
        assert build(lungs).opened == 1

    def test_sees_what_became_known_of_a_patient_since(self, lungs):
        held = book(lungs)
        build(lungs)
        Message.objects.filter(appointment=held, channel="email").update(bounced_at=NOW)
        assert build(lungs).changed == 1
        assert prepared()[0].needs == ["failed"]

    def test_keeps_in_mind_that_a_number_is_wrong(self, lungs):
        book(lungs)
        build(lungs)
        complete_call_task(task=prepared()[0], outcome=CallOutcome.WRONG_NUMBER, by="user:1", now=NOW)
        build(lungs)
        assert prepared()[0].needs == ["wrong_number"]

    def test_does_not_ask_twice_for_who_was_phoned(self, lungs):
        held = book(lungs)
        build(lungs)
        complete_call_task(task=prepared()[0], outcome=CallOutcome.REACHED, by="user:1", now=NOW)
        assert build(lungs).opened == 0
        make.move_appointment(appointment=held, start=WEDNESDAY + timedelta(minutes=30), by="user:1", now=NOW)
        assert build(lungs).opened == 0

    def test_asks_again_for_who_was_moved_before_being_phoned(self, lungs):
        held = book(lungs)
        build(lungs)
        make.move_appointment(appointment=held, start=WEDNESDAY + timedelta(minutes=30), by="user:1", now=NOW)
        assert not open_call_tasks(lungs, now=NOW).exists()
        build(lungs)
        assert [task.call_before for task in open_call_tasks(lungs, now=NOW)] == [WEDNESDAY + timedelta(minutes=30)]

    def test_takes_back_who_was_cancelled(self, lungs):
        held = book(lungs)
        build(lungs)
        cancel_appointment(appointment=held, by="user:1", now=NOW)
        assert prepared()[0].outcome == CallOutcome.NOT_NEEDED

    def test_takes_back_who_comes_in_another_form(self, lungs):
        held = book(lungs)
        build(lungs)
        Appointment.objects.filter(pk=held.pk).update(modality="phone")
        assert build(lungs).withdrawn == 1

    def test_takes_back_whose_consult_has_begun(self, lungs):
        book(lungs)
        build(lungs)
        assert not open_call_tasks(lungs, now=WEDNESDAY).exists()
        assert build(lungs, day=WEDNESDAY.date(), now=WEDNESDAY).withdrawn == 1


class TestWhichDay:
    def days(self, lungs, day, starts):
        for start in starts:
            book(lungs, start, known=False)
        return build(lungs, day=day, now=make.amsterdam(day, "9.00")).days

    def test_friday_prepares_for_monday(self, lungs, time_machine):
        friday, monday = date(2026, 11, 27), make.amsterdam("2026-11-30", "9.00")
        assert self.days(lungs, friday, [monday]) == (monday.date(),)

    def test_day_without_sessions_is_passed_over(self, lungs):
        assert self.days(lungs, TUESDAY, [make.amsterdam("2026-11-27", "9.00")]) == (date(2026, 11, 27),)

    def test_no_further_than_a_week(self, lungs):
        assert self.days(lungs, TUESDAY, [make.amsterdam("2026-12-02", "9.00")]) == ()
        assert self.days(lungs, TUESDAY, [make.amsterdam("2026-12-01", "9.00")]) == (date(2026, 12, 1),)

    def test_clinic_on_saturday_does_not_hide_the_one_on_monday(self, lungs):
        """On Saturday nobody phones for it."""
        saturday, monday = make.amsterdam("2026-11-28", "9.00"), make.amsterdam("2026-11-30", "9.00")
        assert self.days(lungs, date(2026, 11, 27), [saturday, monday]) == (saturday.date(), monday.date())

    def test_christmas_is_passed_over_and_week_53_is_found(self, lungs):
        starts = [make.amsterdam("2026-12-28", "9.00"), make.amsterdam("2026-12-29", "9.00")]
        assert self.days(lungs, date(2026, 12, 24), starts) == (date(2026, 12, 28),)
        # 31 December lies in week 53 of 2026, 4 January in week 1 of 2027.
        assert self.days(lungs, date(2026, 12, 31), [make.amsterdam("2027-01-04", "9.00")]) == (date(2027, 1, 4),)

    @pytest.mark.parametrize(
        ("friday", "monday"),
        [("2027-03-26", "2027-03-29"), ("2026-10-23", "2026-10-26"), ("2030-10-25", "2030-10-28")],
    )
    def test_night_on_which_the_clock_changes_shifts_no_day(self, lungs, friday, monday, time_machine):
        """From the first consult after midnight to the last one before it."""
        now = make.amsterdam(friday, "16.00")
        time_machine.move_to(now, tick=False)
        make.policy(lungs, opens_at="00:00", closes_at="23:59")
        for start in ("8.00", "19.30"):
            make.appointment(department=lungs, start=make.amsterdam(monday, start), now=now - timedelta(days=3))
        built = build_call_list(department=lungs, day=date.fromisoformat(friday), now=now)
        assert (built.days, built.opened) == ((date.fromisoformat(monday),), 2)


class TestSameDay:
    """Who is booked after the list of that day was built."""

    AT_TEN, AT_THREE = make.amsterdam(TUESDAY, "10.00"), make.amsterdam(TUESDAY, "15.00")

    def book_now(self, lungs, start, now=NOW, **fields):
        patient = fields.pop("patient", None) or make.PatientFactory(department=lungs)
        kind = make.AppointmentTypeFactory(department=lungs, **fields)
        clinician = make.ClinicianFactory(departments=[lungs])
        day = local_day(start)
        make.session_with(clinician, day, "9.00", "16.00", types=[kind], department=lungs)
        return book_appointment(patient=patient, plan=Plan(start, clinician, kind), by="user:1", now=now)

    def test_booking_for_today_is_to_be_phoned_at_once(self, lungs):
        held = self.book_now(lungs, self.AT_TEN)
        (task,) = prepared()
        assert (task.appointment, task.call_before, task.needs) == (held, held.start, ["first_video", "no_test"])
        built = Event.objects.get(kind="call_list.built").data
        assert (built["day"], built["opened"]) == ("2026-11-24", 1)

    def test_built_again_asks_once(self, lungs):
        self.book_now(lungs, self.AT_TEN)
        assert build(lungs) == Built((TUESDAY,), 0, 0, 0)
        assert len(prepared()) == 1

    def test_booking_for_tomorrow_waits_for_the_next_building(self, lungs):
        self.book_now(lungs, WEDNESDAY)
        assert prepared() == []
        assert build(lungs).opened == 1

    def test_booking_in_the_evening_for_tomorrow_is_found_in_the_morning(self, lungs):
        """Nobody builds lists after eight; in the morning Wednesday is no longer the next day."""
        self.book_now(lungs, WEDNESDAY, now=make.amsterdam(TUESDAY, "21.00"))
        morning = make.amsterdam(WEDNESDAY.date(), "7.00")
        assert build(lungs, day=WEDNESDAY.date(), now=morning) == Built((WEDNESDAY.date(),), 1, 0, 0)

    def test_today_does_not_hide_the_next_clinic_day(self, lungs):
        self.book_now(lungs, self.AT_TEN)
        book(lungs)
        assert build(lungs) == Built((TUESDAY, WEDNESDAY.date()), 1, 0, 0)

    def test_who_was_prepared_yesterday_is_left_alone_today(self, lungs):
        book(lungs)
        build(lungs)
        complete_call_task(task=prepared()[0], outcome=CallOutcome.REACHED, by="user:1", now=NOW)
        morning = make.amsterdam(WEDNESDAY.date(), "8.00")
        assert build(lungs, day=WEDNESDAY.date(), now=morning) == Built((WEDNESDAY.date(),), 0, 0, 0)

    @pytest.mark.parametrize("form", ["phone", "visit", "written"])
    def test_other_forms_are_not_prepared(self, lungs, form):
        self.book_now(lungs, self.AT_TEN, modality=form)
        assert prepared() == []

    def test_nobody_where_the_department_does_not_phone_beforehand(self, lungs):
        make.policy(lungs, call_before_video=False)
        self.book_now(lungs, self.AT_TEN)
        assert prepared() == []

    def test_who_is_reached_and_did_it_before_has_tested_nothing_yet(self, lungs):
        patient = make.PatientFactory(department=lungs)
        make_experienced(patient, lungs)
        self.book_now(lungs, self.AT_TEN, patient=patient)
        assert prepared()[0].needs == ["no_test"]
        assert shelf_of(prepared(), NOW) == "needed"

    def test_cancelled_is_taken_back(self, lungs):
        held = self.book_now(lungs, self.AT_TEN)
        cancel_appointment(appointment=held, by="user:1", now=NOW)
        assert [task.outcome for task in prepared()] == [CallOutcome.NOT_NEEDED]
        assert build(lungs).opened == 0

    def test_moved_within_the_day_is_phoned_for_its_new_time(self, lungs):
        held = self.book_now(lungs, self.AT_TEN)
        make.move_appointment(appointment=held, start=self.AT_THREE, by="user:1", now=NOW)
        assert [task.call_before for task in open_call_tasks(lungs, now=NOW)] == [self.AT_THREE]

    def test_moved_to_today_after_being_phoned_is_not_phoned_again(self, lungs):
        held = book(lungs)
        build(lungs)
        complete_call_task(task=prepared()[0], outcome=CallOutcome.REACHED, by="user:1", now=NOW)
        make.session_with(held.clinician, TUESDAY, "9.00", "16.00", types=[held.type], department=held.department)
        make.move_appointment(appointment=held, start=self.AT_THREE, by="user:1", now=NOW)
        assert len(prepared()) == 1

    def test_moved_from_today_to_later_is_taken_back(self, lungs):
        held = self.book_now(lungs, self.AT_TEN)
        make.session_with(held.clinician, date(2026, 12, 8), "9.00", "16.00", types=[held.type], department=lungs)
        make.move_appointment(appointment=held, start=make.amsterdam("2026-12-08", "10.00"), by="user:1", now=NOW)
        assert not open_call_tasks(lungs, now=NOW).exists()

    def test_nothing_is_asked_of_the_database_for_a_later_day(self, lungs, django_assert_num_queries):
        held = book(lungs)
        with django_assert_num_queries(0):
            assert not prepare_same_day(appointment=held, now=NOW)


def test_without_the_booking_itself_a_consult_in_ten_minutes_would_be_missed(lungs, monkeypatch):
    """So that the tests above are known to depend on it: the next building comes too late."""
    monkeypatch.setattr("notifications.subscribers.prepare_same_day", lambda **_said: False)
    in_ten_minutes = TestSameDay().book_now(lungs, make.amsterdam(TUESDAY, "9.10"), now=NOW)
    assert build(lungs, now=NOW + timedelta(minutes=15)).opened == 0
    assert in_ten_minutes.pk is not None
    assert prepared() == []


def test_list_is_built_in_a_fixed_number_of_queries(lungs, count_queries):
    def counted():
        CallTask.objects.all().delete()
        found = []
        for _ in range(2):  # the first time, and again
            with count_queries() as queries:
                build(lungs)
            found.append(queries)
        return found

    book(lungs, known=False)
    one = counted()
    for minutes in (40, 80):
        book(lungs, WEDNESDAY + timedelta(minutes=minutes), known=False)
    three = counted()
    assert [queries.count for queries in three] == [queries.count for queries in one], f"{one[0]}\n\n{three[0]}"


def test_job_builds_the_lists_of_all_departments_in_office_hours(lungs, time_machine):
    neurology = make.department("neurologie")
    book(lungs)
    book(neurology)
    time_machine.move_to(make.amsterdam(TUESDAY, "6.30"), tick=False)
    build_call_lists()
    assert prepared() == []
    time_machine.move_to(make.amsterdam(TUESDAY, "7.30"), tick=False)
    build_call_lists()
    assert {task.department for task in prepared()} == {lungs, neurology}


NUMBERS = {
    "without mail and phone": {"email": "", "mobile": "", "phone": ""},
    "with a landline only": {"email": "", "mobile": "", "phone": "+31201234567"},
    "with an address that bounces": {"mobile": ""},
}


@pytest.mark.parametrize("who", NUMBERS)
@pytest.mark.parametrize("sms", ["", "generic"])
def test_patient_whom_nothing_reaches_ends_as_the_task_of_a_person(lungs, settings, who, sms):
    """Not silence: on the list from the booking on, and among those in need when the day comes."""
    settings.SMS_PROVIDER = sms
    patient = make.PatientFactory(**NUMBERS[who])
    if patient.email:
        BrokenAddress.objects.create(channel="email", address=patient.email.lower(), since=NOW)
    held = book(lungs, patient=patient)
    build(lungs)
    tasks = list(open_call_tasks(lungs, now=NOW))
    assert {task.reason for task in tasks} == {"no_channel", "prepare"}
    assert {task.appointment for task in tasks} == {held}
    assert all("unreachable" in task.needs for task in tasks)
    assert shelf_of(tasks, NOW) == "needed"


def test_reach_left_out_would_put_the_unreachable_among_those_for_when_there_is_time(lungs, monkeypatch):
    """So that the test above is known to depend on it."""
    everybody = SimpleNamespace(reaches=True)
    monkeypatch.setattr("notifications.queries.preparing.reach_of", lambda *_people, **_more: everybody)
    book(lungs, patient=make.PatientFactory(unreachable=True))
    build(lungs)
    assert prepared()[0].needs == []


@pytest.mark.django_db(transaction=True)
def test_two_who_build_together_ask_once_for_each_patient(lungs):
    for minutes in (0, 40, 80):
        book(lungs, WEDNESDAY + timedelta(minutes=minutes), known=False)
    together(partial(build, lungs), partial(build, lungs))
    assert len(prepared()) == 3


@pytest.mark.django_db(transaction=True)
def test_list_that_is_built_while_consults_are_moved_tells_of_where_they_went(lungs):
    booked = [book(lungs, WEDNESDAY + timedelta(hours=hours), known=False) for hours in (0, 2, 4)]
    build(lungs)

    def move():
        for held in booked:
            retried(
                lambda held=held: make.move_appointment(appointment=held, start=later(held), by="user:1", now=NOW)
            )

    together(move, *[partial(retried, partial(build, lungs))] * 2)
    build(lungs)
    shown = {task.call_before for task in open_call_tasks(lungs, now=NOW)}
    assert shown == {later(held) for held in booked}


@pytest.mark.django_db(transaction=True)
def test_list_that_is_built_while_today_is_booked_and_moved_asks_once_for_each(lungs):
    today = TestSameDay()
    moved = [today.book_now(lungs, make.amsterdam(TUESDAY, f"{hour}.00")) for hour in (10, 12, 14)]
    booked = []

    def move():
        for held in moved:
            retried(
                lambda held=held: make.move_appointment(appointment=held, start=later(held), by="user:1", now=NOW)
            )

    def book_more():
        for hour in (11, 13, 15):
            start = make.amsterdam(TUESDAY, f"{hour}.00")
            booked.append(retried(lambda start=start: today.book_now(lungs, start)))

    together(move, book_more, *[partial(retried, partial(build, lungs))] * 2)
    shown = sorted((task.appointment_id, task.call_before) for task in open_call_tasks(lungs, now=NOW))
    assert shown == sorted([(held.pk, later(held)) for held in moved] + [(held.pk, held.start) for held in booked])


def later(held):
    return held.start + timedelta(minutes=30)


def retried(job):
    """As a clerk would, where others hold the day."""
    for _ in range(20):
        with suppress(Busy):
            return job()
    raise AssertionError("never got through")
