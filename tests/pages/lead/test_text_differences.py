import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.lead.text_differences import differences

LINES = st.lists(st.text(alphabet="ab {}", max_size=8), min_size=1, max_size=6).map("\n".join)


def told(before, after):
    """What differs stands between < and >."""
    return [(line.kind, "".join(map(marked, line.runs))) for line in differences(before, after)]


def marked(run):
    return f"<{run.words}>" if run.differs else run.words


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("een\ntwee\n", "een\ntwee", [("same", "een"), ("same", "twee")]),
        ("bel {tel}", "bel nu {tel}", [("removed", "bel {tel}"), ("added", "bel <nu >{tel}")]),
        ("een", "een\ntwee", [("same", "een"), ("added", "<twee>")]),
        ("een\ntwee", "twee", [("removed", "<een>"), ("same", "twee")]),
    ],
)
def test_difference_of_two_texts(before, after, lines):
    assert told(before, after) == lines


@given(LINES, LINES)
def test_both_texts_can_be_read_back_from_their_difference(before, after):
    lines = [(line.kind, "".join(run.words for run in line.runs)) for line in differences(before, after)]
    assert "\n".join(words for kind, words in lines if kind != "added") == before.strip()
    assert "\n".join(words for kind, words in lines if kind != "removed") == after.strip()
