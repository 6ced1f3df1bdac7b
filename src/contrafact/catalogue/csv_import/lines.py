"""The lines of spreadsheets as values: every cell understood, nothing looked up yet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeVar, get_args

from contrafact.catalogue.csv_import import cells
from contrafact.catalogue.csv_import.cells import Unreadable
from contrafact.catalogue.csv_import.problems import Problems
from contrafact.catalogue.csv_import.reading import Row, Sheet
from contrafact.catalogue.describing import ROLE_AT_MOST, genre_slug
from contrafact.catalogue.errors import BadSong
from contrafact.catalogue.identifiers import CHECKS, Scheme
from contrafact.catalogue.ownership import (
    EVERYWHERE,
    MandateRole,
    MandateSide,
    PersonStatus,
    StatedSide,
)
from contrafact.catalogue.values import PartyKind
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.territories import Territories

Found = TypeVar("Found")
NONE = "none"
"""What a cell says that takes something away; an empty cell leaves what is there."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class PartyLine:
    place: Place
    name: str
    kind: PartyKind | None
    identifiers: Mapping[Scheme, str]
    id: str | None
    status: PersonStatus | None
    born_on: date | None = field(repr=False)
    guardians: tuple[str, ...] | None
    estate: tuple[str, ...] | None

    @property
    def says_of_person(self) -> bool:
        return any(item is not None for item in (self.status, self.born_on, self.guardians, self.estate))


@dataclass(frozen=True, slots=True)
class RecordingLine:
    place: Place
    title: str
    artist: str
    isrc: str | None
    reference: str | None
    id: str | None
    album: str | None
    label: str | None
    """None where the cell is empty: what is there stays. An empty text takes it away."""
    genres: tuple[str, ...] | None
    iswc: str | None


@dataclass(frozen=True, slots=True)
class PerformerLine:
    place: Place
    song: str
    party: str
    role: str
    voice: bool


@dataclass(frozen=True, slots=True)
class ShareLine:
    place: Place
    song: str
    side: StatedSide
    party: str
    share: Fraction
    written: str
    """The share as it was written, for messages."""
    role: str
    territories: Territories
    valid_from: datetime | None
    valid_to: datetime | None
    evidence: str


@dataclass(frozen=True, slots=True)
class MandateLine:
    place: Place
    principal: str
    agent: str
    role: MandateRole
    side: MandateSide
    song: str | None
    operations: tuple[Operation, ...] | None
    territories: Territories
    valid_from: datetime | None
    valid_to: datetime | None
    evidence: str
    end: bool


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant as far as the catalogue understands it; what it allows is read where grants are known."""

    place: Place
    song: str
    side: MandateSide
    party: str
    by: str | None
    series: str | None
    withdraw: bool
    territories: Territories
    valid_from: datetime | None
    valid_to: datetime | None
    cells: Mapping[str, str]


@dataclass(slots=True)
class Lines:
    """All lines of all files, by what they are about, in their order."""

    parties: list[PartyLine] = field(default_factory=list)
    recordings: list[RecordingLine] = field(default_factory=list)
    performers: list[PerformerLine] = field(default_factory=list)
    shares: list[ShareLine] = field(default_factory=list)
    mandates: list[MandateLine] = field(default_factory=list)
    grants: list[GrantLine] = field(default_factory=list)


class Reader:
    """Reads the cells of one line; a cell that cannot be understood becomes a problem, and the line is left out."""

    def __init__(self, row: Row, problems: Problems) -> None:
        self.row, self.problems, self.good = row, problems, True

    @property
    def place(self) -> Place:
        return Place(self.row.file, self.row.line)

    def text(self, column: str) -> str | None:
        return self.row.cells.get(column)

    def must(self, column: str) -> str:
        return self.row.cells[column]

    def get(self, column: str, read: Callable[[str], Found]) -> Found | None:
        """What the cell says; None where it is empty or cannot be understood."""
        text = self.row.cells.get(column)
        if text is None:
            return None
        try:
            return read(text)
        except (Unreadable, BadSong) as error:
            self.refuse(column, str(error))
            return None

    def refuse(self, column: str | None, message: str) -> None:
        self.problems.add(self.row.file, self.row.line, column, message)
        self.good = False

    def span(self) -> tuple[Territories, datetime | None, datetime | None]:
        """Where and when; a time that ends before it begins is refused."""
        where = self.get("territories", cells.territories) or EVERYWHERE
        start, end = self.get("from", cells.moment), self.get("to", cells.moment)
        if start and end and start >= end:
            self.refuse("to", "it ends before it begins; the end must lie after “from”, and is no longer part of it")
        return where, start, end


def lines_of(sheets: Sequence[Sheet], problems: Problems) -> Lines:
    """Understand all cells of all files."""
    found = Lines()
    for sheet in sheets:
        read: Callable[[Reader], Any] = _READERS[sheet.kind]
        into: list[Any] = getattr(found, sheet.kind)
        for row in sheet.rows:
            reader = Reader(row, problems)
            line = read(reader)
            if reader.good:
                into.append(line)
    return found


def _party(reader: Reader) -> PartyLine:
    identifiers: dict[Scheme, str] = {}
    schemes: tuple[Scheme, ...] = ("isni", "ipi", "dpid")
    for scheme in schemes:
        value = reader.get(scheme, CHECKS[scheme])
        if value:
            identifiers[scheme] = value
    return PartyLine(
        place=reader.place,
        name=reader.must("party"),
        kind=reader.get("kind", lambda text: cells.one_of(text, get_args(PartyKind))),
        identifiers=identifiers,
        id=reader.get("id", lambda text: _id(text, "pty_")),
        status=reader.get("status", lambda text: cells.one_of(text, get_args(PersonStatus))),
        born_on=reader.get("born_on", cells.birthday),
        guardians=reader.get("guardians", _items_or_none),
        estate=reader.get("estate", _items_or_none),
    )


def _recording(reader: Reader) -> RecordingLine:
    line = RecordingLine(
        place=reader.place,
        title=reader.must("title"),
        artist=reader.must("artist"),
        isrc=reader.get("isrc", CHECKS["isrc"]),
        reference=reader.get("reference", lambda text: _short(text, 120)),
        id=reader.get("id", lambda text: _id(text, "rec_")),
        album=reader.text("album"),
        label=reader.get("label", lambda text: "" if text.lower() == NONE else text),
        genres=reader.get("genres", lambda text: tuple(sorted({genre_slug(item) for item in _items_or_none(text)}))),
        iswc=reader.get("iswc", CHECKS["iswc"]),
    )
    if not any(reader.text(column) for column in ("isrc", "reference", "id")):
        reader.refuse("isrc", "a recording needs an ISRC, a reference of your own or an id, to be known again")
    return line


def _performer(reader: Reader) -> PerformerLine:
    return PerformerLine(
        place=reader.place,
        song=reader.must("song"),
        party=reader.must("party"),
        role=reader.get("role", lambda text: _short(text, ROLE_AT_MOST)) or "",
        voice=bool(reader.get("voice", cells.yes_or_no)),
    )


def _share(reader: Reader) -> ShareLine:
    where, start, end = reader.span()
    return ShareLine(
        place=reader.place,
        song=reader.must("song"),
        side=reader.get("side", lambda text: cells.one_of(text, get_args(StatedSide))) or "master",
        party=reader.must("party"),
        share=reader.get("share", cells.share) or Fraction(1),
        written=reader.must("share"),
        role=reader.get("role", lambda text: _short(text, ROLE_AT_MOST)) or "owner",
        territories=where,
        valid_from=start,
        valid_to=end,
        evidence=reader.text("evidence") or "",
    )


def _mandate(reader: Reader) -> MandateLine:
    where, start, end = reader.span()
    return MandateLine(
        place=reader.place,
        principal=reader.must("principal"),
        agent=reader.must("agent"),
        role=reader.get("role", lambda text: cells.one_of(text, get_args(MandateRole))) or "agent",
        side=reader.get("side", lambda text: cells.one_of(text, get_args(MandateSide))) or "master",
        song=reader.text("song"),
        operations=reader.get("operations", lambda text: cells.some_of(text, cells.OPERATIONS)),
        territories=where,
        valid_from=start,
        valid_to=end,
        evidence=reader.text("evidence") or "",
        end=bool(reader.get("end", cells.yes_or_no)),
    )


def _grant(reader: Reader) -> GrantLine:
    where, start, end = reader.span()
    known = ("song", "side", "party", "by", "series", "withdraw", "territories", "from", "to")
    return GrantLine(
        place=reader.place,
        song=reader.must("song"),
        side=reader.get("side", lambda text: cells.one_of(text, get_args(MandateSide))) or "master",
        party=reader.must("party"),
        by=reader.text("by"),
        series=reader.get("series", lambda text: _id(text, "grs_")),
        withdraw=bool(reader.get("withdraw", cells.yes_or_no)),
        territories=where,
        valid_from=start,
        valid_to=end,
        cells={name: text for name, text in reader.row.cells.items() if name not in known},
    )


_READERS: Mapping[str, Callable[[Reader], Any]] = {
    "parties": _party,
    "recordings": _recording,
    "performers": _performer,
    "shares": _share,
    "mandates": _mandate,
    "grants": _grant,
}


def _items_or_none(text: str) -> tuple[str, ...]:
    return () if text.lower() == NONE else cells.items(text)


def _id(text: str, prefix: str) -> str:
    if not text.startswith(prefix) or len(text) > 40:
        raise Unreadable(f"{text[:40]!r} is no id; it begins with {prefix}")
    return text


def _short(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Unreadable(f"{len(text)} characters are too many; {limit} are the most")
    return text
