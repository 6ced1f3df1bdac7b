"""A recording to its four stems."""

import numpy as np

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.stems import Stems
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart
from contrafact.engine.progress import Progress, part, silent
from contrafact.engine.separation.separators import DEFAULT_SEPARATOR, separator_named

_OFFSET = 1e-3
"""An offset with less than this part of a recording's power is left alone."""


def separate(
    audio: Audio,
    store: AssetStore,
    progress: Progress = silent,
    chart: Chart | None = None,
    separator: str = DEFAULT_SEPARATOR,
) -> Stems:
    """Split a recording into vocals, drums, bass and other, which sum to it.

    ``other`` is what the separator gives to no other stem, so the sum is the recording to within float rounding
    whatever the separator does.

    Parameters
    ----------
    audio
        Stereo, 44.1 kHz; peaks above 1 are fine.
    store
        Holds the separator's model.
    chart
        What was heard in the recording, where that is known.
    separator
        ``contrafact``, ``spleeter`` (the same without the refining network), or ``demucs`` where its research-only
        licence was accepted when it was fetched.

    Raises
    ------
    BadInput
        Not stereo at 44.1 kHz, no samples, or no such separator.
    contrafact.assets.errors.AssetMissing
        The separator's model has not been fetched.
    """
    if audio.channels != 2 or audio.sample_rate != SAMPLE_RATE:
        raise BadInput(
            f"separation takes stereo at {SAMPLE_RATE} Hz, not {audio.channels} channels at {audio.sample_rate} Hz; "
            "decode the file first"
        )
    if audio.frames == 0:
        raise BadInput("there is no sound to separate: it has no samples")
    mix = _centred(audio.samples)
    parts = separator_named(separator, store).parts(mix, part(progress, 0.0, 0.99), chart)
    rest = audio.samples - parts.vocals
    np.subtract(rest, parts.drums, out=rest)
    np.subtract(rest, parts.bass, out=rest)
    progress(1.0, "separated")
    return Stems(Audio(parts.vocals), Audio(parts.drums), Audio(parts.bass), Audio(rest))


def _centred(mix: Samples) -> Samples:
    """The recording without an offset that could be heard in its level; what is taken off stays in the rest."""
    offset = mix.mean(axis=1, dtype=np.float64)
    if np.square(offset).max() <= _OFFSET * float(np.einsum("ij,ij->", mix, mix)) / mix.size:
        return mix
    centred: Samples = mix - offset[:, np.newaxis].astype(np.float32)
    return centred
