"""Where things stand in the chart of waiting per slot."""

from itertools import pairwise

import pytest

from pages.planner.simulation_chart import LARGE, LINE, SMALL, ChartWords, clock, lay_out_chart
from praktijkplan.simulation import Result, SlotWaiting, Spread
from scheduling.simulations import Outcome

WORDS = ChartWords(title="Waiting", description="Words", now="now")
NO_SPREAD = Spread(0, 0, 0)


def outcome(*waits, zero=500, apart=20, breaks=(), came=100, runs=100):
    """Slots of (P10, median, P90), the first at `zero` minutes after midnight."""
    slots = tuple(SlotWaiting(number * apart, came, 0, *wait) for number, wait in enumerate(waits))
    result = Result(slots, 0, NO_SPREAD, NO_SPREAD, 1, 0, NO_SPREAD, runs)
    return Outcome(zero, zero + len(waits) * apart, breaks, result)


def chart(draft, now=None, size=SMALL):
    return lay_out_chart(draft=draft, now=now, words=WORDS, size=size)


def points(written):
    return [tuple(map(float, point.split(","))) for point in written.split()]


def texts(chart, anchor):
    return [label.text for label in chart.labels if label.anchor == anchor]


def test_band_goes_over_the_p90_and_back_under_the_p10():
    drawn = chart(outcome((0, 5, 20), (5, 10, 30)))
    bottom, top = SMALL.y
    assert points(drawn.band) == [
        (26, pytest.approx(bottom - (bottom - top) * 2 / 3, abs=0.1)),
        (258, top),
        (258, pytest.approx(bottom - (bottom - top) / 6, abs=0.1)),
        (26, bottom),
    ]
    assert points(drawn.edges[0]) == points(drawn.band)[:2]
    assert [y for _, y in points(drawn.median)] == [
        pytest.approx(bottom - (bottom - top) * share, abs=0.1) for share in (1 / 6, 1 / 3)
    ]


def test_time_runs_from_the_first_to_the_last_slot_of_both():
    drawn = chart(outcome((0, 0, 5), (0, 0, 5)), outcome((0, 0, 5), (0, 0, 5), (0, 0, 5), zero=480))
    assert [x for x, _ in points(drawn.now)] == [26, pytest.approx(26 + 232 / 2, abs=0.1), 258]
    assert [x for x, _ in points(drawn.median)] == [pytest.approx(26 + 232 / 2, abs=0.1), 258]


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (0, ["0", "1"]),
        (0.4, ["0", "1"]),
        (3, ["0", "1", "2", "3"]),
        (3.1, ["0", "2", "4"]),
        (27, ["0", "10", "20", "30"]),
        (45, ["0", "15", "30", "45"]),
        (46, ["0", "20", "40", "60"]),
        (500, ["0", "240", "480", "720"]),
    ],
)
def test_axis_of_waiting_has_round_steps_and_room_for_the_longest_wait(most, ticks):
    drawn = chart(outcome((0, 0, 0), (0, 0, most)))
    hours = {"8.20", "8.40"}
    assert [text for text in texts(drawn, "end") if text not in hours] == ticks


def test_times_below_do_not_touch_and_the_first_and_last_are_always_there():
    for slots in range(2, 60):
        drawn = chart(outcome(*[(0, 0, 5)] * slots, zero=505, apart=5))
        below = [label for label in drawn.labels if label.y == SMALL.height - 4]
        assert [below[0].text, below[-1].text] == [clock(505), clock(505 + (slots - 1) * 5)]
        sides = {"start": (0, 1), "middle": (0.5, 0.5), "end": (1, 0)}
        edges = [
            (
                label.x - 7 * len(label.text) * sides[label.anchor][0],
                label.x + 7 * len(label.text) * sides[label.anchor][1],
            )
            for label in below
        ]
        assert all(one[1] <= other[0] for one, other in pairwise(edges)), slots


@pytest.mark.parametrize("end", [(0, 0, 30), (30, 30, 30), (0, 0, 0), (14, 15, 16)])
@pytest.mark.parametrize("now", [0, 15, 30])
@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_names_of_the_lines_stay_apart_and_within_the_picture(end, now, size):
    drawn = chart(outcome((0, 0, 30), end), outcome((0, 0, 30), (0, 0, now)), size)
    names = [label for label in drawn.labels if label.x > size.x[1]]
    assert {label.text for label in names} == {"now", "P90", "P50"}
    heights = sorted(label.y for label in names)
    assert all(other - one >= LINE - 0.2 for one, other in pairwise(heights))
    assert heights[-1] <= size.y[0] + 4.6
    assert heights[0] >= 0


def test_names_stand_in_the_order_of_their_lines():
    drawn = chart(outcome((0, 5, 20), (0, 5, 20)), outcome((0, 5, 28), (0, 5, 28)))
    names = sorted((label for label in drawn.labels if label.x > SMALL.x[1]), key=lambda label: label.y)
    assert [label.text for label in names] == ["now", "P90", "P50"]


def test_draft_without_a_published_raster_has_no_dashed_line():
    drawn = chart(outcome((0, 5, 20), (0, 5, 20)))
    assert drawn.now == ""
    assert {label.text for label in drawn.labels if label.x > SMALL.x[1]} == {"P90", "P50"}


def test_half_day_that_was_taken_away_is_a_dashed_line_alone():
    drawn = chart(None, outcome((0, 5, 20), (0, 5, 20), breaks=((5, 15),)))
    assert (drawn.band, drawn.median) == ("", "")
    assert len(points(drawn.now)) == 2
    assert len(drawn.breaks) == 1


def test_break_is_drawn_where_it_lies_between_the_slots():
    drawn = chart(outcome(*[(0, 0, 5)] * 5, breaks=((20, 40), (75, 95), (120, 130))))
    assert drawn.breaks == ((84.0, 58.0), (243.5, 14.5))


def test_letter_keeps_nobody_waiting_and_is_not_drawn():
    written = SlotWaiting(0, 0, 0, 0, 0, 0)
    result = Result((written,), 0, NO_SPREAD, NO_SPREAD, 1, 0, NO_SPREAD, 100)
    assert chart(Outcome(500, 520, (), result)) is None


def test_slot_to_which_hardly_anybody_came_is_left_out():
    assert chart(outcome((0, 0, 5), came=9)) is None
    assert chart(outcome((0, 0, 5), came=10)) is not None
    assert chart(outcome((0, 0, 5), came=1, runs=1)) is not None


def test_one_slot_is_a_short_line():
    drawn = chart(outcome((0, 5, 20)))
    assert [x for x, _ in points(drawn.median)] == [26, 32]
    assert [text for text in texts(drawn, "start") if "." in text] == ["8.20"]


def test_everything_stays_inside_the_picture():
    drawn = chart(outcome(*[(0, n, 3 * n) for n in range(18)], breaks=((60, 75),)), outcome(*[(0, 0, 7)] * 25), LARGE)
    for x, y in [*points(drawn.band), *points(drawn.median), *points(drawn.now)]:
        assert LARGE.x[0] <= x <= LARGE.x[1]
        assert LARGE.y[1] <= y <= LARGE.y[0]


@pytest.mark.parametrize(("minutes", "text"), [(500, "8.20"), (545, "9.05"), (780.4, "13.00"), (719.6, "12.00")])
def test_clock(minutes, text):
    assert clock(minutes) == text
