"""Whatever comes in: a raster or mistakes that can be shown, never a crash, and never slow."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.contents import RasterContent
from scheduling.interchange import (
    document_schema,
    field_text,
    place_text,
    read_document,
    read_file,
    what_is_wrong,
    what_to_do,
    write_document,
    write_sheet,
)
from tests.scheduling.interchange.rasters import KNOWN, contents

QUICK, MANY = 400, 50_000
BLOCK = document_schema()["$defs"]["block"]["properties"]
WORDS = st.sampled_from([*document_schema()["properties"], *BLOCK, "monday", "09:00", "fixed", "2026-01-05", "café"])
# Halves of characters can be written in JSON, and no database keeps them.
HALVES = st.sampled_from(["\ud83d", "a\udfffb", "a\x00b", "\x85"])
TEXTS = st.one_of(WORDS, HALVES, st.text(max_size=20))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=8),
    max_leaves=30,
)
CELLS = st.one_of(
    WORDS, HALVES, st.text(max_size=12), st.sampled_from([*";,\t\"'\r\n=", "sep=;", "9.00", "-1", "\ufeff"])
)
SHEETS = st.builds(
    lambda rows, between: "\n".join(between.join(row) for row in rows),
    st.lists(st.lists(CELLS, max_size=14), max_size=6),
    st.sampled_from(";,\t"),
)


@st.composite
def damaged(draw):
    """A file of ours in which a few bytes became others."""
    content = draw(contents())
    whole = draw(
        st.sampled_from(
            [
                write_sheet(content, KNOWN),
                write_sheet(content, KNOWN, language="nl"),
                json.dumps(write_document(content, KNOWN)).encode(),
            ]
        )
    )
    damage = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(damage) - 1))
        damage[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(damage)


FILES = st.one_of(st.binary(max_size=200), st.text(max_size=200), SHEETS, VALUES.map(json.dumps), damaged())


def check(found):
    """A raster, or mistakes of which everything can be said and shown."""
    if isinstance(found, RasterContent):
        assert read_document(write_document(found, KNOWN), KNOWN) == found
        return
    assert found
    for mistake in found:
        told = [place_text(mistake), field_text(mistake), what_is_wrong(mistake), what_to_do(mistake)]
        assert all(told[index] for index in (0, 2, 3))
        "".join(told).encode()
        assert (mistake.line is None) != (mistake.pointer is None)


@settings(max_examples=QUICK)
@given(FILES)
def test_no_file_breaks_the_reader(what):
    check(read_file(what, KNOWN))


@settings(max_examples=QUICK)
@given(VALUES)
def test_no_value_breaks_the_reader(value):
    check(read_document(value, KNOWN))


@pytest.mark.slow
@settings(max_examples=MANY, suppress_health_check=list(HealthCheck))
@given(FILES)
def test_no_file_of_fifty_thousand_breaks_the_reader(what):
    check(read_file(what, KNOWN))


@pytest.mark.slow
@settings(max_examples=MANY, suppress_health_check=list(HealthCheck))
@given(VALUES)
def test_no_value_of_fifty_thousand_breaks_the_reader(value):
    check(read_document(value, KNOWN))


def test_every_mistake_has_its_sentences():
    from scheduling.interchange import MistakeId
    from scheduling.interchange.sentences import _WORDS

    assert set(_WORDS) == set(MistakeId)
