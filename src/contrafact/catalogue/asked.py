"""What every decision asks the catalogue: whose a recording is, and who may speak for them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import lru_cache, partial
from typing import Any

from sqlalchemy.orm import Session

from contrafact.catalogue import store_asked as store
from contrafact.catalogue.ownership import MandateTerms, PersonFacts, RecordingStatus, ShareView, StatedShare
from contrafact.catalogue.store_ownership import share_order, territories_of
from contrafact.catalogue.values import ARTIST_ROLES, ContributionView, Holders
from contrafact.kit.statements import Asked
from contrafact.kit.territories import Territories


@dataclass(frozen=True, slots=True)
class HeldSong:
    """A recording, announced or there, with everybody whose consent counts: all shares, for all places and times."""

    id: str
    work_id: str
    title: str
    artist: str
    label: str | None
    genres: tuple[str, ...]
    status: RecordingStatus
    master: tuple[StatedShare, ...]
    work: tuple[StatedShare, ...]
    performers: tuple[str, ...]
    """Parties whose voice it is."""
    artist_ids: tuple[str, ...]
    """Parties that are named as its artists."""


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who speaks for whom: the mandates in force, and what is known of performers, by party id."""

    mandates: tuple[MandateTerms, ...]
    people: dict[str, PersonFacts]


def held_songs(session: Session, recording_ids: Iterable[str]) -> tuple[HeldSong, ...]:
    """Recordings in the order asked for, each once, in one question to the database; unknown ids are left out."""
    found = _Found(session, recording_ids, named=False)
    return tuple(
        HeldSong(
            id=song.id,
            work_id=song.work_id,
            title=song.title,
            artist=song.artist,
            label=song.label,
            genres=tuple((song.genres or "").split()),
            status=song.status,
            master=tuple(map(_stated, found.shares.get(song.id, ()))),
            work=tuple(map(_stated, found.shares.get(song.work_id, ()))),
            performers=tuple(row.party_id for row in found.parts.get(song.id, ()) if row.numerator == 1),
            artist_ids=tuple(row.party_id for row in found.parts.get(song.id, ()) if row.role in ARTIST_ROLES),
        )
        for song in found.songs
    )


def holders_of_many(session: Session, recording_ids: Iterable[str]) -> dict[str, Holders]:
    """Who owns recordings, announced or there, and who made them, with their names, by id and in the order asked for,
    in one question to the database; unknown ids are left out."""
    found = _Found(session, recording_ids, named=True)
    holders = {}
    for song in found.songs:
        holders[song.id] = Holders(
            recording_id=song.id,
            work_id=song.work_id,
            master=tuple(sorted(map(_share, found.shares.get(song.id, ())), key=share_order)),
            work=tuple(sorted(map(_share, found.shares.get(song.work_id, ())), key=share_order)),
            contributions=tuple(
                ContributionView(row.party_id, row.name, row.role, row.numerator == 1)
                for row in sorted(found.parts.get(song.id, ()), key=lambda row: row.place)
            ),
        )
    return holders


class _Found:
    """The rows about recordings, by what they are about."""

    def __init__(self, session: Session, recording_ids: Iterable[str], *, named: bool) -> None:
        wanted = tuple(dict.fromkeys(recording_ids))
        songs: dict[str, Any] = {}
        self.shares: dict[str, list[Any]] = {}
        self.parts: dict[str, list[Any]] = {}
        for row in store.held(session, wanted, named=named) if wanted else ():
            if row.kind == "song":
                songs[row.id] = row
            else:
                (self.shares if row.kind == "share" else self.parts).setdefault(row.id, []).append(row)
        self.songs = [songs[one] for one in wanted if one in songs]


def ask_speakers(
    session: Session, principals: Iterable[str], subjects: Iterable[str], performers: Iterable[str]
) -> Callable[[], Speakers]:
    """Ask for the mandates in force that parties gave for some recordings and works or for everything, and for what is
    known of performers (birthdays too: for decisions and staff only), in one question to the database.

    What is returned is called for the answer, before the session ends: who has more to ask asks that first.
    """
    return partial(_speakers, store.ask_speakers(session, principals, subjects, performers))


def _speakers(asked: Asked) -> Speakers:
    mandates, people = [], {}
    for row in asked.rows():
        if row.kind == "mandate":
            mandates.append(_mandate(row))
        else:
            facts = PersonFacts(row.role, row.born_on, tuple(row.include.split()), tuple(row.exclude.split()))
            people[row.party_id] = facts
    return Speakers(tuple(mandates), people)


def _stated(row: Any) -> StatedShare:
    return StatedShare(row.party_id, row.role, *_extent(row))


def _share(row: Any) -> ShareView:
    return ShareView(row.party_id, row.name, row.role, *_extent(row))


def _extent(row: Any) -> tuple[Fraction, Territories, datetime | None, datetime | None]:
    """How much is held, where, from when and until when."""
    return (
        _fraction(row.numerator, row.denominator),
        territories_of(row.include, row.exclude),
        row.valid_from,
        row.valid_to,
    )


@lru_cache(maxsize=1024)
def _fraction(numerator: int, denominator: int) -> Fraction:
    """Numbers, not facts: Python's fractions are reduced one step at a time, and most shares are halves and wholes."""
    return Fraction(numerator, denominator)


def _mandate(row: Any) -> MandateTerms:
    return MandateTerms(
        principal_id=row.party_id,
        agent_id=row.agent_id,
        role=row.role,
        side=row.side,
        subject_id=row.subject_id,
        operations=None if row.operations is None else tuple(row.operations.split()),
        territories=territories_of(row.include, row.exclude),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
