"""One-shots of drums: synthesised from random parameters, and bent so that few sounds become many.

All sounds are mono float64 at 44.1 kHz that begin at their first sample.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

Sound = NDArray[np.float64]
Piece = Literal[
    "kick", "snare", "clap", "rim", "closed", "open", "pedal", "ride", "crash", "tom", "shaker", "hand", "bell", "stick"
]
RATE = 44_100


def synthesise(piece: Piece, rng: np.random.Generator) -> Sound:
    """A sound of that kind out of sines and noise."""
    return _MAKERS[piece](rng)


def bend(sound: Sound, rng: np.random.Generator) -> Sound:
    """Another pitch, length, colour and grit, at peak 1."""
    semitones = rng.normal(0.0, 2.0)
    if abs(semitones) > 0.2:
        sound = soxr.resample(sound, RATE, RATE * 2.0 ** (-semitones / 12.0))
    if rng.random() < 0.4:
        sound = sound * np.exp(-np.arange(sound.size) / RATE / rng.uniform(0.05, 0.6))
    for _ in range(int(rng.integers(0, 3))):
        sound = _bell(sound, float(np.exp(rng.uniform(np.log(80.0), np.log(10_000.0)))), rng.normal(0.0, 5.0))
    if rng.random() < 0.25:
        drive = rng.uniform(1.0, 6.0)
        sound = np.tanh(drive * sound / max(1e-9, np.abs(sound).max())) / np.tanh(drive)
    return sound / max(1e-9, float(np.abs(sound).max()))


def _time(seconds: float) -> Sound:
    return np.arange(int(seconds * RATE)) / RATE


def _noise(rng: np.random.Generator, size: int, low_hz: float, high_hz: float) -> Sound:
    filter_ = butter(2, [low_hz, min(high_hz, 21_000.0)], "bandpass", fs=RATE, output="sos")
    sound = sosfilt(filter_, rng.standard_normal(size))
    return np.asarray(sound / max(1e-9, float(np.abs(sound).max())))


def _bell(sound: Sound, hertz: float, gain_db: float) -> Sound:
    """A peak or a dip an octave wide (the biquad of the audio EQ cookbook)."""
    amplitude, omega = 10.0 ** (gain_db / 40.0), 2.0 * np.pi * hertz / RATE
    alpha = np.sin(omega) / 2.0
    upper = np.array([1 + alpha * amplitude, -2 * np.cos(omega), 1 - alpha * amplitude])
    lower = np.array([1 + alpha / amplitude, -2 * np.cos(omega), 1 - alpha / amplitude])
    return np.asarray(sosfilt(np.concatenate([upper, lower])[None, :] / lower[0], sound))


def _kick(rng: np.random.Generator) -> Sound:
    time = _time(rng.uniform(0.2, 1.2))
    base, sweep, fall = rng.uniform(38, 75), rng.uniform(20, 300), rng.uniform(0.005, 0.05)
    phase = 2 * np.pi * (base * time + sweep * fall * (1 - np.exp(-time / fall)))
    decay = rng.uniform(0.04, 0.5)
    click = _noise(rng, time.size, 500, rng.uniform(2000, 12_000)) * np.exp(-time / rng.uniform(0.002, 0.012))
    return np.exp(-time / decay) * np.sin(phase) + rng.uniform(0.0, 0.6) * click


def _snare(rng: np.random.Generator) -> Sound:
    time = _time(rng.uniform(0.15, 0.5))
    base = rng.uniform(140, 280)
    body = np.sin(2 * np.pi * base * (time + 0.01 * (1 - np.exp(-time / 0.01)))) * np.exp(
        -time / rng.uniform(0.02, 0.1)
    )
    body += rng.uniform(0, 0.8) * np.sin(2 * np.pi * base * rng.uniform(1.5, 1.9) * time) * np.exp(-time / 0.04)
    wires = _noise(rng, time.size, rng.uniform(300, 2500), rng.uniform(7000, 20_000))
    return rng.uniform(0.1, 1.0) * body + rng.uniform(0.5, 1.5) * wires * np.exp(-time / rng.uniform(0.03, 0.2))


def _clap(rng: np.random.Generator) -> Sound:
    time = _time(0.4)
    shape = rng.uniform(0.3, 0.9) * np.exp(-time / rng.uniform(0.03, 0.15))
    for at in np.cumsum(rng.uniform(0.0, 0.014, 3)):
        shape = np.maximum(shape, np.where(time >= at, np.exp(-(time - at) / 0.006), 0.0))
    return _noise(rng, time.size, rng.uniform(500, 1000), rng.uniform(2000, 9000)) * shape


def _rim(rng: np.random.Generator) -> Sound:
    time = _time(0.15)
    low, high = rng.uniform(350, 600), rng.uniform(1200, 2400)
    tone = np.sin(2 * np.pi * low * time) + rng.uniform(0.5, 1.5) * np.sin(2 * np.pi * high * time)
    return tone * np.exp(-time / rng.uniform(0.006, 0.03)) + 0.5 * _noise(rng, time.size, 1000, 12_000) * np.exp(
        -time / 0.003
    )


def _metal(rng: np.random.Generator, time: Sound) -> Sound:
    """Six square waves of inharmonic pitches, as analogue drum machines make cymbals of."""
    base = rng.uniform(250, 600)
    ratios = np.array([1.0, 1.34, 1.53, 1.96, 2.37, 2.94]) * rng.uniform(0.95, 1.05, 6)
    sound: Sound = np.zeros(time.size)
    for ratio in ratios:
        sound += np.sign(np.sin(2 * np.pi * (base * ratio * time + rng.random())))
    return sound / 6.0


def _cymbal(rng: np.random.Generator, decay_s: float, low_hz: float, attack: float = 0.0) -> Sound:
    time = _time(min(2.5, max(0.1, 5 * decay_s)))
    mixed = rng.uniform(0.0, 1.0)
    sound = mixed * _metal(rng, time) + (1 - mixed) * rng.standard_normal(time.size)
    sound = np.asarray(sosfilt(butter(3, low_hz, "highpass", fs=RATE, output="sos"), sound))
    shape = (1 - attack) * np.exp(-time / decay_s) + attack * np.exp(-time / 0.008)
    return sound * shape


def _closed(rng: np.random.Generator) -> Sound:
    return _cymbal(rng, rng.uniform(0.008, 0.06), rng.uniform(3000, 9000))


def _open(rng: np.random.Generator) -> Sound:
    return _cymbal(rng, rng.uniform(0.08, 0.5), rng.uniform(3000, 8000))


def _pedal(rng: np.random.Generator) -> Sound:
    return _cymbal(rng, rng.uniform(0.01, 0.05), rng.uniform(2000, 6000))


def _ride(rng: np.random.Generator) -> Sound:
    sound = _cymbal(rng, rng.uniform(0.2, 1.0), rng.uniform(2500, 6000), rng.uniform(0.4, 0.9))
    time = np.arange(sound.size) / RATE
    return sound + rng.uniform(0.0, 0.3) * np.sin(2 * np.pi * rng.uniform(2000, 5000) * time) * np.exp(-time / 0.1)


def _crash(rng: np.random.Generator) -> Sound:
    return _cymbal(rng, rng.uniform(0.5, 1.5), rng.uniform(400, 2500), rng.uniform(0.0, 0.3))


def _tom(rng: np.random.Generator) -> Sound:
    time = _time(0.6)
    base, sweep, fall = rng.uniform(75, 240), rng.uniform(0.05, 0.8), rng.uniform(0.02, 0.1)
    phase = 2 * np.pi * base * (time + sweep * fall * (1 - np.exp(-time / fall)))
    stick = _noise(rng, time.size, 500, 8000) * np.exp(-time / rng.uniform(0.003, 0.02))
    return np.exp(-time / rng.uniform(0.06, 0.35)) * np.sin(phase) + rng.uniform(0.05, 0.4) * stick


def _shaker(rng: np.random.Generator) -> Sound:
    time = _time(0.2)
    swell = rng.uniform(0.002, 0.03)
    shape = (1 - np.exp(-time / swell)) * np.exp(-time / rng.uniform(0.015, 0.06))
    return np.asarray(shape * _noise(rng, time.size, rng.uniform(3000, 7000), rng.uniform(9000, 18_000)))


def _hand(rng: np.random.Generator) -> Sound:
    time = _time(0.3)
    base = rng.uniform(180, 500)
    tone = np.sin(2 * np.pi * base * time) + 0.4 * np.sin(2 * np.pi * base * 2.3 * time)
    return tone * np.exp(-time / rng.uniform(0.02, 0.12)) + 0.3 * _noise(rng, time.size, 800, 6000) * np.exp(
        -time / 0.005
    )


def _bells(rng: np.random.Generator) -> Sound:
    time = _time(0.5)
    base = rng.uniform(500, 3000)
    tone = np.sin(2 * np.pi * base * time) + 0.7 * np.sin(2 * np.pi * base * 1.48 * time)
    return tone * np.exp(-time / rng.uniform(0.03, 0.3))


def _stick(rng: np.random.Generator) -> Sound:
    time = _time(0.08)
    base = rng.uniform(900, 3000)
    return np.sin(2 * np.pi * base * time) * np.exp(-time / rng.uniform(0.005, 0.02))


_MAKERS: dict[Piece, Callable[[np.random.Generator], Sound]] = {
    "kick": _kick,
    "snare": _snare,
    "clap": _clap,
    "rim": _rim,
    "closed": _closed,
    "open": _open,
    "pedal": _pedal,
    "ride": _ride,
    "crash": _crash,
    "tom": _tom,
    "shaker": _shaker,
    "hand": _hand,
    "bell": _bells,
    "stick": _stick,
}
