"""A raster out as a file and in from one: what is shown is what is kept, and mistakes keep nothing."""

import html
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from scheduling.contents import draft_content
from scheduling.interchange import known_in, read_file, write_document, write_sheet
from scheduling.models import Raster
from tests import factories as make

SHEET = (
    "naam;geldig_vanaf;dag;van;tot;soort;minuten_per_moment;afspraaktypes;werkplek\r\n"
    "Van elders;5-1-2027;maandag;9.00;12.00;vast;20;cp-video-20;Cabine 1\r\n"
    "Van elders;5-1-2027;dinsdag;8.00;12.00;flexibel;;cp-video-20;Cabine 1\r\n"
)


@pytest.fixture
def usual(desk):
    make.usual_types(desk.department)
    make.WorkplaceFactory(department=desk.department, name="Cabine 1")
    return desk


@pytest.fixture
def raster(usual):
    return make.starter_raster("PP-22", department=usual.department, clinician=usual.clinician)


def uploaded(data, name="raster.csv"):
    return SimpleUploadedFile(name, data if isinstance(data, bytes) else data.encode())


def hidden(answer):
    """The fields that the preview sends on, as a browser reads them."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode())
    return {name: html.unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def words(answer):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())))


class TestExport:
    def test_sheet_is_dutch_and_named_after_the_raster(self, usual, raster):
        answer = usual.client.get(reverse("raster-export", args=[raster.pk]))
        content = draft_content(raster)
        assert answer["Content-Disposition"] == 'attachment; filename="voorbeeld-pp-22.csv"'
        assert answer.content == write_sheet(content, known_in(usual.department), language="nl")
        assert read_file(answer.content, known_in(usual.department)).blocks == content.blocks

    def test_document(self, usual, raster):
        answer = usual.client.get(reverse("raster-export", args=[raster.pk]), {"format": "json"})
        assert answer["Content-Disposition"] == 'attachment; filename="voorbeeld-pp-22.json"'
        assert json.loads(answer.content) == write_document(draft_content(raster), known_in(usual.department))

    def test_clinician_may_export_and_not_import(self, usual, raster, client_of):
        answer = client_of(make.member("clinician", usual.department)).get(
            reverse("raster-exchange", args=[raster.pk])
        )
        assert reverse("raster-export", args=[raster.pk]) in answer.content.decode()
        assert reverse("raster-import-over", args=[raster.pk]) not in answer.content.decode()


class TestImport:
    @pytest.mark.parametrize("way", ["upload", "windows", "paste"])
    def test_new_raster_is_shown_first_and_made_when_confirmed(self, way, usual):
        given = {
            "upload": {"file": uploaded(SHEET)},
            "windows": {"file": uploaded(SHEET.replace("elders", "één").encode("cp1252"))},
            "paste": {"text": SHEET.replace(";", "\t")},
        }[way]
        shown = usual.client.post(reverse("raster-import"), {"owner": usual.clinician.pk, **given})
        assert shown.status_code == 200
        assert "Cabine 1" in words(shown)
        assert not Raster.objects.exists()
        answer = usual.client.post(reverse("raster-import"), {**hidden(shown), "keep": "1"})
        made = Raster.objects.get()
        assert answer["Location"] == reverse("raster", args=[made.pk])
        assert (made.name, made.clinician) == ("Van één" if way == "windows" else "Van elders", usual.clinician)
        assert [(b.weekday, f"{b.start:%H.%M}", b.mode) for b in made.blocks.all()] == [
            (0, "09.00", "fixed"),
            (1, "08.00", "flexible"),
        ]

    def test_without_a_clinician_it_is_a_starter(self, usual):
        usual.client.post(reverse("raster-import"), {"text": SHEET, "owner": "starter", "keep": "1"})
        assert Raster.objects.get().is_starter

    def test_preview_says_what_the_rules_find(self, usual):
        shown = usual.client.post(reverse("raster-import"), {"text": SHEET, "owner": usual.clinician.pk})
        told = {(each.severity.value, each.where) for each in shown.context["findings"]}
        assert ("error", shown.context["lines"][1].day) in told
        assert all(each.sentence in html.unescape(shown.content.decode()) for each in shown.context["findings"])

    def test_what_is_confirmed_is_read_again(self, usual):
        """A hidden field is no promise: what it says by then counts, mistakes and all."""
        wrong = usual.client.post(
            reverse("raster-import"), {"text": SHEET.replace("12.00", "laat"), "owner": "starter", "keep": "1"}
        )
        assert wrong.status_code == 422
        assert not Raster.objects.exists()

    def test_every_mistake_has_its_line_field_and_remedy(self, usual):
        text = SHEET.replace("9.00", "9.3").replace("dinsdag", "2").replace("Cabine 1\r\nVan", "Cabine 9\r\nVan")
        answer = usual.client.post(reverse("raster-import"), {"file": uploaded(text), "owner": "starter"})
        rows = re.findall(
            r'<tr><th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td>', answer.content.decode()
        )
        assert answer.status_code == 422
        assert [re.search(r"\d+", place)[0] for place, *_ in rows] == ["2", "2", "3"]
        assert all(cell for row in rows for cell in row)
        assert "maandag, dinsdag, woensdag" in rows[2][3]
        assert not Raster.objects.exists()

    def test_text_stays_to_be_mended(self, usual):
        text = SHEET.replace("9.00", "9.3")
        answer = usual.client.post(reverse("raster-import"), {"file": uploaded(text), "owner": usual.clinician.pk})
        form = answer.context["form"]
        assert (form["text"].value(), form["owner"].value()) == (text, str(usual.clinician.pk))
        assert html.escape(text.splitlines()[1]) in answer.content.decode()

    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"text": " \n "},
            {"file": uploaded(b"")},
            {"file": uploaded(b"PK\x03\x04\x00\x00")},
            {"file": uploaded(b"x" * 1_000_001)},
            {"text": "a\x00b"},
            {"text": '{"a": "\\ud800"}'},
            {"text": "<script>alert(1)</script>;naam"},
            {"text": SHEET, "owner": "999999"},
            {"text": SHEET, "owner": ""},
        ],
    )
    def test_what_cannot_be_read_is_said_and_nothing_kept(self, given, usual):
        answer = usual.client.post(reverse("raster-import"), {"owner": "starter", **given, "keep": "1"})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
        assert "<script>alert" not in answer.content.decode()
        assert not Raster.objects.exists()

    def test_clinician_of_another_department_cannot_be_chosen(self, usual):
        stranger = make.ClinicianFactory(departments=[make.department("neurologie")])
        answer = usual.client.post(reverse("raster-import"), {"text": SHEET, "owner": stranger.pk, "keep": "1"})
        assert answer.status_code == 422
        assert not Raster.objects.exists()


class TestImportOver:
    def test_draft_says_what_the_file_says_once_confirmed(self, usual, raster):
        address = reverse("raster-import-over", args=[raster.pk])
        before = draft_content(raster)
        shown = usual.client.post(address, {"text": SHEET})
        assert draft_content(raster) == before
        assert len(shown.context["differences"].days) == 5
        answer = usual.client.post(address, {**hidden(shown), "keep": "1"})
        assert answer["Location"] == reverse("raster", args=[raster.pk])
        raster.refresh_from_db()
        assert (raster.name, raster.revision, raster.clinician) == ("Van elders", 2, usual.clinician)
        assert raster.blocks.count() == 2

    def test_file_of_the_draft_itself_changes_nothing(self, usual, raster):
        sheet = usual.client.get(reverse("raster-export", args=[raster.pk])).content
        shown = usual.client.post(reverse("raster-import-over", args=[raster.pk]), {"file": uploaded(sheet)})
        assert not shown.context["differences"]

    def test_draft_that_was_changed_meanwhile_is_shown_anew(self, usual, raster):
        address = reverse("raster-import-over", args=[raster.pk])
        shown = usual.client.post(address, {"text": SHEET})
        Raster.objects.filter(pk=raster.pk).update(revision=4)
        refused = usual.client.post(address, {**hidden(shown), "keep": "1"})
        assert refused.status_code == 409
        assert raster.blocks.count() > 2
        assert usual.client.post(address, {**hidden(refused), "keep": "1"}).status_code == 302
        assert raster.blocks.count() == 2

    def test_as_many_queries_for_many_blocks_as_for_few(self, usual, raster, count_queries):
        address = reverse("raster-import-over", args=[raster.pk])

        def queries(text):
            with count_queries() as asked:
                assert usual.client.post(address, {"text": text}).status_code == 200
            return asked.count

        row = SHEET.splitlines()[1]
        many = SHEET + "".join(row.replace("maandag", day) + "\r\n" for day in ("woensdag", "donderdag", "vrijdag"))
        queries(SHEET)
        assert queries(many) == queries(SHEET)
