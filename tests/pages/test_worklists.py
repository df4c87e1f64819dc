"""Werklijst: every kind of open work counted in one select, a tab each, and the way to where there is some."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.actions.calls import open_call_task
from notifications.models import CallTask
from pages.worklists import CALL_LIST, WORKLISTS
from scheduling.models import Misfit
from tests import factories as make


@pytest.fixture
def lungs(db):
    return make.department("longziekten")


@pytest.fixture
def client_as(lungs, client_of):
    return lambda role: client_of(make.member(role, lungs))


def misfit(department, *, over=False, absence=None):
    held = make.appointment(department=department)
    if over:
        held.start, held.end = timezone.now() - timedelta(hours=2), timezone.now() - timedelta(hours=1)
        held.save()
    return Misfit.objects.create(
        appointment=held, department=department, found_at=timezone.now(), found_by="user:1", absence=absence
    )


def counted(answer):
    return {tab.url: tab.count for tab in answer.context["worklists"]}


def test_each_kind_is_counted_in_its_own_department_and_while_it_is_to_come(lungs, client_as):
    misfit(lungs)
    misfit(lungs, over=True)
    misfit(make.department("neurologie"))
    ill = make.absence(
        make.appointment(department=lungs).clinician, timezone.now(), timezone.now() + timedelta(hours=1)
    )
    for _patient in range(2):
        misfit(lungs, absence=ill)
    answer = client_as("planner").get(reverse("misfits"))
    found = counted(answer)
    assert (found[reverse("misfits")], found[reverse("absences")]) == (1, 2)
    assert next(item.count for item in answer.context["navigation"] if item.current) == 3
    assert [tab.url for tab in answer.context["worklists"] if tab.current] == [reverse("misfits")]


def test_patients_are_counted_who_must_be_phoned_not_their_calls(lungs, client_as):
    held = make.appointment(department=lungs)
    for occasion in ("one", "two"):
        open_call_task(
            appointment=held,
            reason=CallTask.Reason.ASKED,
            occasion=occasion,
            call_before=held.start,
            now=timezone.now(),
        )
    answer = client_as("planner").get(reverse("today"))
    assert [(each.url, each.count) for each in answer.context["work"]] == [(reverse("call-list"), 1)]
    item = next(item for item in answer.context["navigation"] if item.url == reverse("call-list"))
    assert item.count == 1


def test_tabs_are_those_one_may_open(client_as):
    answer = client_as("lead").get(reverse("absences"))
    assert [tab.url for tab in answer.context["worklists"]] == [reverse("absences")]


def test_page_that_is_no_worklist_has_no_tabs(client_as):
    assert client_as("planner").get(reverse("today")).context["worklists"] == []


def test_menu_leads_to_the_first_kind_of_which_there_is_some(lungs, client_as):
    client = client_as("planner")
    assert client.get(reverse("worklist"))["Location"] == reverse(WORKLISTS[0].route)
    misfit(lungs)
    assert client.get(reverse("worklist"))["Location"] == reverse("misfits")


def test_another_day_than_today_says_nothing_of_what_is_to_do_now(lungs, client_as):
    misfit(lungs)
    tomorrow = f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    client = client_as("planner")
    assert client.get(reverse("today"), {"datum": tomorrow}).context["work"] == []
    assert reverse("misfits") in {tab.url for tab in client.get(reverse("today")).context["work"]}


def test_all_of_it_is_one_select_on_every_page(lungs, client_as, count_queries):
    misfit(lungs)
    client = client_as("planner")
    client.get(reverse("today"))
    with count_queries() as queries:
        client.get(reverse("today"))
    counting = [each["sql"] for each in queries.captured_queries if "COUNT(DISTINCT" in each["sql"]]
    ours = [sql for sql in counting if "scheduling_misfit" in sql or "notifications_calltask" in sql]
    assert len([sql for sql in ours if sql.count("COUNT(DISTINCT") == len(WORKLISTS) + 1]) == 1, str(queries)
    assert CALL_LIST.each == "patient"


def test_shortcut_of_each_kind_works_on_every_page(client_as):
    answer = client_as("planner").get(reverse("agenda"))
    (item,) = [item for item in answer.context["navigation"] if item.url == reverse("worklist")]
    assert item.shortcuts == tuple((reverse(each.route), each.key) for each in WORKLISTS if each.key)
    (led,) = [item for item in client_as("lead").get(reverse("agenda")).context["navigation"] if item.shortcuts]
    assert led.shortcuts == ((reverse("absences"), "Alt+z"),)
