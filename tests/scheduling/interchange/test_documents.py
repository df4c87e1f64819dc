"""A raster as JSON: what goes out comes in the same, and every mistake is told with its place."""

import json

import pytest
from hypothesis import given, settings

from scheduling.contents import RasterContent
from scheduling.interchange import read_document, read_file, write_document
from tests.scheduling.interchange.rasters import KNOWN, contents, told

GOOD = {
    "format": "videopoli-raster/1",
    "name": "Videospreekuur",
    "valid_from": "2026-01-05",
    "blocks": [
        {
            "weekday": "monday",
            "start": "09:00",
            "end": "12:00",
            "mode": "fixed",
            "slot_minutes": 20,
            "types": ["cp-video-20"],
        },
        {"weekday": "monday", "start": "10:00", "end": "10:20", "mode": "break"},
    ],
}


def with_raster(**fields):
    return {**GOOD, **fields}


def with_block(**fields):
    return {**GOOD, "blocks": [GOOD["blocks"][1], {**GOOD["blocks"][0], **fields}]}


def without(document, field):
    return {name: value for name, value in document.items() if name != field}


@given(contents())
def test_what_goes_out_comes_in_the_same(content):
    document = write_document(content, KNOWN)
    assert read_document(document, KNOWN) == content
    assert read_file(json.dumps(document), KNOWN) == content
    assert read_file(json.dumps(document, ensure_ascii=False).encode(), KNOWN) == content


@pytest.mark.slow
@settings(max_examples=5_000)
@given(contents())
def test_what_goes_out_comes_in_the_same_thousands_of_times(content):
    assert read_file(json.dumps(write_document(content, KNOWN)), KNOWN) == content


def test_what_is_left_out_is_nothing_special():
    content = read_document(GOOD, KNOWN)
    assert isinstance(content, RasterContent)
    assert (content.weeks, content.valid_until) == ("every", None)
    first, pause = content.blocks
    assert (first.plan.workplace, first.plan.note, first.plan.start_up_minutes) == (None, "", 0)
    assert (first.types, first.plan.durations, first.plan.modalities) == ({12}, {20}, {"video"})
    assert (first.key, pause.key, pause.types) == (1, 2, frozenset())


def test_names_count_in_any_case():
    content = read_document(with_block(types=["CP-Video-20"], workplace="cabine 1"), KNOWN)
    assert (content.blocks[1].types, content.blocks[1].plan.workplace) == ({12}, 7)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([], [("", "", "not_an_object")]),
        (None, [("", "", "not_an_object")]),
        (without(GOOD, "format"), [("/format", "format", "other_format")]),
        (with_raster(format="videopoli-raster/2"), [("/format", "format", "other_format")]),
        (without(GOOD, "name"), [("/name", "name", "field_missing")]),
        (with_raster(name="  "), [("/name", "name", "field_missing")]),
        (with_raster(name=7), [("/name", "name", "not_a_text")]),
        (with_raster(name="n" * 121), [("/name", "name", "too_long")]),
        (with_raster(name="a\x00b"), [("/name", "name", "strange_characters")]),
        (with_raster(name="half a \ud83d face"), [("/name", "name", "strange_characters")]),
        (with_raster(weeks="weekly"), [("/weeks", "weeks", "not_a_choice")]),
        (with_raster(valid_from="5-1-2026"), [("/valid_from", "valid_from", "not_a_date")]),
        (with_raster(valid_from="2026-02-30"), [("/valid_from", "valid_from", "not_a_date")]),
        (with_raster(valid_from="1926-01-05"), [("/valid_from", "valid_from", "not_a_date")]),
        (with_raster(valid_from=None), [("/valid_from", "valid_from", "not_a_date")]),
        (without(GOOD, "valid_from"), [("/valid_from", "valid_from", "field_missing")]),
        (with_raster(valid_until="2026-01-04"), [("/valid_until", "valid_until", "validity_ends_first")]),
        (with_raster(blocks={}), [("/blocks", "blocks", "not_a_list")]),
        (without(GOOD, "blocks"), [("/blocks", "blocks", "field_missing")]),
        (with_raster(blocks=GOOD["blocks"] * 251), [("/blocks", "blocks", "too_many_blocks")]),
        (with_raster(blocks=[7]), [("/blocks/0", "", "not_an_object")]),
        (with_raster(**{"a/b~": 1}), [("/a~1b~0", "a/b~", "field_unknown")]),
        (with_block(colour="red"), [("/blocks/1/colour", "colour", "field_unknown")]),
        (with_block(weekday=0), [("/blocks/1/weekday", "weekday", "not_a_choice")]),
        (with_block(weekday="maandag"), [("/blocks/1/weekday", "weekday", "not_a_choice")]),
        (with_block(mode="strict"), [("/blocks/1/mode", "mode", "not_a_choice")]),
        (with_block(start="9:00"), [("/blocks/1/start", "start", "not_a_time")]),
        (with_block(start=None), [("/blocks/1/start", "start", "not_a_time")]),
        (with_block(start="09:03"), [("/blocks/1/start", "start", "off_step")]),
        (with_block(slot_minutes=12), [("/blocks/1/slot_minutes", "slot_minutes", "off_step")]),
        (with_block(end="24:00"), [("/blocks/1/end", "end", "not_a_time")]),
        (with_block(end="09:00"), [("/blocks/1/end", "end", "ends_first")]),
        (with_block(slot_minutes=0), [("/blocks/1/slot_minutes", "slot_minutes", "no_slot_length")]),
        (with_block(start_up_minutes="5"), [("/blocks/1/start_up_minutes", "start_up_minutes", "not_a_number")]),
        (with_block(start_up_minutes=True), [("/blocks/1/start_up_minutes", "start_up_minutes", "not_a_number")]),
        (with_block(start_up_minutes=2.5), [("/blocks/1/start_up_minutes", "start_up_minutes", "not_a_number")]),
        (with_block(start_up_minutes=-5), [("/blocks/1/start_up_minutes", "start_up_minutes", "out_of_range")]),
        (with_block(release_minutes=10**400), [("/blocks/1/release_minutes", "release_minutes", "out_of_range")]),
        (with_block(types="cp-video-20"), [("/blocks/1/types", "types", "not_a_list")]),
        (
            with_block(types=["cp-video-99", 3, "x"]),
            [
                ("/blocks/1/types", "types", "unknown_type"),
                ("/blocks/1/types", "types", "not_a_text"),
                ("/blocks/1/types", "types", "unknown_type"),
            ],
        ),
        (with_block(mode="break"), [("/blocks/1/types", "types", "types_in_break")]),
        (with_block(workplace=9), [("/blocks/1/workplace", "workplace", "not_a_text")]),
        (with_block(workplace="Cabine 9"), [("/blocks/1/workplace", "workplace", "unknown_workplace")]),
        (with_block(note="n" * 201), [("/blocks/1/note", "note", "too_long")]),
    ],
)
def test_mistake_is_told_with_its_place(document, expected):
    assert told(read_document(document, KNOWN)) == expected


def test_all_mistakes_are_told_at_once():
    wrong = {"format": "videopoli-raster/1", "weeks": 1, "blocks": [{"weekday": "monday"}, 5, {"end": "late"}]}
    assert told(read_document(wrong, KNOWN)) == [
        ("/name", "name", "field_missing"),
        ("/weeks", "weeks", "not_a_choice"),
        ("/valid_from", "valid_from", "field_missing"),
        ("/blocks/0/mode", "mode", "field_missing"),
        ("/blocks/0/start", "start", "field_missing"),
        ("/blocks/0/end", "end", "field_missing"),
        ("/blocks/1", "", "not_an_object"),
        ("/blocks/2/weekday", "weekday", "field_missing"),
        ("/blocks/2/mode", "mode", "field_missing"),
        ("/blocks/2/start", "start", "field_missing"),
        ("/blocks/2/end", "end", "not_a_time"),
    ]


def test_nothing_but_mistakes_is_cut_short():
    found = read_document(with_raster(**{f"field {n}": n for n in range(2_000)}), KNOWN)
    assert len(found) == 501
    assert told(found)[-1][2] == "too_many_mistakes"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"format": "videopoli-raster/1",\n "name" "x"}', [(2, "", "not_json")]),
        ("{", [(1, "", "not_json")]),
        ('{"name": NaN}', [(1, "", "not_json")]),
        ('{"name": ' + "9" * 5_000 + "}", [(1, "", "not_json")]),
        ('{"name": "a", "name": "b"}', [("", "name", "field_twice")]),
        ("[" * 100_000, [(1, "", "too_deep")]),
        ("", [(1, "", "empty")]),
        (" \n", [(1, "", "empty")]),
        (b"PK\x03\x04\x00\x00workbook", [(1, "", "not_text")]),
        (b"\x81\x8d\x8f", [(1, "", "not_text")]),
        (b"\xff\xfea", [(1, "", "not_text")]),
        (" " * 1_000_001, [(1, "", "too_large")]),
    ],
)
def test_file_that_is_no_document_at_all(text, expected):
    assert told(read_file(text, KNOWN)) == expected


def test_mistake_names_what_is_known():
    (type_,) = read_document(with_block(types=["cp-video-99"]), KNOWN)
    assert type_.facts == {
        "given": "cp-video-99",
        "known": "cp-phone-10, cp-video-10, cp-video-20, np-visit-30",
    }
    (place,) = read_document(with_block(workplace="Cabine 9"), KNOWN)
    assert place.facts["known"] == "=1+1, Cabine 1, Spreekkamer 2, route 14, thuis; bij 's Gravenhage"
