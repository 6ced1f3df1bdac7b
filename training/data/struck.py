"""Basses that bite: what tells a bass from a drum when both are short, loud and low, and struck at once.

In tracker modules, funk and electronic music a bass is plucked or slapped on every eighth or sixteenth, dies away as a
tom does, leaps by octaves, and has as much between 300 Hz and 3 kHz as an instrument of the rest. A network that knows
basses only as something long and dull takes these for drums, and their overtones for somebody else's.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
import pedalboard
from numpy.typing import NDArray
from pedalboard._pedalboard import Pedalboard as Board
from scipy.signal import butter, sosfilt

from benchmarks.truth.band import Strike
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from training.data.chance import Chance, between, happens, one_of, spread, weighed
from training.data.score import Line

_SHORTEST_S: Final = 0.06
_LOWEST, _HIGHEST = 26, 62


def restruck(line: Line, chance: Chance) -> Line:
    """The same bass line struck more often: notes repeated, with leaps, holes and staccato; or as it was."""
    strikes = sorted(line.strikes, key=lambda one: one.start_s)
    if len(strikes) < 2 or happens(chance, 0.25):
        return line
    gap_s = float(np.median([later.start_s - one.start_s for one, later in pairwise(strikes)]))
    step_s = max(_SHORTEST_S + 0.02, gap_s / one_of(chance, (1, 2, 2, 4)))
    while step_s > 0.45:
        step_s /= 2.0
    pattern = _pattern(chance)
    held = between(chance, 0.25, 0.98)
    found: list[Strike] = []
    for one, end_s in zip(strikes, [*(later.start_s for later in strikes[1:]), strikes[-1].end_s], strict=True):
        count = max(1, round((end_s - one.start_s) / step_s))
        for place in range(count):
            leap = pattern[place % len(pattern)]
            if leap is None and place:
                continue
            key = int(np.clip(one.key + (leap or 0), _LOWEST, _HIGHEST))
            start_s = one.start_s + place * (end_s - one.start_s) / count
            velocity = int(np.clip(one.velocity + chance.normal(0.0, 6.0), 30, 127))
            found.append(Strike(one.role, key, velocity, start_s, start_s + max(_SHORTEST_S, held * step_s)))
    return replace(line, strikes=found)


def _pattern(chance: Chance) -> tuple[int | None, ...]:
    """Semitones above what was written, stroke after stroke; None is a rest."""
    kind = weighed(chance, {"same": 0.35, "octaves": 0.25, "drawn": 0.4})
    if kind == "same":
        return (0,)
    if kind == "octaves":
        return (0, 12)
    leaps = (0, 0, 0, 12, 12, 7, -5, 10, None, None)
    return (0, *(one_of(chance, leaps) for _ in range(one_of(chance, (3, 7)))))


def bitten(sound: Samples, strikes: Sequence[Strike], chance: Chance) -> Samples:
    """The sound of a line with attacks that stand out, notes that die away, and overtones; float32 (2, frames)."""
    if not strikes or not sound.any():
        return sound
    frames = sound.shape[1]
    since = _since(strikes, frames)
    out = sound.astype(np.float64)
    if happens(chance, 0.7):
        out *= _fall(since, chance)
    if happens(chance, 0.75):
        out = _with_overtones(out, chance)
    if happens(chance, 0.6):
        out = out + _attack(out, since, chance)
    return np.asarray(out, dtype=np.float32)


def _since(strikes: Sequence[Strike], frames: int) -> NDArray[np.float64]:
    """Seconds since the last stroke, at each sample."""
    starts = np.unique(np.clip([round(one.start_s * SAMPLE_RATE) for one in strikes], 0, frames))
    last = np.searchsorted(starts, np.arange(frames), side="right") - 1
    since = (np.arange(frames) - starts[np.maximum(last, 0)]) / SAMPLE_RATE
    return np.asarray(np.where(last < 0, 10.0, since))


def _fall(since: NDArray[np.float64], chance: Chance) -> NDArray[np.float64]:
    """How loud a note still is, from 1 down."""
    kept = one_of(chance, (0.0, 0.0, between(chance, 0.05, 0.5)))
    return kept + (1.0 - kept) * np.exp(-since / spread(chance, 0.05, 0.9))


def _with_overtones(sound: NDArray[np.float64], chance: Chance) -> NDArray[np.float64]:
    """Driven, and raised somewhere between 300 Hz and 3 kHz."""
    peak = max(1e-9, float(np.abs(sound).max()))
    driven = sound / peak
    if happens(chance, 0.7):
        drive = spread(chance, 1.5, 12.0)
        lean = between(chance, 0.0, 0.3)
        driven = np.tanh(drive * (driven + lean * np.square(driven))) / np.tanh(drive)
        driven -= driven.mean(axis=1, keepdims=True)
    board = Board(
        [
            pedalboard.PeakFilter(spread(chance, 300.0, 3000.0), between(chance, 0.0, 16.0), between(chance, 0.4, 2.0)),
            pedalboard.HighShelfFilter(spread(chance, 250.0, 1500.0), between(chance, -4.0, 10.0), 0.7),
        ]
    )
    raised = board(driven.astype(np.float32), SAMPLE_RATE, reset=True)
    return np.asarray(raised[:, : sound.shape[1]] * peak, dtype=np.float64)


def _attack(sound: NDArray[np.float64], since: NDArray[np.float64], chance: Chance) -> NDArray[np.float64]:
    """The string's or the filter's first milliseconds: what is bright in the tone, or noise, and soon gone."""
    fall_s = spread(chance, 0.003, 0.06)
    shape = np.exp(-since / fall_s) * np.minimum(1.0, since / 0.0005)
    if happens(chance, 0.5):
        high = butter(2, spread(chance, 400.0, 3000.0), "highpass", fs=SAMPLE_RATE, output="sos")
        source = sosfilt(high, sound, axis=-1)
    else:
        band = (spread(chance, 300.0, 1500.0), spread(chance, 2000.0, 9000.0))
        noise = sosfilt(
            butter(2, band, "bandpass", fs=SAMPLE_RATE, output="sos"), chance.standard_normal(sound.shape[1])
        )
        source = np.repeat(noise[None], 2, axis=0)
    wanted = 10.0 ** (between(chance, -16.0, 3.0) / 20.0) * float(np.abs(sound).max())
    struck = source * shape
    return np.asarray(struck * (wanted / max(1e-9, float(np.abs(struck).max()))))
