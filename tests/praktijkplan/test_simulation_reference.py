"""The simulation against values from the literature and exact recursions, in units of the mean service time.

The mean wait is over everyone who came. Idle time is that of the clinician between the start and the end of the last
consult that is held: for who does not come at the very end, nobody waits in these values.
"""

import pytest

from praktijkplan.assumptions import Assumptions
from praktijkplan.draws import Duration, Family
from praktijkplan.filling import regular
from praktijkplan.simulation import simulate

INDIVIDUAL, BAILEY_WELCH = 1, 2
EXPONENTIAL = Duration(Family.EXPONENTIAL, 1, 1)
GAMMA = Duration(Family.GAMMA, 1, 0.5)
LOGNORMAL = Duration(Family.LOGNORMAL, 13, 5 / 13)


@pytest.mark.parametrize(
    ("n", "at_start", "wait", "idle"),
    [
        (10, INDIVIDUAL, 1.0595, 1.8144),
        (10, BAILEY_WELCH, 1.3712, 1.0408),
        (20, INDIVIDUAL, 1.7430, 2.8718),
        (20, BAILEY_WELCH, 1.9898, 2.0284),
    ],
)
def test_exponential_service_is_within_a_percent_of_the_exact_values(n, at_start, wait, idle):
    session = regular(n, 1, EXPONENTIAL, at_start=at_start)
    result = simulate(session, Assumptions.undisturbed(), runs=300_000, seed=2)
    assert (result.mean_wait, result.idle) == (pytest.approx(wait, rel=0.01), pytest.approx(idle, rel=0.01))
    assert result.end.mean == pytest.approx(n + idle, rel=0.01)


@pytest.mark.parametrize(
    ("no_show", "at_start", "wait", "idle"),
    [
        (0, INDIVIDUAL, 0.548, 0.930),
        (0, BAILEY_WELCH, 1.016, 0.300),
        (0.1, INDIVIDUAL, 0.428, 1.563),
        (0.1, BAILEY_WELCH, 0.774, 0.776),
    ],
)
def test_gamma_service_with_no_shows_is_within_two_percent(no_show, at_start, wait, idle):
    session = regular(10, 1, GAMMA, at_start=at_start)
    result = simulate(session, Assumptions.undisturbed(no_show=no_show), runs=200_000, seed=2)
    assert (result.mean_wait, result.idle) == (pytest.approx(wait, rel=0.02), pytest.approx(idle, rel=0.02))


@pytest.mark.parametrize(("at_start", "wait", "tardiness"), [(INDIVIDUAL, 2.71, 3.90), (BAILEY_WELCH, 7.08, 1.02)])
def test_lognormal_consults_of_13_minutes_in_slots_of_15_are_within_two_percent(at_start, wait, tardiness):
    session = regular(12, 15, LOGNORMAL, at_start=at_start)
    result = simulate(session, Assumptions.undisturbed(), runs=400_000, seed=2)
    assert (result.mean_wait, result.overrun.mean) == (
        pytest.approx(wait, rel=0.02),
        pytest.approx(tardiness, rel=0.02),
    )


@pytest.mark.parametrize(("load", "wait"), [(0.7, 0.8762), (0.8, 1.6927), (0.9, 4.1787)])
def test_long_run_is_within_a_percent_of_the_stationary_wait(load, wait):
    """D/M/1: the first patients, who find an empty clinic, are left out."""
    result = simulate(regular(1500, 1 / load, EXPONENTIAL), Assumptions.undisturbed(), runs=2_000, seed=2)
    settled = result.slots[500:]
    assert sum(slot.mean for slot in settled) / len(settled) == pytest.approx(wait, rel=0.01)
