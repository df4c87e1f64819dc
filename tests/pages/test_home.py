"""The first page by role, the menu, and the switch between departments."""

from unittest.mock import ANY

import pytest
from django.test import Client
from django.urls import reverse

from people.models import AccessLog, Membership
from tests import factories as make


def signed_in(user):
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize(
    ("role", "first_page"),
    [
        ("planner", "/vandaag/"),
        ("clinician", "/mijn-dag/"),
        ("helpdesk", "/helpdesk/"),
        ("lead", "/vandaag/"),
        ("administrator", "/vandaag/"),
    ],
)
def test_first_page_by_role(db, role, first_page):
    user = make.member(role, make.department("longziekten"))
    assert signed_in(user).get("/")["Location"] == first_page


def test_visitor_is_asked_to_sign_in(client, db):
    assert client.get("/")["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    ("role", "menu"),
    [
        (
            "planner",
            ["today", "agenda", "call-list", "book-find", "rasters", "worklist", "messages", "helpdesk"],
        ),
        ("clinician", ["my-day", "today", "agenda", "rasters"]),
        ("helpdesk", ["today", "agenda", "call-list", "messages", "helpdesk"]),
        ("lead", ["today", "agenda", "rasters", "worklist", "texts", "pathways"]),
        ("administrator", ["today", "agenda", "rasters", "texts", "pathways", "operations-messages"]),
    ],
)
def test_menu_holds_what_the_user_may_open(db, role, menu):
    answer = signed_in(make.member(role, make.department("longziekten"))).get(reverse("today"))
    assert [item.url for item in answer.context["navigation"]] == [reverse(name) for name in menu]
    assert [item.url for item in answer.context["navigation"] if item.current] == [reverse("today")]


@pytest.fixture
def of_two(db):
    user = make.member("planner", make.department("longziekten"))
    Membership.objects.create(user=user, department=make.department("neurologie"), role="planner")
    return user


def switch(client, department, **more):
    return client.post(reverse("switch-department"), {"department": department.pk, **more})


def test_department_is_chosen_and_kept(of_two):
    client, neurology = signed_in(of_two), make.department("neurologie")
    assert client.get(reverse("today")).context["desk"].department.slug == "longziekten"
    assert switch(client, neurology, next=reverse("rasters"))["Location"] == reverse("rasters")
    assert client.get(reverse("today")).context["desk"].department == neurology


def test_switch_is_offered_only_to_who_has_a_choice(of_two):
    client = signed_in(of_two)
    assert [d.slug for d in client.get(reverse("today")).context["departments"]["all"]] == [
        "longziekten",
        "neurologie",
    ]
    alone = signed_in(make.member("planner", make.department("longziekten")))
    assert alone.get(reverse("today")).context["departments"] is None


def test_department_of_others_cannot_be_chosen(of_two):
    client = signed_in(of_two)
    assert switch(client, make.department("kindergeneeskunde")).status_code == 403
    assert client.get(reverse("today")).context["desk"].department.slug == "longziekten"
    assert AccessLog.objects.filter(action="switch.department", result="refused").exists()


@pytest.mark.parametrize("number", ["", "x", "-1", "99999999999999999999"])
def test_nonsense_for_a_department_is_refused(of_two, number):
    assert signed_in(of_two).post(reverse("switch-department"), {"department": number}).status_code == 403


def test_switch_leads_to_no_other_site(of_two):
    answer = switch(signed_in(of_two), make.department("neurologie"), next="https://elders.example/")
    assert answer["Location"] == reverse("home")


def test_department_taken_away_is_not_kept_by_the_session(of_two):
    client, neurology = signed_in(of_two), make.department("neurologie")
    switch(client, neurology)
    Membership.objects.filter(department=neurology).delete()
    assert client.get(reverse("today")).context["desk"].department.slug == "longziekten"


def test_page_opens_in_the_department_where_the_permission_holds(db):
    user = make.member("lead", make.department("longziekten"))
    neurology = make.department("neurologie")
    Membership.objects.create(user=user, department=neurology, role="planner")
    assert signed_in(user).get(reverse("book-find")).context["desk"].department == neurology


def test_part_of_a_page_without_signing_in_sends_the_whole_browser(client, db):
    htmx = client.get(reverse("calls"), headers={"HX-Request": "true"})
    assert (htmx.status_code, htmx.headers["HX-Redirect"]) == (401, ANY)
    assert client.get(reverse("calls"), headers={"X-Requested-With": "live"}).status_code == 401
