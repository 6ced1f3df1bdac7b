"""Corrections of what was heard: versions of their own, laid over the heard chart, never changed and never removed."""

from sqlalchemy.orm import Session

from contrafact.catalogue import store
from contrafact.catalogue.errors import NoSuchSong
from contrafact.catalogue.models import CorrectionRow, RecordingRow
from contrafact.catalogue.values import CorrectionView
from contrafact.engine.listening.chart import Chart
from contrafact.engine.listening.corrections import Corrections
from contrafact.kit.blobs import BlobStore
from contrafact.kit.clock import Clock
from contrafact.kit.db import Database
from contrafact.kit.errors import Conflict
from contrafact.kit.ids import new_id


def corrections_of(session: Session, recording_id: str) -> tuple[CorrectionView, ...]:
    """All versions, oldest first; the last one holds. Empty when the recording was never corrected.

    Raises
    ------
    NoSuchSong
        When there is no such recording.
    """
    _recording(session, recording_id)
    return tuple(_view(row) for row in store.corrections(session, recording_id))


def correct(
    recording_id: str,
    corrections: Corrections,
    *,
    database: Database,
    blobs: BlobStore,
    clock: Clock,
    by: str,
    reason: str = "",
    based_on: int | None = None,
) -> tuple[CorrectionView, ...]:
    """Keep a new version of all that an owner says about a recording; empty corrections withdraw what was said.

    What the latest version says already is no new version, so that twice at once is once.

    Parameters
    ----------
    by : str
        Who says so, up to 80 characters.
    reason : str
        Why, up to 300 characters.
    based_on : int, optional
        The version that the owner had seen, 0 for none; without it, whatever holds is replaced.

    Returns
    -------
    tuple of CorrectionView
        All versions, as of :func:`corrections_of`.

    Raises
    ------
    contrafact.engine.listening.corrections.BadCorrections
        When the corrections cannot be laid over what was heard.
    Conflict
        When another version came after the one that it is based on.
    NoSuchSong
        When there is no such recording.
    StorageFull
        When the disk is full; after any error everything is as before.
    """
    fresh: str | None = None
    try:
        with database.transaction() as session:
            recording = _recording(session, recording_id)
            versions = store.corrections(session, recording_id)
            latest = versions[-1] if versions else None
            version = latest.version if latest else 0
            if based_on is not None and based_on != version:
                raise Conflict(
                    f"the corrections of “{recording.title}” were changed meanwhile (version {version}); "
                    "look at them and say yours again"
                )
            before = Corrections.model_validate_json(latest.document) if latest else Corrections()
            if corrections != before:
                chart = _laid(recording, corrections, blobs)
                chart_blob = recording.chart_blob
                if corrections.said:
                    fresh = chart_blob = blobs.put(chart.model_dump_json().encode()).sha256
                row = CorrectionRow(
                    id=new_id("cor"),
                    recording_id=recording_id,
                    version=version + 1,
                    document=corrections.canonical().decode(),
                    heard_blob=recording.chart_blob,
                    chart_blob=chart_blob,
                    tempo_bpm=chart.tempo.bpm,
                    key=chart.key.label,
                    metre=chart.metre.beats_per_bar,
                    reason=reason,
                    created_by=by,
                    created_at=clock.now(),
                )
                session.add(row)
                session.flush()
                versions.append(row)
            return tuple(_view(item) for item in versions)
    except BaseException:
        if fresh is not None:
            _release(fresh, database, blobs)
        raise


def _laid(recording: RecordingRow, corrections: Corrections, blobs: BlobStore) -> Chart:
    """The corrected chart."""
    # Imported here: it brings SciPy, and most of what the catalogue does needs no such thing.
    from contrafact.engine.listening.correcting import apply

    return apply(Chart.model_validate_json(blobs.get(recording.chart_blob)), corrections)


def _release(sha256: str, database: Database, blobs: BlobStore) -> None:
    """Forget a chart that nothing came of, unless some version needs it."""
    with database.transaction() as session:
        if not store.blob_is_referenced(session, sha256):
            blobs.remove(sha256)


def _recording(session: Session, recording_id: str) -> RecordingRow:
    row = store.recording(session, recording_id)
    if row is None:
        raise NoSuchSong(f"there is no recording {recording_id!r} in the library")
    return row


def _view(row: CorrectionRow) -> CorrectionView:
    return CorrectionView(
        version=row.version,
        corrections=Corrections.model_validate_json(row.document),
        chart_blob=row.chart_blob,
        reason=row.reason,
        by=row.created_by,
        at=row.created_at,
    )
