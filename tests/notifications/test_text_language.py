"""The language that editors write in: placeholders and passages, and nothing that could reach further."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.content.findings import FindingId
from notifications.content.language import parse, render
from notifications.content.placeholders import PLACEHOLDERS

VALUES = dict.fromkeys(PLACEHOLDERS, "") | {
    "dag": "morgen",
    "tijd": "14.10",
    "tel": "020-1234501",
    "afspraak": "uw afspraak",
}


def said(body, **values):
    parsed = parse(body)
    assert parsed.findings == ()
    return render(parsed, VALUES | values)


def slips(body):
    return [(finding.id, finding.line) for finding in parse(body).findings]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Bel {tel}.", "Bel 020-1234501."),
        ("{Afspraak} is {dag} om {tijd} uur.", "Uw afspraak is morgen om 14.10 uur."),
        ("{ dag }", "morgen"),
        ("Kom. [[Neem {wie} mee.]] Tot dan.", "Kom. Tot dan."),
        ("Een\n[[Neem {wie} mee.]]\nTwee", "Een\nTwee"),  # a line that left leaves no gap
        ("Een\n\n[[Neem {wie} mee.]]\n\nTwee", "Een\n\n\nTwee"),
        ("[[{uur_ervoor?}\n## Lukt het niet?\nBel {tel}.\n]]\nDag", "Dag"),
        ("[[Tussen {van} en {tot} uur.]][[Rond {rond} uur.]]", ""),
        ("[[[link] {uitleg_titel} | {uitleg}]]", ""),
        ("a [b] c]d", "a [b] c]d"),
    ],
)
def test_text_is_filled_in(body, text):
    assert said(body) == text


@pytest.mark.parametrize(
    ("body", "values", "text"),
    [
        ("Kom. [[Neem {wie} mee.]]", {"wie": "uw kind"}, "Kom. Neem uw kind mee."),
        ("[[{uur_ervoor?}\n## Lukt het niet?\n]]\nDag", {"uur_ervoor": "ja"}, "## Lukt het niet?\nDag"),
        ("[[Tussen {van} en {tot} uur.]][[Rond {rond} uur.]]", {"rond": "14.30"}, "Rond 14.30 uur."),
        ("[[Tussen {van} en {tot} uur.]]", {"van": "14.25"}, ""),  # half a range is none
        ("[[[link] {uitleg_titel} | {uitleg}]]", {"uitleg_titel": "Film", "uitleg": "https://x"}, "[link] Film | https://x"),
        ("[[{link?} of met de knop]]", {"link": "https://x"}, "of met de knop"),
    ],
)  # fmt: skip
def test_passage_stays_when_all_its_values_are_there(body, values, text):
    assert said(body, **values) == text


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Bel {tel", [(FindingId.UNCLOSED_BRACE, 1)]),
        ("Een\nBel tel}", [(FindingId.STRAY_BRACE, 2)]),
        ("{{tel}}", [(FindingId.UNCLOSED_BRACE, 1), (FindingId.STRAY_BRACE, 1)]),
        ("Een\n\n{arts}", [(FindingId.UNKNOWN_PLACEHOLDER, 3)]),
        ("{}", [(FindingId.UNKNOWN_PLACEHOLDER, 1)]),
        ("{uur_ervoor}", [(FindingId.UNKNOWN_PLACEHOLDER, 1)]),  # it decides, and says nothing
        ("Een\n[[Neem {wie} mee.\nTwee", [(FindingId.UNCLOSED_SECTION, 2)]),
        ("Neem {wie} mee.]]", [(FindingId.STRAY_SECTION_END, 1)]),
        ("[[Neem [[{wie}]] mee.]]", [(FindingId.NESTED_SECTION, 1), (FindingId.STRAY_SECTION_END, 1)]),
        ("[[Tot dan.]]", [(FindingId.SECTION_WITHOUT_PLACEHOLDER, 1)]),
        # Nothing leads anywhere: not an attribute, not a key, not a call, not a format.
        ("{tel.__class__}", [(FindingId.UNKNOWN_PLACEHOLDER, 1)]),
        ("{tel[0]}", [(FindingId.UNKNOWN_PLACEHOLDER, 1)]),
        ("{tel!r:>99}", [(FindingId.UNKNOWN_PLACEHOLDER, 1)]),
        ("{settings}", [(FindingId.UNKNOWN_PLACEHOLDER, 1)]),
        ("{% include 'x' %}", [(FindingId.UNKNOWN_PLACEHOLDER, 1)]),
    ],
)
def test_slip_is_found_with_its_line(body, found):
    assert slips(body) == found


def test_what_is_filled_in_is_never_read_as_text():
    assert said("Bel {tel}.", tel="{link} [[{wie}]]") == "Bel {link} [[{wie}]]."


@given(st.text(alphabet="{}[]?dagtel \n#-=|\x00", max_size=60))
def test_any_text_is_read_or_its_slips_are_named(body):
    parsed = parse(body)
    if not parsed.findings:
        assert "\x00" not in render(parsed, VALUES)
    assert all(1 <= finding.line <= body.count("\n") + 1 for finding in parsed.findings)
    assert all(finding.sentence for finding in parsed.findings)
