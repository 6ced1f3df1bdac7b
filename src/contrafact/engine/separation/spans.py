"""Recordings of any length to stems on disk: a few minutes are in memory at a time, besides the recording itself."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.stem_files import StemSink, write_stems
from contrafact.engine.audio.stems import STEM_NAMES, StemName, Stems
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.listening.chart import Chart
from contrafact.engine.progress import Progress, part, silent
from contrafact.engine.separation.blocks import blocks
from contrafact.engine.separation.separate import separate
from contrafact.engine.separation.separators import DEFAULT_SEPARATOR

_SPAN = 190 * SAMPLE_RATE
_OVERLAP = 2 * SAMPLE_RATE
_LOUDEST = 2.0
"""A stem is allowed twice the peak of its recording; masks give no more."""


def separate_to_files(
    audio: Audio,
    folder: Path,
    store: AssetStore,
    progress: Progress = silent,
    chart: Chart | None = None,
    separator: str = DEFAULT_SEPARATOR,
) -> dict[StemName, Path]:
    """Separate a recording as :func:`contrafact.engine.separation.separate.separate` does, into four FLAC files.

    Up to three minutes are separated as a whole. What is longer is separated in spans that overlap by two seconds, over
    which the stems of one fade into those of the next, so that they go on summing to the recording.

    Parameters
    ----------
    folder : Path
        Where ``vocals.flac``, ``drums.flac``, ``bass.flac`` and ``other.flac`` are written; made if it is not there.

    Raises
    ------
    BadInput, contrafact.assets.errors.AssetMissing
        As ``separate``.
    OSError
        The disk is full or may not be written; no file is left half-written.
    """
    spans = blocks(audio.frames, _SPAN, _OVERLAP)
    folder.mkdir(parents=True, exist_ok=True)
    if len(spans) == 1:
        stems = separate(audio, store, part(progress, 0.0, 0.9), chart, separator)
        return write_stems(folder, stems)
    peak = max(float(audio.samples.max()), -float(audio.samples.min()))
    with ExitStack() as files:
        sinks = {
            # What no other stem holds is at most the recording and all three others, taken away at their loudest.
            name: files.enter_context(StemSink(folder / f"{name}.flac", (3 * _LOUDEST + 1) * peak))
            for name in STEM_NAMES
        }
        carried: dict[StemName, Samples] = {}
        for number, span in enumerate(spans):
            heard = part(progress, 0.98 * number / len(spans), 0.98 * (number + 1) / len(spans))
            its_chart = None if chart is None else _from(chart, span.start / SAMPLE_RATE)
            stems = _bounded(separate(Audio(span.of(audio.samples)), store, heard, its_chart, separator), peak)
            weight = span.weight()
            last = number == len(spans) - 1
            for name in STEM_NAMES:
                sound = stems[name].samples * weight
                if name in carried:
                    sound[:, :_OVERLAP] += carried[name]
                stop = sound.shape[1] if last else sound.shape[1] - _OVERLAP
                sinks[name].write(sound[:, :stop])
                carried[name] = sound[:, stop:].copy()
    progress(1.0, "written")
    return {name: folder / f"{name}.flac" for name in STEM_NAMES}


def _from(chart: Chart, start_s: float) -> Chart:
    """The chords as heard by somebody who begins to listen at ``start_s``; separators ask for nothing else."""
    later = (chord for chord in chart.chords if chord.end_s > start_s)
    chords = tuple(
        chord.model_copy(update={"start_s": max(0.0, chord.start_s - start_s), "end_s": chord.end_s - start_s})
        for chord in later
    )
    return chart.model_copy(update={"chords": chords})


def _bounded(stems: Stems, peak: float) -> Stems:
    """The stems with none but the last louder than files of a scale chosen beforehand can hold."""
    limit = np.float32(_LOUDEST * peak)
    if all(float(np.abs(stems[name].samples).max(initial=0.0)) <= limit for name in STEM_NAMES):
        return stems
    mix = sum((stems[name].samples for name in STEM_NAMES), start=np.zeros_like(stems.vocals.samples))
    vocals, drums, bass = (np.clip(stems[name].samples, -limit, limit) for name in STEM_NAMES[:3])
    return Stems(Audio(vocals), Audio(drums), Audio(bass), Audio(mix - vocals - drums - bass))
