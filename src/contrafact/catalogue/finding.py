"""Finding songs, announced or there, a page at a time: by words, by label, artist and album, or by their ids."""

from typing import Literal

from sqlalchemy.orm import Session

from contrafact.catalogue import store_finding as store
from contrafact.catalogue import store_ownership as told
from contrafact.catalogue.errors import NoSuchSong
from contrafact.catalogue.ownership import SongView
from contrafact.catalogue.wanted import EVERYTHING, Wanted

__all__ = ["EVERYTHING", "Facet", "Wanted", "count_songs", "names_found", "song", "songs_found"]
Facet = Literal["label", "artist", "album"]


def song(session: Session, recording_id: str) -> SongView:
    """A song by its id, announced or there.

    Raises
    ------
    NoSuchSong
        When there is none.
    """
    found = told.songs(session, [recording_id])
    if not found:
        raise NoSuchSong(f"there is no recording {recording_id!r} in the library")
    return found[0]


def count_songs(session: Session, wanted: Wanted = EVERYTHING) -> int:
    """How many songs are meant."""
    return store.count(session, wanted)


def songs_found(
    session: Session, wanted: Wanted = EVERYTHING, *, start: int = 0, most: int | None = None
) -> tuple[SongView, ...]:
    """The songs that are meant, by artist, album and title, from the ``start``-th on."""
    ids = store.ids(session, wanted, start, most)
    found = {each.id: each for each in told.songs(session, ids)}
    return tuple(found[each] for each in ids)


def names_found(session: Session, facet: Facet, words: str, most: int) -> tuple[str, ...]:
    """Labels, artists or albums of the catalogue in which all words occur, in order; at most so many."""
    return tuple(store.names(session, facet, words, most))
