from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.policy import Policy
from praktijkplan.reminders import (
    DayWord,
    MessageKind,
    PlannedMessage,
    awake,
    confirmation_due,
    day_word,
    link_opens_at,
    merged_reminders,
    plan_reminders,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY_BEFORE, HOUR_BEFORE = MessageKind.DAY_BEFORE, MessageKind.HOUR_BEFORE


def local(*of: int, fold: int = 0) -> datetime:
    return datetime(*of, tzinfo=AMSTERDAM, fold=fold)


def on_the_clock(planned) -> list[tuple[MessageKind, str, str]]:
    return [
        (
            m.kind,
            m.due.astimezone(AMSTERDAM).strftime("%d %H.%M"),
            m.not_after.astimezone(AMSTERDAM).strftime("%d %H.%M"),
        )
        for m in planned
    ]


LONG_AGO = local(2026, 1, 5, 9)


def plan(start, now=LONG_AGO, **agreements):
    return plan_reminders(start, now, Policy(**agreements), AMSTERDAM)


def test_an_appointment_has_a_reminder_the_day_before_and_an_hour_before():  # PP-41, PP-42
    assert plan(local(2026, 12, 7, 14, 10)) == (
        PlannedMessage(
            DAY_BEFORE, datetime(2026, 12, 6, 9, 0, tzinfo=UTC), datetime(2026, 12, 7, 11, 10, tzinfo=UTC)
        ),
        PlannedMessage(
            HOUR_BEFORE, datetime(2026, 12, 7, 12, 10, tzinfo=UTC), datetime(2026, 12, 7, 13, 10, tzinfo=UTC)
        ),
    )


def test_moments_are_in_utc():
    [day_before, hour_before] = plan(local(2026, 7, 7, 14, 10))
    assert {m.tzinfo for m in (day_before.due, day_before.not_after, hour_before.due, hour_before.not_after)} == {UTC}


@pytest.mark.parametrize(
    ("now", "kinds"),
    [
        (local(2026, 12, 6, 9, 27), [DAY_BEFORE, HOUR_BEFORE]),
        # The confirmation goes out two minutes after the booking: it stands in for what would come within half an
        # hour of it.
        (local(2026, 12, 6, 9, 28), [HOUR_BEFORE]),
        (local(2026, 12, 6, 10, 0), [HOUR_BEFORE]),
        (local(2026, 12, 7, 12, 37), [HOUR_BEFORE]),
        (local(2026, 12, 7, 12, 38), []),
        (local(2026, 12, 7, 14, 0), []),
        (local(2026, 12, 8, 9, 0), []),
    ],
)
def test_a_reminder_whose_moment_has_passed_at_booking_is_not_planned(now, kinds):
    assert [message.kind for message in plan(local(2026, 12, 7, 14, 10), now)] == kinds


@pytest.mark.parametrize(
    ("now", "merged"),
    [
        (local(2026, 12, 6, 9, 27), ()),
        (local(2026, 12, 6, 9, 28), (DAY_BEFORE,)),
        (local(2026, 12, 7, 12, 7), (DAY_BEFORE,)),
        # Within two hours of the start the tips of the day before come too late.
        (local(2026, 12, 7, 12, 9), ()),
        (local(2026, 12, 7, 12, 38), (HOUR_BEFORE,)),
        (local(2026, 12, 7, 14, 9), (HOUR_BEFORE,)),
    ],
)
def test_the_confirmation_stands_in_for_a_reminder_that_would_come_with_it(now, merged):
    assert merged_reminders(local(2026, 12, 7, 14, 10), now, Policy(), AMSTERDAM) == merged


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        # Spring: the 28th has no hour from two to three.
        (local(2027, 3, 28, 9), [(DAY_BEFORE, "27 10.00", "28 07.00"), (HOUR_BEFORE, "28 08.00", "28 09.00")]),
        (local(2027, 3, 29, 9), [(DAY_BEFORE, "28 10.00", "29 07.00"), (HOUR_BEFORE, "29 08.00", "29 09.00")]),
        (local(2027, 3, 28, 3, 30), [(DAY_BEFORE, "27 10.00", "28 00.30"), (HOUR_BEFORE, "28 01.30", "28 03.30")]),
        # Autumn: the 25th has that hour twice.
        (local(2026, 10, 25, 9), [(DAY_BEFORE, "24 10.00", "25 07.00"), (HOUR_BEFORE, "25 08.00", "25 09.00")]),
        (local(2026, 10, 26, 9), [(DAY_BEFORE, "25 10.00", "26 07.00"), (HOUR_BEFORE, "26 08.00", "26 09.00")]),
        (
            local(2026, 10, 25, 2, 30, fold=1),
            [(DAY_BEFORE, "24 10.00", "25 01.30"), (HOUR_BEFORE, "25 02.30", "25 02.30")],
        ),
    ],
)
def test_reminders_around_the_clock_change(start, expected):
    assert on_the_clock(plan(start)) == expected


@pytest.mark.parametrize("sunday", [date(2027, 3, 28), date(2026, 10, 25)])
def test_every_start_in_the_nights_of_the_clock_change_has_one_row_per_kind(sunday):
    first = datetime.combine(sunday, time(), AMSTERDAM).astimezone(UTC)
    for minutes in range(0, 48 * 60, 5):
        start = first + timedelta(minutes=minutes)
        messages = {m.kind: m for m in plan(start)}
        assert list(messages) == [DAY_BEFORE, HOUR_BEFORE]
        assert start - messages[HOUR_BEFORE].due == timedelta(hours=1)
        reminded = messages[DAY_BEFORE].due.astimezone(AMSTERDAM)
        assert (reminded.hour, reminded.minute) == (10, 0)
        assert reminded.date() == start.astimezone(AMSTERDAM).date() - timedelta(days=1)


@pytest.mark.parametrize(
    ("agreed", "start", "due"),
    [
        # Late in the evening becomes the next morning.
        (time(22), local(2026, 12, 7, 14), "07 08.00"),
        (time(21), local(2026, 12, 7, 10), "07 08.00"),
        # Early in the morning becomes later that morning.
        (time(6), local(2026, 12, 7, 14), "06 08.00"),
        (time(7, 59), local(2026, 12, 7, 14), "06 08.00"),
        (time(8), local(2026, 12, 7, 14), "06 08.00"),
        (time(20, 59), local(2026, 12, 7, 14), "06 20.59"),
        # The next morning would be within two hours of the start: just before the quiet hours then.
        (time(22), local(2026, 12, 7, 9, 59), "06 20.59"),
        (time(22), local(2026, 12, 7, 7), "06 20.59"),
        # The missing hour lies in the quiet hours.
        (time(2, 30), local(2027, 3, 29, 14), "28 08.00"),
    ],
)
def test_quiet_hours_shift_the_day_before_and_never_drop_it(agreed, start, due):
    day_before = next(m for m in plan(start, day_before_at=agreed) if m.kind is DAY_BEFORE)
    assert on_the_clock([day_before])[0][1] == due


def test_quiet_hours_within_one_day_and_none_at_all():
    start = local(2026, 12, 7, 14)
    siesta = plan(start, day_before_at=time(13, 30), quiet_from=time(13), quiet_until=time(15))
    assert on_the_clock(siesta)[0][1] == "06 15.00"
    never = plan(start, day_before_at=time(3), quiet_from=time(8), quiet_until=time(8))
    assert on_the_clock(never)[0][1] == "06 03.00"


def test_the_hour_before_is_exempt_from_quiet_hours():  # PP-42
    assert on_the_clock(plan(local(2026, 12, 7, 7, 30)))[1][:2] == (HOUR_BEFORE, "07 06.30")


def test_an_hour_before_of_a_whole_day_may_come_first():  # PP-42: between a day and an hour
    planned = plan(local(2026, 12, 7, 9), hour_before_minutes=1440)
    assert on_the_clock(planned) == [
        (HOUR_BEFORE, "06 09.00", "07 09.00"),
        (DAY_BEFORE, "06 10.00", "07 07.00"),
    ]


@given(
    st.integers(0, 5 * 365 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.timedeltas(timedelta(0), timedelta(days=60)),
    st.times(),
    st.times(),
    st.times(),
    st.integers(60, 1440),
)
def test_reminders_are_useful_when_they_are_due(start, ahead, agreed, quiet_from, quiet_until, hour_before):
    policy = Policy(
        day_before_at=agreed.replace(second=0, microsecond=0),
        quiet_from=quiet_from.replace(second=0, microsecond=0),
        quiet_until=quiet_until.replace(second=0, microsecond=0),
        hour_before_minutes=hour_before,
    )
    now = start - ahead
    planned = plan_reminders(start, now, policy, AMSTERDAM)
    assert len({message.kind for message in planned}) == len(planned)
    assert all(confirmation_due(now, policy) < message.due <= message.not_after <= start for message in planned)
    if ahead > timedelta(days=3):
        assert {message.kind for message in planned} == {DAY_BEFORE, HOUR_BEFORE}


def test_the_day_before_of_a_consult_after_midnight_comes_while_it_is_of_use():
    policy = Policy(day_before_at=time(23, 30), quiet_from=time(0), quiet_until=time(0))
    (day_before, _) = plan_reminders(local(2026, 12, 8, 1), local(2026, 12, 1, 10), policy, AMSTERDAM)
    assert (day_before.kind, day_before.due) == (DAY_BEFORE, local(2026, 12, 7, 23).astimezone(UTC))


def test_the_confirmation_waits_until_the_booking_can_no_longer_be_undone():
    assert confirmation_due(local(2026, 12, 7, 10), Policy()) == datetime(2026, 12, 7, 9, 2, tzinfo=UTC)


def test_the_link_opens_half_an_hour_before_the_start():  # PP-51
    assert link_opens_at(local(2026, 12, 7, 14, 10), Policy()) == datetime(2026, 12, 7, 12, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent_on", "word"),
    [
        (date(2026, 12, 31), DayWord.TOMORROW),
        (date(2027, 1, 1), DayWord.TODAY),
        (date(2026, 12, 30), DayWord.OTHER),
        (date(2027, 1, 2), DayWord.OTHER),
    ],
)
def test_the_word_for_a_day_follows_the_date_of_sending(sent_on, word):
    assert day_word(sent_on, date(2027, 1, 1)) is word


@pytest.mark.parametrize(
    ("moment", "then"),
    [
        (local(2026, 12, 7, 20, 59), "07 20.59"),
        (local(2026, 12, 7, 21), "08 08.00"),
        (local(2026, 12, 8, 0, 30), "08 08.00"),
        (local(2026, 12, 8, 8), "08 08.00"),
        # The night of the clock change is an hour longer or shorter; the morning begins by the clock.
        (local(2026, 10, 24, 22), "25 08.00"),
        (local(2027, 3, 28, 1, 30), "28 08.00"),
    ],
)
def test_what_can_wait_waits_for_the_end_of_the_quiet_hours(moment, then):
    assert awake(moment, Policy(), AMSTERDAM).astimezone(AMSTERDAM).strftime("%d %H.%M") == then
