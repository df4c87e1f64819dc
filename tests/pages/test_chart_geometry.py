import pytest

from pages.chart_geometry import Label, Scale, Size, upright_axis, upright_labels, upright_ticks

SIZE = Size(300, 130, 3, left=30, right=20, top=4)
STEPS = (1, 2, 5, 10)


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (2.5, [0, 1, 2, 3]),
        (3, [0, 1, 2, 3]),
        (4, [0, 2, 4]),
        (11, [0, 5, 10, 15]),
        (30, [0, 10, 20, 30]),
        # More than the largest step has lines for: more lines.
        (41, [0, 10, 20, 30, 40, 50]),
    ],
)
def test_ticks_reach_the_most_with_few_lines(most, ticks):
    assert [*upright_ticks(most, SIZE, STEPS)] == ticks


def test_axis_is_drawn_between_the_margins_from_below():
    ticks = upright_ticks(4, SIZE, STEPS)
    y = Scale(0, ticks[-1], *SIZE.y)
    assert upright_axis(ticks, y, SIZE) == "M30 104.0H280M30 54.0H280M30 4.0H280"
    assert upright_labels(ticks, y, SIZE) == (
        Label(24, 108.5, "0", "end"),
        Label(24, 58.5, "2", "end"),
        Label(24, 8.5, "4", "end"),
    )
