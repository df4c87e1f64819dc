"""The published form, held against what is written and read by an independent validator."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scheduling.interchange import MistakeId, document_schema, read_document, write_document
from tests.scheduling.interchange.rasters import KNOWN, contents
from tests.scheduling.interchange.test_documents import GOOD, with_block, with_raster, without

SCHEMA = document_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
# What only a reader that knows the department, or that compares two fields, can find.
BEYOND_THE_SCHEMA = {
    MistakeId.UNKNOWN_TYPE,
    MistakeId.UNKNOWN_WORKPLACE,
    MistakeId.ENDS_FIRST,
    MistakeId.VALIDITY_ENDS_FIRST,
    MistakeId.NOT_A_DATE,  # the pattern lets 31 February pass
    MistakeId.STRANGE_CHARACTERS,
}


def test_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


@given(contents())
def test_what_is_written_is_valid(content):
    VALIDATOR.validate(write_document(content, KNOWN))


@pytest.mark.parametrize(
    "document",
    [
        without(GOOD, "format"),
        without(GOOD, "name"),
        without(GOOD, "valid_from"),
        without(GOOD, "blocks"),
        with_raster(format="videopoli-raster/2"),
        with_raster(name=""),
        with_raster(weeks="weekly"),
        with_raster(valid_from="5-1-2026"),
        with_raster(colour="red"),
        with_raster(blocks=[7]),
        with_block(weekday=0),
        with_block(start="9:00"),
        with_block(start="09:03"),
        with_block(mode="strict"),
        with_block(slot_minutes=0),
        with_block(slot_minutes=12),
        with_block(mode="break"),
        with_block(start_up_minutes=245),
        with_block(types=["cp-video-20"] * 101),
        with_block(note="n" * 201),
        with_raster(blocks=[without(GOOD["blocks"][0], "slot_minutes")]),
    ],
)
def test_what_the_reader_refuses_for_its_form_is_not_valid(document):
    assert not VALIDATOR.is_valid(document)
    assert isinstance(read_document(document, KNOWN), tuple)


def altered(document):
    """A document in which anything may have become anything."""
    anything = st.sampled_from(
        [
            None,
            True,
            0,
            15,
            15.0,
            7.5,
            -5,
            10**30,
            "",
            "monday",
            "09:00",
            "9:00",
            "break",
            "2026-02-30",
            [],
            ["x"],
            {},
        ]
    )
    raster = st.sampled_from([*document, "colour"])
    block = st.sampled_from(
        [*GOOD["blocks"][0], "workplace", "note", "start_up_minutes", "release_minutes", "colour"]
    )

    @st.composite
    def alter(draw):
        changed = {**document, "blocks": [dict(each) for each in document["blocks"]]}
        for name in draw(st.lists(raster, max_size=1)):
            changed[name] = draw(anything)
        if changed["blocks"] and isinstance(changed["blocks"], list) and isinstance(changed["blocks"][0], dict):
            for name in draw(st.lists(block, max_size=2)):
                changed["blocks"][0][name] = draw(anything)
        return changed

    return alter()


@given(altered(GOOD))
def test_reader_and_schema_agree_about_the_form(document):
    _agree(document)


@pytest.mark.slow
@hypothesis_settings(max_examples=5_000)
@given(contents().flatmap(lambda content: altered(write_document(content, KNOWN))))
def test_reader_and_schema_agree_about_the_form_of_thousands(document):
    _agree(document)


def _agree(document):
    found = read_document(document, KNOWN)
    mistakes = {mistake.id for mistake in found} if isinstance(found, tuple) else set()
    if VALIDATOR.is_valid(document):
        assert mistakes <= BEYOND_THE_SCHEMA
    else:
        assert mistakes


def test_schema_in_the_docs_is_the_one_that_is_served():
    """For who has no account. After a change: write the served one over it."""
    published = Path(settings.BASE_DIR) / "docs" / "raster.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == SCHEMA
