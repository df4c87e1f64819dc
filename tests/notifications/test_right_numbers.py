"""Another number, heard on the phone: kept as the contact page keeps it, and phoned at once where one was wrong."""

from datetime import timedelta

import pytest

from notifications.actions.call_results import HOLD, AlreadyDone, CallReport, HeldByOther, complete_calls, hold_call
from notifications.actions.calls import open_call_task
from notifications.actions.contacts import change_contact, change_number
from notifications.actions.right_numbers import NumberProblem, NumberRefused
from notifications.models import BrokenAddress, CallOutcome, CallTask, Message, MessageState
from people.models import Patient
from tests import factories as make
from tests.notifications.conftest import next_week
from tests.support.together import together

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-23", "09.30")
OLD, RIGHT, LANDLINE, OTHER_LANDLINE = "+31612345678", "+31611223344", "+31201234567", "+31207654321"


def asked(held):
    return open_call_task(
        appointment=held, reason=CallTask.Reason.ASKED, occasion="1", call_before=held.start, now=NOW
    )


def task_for(**patient):
    """One asks to be phoned, about a consult of next week."""
    fields = {"mobile": OLD, "phone": "", **patient}
    return asked(make.appointment(patient=make.PatientFactory(**fields), start=next_week()))


def said(task, outcome=CallOutcome.WRONG_NUMBER, right=RIGHT, number="", by="user:7", also=()):
    report = CallReport(outcome, number=number, right_number=right)
    return complete_calls(tasks=[task, *also], report=report, by=by, now=NOW)


def numbers_of(task):
    return Patient.objects.values_list("mobile", "phone").get(pk=task.patient_id)


class TestWhereItIsKept:
    @pytest.mark.parametrize(
        ("known", "dialled", "right", "kept"),
        [
            pytest.param((OLD, ""), OLD, RIGHT, (RIGHT, ""), id="mobile for mobile"),
            pytest.param((OLD, ""), OLD, LANDLINE, ("", LANDLINE), id="landline for a wrong mobile"),
            pytest.param(("", LANDLINE), LANDLINE, RIGHT, (RIGHT, ""), id="mobile for a wrong landline"),
            pytest.param((OLD, LANDLINE), OLD, RIGHT, (RIGHT, LANDLINE), id="the other one stays"),
            pytest.param(
                (OLD, LANDLINE), LANDLINE, OTHER_LANDLINE, (OLD, OTHER_LANDLINE), id="landline for landline"
            ),
            pytest.param((OLD, LANDLINE), "", RIGHT, (RIGHT, LANDLINE), id="the first was dialled unless said"),
            pytest.param((OLD, LANDLINE), LANDLINE, OLD, (OLD, ""), id="the other one is the right one"),
            pytest.param(("06-12345678", ""), "06-12345678", RIGHT, (RIGHT, ""), id="written elsewhere"),
        ],
    )
    def test_wrong_one_goes_and_the_right_one_comes(self, known, dialled, right, kept):
        task = task_for(mobile=known[0], phone=known[1])
        said(task, right=right, number=dialled)
        assert numbers_of(task) == kept

    @pytest.mark.parametrize(("right", "kept"), [(RIGHT, (RIGHT, "")), (LANDLINE, (OLD, LANDLINE))])
    def test_reached_patient_keeps_a_number_of_the_other_kind(self, right, kept):
        task = task_for()
        assert said(task, CallOutcome.REACHED, right).outcome == CallOutcome.REACHED
        assert numbers_of(task) == kept

    def test_mail_address_and_language_stay(self):
        task = task_for(email="t.hof@post.example", language="en")
        said(task)
        assert Patient.objects.values_list("email", "language").get() == ("t.hof@post.example", "en")

    def test_of_a_child_it_is_the_mothers(self):
        child, mother = make.child_with_parent(make.next_workday())
        said(asked(make.appointment(patient=child, start=next_week())))
        mother.refresh_from_db()
        child.refresh_from_db()
        assert (mother.mobile, child.mobile, child.phone) == (RIGHT, "", "")

    def test_of_two_parents_it_is_of_whose_number_was_dialled(self):
        child, mother = make.child_with_parent(make.next_workday())
        father = make.RepresentativeFactory(patient=child, valid_from=mother.valid_from, mobile=OLD)
        said(asked(make.appointment(patient=child, start=next_week())), number=OLD)
        before = mother.mobile
        mother.refresh_from_db()
        father.refresh_from_db()
        assert (mother.mobile, father.mobile) == (before, RIGHT)


class TestRefused:
    @pytest.mark.parametrize("outcome", [CallOutcome.NO_ANSWER, CallOutcome.VOICEMAIL])
    def test_where_nobody_told_it(self, outcome):
        self.refuse(task_for(), NumberProblem.NOT_HEARD, outcome)

    @pytest.mark.parametrize("dialled", ["", OLD, "06-12345678"])
    def test_where_it_is_the_wrong_one(self, dialled):
        self.refuse(task_for(), NumberProblem.THE_SAME, right=OLD, number=dialled)

    def test_landline_of_who_stands_for_the_patient(self):
        child, _mother = make.child_with_parent(make.next_workday())
        task = asked(make.appointment(patient=child, start=next_week()))
        self.refuse(task, NumberProblem.NO_MOBILE, right=LANDLINE)

    def refuse(self, task, why, outcome=CallOutcome.WRONG_NUMBER, **report):
        before = numbers_of(task)
        assert said(task, outcome, **report) == NumberRefused(why)
        task.refresh_from_db()
        assert (task.tries, task.is_open, numbers_of(task)) == (0, True, before)
        assert not BrokenAddress.objects.exists()

    def test_where_a_colleague_was_first_nothing_is_written(self):
        task = task_for()
        said(task, CallOutcome.REACHED, right="", by="user:8")
        assert said(task) == AlreadyDone("user:8", NOW)
        assert numbers_of(task) == (OLD, "")

    def test_where_a_colleague_is_on_the_line_nothing_is_written(self):
        task = task_for()
        hold_call(task=task, by="user:8", now=NOW)
        assert said(task) == HeldByOther("user:8", NOW + HOLD)
        assert numbers_of(task) == (OLD, "")


class TestPhonedAtOnce:
    def test_by_whoever_heard_it(self):
        done = said(task_for())
        assert (done.is_open, done.call_after, done.needs, done.tries) == (True, None, ["asked"], 0)
        assert (done.held_by, done.held_until) == ("user:7", NOW + HOLD)

    def test_also_after_as_many_tries_as_agreed(self):
        task = task_for()
        for _ in range(2):
            said(task, right="")
        assert said(task).is_open
        assert not said(task, CallOutcome.NO_ANSWER, right="").is_given_up

    def test_wrong_one_gets_no_text_messages_and_the_right_one_does(self, settings):
        settings.SMS_PROVIDER = "generic"
        task = task_for(email="")
        said(task)
        assert BrokenAddress.objects.values_list("address").get() == (OLD,)
        texts = Message.objects.filter(channel="sms", state=MessageState.PLANNED)
        assert {message.address for message in texts} == {RIGHT}

    def test_other_calls_to_this_patient_wait_for_nobody_to_look_it_up(self):
        task = task_for()
        other = asked(make.appointment(patient=task.patient, start=next_week("16.00")))
        said(other, right="")
        other.refresh_from_db()
        assert other.call_after is not None
        said(task, CallOutcome.REACHED)
        other.refresh_from_db()
        assert (other.needs, other.call_after, other.tries) == (["asked"], None, 0)

    def test_contact_page_does_the_same(self):
        task = task_for()
        said(task, right="")
        patient = task.patient
        fields = {"email": patient.email, "phone": "", "language": "nl"}
        change_contact(patient=patient, mobile=OLD, now=NOW, **fields)
        task.refresh_from_db()
        assert task.needs == ["wrong_number", "asked"]
        change_contact(patient=patient, mobile=RIGHT, now=NOW, **fields)
        task.refresh_from_db()
        assert (task.needs, task.call_after) == (["asked"], None)

    def test_what_could_not_be_told_is_told_now(self, settings):
        """No mail, no mobile: a person had to phone, and hears of a mobile number."""
        settings.SMS_PROVIDER = "generic"
        held = make.appointment(patient=make.PatientFactory(email="", mobile="", phone=LANDLINE), start=next_week())
        task = CallTask.objects.get(reason="no_channel")
        assert not Message.objects.filter(channel="sms").exists()
        done = said(task, CallOutcome.REACHED)
        assert done.outcome == CallOutcome.REACHED
        assert Message.objects.filter(appointment=held, channel="sms", state=MessageState.PLANNED).exists()
        assert not CallTask.objects.filter(done_at=None).exists()


def test_number_that_is_kept_already_ends_the_search_all_the_same():
    """Found by a colleague on the contact page, while this one was on the phone."""
    task = task_for()
    said(task, right="")
    Patient.objects.filter(pk=task.patient_id).update(mobile=RIGHT)
    change_number(person=task.patient, number=RIGHT, now=NOW)
    task.refresh_from_db()
    assert task.needs == ["asked"]


@pytest.mark.django_db(transaction=True)
def test_number_page_and_move_at_once_stop_nobody():
    """One on the phone, one on the contact page, one who moves the consult: all get through."""
    task = task_for()
    held, patient = task.appointment, task.patient
    later = asked(make.appointment(patient=patient, start=next_week("16.00")))

    def contact():
        fields = {"email": "nieuw@post.example", "phone": LANDLINE, "language": "nl"}
        change_contact(patient=Patient.objects.get(pk=patient.pk), mobile=OLD, now=NOW, **fields)

    def move():
        make.move_appointment(appointment=held, start=held.start + timedelta(minutes=30), by="user:2", now=NOW)

    together(contact, move, lambda: said(task, CallOutcome.REACHED, also=[later]))
    task.refresh_from_db()
    held.refresh_from_db()
    assert (task.outcome, held.schedule_version) == (CallOutcome.REACHED, 2)
    mobile, phone = numbers_of(task)
    assert phone == LANDLINE
    assert mobile in (OLD, RIGHT)
