"""What songs, works and parties are called and known by; changed in place, with every change kept in a log."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from contrafact.catalogue import store
from contrafact.catalogue import store_ownership as told
from contrafact.catalogue.changing import Row, Said, change, changes_of, line, subject_row
from contrafact.catalogue.errors import BadSong, NoSuchSong, TakenIdentifier
from contrafact.catalogue.identifiers import CHECKS, Scheme
from contrafact.catalogue.models import ContributionRow, PartyRow
from contrafact.catalogue.models_ownership import ChangeRow
from contrafact.catalogue.ownership import ChangeSubject, ChangeView
from contrafact.catalogue.owning import check_parties, check_words
from contrafact.catalogue.values import ContributionView
from contrafact.kit.canonical import canonical_json
from contrafact.kit.clock import Clock

GENRES_AT_MOST: Final = 30
ROLE_AT_MOST: Final = 64
_SCHEMES: Final[Mapping[ChangeSubject, frozenset[str]]] = {
    "recording": frozenset({"isrc", "reference"}),
    "work": frozenset({"iswc"}),
    "party": frozenset({"isni", "ipi", "dpid"}),
}


def set_identifiers(
    session: Session,
    subject_id: str,
    identifiers: Mapping[Scheme, str | None],
    *,
    by: str,
    reason: str,
    clock: Clock,
) -> tuple[ChangeView, ...]:
    """Give a recording (``isrc``, ``reference``), a work (``iswc``) or a party (``isni``, ``ipi``, ``dpid``) its
    identifiers; None takes one away. What is as it was is no change.

    Raises
    ------
    BadIdentifier
        One that is none.
    BadSong
        One that things of this kind do not have.
    TakenIdentifier
        When it belongs to another.
    NoSuchSong, NoSuchParty
    """
    check_words(reason)
    subject, _ = subject_row(session, subject_id)
    wrong = sorted(set(identifiers) - _SCHEMES[subject])
    if wrong:
        raise BadSong(f"a {subject} has no {wrong[0].upper()}")
    changes: dict[str, str | None] = {}
    for scheme, value in identifiers.items():
        if value is not None:
            check = CHECKS.get(scheme)
            value = check(value) if check else line("reference", value, 120)
            check_free(session, scheme, value, subject_id)
        changes[scheme] = value
    return change(session, subject_id, changes, Said(by, reason, clock))


def set_titles(
    session: Session,
    recording_id: str,
    *,
    by: str,
    reason: str,
    clock: Clock,
    title: str | None = None,
    artist: str | None = None,
    album: str | None = None,
) -> tuple[ChangeView, ...]:
    """Correct how a recording is called; None leaves what is there.

    The line of attribution is left alone: a public licence asks for the credit as it was given.

    Raises
    ------
    NoSuchSong
    BadSong
        A name that is empty or too long.
    """
    check_words(reason)
    _a_recording(session, recording_id)
    given = {"title": title, "artist": artist, "album": album}
    changes = {name: line(name, value) for name, value in given.items() if value is not None}
    return change(session, recording_id, changes, Said(by, reason, clock))


def set_label_and_genres(
    session: Session,
    recording_id: str,
    label: str | None,
    genres: Sequence[str],
    *,
    by: str,
    reason: str,
    clock: Clock,
) -> tuple[ChangeView, ...]:
    """Say which label a recording is of and what genres; owners ban by both whom a song may not appear beside.

    Raises
    ------
    NoSuchSong
    BadSong
        A genre or label that cannot be.
    """
    check_words(reason)
    _a_recording(session, recording_id)
    slugs = sorted({genre_slug(genre) for genre in genres})
    if len(slugs) > GENRES_AT_MOST:
        raise BadSong(f"{len(slugs)} genres are too many for one recording; {GENRES_AT_MOST} are the most")
    changes = {"label": line("label", label) if label else None, "genres": " ".join(slugs) or None}
    return change(session, recording_id, changes, Said(by, reason, clock))


def set_contributions(
    session: Session,
    recording_id: str,
    contributions: Sequence[ContributionView],
    *,
    by: str,
    reason: str,
    clock: Clock,
) -> tuple[ChangeView, ...]:
    """Say who made a recording, in what role, and whose voice it is: all of them, in the order of the credits.

    Raises
    ------
    NoSuchSong, NoSuchParty
    BadSong
        A role that is empty or too long.
    """
    many = set_contributions_of_many(session, {recording_id: contributions}, by=by, reason=reason, clock=clock)
    return changes_of(session, recording_id)[-1:] if many else ()


def set_contributions_of_many(
    session: Session,
    wanted: Mapping[str, Sequence[ContributionView]],
    *,
    by: str,
    reason: str,
    clock: Clock,
) -> tuple[str, ...]:
    """The same for many recordings by id, in a few queries; the ids of those of which something is different.

    Raises
    ------
    NoSuchSong, NoSuchParty, BadSong
        As of :func:`set_contributions`; nothing was written.
    """
    check_words(reason)
    missing = set(wanted) - set(told.work_ids(session, wanted))
    if missing:
        raise NoSuchSong(f"there is no recording {min(missing)!r} in the library")
    check_parties(session, (item.party_id for items in wanted.values() for item in items))
    there = told.contributions_of(session, wanted)
    rows: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    for recording_id, items in wanted.items():
        before = [(item.party_id, item.role, item.voice) for item in there.get(recording_id, ())]
        after = [(item.party_id, line("role", item.role, ROLE_AT_MOST), item.voice) for item in items]
        if before == after:
            continue
        old, new = (canonical_json([list(item) for item in some]).decode() for some in (before, after))
        said = {"stated_by": by, "reason": reason, "created_at": clock.now()}
        told_of = {"subject": "recording", "subject_id": recording_id, "field": "contributions"}
        changes.append({**told_of, "before": old, "after": new, **said})
        rows += (
            {"recording_id": recording_id, "position": position, "party_id": party_id, "role": role, "is_voice": voice}
            for position, (party_id, role, voice) in enumerate(after)
        )
    different = tuple(change["subject_id"] for change in changes)
    session.flush()
    for recording_id in different:
        if recording_id in there:
            session.execute(delete(ContributionRow).where(ContributionRow.recording_id == recording_id))
    if rows:
        session.execute(insert(ContributionRow), rows)
    if changes:
        session.execute(insert(ChangeRow), changes)
    return different


def genre_slug(genre: str) -> str:
    """A genre as a slug.

    Raises
    ------
    BadSong
        When nothing of it can be kept.

    Examples
    --------
    >>> genre_slug("Hip-Hop / Rap")
    'hip-hop-rap'
    """
    plain = unicodedata.normalize("NFKD", genre).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not 0 < len(slug) <= 64:
        raise BadSong(f"{genre[:60]!r} is no genre; write it in Latin letters, such as hip-hop or bossa-nova")
    return slug


def check_free(session: Session, scheme: Scheme, value: str, subject_id: str) -> None:
    """Refuse an identifier that is another's."""
    other: Row | None
    if scheme == "isrc":
        other = store.recording_by_isrc(session, value) or told.announced_by_isrc(session, value)
    elif scheme == "reference":
        other = store.recording_by_reference(session, value) or told.announced_by_reference(session, value)
    elif scheme == "iswc":
        other = store.work_by_iswc(session, value)
    else:
        other = told.party_by(session, scheme, value)
    if other is not None and other.id != subject_id:
        name = other.name if isinstance(other, PartyRow) else other.title
        raise TakenIdentifier(f"the {scheme.upper()} {value} belongs to “{name}” ({other.id}); correct one of them")


def _a_recording(session: Session, recording_id: str) -> None:
    if subject_row(session, recording_id)[0] != "recording":
        raise BadSong(f"{recording_id!r} is no recording; say this of a recording (rec_…)")
