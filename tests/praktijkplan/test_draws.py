import numpy as np
import pytest

from praktijkplan.draws import MOST_CV, Draws, Duration, Family, Quantity

MANY = 200_000


@pytest.mark.parametrize(
    ("family", "mean", "cv"),
    [
        (Family.EXPONENTIAL, 12, 1),
        (Family.GAMMA, 13.4, 0.72),
        (Family.GAMMA, 4, 1.5),
        (Family.LOGNORMAL, 13, 5 / 13),
        (Family.LOGNORMAL, 20, 1.2),
    ],
)
def test_drawn_durations_have_the_mean_and_cv_asked_for(family, mean, cv):
    drawn = Draws(1).lasts(0, Quantity.LENGTH, Duration(family, mean, cv), MANY)
    assert drawn.min() > 0
    assert drawn.mean() == pytest.approx(mean, rel=0.02)
    assert drawn.std() / drawn.mean() == pytest.approx(cv, rel=0.05)


@pytest.mark.parametrize("family", [Family.GAMMA, Family.LOGNORMAL])
@pytest.mark.parametrize("cv", [0, 1e-300])
def test_duration_without_variation_always_lasts_its_mean(family, cv):
    assert set(Draws(1).lasts(0, Quantity.LENGTH, Duration(family, 15, cv), 9)) == {15.0}


def test_medians_tell_the_families_apart():
    """Of mean 10 and cv 1: exponential and gamma have 10 ln 2, lognormal 10 / sqrt 2."""
    drawn = {
        family: np.median(Draws(1).lasts(0, Quantity.LENGTH, Duration(family, 10, 1), MANY)) for family in Family
    }
    assert drawn == {
        Family.EXPONENTIAL: pytest.approx(6.931, rel=0.01),
        Family.GAMMA: pytest.approx(6.931, rel=0.01),
        Family.LOGNORMAL: pytest.approx(7.071, rel=0.01),
    }


def test_lateness_is_normal():
    drawn = Draws(1).normal(0, Quantity.LATENESS, -5, 4, MANY)
    assert (drawn.mean(), drawn.std()) == (pytest.approx(-5, abs=0.05), pytest.approx(4, rel=0.01))


@pytest.mark.parametrize("share", [0, 0.3, 1])
def test_something_happens_in_its_share(share):
    assert Draws(1).happens(0, Quantity.FAILS, share, MANY).mean() == pytest.approx(share, abs=0.005)


def test_what_happens_at_a_share_also_happens_at_a_larger_one():
    less, more = (Draws(1).happens(0, Quantity.FAILS, share, 1000) for share in (0.2, 0.4))
    assert np.all(more[less])


def test_stream_goes_on_where_it_was():
    service = Duration(Family.GAMMA, 10, 0.5)
    whole, parts = Draws(1), Draws(1)
    at_once = whole.lasts(3, Quantity.LENGTH, service, 10)
    in_parts = [*parts.lasts(3, Quantity.LENGTH, service, 4), *parts.lasts(3, Quantity.LENGTH, service, 6)]
    assert list(at_once) == in_parts


def test_consults_quantities_and_seeds_have_streams_of_their_own():
    service = Duration(Family.EXPONENTIAL, 10, 1)
    first = {
        float(Draws(seed).lasts(consult, quantity, service, 1)[0])
        for seed in (1, 2)
        for consult in (0, 1)
        for quantity in (Quantity.LENGTH, Quantity.LOSS)
    }
    assert len(first) == 8


@pytest.mark.parametrize(
    ("family", "mean", "cv", "says"),
    [
        (Family.GAMMA, -1, 0.5, "a number of minutes from 0, not -1"),
        (Family.GAMMA, float("inf"), 0.5, "a number of minutes from 0, not inf"),
        (Family.LOGNORMAL, 10, -0.1, "from 0 to 10, not -0.1"),
        (Family.LOGNORMAL, 10, MOST_CV + 1, "from 0 to 10, not 11"),
        (Family.LOGNORMAL, 10, float("nan"), "from 0 to 10, not nan"),
        (Family.EXPONENTIAL, 10, 0.5, "has a cv of 1, not 0.5: choose gamma or lognormal"),
    ],
)
def test_impossible_duration_is_refused(family, mean, cv, says):
    with pytest.raises(ValueError, match=says):
        Duration(family, mean, cv)


def test_negative_seed_is_refused():
    with pytest.raises(ValueError, match="a whole number from 0, not -1"):
        Draws(-1)
