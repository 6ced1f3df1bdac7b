"""The only place with queries that find songs, announced or there: by words, by label, artist and album, by ids."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Subquery, func, literal, select, union_all
from sqlalchemy.orm import Session

from contrafact.catalogue.models import RecordingRow
from contrafact.catalogue.models_ownership import AnnouncedRow
from contrafact.catalogue.wanted import Wanted
from contrafact.kit.folding import Folded, can_fold, folded


def count(session: Session, wanted: Wanted) -> int:
    can_fold(session)
    songs = _songs()
    return session.scalar(select(func.count()).select_from(songs).where(*_fits(songs, wanted))) or 0


def ids(session: Session, wanted: Wanted, start: int, most: int | None) -> Sequence[str]:
    """By artist, album and title."""
    can_fold(session)
    songs = _songs()
    order = (Folded(songs.c.artist), Folded(func.coalesce(songs.c.album, "")), Folded(songs.c.title), songs.c.id)
    query = select(songs.c.id).where(*_fits(songs, wanted)).order_by(*order).offset(start)
    return session.scalars(query if most is None else query.limit(most)).all()


def names(session: Session, facet: str, words: str, most: int) -> Sequence[str]:
    """Different ones of one column in which all words occur, in order."""
    can_fold(session)
    column = _songs().c[facet]
    query = select(column, Folded(column)).where(column.is_not(None), column != "", *_words(Folded(column), words))
    return session.scalars(query.distinct().order_by(Folded(column), column).limit(most)).all()


def _songs() -> Subquery:
    names = ("id", "artist", "album", "title", "label", "isrc")
    there = select(*(getattr(RecordingRow, name) for name in names))
    twice = select(RecordingRow.id).where(RecordingRow.id == AnnouncedRow.id).exists()
    return union_all(there, select(*(getattr(AnnouncedRow, name) for name in names)).where(~twice)).subquery("songs")


def _fits(songs: Subquery, wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    if wanted.words.strip():
        parts: Sequence[Any] = [songs.c.title, songs.c.artist, songs.c.album, songs.c.label, songs.c.isrc]
        text: Any = literal("")
        for part in parts:
            text = text + literal(" ") + func.coalesce(part, "")
        yield from _words(Folded(text), wanted.words)
    for column, name in ((songs.c.label, wanted.label), (songs.c.artist, wanted.artist), (songs.c.album, wanted.album)):
        if name is not None:
            yield Folded(func.coalesce(column, "")) == folded(name)
    if wanted.ids is not None:
        yield songs.c.id.in_(wanted.ids)


def _words(text: ColumnElement[str], words: str) -> Iterable[ColumnElement[bool]]:
    for word in folded(words).split():
        yield text.contains(word, autoescape=True)
