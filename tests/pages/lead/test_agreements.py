"""What a department agrees on about its messages: the lead changes it, who tells patients sees it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from notifications.models import Message
from notifications.replanning_jobs import replan_policies
from praktijkplan.policy import Policy
from scheduling.models import DepartmentPolicy
from scheduling.queries.policy import policy_on
from tests import factories as make
from tests.notifications.conftest import next_week

pytestmark = pytest.mark.django_db

AGREED = {
    "sent": ["day_before", "hour_before", "delay", "almost", "invitation", "freed_place", "feedback"],
    "undo_minutes": "2",
    "day_before_at": "10.00",
    "hour_before_minutes": "60",
    "quiet_from": "21.00",
    "quiet_until": "08.00",
    "mail_messages": "on",
    "mail_consent": "opt_out",
    "sms_when": "always",
    "sms_consent": "opt_out",
    "late_nl": "",
    "late_en": "",
    "call_before_video": "on",
    "call_tries": "3",
    "call_again_minutes": "60",
    "link_opens_minutes": "30",
    "revision": "0",
}


@pytest.fixture
def department():
    return make.department("longziekten")


@pytest.fixture
def lead(department, client_of):
    return client_of(make.member("lead", department))


def agreed(department) -> Policy:
    return policy_on(department.pk, timezone.localdate())


def test_page_shows_what_counts_now(lead, department):
    make.policy(department, hour_before_minutes=90, messages_off=["feedback"])
    form = lead.get(reverse("agreements")).context["form"]
    assert form["hour_before_minutes"].value() == 90
    assert "feedback" not in form["sent"].value()


def test_what_is_shown_and_saved_unchanged_changes_nothing(lead, department):
    assert lead.post(reverse("agreements"), AGREED).status_code == 302
    assert agreed(department) == Policy()


def test_lead_agrees_on_other_moments_channels_and_words(lead, department):
    changed = AGREED | {
        "sent": ["day_before", "hour_before"],
        "day_before_at": "16:00",
        "hour_before_minutes": "120",
        "sms_when": "without_mail",
        "sms_consent": "opt_in",
        "late_nl": "Blijf op de pagina.  Wij bellen u na een kwartier.",
        "call_tries": "2",
    }
    assert lead.post(reverse("agreements"), changed)["Location"] == reverse("agreements")
    policy = agreed(department)
    assert (policy.day_before_at.hour, policy.hour_before_minutes, policy.call_tries) == (16, 120, 2)
    assert policy.messages_off == {"delay", "almost", "invitation", "freed_place", "feedback"}
    assert (policy.sms_when, policy.sms_consent) == ("without_mail", "opt_in")
    assert policy.late_text == {"nl": "Blijf op de pagina. Wij bellen u na een kwartier."}
    [fact] = Event.objects.filter(kind="policy.agreed")
    assert "hour_before_minutes" in fact.data["changed"]


def test_reminders_that_are_planned_follow(lead, department):
    appointment = make.appointment(start=next_week(), department=department)
    lead.post(reverse("agreements"), AGREED | {"hour_before_minutes": "120"})
    replan_policies()
    reminder = Message.objects.get(appointment=appointment, kind="hour_before", channel="email")
    assert (appointment.start - reminder.due_at).total_seconds() == 120 * 60


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"hour_before_minutes": "30"}, "hour_before_minutes"),
        ({"hour_before_minutes": "een uur"}, "hour_before_minutes"),
        ({"hour_before_minutes": ""}, "hour_before_minutes"),
        ({"undo_minutes": "31"}, "undo_minutes"),
        ({"day_before_at": "25.00"}, "day_before_at"),
        ({"sms_when": "soms"}, "sms_when"),
        ({"sent": ["cancelled"]}, "sent"),
        ({"late_nl": "x" * 301}, "late_nl"),
        ({"link_opens_minutes": "60"}, "link_opens_minutes"),
        ({"call_tries": "0"}, "call_tries"),
    ],
)
def test_what_cannot_be_agreed_is_refused_beside_its_field(lead, department, wrong, field):
    answer = lead.post(reverse("agreements"), AGREED | {"call_again_minutes": "45"} | wrong)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert answer.context["form"]["call_again_minutes"].value() == "45"
    assert not DepartmentPolicy.objects.exists()


def test_second_of_two_leads_sees_what_the_first_agreed_and_loses_nothing(lead, department):
    lead.post(reverse("agreements"), AGREED | {"hour_before_minutes": "120"})
    second = lead.post(reverse("agreements"), AGREED | {"day_before_at": "16.00"})
    assert second.status_code == 409
    assert [one.value for one in second.context["meanwhile"]] == ["10.00", "120"]
    assert second.context["form"]["day_before_at"].value() == "16.00"
    assert agreed(department) == Policy(hour_before_minutes=120)
    again = AGREED | {"day_before_at": "16.00", "revision": str(second.context["revision"])}
    assert lead.post(reverse("agreements"), again).status_code == 302
    assert agreed(department).day_before_at.hour == 16


@pytest.mark.parametrize("role", ["planner", "helpdesk"])
def test_who_tells_patients_sees_the_agreements_and_cannot_change_them(department, client_of, role):
    client = client_of(make.member(role, department))
    page = client.get(reverse("agreements"))
    assert page.context["form"]["day_before_at"].field.disabled
    assert client.post(reverse("agreements"), AGREED | {"undo_minutes": "9"}).status_code == 403
    assert not DepartmentPolicy.objects.exists()


def test_number_of_queries_does_not_grow_with_agreements(lead, department, count_queries):
    make.policy(department, "2020-01-01", call_tries=2)
    lead.get(reverse("agreements"))
    with count_queries() as with_one:
        lead.get(reverse("agreements"))
    make.policy(department, "2021-01-01", call_tries=4)
    make.policy(department, "2022-01-01", call_tries=5)
    with count_queries() as with_three:
        lead.get(reverse("agreements"))
    assert with_three.count == with_one.count, with_three
