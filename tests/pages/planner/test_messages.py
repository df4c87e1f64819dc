"""The outbox of a department, one message, and a patient's whole conversation."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.actions.calls import open_call_task
from notifications.models import BrokenAddress, CallOutcome, CallTask, Message, MessageState
from notifications.queries.paging import read_place, write_place
from pages.planner.messages.filters import read_filter
from people.models import AccessLog
from tests import factories as make

REFUSED = "550 5.1.1 user unknown"


@pytest.fixture
def held(desk):
    """Mevrouw Zandbergen, whose confirmation by mail did not arrive."""
    patient = make.PatientFactory(department=desk.department, family_name="Zandbergen", mobile="")
    held = make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at("9.00"), patient=patient)
    now = timezone.now()
    mail(held).update(state=MessageState.FAILED, problem=REFUSED, offered_at=now, due_at=now)
    return held


def mail(held, kind="confirmation"):
    return Message.objects.filter(appointment=held, kind=kind, channel="email")


def rows(answer):
    return [(row.message.kind, row.message.channel, row.standing) for row in answer.context["rows"]]


class TestOutbox:
    def test_problems_come_first_with_why_and_what_to_do(self, desk, held):
        answer = desk.client.get(reverse("messages"))
        text = answer.content.decode()
        assert rows(answer) == [("confirmation", "email", "failed")]
        [row] = answer.context["rows"]
        assert row.answer in text
        assert REFUSED not in text
        assert reverse("message-resend", args=[row.message.public_id]) in text
        assert reverse("messages-of-patient", args=[held.patient.public_id]) in text
        seen = AccessLog.objects.filter(action="view.outbox", appointment_id=held.pk, patient=held.patient)
        assert seen.count() == 1

    def test_broken_address_is_repaired_and_not_tried_again(self, desk, held):
        BrokenAddress.objects.create(channel="email", address=held.patient.email, since=timezone.now())
        answer = desk.client.get(reverse("messages"))
        [row] = answer.context["rows"]
        assert (row.address_is_broken, row.may_resend) == (True, False)
        assert f"{reverse('messages-of-patient', args=[held.patient.public_id])}#reach" in answer.content.decode()

    def test_without_problems_everything_is_shown(self, desk, held):
        now = timezone.now()
        mail(held).update(state=MessageState.SENT, sent_at=now, body="/v/…")
        Message.objects.update(due_at=now)
        answer = desk.client.get(reverse("messages"))
        assert answer.context["box"] == "all"
        assert len(rows(answer)) == held.messages.count()

    def test_everything_begins_with_what_happened_last(self, desk, held):
        """What is planned is a page back; and when all is still to come, that is shown."""
        now = timezone.now()
        Message.objects.update(due_at=now + timedelta(days=1))
        mail(held).update(state=MessageState.SENT, sent_at=now, due_at=now, body="/v/…")
        answer = desk.client.get(reverse("messages"), {"bak": "all"})
        assert rows(answer) == [("confirmation", "email", "sent")]
        before = desk.client.get(reverse("messages") + answer.context["earlier"]["url"])
        assert len(rows(before)) == held.messages.count() - 1
        Message.objects.update(due_at=now + timedelta(days=1))
        assert len(rows(desk.client.get(reverse("messages"), {"bak": "all"}))) == held.messages.count()

    def test_menu_counts_the_problems(self, desk, held):
        answer = desk.client.get(reverse("today"))
        [item] = [item for item in answer.context["navigation"] if item.url == reverse("messages")]
        assert item.count == 1

    def test_name_is_looked_for_in_the_body_and_never_in_an_address(self, desk, held):
        make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at("10.00"))
        asked = {"zoek": "Zandb", "bak": "all", "kanaal": "inbox"}
        answer = desk.client.post(reverse("messages"), asked)
        assert {row.message.patient for row in answer.context["rows"]} == {held.patient}
        assert {row.message.channel for row in answer.context["rows"]} == {"inbox"}
        fragment = desk.client.post(reverse("messages"), asked, headers={"HX-Request": "true"})
        assert "Zandb" not in fragment["HX-Push-Url"]
        assert "kanaal=inbox" in fragment["HX-Push-Url"]
        assert "<html" not in fragment.content.decode()

    def test_filter_of_days(self, desk, held):
        day = desk.clinic.date
        far = {"bak": "all", "van": (day + timedelta(days=9)).isoformat()}
        assert rows(desk.client.get(reverse("messages"), far)) == []
        near = {"bak": "all", "tot": day.isoformat()}
        assert len(rows(desk.client.get(reverse("messages"), near))) == held.messages.count()

    @pytest.mark.parametrize(
        "query",
        [
            {"bak": "x", "soort": "y", "kanaal": "z"},
            {"van": "gisteren", "tot": "2026-13-40"},
            {"plek": "1.2"},
            {"plek": "9" * 40 + ".1.on"},
            {"plek": "²." + "1.back"},
            {"van": "0001-01-01", "tot": "9999-12-31"},
        ],
    )
    def test_nonsense_counts_as_not_asked(self, desk, held, query):
        assert desk.client.get(reverse("messages"), query).status_code == 200

    def test_page_is_a_place_in_the_list(self, desk, held):
        message = mail(held).get()
        place = read_filter({"plek": f"{int(message.due_at.timestamp() * 1_000_000)}.{message.pk}.on"}).place
        assert (place.pk, place.back) == (message.pk, False)
        assert read_place(write_place(place)) == place

    @pytest.mark.parametrize("box", ["problems", "all", "late"])
    def test_fixed_number_of_queries(self, desk, held, count_queries, box):
        def ask():
            with count_queries() as queries:
                desk.client.get(reverse("messages"), {"bak": box})
            return queries

        Message.objects.update(due_at=timezone.now() - timedelta(minutes=10))
        ask()
        one = ask()
        for clock in ("9.20", "9.40", "10.00"):
            more = make.appointment(
                clinician=desk.clinician,
                type=desk.type,
                start=desk.at(clock),
                patient=make.PatientFactory(department=desk.department, mobile=""),
            )
            mail(more).update(state=MessageState.FAILED, problem=REFUSED)
        Message.objects.update(due_at=timezone.now() - timedelta(minutes=10))
        ask()
        three = ask()
        assert three.count == one.count, str(three)

    def test_open_page_is_logged_once_a_day(self, desk, held):
        for _time in range(2):
            desk.client.get(reverse("messages"))
        assert AccessLog.objects.filter(action="view.outbox").count() == 1


class TestMessage:
    def test_text_steps_and_the_words_of_the_server(self, desk, held):
        mail(held).update(body="U gaat beeldbellen. https://x/v/…", subject="Uw afspraak", sent_to="oud@post.example")
        answer = desk.client.get(reverse("message", args=[mail(held).get().public_id]))
        text = answer.content.decode()
        for expected in ("U gaat beeldbellen.", "Uw afspraak", "oud@post.example", REFUSED):
            assert expected in text
        assert [step.mark.icon for step in answer.context["steps"]] == ["planned", "alert"]

    def test_what_became_of_a_text_message(self, desk, held):
        now = timezone.now()
        mail(held).update(
            channel="sms",
            state=MessageState.SENT,
            problem="",
            sent_at=now,
            delivered_at=now,
            read_at=now,
            provider="generic",
            provider_id="sms-77",
            segments=2,
            cost="0.15",
        )
        message = Message.objects.get(appointment=held, channel="sms")
        answer = desk.client.get(reverse("message", args=[message.public_id]))
        assert [step.mark.icon for step in answer.context["steps"]] == ["planned", "tested", "done", "eye"]
        assert "sms-77" in answer.content.decode()

    def test_send_again_writes_a_message_and_says_so(self, desk, held):
        address = reverse("message-resend", args=[mail(held).get().public_id])
        answer = desk.client.post(address, headers={"HX-Request": "true"})
        assert "notice good" in answer.content.decode()
        assert answer["HX-Trigger"] == "resent"
        assert mail(held).count() == 2
        refused = desk.client.post(address, headers={"HX-Request": "true"})
        assert "notice warn" in refused.content.decode()
        assert mail(held).count() == 2
        assert AccessLog.objects.filter(action="resend.message", patient=held.patient).count() == 2

    def test_problem_that_was_sent_again_is_a_problem_no_more(self, desk, held):
        desk.client.post(reverse("message-resend", args=[mail(held).get().public_id]))
        assert desk.client.get(reverse("messages")).context["wrong"] == 0


class TestConversation:
    def test_messages_calls_and_replies_in_one_line_of_time(self, desk, held):
        task = open_call_task(
            appointment=held,
            reason=CallTask.Reason.FAILED,
            occasion="x",
            call_before=held.start,
            now=timezone.now(),
        )
        desk.client.post(reverse("call-outcome", args=[task.public_id]), {"outcome": CallOutcome.NO_ANSWER})
        answer = desk.client.get(reverse("messages-of-patient", args=[held.patient.public_id]))
        lines = answer.context["lines"]
        assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)
        assert {line.row.message.kind for line in lines if line.row} >= {"confirmation", "hour_before"}
        assert {line.icon for line in lines if not line.row} >= {"call", "list"}

    def test_another_department_s_messages_are_not_shown(self, desk, held):
        elsewhere = make.department("neurologie")
        make.treated_by(held.patient, [elsewhere])
        make.appointment(patient=held.patient, department=elsewhere, start=desk.at("11.00") + timedelta(days=7))
        answer = desk.client.get(reverse("messages-of-patient", args=[held.patient.public_id]))
        assert {line.row.message.department for line in answer.context["lines"] if line.row} == {desk.department}

    def test_address_that_works_again_is_repaired_with_a_click(self, desk, held):
        BrokenAddress.objects.create(channel="email", address=held.patient.email.lower(), since=timezone.now())
        page = reverse("messages-of-patient", args=[held.patient.public_id])
        [reader] = desk.client.get(page).context["readers"]
        assert (reader.ways[0].works, bool(reader.ways[0].broken_since)) == (False, True)
        address = reverse("message-address", args=[held.patient.public_id])
        desk.client.post(address, {"wie": "patient", "kanaal": "email"})
        assert not BrokenAddress.objects.exists()
        assert desk.client.get(page).context["readers"][0].ways[0].works

    def test_wish_about_a_channel_is_noted(self, desk, held):
        address = reverse("message-consent", args=[held.patient.public_id])
        desk.client.post(address, {"wie": "patient", "kanaal": "email", "wens": "refused"})
        held.patient.refresh_from_db()
        assert held.patient.mail_consent == "refused"

    @pytest.mark.parametrize(
        "sent", [{}, {"wie": "patient"}, {"wie": "999999", "kanaal": "email", "wens": "given"}, {"wie": "²"}]
    )
    def test_what_makes_no_sense_changes_nothing(self, desk, held, sent):
        BrokenAddress.objects.create(channel="email", address=held.patient.email.lower(), since=timezone.now())
        for name in ("message-consent", "message-address"):
            answer = desk.client.post(reverse(name, args=[held.patient.public_id]), sent, follow=True)
            assert "notice error" in answer.content.decode()
        held.patient.refresh_from_db()
        assert held.patient.mail_consent == ""
        assert BrokenAddress.objects.exists()

    def test_someone_else_s_mother_is_nobody_here(self, desk, held):
        _child, mother = make.child_with_parent(timezone.localdate())
        address = reverse("message-consent", args=[held.patient.public_id])
        desk.client.post(address, {"wie": str(mother.pk), "kanaal": "email", "wens": "refused"})
        mother.refresh_from_db()
        assert mother.mail_consent == ""

    def test_fixed_number_of_queries(self, desk, held, count_queries):
        page = reverse("messages-of-patient", args=[held.patient.public_id])

        def ask():
            with count_queries() as queries:
                desk.client.get(page)
            return queries

        ask()
        one = ask()
        for clock in ("10.00", "10.40", "11.20"):
            make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at(clock), patient=held.patient)
        three = ask()
        assert three.count == one.count, str(three)
