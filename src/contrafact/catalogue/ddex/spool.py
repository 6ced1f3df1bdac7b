"""Where the parts of a message wait until it was read to its end: a private database that lives and dies with it.

References go forwards and backwards in a message, and the last word of it may be wrong, so nothing is given out before
all of it was seen. SQLite keeps small messages in memory and large ones in a nameless temporary file.
"""

import json
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

from contrafact.catalogue.ddex.errors import BadMessage
from contrafact.catalogue.ddex.findings import Finding, error
from contrafact.catalogue.ddex.limits import Limits
from contrafact.catalogue.ddex.plain import from_plain, to_plain
from contrafact.catalogue.ddex.shape import Element, Version

E = TypeVar("E", bound=Element)
HEADER = 0
"""The number under which what is said about the whole message is kept."""
_CACHED_PARTS, _CACHED_CHARS = 512, 32_000
_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -4000;
CREATE TABLE part (no INTEGER PRIMARY KEY, kind TEXT, class TEXT, reference TEXT, path TEXT, line INTEGER,
                   isrc TEXT, ai TEXT, supplemental INTEGER, document TEXT);
CREATE TABLE name (kind TEXT, reference TEXT, PRIMARY KEY (kind, reference)) WITHOUT ROWID;
CREATE TABLE mention (no INTEGER, kind TEXT, reference TEXT, path TEXT, line INTEGER);
CREATE TABLE finding (no INTEGER, severity TEXT, code TEXT, sentence TEXT, path TEXT, line INTEGER);
BEGIN;
"""
_INDEXES = """
CREATE INDEX part_reference ON part (kind, reference);
CREATE INDEX part_isrc ON part (isrc);
CREATE INDEX mention_from ON mention (no, kind);
CREATE INDEX mention_of ON mention (kind, reference);
CREATE INDEX finding_of ON finding (no);
"""


class Mention(NamedTuple):
    """A reference that a part makes to another: ``kind`` is ``party``, ``resource`` or ``release``."""

    kind: str
    reference: str
    path: str
    line: int


class Stored(NamedTuple):
    """A part as it waits."""

    no: int
    kind: str
    name: str
    reference: str
    path: str
    line: int


class Spool:
    """Parts, the references between them, and findings, by number in document order."""

    def __init__(self, version: Version, limits: Limits) -> None:
        self.version = version
        self.limits = limits
        self.connection = sqlite3.connect("", isolation_level=None)
        self.connection.executescript(_TABLES)
        self._next = HEADER + 1
        self._stored_chars = 0
        self._read_chars = 0
        self._findings = 0
        self._cache: OrderedDict[int, Element] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of everything that waits here."""
        with suppress(sqlite3.Error):
            self.connection.close()

    def add(
        self,
        kind: str,
        value: Element,
        reference: str,
        *,
        isrc: str | None = None,
        ai: str | None = None,
        supplemental: bool = False,
    ) -> int:
        """Keep a part; its number."""
        number, self._next = self._next, self._next + 1
        path, line = value.place or ("", 0)
        try:
            document = json.dumps(to_plain(value, self.version), ensure_ascii=False, separators=(",", ":"))
        except ValueError as reason:
            raise BadMessage(f"a {kind} cannot be told in DDEX: {reason}") from reason
        self._stored_chars += len(document)
        first = self.connection.execute("INSERT OR IGNORE INTO name VALUES (?, ?)", (kind, reference)).rowcount
        if reference and not first:
            # Under a name of its own: references lead to the first, and nothing is multiplied by the others.
            self.find(number, [error("taken", f"another {kind} has the reference {reference!r} already", value.place)])
            reference = f"{reference} (again, {number})"
        self.connection.execute(
            "INSERT INTO part VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, kind, type(value).__name__, reference, path, line, isrc, ai, supplemental, document),
        )
        return number

    def lost(self) -> int:
        """A number for a part that could not be read and is not kept."""
        number, self._next = self._next, self._next + 1
        return number

    def mention(self, number: int, mentions: Iterable[Mention]) -> None:
        """Keep the references that a part makes."""
        self.connection.executemany(
            "INSERT INTO mention VALUES (?, ?, ?, ?, ?)", ((number, *mention) for mention in mentions)
        )

    def find(self, number: int, findings: Iterable[Finding]) -> None:
        """Keep what was noticed about a part."""
        rows = [(number, f.severity, f.code, f.sentence, f.path, f.line) for f in findings]
        self._findings += len(rows)
        self.connection.executemany("INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?)", rows)

    def index(self) -> None:
        """Make looking up quick; once, after the last part."""
        self.connection.executescript(_INDEXES)

    def parts(self, kind: str) -> Iterator[Stored]:
        """All parts of a kind, in document order."""
        yield from map(
            Stored._make,
            self.connection.execute(
                "SELECT no, kind, class, reference, path, line FROM part WHERE kind = ? ORDER BY no", (kind,)
            ),
        )

    def get(self, number: int, cls: type[E]) -> E:
        """A part's value.

        Raises
        ------
        BadMessage
            When the message makes us read the same parts again beyond all measure.
        """
        held = self._cache.get(number)
        if isinstance(held, cls):
            self._cache.move_to_end(number)
            return held
        (document,) = self.connection.execute("SELECT document FROM part WHERE no = ?", (number,)).fetchone()
        self._read_chars += len(document)
        if self._read_chars > self.limits.reread_factor * self._stored_chars + (64 << 20):
            raise BadMessage("the releases share their resources so often that reading them would not end; split them")
        value = from_plain(cls, json.loads(document), self.version)
        if len(document) <= _CACHED_CHARS:
            self._cache[number] = value
            if len(self._cache) > _CACHED_PARTS:
                self._cache.popitem(last=False)
        return value

    def named(self, kind: str, reference: str) -> Stored | None:
        """The first part of that kind and reference."""
        row = self.connection.execute(
            "SELECT no, kind, class, reference, path, line FROM part "
            "WHERE kind = ? AND reference = ? ORDER BY no LIMIT 1",
            (kind, reference),
        ).fetchone()
        return None if row is None else Stored._make(row)

    def deals_of(self, release: str) -> tuple[int, ...]:
        """Numbers of the deals that are for a release."""
        found = self.connection.execute(
            "SELECT DISTINCT m.no FROM mention m JOIN part p ON p.no = m.no "
            "WHERE m.kind = 'release' AND m.reference = ? AND p.kind = 'deals' ORDER BY m.no",
            (release,),
        )
        return tuple(row[0] for row in found)

    def findings(self, at_most: int = 10_000) -> Iterator[Finding]:
        """What was noticed, in document order."""
        rows = self.connection.execute(
            "SELECT severity, code, sentence, path, line FROM finding ORDER BY no, rowid LIMIT ?", (at_most,)
        )
        return (Finding(*row) for row in rows)

    def findings_of(self, release: int, reference: str, at_most: int = 1_000) -> tuple[Finding, ...]:
        """What was noticed about a release and everything that it rests on: header, resources, parties, deals."""
        if not self._findings:
            return ()
        rows = self.connection.execute(
            """
            WITH mine (no) AS (
                SELECT ? UNION SELECT ?
                UNION SELECT p.no FROM mention m JOIN part p ON p.kind = m.kind AND p.reference = m.reference
                      WHERE m.no = ?
                UNION SELECT m.no FROM mention m JOIN part p ON p.no = m.no
                      WHERE m.kind = 'release' AND m.reference = ? AND p.kind = 'deals'),
            further (no) AS (
                SELECT no FROM mine
                UNION SELECT p.no FROM mine JOIN part r ON r.no = mine.no AND r.kind = 'resource'
                      JOIN mention m ON m.no = r.no AND m.kind = 'party'
                      JOIN part p ON p.kind = 'party' AND p.reference = m.reference)
            SELECT severity, code, sentence, path, line FROM finding
            WHERE no IN (SELECT no FROM further) ORDER BY severity, no, rowid LIMIT ?
            """,
            (HEADER, release, release, reference, at_most),
        )
        return tuple(Finding(*row) for row in rows)
