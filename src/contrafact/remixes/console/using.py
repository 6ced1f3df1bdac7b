"""Uses of a rights holder's songs: every take that was made, whether others hear it, and what it has earned."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.catalogue import finding
from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.remixes.errors import NotReady, UnknownRemix
from contrafact.remixes.installation import Installation
from contrafact.remixes.proposals.deriving import state_of
from contrafact.remixes.sound import Sound
from contrafact.remixes.standing.release_states import STRICTNESS, standing
from contrafact.remixes.tables import store, store_blocks, store_releases, store_uses
from contrafact.remixes.tables.models import RemixRow
from contrafact.remixes.tables.models_releases import ReleaseRow
from contrafact.royalties import service as royalties

PAGE = 50


class HeldView(BaseModel):
    """Something that keeps a release or a take from being heard as its maker wants it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    """``grant``, ``answer``, ``dispute`` or ``notice``; ``listener``: its maker took it back."""
    id: str
    state: str
    """Where it holds it."""


class UseView(BaseModel):
    """One take of a song, for the song's owner: the listener is named as the label names them, and not otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    remix_id: str
    title: str
    by: str
    words: str
    created_at: datetime
    status: str
    state: str
    """What others may hear of it: private, released, unlisted, frozen or taken_down."""
    release_id: str | None
    """Of its newest release."""
    held_by: tuple[HeldView, ...]
    """Who wants it lower than its maker does, the strictest first; nobody where it is as its maker wants it."""
    parent_remix_id: str | None
    duration_s: float
    plays: int
    earned_micros: int
    currency: str
    audio_url: str | None


class UsesView(BaseModel):
    """A page of uses, newest first; ``next`` is where the following page begins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    song_id: str
    total: int
    uses: tuple[UseView, ...]
    next: int | None


def uses(installation: Installation, session: Session, song: str, start: int = 0) -> UsesView:
    """The takes of a song, also those in which it is the second song of a mash-up.

    Raises
    ------
    NoSuchSong
        When the song is not in the library.
    """
    recording = finding.song(session, song)
    total, rows = store_uses.count(session, recording.id), store_uses.page(session, recording.id, start, PAGE)
    after = start + len(rows)
    return UsesView(
        song_id=recording.id,
        total=total,
        uses=tuple(_use(installation, session, row) for row in rows),
        next=after if after < total else None,
    )


def _use(installation: Installation, session: Session, row: RemixRow) -> UseView:
    earned = royalties.earnings(session, row.id)
    take = store.take(session, row.take_key) if row.take_key else None
    release = store_releases.newest_release(session, row.id)
    return UseView(
        remix_id=row.id,
        title=row.title,
        by=row.user_name,
        words=row.words,
        created_at=row.created_at,
        status=row.status,
        state=state_of(session, row.id),
        release_id=release.id if release is not None else None,
        held_by=tuple(_holds(session, row, release)),
        parent_remix_id=row.parent_remix_id,
        duration_s=take.frames / SAMPLE_RATE if take else row.duration_s,
        plays=earned.plays,
        earned_micros=earned.total_micros,
        currency=earned.currency,
        audio_url=f"/api/rights/uses/{row.id}/audio" if row.signed_blob else None,
    )


def _holds(session: Session, row: RemixRow, release: ReleaseRow | None) -> list[HeldView]:
    found: dict[tuple[str, str], HeldView] = {
        (each.cause_kind, each.cause_id): HeldView(kind=each.cause_kind, id=each.cause_id, state="taken_down")
        for each in store_blocks.blocks(session, row.id)
    }
    if release is None:
        return list(found.values())
    now = standing(session, release.id)
    if now.own == "taken_down":
        return [HeldView(kind="listener", id=release.id, state="taken_down")]
    for cause, state in sorted(now.holds.items(), key=lambda item: (-STRICTNESS[item[1]], item[0].kind, item[0].id)):
        found[(cause.kind, cause.id)] = HeldView(kind=cause.kind, id=cause.id, state=state)
    return list(found.values())


def heard_by_owner(installation: Installation, remix_id: str) -> Sound:
    """The sound of a take for the owners of its songs, whoever made it.

    Raises
    ------
    UnknownRemix
        When there is none.
    NotReady
        When it has not been made (yet).
    """
    with installation.database.reading() as session:
        row = store.remix(session, remix_id)
        if row is None:
            raise UnknownRemix(f"there is no remix {remix_id!r}")
        if row.signed_blob is None:
            raise NotReady("this take has not been made (yet); look again later")
        return Sound(installation.blobs.path(row.signed_blob), "audio/flac", row.signed_blob, f"{row.id}.flac")
