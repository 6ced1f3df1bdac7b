"""What every decision asks the catalogue, in two statements of which each is put together once.

Every way to the database and back costs more than what is looked up there, so each brings rows of several kinds.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Date, Integer, String, Text, cast, func, literal_column, select, union_all
from sqlalchemy.orm import Session

from contrafact.catalogue.models import ContributionRow, PartyRow, RecordingRow, WorkRow
from contrafact.catalogue.models_ownership import AnnouncedRow, MandateRow, PersonRow, StatedShareRow, StatementRow
from contrafact.kit.db import UtcDateTime
from contrafact.kit.statements import Prepared, RowShape, among

_recordings, _announced, _works = RecordingRow.__table__, AnnouncedRow.__table__, WorkRow.__table__
_parties, _contributions = PartyRow.__table__, ContributionRow.__table__
_shares, _statements = StatedShareRow.__table__, StatementRow.__table__
_mandates, _people = MandateRow.__table__, PersonRow.__table__

_SONG_COLUMNS: Final = ("id", "work_id", "isrc", "reference", "title", "artist", "album", "label", "genres")


def _songs() -> Any:
    """The recordings that are asked for, there or announced; one that is both is there."""
    there = select(*(_recordings.c[name] for name in _SONG_COLUMNS), _recordings.c.status)
    twice = select(_recordings.c.id).where(_recordings.c.id == _announced.c.id).exists()
    told = select(*(_announced.c[name] for name in _SONG_COLUMNS), literal_column("'active'", String()))
    return union_all(
        there.add_columns(literal_column("0", Integer()).label("announced")).where(among(_recordings.c.id, "ids")),
        told.add_columns(literal_column("1", Integer())).where(among(_announced.c.id, "ids"), ~twice),
    ).cte("songs")


def _owned() -> Any:
    songs = _songs()
    # Asked for as a list, not joined: SQLite would read the whole table for a Bloom filter.
    subjects = union_all(select(songs.c.id), select(songs.c.work_id))
    newest = _statements.alias("newest")
    latest = select(func.max(newest.c.version)).where(newest.c.subject_id == _statements.c.subject_id)
    shape = RowShape(
        id=String(),
        party_id=String(),
        name=String(),
        role=String(),
        work_id=String(),
        isrc=String(),
        iswc=String(),
        reference=String(),
        title=String(),
        artist=String(),
        album=String(),
        label=String(),
        genres=String(),
        status=String(),
        include=Text(),
        exclude=Text(),
        place=Integer(),
        numerator=BigInteger(),
        denominator=BigInteger(),
        valid_from=UtcDateTime(),
        valid_to=UtcDateTime(),
    )
    song = {name: songs.c[name] for name in _SONG_COLUMNS}
    return union_all(
        shape.of("song", **song, status=songs.c.status, place=songs.c.announced, iswc=_works.c.iswc)
        .select_from(songs)
        .join(_works, _works.c.id == songs.c.work_id),
        shape.of(
            "share",
            id=_statements.c.subject_id,
            party_id=_shares.c.party_id,
            name=_parties.c.name,
            role=_shares.c.role,
            include=_shares.c.include,
            exclude=_shares.c.exclude,
            numerator=_shares.c.numerator,
            denominator=_shares.c.denominator,
            valid_from=_shares.c.valid_from,
            valid_to=_shares.c.valid_to,
        )
        .select_from(_statements)
        .join(_shares, _shares.c.statement_id == _statements.c.id)
        .join(_parties, _parties.c.id == _shares.c.party_id)
        .where(_statements.c.subject_id.in_(subjects), _statements.c.version == latest.scalar_subquery()),
        shape.of(
            "voice",
            id=_contributions.c.recording_id,
            party_id=_contributions.c.party_id,
            name=_parties.c.name,
            role=_contributions.c.role,
            place=_contributions.c.position,
            numerator=cast(_contributions.c.is_voice, Integer),
        )
        .select_from(songs)
        .join(_contributions, _contributions.c.recording_id == songs.c.id)
        .join(_parties, _parties.c.id == _contributions.c.party_id),
    )


def _speakers() -> Any:
    later, known = _mandates.alias("later"), _people.alias("known")
    shape = RowShape(
        party_id=String(),
        agent_id=String(),
        role=String(),
        side=String(),
        subject_id=String(),
        operations=Text(),
        include=Text(),
        exclude=Text(),
        valid_from=UtcDateTime(),
        valid_to=UtcDateTime(),
        born_on=Date(),
    )
    newer = select(later.c.id).where(later.c.series == _mandates.c.series, later.c.version > _mandates.c.version)
    since = select(known.c.id).where(known.c.party_id == _people.c.party_id, known.c.version > _people.c.version)
    names = ("agent_id", "role", "side", "subject_id", "operations", "include", "exclude", "valid_from", "valid_to")
    return union_all(
        shape.of("mandate", party_id=_mandates.c.principal_id, **{name: _mandates.c[name] for name in names}).where(
            among(_mandates.c.principal_id, "principals"), _mandates.c.status == "active", ~newer.exists()
        ),
        shape.of(
            "person",
            party_id=_people.c.party_id,
            role=_people.c.status,
            include=_people.c.guardians,
            exclude=_people.c.estate,
            born_on=_people.c.born_on,
        ).where(among(_people.c.party_id, "performers"), ~since.exists()),
    )


_OWNED: Final = Prepared(_owned())
_SPEAKERS: Final = Prepared(_speakers())


def owned(session: Session, recording_ids: Iterable[str]) -> Sequence[Any]:
    """Rows about recordings, announced or there: ``song`` (one for each that is known; ``place`` is 1 for an announced
    one), ``share`` of the newest statement about each and its work, and ``voice`` for everybody who made it (in the
    order of ``place``; ``numerator`` is 1 where it is that party's voice)."""
    return _OWNED.rows(session, ids=tuple(dict.fromkeys(recording_ids)))


def speakers(session: Session, principals: Iterable[str], performers: Iterable[str]) -> Sequence[Any]:
    """Rows about who may speak: ``mandate`` for each in force that a principal (``party_id``) gave, newest version, and
    ``person`` for what is known of a performer (``role`` is the status, ``include`` the guardians, ``exclude`` the
    estate)."""
    return _SPEAKERS.rows(session, principals=sorted(set(principals)), performers=sorted(set(performers)))
