"""Messages for programs: the list with its filters and cursor, one of them, sending again, the conversation."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Message
from tests import factories as make
from tests.api.conftest import kind_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic(staff):
    department = make.department("longziekten")
    held = make.appointment(department=department, start=make.amsterdam(make.next_workday(), "15.00"))
    program = staff(make.member("planner", department))
    return program, held


def confirmation(held):
    return Message.objects.get(appointment=held, kind="confirmation", channel="email")


def sent(held):
    message = confirmation(held)
    Message.objects.filter(pk=message.pk).update(state="sent", sent_at=timezone.now(), body="/v/…")
    return str(message.public_id)


def test_cursor_walks_the_whole_list_and_back(clinic):
    program, held = clinic
    make.appointment(department=held.department, start=held.start + timedelta(hours=1))
    query, seen = {"department": held.department_id, "limit": 2}, []
    page = program.get("api-messages", query).json()
    while True:
        seen += [one["id"] for one in page["messages"]]
        if page["next"] is None:
            break
        page = program.get("api-messages", query | {"cursor": page["next"]}).json()
    assert sorted(seen) == sorted(str(one) for one in Message.objects.values_list("public_id", flat=True))
    before = program.get("api-messages", query | {"cursor": page["previous"]}).json()
    last = len(page["messages"])
    assert [one["id"] for one in before["messages"]] == seen[-last - 2 : -last]


def test_filters(clinic):
    program, held = clinic
    query = {"department": held.department_id, "kind": "confirmation", "channel": "email", "box": "planned"}
    [found] = program.get("api-messages", query).json()["messages"]
    assert (found["kind"], found["channel"], found["standing"]) == ("confirmation", "email", "planned")
    assert found["patient"]["id"] == str(held.patient.public_id)
    nobody = program.get("api-messages", query | {"patient": str(held.public_id)}).json()
    assert nobody["messages"] == []
    later = program.get("api-messages", query | {"since": "2099-01-01"}).json()
    assert later["messages"] == []


@pytest.mark.parametrize("wrong", [{"cursor": "x"}, {"box": "lost"}, {"since": "gisteren"}, {"limit": 0}])
def test_what_cannot_be_read_is_said(clinic, wrong):
    program, held = clinic
    response = program.get("api-messages", {"department": held.department_id} | wrong)
    assert kind_of(response) == "invalid"
    assert set(response.json()["errors"]) == set(wrong)


def test_list_holds_no_words_and_one_message_does(clinic):
    program, held = clinic
    public_id = sent(held)
    listed = program.get("api-messages", {"department": held.department_id}).json()["messages"]
    assert all("body" not in one for one in listed)
    assert program.get("api-message", public_id=public_id).json()["body"] == "/v/…"


def test_resend_is_a_new_message_and_the_next_one_waits(clinic):
    program, held = clinic
    public_id = sent(held)
    response = program.post("api-message-resend", {}, public_id=public_id)
    assert response.status_code == 201
    assert response.json()["id"] != public_id
    refused = program.post("api-message-resend", {}, public_id=public_id)
    assert kind_of(refused) == "not-resent"
    assert refused.json()["reason"] == "too_soon"


def test_resend_over_a_channel_that_does_not_reach_says_why(clinic):
    program, held = clinic
    refused = program.post("api-message-resend", {"channel": "sms"}, public_id=sent(held))
    assert (refused.status_code, refused.json()["reason"]) == (409, "no_way")


def test_conversation_is_in_order(clinic):
    program, held = clinic
    shown = program.get("api-patient-messages", public_id=held.patient.public_id).json()
    moments = [line["at"] for line in shown["lines"]]
    assert moments == sorted(moments, reverse=True)
    assert {line["message"]["kind"] for line in shown["lines"] if line["message"]} >= {"confirmation", "hour_before"}


def test_operations_count_what_fails_per_code(clinic, staff):
    from events.catalogue import MessageFailed
    from events.log import record

    _program, held = clinic
    message = confirmation(held)
    Message.objects.filter(pk=message.pk).update(state="failed", provider="smtp", due_at=timezone.now())
    fact = MessageFailed(
        appointment=held.pk,
        session=held.session_id,
        department=held.department_id,
        message=message.pk,
        message_kind="confirmation",
        channel="email",
        reason="550",
    )
    for _time in range(2):
        record(fact, at=timezone.now(), actor="system")
    figures = staff(make.member("administrator", held.department)).get("api-operations-messages").json()
    [failure] = figures["failures"]
    assert (failure["provider"], failure["code"], failure["count"]) == ("smtp", "550", 2)
    assert (figures["dead"], len(figures["hours"])) == (1, 24)
    assert held.patient.family_name not in str(figures)
