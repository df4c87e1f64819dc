"""The outbox, one message, a conversation and the administrator's figures in a real browser."""

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.models import Message
from tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, ZOOMED = {"width": 390, "height": 844}, {"width": 320, "height": 256}


@pytest.fixture
def clinic(site):
    department = make.department("longziekten")
    planner = make.member("planner", department, name="Samira Bouzid")
    patient = make.PatientFactory(department=department, family_name="Zandbergen", mobile="0612345678")
    held = make.appointment(department=department, patient=patient)
    now = timezone.now()
    Message.objects.filter(kind="confirmation", channel="email").update(
        state="failed", problem="550 5.1.1 user unknown", due_at=now, offered_at=now
    )
    return department, planner, held


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_problem_is_found_sent_again_and_gone(clinic, new_context):
    """Three keys: down to the row, S, and the problem is on its way."""
    _department, planner, _held = clinic
    page = new_context(user=planner).new_page()
    page.goto(reverse("messages"))
    page.locator("[data-row]").first.focus()
    page.keyboard.press("s")
    page.locator("#messages .notice.good").wait_for()
    page.locator("#outbox tr.trouble").wait_for(state="detached")
    assert Message.objects.filter(kind="confirmation", channel="email").count() == 2


def test_typing_a_name_narrows_the_list_and_stays_out_of_the_address(clinic, new_context):
    department, planner, held = clinic
    make.appointment(department=department, start=held.start.replace(hour=13), clinician=held.clinician)
    page = new_context(user=planner).new_page()
    page.goto(reverse("messages", query={"bak": "planned"}))
    others = page.locator("#outbox [data-row]").count()
    page.get_by_role("searchbox").fill("zandb")
    page.wait_for_function("n => document.querySelectorAll('#outbox [data-row]').length < n", arg=others)
    assert all("Zandbergen" in text for text in page.locator("#outbox .pt").all_inner_texts())
    assert "zandb" not in page.url.lower()


def test_pages_are_accessible_and_fit(clinic, new_context, axe):
    department, planner, held = clinic
    message = Message.objects.get(kind="confirmation", channel="email")
    administrator = make.member("administrator", department, name="Jurgen Baars")
    pages = [
        (planner, reverse("messages")),
        (planner, reverse("message", args=[message.public_id])),
        (planner, reverse("messages-of-patient", args=[held.patient.public_id])),
        (administrator, reverse("operations-messages")),
    ]
    for user, address in pages:
        page = new_context(user=user).new_page()
        page.goto(address)
        axe(page)
        for size in (PHONE, ZOOMED):
            page.set_viewport_size(size)
            assert overflow(page) <= 0, (address, size)
