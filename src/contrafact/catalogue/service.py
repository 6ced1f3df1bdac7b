"""What the catalogue does: take songs in, find them, and tell who they belong to.

Taking a song in is two steps, :func:`~contrafact.catalogue.ingest.prepare` (slow, no transaction) and :func:`admit`
(quick, in the caller's transaction). :func:`ingest` does both, and the second arrival of a file finds the first.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from contrafact.assets.store import AssetStore
from contrafact.catalogue import store
from contrafact.catalogue.asked import ask_speakers, held_songs, holders_of_many
from contrafact.catalogue.errors import BadSong, NoSuchSong
from contrafact.catalogue.owning import holders, holdings_of, state_shares, statements_of
from contrafact.catalogue.values import IngestOptions, PartyView, RecordingView
from contrafact.catalogue.views import as_view, party_view, view
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.listening.chart import Chart
from contrafact.engine.progress import Progress, part, silent
from contrafact.kit.blobs import BlobStore, sha256_of_file
from contrafact.kit.clock import Clock
from contrafact.kit.db import Database
from contrafact.kit.lazily import homes_of, lazily

if TYPE_CHECKING:
    from contrafact.catalogue.admission import Admission, Kept, admit, keep, release
    from contrafact.catalogue.announcing import all_songs, announce, find_song, songs_by_id, songs_of_work
    from contrafact.catalogue.changing import changes_of
    from contrafact.catalogue.correcting import correct, corrections_of
    from contrafact.catalogue.describing import set_contributions, set_identifiers, set_label_and_genres, set_titles
    from contrafact.catalogue.findings import findings_of, gaps_and_overlaps
    from contrafact.catalogue.ingest import Ears, prepare
    from contrafact.catalogue.mandating import (
        end_mandate,
        mandate_history,
        mandates_of,
        mandates_to,
        people_of,
        person_history,
        put_mandate,
        put_person,
    )
    from contrafact.catalogue.parties import find_party, names_of, parties_like, parties_named, put_party
    from contrafact.engine.audio.stem_files import StemFiles
else:
    # Whoever only asks for a song reads no tags, writes no statements and opens no sound.
    __getattr__ = lazily(
        __name__,
        homes_of(
            {
                "contrafact.catalogue.admission": "Admission Kept admit keep release",
                "contrafact.catalogue.announcing": "all_songs announce find_song songs_by_id songs_of_work",
                "contrafact.catalogue.changing": "changes_of",
                "contrafact.catalogue.correcting": "correct corrections_of",
                "contrafact.catalogue.describing": "set_contributions set_identifiers set_label_and_genres set_titles",
                "contrafact.catalogue.findings": "findings_of gaps_and_overlaps",
                "contrafact.catalogue.ingest": "Ears prepare",
                "contrafact.catalogue.mandating": "end_mandate mandate_history mandates_of mandates_to people_of "
                "person_history put_mandate put_person",
                "contrafact.catalogue.parties": "find_party names_of parties_like parties_named put_party",
            }
        ),
    )

__all__ = [
    "Admission",
    "Ears",
    "Kept",
    "admit",
    "all_songs",
    "announce",
    "ask_speakers",
    "audio_path",
    "changes_of",
    "chart_of",
    "correct",
    "corrections_of",
    "declare_licence",
    "end_mandate",
    "find",
    "find_by_reference",
    "find_party",
    "find_song",
    "findings_of",
    "gaps_and_overlaps",
    "get",
    "held_songs",
    "holders",
    "holders_of_many",
    "holdings_of",
    "ingest",
    "keep",
    "list_recordings",
    "mandate_history",
    "mandates_of",
    "mandates_to",
    "names_of",
    "parties",
    "parties_like",
    "parties_named",
    "people_of",
    "person_history",
    "prepare",
    "put_mandate",
    "put_party",
    "put_person",
    "release",
    "set_contributions",
    "set_identifiers",
    "set_label_and_genres",
    "set_titles",
    "songs_by_id",
    "songs_of_work",
    "state_shares",
    "statements_of",
    "stem_reader",
]


def ingest(
    path: Path,
    options: IngestOptions,
    *,
    database: Database,
    blobs: BlobStore,
    assets: AssetStore,
    scratch: Path,
    clock: Clock,
    progress: Progress = silent,
    also: "Callable[[Session, Admission], None] | None" = None,
    ears: "Ears | None" = None,
) -> "Admission":
    """Take a file into the library; the same bytes again give the recording that is there.

    Two processes that bring the same file at once do the slow work once: the second waits for the first.

    Parameters
    ----------
    also : callable, optional
        Called in the same transaction as the admission, also when the recording was there before; to give grants.

    Raises
    ------
    contrafact.engine.errors.BadInput, BadInputError, StorageFull
        As of :func:`prepare`; after any error the library is as before.
    """
    from contrafact.catalogue.admission import Admission, admit, keep, release
    from contrafact.catalogue.ingest import prepare
    from contrafact.engine.audio.decoding import probe

    probe(path)
    sha256 = sha256_of_file(path)
    with _one_at_a_time(scratch, sha256):
        with database.transaction() as session:
            existing = store.recording_by_sha256(session, sha256)
            if existing is not None:
                admission = Admission(view(session, existing), created=False)
                if also is not None:
                    also(session, admission)
                return admission
        prepared = prepare(path, options, assets, scratch, part(progress, 0.0, 0.97), ears=ears)
        try:
            kept = keep(prepared, database, blobs)
            try:
                with database.transaction() as session:
                    admission = admit(session, kept, blobs, clock)
                    if also is not None:
                        also(session, admission)
            except BaseException:
                release(kept, database, blobs)
                raise
        finally:
            prepared.discard()
    progress(1.0, "taken in")
    return admission


def declare_licence(session: Session, recording_id: str, name: str) -> RecordingView:
    """Note the public licence of a recording that came without one.

    Raises
    ------
    BadInputError
        When no such licence is known.
    BadSong
        When the recording has another licence already: what was published once is not taken back here.
    NoSuchSong
        When there is no such recording.
    """
    from contrafact.catalogue.ingest import attribution_line, licence_named

    licence = licence_named(name)
    row = store.recording(session, recording_id)
    if row is None:
        raise NoSuchSong(f"there is no recording {recording_id!r} in the library")
    if row.licence_id not in (None, licence.id):
        raise BadSong(f"“{row.title}” is in the library under {row.licence_id}; its licence cannot become {licence.id}")
    if row.licence_id is None:
        row.licence_id, row.licence_url = licence.id, licence.url
        row.attribution = attribution_line(row.title, row.artist, licence, licence.url)
    return view(session, row)


def get(session: Session, recording_id: str) -> RecordingView:
    """A recording by its id.

    Raises
    ------
    NoSuchSong
        When there is none.
    """
    row = store.recording(session, recording_id)
    if row is None:
        raise NoSuchSong(f"there is no recording {recording_id!r} in the library")
    return view(session, row)


def find(session: Session, song: str) -> RecordingView:
    """A recording by id, ISRC or path to its file (which is compared by content).

    Raises
    ------
    NoSuchSong
        When it is not in the library, with what to do about it.
    """
    row = store.recording(session, song) if song.startswith("rec_") else None
    if row is None:
        from contrafact.catalogue.identifiers import isrc

        try:
            row = store.recording_by_isrc(session, isrc(song))
        except BadSong:
            row = None
    if row is None:
        path = Path(song)
        try:
            is_file = path.is_file()
        except (OSError, ValueError):
            is_file = False
        if is_file:
            row = store.recording_by_sha256(session, sha256_of_file(path))
            if row is None:
                raise NoSuchSong(f"“{path.name}” is not in the library; take it in with: contrafact ingest FILE")
    if row is None:
        raise NoSuchSong(f"there is no song {song!r}; give an id, an ISRC or a path to a file that was taken in")
    return view(session, row)


def find_source(session: Session, sha256: str) -> RecordingView | None:
    """The recording with this content, or None."""
    row = store.recording_by_sha256(session, sha256)
    return None if row is None else view(session, row)


def find_by_reference(session: Session, reference: str) -> RecordingView | None:
    """The recording that was delivered under this reference, if there is one."""
    row = store.recording_by_reference(session, reference)
    return view(session, row) if row is not None else None


def list_recordings(session: Session) -> tuple[RecordingView, ...]:
    """All recordings, oldest first."""
    rows = store.recordings(session)
    stems = store.stems(session, (row.id for row in rows))
    iswcs = store.iswcs(session, (row.work_id for row in rows))
    corrections = store.latest_corrections(session, (row.id for row in rows))
    return tuple(as_view(row, stems.get(row.id, {}), iswcs.get(row.work_id), corrections.get(row.id)) for row in rows)


def parties(session: Session) -> tuple[PartyView, ...]:
    """All parties, by name."""
    return tuple(party_view(row) for row in store.parties(session))


def chart_of(recording: RecordingView, blobs: BlobStore) -> Chart:
    """The chart of a recording that holds: what was heard, as its owner corrected it."""
    return Chart.model_validate_json(blobs.get(recording.chart_blob))


def stem_reader(recording: RecordingView, blobs: BlobStore) -> "StemFiles":
    """Random access to a recording's stems on disk; close it after use. It may be sent to another process."""
    from contrafact.engine.audio.stem_files import StemFiles

    return StemFiles({name: blobs.path(recording.stems[name]) for name in STEM_NAMES})


def audio_path(recording: RecordingView, blobs: BlobStore) -> Path:
    """The file as it was delivered, for reading only."""
    return blobs.path(recording.sha256)


@contextmanager
def _one_at_a_time(scratch: Path, sha256: str) -> Iterator[None]:
    """A lock between processes for one file's content; it goes with the process that held it.

    A few unrelated files share each of the 256 locks, so that the locks do not pile up.
    """
    locks = scratch / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / f"{sha256[:2]}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
