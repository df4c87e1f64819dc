"""Rasters out, in, and checked: a document or a sheet, all of it or nothing."""

import copy
import json

import pytest
from django.db import connection
from jsonschema import Draft202012Validator

from events.models import Event
from people.models import AccessLog
from scheduling.contents import draft_content
from scheduling.interchange import document_schema, known_in, write_document, write_sheet
from scheduling.models import Raster, RasterBlock
from tests import factories as make
from tests.api.conftest import kind_of

pytestmark = pytest.mark.django_db


class Lungs:
    """Longziekten with its usual types, a cabin, a clinician with a raster, and Samira at the desk."""

    def __init__(self, staff):
        self.department = make.department("longziekten")
        self.doctor = make.ClinicianFactory(departments=[self.department], name="dr. M. van der Veen")
        self.cabin = make.WorkplaceFactory(department=self.department, name="Cabine 1")
        self.raster = make.starter_raster("PP-22", department=self.department, clinician=self.doctor)
        self.planner = make.member("planner", self.department, name="Samira Bouzid")
        self.program = staff(self.planner)

    @property
    def content(self):
        return draft_content(self.raster)

    @property
    def document(self):
        return write_document(self.content, known_in(self.department))

    def body(self, **more):
        return {"department": self.department.pk, **more}


@pytest.fixture
def lungs(staff):
    return Lungs(staff)


def long_morning(**fields):
    """Four hours of video on end: an error of the rules (PP-22)."""
    block = {
        "weekday": "monday",
        "start": "08:00",
        "end": "12:00",
        "mode": "flexible",
        "types": ["cp-video-20"],
        "workplace": "Cabine 1",
    }
    raster = {"format": "videopoli-raster/1", "name": "Lange ochtend", "valid_from": "2027-01-04"}
    return {**raster, "blocks": [{**block, **fields}]}


def all_rows():
    """Every table as it stands, but for what signing in and the access log write."""
    tables = [name for name in connection.introspection.table_names() if "session" not in name or "clinic" in name]
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = sorted(map(repr, cursor.fetchall()))
        return found


class TestExport:
    def test_document_is_the_draft_with_names(self, lungs):
        answer = lungs.program.get("api-raster-document", pk=lungs.raster.pk)
        assert answer["Content-Type"] == "application/json"
        assert answer.json() == lungs.document
        Draft202012Validator(document_schema()).validate(answer.json())

    @pytest.mark.parametrize(("query", "headers"), [({"format": "csv"}, {}), ({}, {"Accept": "text/csv"})])
    def test_sheet_when_asked_for(self, query, headers, lungs):
        answer = lungs.program.get("api-raster-document", query, headers=headers, pk=lungs.raster.pk)
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.content == write_sheet(lungs.content, known_in(lungs.department))

    def test_sheet_in_dutch(self, lungs):
        answer = lungs.program.get("api-raster-document", {"format": "csv", "language": "nl"}, pk=lungs.raster.pk)
        assert answer.content.decode().startswith("\ufeffnaam;weken;")

    def test_as_many_queries_for_many_blocks_as_for_one(self, lungs, count_queries):
        def queries():
            lungs.program.get("api-raster-document", pk=lungs.raster.pk)
            with count_queries() as asked:
                assert lungs.program.get("api-raster-document", pk=lungs.raster.pk).status_code == 200
            return asked.count

        many = queries()
        lungs.raster.blocks.exclude(key=1).delete()
        assert queries() == many

    def test_other_media_are_refused(self, lungs):
        answer = lungs.program.get("api-raster-document", headers={"Accept": "application/pdf"}, pk=lungs.raster.pk)
        assert (answer.status_code, kind_of(answer)) == (406, "not-acceptable")

    def test_schema_is_the_one_that_is_published(self, lungs):
        assert lungs.program.get("api-raster-schema").json() == document_schema()


class TestCheck:
    def test_findings_come_with_place_sentence_and_fix(self, lungs):
        answer = lungs.program.post("api-raster-check", lungs.body(document=long_morning()))
        assert answer.status_code == 200, answer.content
        told = answer.json()
        gravest = told["findings"][0]
        assert (told["publishable"], told["count"]) == (False, len(told["findings"]))
        assert {name: gravest[name] for name in ("id", "rule", "severity", "blocks", "weekday", "start", "end")} == {
            "id": "video_block_too_long",
            "rule": "PP-22",
            "severity": "error",
            "blocks": [0],
            "weekday": "monday",
            "start": "08:00",
            "end": "12:00",
        }
        assert gravest["facts"]["minutes"] == 240
        assert gravest["sentence"]
        assert gravest["fix"]["sentence"]

    def test_sentences_are_in_the_chosen_language(self, lungs):
        lungs.program.client.cookies["django_language"] = "en"
        told = lungs.program.post("api-raster-check", lungs.body(document=long_morning())).json()
        assert told["findings"][0]["sentence"] == "4 hours of video without a break. At most 3 hours."

    def test_fix_applied_to_the_document_removes_the_finding(self, lungs):
        told = lungs.program.post("api-raster-check", lungs.body(document=long_morning())).json()
        mended = patched(told["document"], told["findings"][0]["fix"]["changes"])
        again = lungs.program.post("api-raster-check", lungs.body(document=mended)).json()
        assert mended != told["document"]
        assert again["publishable"] is True
        assert "video_block_too_long" not in {each["id"] for each in again["findings"]}

    def test_sheet_is_checked_as_the_document_it_is(self, lungs):
        sheet = write_sheet(lungs.content, known_in(lungs.department)).decode()
        told = lungs.program.post("api-raster-check", lungs.body(sheet=sheet)).json()
        assert told["document"] == lungs.document

    def test_other_rasters_of_the_clinician_count(self, lungs):
        make.publish(lungs.raster)
        body = lungs.body(document=lungs.document)
        ids = lambda **more: {  # noqa: E731
            each["id"] for each in lungs.program.post("api-raster-check", body | more).json()["findings"]
        }
        assert "rasters_collide" not in ids()
        assert "rasters_collide" in ids(clinician=lungs.doctor.pk)
        assert "rasters_collide" not in ids(raster=lungs.raster.pk)

    @pytest.mark.parametrize("given", ["document", "sheet", "nonsense"])
    def test_nothing_is_written(self, given, lungs):
        """Not a row in any table, whatever is sent and however it is meant."""
        sheet = write_sheet(lungs.content, known_in(lungs.department)).decode()
        bodies = {
            "document": {"document": long_morning(), "clinician": lungs.doctor.pk},
            "sheet": {"sheet": sheet, "raster": lungs.raster.pk},
            "nonsense": {"document": {"blocks": [7]}},
        }
        before = all_rows()
        lungs.program.post("api-raster-check", lungs.body(**bodies[given]))
        assert all_rows() == before

    def test_as_many_queries_for_many_blocks_as_for_one(self, lungs, count_queries):
        def queries(blocks):
            document = {**long_morning(), "blocks": blocks}
            body = lungs.body(document=document, clinician=lungs.doctor.pk)
            with count_queries() as asked:
                assert lungs.program.post("api-raster-check", body).status_code == 200
            return asked.count

        block = long_morning()["blocks"][0]
        many = [{**block, "weekday": day} for day in ("monday", "tuesday", "friday")]
        queries([block])
        assert queries(many) == queries([block])


class TestImport:
    def test_new_draft_for_a_clinician(self, lungs):
        body = lungs.body(document=lungs.document | {"name": "Van elders"}, clinician=lungs.doctor.pk)
        answer = lungs.program.post("api-raster-import", body)
        assert answer.status_code == 201, answer.content
        made = Raster.objects.get(name="Van elders")
        assert answer.json() == {
            "id": made.pk,
            "name": "Van elders",
            "revision": 1,
            "blocks": len(lungs.content.blocks),
        }
        assert answer["Location"] == f"/api/v1/rasters/{made.pk}"
        assert (made.clinician, made.phase, made.edited_by) == (lungs.doctor, "draft", lungs.planner)
        assert write_document(draft_content(made), known_in(lungs.department))["blocks"] == lungs.document["blocks"]

    def test_new_starter(self, lungs):
        answer = lungs.program.post("api-raster-import", lungs.body(document=long_morning()))
        assert Raster.objects.get(pk=answer.json()["id"]).is_starter

    def test_draft_is_replaced_and_what_stays_keeps_its_key(self, lungs):
        document = copy.deepcopy(lungs.document)
        gone, *kept = document["blocks"]
        added = {**kept[0], "weekday": "sunday"}
        document["blocks"] = [added, *kept]
        keys = {block.key: block.plan.start for block in lungs.content.blocks}
        body = lungs.body(document=document, raster=lungs.raster.pk, revision=1)
        answer = lungs.program.post("api-raster-import", body)
        assert (answer.status_code, answer.json()["revision"]) == (201, 2)
        blocks = {block.key: block for block in RasterBlock.objects.filter(raster=lungs.raster)}
        assert gone["start"] == "09:00"
        assert set(blocks) == set(keys) - {1} | {max(keys) + 1}
        assert blocks[max(keys) + 1].weekday == 6
        assert all(blocks[key].start == keys[key] for key in blocks if key in keys)
        assert [event.kind for event in Event.objects.all()] == ["raster.draft_changed"]

    def test_draft_that_was_changed_meanwhile_stays(self, lungs):
        Raster.objects.filter(pk=lungs.raster.pk).update(revision=3)
        body = lungs.body(document=long_morning(), raster=lungs.raster.pk, revision=1)
        before = lungs.content
        answer = lungs.program.post("api-raster-import", body)
        assert (answer.status_code, kind_of(answer)) == (409, "changed-meanwhile")
        assert answer.json()["revision"] == 3
        assert lungs.content == before

    def test_sent_twice_with_a_key_is_done_once(self, lungs):
        body, headers = lungs.body(document=long_morning()), {"Idempotency-Key": "een"}
        first = lungs.program.post("api-raster-import", body, headers=headers)
        again = lungs.program.post("api-raster-import", body, headers=headers)
        assert again.json() == first.json()
        assert again["Idempotency-Replayed"] == "true"
        assert Raster.objects.filter(name="Lange ochtend").count() == 1

    def test_replaced_twice_with_a_key_is_done_once(self, lungs):
        body = lungs.body(document=long_morning(), raster=lungs.raster.pk, revision=1)
        answers = [lungs.program.post("api-raster-import", body, headers={"Idempotency-Key": "twee"}) for _ in "12"]
        assert [answer.json()["revision"] for answer in answers] == [2, 2]

    def test_every_mistake_is_told_and_nothing_is_kept(self, lungs):
        document = long_morning(start="8 uur", types=["cp-video-99"], workplace="Cabine 9")
        before = Raster.objects.count()
        answer = lungs.program.post("api-raster-import", lungs.body(document=document))
        assert kind_of(answer) == "raster-unreadable"
        assert [(each["pointer"], each["line"], each["id"]) for each in answer.json()["mistakes"]] == [
            ("/blocks/0/start", None, "not_a_time"),
            ("/blocks/0/types", None, "unknown_type"),
            ("/blocks/0/workplace", None, "unknown_workplace"),
        ]
        assert all(each["wrong"] and each["remedy"] for each in answer.json()["mistakes"])
        assert Raster.objects.count() == before

    def test_mistake_in_a_sheet_has_its_line(self, lungs):
        sheet = write_sheet(lungs.content, known_in(lungs.department)).decode().replace("11:20", "11.2", 1)
        answer = lungs.program.post("api-raster-import", lungs.body(sheet=sheet))
        (mistake,) = answer.json()["mistakes"]
        assert (mistake["line"], mistake["pointer"], mistake["field"]) == (5, None, "end")

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({}, "document"),
            ({"document": {}, "sheet": "x"}, "document"),
            ({"document": {}, "clinician": 1, "raster": 1, "revision": 1}, "clinician"),
            ({"document": {}, "raster": 1}, "revision"),
            ({"document": {}, "raster": 1, "revision": 0}, "revision"),
        ],
    )
    def test_request_that_says_too_little_or_too_much(self, more, field, lungs):
        answer = lungs.program.post("api-raster-import", lungs.body(**more))
        assert kind_of(answer) == "invalid"
        assert field in answer.json()["errors"]

    def test_names_of_another_department_are_unknown_here(self, lungs):
        there = make.department("neurologie")
        make.AppointmentTypeFactory(department=there, code="neuro-video")
        answer = lungs.program.post("api-raster-import", lungs.body(document=long_morning(types=["neuro-video"])))
        assert [each["id"] for each in answer.json()["mistakes"]] == ["unknown_type"]
        assert "neuro" not in answer.json()["mistakes"][0]["remedy"]

    def test_clinician_and_raster_of_another_department_do_not_exist(self, lungs):
        other = make.starter_raster("PP-21", department=make.department("neurologie"))
        by_clinician = lungs.body(document=long_morning(), clinician=other.clinician_id)
        assert kind_of(lungs.program.post("api-raster-import", by_clinician)) == "invalid"
        by_raster = lungs.body(document=long_morning(), raster=other.pk, revision=1)
        assert lungs.program.post("api-raster-import", by_raster).status_code == 404
        assert (
            lungs.program.post("api-raster-check", lungs.body(document=long_morning(), raster=other.pk)).status_code
            == 404
        )
        assert AccessLog.objects.filter(result="refused").count() == 2

    def test_raster_is_longer_than_other_bodies_and_not_endless(self, lungs):
        long = long_morning()
        long["blocks"] = [{**long["blocks"][0], "note": "n" * 200} for _ in range(300)]
        assert len(json.dumps(long)) > 64 * 1024
        assert lungs.program.post("api-raster-import", lungs.body(document=long)).status_code == 201
        for size in (1_000_000, 3_000_000):
            endless = lungs.program.post("api-raster-import", lungs.body(sheet="x" * size))
            assert (endless.status_code, kind_of(endless)) == (413, "too-large")


def patched(document, operations):
    """A document after a JSON Patch, by hand."""
    done = copy.deepcopy(document)
    for each in operations:
        *way, last = each["path"].removeprefix("/").split("/")
        inside = done
        for step in way:
            inside = inside[int(step)] if isinstance(inside, list) else inside[step]
        at = int(last) if isinstance(inside, list) else last
        if each["op"] == "add" and isinstance(inside, list):
            inside.insert(at, each["value"])
        elif each["op"] == "remove":
            del inside[at]
        else:
            inside[at] = each["value"]
    return done
