"""The library of songs as a listener sees it, and taking songs in with what their owner allows."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from sqlalchemy.orm import Session

from contrafact.accounts import service as accounts
from contrafact.accounts.schemas import User
from contrafact.catalogue import service as catalogue
from contrafact.catalogue.service import Admission
from contrafact.catalogue.values import IngestOptions, RecordingView
from contrafact.engine.progress import Progress
from contrafact.engine.recipe.recipe import Operation
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.facts import facts_of_song
from contrafact.remixes.permission.joining import licence_view, subject_of
from contrafact.remixes.schemas import SongView, WaveformView
from contrafact.remixes.showing.views import operation_view
from contrafact.remixes.sound import Sound
from contrafact.remixes.standing.staying_down import require_upload
from contrafact.remixes.tables import store
from contrafact.rights import service as rights
from contrafact.rights.presets import Preset


@dataclass(frozen=True, slots=True)
class IngestCall:
    """A request to take a file in, with the preset of rights that its owner gives."""

    grant: Preset = "none"
    artist: str | None = None
    title: str | None = None
    album: str | None = None
    isrc: str | None = None
    licence: str | None = None
    stems_dir: Path | None = None
    reference: str | None = None
    """The owner's own name for it, under which it may have been announced."""


@dataclass(frozen=True, slots=True)
class Picture:
    data: bytes
    media_type: str


def ingest_file(installation: Installation, path: Path, call: IngestCall, progress: Progress) -> dict[str, Any]:
    """Take a file in and give its preset in the same transaction.

    A file that is here already only gets the preset, and the licence when it came without one.

    Raises
    ------
    BadInput, BadInputError, StorageFull
        The library is as before.
    """
    options = IngestOptions(
        title=call.title,
        artist=call.artist,
        album=call.album,
        isrc=call.isrc,
        licence=call.licence,
        stems_dir=call.stems_dir,
        reference=call.reference,
    )

    def grant(session: Session, admission: Admission) -> None:
        recording = admission.recording
        if call.licence is not None and not admission.created:
            recording = catalogue.declare_licence(session, recording.id, call.licence)
        if call.grant != "none" or admission.created:
            give_preset(installation, session, recording, call.grant)

    require_upload(installation, path)
    admission = catalogue.ingest(
        path,
        options,
        database=installation.database,
        blobs=installation.blobs,
        assets=installation.assets,
        scratch=installation.home.scratch,
        clock=installation.clock,
        progress=progress,
        also=grant,
    )
    return {**_plain(admission.recording), "known": not admission.created}


def give_preset(installation: Installation, session: Session, recording: RecordingView, preset: Preset) -> None:
    """Give a preset for all holders of a recording and its work."""
    rights.grant_preset(
        session,
        preset,
        subject_of(recording, catalogue.holders(session, recording.id)),
        licence_id=recording.licence_id,
        attribution=recording.attribution,
        by="ingest",
        clock=installation.clock,
    )


def _plain(recording: RecordingView) -> dict[str, Any]:
    return {
        "id": recording.id,
        "title": recording.title,
        "artist": recording.artist,
        "album": recording.album,
        "isrc": recording.isrc,
        "sha256": recording.sha256,
        "duration_s": recording.duration_s,
        "content": recording.content,
        "tempo_bpm": recording.tempo_bpm,
        "key": recording.key,
        "licence": recording.licence_id,
        "stems": recording.stems_origin,
        "separator": recording.separator,
    }


def plain_songs(installation: Installation) -> list[dict[str, Any]]:
    """The library for ``contrafact songs``."""
    with installation.database.reading() as session:
        return [_plain(recording) for recording in catalogue.list_recordings(session)]


def songs(installation: Installation, user: User) -> list[SongView]:
    """All songs that can be listened to, oldest first, with what this listener may do."""
    with installation.database.reading() as session:
        counts = store.counts_by_recording(session)
        recordings = [r for r in catalogue.list_recordings(session) if r.status != "withdrawn"]
        return [_song(installation, session, recording, user, counts) for recording in recordings]


def song(installation: Installation, song_id: str, user: User) -> SongView:
    """One song."""
    with installation.database.reading() as session:
        recording = catalogue.get(session, song_id)
        return _song(installation, session, recording, user, store.counts_by_recording(session))


def _song(
    installation: Installation, session: Session, recording: RecordingView, user: User, counts: dict[str, int]
) -> SongView:
    ruling = rights.Ruling(facts_of_song(session, recording))
    base = f"/api/songs/{recording.id}"
    return SongView(
        id=recording.id,
        title=recording.title,
        artist=recording.artist,
        album=recording.album,
        duration_s=recording.duration_s,
        tempo_bpm=recording.tempo_bpm,
        key=recording.key,
        metre=recording.metre,
        has_vocals=recording.has_vocals,
        isrc=recording.isrc,
        content=recording.content,
        licence=licence_view(recording),
        cover_url=f"{base}/cover",
        audio_url=f"{base}/audio",
        waveform_url=f"{base}/waveform",
        operations=tuple(operation_view(installation, ruling, operation, user) for operation in get_args(Operation)),
        remix_count=counts.get(recording.id, 0),
    )


def _recording(installation: Installation, song_id: str) -> RecordingView:
    with installation.database.reading() as session:
        return catalogue.get(session, song_id)


def cover(installation: Installation, song_id: str) -> Picture:
    """The cover art: from the file's tags, else drawn from the song's own features."""
    recording = _recording(installation, song_id)
    return Picture(installation.blobs.get(recording.cover_blob), recording.cover_type)


def original_audio(installation: Installation, song_id: str) -> Sound:
    """The recording's playback copy."""
    recording = _recording(installation, song_id)
    path = installation.blobs.path(recording.playback_blob)
    return Sound(path, recording.playback_type, recording.playback_blob, "original.opus")


def original_waveform(installation: Installation, song_id: str) -> WaveformView:
    """The peaks of the recording, and how loud its playback copy is."""
    recording = _recording(installation, song_id)
    return WaveformView.model_validate(json.loads(installation.blobs.get(recording.waveform_blob)))


def chart_json(installation: Installation, song_id: str, heard: bool = False) -> bytes:
    """The recording's chart as it holds; with ``heard`` without what its owner corrected."""
    recording = _recording(installation, song_id)
    return installation.blobs.get(recording.heard_chart_blob if heard else recording.chart_blob)


def styles(installation: Installation) -> list[dict[str, Any]]:
    """The style packs for the studio's quick picks."""
    return [
        {
            "slug": pack.slug,
            "name": pack.name,
            "about": pack.about,
            "words": list(pack.words),
            "tempo_bpm": [pack.tempo.low_bpm, pack.tempo.high_bpm],
        }
        for pack in installation.styles.values()
    ]


def demo_listener(installation: Installation) -> User:
    """Ada, who listens in the demo."""
    with installation.database.transaction() as session:
        return accounts.demo_user(session, installation.clock)
