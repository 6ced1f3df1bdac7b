"""A look-ahead limiter that holds the true peak below a ceiling, whole or block by block."""

import math

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio.loudness import ENVELOPE_REACH, ENVELOPE_STEP, true_peak_envelope
from contrafact.engine.audio.value import SAMPLE_RATE, Samples

_LOOK_AHEAD = round(0.005 * SAMPLE_RATE / ENVELOPE_STEP)
"""Steps over which the gain goes down before a peak: 5 ms."""
GENTLE_DB_PER_S = 45.0
"""How fast the gain comes back after a peak unless more loudness is needed than that leaves room for."""
_REACH = ENVELOPE_REACH // ENVELOPE_STEP
"""Steps of sound on both sides that a true peak depends on."""
_FLOOR = np.float32(1e-9)

Attenuation = NDArray[np.float64]
"""dB, at least 0, one value for each step of 8 samples."""


class GainCurve:
    """Attenuation that is asked for, step by step, to the gain that is applied.

    The curve reaches what a peak needs before the peak, by a straight average over the look-ahead, and lets go at a
    steady number of dB a second. All vectorised: the release is a running maximum of a tilted curve.
    """

    def __init__(self, release_db_per_s: float = GENTLE_DB_PER_S) -> None:
        self._release_db = release_db_per_s * ENVELOPE_STEP / SAMPLE_RATE
        self._asked: Attenuation = np.zeros(1)
        """From one step before the next to be answered."""
        self._held: Attenuation | None = None
        """The last held values before the next to be answered."""

    def push(self, asked_db: Attenuation) -> Attenuation:
        """Attenuation for as many steps as can be answered; it lags the asking by ``_LOOK_AHEAD + 1`` steps."""
        self._asked = np.concatenate((self._asked, asked_db))
        count = self._asked.size - _LOOK_AHEAD - 2
        if count <= 0:
            return np.zeros(0)
        # each step sees itself, one before and the look-ahead with one after (the gain is drawn between two steps)
        width = _LOOK_AHEAD + 3
        ahead = _highest_ahead(self._asked, width)[:count]
        # a sound that starts loud starts limited: its past is taken to have been as its first moment
        before = np.full(_LOOK_AHEAD, ahead[0]) if self._held is None else self._held
        tilt = self._release_db * np.arange(1, count + 1)
        held = np.maximum.accumulate(np.maximum(ahead + tilt, before[-1])) - tilt
        line = np.concatenate((before, np.maximum(held, 0.0)))
        total = np.concatenate(([0.0], np.cumsum(line)))
        width = _LOOK_AHEAD + 1
        mean: Attenuation = (total[width:] - total[:-width]) / width
        self._asked = self._asked[count:]
        self._held = line[-_LOOK_AHEAD:]
        return np.maximum(mean, 0.0)

    def finish(self) -> Attenuation:
        """The steps still owed, and one more, to which the last gain is drawn."""
        return self.push(np.zeros(_LOOK_AHEAD + 2))


def _highest_ahead(values: Attenuation, width: int) -> Attenuation:
    """The highest of each value and the ``width - 1`` after it; the last ``width - 1`` have no answer.

    Reaches twice as far with each step.
    """
    highest, reach = values, 1
    while reach < width:
        step = min(reach, width - reach)
        highest = np.maximum(highest[:-step], highest[step:])
        reach += step
    return highest


def peaks_of(samples: Samples) -> NDArray[np.float32]:
    """True peak of the loudest channel in each step of 8 samples, shape (ceil(frames / 8),)."""
    peaks: NDArray[np.float32] = true_peak_envelope(samples[0])
    for channel in samples[1:]:
        np.maximum(peaks, true_peak_envelope(channel), out=peaks)
    return peaks


def asked_attenuation(peaks: NDArray[np.float32], gain_db: float, ceiling_db: float) -> Attenuation:
    """How far each step is above the ceiling once the gain is applied."""
    over: Attenuation = 20 * np.log10(np.maximum(peaks, _FLOOR).astype(np.float64)) + (gain_db - ceiling_db)
    return np.maximum(over, 0.0)


def apply_gain(samples: Samples, attenuation_db: Attenuation, gain_db: float) -> Samples:
    """Sound with the gain drawn in straight lines between steps; needs one value more than there are steps."""
    gains = (10 ** ((gain_db - attenuation_db) / 20)).astype(np.float32)
    steps = attenuation_db.size - 1
    ramp = np.arange(ENVELOPE_STEP, dtype=np.float32) / ENVELOPE_STEP
    curve = gains[:-1, np.newaxis] + np.diff(gains)[:, np.newaxis] * ramp
    flat = curve.reshape(steps * ENVELOPE_STEP)[: samples.shape[1]]
    return np.multiply(samples, flat, dtype=np.float32)


class Limiter:
    """Streaming form: what goes in comes out about 11 ms later, never above the ceiling.

    Examples
    --------
    >>> limiter = Limiter(ceiling_dbtp=-1.0)
    >>> loud = np.full((2, 4410), 2.0, dtype=np.float32)
    >>> out = np.concatenate((limiter.process(loud), limiter.finish()), axis=1)
    >>> out.shape, bool(np.abs(out).max() < 0.9)
    ((2, 4410), True)
    """

    def __init__(self, ceiling_dbtp: float = -1.0, gain_db: float = 0.0) -> None:
        # a moving gain lifts a peak between samples by a hair; the hundredth is for that
        self._ceiling_db = ceiling_dbtp - 0.01
        self._gain_db = gain_db
        self._curve = GainCurve()
        self._waiting: Samples | None = None
        """Sound not yet given out, preceded by ``_REACH`` steps of what was."""
        self._measured = 0
        """Steps of the waiting sound (after the lead) whose peaks were pushed."""
        self._answered: Attenuation = np.zeros(0)

    def process(self, block: Samples) -> Samples:
        """float32 (channels, any) in; the part that is ready out."""
        lead = np.zeros((block.shape[0], _REACH * ENVELOPE_STEP), dtype=np.float32)
        waiting = np.concatenate((lead if self._waiting is None else self._waiting, block), axis=1)
        self._waiting = waiting
        ready = waiting.shape[1] // ENVELOPE_STEP - 2 * _REACH - self._measured
        if ready > 0:
            self._push(self._measured, ready)
        return self._emit(max(0, self._answered.size - 1))

    def finish(self) -> Samples:
        """The rest; the limiter is spent afterwards."""
        if self._waiting is None:
            return np.zeros((1, 0), dtype=np.float32)
        frames = self._waiting.shape[1] - _REACH * ENVELOPE_STEP
        steps = math.ceil(frames / ENVELOPE_STEP)
        padding = (steps + 2 * _REACH) * ENVELOPE_STEP - self._waiting.shape[1]
        self._waiting = np.pad(self._waiting, ((0, 0), (0, padding)))
        if steps > self._measured:
            self._push(self._measured, steps - self._measured)
        self._answered = np.concatenate((self._answered, self._curve.finish()))
        return self._emit(steps)[:, :frames]

    def _push(self, first: int, count: int) -> None:
        """Measure steps ``first`` .. of the waiting sound, with their surroundings."""
        assert self._waiting is not None
        start = first * ENVELOPE_STEP
        span = self._waiting[:, start : start + (count + 2 * _REACH) * ENVELOPE_STEP]
        peaks = peaks_of(span)[_REACH : _REACH + count]
        asked = asked_attenuation(peaks, self._gain_db, self._ceiling_db)
        self._answered = np.concatenate((self._answered, self._curve.push(asked)))
        self._measured += count

    def _emit(self, steps: int) -> Samples:
        assert self._waiting is not None
        lead = _REACH * ENVELOPE_STEP
        frames = steps * ENVELOPE_STEP
        sound = self._waiting[:, lead : lead + frames]
        out = apply_gain(sound, self._answered[: steps + 1], self._gain_db) if steps else sound.copy()
        self._waiting = self._waiting[:, frames:]
        self._answered = self._answered[steps:]
        self._measured -= steps
        return out
