"""A raster as a sheet: what goes out comes in the same, as clerks and their Excel write it too."""

import csv
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.interchange import read_file, write_document, write_sheet
from tests.scheduling.interchange.rasters import KNOWN, contents, told

HEADER = "name;weeks;valid_from;valid_until;weekday;start;end;mode;slot_minutes;types;workplace;note"
ROWS = (
    "Videospreekuur;every;2026-01-05;;monday;09:00;12:00;fixed;20;cp-video-20;Cabine 1;",
    "Videospreekuur;every;2026-01-05;;monday;10:00;10:20;break;;;;koffie",
)


def sheet(*rows, header=HEADER):
    return "\r\n".join([header, *rows]) + "\r\n"


GOOD = sheet(*ROWS)


def document_of(text):
    content = read_file(text, KNOWN)
    assert not isinstance(content, tuple), told(content)
    return write_document(content, KNOWN)


@given(contents(), st.sampled_from(["nl", "en"]))
def test_what_goes_out_comes_in_the_same(content, language):
    assert read_file(write_sheet(content, KNOWN, language=language), KNOWN) == content


@pytest.mark.slow
@settings(max_examples=5_000)
@given(contents(), st.sampled_from(["nl", "en"]))
def test_what_goes_out_comes_in_the_same_thousands_of_times(content, language):
    assert read_file(write_sheet(content, KNOWN, language=language), KNOWN) == content


@given(contents())
def test_no_cell_is_a_formula(content):
    """Nor any other cell that a spreadsheet would make out of it."""
    written = write_sheet(content, KNOWN).decode("utf-8-sig")
    for row in csv.reader(StringIO(written, newline=""), delimiter=";"):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_sheet_is_written_as_dutch_excel_opens_it():
    content = read_file(GOOD, KNOWN)
    assert write_sheet(content, KNOWN, language="nl").decode() == (
        "\ufeffnaam;weken;geldig_vanaf;geldig_tot;dag;van;tot;soort;minuten_per_moment;opstartminuten;afspraaktypes;"
        "werkplek;spoed_tot_minuten;opmerking\r\n"
        "Videospreekuur;elke;2026-01-05;;maandag;09:00;12:00;vast;20;0;cp-video-20;Cabine 1;0;\r\n"
        "Videospreekuur;elke;2026-01-05;;maandag;10:00;10:20;pauze;0;0;;;0;koffie\r\n"
    )


def test_raster_without_blocks_is_a_row_without_a_block():
    content = read_file(sheet("Leeg;odd;2026-01-05;2026-06-30;;;;;;;;"), KNOWN)
    assert content.blocks == ()
    assert read_file(write_sheet(content, KNOWN), KNOWN) == content


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace(";", ","),
        GOOD.replace(";", "\t"),
        GOOD.replace("\r\n", "\n"),
        GOOD.replace("\r\n", "\r"),
        "sep=;\r\n" + GOOD,
        GOOD.replace(";", "\t").encode("utf-16"),
        GOOD.encode("cp1252"),
        "\r\n;;;\r\n" + GOOD + "\r\n;;;;;;;;;;;\r\n",
        GOOD.replace(";koffie", ";koffie;;;"),
        GOOD.replace("name;", '" Name ";')
        .replace("valid_from", "Valid from")
        .replace("slot_minutes", "SLOT-MINUTES"),
        sheet(ROWS[0], ROWS[1].replace("Videospreekuur;every;2026-01-05", ";;")),
    ],
)
def test_sheets_of_every_make_say_the_same(text):
    assert document_of(text) == document_of(GOOD)


def test_letters_of_windows_are_read():
    text = GOOD.replace("koffie", "kopje thee à la crème – €2")
    assert document_of(text.encode("cp1252")) == document_of(text.encode()) == document_of(text)


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("9:00", "09:00"),
        ("9.00", "09:00"),
        ("09.00", "09:00"),
        ("9,00", "09:00"),
        ("9u00", "09:00"),
        ("9.00 uur", "09:00"),
        ("09:00:00", "09:00"),
        ("9", "09:00"),
        ("0:05", "00:05"),
    ],
)
def test_times_as_people_write_them(cell, meant):
    assert document_of(GOOD.replace("09:00", cell))["blocks"][0]["start"] == meant


@pytest.mark.parametrize("cell", ["9.3", "9,3", "24:00", "9:60", "09:00:30", "negen", "0,375", "९:००"])
def test_time_that_may_mean_two_things_is_refused(cell):
    assert told(read_file(GOOD.replace("09:00", cell), KNOWN)) == [(2, "start", "not_a_time")]


@pytest.mark.parametrize(
    "cell", ["2026-01-05", "5-1-2026", "05-01-2026", "5/1/2026", "5.1.2026", "2026-01-05 00:00:00"]
)
def test_dates_as_people_write_them(cell):
    assert document_of(GOOD.replace("2026-01-05", cell))["valid_from"] == "2026-01-05"


@pytest.mark.parametrize("cell", ["5-1-26", "31-2-2026", "46027", "1-13-2026"])
def test_date_that_is_none_is_refused(cell):
    assert told(read_file(GOOD.replace("2026-01-05", cell), KNOWN)) == [(2, "valid_from", "not_a_date")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("monday", "Maandag"),
        ("monday", "ma"),
        ("monday", "mon"),
        ("every", "elke week"),
        ("fixed", "vast"),
        ("break", "Pauze"),
        (";20;", ";20,0;"),
        (";20;", ";20 min;"),
        ("cp-video-20", "CP-VIDEO-20"),
        ("2026-01-05;;", "2026-01-05;;"),
    ],
)
def test_words_and_numbers_as_people_write_them(old, new):
    assert document_of(GOOD.replace(old, new)) == document_of(GOOD)


def test_types_in_one_cell():
    for between in (" ", "|", ", ", "\n"):
        text = GOOD.replace(";cp-video-20;", f';"cp-video-20{between}cp-phone-10";')
        assert document_of(text)["blocks"][0]["types"] == ["cp-phone-10", "cp-video-20"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hallo", [(1, "hallo", "column_unknown"), *((1, name, "column_missing") for name in (
            "name", "valid_from", "weekday", "start", "end", "mode"))]),
        (sheet(*ROWS, header=HEADER.replace("mode", "mood")), [
            (1, "mood", "column_unknown"), (1, "mode", "column_missing")]),
        (sheet(*ROWS, header=HEADER.replace("note", "notes")), [(1, "notes", "column_unknown")]),
        (sheet(*ROWS, header=HEADER.replace("note", "tot")), [(1, "end", "column_twice")]),
        (sheet(*(row.replace("Videospreekuur", "") for row in ROWS)), [(1, "name", "field_missing")]),
        (sheet(ROWS[0], ROWS[1].replace("every", "odd")), [(3, "weeks", "differs")]),
        (sheet(ROWS[0] + ";x"), [(2, "", "cells_beyond")]),
        (sheet(ROWS[0], ROWS[1].replace("koffie", '"koffie')), [(3, "", "quote_open")]),
        (sheet(ROWS[0], ROWS[1].replace("koffie", '"kof"fie')), [(3, "", "quote_open")]),
        (sheet(ROWS[0].replace("12:00", "8.00").replace("monday", "1")), [
            (2, "weekday", "not_a_choice"), (2, "end", "ends_first")]),
        (sheet(ROWS[0].replace(";20;", ";;")), [(2, "slot_minutes", "no_slot_length")]),
        (sheet(ROWS[0].replace(";20;", ";-5;")), [(2, "slot_minutes", "out_of_range")]),
        (sheet(ROWS[0].replace(";20;", ";veel;")), [(2, "slot_minutes", "not_a_number")]),
        (sheet(ROWS[0].replace("cp-video-20", "cp-video-20 x y")), [(2, "types", "unknown_type")] * 2),
        (sheet(ROWS[0].replace("Cabine 1", "Cabine 9")), [(2, "workplace", "unknown_workplace")]),
        (sheet(*ROWS * 251), [(302, "blocks", "too_many_blocks")]),
        # A cell of two lines, and an empty line: the line is still the one in the file.
        (sheet(ROWS[0][:-1] + ';"a\nb"', "", ROWS[1].replace("10:20", "late")), [(5, "end", "not_a_time")]),
        ("sep=,\n" + sheet(ROWS[1].replace("10:20", "late")).replace(";", ","), [(3, "end", "not_a_time")]),
    ],
)  # fmt: skip
def test_mistake_is_told_with_its_line(text, expected):
    assert told(read_file(text, KNOWN)) == expected
