"""What a listener, or the owners, were told: the inbox in the studio."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.accounts.schemas import User
from contrafact.catalogue import service as catalogue
from contrafact.remixes.installation import Installation
from contrafact.remixes.news import store_inbox as store
from contrafact.remixes.tables import store as remixes
from contrafact.rights import service as rights

PAGE = 50


_NAMED: Final = ("remix_id", "subject_id", "series")
"""Fields of payloads whose ids are looked up; the other ids lead to one of these, or are for looking up elsewhere."""


class AboutView(BaseModel):
    """What an id in a payload means, for people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["remix", "song", "composition"]
    id: str
    title: str
    by: str
    """The artist of a song; who made a remix."""
    song_id: str
    """The song, one recording of the composition, or what the remix is made of."""
    recordings: int = 1
    """Of a composition: how many songs it is about."""


class NewsView(BaseModel):
    """One piece of news; ``payload`` holds ids and sentences, by kind, and ``about`` says what the ids mean."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    sequence: int
    kind: str
    party_id: str | None
    payload: dict[str, Any]
    about: tuple[AboutView, ...]
    """What it is about, as far as it is still known here."""
    at: datetime
    read: bool


class InboxView(BaseModel):
    """News, newest first; ``next`` is the sequence to give as ``before`` for the following page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    news: tuple[NewsView, ...]
    unread: int
    next: int | None


def inbox(
    installation: Installation,
    user: User | None,
    *,
    before: int | None = None,
    unread_only: bool = False,
    limit: int = PAGE,
) -> InboxView:
    """The news of a listener; with None that of all parties, for their owner."""
    whose = None if user is None else user.id
    with installation.database.reading() as session:
        rows = store.news(session, whose, limit + 1, before, unread_only)
        payloads: list[dict[str, Any]] = [json.loads(row.payload) for row in rows[:limit]]
        known = _known(session, payloads)
        return InboxView(
            news=tuple(
                NewsView(
                    id=row.id,
                    sequence=row.sequence,
                    kind=row.kind,
                    party_id=row.party_id,
                    payload=payload,
                    about=tuple(dict.fromkeys(known[one] for one in _ids(payload) if one in known)),
                    at=row.at,
                    read=row.read_at is not None,
                )
                for row, payload in zip(rows, payloads, strict=False)
            ),
            unread=store.count_unread(session, whose),
            next=rows[limit - 1].sequence if len(rows) > limit else None,
        )


def _ids(payload: Mapping[str, Any]) -> list[str]:
    return [payload[name] for name in _NAMED if isinstance(payload.get(name), str)]


def _known(session: Session, payloads: Iterable[Mapping[str, Any]]) -> dict[str, AboutView]:
    """What the ids of some payloads mean, looked up together: songs, compositions, remixes, what grants are about."""
    ids = {one for payload in payloads for one in _ids(payload)}
    subjects = {one: one for one in ids if one.startswith(("rec_", "wrk_"))}
    for series in (one for one in ids if one.startswith("grs_")):
        if versions := rights.history(session, series):
            subjects[series] = versions[-1].subject_id
    songs = catalogue.songs_by_id(session, {one for one in subjects.values() if one.startswith("rec_")})
    meant = {
        song.id: AboutView(kind="song", id=song.id, title=song.title, by=song.artist, song_id=song.id)
        for song in songs.values()
    }
    for work_id in {one for one in subjects.values() if one.startswith("wrk_")}:
        made = catalogue.songs_of_work(session, work_id)
        for first in made[:1]:
            what = {"id": work_id, "title": first.title, "by": first.artist, "song_id": first.id}
            meant[work_id] = AboutView(kind="composition", recordings=len(made), **what)
    found = {one: meant[subject] for one, subject in subjects.items() if subject in meant}
    for row in remixes.some(session, {one for one in ids if one.startswith("rmx_")}):
        what = {"id": row.id, "title": row.title, "by": row.user_name, "song_id": row.recording_id}
        found[row.id] = AboutView(kind="remix", **what)
    return found


def mark_read(installation: Installation, user: User | None, up_to: int) -> int:
    """All news up to a place in the sequence was read; returns how many are still unread."""
    whose = None if user is None else user.id
    with installation.database.transaction() as session:
        store.mark_read(session, whose, up_to, installation.clock.now())
        return store.count_unread(session, whose)
