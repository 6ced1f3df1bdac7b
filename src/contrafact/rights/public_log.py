"""The public log of notices: what was done, when and why, without anything personal; a chain of hashes.

Each entry's hash covers its bytes and the hash before it. Whoever keeps the newest hash elsewhere can prove later that
nothing before it was changed or left out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from contrafact.kit.canonical import canonical_json, chained
from contrafact.kit.turns import wait_turn
from contrafact.rights import store_notices as store
from contrafact.rights.models_notices import PublicLogRow

START: Final = "0" * 64
_FIELDS: Final = frozenset({"notice", "state", "at", "basis", "concerns", "rules", "reason", "taken_down", "restored"})
"""Everything that an entry may say; nothing else gets in."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One public entry."""

    sequence: int
    sha256: str
    previous_sha256: str
    entry: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LogReport:
    """What a check of the whole log found."""

    entries: int
    head: str
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def append(session: Session, entry: Mapping[str, Any]) -> LogEntry:
    """Add an entry at the end.

    Raises
    ------
    ValueError
        When it says something that the public log has no place for.
    """
    unknown = set(entry) - _FIELDS
    if unknown:
        raise ValueError(f"the public log has no place for {', '.join(sorted(unknown))}")
    wait_turn(session)
    head = store.log_head(session)
    previous = START if head is None else head.sha256
    text = canonical_json(dict(entry)).decode()
    row = PublicLogRow(
        sequence=1 if head is None else head.sequence + 1,
        entry=text,
        previous_sha256=previous,
        sha256=chained(previous, text),
    )
    session.add(row)
    session.flush()
    return _as_value(row)


def page(session: Session, before: int | None = None, limit: int = 100) -> tuple[LogEntry, ...]:
    """Entries before a number, the newest first."""
    return tuple(_as_value(row) for row in store.log_page(session, before, limit))


def check(session: Session, head: str | None = None) -> LogReport:
    """Walk the whole log.

    Parameters
    ----------
    head : str, optional
        A hash that was kept elsewhere: it must be in the log.
    """
    previous, count, problems = START, 0, []
    seen = head is None or head == START
    for row in store.log_rows(session):
        count += 1
        if row.sequence != count:
            problems.append(f"Entry {count} is missing.")
            count = row.sequence
        if row.previous_sha256 != previous or row.sha256 != chained(previous, row.entry):
            problems.append(f"Entry {row.sequence} was changed, or the one before it was.")
        previous = row.sha256
        seen = seen or previous == head
    if not seen:
        problems.append("The hash that was kept elsewhere is not in the log: entries were changed or taken away.")
    return LogReport(count, previous, tuple(problems[:50]))


def _as_value(row: PublicLogRow) -> LogEntry:
    return LogEntry(row.sequence, row.sha256, row.previous_sha256, json.loads(row.entry))
