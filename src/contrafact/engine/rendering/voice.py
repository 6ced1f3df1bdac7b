"""One voice of a soundfont: a sample played at a pitch, through its envelopes, oscillators and filter, for as long as
it is held.

A held voice is a pure function of (zone, key, length). The release is applied later, because in decibels it is a
straight line from wherever the envelope stands: multiplying by an exponential gives the same result and lets one held
voice serve notes of many lengths.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio import filtering
from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.engine.rendering.soundfont import Sample, Zone

_ENVELOPE_DB: Final = 96.0
"""Decay and release times of a font are the times for a fall over the envelope's whole range."""
_FILTER_STEP: Final = 512
"""Frames between two settings of a moving filter (12 ms), which is set again when it has moved by this much."""
_FILTER_CENTS: Final = 12.0
_OPEN_FILTER_CENTS: Final = 13_500.0
_KEPT_CURVES: Final = 24
_STRETCH: Final = 8192
"""Frames that are read at once."""

Floats = NDArray[np.float64]


def _seconds(timecents: float, shortest_s: float = 0.001) -> float:
    if timecents <= -11_950.0:
        return shortest_s
    return max(shortest_s, min(100.0, float(2.0 ** (timecents / 1200.0))))


def release_s(zone: Zone) -> float:
    """Time for the note to fall by 96 dB after its key is let go."""
    parameters = zone.parameters()
    return max(0.02, _seconds(parameters[38]))


def gain(zone: Zone) -> tuple[float, float]:
    """Left and right factors from attenuation and pan (constant power)."""
    parameters = zone.parameters()
    level = 10.0 ** (-max(0.0, min(1440.0, parameters.get(48, 0.0))) / 200.0)
    angle = (max(-500.0, min(500.0, parameters.get(17, 0.0))) / 500.0 + 1.0) * math.pi / 4.0
    return level * math.cos(angle), level * math.sin(angle)


@dataclass(frozen=True, slots=True)
class _Envelope:
    """Delay, attack, hold and decay in seconds, and how far the decay falls: a share of all, or decibels."""

    delay_s: float
    attack_s: float
    hold_s: float
    decay_s: float
    fall: float

    @property
    def times(self) -> list[float]:
        """Where it bends."""
        along = (self.delay_s, self.attack_s, self.hold_s, self.decay_s)
        return [0.0, *accumulate(along)]

    def at(self, seconds: Floats) -> Floats:
        """A modulation envelope, 0..1: straight lines."""
        return np.interp(seconds, self.times, [0.0, 0.0, 1.0, 1.0, 1.0 - self.fall])


def _envelope(parameters: dict[int, float], base: int, key: int, *, decibels: bool = False) -> _Envelope:
    """``base`` is the generator of the delay (33 for loudness, 25 for the modulation envelope)."""
    from_middle = 60 - key
    drop = max(0.0, min(1000.0, parameters.get(base + 4, 0.0)))
    share = min(1.0, drop / (10.0 * _ENVELOPE_DB)) if decibels else drop / 1000.0
    decay_s = _seconds(parameters[base + 3] + parameters.get(base + 7, 0.0) * from_middle)
    return _Envelope(
        _seconds(parameters[base], 0.0),
        _seconds(parameters[base + 1], 0.0005),
        _seconds(parameters[base + 2] + parameters.get(base + 6, 0.0) * from_middle, 0.0),
        decay_s * share,
        _ENVELOPE_DB * share if decibels else share,
    )


@lru_cache(maxsize=_KEPT_CURVES)
def _loudness(envelope: _Envelope, frames: int) -> NDArray[np.float32]:
    """The curve of an envelope whose decay is straight in decibels; the same one serves both sides of a note, and most
    notes of an instrument. Read only."""
    times = envelope.times
    curve = np.ones(frames, np.float32)
    rising = min(frames, int(times[2] * SAMPLE_RATE) + 2)
    curve[:rising] = np.interp(np.arange(rising) / SAMPLE_RATE, times[:3], [0.0, 0.0, 1.0])
    # From the end of the decay on nothing moves.
    falls = min(frames, int(times[3] * SAMPLE_RATE))
    rests = min(frames, int(times[4] * SAMPLE_RATE) + 2)
    if falls < rests and envelope.fall > 0.0:
        t = np.arange(falls, rests) / SAMPLE_RATE
        decibels = np.interp(t, times[3:], [0.0, -envelope.fall]).astype(np.float32)
        curve[falls:rests] *= np.float32(10.0) ** (decibels / np.float32(20.0))
    if rests < frames:
        curve[rests:] = np.float32(10.0) ** np.float32(-envelope.fall / 20.0)
    curve.flags.writeable = False
    return curve


def _oscillator(parameters: dict[int, float], delay: int, frequency: int, frames: int) -> Floats:
    """Triangle of -1..1 that starts at zero after its delay."""
    hertz = 8.176 * 2.0 ** (parameters.get(frequency, 0.0) / 1200.0)
    t = np.maximum(0.0, np.arange(frames) / SAMPLE_RATE - _seconds(parameters[delay], 0.0))
    phase = (t * hertz + 0.25) % 1.0
    triangle: Floats = 1.0 - 4.0 * np.abs(phase - 0.5)
    return triangle


def _read(sample: Sample, begin: int, step: float | Floats, frames: int, *, looped: bool) -> NDArray[np.float32]:
    """Four-point, third-order (Hermite) interpolation; a looped sample repeats, another ends in silence.

    ``step`` is how far each frame is from the one before: one number, or one for each. Worked out in stretches that
    stay in the processor's cache.
    """
    moving: Floats | None = None
    if isinstance(step, np.ndarray):
        moving = begin + np.concatenate([[0.0], np.cumsum(step[:-1])])
    last = int(moving[-1] if moving is not None else begin + (frames - 1) * step)
    # One frame before the first, so that all four points are the same places of shifted views.
    taps = _laid_out(sample, last + 4, looped=looped)
    views = [taps[shift:] for shift in range(4)]
    out = np.zeros(frames, np.float32)
    heard = frames
    if not looped and moving is None:
        heard = min(frames, int((len(sample.frames) - begin) / step) + 2)
    for start in range(0, heard, _STRETCH):
        stop = min(heard, start + _STRETCH)
        places = begin + np.arange(start, stop) * step if moving is None else moving[start:stop]
        index = places.astype(np.intp)
        fraction = (places - index).astype(np.float32)
        if not looped:
            np.minimum(index, len(sample.frames), out=index)
        before, here, after, beyond = (view.take(index) for view in views)
        slope = after - before
        slope *= np.float32(0.5)
        cubic = here - after
        cubic *= np.float32(1.5)
        beyond -= before
        beyond *= np.float32(0.5)
        cubic += beyond
        # before - 5/2 here + 2 after - 1/2 beyond
        square = before
        square -= here
        square += slope
        square -= cubic
        for coefficient in (square, slope, here):
            cubic *= fraction
            cubic += coefficient
        out[start:stop] = cubic
    return out


def _laid_out(sample: Sample, frames: int, *, looped: bool) -> NDArray[np.float32]:
    """A sample from one frame before its first on: its loop as often as it takes, or silence behind its end."""
    if not looped:
        return np.concatenate([sample.frames[:1], sample.frames, np.zeros(4, np.float32)])
    loop = sample.frames[sample.loop_start : sample.loop_end]
    times = max(1, -(-(frames + 1 - sample.loop_end) // len(loop)))
    return np.concatenate([sample.frames[:1], sample.frames[: sample.loop_end], *([loop] * times)])


def _lowpass(cutoff_hz: float, resonance_db: float) -> Floats:
    omega = 2.0 * math.pi * min(0.45 * SAMPLE_RATE, max(20.0, cutoff_hz)) / SAMPLE_RATE
    quality = 10.0 ** ((max(0.0, resonance_db) - 3.01) / 20.0)
    alpha = math.sin(omega) / (2.0 * max(0.5, quality))
    cosine = math.cos(omega)
    level = 1.0 / math.sqrt(max(1.0, quality))
    b = np.array([(1.0 - cosine) / 2.0, 1.0 - cosine, (1.0 - cosine) / 2.0]) * level
    a = np.array([1.0 + alpha, -2.0 * cosine, 1.0 - alpha])
    return np.concatenate([b / a[0], a / a[0]])[None, :]


def _filter(
    sound: NDArray[np.float32], parameters: dict[int, float], key: int, wobble: Floats | None
) -> NDArray[np.float32]:
    cutoff = min(_OPEN_FILTER_CENTS, parameters[8])
    resonance_db = parameters.get(9, 0.0) / 10.0
    sweep, swing = parameters.get(11, 0.0), parameters.get(10, 0.0)
    if cutoff >= 13_400.0 and sweep >= 0.0 and resonance_db < 1.0:
        return sound
    if abs(sweep) < 1.0 and (wobble is None or abs(swing) < 1.0):
        return filtering.filtered(_lowpass(8.176 * 2.0 ** (cutoff / 1200.0), resonance_db), sound).astype(np.float32)
    marks = np.arange(0, len(sound), _FILTER_STEP)
    path = cutoff + sweep * _envelope(parameters, 25, key).at(marks / SAMPLE_RATE)
    if wobble is not None:
        path = path + swing * wobble[marks]
    path = np.clip(path, 1500.0, _OPEN_FILTER_CENTS)
    moving = np.empty_like(sound)
    state = np.zeros((1, 1, 2))
    first = 0
    for number in range(1, len(marks) + 1):
        if number < len(marks) and abs(path[number] - path[first]) < _FILTER_CENTS:
            continue
        start, stop = int(marks[first]), min(len(sound), number * _FILTER_STEP)
        coefficients = _lowpass(8.176 * 2.0 ** (float(path[first]) / 1200.0), resonance_db)
        moving[start:stop] = filtering.filtered(coefficients, sound[start:stop], state)
        first = number
    return moving


def held(
    zone: Zone, sample: Sample, key: int, frames: int, tune_cents: float = 0.0, curve_cents: Floats | None = None
) -> NDArray[np.float32]:
    """The voice with its key held down throughout, tuned up by ``tune_cents``.

    ``curve_cents`` (one value per frame) bends it on top of that: the sample is then read at a speed that varies, which
    follows any curve exactly.

    Returns
    -------
    float32, shape (frames,)
        Before :func:`gain`; the attack begins at frame 0.
    """
    parameters = zone.parameters()
    forced = int(parameters[46])
    key = forced if 0 <= forced <= 127 else key
    begin = int(parameters.get(0, 0.0) + 32_768 * parameters.get(4, 0.0))
    begin = max(0, min(len(sample.frames) - 1, begin))
    loop_start = sample.loop_start + int(parameters.get(2, 0.0) + 32_768 * parameters.get(45, 0.0))
    loop_end = sample.loop_end + int(parameters.get(3, 0.0) + 32_768 * parameters.get(50, 0.0))
    looped = int(parameters.get(54, 0.0)) in (1, 3) and 0 <= loop_start < loop_end - 8 <= len(sample.frames) - 8
    if looped:
        sample = Sample(
            sample.frames, loop_start, loop_end, sample.sample_rate, sample.root_key, sample.correction_cents
        )
    root = parameters[58] if parameters[58] >= 0 else sample.root_key
    cents = (
        (key - root) * parameters[56]
        + 100.0 * parameters.get(51, 0.0)
        + parameters.get(52, 0.0)
        + sample.correction_cents
        + tune_cents
    )
    wobble = None
    if any(parameters.get(generator, 0.0) for generator in (5, 10, 13)):
        wobble = _oscillator(parameters, 21, 22, frames)
    bend: Floats = np.asarray(cents, dtype=np.float64)
    if curve_cents is not None:
        bend = bend + curve_cents
    if parameters.get(6, 0.0):
        bend = bend + parameters[6] * _oscillator(parameters, 23, 24, frames)
    if wobble is not None and parameters.get(5, 0.0):
        bend = bend + parameters[5] * wobble
    if parameters.get(7, 0.0):
        bend = bend + parameters[7] * _envelope(parameters, 25, key).at(np.arange(frames) / SAMPLE_RATE)
    step = sample.sample_rate / SAMPLE_RATE * 2.0 ** (bend / 1200.0)
    sound = _read(sample, begin, step if step.ndim else float(step), frames, looped=looped)
    sound = _filter(sound, parameters, key, wobble)
    sound *= _loudness(_envelope(parameters, 33, key, decibels=True), frames)
    if wobble is not None and parameters.get(13, 0.0):
        sound *= (10.0 ** (parameters[13] * wobble / 200.0)).astype(np.float32)
    return sound
