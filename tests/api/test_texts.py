"""Texts and explanation over the API: the same rules as on the pages."""

import pytest

from notifications.content.defaults import all_keys, default_text
from notifications.content.text import TextKey
from notifications.models import Instruction, MessageText
from tests import factories as make
from tests.api.conftest import kind_of

pytestmark = pytest.mark.django_db

KEY = TextKey("day_before", "sms", "nl", "video")
OWN = default_text(KEY).body.replace("Hulp nodig?", "Vragen?")


@pytest.fixture
def lungs():
    return make.department("longziekten")


@pytest.fixture
def lead(lungs, staff):
    return staff(make.member("lead", lungs, name="Karin de Wit"))


def save(program, department, body=OWN, version=0, key=KEY, **more):
    given = {"department": department.pk, "body": body, "version": version, **more}
    return program.put("api-text", given, **key._asdict())


def test_every_text_is_listed(lead, lungs):
    save(lead, lungs)
    rows = lead.get("api-texts", {"department": lungs.pk}).json()["texts"]
    assert len(rows) == len(all_keys())
    (own,) = [row for row in rows if not row["is_default"]]
    assert (own["kind"], own["version"], own["changed_by"]) == ("day_before", 1, "Karin de Wit")


def test_text_is_read_beside_the_default(lead, lungs):
    save(lead, lungs)
    told = lead.get("api-text", {"department": lungs.pk}, **KEY._asdict()).json()
    assert (told["body"], told["default_body"], told["version"]) == (OWN, default_text(KEY).body, 1)


def test_text_that_does_not_exist(lead, lungs):
    answer = lead.get("api-text", {"department": lungs.pk}, **KEY._replace(form="any")._asdict())
    assert kind_of(answer) == "not-found"


def test_check_saves_nothing_and_shows_the_message(lead, lungs):
    given = {"department": lungs.pk, "body": OWN}
    told = lead.post("api-text-check", given, **KEY._asdict()).json()
    assert told["findings"] == []
    assert told["mail"] is None
    assert "Vragen?" in told["sms"]["body"]
    assert told["sms"]["segments"] in (1, 2)
    assert not MessageText.objects.exists()


def test_check_of_a_letter_gives_both_parts(lead, lungs):
    key = TextKey("confirmation", "mail", "nl", "video")
    given = {"department": lungs.pk, "body": default_text(key).body, "sample": "child"}
    told = lead.post("api-text-check", given, **key._asdict()).json()
    assert "uw kind" in told["mail"]["text"]
    assert "uw kind" in told["mail"]["html"]


def test_error_is_refused_with_its_line(lead, lungs):
    answer = save(lead, lungs, "Kom naar {dokter}")
    assert kind_of(answer) == "text-errors"
    assert "unknown_placeholder" in {finding["id"] for finding in answer.json()["findings"]}
    assert not MessageText.objects.exists()


def test_warning_is_passed_by_knowingly(lead, lungs):
    key = TextKey("confirmation", "mail", "nl", "video")
    body = (
        default_text(key).body
        + "\nDit is een zin die maar doorgaat en doorgaat met nog veel meer woorden tot hier.\n"
    )
    answer = save(lead, lungs, body, key=key)
    assert kind_of(answer) == "text-warnings"
    assert answer.json()["findings"]
    assert save(lead, lungs, body, key=key, with_warnings=True).status_code == 200


def test_second_of_two_gets_what_the_first_made(lead, lungs):
    save(lead, lungs)
    answer = save(lead, lungs, OWN.replace("Vragen?", "Hulp?"))
    assert kind_of(answer) == "changed-meanwhile"
    assert answer.json()["latest"]["body"] == OWN


def test_versions_and_the_way_back(lead, lungs):
    save(lead, lungs)
    save(lead, lungs, OWN.replace("Vragen?", "Hulp?"), version=1)
    told = lead.get("api-text-versions", {"department": lungs.pk}, **KEY._asdict()).json()["versions"]
    assert [row["version"] for row in told] == [2, 1]
    back = lead.post("api-text-restore", {"department": lungs.pk, "version": 2, "number": 1}, **KEY._asdict())
    assert (back.json()["body"], back.json()["version"]) == (OWN, 3)
    back = lead.post("api-text-restore", {"department": lungs.pk, "version": 3}, **KEY._asdict())
    assert (back.json()["is_default"], back.json()["version"]) == (True, 4)


def test_version_that_never_was_cannot_come_back(lead, lungs):
    back = lead.post("api-text-restore", {"department": lungs.pk, "version": 0, "number": 7}, **KEY._asdict())
    assert kind_of(back) == "not-found"


def test_list_costs_as_many_questions_for_three_as_for_one(lead, lungs, count_queries):
    counts = []
    for form in ("video", "phone", "visit"):
        key = KEY._replace(form=form)
        assert save(lead, lungs, default_text(key).body + "Tot dan.\n", key=key).status_code == 200
        with count_queries() as queries:
            lead.get("api-texts", {"department": lungs.pk})
        counts.append(queries.count)
    assert counts[0] == counts[-1]


FILM = {"kind": "film", "title": "Zo werkt  beeldbellen", "url": "https://dewaard.example/film", "language": "nl"}


def test_instruction_is_added_changed_moved_and_removed(lead, lungs):
    first = lead.post("api-instructions", {"department": lungs.pk, **FILM}).json()
    assert (first["title"], first["checked_at"], first["problem"]) == ("Zo werkt beeldbellen", None, "")
    other = {**FILM, "url": "https://dewaard.example/folder", "kind": "leaflet", "title": "Folder"}
    second = lead.post("api-instructions", {"department": lungs.pk, **other}).json()
    moved = lead.post("api-instruction-move", {"up": True}, pk=second["id"]).json()["instructions"]
    assert [row["id"] for row in moved] == [second["id"], first["id"]]
    assert lead.put("api-instruction", {**other, "title": "Nieuw"}, pk=second["id"]).json()["title"] == "Nieuw"
    assert lead.delete("api-instruction", pk=second["id"]).status_code == 204
    told = lead.get("api-instructions", {"department": lungs.pk}).json()["instructions"]
    assert [row["id"] for row in told] == [first["id"]]


def test_same_page_twice_is_refused(lead, lungs):
    lead.post("api-instructions", {"department": lungs.pk, **FILM})
    assert kind_of(lead.post("api-instructions", {"department": lungs.pk, **FILM})) == "known-already"
    assert Instruction.objects.count() == 1


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://dewaard.example/x", "https://jan:geheim@dewaard.example/"]
)
def test_address_that_is_none_is_refused(lead, lungs, url):
    answer = lead.post("api-instructions", {"department": lungs.pk, **FILM, "url": url})
    assert kind_of(answer) == "invalid"
    assert set(answer.json()["errors"]) == {"url"}


def test_title_that_tells_too_much_for_mail_is_refused(lead, lungs):
    answer = lead.post("api-instructions", {"department": lungs.pk, **FILM, "title": "Film van de longarts"})
    assert set(answer.json()["errors"]) == {"title"}
