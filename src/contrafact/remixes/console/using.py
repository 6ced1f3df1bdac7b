"""Uses of a rights holder's songs: every take that was made, whether others hear it, and what it has earned."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.remixes.errors import NotReady, UnknownRemix
from contrafact.remixes.installation import Installation
from contrafact.remixes.proposals.deriving import state_of
from contrafact.remixes.sound import Sound
from contrafact.remixes.tables import store, store_uses
from contrafact.remixes.tables.models import RemixRow
from contrafact.royalties import service as royalties

PAGE = 50


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
    recording = catalogue.get(session, song)
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
    return UseView(
        remix_id=row.id,
        title=row.title,
        by=row.user_name,
        words=row.words,
        created_at=row.created_at,
        status=row.status,
        state=state_of(session, row.id),
        parent_remix_id=row.parent_remix_id,
        duration_s=take.frames / SAMPLE_RATE if take else row.duration_s,
        plays=earned.plays,
        earned_micros=earned.total_micros,
        currency=earned.currency,
        audio_url=f"/api/rights/uses/{row.id}/audio" if row.signed_blob else None,
    )


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
