"""What was heard in a song and what its owner says: shown side by side, corrected, withdrawn."""

from collections.abc import Sequence

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.values import CorrectionView, RecordingView
from contrafact.engine.listening.chart import Chart
from contrafact.engine.listening.corrections import Corrections
from contrafact.remixes.installation import Installation
from contrafact.remixes.schemas import ChartView, CorrectionsView, CorrectionVersionView, SectionView


def song_id(installation: Installation, song: str) -> str:
    """The id of a song by id, ISRC or path.

    Raises
    ------
    NoSuchSong
    """
    with installation.database.reading() as session:
        return catalogue.find(session, song).id


def chart_of(installation: Installation, recording_id: str) -> Chart:
    """The chart that holds."""
    with installation.database.reading() as session:
        return catalogue.chart_of(catalogue.get(session, recording_id), installation.blobs)


def corrections(installation: Installation, recording_id: str) -> CorrectionsView:
    """What was heard in a song, what was said about it, and what holds.

    Raises
    ------
    NoSuchSong
    """
    with installation.database.reading() as session:
        recording = catalogue.get(session, recording_id)
        versions = catalogue.corrections_of(session, recording.id)
    return _view(installation, recording, versions)


def correct(
    installation: Installation,
    recording_id: str,
    said: Corrections,
    *,
    by: str,
    reason: str = "",
    based_on: int | None = None,
) -> CorrectionsView:
    """Keep all that the owner of a song says about it as its newest version; empty corrections withdraw what was said.

    Remixes that are there or under way keep the chart that they were asked with.

    Raises
    ------
    BadCorrections, Conflict, NoSuchSong, StorageFull
        As of :func:`contrafact.catalogue.service.correct`; everything is as before.
    """
    catalogue.correct(
        recording_id,
        said,
        database=installation.database,
        blobs=installation.blobs,
        clock=installation.clock,
        by=by,
        reason=reason,
        based_on=based_on,
    )
    return corrections(installation, recording_id)


def _view(installation: Installation, recording: RecordingView, versions: Sequence[CorrectionView]) -> CorrectionsView:
    return CorrectionsView(
        song_id=recording.id,
        version=recording.chart_version,
        corrections=_document(versions[-1].corrections) if versions else {},
        heard=_chart(installation, recording.heard_chart_blob),
        holds=_chart(installation, recording.chart_blob),
        history=tuple(
            CorrectionVersionView(
                version=item.version,
                corrections=_document(item.corrections),
                reason=item.reason,
                by=item.by,
                at=item.at,
            )
            for item in versions
        ),
    )


def _document(said: Corrections) -> dict[str, object]:
    return said.document() if said.said else {}


def _chart(installation: Installation, blob: str) -> ChartView:
    chart = Chart.model_validate_json(installation.blobs.get(blob))
    return ChartView(
        sha256=blob,
        tempo_bpm=chart.tempo.bpm,
        tempo_confidence=chart.tempo.confidence,
        steady=chart.tempo.steady,
        tempo_alternatives=chart.tempo.alternatives,
        metre=chart.metre.signature,
        key=chart.key.label,
        key_confidence=chart.key.confidence,
        downbeat_s=next((beat.time_s for beat in chart.beats if beat.position == 1), None),
        bars=len(chart.bars),
        sections=tuple(
            SectionView(start_s=item.start_s, end_s=item.end_s, label=item.label, letter=item.letter)
            for item in chart.sections
        ),
    )
