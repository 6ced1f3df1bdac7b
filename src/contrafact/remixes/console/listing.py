"""The rights holder's catalogue: every song with what its grants say, found by words, a page at a time."""

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.catalogue import finding
from contrafact.catalogue.finding import Facet, Wanted
from contrafact.catalogue.ownership import SongView
from contrafact.remixes.console.permitting import Permissions, permissions_of
from contrafact.remixes.tables import store

PAGE = 50
NAMES_AT_MOST = 50


class EntryView(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    song_id: str
    title: str
    artist: str
    album: str | None
    label: str | None
    isrc: str | None
    status: str
    announced: bool
    """Whether its sound is not here yet."""
    cover_url: str | None
    summary: tuple[str, ...]
    """What its grants say, in sentences."""
    granted: tuple[str, ...]
    """The operations that some grant names."""
    remixes: int


class CatalogueView(BaseModel):
    """A page of the catalogue; ``next`` is where the following page begins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    total: int
    songs: tuple[EntryView, ...]
    next: int | None


class NamesView(BaseModel):
    """Labels, artists or albums, for choosing many songs at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: tuple[str, ...]
    more: bool
    """Whether there are others: say more of the name."""


def catalogue_page(session: Session, words: str, start: int) -> CatalogueView:
    """The songs in which all words occur, announced ones too, by artist, album and title."""
    wanted = Wanted(words=words)
    total, page = finding.count_songs(session, wanted), finding.songs_found(session, wanted, start=start, most=PAGE)
    counts = store.counts_by_recording(session, [each.id for each in page])
    said = permissions_of(session, page)
    after = start + len(page)
    return CatalogueView(
        total=total,
        songs=tuple(_entry(each, said[each.id], counts.get(each.id, 0)) for each in page),
        next=after if page and after < total else None,
    )


def names(session: Session, facet: Facet, words: str) -> NamesView:
    """The labels, artists or albums in which all words occur, in order."""
    found = finding.names_found(session, facet, words, NAMES_AT_MOST + 1)
    return NamesView(names=found[:NAMES_AT_MOST], more=len(found) > NAMES_AT_MOST)


def _entry(song: SongView, said: Permissions, remixes: int) -> EntryView:
    granted = {cell.operation for column in said.columns for cell in column.cells if cell.state != "no"}
    return EntryView(
        song_id=song.id,
        title=song.title,
        artist=song.artist,
        album=song.album,
        label=song.label,
        isrc=song.isrc,
        status=song.status,
        announced=song.announced,
        cover_url=None if song.announced else f"/api/songs/{song.id}/cover",
        summary=said.summary,
        granted=tuple(sorted(granted)),
        remixes=remixes,
    )
