"""The call list: one patient at a time, with number, words and outcome; how far today is; what ended how."""

from datetime import timedelta

import pytest
import time_machine as travel
from django.urls import reverse
from django.utils import timezone

from notifications.actions.call_list import build_call_list
from notifications.actions.call_results import complete_call_task, hold_call
from notifications.actions.calls import open_call_task, open_call_task_for_patient
from notifications.models import CallOutcome, CallTask
from notifications.queries.calls import calls_needed
from people.models import AccessLog
from scheduling.models import ContactPreference
from tests import factories as make

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def in_the_morning():
    """A Tuesday: in the weekend and at night nobody is phoned again."""
    with travel.travel(make.amsterdam("2026-11-24", "9.00"), tick=False):
        yield


def book(desk, clock, **patient):
    """A video consult, of who has tested the device for it."""
    patient.setdefault("department", desk.department)
    held = make.appointment(
        clinician=desk.clinician, type=desk.type, start=desk.at(clock), patient=make.PatientFactory(**patient)
    )
    make.device_test(held)
    return held


def ask(held, occasion="test"):
    return open_call_task(
        appointment=held,
        reason=CallTask.Reason.ASKED,
        occasion=occasion,
        now=timezone.now(),
        call_before=held.start,
    )


@pytest.fixture
def built(desk):
    """Three video consults tomorrow: one patient whom no message reaches, two who do it for the first time."""
    booked = [book(desk, "9.00", unreachable=True), book(desk, "10.20"), book(desk, "11.00")]
    build_call_list(department=desk.department, day=timezone.localdate(), now=timezone.now())
    return booked


def page_of(client, **query):
    return client.get(reverse("call-list", query=query)).context["page"]


def say(desk, task, name="call-outcome", **said):
    return desk.client.post(reverse(name, args=[task.public_id]), said, headers=HTMX)


def test_most_in_need_is_open_and_the_rest_follows(desk, built):
    page = page_of(desk.client)
    assert [call.appointment for call in page.rows] == built
    assert (page.open.appointment, page.open.needs) == (built[0], ("unreachable", "first_video"))
    assert [(tab.count, tab.current) for tab in page.tabs] == [
        (3, True),
        (0, False),
        (0, False),
        (0, False),
        (0, False),
    ]


def test_patient_with_several_tasks_is_one_call(desk, built):
    """No message reaches this patient, and the video call must be prepared: that is one call."""
    first = page_of(desk.client).rows[0]
    assert {task.reason for task in first.tasks} == {"no_channel", "prepare"}
    say(desk, first.task, outcome="reached", ook=first.also, toon="needed")
    assert CallTask.objects.filter(appointment=built[0], done_at=None).count() == 0


def test_task_that_came_while_phoning_is_not_finished_with_the_call(desk, built):
    shown = page_of(desk.client).rows[1]
    ask(built[1])
    say(desk, shown.task, outcome="reached", ook=shown.also, toon="needed")
    assert [task.reason for task in CallTask.objects.filter(appointment=built[1], done_at=None)] == ["asked"]


def test_next_opens_by_itself_and_today_gets_on(desk, built):
    shown = page_of(desk.client)
    answer = say(desk, shown.open.task, outcome="reached", ook=shown.open.also, toon="needed")
    page = answer.context["page"]
    assert (page.open.appointment, page.whole.phoned, page.whole.total) == (built[1], 1, 3)
    assert "data-autofocus" in answer.content.decode()


def test_who_does_not_answer_is_for_later_and_the_next_opens(desk, built):
    shown = page_of(desk.client).open
    page = say(desk, shown.task, outcome="no_answer", ook=shown.also, toon="needed").context["page"]
    assert page.open.appointment == built[1]
    (later,) = page_of(desk.client, toon="later").rows
    assert later.again_at == timezone.now() + timedelta(hours=1)


def test_call_can_be_chosen(desk, built):
    wanted = page_of(desk.client).rows[2]
    assert page_of(desk.client, bel=str(wanted.task.public_id)).open.tasks == wanted.tasks


@pytest.mark.parametrize("query", [{"toon": "alles"}, {"bel": "x"}, {"bel": "0b0d6a43-5a5c-4a0e-9d2e-1f6f4c9c7a11"}])
def test_address_that_names_nothing_shows_the_list(desk, built, query):
    assert page_of(desk.client, **query).open.appointment == built[0]


def test_list_for_when_there_is_time_opens_when_nobody_is_in_need(desk, built):
    CallTask.objects.exclude(reason="prepare").delete()
    CallTask.objects.update(needs=[], need=0)
    page = page_of(desk.client)
    assert (page.shelf, len(page.rows)) == ("if_time", 3)


def test_colleague_on_the_line_is_shown_and_passed_over(desk, built):
    jurre = make.member("helpdesk", desk.department, name="Jurre Kuipers")
    first = page_of(desk.client).rows[0]
    hold_call(task=first.task, by=jurre.actor, now=timezone.now())
    page = page_of(desk.client)
    assert page.rows[0].held_by == "Jurre Kuipers"
    assert page.open.appointment == built[1]
    refused = say(desk, first.task, outcome="reached", toon="needed")
    assert "Jurre Kuipers" in refused.content.decode()
    first.task.refresh_from_db()
    assert first.task.is_open


def test_who_i_phone_stays_open_whatever_comes(desk, built):
    second = page_of(desk.client).rows[1]
    page = say(desk, second.task, "call-hold", toon="needed").context["page"]
    assert (page.open.tasks, page.open.is_mine) == (second.tasks, True)
    assert page_of(desk.client).open.tasks == second.tasks
    shown = desk.client.get(reverse("calls")).context["calls"]
    assert shown[0].tasks == second.tasks
    released = say(desk, second.task, "call-hold", los="1", toon="needed").context["page"]
    assert not released.open.is_mine


def test_hold_from_the_panel_beside_the_day_returns_the_panel(desk, built):
    first = page_of(desk.client).rows[0]
    answer = say(desk, first.task, "call-hold")
    assert answer.context["calls"][0].is_mine
    assert "page" not in answer.context


@pytest.mark.parametrize(("result", "preference"), [("wants_phone", "phone"), ("wants_visit", "visit")])
def test_reached_patient_who_wants_another_form_states_a_preference(desk, built, result, preference):
    task = page_of(desk.client).rows[1].task
    say(desk, task, outcome=f"reached.{result}", notitie="  Heeft slecht internet ", toon="needed")
    stated = ContactPreference.objects.get()
    assert (stated.appointment, stated.preference, stated.stated_by) == (built[1], preference, desk.planner.actor)
    task.refresh_from_db()
    assert task.note == "Heeft slecht internet"


def test_helpdesk_is_not_offered_to_state_a_preference(desk, built, client_of):
    client = client_of(make.member("helpdesk", desk.department))
    answer = client.get(reverse("call-list"))
    assert [result.value for result in answer.context["results"]] == ["ready", "help"]
    task = answer.context["page"].open.task
    address = reverse("call-outcome", args=[task.public_id])
    assert client.post(address, {"outcome": "reached.wants_phone"}).status_code == 422
    assert not ContactPreference.objects.exists()


def test_reached_patient_who_needs_help_comes_back_for_the_helpdesk(desk, built):
    task = page_of(desk.client).rows[1].task
    say(desk, task, outcome="reached.help", notitie="Camera doet niets", toon="needed")
    # Only who must be phoned within the hour goes before them.
    pressing, stuck, _rest = page_of(desk.client).rows
    assert pressing.task.call_before == timezone.now() + timedelta(hours=1)
    assert (stuck.appointment, stuck.needs, stuck.notes) == (built[1], ("help",), ["Camera doet niets"])


def test_note_that_no_database_can_keep_is_cut_to_what_it_can(desk, built):
    task = page_of(desk.client).rows[1].task
    say(desk, task, outcome="reached.help", notitie="Camera\0 " + 600 * "x", toon="needed")
    (note,) = page_of(desk.client).rows[1].notes
    assert (note[:8], len(note)) == ("Camera x", 500)


@pytest.mark.parametrize("said", ["no_answer.ready", "reached.shrug", "not_needed", ".ready"])
def test_what_nobody_can_say_is_refused(desk, built, said):
    assert say(desk, page_of(desk.client).open.task, outcome=said).status_code == 422


class TestRightNumber:
    """What the right number is, typed beside the call; kept as the contact page keeps it."""

    RIGHT = "06 1122 3344"

    def call(self, desk, built):
        return page_of(desk.client).rows[1]

    def test_wrong_number_is_replaced_and_the_same_call_stays_open(self, desk, built):
        call = self.call(desk, built)
        answer = say(desk, call.task, outcome="wrong_number", juist=self.RIGHT, ook=call.also, toon="needed")
        page = answer.context["page"]
        assert (answer.status_code, page.open.appointment, page.open.is_mine) == (200, built[1], True)
        assert page.open.numbers == ("+31611223344",)
        assert page.open.needs == ("first_video",)
        assert "06 11223344" in answer.content.decode()
        assert AccessLog.objects.filter(action="change.contact", patient=call.patient, role="planner").count() == 1

    def test_reached_patient_gives_another_and_the_next_call_opens(self, desk, built):
        call = self.call(desk, built)
        page = say(desk, call.task, outcome="reached.ready", juist="020-6240808", toon="needed").context["page"]
        call.patient.refresh_from_db()
        assert (call.patient.phone, page.open.appointment) == ("+31206240808", built[0])

    def test_beside_the_day_it_is_the_same(self, desk, built):
        call = self.call(desk, built)
        answer = say(desk, call.task, outcome="wrong_number", juist=self.RIGHT, ook=call.also)
        assert answer.context["calls"][0].numbers == ("+31611223344",)

    @pytest.mark.parametrize(
        ("outcome", "right"),
        [("wrong_number", "0612"), ("reached", "geen idee"), ("no_answer", RIGHT), ("wrong_number", "own")],
    )
    @pytest.mark.parametrize("where", ["needed", ""])
    def test_what_cannot_be_it_is_said_beside_the_field_and_nothing_typed_is_lost(
        self, desk, built, outcome, right, where
    ):
        call = self.call(desk, built)
        right = call.numbers[0] if right == "own" else right
        typed = {"juist": right, "notitie": "Belt <b>om drie</b>", "nummer": call.numbers[0]}
        answer = say(desk, call.task, outcome=outcome, toon=where, **typed)
        shown = answer.context["page"].open if where else answer.context["calls"][0]
        assert (answer.status_code, shown.appointment) == (422, built[1])
        assert (shown.typed.right_number, shown.typed.note) == (right, "Belt <b>om drie</b>")
        field = f"right-number-{shown.task.pk}"
        html = answer.content.decode()
        assert f'id="{field}_error"' in html
        assert f'aria-describedby="{field}_error" data-autofocus' in html
        assert f'value="{right}"' in html
        assert 'value="Belt &lt;b&gt;om drie&lt;/b&gt;"' in html
        assert html.count("data-autofocus") == 1
        call.task.refresh_from_db()
        assert (call.task.tries, call.task.note) == (0, "")

    def test_what_was_typed_is_given_back_when_a_colleague_was_first(self, desk, built):
        call = self.call(desk, built)
        complete_call_task(task=call.task, outcome=CallOutcome.REACHED, by="user:1", now=timezone.now())
        for right in (self.RIGHT, "0612"):
            answer = say(desk, call.task, outcome="reached", juist=right, notitie="Belt om drie", toon="needed")
            assert f"{right}, Belt om drie" in answer.content.decode()
        call.patient.refresh_from_db()
        assert "11223344" not in call.patient.mobile

    @pytest.mark.parametrize("where", ["needed", ""])
    def test_what_was_typed_before_phoning_stays(self, desk, built, where):
        call = self.call(desk, built)
        typed = {"juist": self.RIGHT, "notitie": "Belt om drie"}
        for more in ({}, {"los": "1"}):
            answer = say(desk, call.task, "call-hold", toon=where, **typed, **more)
            shown = answer.context["page"].open if where else answer.context["calls"][0]
            assert (answer.status_code, shown.appointment) == (200, built[1])
            assert (shown.typed.right_number, shown.typed.note) == (self.RIGHT, "Belt om drie")
        hold_call(task=call.task, by="user:0", now=timezone.now())
        answer = say(desk, call.task, "call-hold", toon=where, **typed)
        assert answer.content.decode().count(f"{self.RIGHT}, Belt om drie") == 1

    def test_helpdesk_may_not_change_contact_here_either(self, desk, built, client_of):
        jurre = make.member("helpdesk", desk.department)
        client = client_of(jurre)
        page = client.get(reverse("call-list"))
        assert 'name="juist"' not in page.content.decode()
        assert 'name="juist"' in desk.client.get(reverse("call-list")).content.decode()
        task = page.context["page"].open.task
        said = {"outcome": "reached", "juist": self.RIGHT}
        assert client.post(reverse("call-outcome", args=[task.public_id]), said, headers=HTMX).status_code == 404
        assert AccessLog.objects.filter(action="change.contact", result="refused", actor=jurre.actor).exists()
        task.refresh_from_db()
        assert task.is_open

    def test_patient_whom_the_department_does_not_treat_keeps_the_number(self, desk, built):
        call = self.call(desk, built)
        call.patient.treatment_relations.all().delete()
        assert say(desk, call.task, outcome="reached", juist=self.RIGHT).status_code == 404
        assert AccessLog.objects.filter(action="change.contact", result="refused", patient=call.patient).exists()

    def test_without_a_right_number_the_contact_is_not_said_to_be_changed(self, desk, built):
        say(desk, self.call(desk, built).task, outcome="reached", juist="  ")
        assert not AccessLog.objects.filter(action="change.contact").exists()


def test_given_up_stands_apart_with_what_remains(desk, built):
    call = page_of(desk.client).open
    for _ in range(3):
        say(desk, call.task, outcome="no_answer", ook=call.also, toon="needed")
    (one,) = page_of(desk.client, toon="unreached").ended
    assert (one.task.appointment, one.has_time_for_letter) == (built[0], False)
    assert one.advice
    say(desk, one.task, "call-settle", hoe="clinician", toon="unreached")
    assert page_of(desk.client, toon="unreached").ended == ()


def patients_to_phone(desk):
    return calls_needed(desk.department, timezone.now()).values("patient").distinct().count()


def test_given_up_is_counted_and_said_beside_the_day(desk, built):
    counted = patients_to_phone(desk)
    call = page_of(desk.client).rows[1]
    say(desk, call.task, outcome="no_answer")
    assert patients_to_phone(desk) == counted - 1
    for _ in range(2):
        beside = say(desk, call.task, outcome="no_answer")
    assert patients_to_phone(desk) == counted
    assert beside.context["unreached"] == 1
    assert "?toon=unreached" in beside.content.decode()


def test_given_up_can_be_called_again(desk, built):
    call = page_of(desk.client).rows[1]
    for _ in range(3):
        say(desk, call.task, outcome="voicemail", toon="needed")
    say(desk, call.task, "call-settle", hoe="opnieuw", toon="unreached")
    assert page_of(desk.client, toon="unreached").ended == ()
    assert call.task in [one.task for one in page_of(desk.client).rows]


def test_something_else_than_a_way_out_is_refused(desk, built):
    assert say(desk, page_of(desk.client).open.task, "call-settle", hoe="vergeten").status_code == 422


def test_done_today_says_who_and_how(desk, built):
    call = page_of(desk.client).rows[1]
    say(desk, call.task, outcome="reached.ready", toon="needed")
    (done,) = page_of(desk.client, toon="done").ended
    assert (done.task, done.who, done.advice) == (call.task, "Samira Bouzid", "")


def test_unsafe_address_warns_to_leave_no_message(desk):
    ask(book(desk, "9.00", unsafe_address=True))
    (call,) = page_of(desk.client).rows[:1]
    assert not call.may_leave_message


def test_call_about_an_invitation_shows_the_patient_without_an_appointment(desk):
    patient = make.PatientFactory(department=desk.department, unreachable=True)
    task = open_call_task_for_patient(
        patient=patient,
        department=desk.department,
        reason=CallTask.Reason.NO_CHANNEL,
        occasion="order 1",
        call_before=timezone.now(),
        now=timezone.now(),
        about="invitation",
    )
    for name in ("call-list", "today", "helpdesk"):
        assert reverse("patient", args=[patient.public_id]) in desk.client.get(reverse(name)).content.decode()
    say(desk, task, outcome="reached", toon="needed")
    assert page_of(desk.client, toon="done").ended[0].task == task
    assert desk.client.get(reverse("call-list", query={"toon": "done"})).status_code == 200


def test_calls_made_and_messages_sent_stand_in_the_panel(desk, built):
    task = page_of(desk.client).rows[1].task
    say(desk, task, outcome="voicemail", toon="needed")
    call = page_of(desk.client, bel=str(task.public_id)).open
    assert [(made.outcome, made.who) for made in call.made] == [("voicemail", "Samira Bouzid")]
    assert len(call.told) == 3


def test_calls_stand_in_the_history_of_the_appointment(desk, built):
    say(desk, page_of(desk.client).rows[1].task, outcome="reached.help", toon="needed")
    history = desk.client.get(reverse("appointment", args=[built[1].public_id])).context["history"]
    assert any(line.who == "Samira Bouzid" and line.detail for line in history)


def test_board_shows_what_phoning_came_to(desk, built):
    done, unreached = page_of(desk.client).rows[1:3]
    complete_call_task(task=done.task, outcome=CallOutcome.REACHED, by="user:1", now=timezone.now())
    for _ in range(3):
        complete_call_task(task=unreached.task, outcome=CallOutcome.NO_ANSWER, by="user:1", now=timezone.now())
    board = desk.client.get(reverse("today", query={"datum": desk.clinic.date.isoformat()})).context
    assert board["preparations"] == {built[0].pk: "needed", built[1].pk: "prepared", built[2].pk: "unreached"}


def test_each_patient_on_the_list_is_logged(desk, built):
    page_of(desk.client)
    seen = AccessLog.objects.filter(action="view.call_list").values_list("appointment_id", flat=True)
    assert set(seen) == {held.pk for held in built}
    before = len(seen)
    desk.client.get(reverse("call-list-now"))
    assert AccessLog.objects.filter(action="view.call_list").count() == before


def test_refresh_without_a_change_is_not_sent_again(desk, built):
    url = reverse("call-list-now")
    first = desk.client.get(url)
    assert desk.client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    ask(built[1])
    assert desk.client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("shelf", ["needed", "if_time", "later", "unreached", "done"])
@pytest.mark.parametrize("name", ["call-list", "call-list-now"])
def test_page_asks_a_fixed_number_of_queries(desk, count_queries, shelf, name):
    def grow(clock):
        make_shelf(desk, ask(book(desk, clock, unreachable=True), clock), shelf)

    def counted():
        address = reverse(name, query={"toon": shelf})
        desk.client.get(address)
        with count_queries() as queries:
            desk.client.get(address)
        return queries

    grow("9.00")
    one = counted()
    grow("10.00")
    grow("11.00")
    three = counted()
    assert three.count == one.count, f"{one}\n\n{three}"


def make_shelf(desk, task, shelf):
    same = CallTask.objects.filter(patient=task.patient)
    now = timezone.now()
    if shelf == "if_time":
        same.exclude(pk=task.pk).delete()
        same.update(reason="prepare", needs=[], need=0)
    if shelf == "later":
        same.update(call_after=now + timedelta(hours=1), tries=1, tried_at=now, outcome="no_answer")
    if shelf in ("unreached", "done"):
        outcome = "no_answer" if shelf == "unreached" else "reached"
        same.update(done_at=now, done_by=desk.planner.actor, outcome=outcome, tried_at=now)
