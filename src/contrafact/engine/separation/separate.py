"""A recording to its four stems."""

import numpy as np

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.stems import Stems
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.errors import BadInput
from contrafact.engine.progress import Progress, part, silent
from contrafact.engine.separation.accompaniment import split_accompaniment
from contrafact.engine.separation.vocals import VoiceModel, separate_voice


def separate(audio: Audio, store: AssetStore, progress: Progress = silent) -> Stems:
    """Split a recording into vocals, drums, bass and other, which sum to it.

    The voice is taken by Spleeter's networks, drums and bass out of the remainder by signal processing; ``other`` is
    what neither claims, so the sum is the recording to within float rounding whatever the masks were.

    Parameters
    ----------
    audio
        Stereo, 44.1 kHz; peaks above 1 are fine.
    store
        Holds ``spleeter-2stems``.

    Raises
    ------
    BadInput
        Not stereo at 44.1 kHz, or no samples.
    contrafact.assets.errors.AssetMissing
        The model has not been fetched.
    """
    if audio.channels != 2 or audio.sample_rate != SAMPLE_RATE:
        raise BadInput(
            f"separation takes stereo at {SAMPLE_RATE} Hz, not {audio.channels} channels at {audio.sample_rate} Hz; "
            "decode the file first"
        )
    if audio.frames == 0:
        raise BadInput("there is no sound to separate: it has no samples")
    mix = audio.samples
    voice = separate_voice(mix, VoiceModel(store), part(progress, 0.0, 0.7))
    rest = mix - voice
    drums, bass = split_accompaniment(rest, part(progress, 0.7, 1.0))
    np.subtract(rest, drums, out=rest)
    np.subtract(rest, bass, out=rest)
    progress(1.0, "separated")
    return Stems(Audio(voice), Audio(drums), Audio(bass), Audio(rest))
