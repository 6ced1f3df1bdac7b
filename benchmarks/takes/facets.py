"""How much of the recording is left in a take, facet by facet, with the take's time laid back on the recording's.

Conventions
-----------
Every measure is a similarity: 1 is "as recorded", about 0 "nothing in common". Sound is float32 (2, n) at 44.1 kHz.
Bars of the take that hold no bar of the recording are left out. All measures are made from sound by public methods that
know nothing of how the take was made; only which bar of the recording lies where is taken from the timeline.

Metrics
-------
harmony
    Mean over beats of the cosine between the chroma of the recording and of the take (transposed back). Chroma is a
    constant-Q transform folded to 12 classes, compressed and smoothed over about a bar, as in CENS features
    (M. Müller, *Information Retrieval for Music and Motion*, Springer 2007, 3.3).
melody
    Share of the voiced frames of the lead in which the take's lead has the same pitch within half a semitone (raw
    pitch accuracy of MIREX melody extraction, with octaves folded: the instrument that takes over may lie elsewhere).
rhythm
    F-measure, within 70 ms, of the beats heard in the take against the recording's beats where they now lie.
pattern
    Mean over bars of the correlation between the two onset envelopes on a grid of 48 steps.
timbre
    Mean over bars of the correlation between the two mean log-mel spectra, once the average slope of music is removed.
form
    Share of the recording's bars that are played once, in their place in the order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import mir_eval
import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from contrafact.assets.store import AssetStore
from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.listening.chart import Chart
from contrafact.engine.listening.cqt import CQT_RATE, FRAMES_PER_SECOND, constant_q
from contrafact.engine.listening.listen import listen
from contrafact.engine.listening.pitch import PITCH_RATE, follow_voice

Floats = NDArray[np.float64]
_STEPS = 48
_MEL_RATE = 22_050
_MEL_HOP = 512
_MEL_BANDS = 40
_VOICED = 0.5
_BEAT_WINDOW_S = 0.07


@dataclass(frozen=True, slots=True)
class Meeting:
    """A beat, or a bar, of the recording and where it lies in the take (seconds)."""

    source_start_s: float
    source_end_s: float
    target_start_s: float
    target_end_s: float


def bars_met(chart: Chart, timeline: Timeline) -> tuple[Meeting, ...]:
    """The bars of the take that hold a bar of the recording."""
    return tuple(
        Meeting(chart.bars[bar.source_bar].start_s, chart.bars[bar.source_bar].end_s, bar.start_s, bar.end_s)
        for bar in timeline.bars
        if bar.source_bar is not None and bar.source_bar < len(chart.bars)
    )


def beats_met(chart: Chart, timeline: Timeline) -> tuple[Meeting, ...]:
    """The beats of those bars, as far as both have them."""
    return tuple(_beats(chart, timeline))


def _beats(chart: Chart, timeline: Timeline) -> Iterator[Meeting]:
    for bar in timeline.bars:
        if bar.source_bar is None or bar.source_bar >= len(chart.bars):
            continue
        source = chart.bars[bar.source_bar]
        sources, targets = (*source.beats_s, source.end_s), (*bar.beats_s, bar.end_s)
        for place in range(min(len(sources), len(targets)) - 1):
            yield Meeting(sources[place], sources[place + 1], targets[place], targets[place + 1])


def elsewhere(met: Sequence[Meeting]) -> tuple[Meeting, ...]:
    """Each place of the recording beside another place of the take, a third of the song on: what chance would give."""
    away = max(1, len(met) // 3)
    return tuple(
        Meeting(one.source_start_s, one.source_end_s, two.target_start_s, two.target_end_s)
        for one, two in zip(met, (*met[away:], *met[:away]), strict=True)
    )


def harmony(
    recording: Samples,
    take: Samples,
    met: Sequence[Meeting],
    semitones: int,
    tuning_cents: float = 0.0,
    smooth_beats: int = 4,
) -> float:
    """See the module. ``met`` are beats; ``semitones`` the transposition of the take."""
    if not met:
        return float("nan")
    one = _chroma(recording, [(m.source_start_s, m.source_end_s) for m in met], tuning_cents)
    two = _chroma(take, [(m.target_start_s, m.target_end_s) for m in met], tuning_cents)
    two = np.roll(two, -semitones, axis=1)
    one, two = (_unit(uniform_filter1d(chroma, smooth_beats, axis=0, mode="nearest")) for chroma in (one, two))
    heard = (np.abs(one).sum(axis=1) > 0) & (np.abs(two).sum(axis=1) > 0)
    return float((one * two).sum(axis=1)[heard].mean()) if heard.any() else float("nan")


def _chroma(sound: Samples, spans: Sequence[tuple[float, float]], tuning_cents: float) -> Floats:
    mono = soxr.resample(sound.mean(axis=0), SAMPLE_RATE, CQT_RATE).astype(np.float32)
    bins = constant_q(mono, tuning_cents)[:, 36:216].astype(np.float64)
    classes = bins.reshape(bins.shape[0], -1, 12, 3).max(axis=3).sum(axis=1)
    found = np.zeros((len(spans), 12))
    for row, (start_s, end_s) in enumerate(spans):
        first = round(start_s * FRAMES_PER_SECOND)
        last = max(first + 1, round(end_s * FRAMES_PER_SECOND))
        if first < classes.shape[0]:
            mean = classes[first:last].mean(axis=0)
            found[row] = np.log1p(10.0 * mean / max(1e-9, float(mean.max())))
    return found


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


def melody(recorded_lead: Samples, lead: Samples, met: Sequence[Meeting], semitones: int, store: AssetStore) -> float:
    """See the module. Both leads alone: the vocal stem, and what carries the tune in the take."""
    one = follow_voice(Audio(recorded_lead), store)
    two = follow_voice(Audio(lead), store)
    frames = np.flatnonzero(one.periodicity >= _VOICED)
    times = frames / PITCH_RATE
    right = counted = 0
    for meeting in met:
        inside = (times >= meeting.source_start_s) & (times < meeting.source_end_s)
        if not inside.any():
            continue
        speed = (meeting.target_end_s - meeting.target_start_s) / (meeting.source_end_s - meeting.source_start_s)
        targets = meeting.target_start_s + (times[inside] - meeting.source_start_s) * speed
        places = np.round(targets * PITCH_RATE).astype(int)
        counted += places.size
        kept = places < two.frames
        wanted = one.midi[frames[inside]][kept] + semitones
        near = np.abs((two.midi[places[kept]] - wanted + 6.0) % 12.0 - 6.0) <= 0.5
        right += int((near & (two.periodicity[places[kept]] >= 0.3)).sum())
    return right / counted if counted else float("nan")


def rhythm(take: Samples, met: Sequence[Meeting], store: AssetStore) -> float:
    """See the module. ``met`` are beats."""
    heard = np.array([beat.time_s for beat in listen(Audio(take), store).beats])
    wanted = np.array([meeting.target_start_s for meeting in met])
    inside = heard[(heard >= wanted[0] - 0.2) & (heard <= wanted[-1] + 0.2)] if wanted.size else heard
    if not wanted.size or not inside.size:
        return 0.0
    # Half and double time are the same pulse felt otherwise, which a style may do.
    readings = (inside, inside[::2], inside[1::2], _halved(inside))
    return float(max(mir_eval.beat.f_measure(wanted, each, f_measure_threshold=_BEAT_WINDOW_S) for each in readings))


def _halved(times: Floats) -> Floats:
    return np.sort(np.concatenate((times, (times[1:] + times[:-1]) / 2)))


def pattern(recording: Samples, take: Samples, met: Sequence[Meeting]) -> float:
    """See the module. ``met`` are bars."""
    one = _steps(_envelope(recording), [(m.source_start_s, m.source_end_s) for m in met])
    two = _steps(_envelope(take), [(m.target_start_s, m.target_end_s) for m in met])
    return _correlation(one, two)


def _envelope(sound: Samples) -> Floats:
    mel = _mel(sound)
    return np.asarray(np.maximum(0.0, np.diff(mel, axis=0, prepend=mel[:1])).mean(axis=1))


def _steps(envelope: Floats, spans: Sequence[tuple[float, float]]) -> Floats:
    rate = _MEL_RATE / _MEL_HOP
    places = np.arange(envelope.size) / rate
    rows = [np.interp(np.linspace(a, b, _STEPS, endpoint=False), places, envelope) for a, b in spans]
    return np.array(rows).reshape(-1, _STEPS)


def timbre(recording: Samples, take: Samples, met: Sequence[Meeting]) -> float:
    """See the module. ``met`` are bars."""
    one = _means(_mel(recording), [(m.source_start_s, m.source_end_s) for m in met])
    two = _means(_mel(take), [(m.target_start_s, m.target_end_s) for m in met])
    return _correlation(one, two)


def _means(mel: Floats, spans: Sequence[tuple[float, float]]) -> Floats:
    rate = _MEL_RATE / _MEL_HOP
    slope = np.linspace(0.0, -4.0, _MEL_BANDS)
    rows = []
    for start_s, end_s in spans:
        first = min(round(start_s * rate), mel.shape[0] - 1)
        rows.append(mel[first : max(first + 1, round(end_s * rate))].mean(axis=0) - slope)
    return np.array(rows).reshape(-1, _MEL_BANDS)


def _mel(sound: Samples) -> Floats:
    """Log-mel magnitudes, natural logarithm, (frames, bands)."""
    mono = soxr.resample(sound.mean(axis=0), SAMPLE_RATE, _MEL_RATE).astype(np.float32)
    size = 2048
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(mono, size // 2), size)[::_MEL_HOP]
    spectra = np.empty((frames.shape[0], size // 2 + 1), np.float32)
    window = np.hanning(size).astype(np.float32)
    for start in range(0, frames.shape[0], 512):
        spectra[start : start + 512] = np.abs(np.fft.rfft(frames[start : start + 512] * window, axis=1))
    return np.asarray(np.log(1e-4 + spectra @ _filters(size).T), dtype=np.float64)


def _filters(size: int) -> NDArray[np.float32]:
    """Triangles evenly spaced on the mel scale (O'Shaughnessy), each of sum one."""
    hertz = np.fft.rfftfreq(size, 1 / _MEL_RATE)
    edges = 700.0 * (10.0 ** (np.linspace(50.0, 3_000.0, _MEL_BANDS + 2) / 2595.0) - 1.0)
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    triangles = np.maximum(0.0, np.minimum((hertz - low) / (centre - low), (high - hertz) / (high - centre)))
    return np.asarray(triangles / np.maximum(triangles.sum(axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _correlation(one: Floats, two: Floats) -> float:
    """Mean over rows of Pearson's correlation; rows in which nothing varies are left out."""
    if one.size == 0:
        return float("nan")
    a, b = (rows - rows.mean(axis=1, keepdims=True) for rows in (one, two))
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    heard = norms > 1e-9
    return float(((a * b).sum(axis=1)[heard] / norms[heard]).mean()) if heard.any() else float("nan")


def form(chart: Chart, timeline: Timeline) -> float:
    """See the module: the longest rising run of the recording's bars in the take, over all of its bars.

    The longest increasing subsequence by patience sorting (C. Schensted, 1961).
    """
    piles: list[int] = []
    for bar in timeline.bars:
        if bar.source_bar is None:
            continue
        place = int(np.searchsorted(piles, bar.source_bar))
        piles[place : place + 1] = [bar.source_bar]
    longest = max(len(chart.bars), len(timeline.bars), 1)
    return len(piles) / longest
