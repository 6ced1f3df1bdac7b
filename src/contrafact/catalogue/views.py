"""Rows told as values."""

from sqlalchemy.orm import Session

from contrafact.catalogue import store
from contrafact.catalogue.models import CorrectionRow, PartyRow, RecordingRow
from contrafact.catalogue.values import PartyView, RecordingView
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.kit.licences import licence


def view(session: Session, row: RecordingRow) -> RecordingView:
    """One recording, with its stems and its work's ISWC looked up."""
    stems = store.stems(session, [row.id]).get(row.id, {})
    correction = store.latest_corrections(session, [row.id]).get(row.id)
    return as_view(row, stems, store.iswcs(session, [row.work_id]).get(row.work_id), correction)


def as_view(
    row: RecordingRow, stems: dict[str, str], iswc: str | None, correction: CorrectionRow | None
) -> RecordingView:
    """One recording whose stems (blob by name), ISWC and correction that holds are at hand."""
    holds = correction or row
    known = licence(row.licence_id) if row.licence_id else None
    return RecordingView(
        id=row.id,
        work_id=row.work_id,
        sha256=row.sha256,
        isrc=row.isrc,
        iswc=iswc,
        reference=row.reference,
        title=row.title,
        artist=row.artist,
        album=row.album,
        status=row.status,
        duration_s=row.duration_s,
        sample_rate=row.sample_rate,
        channels=row.channels,
        codec=row.codec,
        content=row.content,
        tempo_bpm=holds.tempo_bpm,
        key=holds.key,
        metre=holds.metre,
        has_vocals=row.has_vocals,
        loudness_lufs=row.loudness_lufs,
        true_peak_dbtp=row.true_peak_dbtp,
        licence_id=row.licence_id,
        licence_name=known.name if known else row.licence_id,
        licence_url=row.licence_url,
        attribution=row.attribution,
        stems_origin=row.stems_origin,
        separator=row.separator,
        stems_residual_db=row.stems_residual_db,
        chart_blob=holds.chart_blob,
        heard_chart_blob=row.chart_blob,
        chart_version=correction.version if correction else 0,
        playback_blob=row.playback_blob,
        playback_type=row.playback_type,
        waveform_blob=row.waveform_blob,
        cover_blob=row.cover_blob,
        cover_type=row.cover_type,
        created_at=row.created_at,
        label=row.label,
        genres=tuple((row.genres or "").split()),
        stems={name: stems[name] for name in STEM_NAMES if name in stems},
    )


def party_view(row: PartyRow) -> PartyView:
    """A party with its identifiers."""
    return PartyView(row.id, row.name, row.kind, row.isni, row.ipi, row.dpid)
