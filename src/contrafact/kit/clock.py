"""Time is passed in, so that a run can be repeated and a test can choose the hour."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The current moment, timezone-aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(slots=True)
class FixedClock:
    """A clock that stands where it is put."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def within(at: datetime, first: datetime | None, end: datetime | None) -> bool:
    """Whether a moment lies in ``[first, end)``; None is ever since, and for ever."""
    return (first is None or first <= at) and (end is None or at < end)
