"""The quick half of taking a song in: its files into the blob store, its rows into the caller's transaction."""

import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contrafact.catalogue import store
from contrafact.catalogue.errors import BadSong
from contrafact.catalogue.models import (
    ContributionRow,
    MasterShareRow,
    PartyRow,
    RecordingRow,
    StemRow,
    WorkRow,
    WorkShareRow,
)
from contrafact.catalogue.values import Credit, Prepared, RecordingView, check_shares
from contrafact.catalogue.views import view
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.kit.blobs import BlobStore, sha256_of_file
from contrafact.kit.clock import Clock
from contrafact.kit.db import Database
from contrafact.kit.errors import Conflict
from contrafact.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Kept:
    """A prepared song whose files are blobs now."""

    prepared: Prepared
    blobs: dict[str, str]
    """SHA-256 by what it is: ``source``, ``chart``, ``playback``, ``waveform``, ``cover`` and the four stems."""
    fresh: tuple[str, ...]
    """The blobs that were not there before."""


@dataclass(frozen=True, slots=True)
class Admission:
    """A recording in the library, and whether it is new there."""

    recording: RecordingView
    created: bool


def keep(prepared: Prepared, database: Database, blobs: BlobStore) -> Kept:
    """Put the prepared files into the blob store, all or none.

    Raises
    ------
    BadSong
        When the file changed since it was prepared.
    StorageFull
        When the disk is full.
    """
    kept = Kept(prepared, {}, ())
    try:
        for name, path in prepared.files.items():
            before = sha256_of_file(path)
            fresh = () if blobs.has(before) else (before,)
            kept = replace(kept, fresh=kept.fresh + fresh)
            kept.blobs[name] = blobs.put_file(path).sha256
        if kept.blobs["source"] != prepared.sha256:
            raise BadSong(f"“{prepared.source.name}” changed while it was taken in; try again")
    except BaseException:
        release(kept, database, blobs)
        raise
    return kept


def release(kept: Kept, database: Database, blobs: BlobStore) -> None:
    """Forget the blobs that an admission would have needed, except those that some recording needs by now."""
    with database.transaction() as session:
        for sha256 in kept.fresh:
            if not store.blob_is_referenced(session, sha256):
                blobs.remove(sha256)


def admit(session: Session, kept: Kept, blobs: BlobStore, clock: Clock) -> Admission:
    """Write a song into the library, in the caller's transaction.

    Raises
    ------
    BadSong
        When its ISRC belongs to another recording.
    Conflict
        When its blobs were released in between; ingest again.
    """
    song = kept.prepared
    existing = store.recording_by_sha256(session, song.sha256)
    if existing is not None:
        return Admission(view(session, existing), created=False)
    if song.isrc and (other := store.recording_by_isrc(session, song.isrc)):
        raise BadSong(f"the ISRC {song.isrc} belongs to “{other.title}” by {other.artist}; correct one of them")
    if song.reference and (other := store.recording_by_reference(session, song.reference)):
        raise BadSong(f"the reference {song.reference!r} belongs to “{other.title}” by {other.artist}; choose another")
    if not all(blobs.has(sha256) for sha256 in kept.blobs.values()):
        raise Conflict("the song's files went away while it was taken in; ingest it again")
    try:
        with session.begin_nested():
            row = _insert(session, kept, clock)
    except IntegrityError:
        # on databases that let two writers in, the other one may have been first
        existing = store.recording_by_sha256(session, song.sha256)
        if existing is None:
            raise
        return Admission(view(session, existing), created=False)
    return Admission(view(session, row), created=True)


def _insert(session: Session, kept: Kept, clock: Clock) -> RecordingRow:
    song, now = kept.prepared, clock.now()
    check_shares(song.credits)
    work = store.work_by_iswc(session, song.iswc) if song.iswc else None
    new_work = work is None
    if work is None:
        work = WorkRow(id=new_id("wrk"), title=song.title, iswc=song.iswc, created_at=now)
        session.add(work)
        session.flush()
    row = RecordingRow(
        id=new_id("rec"),
        work_id=work.id,
        sha256=song.sha256,
        isrc=song.isrc,
        reference=song.reference,
        title=song.title,
        artist=song.artist,
        album=song.album,
        status="active",
        size_bytes=song.size_bytes,
        container=song.container,
        codec=song.codec,
        sample_rate=song.sample_rate,
        channels=song.channels,
        duration_s=song.chart.duration_s,
        content=song.chart.content,
        tempo_bpm=song.chart.tempo.bpm,
        key=song.chart.key.label,
        metre=song.chart.metre.beats_per_bar,
        has_vocals=bool(song.chart.vocal_regions),
        loudness_lufs=song.chart.loudness.integrated_lufs,
        true_peak_dbtp=song.chart.loudness.true_peak_dbtp,
        licence_id=song.licence_id,
        licence_url=song.licence_url,
        attribution=song.attribution,
        stems_origin=song.stems_origin,
        stems_residual_db=song.stems_residual_db,
        chart_blob=kept.blobs["chart"],
        playback_blob=kept.blobs["playback"],
        playback_type=song.playback_type,
        waveform_blob=kept.blobs["waveform"],
        cover_blob=kept.blobs["cover"],
        cover_type=song.cover_type,
        created_at=now,
    )
    session.add(row)
    session.flush()
    session.add_all(StemRow(recording_id=row.id, name=name, blob=kept.blobs[name]) for name in STEM_NAMES)
    _insert_credits(session, row, song.credits, new_work, clock)
    session.flush()
    return row


def _insert_credits(
    session: Session, row: RecordingRow, credits: tuple[Credit, ...], new_work: bool, clock: Clock
) -> None:
    """Shares of one party in one role are added up; the work's shares are only written with the work."""
    master: dict[tuple[str, str], Fraction] = {}
    work: dict[tuple[str, str], Fraction] = {}
    for position, credit in enumerate(credits):
        party = _party(session, credit, clock)
        session.add(
            ContributionRow(
                recording_id=row.id, position=position, party_id=party.id, role=credit.role, is_voice=credit.voice
            )
        )
        for shares, share in ((master, credit.master), (work, credit.work)):
            if share > 0:
                key = (party.id, credit.role)
                shares[key] = shares.get(key, Fraction(0)) + share
    for (party_id, role), share in master.items():
        session.add(
            MasterShareRow(
                recording_id=row.id,
                party_id=party_id,
                role=role,
                numerator=share.numerator,
                denominator=share.denominator,
            )
        )
    for (party_id, role), share in work.items() if new_work else ():
        session.add(
            WorkShareRow(
                work_id=row.work_id,
                party_id=party_id,
                role=role,
                numerator=share.numerator,
                denominator=share.denominator,
            )
        )


def _party(session: Session, credit: Credit, clock: Clock) -> PartyRow:
    """The party of that name, made when there is none."""
    name_key = " ".join(unicodedata.normalize("NFKC", credit.name).casefold().split())
    known = store.party_by_name_key(session, name_key, credit.kind)
    if known is not None:
        return known
    row = PartyRow(id=new_id("pty"), name=credit.name, name_key=name_key, kind=credit.kind, created_at=clock.now())
    session.add(row)
    session.flush()
    return row
