"""A span of time has its beginning and not its end."""

from datetime import UTC, datetime, timedelta

from contrafact.kit.clock import within

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def test_the_beginning_is_inside_and_the_end_is_not() -> None:
    end = NOON + timedelta(hours=1)
    assert [within(at, NOON, end) for at in (NOON - INSTANT, NOON, end - INSTANT, end)] == [False, True, True, False]


def test_none_is_ever_since_and_for_ever() -> None:
    assert within(NOON, None, None)
    assert [within(NOON, None, NOON), within(NOON, NOON, None)] == [False, True]
