"""Virtual time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.kernel.clock import Clock, ClockError, ClockSetting, http_date, rfc3339

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


class Source:
    """Real time, moved by hand."""

    def __init__(self) -> None:
        self.seconds = NEW_YEAR.timestamp()

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def real():
    return Source()


@pytest.fixture
def clock(real):
    return Clock(real)


def test_a_new_clock_shows_real_time_and_runs_with_it(clock, real):
    assert clock.now() == NEW_YEAR
    real.seconds += 1.5
    assert clock.now() == NEW_YEAR + timedelta(seconds=1.5)
    assert (clock.seconds() - int(NEW_YEAR.timestamp()), clock.milliseconds() % 10_000) == (1, 1500)


@pytest.mark.parametrize(
    ("by", "parts", "step"),
    [
        (timedelta(days=2), {}, timedelta(days=2)),
        (90, {}, timedelta(seconds=90)),
        (None, {"hours": 1, "minutes": 30}, timedelta(minutes=90)),
        (10, {"hours": 1}, timedelta(seconds=3610)),
        (None, {}, timedelta(0)),
    ],
)
def test_advance_takes_a_timedelta_seconds_or_parts(clock, by, parts, step):
    assert clock.advance(by, **parts) == NEW_YEAR + step
    assert clock.now() == NEW_YEAR + step


def test_time_never_runs_backwards(clock):
    with pytest.raises(ClockError, match="cannot run backwards"):
        clock.advance(-1)
    with pytest.raises(ClockError, match=r"it is 2026-01-01T00:00:00\.000Z, asked for 2025-12-31T23:59:59\.000Z"):
        clock.set(NEW_YEAR - timedelta(seconds=1))
    assert clock.now() == NEW_YEAR


def test_set_jumps_to_an_instant_of_any_zone(clock):
    moment = datetime(2026, 1, 1, 3, tzinfo=timezone(timedelta(hours=1)))
    assert clock.set(moment) == NEW_YEAR + timedelta(hours=2)


def test_set_wants_a_zone(clock):
    with pytest.raises(ClockError, match=r"2026-06-01T00:00:00 has no zone.*\+00:00"):
        clock.set(datetime(2026, 6, 1))  # noqa: DTZ001


def test_a_new_world_may_begin_in_the_past(clock):
    assert clock.start_at(datetime(2020, 1, 1, tzinfo=UTC)).year == 2020


def test_a_frozen_clock_stands_still_but_can_be_moved(clock, real):
    clock.freeze()
    real.seconds += 60
    assert (clock.frozen, clock.now()) == (True, NEW_YEAR)
    assert clock.advance(hours=1) == NEW_YEAR + timedelta(hours=1)
    assert clock.frozen


def test_speed_makes_minutes_of_seconds_from_now_on(clock, real):
    real.seconds += 10
    clock.speed(60)
    real.seconds += 2
    assert clock.now() == NEW_YEAR + timedelta(seconds=10 + 120)
    clock.speed(1)
    real.seconds += 5
    assert clock.now() == NEW_YEAR + timedelta(seconds=135)


@pytest.mark.parametrize("rate", [-1, 100_001, float("nan"), float("inf")])
def test_impossible_speeds_are_refused(clock, rate):
    with pytest.raises(ClockError, match="speed must lie between 0"):
        clock.speed(rate)
    assert clock.rate == 1


def test_speed_nought_freezes(clock):
    clock.speed(0)
    assert clock.frozen


def test_every_setting_goes_through_the_owner(clock):
    kept = []

    def keep(setting: ClockSetting) -> None:
        kept.append(setting)
        clock.restore(setting)

    clock.keep = keep
    clock.advance(5)
    clock.freeze()
    clock.speed(2)
    assert [setting.rate for setting in kept] == [1, 0, 2]
    assert clock.setting == kept[-1]


def test_a_setting_carries_the_distance_to_real_time(clock, real):
    clock.advance(days=3)
    again = Clock(real)
    again.restore(clock.setting)
    real.seconds += 7
    assert again.now() == clock.now() == NEW_YEAR + timedelta(days=3, seconds=7)


@given(st.integers(0, 2**33))
def test_http_dates_are_those_of_rfc_9110(seconds):
    expected = datetime.fromtimestamp(seconds, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert http_date(seconds) == expected


def test_rfc3339_is_utc_with_milliseconds():
    moment = datetime(2026, 1, 1, 0, 30, 0, 123_999, tzinfo=timezone(timedelta(hours=1)))
    assert rfc3339(moment) == "2025-12-31T23:30:00.123Z"
