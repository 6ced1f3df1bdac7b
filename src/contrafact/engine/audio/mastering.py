"""The last step of a take: as loud as it should be, and never too loud for a loudspeaker."""

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio.limiting import Attenuation, GainCurve, apply_gain, asked_attenuation, peaks_of
from contrafact.engine.audio.loudness import (
    ENVELOPE_STEP,
    SILENCE_LUFS,
    gated_lufs,
    hop_powers,
    integrated_lufs,
    true_peak_dbtp,
)
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import BadInput

_MARGIN_DB = 0.2
"""Kept below the ceiling, for what 16 bits or a lossy codec add afterwards."""
_MAX_GAIN_DB = 60.0
_CLOSE_LU = 0.1
_ROUNDS = 6
_GUESSES = 6


def master(audio: Audio, target_lufs: float = -14.0, ceiling_dbtp: float = -1.0) -> Audio:
    """Bring a mix to a loudness, with its true peaks limited.

    Parameters
    ----------
    audio
        44.1 kHz, any level.
    target_lufs
        Integrated loudness that is wanted; reached within 0.3 LU unless the sound is all peaks and no body (a click
        track), where the ceiling wins.
    ceiling_dbtp
        True peak that is never passed; 0.2 dB more is kept free for encoders.

    Returns
    -------
    Audio
        Same shape. Silence comes back as it is.
    """
    if audio.sample_rate != SAMPLE_RATE:
        raise BadInput(f"mastering takes sound at {SAMPLE_RATE} Hz, not {audio.sample_rate} Hz; decode the file first")
    powers = hop_powers(audio)
    loudness = gated_lufs(powers)
    if loudness <= SILENCE_LUFS:
        return audio
    peaks = peaks_of(audio.samples)
    ceiling_db = ceiling_dbtp - _MARGIN_DB
    gain_db = min(_MAX_GAIN_DB, target_lufs - loudness)
    if 20 * np.log10(max(1e-9, float(peaks.max()))) + gain_db <= ceiling_db:
        return Audio(audio.samples * np.float32(10 ** (gain_db / 20)))
    bias_lu = 0.0
    best: tuple[float, Samples] | None = None
    for _ in range(_ROUNDS):
        gain_db = _guess_gain(peaks, powers, target_lufs + bias_lu, ceiling_db, gain_db)
        samples = _limited(audio.samples, peaks, gain_db, ceiling_db)
        peak_db = true_peak_dbtp(Audio(samples))
        if peak_db > ceiling_dbtp - _MARGIN_DB / 2:
            ceiling_db -= peak_db - (ceiling_dbtp - _MARGIN_DB)
            continue
        missed_lu = target_lufs - integrated_lufs(Audio(samples))
        if best is None or abs(missed_lu) < best[0]:
            best = (abs(missed_lu), samples)
        if abs(missed_lu) <= _CLOSE_LU or gain_db >= _MAX_GAIN_DB:
            break
        bias_lu += missed_lu
    if best is None:  # a ceiling that limiting alone did not hold: turn the whole thing down
        samples = _limited(audio.samples, peaks, gain_db, ceiling_db)
        over_db = max(0.0, true_peak_dbtp(Audio(samples)) - (ceiling_dbtp - _MARGIN_DB))
        return Audio(samples * np.float32(10 ** (-over_db / 20)))
    return Audio(best[1])


def _limited(samples: Samples, peaks: Samples, gain_db: float, ceiling_db: float) -> Samples:
    return apply_gain(samples, _attenuation(peaks, gain_db, ceiling_db), gain_db)


def _attenuation(peaks: Samples, gain_db: float, ceiling_db: float) -> Attenuation:
    curve = GainCurve()
    head = curve.push(asked_attenuation(peaks, gain_db, ceiling_db))
    return np.concatenate((head, curve.finish()))


def _guess_gain(
    peaks: Samples,
    powers: NDArray[np.float64],
    wanted_lufs: float,
    ceiling_db: float,
    start_db: float,
) -> float:
    """The gain that should give a loudness, by scaling each 100 ms' power instead of filtering the sound again."""
    steps = SAMPLE_RATE // 10 / ENVELOPE_STEP
    edges = np.minimum(np.rint(np.arange(powers.size + 1) * steps).astype(np.int64), peaks.size)
    gain_db = start_db
    last: tuple[float, float] | None = None
    for _ in range(_GUESSES):
        attenuation = _attenuation(peaks, gain_db, ceiling_db)[: peaks.size]
        total = np.concatenate(([0.0], np.cumsum(10 ** ((gain_db - attenuation) / 10))))
        scale = (total[edges[1:]] - total[edges[:-1]]) / np.maximum(1, edges[1:] - edges[:-1])
        missed = wanted_lufs - gated_lufs(powers * scale)
        if abs(missed) < 0.02:
            break
        # the harder the limiter works, the less of a further decibel arrives: follow the slope seen so far
        slope = 1.0
        if last is not None and gain_db != last[0]:
            slope = min(1.0, max(0.1, (last[1] - missed) / (gain_db - last[0])))
        last = (gain_db, missed)
        gain_db = min(_MAX_GAIN_DB, gain_db + min(12.0, missed / slope))
    return gain_db
