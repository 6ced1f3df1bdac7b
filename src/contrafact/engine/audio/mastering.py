"""The last step of a take: as loud as it should be, and never too loud for a loudspeaker."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio.clipping import shave
from contrafact.engine.audio.limiting import (
    GENTLE_DB_PER_S,
    Attenuation,
    GainCurve,
    apply_gain,
    asked_attenuation,
    peaks_of,
)
from contrafact.engine.audio.loudness import (
    ENVELOPE_STEP,
    SILENCE_LUFS,
    gated_lufs,
    hop_powers,
    integrated_lufs,
    measure_loudness,
    true_peak_dbtp,
)
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Loudness

_MARGIN_DB = 0.2
"""Kept below the ceiling, for what 16 bits or a lossy codec add afterwards."""
_MAX_GAIN_DB = 60.0
_CLOSE_LU = 0.1
_ACCEPTED_LU = 0.2
_RELEASES_DB_PER_S = (GENTLE_DB_PER_S, 180.0, 720.0)
"""Tried in turn: the slowest that reaches the loudness breathes least."""
_SHAVED_ABOVE_DB = (6.0, 4.0, 2.0, 1.0, 0.0, 0.0, 0.0)
"""Where the limiter alone does not get there, peaks are rounded off this far above the ceiling first, then nearer: a
stroke keeps its length and loses its tip, which is heard less than a limiter that ducks all that follows it."""
_ROUNDS = 3
_GUESSES = 6

_Powers = NDArray[np.float64]


def master(audio: Audio, target_lufs: float = -14.0, ceiling_dbtp: float = -1.0) -> Audio:
    """The sound of :func:`mastered`."""
    return mastered(audio, target_lufs, ceiling_dbtp)[0]


def mastered(audio: Audio, target_lufs: float = -14.0, ceiling_dbtp: float = -1.0) -> tuple[Audio, Loudness]:
    """Bring a mix to a loudness, with its true peaks limited.

    Parameters
    ----------
    audio
        44.1 kHz, any level.
    target_lufs
        Integrated loudness that is wanted; reached within 0.3 LU unless the sound is all peaks and no body (a click
        track), where the ceiling wins. What is below -70 LUFS is silence.
    ceiling_dbtp
        True peak that is never passed; 0.2 dB more is kept free for encoders.

    Returns
    -------
    audio : Audio
        Same shape. Silence comes back as it is.
    loudness : Loudness
        What :func:`~contrafact.engine.audio.loudness.measure_loudness` says of it.
    """
    if audio.sample_rate != SAMPLE_RATE:
        raise BadInput(f"mastering takes sound at {SAMPLE_RATE} Hz, not {audio.sample_rate} Hz; decode the file first")
    powers = hop_powers(audio)
    loudness = gated_lufs(powers)
    if loudness <= SILENCE_LUFS:
        return audio, measure_loudness(audio)
    peaks = peaks_of(audio.samples)
    gain_db = min(_MAX_GAIN_DB, target_lufs - loudness)
    ceiling_db = ceiling_dbtp - _MARGIN_DB
    if 20 * np.log10(max(1e-9, float(peaks.max()))) + gain_db <= ceiling_db:
        louder = Audio(audio.samples * np.float32(10 ** (gain_db / 20)))
        return louder, measure_loudness(louder)
    mix = _Mix(audio.samples, peaks, powers)
    best: _Reached | None = None
    for release in _RELEASES_DB_PER_S:
        reached, reached_db = _approach(mix, target_lufs, ceiling_db, release, gain_db)
        if best is None or reached.missed_lu < best.missed_lu:
            best = reached
        if best.missed_lu <= _ACCEPTED_LU:
            break
    assert best is not None
    for above_db in _SHAVED_ABOVE_DB:
        if best.missed_lu <= _ACCEPTED_LU:
            break
        shaved = shave(audio.samples, ceiling_db + above_db - reached_db)
        mix = _Mix(shaved, peaks_of(shaved), hop_powers(Audio(shaved)))
        reached, reached_db = _approach(mix, target_lufs, ceiling_db, _RELEASES_DB_PER_S[-1], reached_db)
        if reached.missed_lu < best.missed_lu:
            best = reached
    # a gain that moves lifts peaks between samples by a hair; should it ever be more than a hair, turn all down
    peak_dbtp = true_peak_dbtp(Audio(best.samples))
    over_db = max(0.0, peak_dbtp - (ceiling_dbtp - _MARGIN_DB / 2))
    if over_db == 0:
        return Audio(best.samples), Loudness(integrated_lufs=best.lufs, true_peak_dbtp=peak_dbtp)
    quieter = Audio(best.samples * np.float32(10 ** (-over_db / 20)))
    return quieter, measure_loudness(quieter)


@dataclass(frozen=True, slots=True)
class _Reached:
    """A sound, its loudness, and how far that is from what was wanted."""

    samples: Samples
    lufs: float
    missed_lu: float


@dataclass(frozen=True, slots=True)
class _Mix:
    """A mix with all that is measured of it once."""

    samples: Samples
    peaks: Samples
    powers: _Powers

    def attenuation(self, gain_db: float, ceiling_db: float, release: float) -> Attenuation:
        curve = GainCurve(release)
        head = curve.push(asked_attenuation(self.peaks, gain_db, ceiling_db))
        return np.concatenate((head, curve.finish()))


def _approach(
    mix: _Mix, target_lufs: float, ceiling_db: float, release: float, gain_db: float
) -> tuple[_Reached, float]:
    """The nearest that one release time comes to the target, and the last gain."""
    bias_lu = 0.0
    best: _Reached | None = None
    for _ in range(_ROUNDS):
        gain_db, expected_lu = _guess_gain(mix, target_lufs + bias_lu, ceiling_db, release, gain_db)
        samples = apply_gain(mix.samples, mix.attenuation(gain_db, ceiling_db, release), gain_db)
        lufs = integrated_lufs(Audio(samples))
        missed_lu = target_lufs - lufs
        if best is None or abs(missed_lu) < best.missed_lu:
            best = _Reached(samples, lufs, abs(missed_lu))
        if abs(missed_lu) <= _CLOSE_LU or abs(expected_lu) > _ACCEPTED_LU:
            break
        bias_lu += missed_lu
    assert best is not None
    return best, gain_db


def _guess_gain(
    mix: _Mix, wanted_lufs: float, ceiling_db: float, release: float, start_db: float
) -> tuple[float, float]:
    """The gain that should give a loudness, by scaling each 100 ms' power instead of filtering the sound again.

    Returns
    -------
    gain_db, missed_lu
        What is expected to be missing at that gain.
    """
    powers, steps_in_all = mix.powers, mix.peaks.size
    steps = SAMPLE_RATE // 10 / ENVELOPE_STEP
    edges = np.minimum(np.rint(np.arange(powers.size + 1) * steps).astype(np.int64), steps_in_all)
    gain_db, missed = start_db, 0.0
    last: tuple[float, float] | None = None
    for _ in range(_GUESSES):
        attenuation = mix.attenuation(gain_db, ceiling_db, release)[:steps_in_all]
        total = np.concatenate(([0.0], np.cumsum(10 ** ((gain_db - attenuation) / 10))))
        scale = (total[edges[1:]] - total[edges[:-1]]) / np.maximum(1, edges[1:] - edges[:-1])
        missed = wanted_lufs - gated_lufs(powers * scale)
        if abs(missed) < 0.02 or (last is not None and abs(missed) > 1 and missed > 0.9 * last[1]):
            break  # there, or the limiter eats all that is added
        # the harder the limiter works, the less of a further decibel arrives: follow the slope seen so far
        slope = 1.0
        if last is not None and gain_db != last[0]:
            slope = min(1.0, max(0.1, (last[1] - missed) / (gain_db - last[0])))
        last = (gain_db, missed)
        gain_db = min(_MAX_GAIN_DB, gain_db + min(12.0, missed / slope))
    return gain_db, missed
