"""How long anybody has: defaults as data, which an operator may set in ``claims.toml`` in the home folder."""

import tomllib
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

from contrafact.kit.errors import BadInputError

SETTINGS_FILE: Final = "claims.toml"
_LARGEST_FILE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Clocks:
    """Time limits of notices, and what releases do during a dispute.

    The defaults follow 17 U.S.C. § 512(g)(2)(C) (restore not less than 10 and not more than 14 business days after a
    counter-notice) and the "expeditiously" of § 512(c)(1)(C) and of Regulation (EU) 2022/2065, art. 6 and 16.
    """

    acknowledge_hours: int = 24
    """Until whoever served a notice is told that it came (art. 16(4))."""
    act_hours: int = 48
    """Until what is noticed is taken down, or the notice rejected."""
    complete_days: int = 14
    """Until an incomplete notice is completed, else it is rejected."""
    counter_days: int = 180
    """Until when its user may answer a takedown; six months, as for complaints in art. 20(1)."""
    restore_business_days: int = 10
    """After a counter-notice, the least until what was taken down is restored."""
    restore_by_business_days: int = 14
    """The most."""
    strikes: int = 3
    """Takedowns that stand, from which somebody counts as a repeat infringer (§ 512(i)(1)(A))."""
    form_per_hour: int = 5
    """Notices that one address may send by the public form in an hour."""
    releases: Literal["play", "freeze"] = "play"
    """Whether releases play on during a dispute, their money held, or are silent."""
    holidays: tuple[str, ...] = ()
    """Days (ISO 8601) on which nobody works besides Saturdays and Sundays."""

    def after_business_days(self, start: datetime, days: int) -> datetime:
        """The same time of day so many business days later, in UTC."""
        moment = start.astimezone(UTC)
        while days > 0:
            moment += timedelta(days=1)
            if moment.weekday() < 5 and moment.date().isoformat() not in self.holidays:
                days -= 1
        return moment


def load_clocks(home: Path) -> Clocks:
    """The operator's limits: the defaults, and over them what ``claims.toml`` says.

    Raises
    ------
    BadInputError
        When the file says something that is not known, or that cannot be.
    """
    path = home / SETTINGS_FILE
    if not path.is_file():
        return Clocks()
    if path.stat().st_size > _LARGEST_FILE:
        raise BadInputError(f"{SETTINGS_FILE}: the file is too large to be settings; make it anew")
    try:
        said: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInputError(f"{SETTINGS_FILE}: this is not TOML ({error}); correct it or take it away") from error
    return _checked(said)


def _checked(said: dict[str, Any]) -> Clocks:
    known = {field.name: getattr(Clocks(), field.name) for field in fields(Clocks)}
    for name, value in said.items():
        if name not in known:
            raise BadInputError(f"{SETTINGS_FILE}: {name} is not known; there are {', '.join(sorted(known))}")
        if isinstance(known[name], int) and (type(value) is not int or not 0 <= value <= 3660):
            raise BadInputError(f"{SETTINGS_FILE}: {name} must be a whole number from 0 to 3660, not {value!r}")
    if "holidays" in said:
        said = {**said, "holidays": _holidays(said["holidays"])}
    if said.get("releases", "play") not in ("play", "freeze"):
        raise BadInputError(f'{SETTINGS_FILE}: releases must be "play" or "freeze", not {said["releases"]!r}')
    clocks = replace(Clocks(), **said)
    if clocks.restore_business_days > clocks.restore_by_business_days:
        raise BadInputError(f"{SETTINGS_FILE}: restore_business_days must not lie after restore_by_business_days")
    return clocks


def _holidays(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > 1000:
        raise BadInputError(f"{SETTINGS_FILE}: holidays must be a list of at most 1000 days")
    for number, day in enumerate(value):
        try:
            datetime.strptime(day, "%Y-%m-%d")  # only a day
        except (TypeError, ValueError) as error:
            raise BadInputError(f'{SETTINGS_FILE}: holidays[{number}] must be a day such as "2026-12-25"') from error
    return tuple(value)
