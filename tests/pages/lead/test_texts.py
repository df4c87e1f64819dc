"""The texts of a department: all at a glance, and one at a time, saved by two people and brought back."""

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.actions.texts import save_text
from notifications.content.defaults import default_text
from notifications.content.text import TextKey
from notifications.models import MessageKind, MessageText
from tests import factories as make

pytestmark = pytest.mark.django_db

SMS = TextKey("day_before", "sms", "nl", "video")
MAIL = TextKey("confirmation", "mail", "nl", "video")
OWN = default_text(SMS).body.replace("Hulp nodig?", "Vragen?")
LONG = "Dit is een zin die maar doorgaat en doorgaat met nog meer woorden erbij tot niemand meer weet waar hij begon."


@pytest.fixture
def lungs():
    return make.department("longziekten")


@pytest.fixture
def karin(lungs):
    return make.member("lead", lungs, name="Karin de Wit")


@pytest.fixture
def lead(karin, client_of):
    return client_of(karin)


def where(name, key=SMS):
    return reverse(name, kwargs=key._asdict())


def own(department, by, body=OWN, *, key=SMS, base_version=0):
    done = save_text(
        department=department, **key._asdict(), body=body, base_version=base_version, by=by, now=timezone.now()
    )
    assert isinstance(done, MessageText), done
    return done


def save(client, body, *, base_version=0, key=SMS, **more):
    return client.post(where("text-save", key), {"body": body, "base_version": base_version, **more})


def bodies():
    return list(MessageText.objects.order_by("version").values_list("body", flat=True))


def shown(response):
    return {cell.text.key: cell.text for row in response.context["rows"] for cell in row.cells}


def test_every_kind_is_shown_with_its_channels(lead):
    rows = lead.get(reverse("texts")).context["rows"]
    assert len(rows) == len(MessageKind)
    assert {len(row.cells) for row in rows} == {2}


def test_language_and_form_are_chosen(lead):
    keys = shown(lead.get(reverse("texts"), {"taal": "en", "vorm": "phone"}))
    assert {(key.language, key.form) for key in keys} == {("en", "phone"), ("en", "any")}


def test_choice_that_does_not_exist_is_the_usual_one(lead):
    keys = shown(lead.get(reverse("texts"), {"taal": "xx", "vorm": "' or 1=1"}))
    assert {(key.language, key.form) for key in keys} == {("nl", "video"), ("nl", "any")}


def test_own_text_is_marked_with_who_made_it(lead, lungs, karin):
    own(lungs, karin)
    page = lead.get(reverse("texts"))
    text = shown(page)[SMS]
    assert (text.is_default, text.changed_by, text.version) == (False, "Karin de Wit", 1)
    assert [choice.count for choice in page.context["languages"]] == [1, 0]


def test_text_of_another_department_is_not_ours(lead, karin):
    other = make.department("neurologie")
    own(other, karin)
    assert shown(lead.get(reverse("texts")))[SMS].is_default


def test_text_that_no_longer_works_is_named(lead, lungs, karin):
    row = own(lungs, karin)
    MessageText.objects.filter(pk=row.pk).update(body="{weg} bestaat niet meer")
    page = lead.get(reverse("texts"))
    assert [each["url"] for each in page.context["troubled"]] == [where("text")]
    assert shown(page)[SMS].errors


def test_glance_costs_as_many_questions_for_three_as_for_one(lead, lungs, karin, count_queries):
    counts = []
    for form in ("video", "phone", "visit"):
        key = SMS._replace(form=form)
        own(lungs, karin, default_text(key).body + " Tot dan.", key=key)
        with count_queries() as queries:
            lead.get(reverse("texts"))
        counts.append(queries.count)
    assert counts[0] == counts[-1]


def test_text_page_begins_with_the_default(lead):
    page = lead.get(where("text"))
    assert page.context["body"] == default_text(SMS).body
    assert page.context["base_version"] == 0
    assert page.context["judged"].findings == ()


@pytest.mark.parametrize("key", [SMS._replace(form="any"), SMS._replace(kind="nothing"), SMS._replace(language="xx")])
def test_text_that_does_not_exist(lead, key):
    assert lead.get(where("text", key)).status_code == 404


def test_saved_text_counts_from_now_on(lead, karin):
    assert save(lead, OWN).status_code == 302
    row = MessageText.objects.get()
    assert (row.body, row.version, row.made_by) == (OWN, 1, karin)
    assert lead.get(where("text")).context["body"] == OWN


def test_same_words_make_no_version(lead):
    save(lead, default_text(SMS).body.replace("\n", "\r\n"))
    assert bodies() == []


def test_error_is_refused_and_the_words_stay(lead):
    page = save(lead, "Kom naar de {dokter}", anyway="1")
    assert page.status_code == 422
    assert page.context["body"] == "Kom naar de {dokter}"
    assert page.context["judged"].errors
    assert bodies() == []


def test_warning_needs_a_tick(lead):
    page = save(lead, default_text(MAIL).body + "\n" + LONG, key=MAIL)
    assert page.status_code == 422
    assert 'name="anyway"' in page.content.decode()
    assert bodies() == []
    assert save(lead, default_text(MAIL).body + "\n" + LONG, key=MAIL, anyway="1").status_code == 302
    assert MessageText.objects.get().warnings


def test_second_writer_sees_the_first_and_loses_nothing(lead, lungs):
    bart = make.member("lead", lungs, name="Bart Mulder")
    own(lungs, bart, OWN)
    mine = default_text(SMS).body.replace("Hulp nodig?", "Lukt het niet?")
    page = save(lead, mine)
    assert page.status_code == 409
    assert page.context["body"] == mine
    assert page.context["theirs"].version.made_by == bart
    assert bodies() == [OWN]
    assert save(lead, mine, base_version=page.context["base_version"]).status_code == 302
    assert bodies() == [OWN, mine]


@pytest.mark.parametrize("base_version", ["", "-1", "x", "9" * 40, "²"])
def test_version_that_is_none_saves_nothing_over_another(lead, lungs, karin, base_version):
    own(lungs, karin)
    assert save(lead, OWN.replace("Vragen?", "Hulp?"), base_version=base_version).status_code == 409
    assert bodies() == [OWN]


def test_version_of_the_future_saves_nothing(lead):
    assert save(lead, OWN, base_version=7).status_code == 409
    assert bodies() == []


def test_fragment_shows_findings_and_the_message(lead):
    page = lead.post(where("text-judged"), {"body": OWN}, headers={"HX-Request": "true"})
    assert "Vragen?" in page.content.decode()
    assert 'id="preview"' in page.content.decode()
    assert "<html" not in page.content.decode()


def test_fragment_of_a_parent_speaks_of_the_child(lead):
    page = lead.post(
        where("text-judged", MAIL),
        {"body": default_text(MAIL).body, "sample": "child"},
        headers={"HX-Request": "true"},
    )
    assert "uw kind" in page.content.decode()


def test_words_of_a_writer_are_shown_as_they_are(lead):
    body = "onderwerp: <b>x</b>\n# <script>alert(1)</script>\n{tel} {link} {datum} {tijd}"
    page = lead.post(where("text-judged", MAIL), {"body": body}, headers={"HX-Request": "true"}).content.decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_planner_looks_but_does_not_write(lungs, client_of):
    planner = client_of(make.member("planner", lungs))
    page = planner.get(where("text")).content.decode()
    assert " readonly" in page
    assert 'type="submit" data-key="Control+s"' not in page
    assert save(planner, OWN).status_code == 403
    assert bodies() == []


def test_versions_tell_what_changed(lead, lungs, karin):
    own(lungs, karin)
    own(lungs, karin, OWN.replace("Vragen?", "Hulp?"), base_version=1)
    latest, first = lead.get(where("text-versions")).context["changes"]
    assert (latest.row.version, first.row.version) == (2, 1)
    words = [(line.kind, run.words) for line in latest.lines for run in line.runs if run.differs]
    assert words == [("removed", "Vragen?"), ("added", "Hulp?")]


def test_text_that_nobody_changed_has_no_versions(lead):
    page = lead.get(where("text-versions"))
    assert page.status_code == 200
    assert page.context["changes"] == []


def test_history_costs_as_many_questions_for_three_as_for_one(lead, lungs, karin, count_queries):
    counts = []
    for number in range(3):
        own(lungs, karin, OWN + f" {number}", base_version=number)
        with count_queries() as queries:
            lead.get(where("text-versions"))
        counts.append(queries.count)
    assert counts[0] == counts[-1]


def test_earlier_version_comes_back_as_a_new_one(lead, lungs, karin):
    own(lungs, karin)
    own(lungs, karin, OWN.replace("Vragen?", "Hulp?"), base_version=1)
    assert lead.get(where("text-restore"), {"number": 1}).status_code == 200
    assert len(bodies()) == 2
    lead.post(where("text-restore"), {"number": 1, "base_version": 2})
    assert bodies()[2] == OWN


def test_back_to_the_default_is_asked_first(lead, lungs, karin):
    own(lungs, karin)
    assert lead.get(where("text-default")).status_code == 200
    assert len(bodies()) == 1
    lead.post(where("text-default"), {"base_version": 1})
    assert MessageText.objects.get(version=2).is_default
    assert lead.get(where("text")).context["is_default"]


@pytest.mark.parametrize("route", ["text-restore", "text-default"])
def test_way_back_over_what_nobody_saw_is_refused(lead, lungs, karin, route):
    own(lungs, karin)
    own(lungs, karin, OWN.replace("Vragen?", "Hulp?"), base_version=1)
    page = lead.post(where(route), {"number": 1, "base_version": 1})
    assert page.status_code == 409
    assert page.context["base_version"] == 2
    assert len(bodies()) == 2


@pytest.mark.parametrize("number", ["", "9", "x", "-1", "9" * 30])
def test_version_that_never_was_cannot_come_back(lead, lungs, karin, number):
    own(lungs, karin)
    assert lead.get(where("text-restore"), {"number": number}).status_code == 404


def test_version_of_another_department_cannot_come_back(lead, karin):
    own(make.department("neurologie"), karin)
    assert lead.get(where("text-restore"), {"number": 1}).status_code == 404
