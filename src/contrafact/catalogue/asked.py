"""What every decision asks the catalogue: whose a recording is, and who may speak for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from contrafact.catalogue import store_asked as store
from contrafact.catalogue.ownership import MandateTerms, PersonFacts, ShareView, SongView
from contrafact.catalogue.store_ownership import share_order, territories_of
from contrafact.catalogue.values import ContributionView, Holders


@dataclass(frozen=True, slots=True)
class OwnedSong:
    """A recording with everybody who has a part in it."""

    song: SongView
    holders: Holders


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who speaks for whom: the mandates in force, and what is known of performers, by party id."""

    mandates: tuple[MandateTerms, ...]
    people: dict[str, PersonFacts]


def owned_songs(session: Session, recording_ids: Iterable[str]) -> dict[str, OwnedSong]:
    """Recordings, announced or there, with their holders, by id and in the order asked for, in one question to the
    database; unknown ids are left out."""
    wanted = tuple(dict.fromkeys(recording_ids))
    songs: dict[str, SongView] = {}
    shares: dict[str, list[ShareView]] = {}
    parts: dict[str, list[tuple[int, ContributionView]]] = {}
    for row in store.owned(session, wanted) if wanted else ():
        if row.kind == "share":
            shares.setdefault(row.id, []).append(_share(row))
        elif row.kind == "voice":
            part = ContributionView(row.party_id, row.name, row.role, row.numerator == 1)
            parts.setdefault(row.id, []).append((row.place, part))
        else:
            songs[row.id] = _song(row)
    found = {}
    for song in (songs[one] for one in wanted if one in songs):
        holders = Holders(
            recording_id=song.id,
            work_id=song.work_id,
            master=_ordered(shares.get(song.id, [])),
            work=_ordered(shares.get(song.work_id, [])),
            contributions=tuple(part for _, part in sorted(parts.get(song.id, []), key=lambda item: item[0])),
        )
        found[song.id] = OwnedSong(song, holders)
    return found


def speakers_for(session: Session, principals: Iterable[str], performers: Iterable[str]) -> Speakers:
    """The mandates in force that parties gave, and what is known of performers (birthdays too: for decisions and staff
    only), in one question to the database."""
    mandates, people = [], {}
    for row in store.speakers(session, principals, performers):
        if row.kind == "mandate":
            mandates.append(_mandate(row))
        else:
            facts = PersonFacts(row.role, row.born_on, tuple(row.include.split()), tuple(row.exclude.split()))
            people[row.party_id] = facts
    return Speakers(tuple(mandates), people)


def _song(row: Any) -> SongView:
    return SongView(
        id=row.id,
        work_id=row.work_id,
        isrc=row.isrc,
        iswc=row.iswc,
        reference=row.reference,
        title=row.title,
        artist=row.artist,
        album=row.album,
        label=row.label,
        genres=tuple((row.genres or "").split()),
        announced=row.place == 1,
        status=row.status,
    )


def _share(row: Any) -> ShareView:
    return ShareView(
        party_id=row.party_id,
        name=row.name,
        role=row.role,
        share=Fraction(row.numerator, row.denominator),
        territories=territories_of(row.include, row.exclude),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


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


def _ordered(shares: Sequence[ShareView]) -> tuple[ShareView, ...]:
    return tuple(sorted(shares, key=share_order)) if len(shares) > 1 else tuple(shares)
