"""The simulation against a slow reading of its rules, one clinician at a time, on the same random numbers."""

from statistics import median, quantiles

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praktijkplan.assumptions import Assumptions
from praktijkplan.contact import Modality
from praktijkplan.draws import Draws, Duration, Family, Quantity
from praktijkplan.filling import PlannedConsult, SimulatedSession, regular
from praktijkplan.simulation import PAUSE_MINUTES, THE_CLINICIAN, simulate

RUNS, SEED = 40, 5


@st.composite
def durations(draw):
    family = draw(st.sampled_from(Family))
    cv = 1 if family is Family.EXPONENTIAL else draw(st.sampled_from([0, 0.3, 1.2]))
    return Duration(family, draw(st.sampled_from([4, 10, 35])), cv)


@st.composite
def half_days(draw):
    ats = sorted(draw(st.lists(st.integers(0, 24).map(lambda step: 5 * step), min_size=1, max_size=8)))
    consults = [
        PlannedConsult(at, draw(durations()), draw(st.sampled_from(Modality)), draw(st.booleans())) for at in ats
    ]
    return SimulatedSession(
        tuple(consults),
        breaks=draw(st.sampled_from([(), ((20, 35),), ((0, 10), (60, 62), (62, 90))])),
        start_ups=draw(st.sampled_from([(), ((0, 10),), ((0, 5), (40, 55))])),
        ends=ats[-1] + 10,
    )


SHARES = st.sampled_from([0, 0.3, 1])
ASSUMED = st.builds(
    Assumptions,
    no_show=SHARES,
    no_show_minutes=st.sampled_from([0, 6]),
    patient_late_mean=st.sampled_from([-8, 0, 6]),
    patient_late_sd=st.sampled_from([0, 5]),
    urgent_fill=SHARES,
    clinician_late_mean=st.sampled_from([0, 8]),
    early_start=st.booleans(),
    break_kept_minutes=st.sampled_from([0, 5, 60]),
    failure=SHARES,
    phone=SHARES,
    absorbing_minutes=st.sampled_from([0, 30]),
)


class Chance:
    """The numbers that the simulation drew, for one half-day after another."""

    def __init__(self, session: SimulatedSession, assumed: Assumptions) -> None:
        draws = Draws(SEED)
        late = Duration(Family.GAMMA, assumed.clinician_late_mean, assumed.clinician_late_cv)
        loss = Duration(Family.GAMMA, assumed.failure_minutes_mean, assumed.failure_minutes_cv)
        self.clinician_late = draws.lasts(THE_CLINICIAN, Quantity.LATENESS, late, RUNS)
        numbered = list(enumerate(session.consults))
        self.lasts = [draws.lasts(i, Quantity.LENGTH, one.duration, RUNS) for i, one in numbered]
        self.comes = [draws.happens(i, Quantity.COMES, 1 - assumed.no_show, RUNS) for i, _ in numbered]
        self.late = [
            draws.normal(i, Quantity.LATENESS, assumed.patient_late_mean, assumed.patient_late_sd, RUNS)
            for i, _ in numbered
        ]
        self.filled = [draws.happens(i, Quantity.FILLED, assumed.urgent_fill, RUNS) for i, _ in numbered]
        self.fails = [draws.happens(i, Quantity.FAILS, assumed.failure, RUNS) for i, _ in numbered]
        self.to_phone = [draws.happens(i, Quantity.TO_PHONE, assumed.phone, RUNS) for i, _ in numbered]
        self.loss = [draws.lasts(i, Quantity.LOSS, loss, RUNS) for i, _ in numbered]


class Diary:
    """What one clinician did: stretches of (start, end, what)."""

    def __init__(self, begins: float) -> None:
        self.now = begins
        self.stretches: list[tuple[float, float, str]] = []
        self.waits: dict[int, float] = {}

    def until(self, time: float, what: str) -> None:
        if time > self.now:
            self.stretches.append((self.now, time, what))
            self.now = time

    @property
    def up_to_the_last_consult(self) -> list[tuple[float, float, str]]:
        held = [index for index, (_, _, what) in enumerate(self.stretches) if what == "consult"]
        return self.stretches[: held[-1] + 1] if held else []

    @property
    def end(self) -> float:
        return self.up_to_the_last_consult[-1][1] if self.up_to_the_last_consult else 0

    @property
    def idle(self) -> float:
        return sum(end - start for start, end, what in self.up_to_the_last_consult if what == "idle")

    @property
    def longest_work(self) -> float:
        longest, since, until = 0.0, None, None
        for start, end, what in self.stretches:
            if what not in {"consult", "start-up"}:
                continue
            if since is None or start - until >= PAUSE_MINUTES:
                since = start
            until = end
            longest = max(longest, until - since)
        return longest


def lived(session: SimulatedSession, assumed: Assumptions, chance: Chance, run: int) -> Diary:
    diary = Diary(chance.clinician_late[run])
    breaks, start_ups = list(session.breaks), list(session.start_ups)
    for number, consult in enumerate(session.consults):
        while min([*breaks, *start_ups, (999, 999)])[0] <= consult.at:
            if not breaks or (start_ups and start_ups[0][0] < breaks[0][0]):
                start, end = start_ups.pop(0)
                diary.until(start, "idle")
                diary.until(diary.now + end - start, "start-up")
            else:
                start, end = breaks.pop(0)
                diary.until(start, "idle")
                diary.until(max(end, diary.now + min(end - start, assumed.break_kept_minutes)), "break")
        if consult.urgent and not chance.filled[number][run]:
            continue
        if consult.modality is Modality.WRITTEN:
            diary.until(consult.at, "idle")
            diary.until(diary.now + chance.lasts[number][run], "consult")
            continue
        if not chance.comes[number][run]:
            diary.until(consult.at, "idle")
            diary.until(diary.now + assumed.no_show_minutes, "idle")
            continue
        arrives = consult.at + chance.late[number][run]
        diary.until(arrives if assumed.early_start else max(arrives, consult.at), "idle")
        diary.waits[number] = max(0, diary.now - max(arrives, consult.at))
        lost = 0.0
        absorbed = consult.duration.mean > assumed.absorbing_minutes
        if consult.modality is Modality.VIDEO and chance.fails[number][run] and not absorbed:
            lost = assumed.phone_minutes if chance.to_phone[number][run] else chance.loss[number][run]
        diary.until(diary.now + chance.lasts[number][run] + lost, "consult")
    return diary


@settings(deadline=None, max_examples=120)
@given(half_days(), ASSUMED)
def test_simulation_does_what_the_diaries_say(session, assumed):
    result = simulate(session, assumed, runs=RUNS, seed=SEED)
    chance = Chance(session, assumed)
    diaries = [lived(session, assumed, chance, run) for run in range(RUNS)]
    for number, slot in enumerate(result.slots):
        waits = [diary.waits[number] for diary in diaries if number in diary.waits]
        assert slot.came == len(waits)
        assert slot.mean == pytest.approx(sum(waits) / max(1, len(waits)), abs=1e-9)
        if len(waits) > 1:
            p10, *_, p90 = quantiles(waits, n=10, method="inclusive")
            assert (slot.p10, slot.median, slot.p90) == pytest.approx((p10, median(waits), p90), abs=1e-9)
    ends = sorted(diary.end for diary in diaries)
    assert result.end.median == pytest.approx(median(ends))
    assert result.end.p90 == pytest.approx(quantiles(ends, n=10, method="inclusive")[-1])
    assert result.end.mean == pytest.approx(sum(ends) / RUNS)
    assert result.idle == pytest.approx(sum(diary.idle for diary in diaries) / RUNS, abs=1e-9)
    assert result.work.mean == pytest.approx(sum(diary.longest_work for diary in diaries) / RUNS, abs=1e-9)
    late = [max(0, diary.end - session.ends) for diary in diaries]
    assert result.overrun.mean == pytest.approx(sum(late) / RUNS, abs=1e-9)


def test_undisturbed_waits_are_those_of_lindley():
    """Each waits what the one before waited, plus that one's consult, minus the slot; never less than nothing."""
    service = Duration(Family.GAMMA, 10, 0.7)
    lengths = [Draws(SEED).lasts(number, Quantity.LENGTH, service, RUNS) for number in range(12)]
    waits = [[0.0] * RUNS]
    for length in lengths[:-1]:
        waits.append([max(0, waits[-1][run] + length[run] - 9) for run in range(RUNS)])
    result = simulate(regular(12, 9, service), Assumptions.undisturbed(), runs=RUNS, seed=SEED)
    assert [slot.mean for slot in result.slots] == pytest.approx([sum(slot) / RUNS for slot in waits])


@settings(deadline=None, max_examples=30)
@given(half_days(), ASSUMED)
def test_no_number_is_below_nothing_or_out_of_order(session, assumed):
    result = simulate(session, assumed, runs=50, seed=SEED)
    for slot in result.slots:
        assert 0 <= slot.p10 <= slot.median <= slot.p90
        assert slot.mean >= 0
        assert slot.came <= 50
    assert 0 <= result.overrun.median <= result.overrun.p90
    assert min(result.mean_wait, result.idle, result.work.mean) >= 0
    assert 0 <= result.in_time <= 1


@settings(deadline=None, max_examples=20)
@given(st.integers(2, 12), st.sampled_from([0.2, 0.6, 1.0]), st.floats(0, 0.9), st.floats(0, 0.9), st.integers(0, 99))
def test_more_no_shows_never_end_a_half_day_later(n, cv, one, other, seed):
    """Each half-day with few no-shows ends no earlier than the same one with more."""
    session = regular(n, 10, Duration(Family.LOGNORMAL, 10, cv))
    few, many = (
        simulate(session, Assumptions.undisturbed(no_show=share), runs=3_000, seed=seed)
        for share in sorted((one, other))
    )
    assert many.end.mean <= few.end.mean
    assert many.end.p90 <= few.end.p90
    assert many.overrun.mean <= few.overrun.mean
    assert many.mean_wait <= few.mean_wait * 1.1 + 0.2


@settings(deadline=None, max_examples=20)
@given(half_days(), st.integers(1, 30))
def test_break_absorbs_delay_for_everyone_after_it(session, minutes):
    """With the last consults moved up by a break, nobody waits longer than without it."""
    moved = session.consults[-1].at
    later = SimulatedSession(
        tuple(
            PlannedConsult(one.at + minutes * (one.at >= moved), one.duration, one.modality, one.urgent)
            for one in session.consults
        ),
        breaks=((moved, moved + minutes),),
        ends=session.ends + minutes,
    )
    straight = SimulatedSession(session.consults, ends=session.ends)
    assumed = Assumptions.undisturbed()
    with_break, without = (simulate(one, assumed, runs=RUNS, seed=SEED) for one in (later, straight))
    for one, other in zip(with_break.slots, without.slots, strict=True):
        assert one.mean <= other.mean + 1e-9
