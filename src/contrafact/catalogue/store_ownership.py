"""Queries on who owns what; with :mod:`contrafact.catalogue.store` the only place with queries on the catalogue."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, literal, select
from sqlalchemy.orm import Session, aliased

from contrafact.catalogue.models import ContributionRow, PartyRow, RecordingRow, WorkRow
from contrafact.catalogue.models_ownership import (
    AnnouncedRow,
    ChangeRow,
    MandateRow,
    PersonRow,
    StatedShareRow,
    StatementRow,
)
from contrafact.catalogue.ownership import ShareView, SongView
from contrafact.catalogue.values import ContributionView
from contrafact.kit.territories import Territories

_AT_ONCE = 5_000
"""How many ids one query names; SQLite takes 32,766 at most."""

# What every decision asks for is put together once, of plain tables: building a query takes longer than running it.
_ids: BindParameter[str] = bindparam("ids", expanding=True)
_parties, _shares, _statements = PartyRow.__table__, StatedShareRow.__table__, StatementRow.__table__
_contributions, _newest = ContributionRow.__table__, StatementRow.__table__.alias("newest")
_WORK_IDS = tuple(
    select(table.c.id, table.c.work_id).where(table.c.id.in_(_ids))
    for table in (RecordingRow.__table__, AnnouncedRow.__table__)
)
_SHARE_COLUMNS = (
    _shares.c.party_id,
    _parties.c.name,
    _shares.c.role,
    _shares.c.numerator,
    _shares.c.denominator,
    _shares.c.include,
    _shares.c.exclude,
    _shares.c.valid_from,
    _shares.c.valid_to,
)
_LATEST = select(func.max(_newest.c.version)).where(_newest.c.subject_id == _statements.c.subject_id).scalar_subquery()
_SHARES_NOW = (
    select(_statements.c.subject_id, *_SHARE_COLUMNS)
    .join(_shares, _shares.c.statement_id == _statements.c.id)
    .join(_parties, _parties.c.id == _shares.c.party_id)
    .where(_statements.c.subject_id.in_(_ids), _statements.c.version == _LATEST)
)
_CONTRIBUTIONS = (
    select(
        _contributions.c.recording_id,
        _contributions.c.party_id,
        _parties.c.name,
        _contributions.c.role,
        _contributions.c.is_voice,
    )
    .join(_parties, _parties.c.id == _contributions.c.party_id)
    .where(_contributions.c.recording_id.in_(_ids))
    .order_by(_contributions.c.recording_id, _contributions.c.position)
)
_later_mandate, _later_person = aliased(MandateRow), aliased(PersonRow)
_NEWEST_MANDATES = select(MandateRow).where(
    ~select(_later_mandate.id)
    .where(_later_mandate.series == MandateRow.series, _later_mandate.version > MandateRow.version)
    .exists()
)
_MANDATES = _NEWEST_MANDATES.where(MandateRow.principal_id.in_(_ids))
_PEOPLE = select(PersonRow).where(
    PersonRow.party_id.in_(_ids),
    ~select(_later_person.id)
    .where(_later_person.party_id == PersonRow.party_id, _later_person.version > PersonRow.version)
    .exists(),
)

_SONG_COLUMNS = ("id", "work_id", "isrc", "reference", "title", "artist", "album", "label", "genres")


def _songs_of(table: type[RecordingRow] | type[AnnouncedRow]) -> Any:
    status = RecordingRow.status if table is RecordingRow else literal("active").label("status")
    columns = (*(getattr(table, name) for name in _SONG_COLUMNS), WorkRow.iswc, status)
    order = (table.created_at, table.title, table.id)
    return select(*columns).join(WorkRow, WorkRow.id == table.work_id).order_by(*order)


_SONGS = {table: _songs_of(table) for table in (RecordingRow, AnnouncedRow)}
_SONGS_BY_ID = {table: query.where(table.id.in_(_ids)) for table, query in _SONGS.items()}


def work_ids(session: Session, recording_ids: Iterable[str]) -> dict[str, str]:
    """The work of each recording, announced or there; those that are neither are left out."""
    wanted = list(dict.fromkeys(recording_ids))
    found: dict[str, str] = {}
    for query in _WORK_IDS:
        for part in _parts([item for item in wanted if item not in found]):
            found.update((row[0], row[1]) for row in session.execute(query, {"ids": part}))
    return found


def shares_now(session: Session, subject_ids: Iterable[str]) -> dict[str, tuple[ShareView, ...]]:
    """The shares of the newest statement of each recording and work, in the order of party and role."""
    found: dict[str, list[ShareView]] = {}
    for part in _parts(list(dict.fromkeys(subject_ids))):
        for subject_id, *columns in session.execute(_SHARES_NOW, {"ids": part}):
            found.setdefault(subject_id, []).append(_share(columns))
    return {subject_id: tuple(sorted(shares, key=share_order)) for subject_id, shares in found.items()}


def statements(session: Session, subject_id: str) -> list[tuple[StatementRow, tuple[ShareView, ...]]]:
    """All statements about a recording or a work with their shares, oldest first."""
    rows = list(
        session.scalars(
            select(StatementRow).where(StatementRow.subject_id == subject_id).order_by(StatementRow.version)
        )
    )
    query = (
        select(_shares.c.statement_id, *_SHARE_COLUMNS)
        .join(_parties, _parties.c.id == _shares.c.party_id)
        .where(_shares.c.statement_id.in_([row.id for row in rows]))
    )
    shares: dict[str, list[ShareView]] = {}
    for statement_id, *columns in session.execute(query):
        shares.setdefault(statement_id, []).append(_share(columns))
    return [(row, tuple(sorted(shares.get(row.id, []), key=share_order))) for row in rows]


def statement_version(session: Session, subject_id: str) -> int:
    """Of the newest statement; 0 where nobody stated anything."""
    query = select(func.max(StatementRow.version)).where(StatementRow.subject_id == subject_id)
    return session.scalar(query) or 0


def contributions_of(session: Session, recording_ids: Iterable[str]) -> dict[str, tuple[ContributionView, ...]]:
    """Who made each recording, in the order of the credits."""
    found: dict[str, list[ContributionView]] = {}
    for part in _parts(list(dict.fromkeys(recording_ids))):
        for recording_id, party_id, name, role, is_voice in session.execute(_CONTRIBUTIONS, {"ids": part}):
            found.setdefault(recording_id, []).append(ContributionView(party_id, name, role, is_voice))
    return {recording_id: tuple(items) for recording_id, items in found.items()}


def subject_exists(session: Session, subject_id: str, *, work: bool) -> bool:
    """Whether a work, or else a recording (announced or there), has this id."""
    if work:
        return session.get(WorkRow, subject_id) is not None
    return bool(work_ids(session, [subject_id]))


def holdings(session: Session, party_id: str) -> list[str]:
    """Ids of the recordings and works of which a party holds a share by their newest statement, in order."""
    newest = aliased(StatementRow)
    latest = select(func.max(newest.version)).where(newest.subject_id == StatementRow.subject_id).scalar_subquery()
    query = (
        select(StatementRow.subject_id)
        .join(StatedShareRow, StatedShareRow.statement_id == StatementRow.id)
        .where(StatedShareRow.party_id == party_id, StatementRow.version == latest)
        .order_by(StatementRow.subject_id)
        .distinct()
    )
    return list(session.scalars(query))


def parties_there(session: Session, party_ids: Iterable[str]) -> set[str]:
    """Those of the ids that are parties'."""
    found: set[str] = set()
    for part in _parts(list(dict.fromkeys(party_ids))):
        found.update(session.scalars(select(PartyRow.id).where(PartyRow.id.in_(part))))
    return found


def party_by(session: Session, scheme: str, value: str) -> PartyRow | None:
    """The party with this ``isni``, ``ipi`` or ``dpid``."""
    return session.scalars(select(PartyRow).where(getattr(PartyRow, scheme) == value)).first()


def parties_of_name_key(session: Session, name_key: str) -> list[PartyRow]:
    query = select(PartyRow).where(PartyRow.name_key == name_key).order_by(PartyRow.created_at, PartyRow.id)
    return list(session.scalars(query))


def parties_beginning(session: Session, name_key: str, most: int) -> list[PartyRow]:
    """Parties whose name key begins so, by name: a range of the index, whatever characters it has."""
    above = f"{name_key}\U0010ffff"
    query = select(PartyRow).where(PartyRow.name_key >= name_key, PartyRow.name_key < above)
    return list(session.scalars(query.order_by(PartyRow.name_key, PartyRow.id).limit(most)))


def mandates(session: Session, principal_ids: Iterable[str]) -> list[MandateRow]:
    """The newest version of every mandate that these parties gave, ended ones too."""
    found: list[MandateRow] = []
    for part in _parts(list(dict.fromkeys(principal_ids))):
        found += session.scalars(_MANDATES, {"ids": part})
    return sorted(found, key=lambda row: row.id)


def mandates_to(session: Session, agent_id: str) -> list[MandateRow]:
    """The newest version of every mandate that a party was given, ended ones too."""
    return list(session.scalars(_NEWEST_MANDATES.where(MandateRow.agent_id == agent_id).order_by(MandateRow.id)))


def mandate(session: Session, series: str) -> MandateRow | None:
    query = select(MandateRow).where(MandateRow.series == series).order_by(MandateRow.version.desc()).limit(1)
    return session.scalars(query).first()


def mandate_history(session: Session, series: str) -> list[MandateRow]:
    return list(session.scalars(select(MandateRow).where(MandateRow.series == series).order_by(MandateRow.version)))


def people(session: Session, party_ids: Iterable[str]) -> list[PersonRow]:
    """The newest version of what is known of these parties, in order; those of whom nothing was said are left out."""
    found: list[PersonRow] = []
    for part in _parts(sorted(set(party_ids))):
        found += session.scalars(_PEOPLE, {"ids": part})
    return sorted(found, key=lambda row: row.party_id)


def person_history(session: Session, party_id: str) -> list[PersonRow]:
    return list(session.scalars(select(PersonRow).where(PersonRow.party_id == party_id).order_by(PersonRow.version)))


def announced(session: Session, recording_id: str) -> AnnouncedRow | None:
    return session.get(AnnouncedRow, recording_id)


def announced_by_isrc(session: Session, isrc: str) -> AnnouncedRow | None:
    return session.scalars(select(AnnouncedRow).where(AnnouncedRow.isrc == isrc)).first()


def announced_by_reference(session: Session, reference: str) -> AnnouncedRow | None:
    return session.scalars(select(AnnouncedRow).where(AnnouncedRow.reference == reference)).first()


def songs(session: Session, recording_ids: Iterable[str] | None = None) -> list[SongView]:
    """Recordings with their works' ISWC, those that are there first, then the announced ones; each oldest first."""
    parts = [None] if recording_ids is None else list(_parts(list(dict.fromkeys(recording_ids))))
    found: list[SongView] = []
    seen: set[str] = set()
    for table in (RecordingRow, AnnouncedRow):
        there = table is RecordingRow
        for ids in parts:
            # Announced ones are asked for only where not all are there.
            part = ids if ids is None or there else [one for one in ids if one not in seen]
            if part is not None and not part:
                continue
            query, given = (_SONGS[table], {}) if part is None else (_SONGS_BY_ID[table], {"ids": part})
            for row in session.execute(query, given):
                told = {**row._mapping, "genres": tuple((row.genres or "").split())}
                found.append(SongView(**told, announced=not there))
        seen = {song.id for song in found}
    return found


def ids_of_songs(session: Session, scheme: str, values: Iterable[str]) -> dict[str, str]:
    """Ids of recordings, announced or there, by their ``isrc``, ``reference`` or ``id``."""
    found: dict[str, str] = {}
    for part in _parts(list(dict.fromkeys(values))):
        for table in (RecordingRow, AnnouncedRow):
            column = getattr(table, scheme)
            found.update((row[0], row[1]) for row in session.execute(select(column, table.id).where(column.in_(part))))
    return found


def ids_of_work(session: Session, work_id: str) -> list[str]:
    """Ids of the recordings of a work, announced or there; of one that was announced and came, once."""
    found: dict[str, None] = {}
    for table in (RecordingRow, AnnouncedRow):
        found |= dict.fromkeys(session.scalars(select(table.id).where(table.work_id == work_id).order_by(table.id)))
    return list(found)


def parties_of_name_keys(session: Session, name_keys: Iterable[str]) -> list[PartyRow]:
    """All parties of some names, oldest first."""
    found: list[PartyRow] = []
    for part in _parts(list(dict.fromkeys(name_keys))):
        found += session.scalars(select(PartyRow).where(PartyRow.name_key.in_(part)))
    return sorted(found, key=lambda row: (row.created_at, row.id))


def statement_versions(session: Session, subject_ids: Iterable[str]) -> dict[str, int]:
    """Version of the newest statement of each; those of which nobody stated anything are left out."""
    found: dict[str, int] = {}
    for part in _parts(list(dict.fromkeys(subject_ids))):
        query = select(StatementRow.subject_id, func.max(StatementRow.version))
        query = query.where(StatementRow.subject_id.in_(part)).group_by(StatementRow.subject_id)
        found.update((row[0], row[1]) for row in session.execute(query))
    return found


def works_there(session: Session, work_ids: Iterable[str]) -> set[str]:
    """Those of the ids that are works'."""
    found: set[str] = set()
    for part in _parts(list(dict.fromkeys(work_ids))):
        found.update(session.scalars(select(WorkRow.id).where(WorkRow.id.in_(part))))
    return found


def changes(session: Session, subject_id: str) -> list[ChangeRow]:
    query = select(ChangeRow).where(ChangeRow.subject_id == subject_id)
    return list(session.scalars(query.order_by(ChangeRow.sequence)))


def contribution_rows(session: Session, recording_id: str) -> list[ContributionRow]:
    query = select(ContributionRow).where(ContributionRow.recording_id == recording_id)
    return list(session.scalars(query.order_by(ContributionRow.position)))


@lru_cache(maxsize=4096)
def territories_of(include: str, exclude: str) -> Territories:
    """Territories as they are kept, read back."""
    return Territories(include=tuple(include.split()), exclude=tuple(exclude.split()))


def _share(columns: Sequence[Any]) -> ShareView:
    """A share from its columns, in the order of ``_SHARE_COLUMNS``."""
    party_id, name, role, numerator, denominator, include, exclude, valid_from, valid_to = columns
    territories = territories_of(include, exclude)
    return ShareView(party_id, name, role, Fraction(numerator, denominator), territories, valid_from, valid_to)


def share_order(share: ShareView) -> tuple[str, str, str, str, str, str]:
    """The order in which shares are told: by party and role."""
    where = " ".join(share.territories.include), " ".join(share.territories.exclude)
    return share.party_id, share.role, *where, str(share.valid_from or ""), str(share.valid_to or "")


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
