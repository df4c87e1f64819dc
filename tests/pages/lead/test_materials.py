"""Explanation for patients: added, changed, put in order, taken away; broken links are told in the menu too."""

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.actions.instructions import add_instruction, record_check
from notifications.models import Instruction, InstructionKind, LinkProblem
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def lungs():
    return make.department("longziekten")


@pytest.fixture
def lead(lungs, client_of):
    return client_of(make.member("lead", lungs))


def add(department, title="Folder", *, language="nl"):
    return add_instruction(
        department=department,
        kind=InstructionKind.LEAFLET,
        title=title,
        url=f"https://dewaard.example/{title}",
        language=language,
        by="user:1",
        now=timezone.now(),
    )


def send(client, url="https://dewaard.example/film", **other):
    given = {"kind": "film", "title": "Zo werkt beeldbellen", "url": url, "language": "nl"}
    return client.post(reverse("instruction-new"), {**given, **other})


def test_new_material_stands_in_the_list(lead, lungs):
    assert send(lead).status_code == 302
    row = Instruction.objects.get()
    assert (row.department, row.kind, row.title, row.checked_at) == (lungs, "film", "Zo werkt beeldbellen", None)
    assert "Zo werkt beeldbellen" in lead.get(reverse("instructions")).content.decode()


def test_new_material_is_handed_to_the_check_after_the_commit(lead, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as handed_over:
        send(lead)
    assert len(handed_over) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("dewaard.example/film", "https://dewaard.example/film"),
        ("  https://dewaard.example/film ", "https://dewaard.example/film"),
        ("http://dewaard.example/film", "http://dewaard.example/film"),
    ],
)
def test_address_is_kept_as_a_whole(lead, given, kept):
    send(lead, given)
    assert Instruction.objects.get().url == kept


@pytest.mark.parametrize(
    "given",
    [
        "",
        "folder",
        "javascript:alert(1)",
        "javascript://dewaard.example/%0aalert(1)",
        "data:text/html,x",
        "ftp://dewaard.example/x",
        "https://jan:geheim@dewaard.example/",
        "https://",
        "https://dewaard.example/" + "x" * 500,
    ],
)
def test_address_that_is_none_is_refused(lead, given):
    assert send(lead, given).status_code == 422
    assert not Instruction.objects.exists()


def test_same_page_twice_is_refused_with_what_to_do(lead):
    send(lead)
    page = send(lead, title="Nog eens")
    assert page.status_code == 422
    assert page.context["form"].errors["url"]
    assert Instruction.objects.count() == 1


@pytest.mark.parametrize(
    "title", ["Folder van de longarts", "Filmpje van dr. M. van der Veen", "Longziekten: zo werkt het"]
)
def test_title_that_tells_too_much_for_mail_is_refused(lead, lungs, title):
    make.ClinicianFactory(departments=[lungs], name="dr. M. van der Veen")
    page = send(lead, title=title)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["title"]


def test_material_is_changed(lead, lungs):
    row = add(lungs)
    given = {"kind": "supplier", "title": "Hulp", "url": row.url, "language": "en"}
    assert lead.post(reverse("instruction-change", args=[row.pk]), given).status_code == 302
    row.refresh_from_db()
    assert (row.kind, row.title, row.language) == ("supplier", "Hulp", "en")


def test_removing_is_asked_first(lead, lungs):
    row = add(lungs)
    lead.get(reverse("instruction-remove", args=[row.pk]))
    assert Instruction.objects.exists()
    lead.post(reverse("instruction-remove", args=[row.pk]))
    assert not Instruction.objects.exists()


def test_order_is_changed_in_place(lead, lungs):
    add(lungs, "een")
    row = add(lungs, "twee")
    answer = lead.post(reverse("instruction-move", args=[row.pk]), {"up": "1"}, headers={"HX-Request": "true"})
    assert [each.title for each in answer.context["shelves"][0].rows] == ["twee", "een"]


def test_list_asks_again_until_the_first_check_is_done(lead, lungs):
    row = add(lungs)
    assert "hx-trigger" in lead.get(reverse("instructions-list")).content.decode().split(">")[0]
    record_check(instruction=row, problem=None, now=timezone.now())
    assert "hx-trigger" not in lead.get(reverse("instructions-list")).content.decode().split(">")[0]


@pytest.mark.parametrize(("role", "entry"), [("lead", "texts"), ("planner", "messages")])
def test_broken_link_is_counted_in_the_menu(lungs, client_of, role, entry):
    client = client_of(make.member(role, lungs))
    row = add(lungs)
    record_check(instruction=row, problem=LinkProblem.GONE, now=timezone.now())
    add(make.department("neurologie"), "elders")
    navigation = client.get(reverse("today")).context["navigation"]
    assert [item.count for item in navigation if item.url == reverse(entry)] == [1]


def test_planner_sees_the_material_without_buttons(lungs, client_of):
    add(lungs)
    page = client_of(make.member("planner", lungs)).get(reverse("instructions")).content.decode()
    assert "Folder" in page
    assert reverse("instruction-new") not in page


def test_list_costs_as_many_questions_for_three_as_for_one(lead, lungs, count_queries):
    counts = []
    for title in ("een", "twee", "drie"):
        add(lungs, title)
        with count_queries() as queries:
            lead.get(reverse("instructions"))
        counts.append(queries.count)
    assert counts[0] == counts[-1]
