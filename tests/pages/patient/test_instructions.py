"""Explanation on the page of an appointment: what the department offers, in the language of the page (PP-40)."""

import pytest
from django.utils import timezone

from notifications.actions.instructions import add_instruction, record_check
from notifications.models import InstructionKind, LinkProblem
from tests import factories as make

pytestmark = pytest.mark.django_db


def add(department, title, language="nl"):
    return add_instruction(
        department=department,
        kind=InstructionKind.FILM,
        title=title,
        url=f"https://dewaard.example/{title}",
        language=language,
        by="user:1",
        now=timezone.now(),
    )


def shown(phone, visit):
    page = phone.get(phone.enter_with(make.personal_link(visit)[1], visit.patient.birth_date))
    return [each.title for each in page.context["instructions"]], page.content.decode()


def test_video_call_is_explained(phone, mrs_van_der_veen):
    add(mrs_van_der_veen.department, "Beeldbellen")
    titles, page = shown(phone, mrs_van_der_veen)
    assert titles == ["Beeldbellen"]
    assert '<a href="https://dewaard.example/Beeldbellen" rel="noreferrer">' in page


def test_broken_link_is_left_out(phone, mrs_van_der_veen):
    row = add(mrs_van_der_veen.department, "Beeldbellen")
    record_check(instruction=row, problem=LinkProblem.GONE, now=timezone.now())
    assert shown(phone, mrs_van_der_veen)[0] == []


def test_explanation_of_another_department_is_not_shown(phone, mrs_van_der_veen):
    add(make.department("neurologie"), "Elders")
    assert shown(phone, mrs_van_der_veen)[0] == []


@pytest.mark.parametrize("form", ["phone", "visit", "written"])
def test_other_forms_need_no_explanation_of_video_calls(phone, mrs_van_der_veen, form):
    add(mrs_van_der_veen.department, "Beeldbellen")
    mrs_van_der_veen.modality = form
    mrs_van_der_veen.save(update_fields=["modality"])
    assert shown(phone, mrs_van_der_veen)[0] == []


def test_page_in_english_gives_english_explanation(phone, mrs_van_der_veen):
    add(mrs_van_der_veen.department, "Beeldbellen")
    phone.cookies["django_language"] = "en"
    titles, page = shown(phone, mrs_van_der_veen)
    assert titles == ["Beeldbellen"]
    assert '<span lang="nl">Beeldbellen</span>' in page
    add(mrs_van_der_veen.department, "Video-calls", language="en")
    page = phone.get(phone.open(make.personal_link(mrs_van_der_veen)[1])["Location"])
    assert [each.title for each in page.context["instructions"]] == ["Video-calls"]


def test_title_is_shown_as_it_is_written(phone, mrs_van_der_veen):
    add(mrs_van_der_veen.department, "<b>Film</b>")
    assert "&lt;b&gt;Film&lt;/b&gt;" in shown(phone, mrs_van_der_veen)[1]


def test_explanation_costs_one_question_however_much_there_is(phone, mrs_van_der_veen, count_queries):
    address = phone.enter_with(make.personal_link(mrs_van_der_veen)[1], mrs_van_der_veen.patient.birth_date)
    counts = []
    for title in ("een", "twee", "drie"):
        add(mrs_van_der_veen.department, title)
        with count_queries() as queries:
            phone.get(address)
        counts.append(queries.count)
    assert counts[0] == counts[-1]
