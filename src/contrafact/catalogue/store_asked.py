"""What every decision asks the catalogue, in two statements of which each is put together once.

Every way to the database and back costs more than what is looked up there, so each brings rows of several kinds.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy import BigInteger, Date, Integer, String, Text, cast, func, literal_column, select, union_all
from sqlalchemy.orm import Session

from contrafact.catalogue.models import ContributionRow, PartyRow, RecordingRow
from contrafact.catalogue.models_ownership import AnnouncedRow, MandateRow, PersonRow, StatedShareRow, StatementRow
from contrafact.kit.db import UtcDateTime
from contrafact.kit.statements import Asked, Prepared, RowShape, among, only

_recordings, _announced = RecordingRow.__table__, AnnouncedRow.__table__
_parties, _contributions = PartyRow.__table__, ContributionRow.__table__
_shares, _statements = StatedShareRow.__table__, StatementRow.__table__
_mandates, _people = MandateRow.__table__, PersonRow.__table__

_SONG_COLUMNS: Final = ("id", "work_id", "title", "artist", "label", "genres")
_SHARE_COLUMNS: Final = ("party_id", "role", "include", "exclude", "numerator", "denominator", "valid_from", "valid_to")


def _songs(dialect: str) -> Any:
    """The recordings that are asked for, there or announced; one that is both is there."""
    there = select(*(_recordings.c[name] for name in _SONG_COLUMNS), _recordings.c.status)
    twice = select(_recordings.c.id).where(_recordings.c.id == _announced.c.id).exists()
    told = select(*(_announced.c[name] for name in _SONG_COLUMNS), literal_column("'active'", String()))
    return union_all(
        only(there, _recordings.c.id, "ids", dialect), only(told, _announced.c.id, "ids", dialect).where(~twice)
    ).cte("songs")


def _held(dialect: str, *, named: bool) -> Any:
    songs = _songs(dialect)
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
        title=String(),
        artist=String(),
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
    name = {"name": _parties.c.name} if named else {}
    shares = shape.of(
        "share", id=_statements.c.subject_id, **{column: _shares.c[column] for column in _SHARE_COLUMNS}, **name
    )
    shares = shares.select_from(_statements).join(_shares, _shares.c.statement_id == _statements.c.id)
    parts = shape.of(
        "part",
        id=_contributions.c.recording_id,
        party_id=_contributions.c.party_id,
        role=_contributions.c.role,
        place=_contributions.c.position,
        numerator=cast(_contributions.c.is_voice, Integer),
        **name,
    )
    parts = parts.select_from(songs).join(_contributions, _contributions.c.recording_id == songs.c.id)
    if named:
        shares = shares.join(_parties, _parties.c.id == _shares.c.party_id)
        parts = parts.join(_parties, _parties.c.id == _contributions.c.party_id)
    return union_all(
        shape.of("song", **{column: songs.c[column] for column in _SONG_COLUMNS}, status=songs.c.status),
        shares.where(_statements.c.subject_id.in_(subjects), _statements.c.version == latest.scalar_subquery()),
        parts,
    )


def _speakers(dialect: str) -> Any:
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
    mandates = shape.of("mandate", party_id=_mandates.c.principal_id, **{name: _mandates.c[name] for name in names})
    people = shape.of(
        "person",
        party_id=_people.c.party_id,
        role=_people.c.status,
        include=_people.c.guardians,
        exclude=_people.c.estate,
        born_on=_people.c.born_on,
    )
    given = only(mandates, _mandates.c.principal_id, "principals", dialect).where(
        _mandates.c.status == "active", ~newer.exists()
    )
    return union_all(
        # In two parts, each of them a place in the index: a party may have given mandates for very many single songs.
        given.where(_mandates.c.subject_id.is_(None)),
        given.where(among(_mandates.c.subject_id, "subjects")),
        only(people, _people.c.party_id, "performers", dialect).where(~since.exists()),
    )


_HELD: Final = {named: Prepared(partial(_held, named=named)) for named in (False, True)}
_SPEAKERS: Final = Prepared(_speakers)


def held(session: Session, recording_ids: Iterable[str], *, named: bool) -> Sequence[Any]:
    """Rows about recordings, announced or there: ``song``, one for each that is known; ``share`` of the newest
    statement about each and its work (by their ``id``); and ``part`` for everybody who made it, in the order of
    ``place``, with a ``numerator`` of 1 where it is that party's voice. Parties have their ``name`` only if ``named``.
    """
    return _HELD[named].rows(session, ids=tuple(dict.fromkeys(recording_ids)))


def ask_speakers(
    session: Session, principals: Iterable[str], subjects: Iterable[str], performers: Iterable[str]
) -> Asked:
    """Rows about who may speak: ``mandate`` for each in force that a principal (``party_id``) gave for one of these
    recordings and works or for all, newest version, and ``person`` for what is known of a performer (``role`` is the
    status, ``include`` the guardians, ``exclude`` the estate)."""
    return _SPEAKERS.ask(
        session,
        principals=sorted(set(principals)),
        subjects=sorted(set(subjects)),
        performers=sorted(set(performers)),
    )
