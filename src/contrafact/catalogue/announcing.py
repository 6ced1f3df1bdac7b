"""Recordings that somebody tells of before their sound is there, and finding recordings whether it is or not.

An announced recording has an id, a work, owners and grants; the file that comes later under its ISRC or reference takes
them over.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from contrafact.catalogue import store
from contrafact.catalogue import store_ownership as told
from contrafact.catalogue.changing import Said, line, log, recording_row
from contrafact.catalogue.describing import check_free
from contrafact.catalogue.errors import BadSong
from contrafact.catalogue.identifiers import Scheme, isrc, iswc
from contrafact.catalogue.models import WorkRow
from contrafact.catalogue.models_ownership import AnnouncedRow
from contrafact.catalogue.ownership import SongView
from contrafact.catalogue.owning import check_words
from contrafact.kit.clock import Clock
from contrafact.kit.ids import new_id


def find_song(session: Session, key: str) -> SongView | None:
    """The recording, announced or there, with this id, ISRC or reference; None when there is none."""
    row = recording_row(session, key)
    if row is None:
        row = store.recording_by_reference(session, key) or told.announced_by_reference(session, key)
    if row is None:
        try:
            code = isrc(key)
        except BadSong:
            return None
        row = store.recording_by_isrc(session, code) or told.announced_by_isrc(session, code)
    return None if row is None else songs_by_id(session, [row.id])[row.id]


def songs_by_id(session: Session, recording_ids: Iterable[str]) -> dict[str, SongView]:
    """Recordings, announced or there, by id; unknown ids are left out."""
    return {song.id: song for song in told.songs(session, recording_ids)}


def all_songs(session: Session) -> tuple[SongView, ...]:
    """Every recording, those that are there first, then the announced ones; oldest first."""
    return tuple(told.songs(session))


def songs_of_work(session: Session, work_id: str) -> tuple[SongView, ...]:
    """Every recording of a work, announced or there, in the order of their titles; none when there is no such work."""
    found = told.songs(session, told.ids_of_work(session, work_id))
    return tuple(sorted(found, key=lambda song: (song.title, song.artist, song.id)))


def announce(
    session: Session,
    *,
    title: str,
    artist: str,
    by: str,
    reason: str,
    clock: Clock,
    album: str | None = None,
    isrc_code: str | None = None,
    reference: str | None = None,
    iswc_code: str | None = None,
) -> SongView:
    """Tell of a recording whose sound is not there yet; it is found by its ISRC or reference, and one is needed.

    Raises
    ------
    BadSong
        When it has neither, or one that cannot be.
    TakenIdentifier
        When the ISRC or reference belongs to a recording already.
    """
    check_words(reason)
    if not isrc_code and not reference:
        raise BadSong(f"“{title}” needs an ISRC or a reference, by which its sound is known when it comes")
    code = isrc(isrc_code) if isrc_code else None
    work_code = iswc(iswc_code) if iswc_code else None
    work = store.work_by_iswc(session, work_code) if work_code else None
    if work is None:
        work = WorkRow(id=new_id("wrk"), title=line("title", title), iswc=work_code, created_at=clock.now())
        session.add(work)
    row = AnnouncedRow(
        id=new_id("rec"),
        work_id=work.id,
        title=line("title", title),
        artist=line("artist", artist),
        album=line("album", album) if album else None,
        created_at=clock.now(),
    )
    wanted: dict[Scheme, str | None] = {"isrc": code, "reference": reference}
    for scheme, value in wanted.items():
        if value:
            check_free(session, scheme, value, row.id)
    row.isrc, row.reference = code, line("reference", reference, 120) if reference else None
    session.flush()
    session.add(row)
    session.flush()
    log(session, "recording", row.id, "announced", None, row.title, Said(by, reason, clock))
    return songs_by_id(session, [row.id])[row.id]
