"""The rights holder's catalogue: every song with what its grants say, found by words, a page at a time."""

import unicodedata

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.values import RecordingView
from contrafact.remixes.console.permitting import permissions
from contrafact.remixes.tables import store

PAGE = 50


class EntryView(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    song_id: str
    title: str
    artist: str
    album: str | None
    label: str | None
    isrc: str | None
    status: str
    cover_url: str
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
    labels: tuple[str, ...]
    artists: tuple[str, ...]
    albums: tuple[str, ...]


def catalogue_page(session: Session, words: str, start: int) -> CatalogueView:
    """The songs in which all words occur, by artist, album and title.

    ``labels``, ``artists`` and ``albums`` are those of all songs, for choosing many at once.
    """
    recordings = catalogue.list_recordings(session)
    asked = _folded(words).split()
    fitting = sorted((each for each in recordings if _has(each, asked)), key=_order)
    counts = store.counts_by_recording(session)
    page = fitting[start : start + PAGE]
    after = start + len(page)
    return CatalogueView(
        total=len(fitting),
        songs=tuple(_entry(session, each, counts.get(each.id, 0)) for each in page),
        next=after if after < len(fitting) else None,
        labels=tuple(sorted({each.label for each in recordings if each.label})),
        artists=tuple(sorted({each.artist for each in recordings})),
        albums=tuple(sorted({each.album for each in recordings if each.album})),
    )


def _entry(session: Session, recording: RecordingView, remixes: int) -> EntryView:
    found = permissions(session, recording)
    granted = {cell.operation for column in found.columns for cell in column.cells if cell.state != "no"}
    return EntryView(
        song_id=recording.id,
        title=recording.title,
        artist=recording.artist,
        album=recording.album,
        label=recording.label,
        isrc=recording.isrc,
        status=recording.status,
        cover_url=f"/api/songs/{recording.id}/cover",
        summary=found.summary,
        granted=tuple(sorted(granted)),
        remixes=remixes,
    )


def _has(recording: RecordingView, asked: list[str]) -> bool:
    parts = (recording.title, recording.artist, recording.album, recording.label, recording.isrc)
    text = _folded(" ".join(part for part in parts if part))
    return all(word in text for word in asked)


def _order(recording: RecordingView) -> tuple[str, str, str, str]:
    return _folded(recording.artist), _folded(recording.album or ""), _folded(recording.title), recording.id


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
