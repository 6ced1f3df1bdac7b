"""The quick half of taking a song in: its files into the blob store, its rows into the caller's transaction."""

from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contrafact.catalogue import store, store_ownership
from contrafact.catalogue.errors import BadSong
from contrafact.catalogue.models import (
    ContributionRow,
    PartyRow,
    RecordingRow,
    StemRow,
    WorkRow,
)
from contrafact.catalogue.models_ownership import AnnouncedRow
from contrafact.catalogue.ownership import StatedShare, StatedSide
from contrafact.catalogue.owning import insert_statement
from contrafact.catalogue.parties import name_key
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
    told = _announced(session, song)
    work = store.work_by_iswc(session, song.iswc) if song.iswc else None
    if told is not None:
        if work is not None and work.id != told.work_id:
            raise BadSong(f"the ISWC {song.iswc} belongs to another work than the one announced for this recording")
        work = store.work(session, told.work_id)
    if work is None:
        work = WorkRow(id=new_id("wrk"), title=song.title, iswc=song.iswc, created_at=now)
        session.add(work)
        session.flush()
    row = RecordingRow(
        id=told.id if told else new_id("rec"),
        work_id=work.id,
        sha256=song.sha256,
        isrc=song.isrc or (told.isrc if told else None),
        reference=song.reference or (told.reference if told else None),
        title=song.title,
        artist=song.artist,
        album=song.album or (told.album if told else None),
        label=told.label if told else None,
        genres=told.genres if told else None,
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
        separator=song.separator,
        stems_residual_db=song.stems_residual_db,
        chart_blob=kept.blobs["chart"],
        playback_blob=kept.blobs["playback"],
        playback_type=song.playback_type,
        waveform_blob=kept.blobs["waveform"],
        cover_blob=kept.blobs["cover"],
        cover_type=song.cover_type,
        created_at=now,
    )
    if told is not None:
        session.delete(told)
    session.add(row)
    session.flush()
    session.add_all(StemRow(recording_id=row.id, name=name, blob=kept.blobs[name]) for name in STEM_NAMES)
    _insert_credits(session, row, song.credits, clock)
    session.flush()
    return row


def _announced(session: Session, song: Prepared) -> AnnouncedRow | None:
    """The recording that somebody told of before, whose sound this is by its ISRC or reference."""
    found = store_ownership.announced_by_isrc(session, song.isrc) if song.isrc else None
    if found is None and song.reference:
        found = store_ownership.announced_by_reference(session, song.reference)
    return found


def _insert_credits(session: Session, row: RecordingRow, credits: tuple[Credit, ...], clock: Clock) -> None:
    """Who made it and who holds it, where nobody told before; shares of one party in one role are added up."""
    told = bool(store_ownership.contribution_rows(session, row.id))
    sides: dict[StatedSide, dict[tuple[str, str], Fraction]] = {"master": {}, "work": {}}
    for position, credit in enumerate(credits):
        party = _party(session, credit, clock)
        if not told:
            session.add(
                ContributionRow(
                    recording_id=row.id, position=position, party_id=party.id, role=credit.role, is_voice=credit.voice
                )
            )
        for side, share in (("master", credit.master), ("work", credit.work)):
            if share > 0:
                shares = sides["master" if side == "master" else "work"]
                shares[party.id, credit.role] = shares.get((party.id, credit.role), Fraction(0)) + share
    for side, shares in sides.items():
        subject_id = row.id if side == "master" else row.work_id
        if store_ownership.statement_version(session, subject_id) == 0:
            stated = [StatedShare(party_id, role, share) for (party_id, role), share in shares.items()]
            insert_statement(
                session,
                side,
                subject_id,
                stated,
                version=1,
                by="ingest",
                reason="as it was taken in",
                evidence=row.reference or "",
                clock=clock,
            )


def _party(session: Session, credit: Credit, clock: Clock) -> PartyRow:
    """The party of that name, made when there is none."""
    key = name_key(credit.name)
    known = store.party_by_name_key(session, key, credit.kind)
    if known is not None:
        return known
    row = PartyRow(id=new_id("pty"), name=credit.name, name_key=key, kind=credit.kind, created_at=clock.now())
    session.add(row)
    session.flush()
    return row
