"""What was taken down does not come back: not by a release of another take, not by an upload (R13, R15)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from contrafact.catalogue.values import RecordingView
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.stem_files import read_stem
from contrafact.engine.fingerprint import Index, Landmarks, Rows, find, landmarks, reference_keys
from contrafact.kit.blobs import sha256_of_file
from contrafact.provenance import staydown
from contrafact.provenance.staydown import Hit, StaysDown
from contrafact.remixes.errors import NotReady
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.sources import Source, sources_of
from contrafact.remixes.tables import store, store_releases
from contrafact.remixes.tables.models import RemixRow

_MORE: Final = 0.1
"""By how much more a take must agree with what was taken down than with the recording that both are made from."""
_THE_SAME: Final = 0.7
"""From which share of landmarks two takes of one recording are the same take; two in one style share up to half."""


def marks_of_take(installation: Installation, session: Session, row: RemixRow) -> Landmarks:
    """The landmarks of a take's sound.

    Raises
    ------
    NotReady
        When it was never made.
    """
    take = store.take(session, row.take_key) if row.take_key else None
    if take is None:
        raise NotReady("this remix was not made, so it has no sound")
    return landmarks(read_stem(installation.blobs.path(take.blob_sha256)))


def marks_of_recording(installation: Installation, recording: RecordingView) -> Landmarks:
    """The landmarks of a recording as it was delivered."""
    return landmarks(decode(installation.blobs.path(recording.sha256)))


def require_release(installation: Installation, remix_id: str) -> None:
    """Refuse to release what was taken down, made again or made anew.

    A take of the same recording as one that was taken down sounds like it in part, and may still be another: it is
    refused only where it is the same take but for its speed, pitch or coding, and agrees more with what was taken down
    than with the recording itself. Slow where anything was taken down, so it is asked before the transaction.

    Raises
    ------
    StaysDown
    """
    with installation.database.reading() as session:
        row = store.remix(session, remix_id)
        if row is None or not staydown.anything(session):
            return
        hit = staydown.check(session, recipe_sha256=row.recipe_sha256)
        if hit is not None:
            raise StaysDown(hit)
        if row.take_key is None:
            return
        marks = marks_of_take(installation, session, row)
        hit = staydown.check(session, marks, folder=installation.home.staydown)
        if hit is not None and not _explained(installation, session, row, marks, hit):
            raise StaysDown(hit)


def require_upload(installation: Installation, path: Path) -> None:
    """Refuse a file that holds what was taken down; nothing is heard where nothing was taken down.

    Raises
    ------
    StaysDown
    BadInput
        When it is no sound.
    """
    with installation.database.reading() as session:
        if not staydown.anything(session):
            return
    content, marks = sha256_of_file(path), landmarks(decode(path))
    with installation.database.reading() as session:
        staydown.require_not_down(session, marks, content_sha256=content, folder=installation.home.staydown)


def _explained(installation: Installation, session: Session, row: RemixRow, marks: Landmarks, hit: Hit) -> bool:
    """Whether what both are made from explains that they sound alike."""
    if hit.kind != "release" or hit.match is None:
        return False
    other = _remix_of(session, hit.subject_id)
    mine = sources_of(session, row)
    if other is None or not {source.recording.id for source in mine} & _recordings(other):
        return False
    shares = [_share(marks, marks_of_recording(installation, source.recording)) for source in _shared(mine, other)]
    return hit.match.share < max(_THE_SAME, max(shares, default=0.0) + _MORE)


def _share(marks: Landmarks, of: Landmarks) -> float:
    """How much of one sound is in another, 0 to 1."""
    found = find(marks, Index.of(Rows.of_entry(0, reference_keys(of))), lambda _: of)
    return found[0].match.share if found else 0.0


def _shared(mine: Sequence[Source], other: RemixRow) -> list[Source]:
    return [source for source in mine if source.recording.id in _recordings(other)]


def _recordings(row: RemixRow) -> set[str]:
    return {row.recording_id, row.guest_recording_id or ""} - {""}


def _remix_of(session: Session, subject_id: str) -> RemixRow | None:
    release = store_releases.release(session, subject_id)
    return store.remix(session, release.remix_id if release is not None else subject_id)
