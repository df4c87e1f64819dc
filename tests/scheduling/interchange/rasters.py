"""Rasters of every kind that a draft can hold, and the department that knows their names; without a database."""

import string
from datetime import date, time

from hypothesis import strategies as st

from praktijkplan.rasters import WeekPattern
from praktijkplan.slots import BlockMode
from scheduling.contents import RasterContent, read_content
from scheduling.interchange import Known
from scheduling.models import AppointmentType

TYPES = {
    key: AppointmentType(pk=key, code=code, name=code, contact_kind="follow_up", modality=form, duration_minutes=long)
    for key, code, form, long in (
        (11, "cp-video-10", "video", 10),
        (12, "cp-video-20", "video", 20),
        (13, "cp-phone-10", "phone", 10),
        (14, "np-visit-30", "visit", 30),
    )
}
KNOWN = Known(TYPES, {7: "Cabine 1", 8: "Spreekkamer 2, route 14", 9: "=1+1", 10: "thuis; bij 's Gravenhage"})

# What people write, with all that a sheet could trip over: delimiters, quotes, formulas, other alphabets.
_LETTERS = st.sampled_from([*string.ascii_letters, *string.digits, *" ;,\t\"'=+-@|/\\{}[]:.éßĳ€–中🙂"])
notes = st.one_of(
    st.text(_LETTERS, max_size=40),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20),
).map(lambda text: " ".join(text.split()))
names = notes.filter(bool)
clocks = st.integers(0, 287).map(lambda step: time(step // 12, step % 12 * 5))
minutes = lambda least, most: st.integers(least // 5, most // 5).map(lambda step: step * 5)  # noqa: E731
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@st.composite
def blocks(draw, key):
    start, end = sorted((draw(clocks), draw(clocks)))
    if start == end:
        start, end = time(9, 0), time(9, 5)
    mode = draw(st.sampled_from(list(BlockMode)))
    return {
        "key": key,
        "weekday": draw(st.integers(0, 6)),
        "start": start.isoformat("minutes"),
        "end": end.isoformat("minutes"),
        "mode": mode.value,
        "slot_minutes": draw(minutes(5 if mode is BlockMode.FIXED else 0, 240)),
        "start_up_minutes": draw(minutes(0, 240)),
        "types": [] if mode is BlockMode.BREAK else draw(st.lists(st.sampled_from(sorted(TYPES)), unique=True)),
        "workplace": draw(st.none() | st.sampled_from(sorted(KNOWN.workplaces))),
        "release_minutes": draw(minutes(0, 28 * 1440)),
        "note": draw(notes),
    }


@st.composite
def contents(draw) -> RasterContent:
    first = draw(days)
    last = draw(st.none() | st.dates(first, date(2099, 12, 31)))
    document = {
        "name": draw(names),
        "weeks": draw(st.sampled_from(list(WeekPattern))).value,
        "valid_from": first.isoformat(),
        "valid_until": last.isoformat() if last else None,
        "blocks": [draw(blocks(key)) for key in range(1, 1 + draw(st.integers(0, 6)))],
    }
    return read_content(document, TYPES)


def told(mistakes):
    """(place, field, id) of each."""
    assert isinstance(mistakes, tuple), mistakes
    return [(mistake.at, mistake.field, mistake.id.value) for mistake in mistakes]
