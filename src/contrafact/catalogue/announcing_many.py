"""Very many recordings told of at once: what :mod:`~contrafact.catalogue.announcing` does for each, with a few
queries for all of them. A delivery of a label is a hundred thousand recordings.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from contrafact.catalogue.changing import line
from contrafact.catalogue.describing import GENRES_AT_MOST, genre_slug
from contrafact.catalogue.errors import BadSong
from contrafact.catalogue.identifiers import isrc, iswc
from contrafact.catalogue.models import RecordingRow, WorkRow
from contrafact.catalogue.models_ownership import AnnouncedRow, ChangeRow, StatedShareRow, StatementRow
from contrafact.catalogue.ownership import StatedShare, StatedSide, check_stated
from contrafact.catalogue.owning import check_parties, check_words
from contrafact.kit.clock import Clock
from contrafact.kit.ids import new_id

AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Announcement:
    """A recording whose sound is not there yet, and who owns it and its work as far as that is known.

    Owners count for what is new only: a recording or a work that is there keeps its own.
    """

    title: str
    artist: str
    isrc: str | None = None
    reference: str | None = None
    album: str | None = None
    iswc: str | None = None
    label: str | None = None
    genres: tuple[str, ...] = ()
    master: tuple[StatedShare, ...] = ()
    work: tuple[StatedShare, ...] = ()
    evidence: str = ""


class Announced(NamedTuple):
    """Which recording it is; ``left_out`` are sentences on what of it could not be kept."""

    recording_id: str
    work_id: str
    new: bool
    left_out: tuple[str, ...] = ()


def announce_many(
    session: Session, wanted: Sequence[Announcement], *, by: str, reason: str, clock: Clock
) -> tuple[Announced, ...]:
    """Announce those that nobody told of, find the others; at most a thousand at once, in the order given.

    Raises
    ------
    BadSong
        One without ISRC and reference, or with one that is none.
    BadOwnership, NoSuchParty
        Shares that cannot be.
    ValueError
        When there are too many.
    """
    if len(wanted) > AT_ONCE:
        raise ValueError(f"{len(wanted)} recordings are too many at once; {AT_ONCE} are the most")
    check_words(reason)
    check_parties(session, (share.party_id for one in wanted for share in (*one.master, *one.work)))
    made = _Made(session, by, reason, clock)
    keys = [_key(one) for one in wanted]
    there = _there(session, keys)
    works = _pairs(session, WorkRow.iswc, WorkRow.id, {iswc(one.iswc) for one in wanted if one.iswc})
    found = []
    for one, key in zip(wanted, keys, strict=True):
        known = there.get(key)
        if known is None:
            announced = made.announce(one, key, works)
            there[key] = announced.recording_id, announced.work_id
        else:
            announced = Announced(*known, new=False)
        found.append(announced)
    made.write()
    return tuple(found)


Key = tuple[str, str]
"""``isrc`` or ``reference``, and which."""


def _key(one: Announcement) -> Key:
    if one.isrc:
        return "isrc", isrc(one.isrc)
    if one.reference:
        return "reference", line("reference", one.reference, 120)
    raise BadSong(f"“{one.title[:60]}” needs an ISRC or a reference, by which its sound is known when it comes")


def _there(session: Session, keys: Sequence[Key]) -> dict[Key, tuple[str, str]]:
    """Recording and work of those that are there or announced."""
    found: dict[Key, tuple[str, str]] = {}
    for scheme in ("isrc", "reference"):
        values = {value for name, value in keys if name == scheme}
        for table in (AnnouncedRow, RecordingRow):  # a recording that is there goes before one that is announced
            column = getattr(table, scheme)
            rows = session.execute(select(column, table.id, table.work_id).where(column.in_(values))) if values else ()
            found |= {(scheme, value): (recording_id, work_id) for value, recording_id, work_id in rows}
    return found


def _pairs(
    session: Session, key: InstrumentedAttribute[str | None], value: InstrumentedAttribute[str], keys: Iterable[str]
) -> dict[str, str]:
    wanted = set(keys)
    if not wanted:
        return {}
    return {str(one): other for one, other in session.execute(select(key, value).where(key.in_(wanted)))}


class _Made:
    """Rows that wait to be written together, in the order that their references ask for."""

    def __init__(self, session: Session, by: str, reason: str, clock: Clock) -> None:
        self.session, self.by, self.reason, self.now = session, by, reason, clock.now()
        self.works: list[WorkRow] = []
        self.rest: list[AnnouncedRow | ChangeRow | StatementRow] = []
        self.shares: list[StatedShareRow] = []

    def announce(self, one: Announcement, key: Key, works: dict[str, str]) -> Announced:
        code = iswc(one.iswc) if one.iswc else None
        work_id = works.get(code) if code else None
        if work_id is None:
            work_id = new_id("wrk")
            title = line("title", one.title)
            self.works.append(WorkRow(id=work_id, title=title, iswc=code, created_at=self.now))
            if code:
                works[code] = work_id
            self.state("work", work_id, one.work, one.evidence)
        recording_id = new_id("rec")
        slugs, left_out = _slugs(one.genres)
        self.rest.append(
            AnnouncedRow(
                id=recording_id,
                work_id=work_id,
                isrc=key[1] if key[0] == "isrc" else None,
                reference=key[1] if key[0] == "reference" else None,
                title=line("title", one.title),
                artist=line("artist", one.artist),
                album=line("album", one.album) if one.album else None,
                label=line("label", one.label) if one.label else None,
                genres=" ".join(slugs) or None,
                created_at=self.now,
            )
        )
        self.rest.append(
            ChangeRow(
                subject="recording", subject_id=recording_id, field="announced", before=None, after=one.title[:300],
                stated_by=self.by, reason=self.reason, created_at=self.now,
            )
        )  # fmt: skip
        self.state("master", recording_id, one.master, one.evidence)
        return Announced(recording_id, work_id, True, left_out)

    def state(self, side: StatedSide, subject_id: str, shares: Sequence[StatedShare], evidence: str) -> None:
        if not shares:
            return
        stated = check_stated(shares)
        statement_id = new_id("own")
        self.rest.append(
            StatementRow(
                id=statement_id, side=side, subject_id=subject_id, version=1, share_count=len(stated),
                stated_by=self.by, reason=self.reason, evidence=evidence, created_at=self.now,
            )
        )  # fmt: skip
        self.shares += [
            StatedShareRow(
                statement_id=statement_id,
                position=position,
                party_id=item.party_id,
                role=item.role,
                numerator=item.share.numerator,
                denominator=item.share.denominator,
                include=" ".join(item.territories.include),
                exclude=" ".join(item.territories.exclude),
                valid_from=item.valid_from,
                valid_to=item.valid_to,
            )
            for position, item in enumerate(stated)
        ]

    def write(self) -> None:
        for rows in (self.works, self.rest, self.shares):
            self.session.add_all(rows)
            self.session.flush()


def _slugs(genres: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    slugs: set[str] = set()
    left_out: list[str] = []
    for genre in genres:
        try:
            slugs.add(genre_slug(genre))
        except BadSong as reason:
            left_out.append(str(reason))
    return sorted(slugs)[:GENRES_AT_MOST], tuple(left_out)
