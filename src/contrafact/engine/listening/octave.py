"""Which of the pulses in a song people would tap: every reading described by the same few numbers, then weighed.

A decoder finds *a* pulse. The beat is that pulse, its half or double, a third or triple of it (compound time), or where
the decoder heard triplets as eighths, three halves or two thirds of it, and it may begin on another pulse than the
first. Each of these readings is described by what is heard on its beats and between them, and a conditional logit
(softmax over readings of a weighted sum) gives each its probability.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.metre import downbeat_odds
from contrafact.engine.listening.onsets import ONSET_RATE, Onsets

Doubles = NDArray[np.float64]

SLOWEST_BPM, FASTEST_BPM = 42.0, 230.0
_RATIOS: tuple[tuple[Fraction, tuple[Fraction, ...]], ...] = (
    (Fraction(1), (Fraction(0), Fraction(1, 2))),
    (Fraction(2), (Fraction(0), Fraction(1))),
    (Fraction(3), (Fraction(0), Fraction(1), Fraction(2))),
    (Fraction(1, 2), (Fraction(0),)),
    (Fraction(1, 3), (Fraction(0),)),
    (Fraction(3, 2), (Fraction(0), Fraction(1, 2), Fraction(1))),
    (Fraction(2, 3), (Fraction(0), Fraction(1, 3))),
    (Fraction(4, 3), (Fraction(0), Fraction(1, 3), Fraction(2, 3), Fraction(1))),
    (Fraction(3, 4), (Fraction(0), Fraction(1, 4), Fraction(1, 2))),
)
"""Length of the beat in pulses, and where its first may lie."""
_BETWEEN = (0.0, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 5 / 6)
_MIN_BEATS = 4
_STROKE_EVERY_S, _ON_S = 1.2, 0.04
_WEAK = 0.3
"""The quantile of beats that speaks for the weaker ones: in a wrong reading every second or third is not struck."""
_CHORD_BEATS = {1: 0.04, 2: 0.2, 3: 0.15, 4: 0.6, 5: 0.1, 6: 0.1, 7: 0.05, 8: 0.2, 16: 0.04}
_CHORD_BEATS_OF_THIRDS = {1: 0.15, 2: 0.6, 3: 0.1, 4: 0.3, 8: 0.1}
"""How many beats a chord lasts, and how usual that is, where beats divide by two and by three."""
_COMPOUND = 1.1
_FOLD = 48
"""Beats over which bars are taken to be of one kind."""
_WEIGHTS = {
    "net_on": 1.37, "net_weak": -0.79, "net_half": -1.61, "net_third": 0.84, "habit": 1.32, "habit_skew": 1.42,
    "heard_on": 0.17, "heard_weak": 0.53, "heard_half": 0.52, "heard_third": -2.73, "heard_quarter": -4.71,
    "heard_sixth": -4.52, "compound": 1.4, "low_on": 2.03, "low_half": -1.71, "low_third": -3.04, "upper_half":
    -0.25, "alternates": 0.0, "alternates_wide": 0.21, "change_caught": 1.63, "chord_fit": 1.13, "chord_rate":
    0.44, "bars": 3.22, "bars_change": 10.42, "bars_low": 1.3, "bars_down": -0.23, "threes_heard": -1.2,
    "threes_net": -2.66, "twos_heard": 0.61, "twos_net": -0.14, "strokes_on": 2.06, "kicks_on": -0.41,
}  # fmt: skip
"""Fitted to 86 rendered, 83 synthesised and 18 composed songs and 5 recordings of known tempo by maximum likelihood,
with a ridge penalty of 1.5 on standardised traits, each song repeated with noise, without chords or without a low end.
Recordings count sixfold, composed songs twice, synthesised ones half."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known besides the pulse.

    ``network`` float64 (frames, 2): inner beat and first beat, ``frames_per_second`` of it; ``chord_changes`` how much
    the harmony changes at each of the times given (0..1), judged over spans as long as the gaps between them;
    ``chord_length_s`` how long a chord usually lasts, None without chords.
    """

    network: Doubles
    frames_per_second: float
    onsets: Onsets
    chord_changes: Callable[[Doubles], Doubles]
    chord_length_s: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One way to tap along: beats (s), their length in pulses and where the first lies, and what describes it."""

    times_s: Doubles
    ratio: Fraction
    phase: Fraction
    bpm: float
    traits: dict[str, float]

    @property
    def division(self) -> Literal[2, 3]:
        """What the beat divides into: three only where both thirds are struck, more than halves, quarters and sixths.

        Swing strikes the second third alone.
        """
        thirds = self.traits["heard_third"]
        others = max(self.traits[name] for name in ("heard_half", "heard_quarter", "heard_sixth"))
        return 3 if thirds > _COMPOUND * others else 2


def weigh(found: list[Reading]) -> list[tuple[Reading, float]]:
    """Each reading with its probability, the likeliest first."""
    if not found:
        return []
    evidence = np.array([sum(_WEIGHTS[name] * value for name, value in reading.traits.items()) for reading in found])
    odds = np.exp(evidence - evidence.max())
    shares = odds / odds.sum()
    return [(found[index], float(shares[index])) for index in np.argsort(-shares, kind="stable")]


def readings(pulse_s: Doubles, evidence: Evidence) -> list[Reading]:
    """Every reading of a pulse between 42 and 230 BPM, described.

    Parameters
    ----------
    pulse_s : float64, shape (pulses,), ascending
    """
    harmony = _Harmony(pulse_s, evidence.chord_changes)
    period_s = float(np.median(np.diff(pulse_s)))
    count = max(8, round(float(pulse_s[-1] - pulse_s[0]) / _STROKE_EVERY_S))
    upper = evidence.onsets.middle + evidence.onsets.high
    hardest = [_hardest(strength, count) for strength in (upper, evidence.onsets.low)]
    found = []
    for ratio, phases in _RATIOS:
        bpm = 60.0 / (period_s * float(ratio))
        if not SLOWEST_BPM <= bpm <= FASTEST_BPM:
            continue
        for phase in phases:
            steps = np.arange(float(phase), pulse_s.size - 1 + 1e-6, float(ratio))
            if steps.size < _MIN_BEATS:
                continue
            times = np.interp(steps, np.arange(pulse_s.size), pulse_s)
            change = harmony.at(ratio, phase, steps.size)
            traits = _describe(times, bpm, change, harmony.total, evidence)
            traits |= _bars(times, change, evidence)
            traits["strokes_on"], traits["kicks_on"] = (_share_on(times, hard) for hard in hardest)
            found.append(Reading(times, ratio, phase, bpm, traits))
    return found


class _Harmony:
    """Harmonic change at halves and thirds of the pulse, over spans of one pulse, each asked for once."""

    def __init__(self, pulse_s: Doubles, changes: Callable[[Doubles], Doubles]) -> None:
        self._pulse, self._changes = pulse_s, changes
        self._known: dict[Fraction, Doubles] = {}
        self.total = float(self._shifted(Fraction(0)).sum())

    def _shifted(self, shift: Fraction) -> Doubles:
        if shift not in self._known:
            steps = np.arange(float(shift), self._pulse.size - 1 + 1e-6)
            self._known[shift] = self._changes(np.interp(steps, np.arange(self._pulse.size), self._pulse))
        return self._known[shift]

    def at(self, ratio: Fraction, phase: Fraction, count: int) -> Doubles:
        out = np.zeros(count)
        for first in range(ratio.denominator):
            start = phase + first * ratio
            whole = int(start)
            line = self._shifted(start - whole)[whole :: ratio.numerator]
            target = out[first :: ratio.denominator]
            target[: line.size] = line[: target.size]
        return out


def _describe(times: Doubles, bpm: float, change: Doubles, total_change: float, evidence: Evidence) -> dict[str, float]:
    gaps = np.diff(times, append=2 * times[-1] - times[-2])
    heard, low, rest = {}, {}, {}
    onsets = evidence.onsets
    upper = onsets.middle + onsets.high
    network = evidence.network.sum(axis=1)
    act = {}
    for place in _BETWEEN:
        at = times + place * gaps
        heard[place] = float(np.mean(np.sqrt(onsets.at(onsets.all, at, 0.025))))
        low[place] = np.sqrt(onsets.at(onsets.low, at, 0.025))
        rest[place] = np.sqrt(onsets.at(upper, at, 0.025))
        act[place] = float(np.mean(_near(network, at * evidence.frames_per_second)))
    scale_low, scale_rest = float(low[0.0].mean()) + 0.1, float(rest[0.0].mean()) + 0.1
    contrast = rest[0.0] / scale_rest - low[0.0] / scale_low
    contrast = contrast - contrast.mean()
    spread = float(np.abs(contrast).mean()) + 0.05
    signs = np.where(np.arange(times.size) % 2 == 0, 1.0, -1.0)
    alternates = abs(float((signs * contrast).mean())) / spread
    wide = max(
        abs(float((signs[: contrast[start::2].size] * contrast[start::2]).mean())) for start in (0, 1)
    ) / spread  # fmt: skip
    chord_beats = None if evidence.chord_length_s is None else evidence.chord_length_s * bpm / 60.0
    on = heard[0.0] + 0.05
    half, quarter = heard[1 / 2] / on, 0.5 * (heard[1 / 4] + heard[3 / 4]) / on
    third, sixth = min(heard[1 / 3], heard[2 / 3]) / on, 0.5 * (heard[1 / 6] + heard[5 / 6]) / on
    compound = third - max(half, quarter, sixth)
    return {
        "net_on": float(np.log(act[0.0] + 0.02)),
        "net_weak": float(np.quantile(_near(network, times * evidence.frames_per_second), _WEAK)),
        "net_half": act[0.5],
        "net_third": 0.5 * (act[1 / 3] + act[2 / 3]),
        "habit": -2.5 * float(np.log(bpm / 110.0) ** 2),
        "habit_skew": float(np.log(bpm / 110.0)),
        "heard_on": float(np.log(on)),
        "heard_weak": float(np.log(np.quantile(np.sqrt(onsets.at(onsets.all, times, 0.025)), _WEAK) + 0.05)),
        "heard_half": half,
        "heard_third": third,
        "heard_quarter": quarter,
        "heard_sixth": sixth,
        "compound": max(0.0, compound),
        "low_on": float(np.log(low[0.0].mean() + 0.05)),
        "low_half": float(low[0.5].mean()) / scale_low,
        "low_third": 0.5 * float(low[1 / 3].mean() + low[2 / 3].mean()) / scale_low,
        "upper_half": float(rest[0.5].mean()) / scale_rest,
        "alternates": alternates,
        "alternates_wide": wide,
        "change_caught": float(change.sum()) / (total_change + 0.5),
        "chord_fit": 0.0 if chord_beats is None else _chord_fit(chord_beats, compound > 0.0),
        "chord_rate": max(-4.0, -float(np.log2((change.mean() + 0.02) / 0.27) ** 2)),
    }


def _bars(times: Doubles, change: Doubles, evidence: Evidence) -> dict[str, float]:
    """How much of what marks bars comes back every three or four beats, and how much speaks for threes against twos."""
    onsets, network = evidence.onsets, evidence.network.sum(axis=1)
    gaps = np.diff(times, append=2 * times[-1] - times[-2])
    at, act = {}, {}
    for place in (0.0, 1 / 3, 1 / 2, 2 / 3):
        here = times + place * gaps
        at[place] = np.sqrt(onsets.at(onsets.all, here, 0.025))
        act[place] = _near(network, here * evidence.frames_per_second)
    low = np.sqrt(onsets.at(onsets.low, times, 0.025))
    scale = float(at[0.0].mean()) + 0.1
    inner, first = (_near(evidence.network[:, column], times * evidence.frames_per_second) for column in (0, 1))
    return {
        "bars": _comes_back(downbeat_odds(inner, first, change, low)),
        "bars_change": _comes_back(change),
        "bars_low": _comes_back(low) / (float(low.mean()) + 0.2),
        "bars_down": _comes_back(first),
        "threes_heard": _by_twos(at[1 / 3], at[2 / 3]) / scale,
        "threes_net": _by_twos(act[1 / 3], act[2 / 3]),
        "twos_heard": _by_threes(at[0.5]) / scale,
        "twos_net": _by_threes(act[0.5]),
    }


def _comes_back(line: Doubles) -> float:
    """How far the best of three or four places in the bar stands above the mean, bar by bar of a few dozen beats."""
    found = []
    for part in np.array_split(line, max(1, line.size // _FOLD)):
        places = [part[start::metre] for metre in (3, 4) for start in range(metre)]
        found.append(max((float(place.mean()) for place in places if place.size), default=0.0) - float(part.mean()))
    return float(np.mean(found))


def _by_twos(second: Doubles, third: Doubles) -> float:
    """In 3/4 heard as 6/8, crotchets stand out: the last third of one beat and the middle one of the next."""
    found = []
    for start in (0, 1):
        strong = [third[start::2].mean(), second[1 - start :: 2].mean()]
        weak = [second[start::2].mean(), third[1 - start :: 2].mean()]
        found.append(float(np.mean(strong) - np.mean(weak)))
    return max(found)


def _by_threes(half: Doubles) -> float:
    """In 6/8 heard as 3/4, one of the three off-beats of a bar stands out."""
    if half.size < 3:
        return 0.0
    return float(max(half[start::3].mean() for start in range(3)) - half.mean())


def _chord_fit(beats: float, compound: bool) -> float:
    """Log-probability (up to a constant, floored) that a chord usually lasts so many beats: most often a bar."""
    usual = _CHORD_BEATS_OF_THIRDS if compound else _CHORD_BEATS
    return float(
        np.log(
            sum(share * np.exp(-0.5 * (np.log2(beats / length) / 0.15) ** 2) for length, share in usual.items()) + 0.01
        )
    )


def _hardest(strength: Doubles, count: int) -> Doubles:
    """Times (s) of so many of the strongest peaks: above mostly the backbeat, below kicks and bass."""
    if strength.size < 3:
        return np.zeros(0)
    peaks = np.flatnonzero((strength[1:-1] > strength[:-2]) & (strength[1:-1] >= strength[2:])) + 1
    chosen = peaks[np.argsort(-strength[peaks], kind="stable")[:count]]
    times: Doubles = np.sort(chosen) / ONSET_RATE
    return times


def _share_on(beats_s: Doubles, hard_s: Doubles) -> float:
    if hard_s.size == 0:
        return 0.0
    after = np.clip(np.searchsorted(beats_s, hard_s), 1, beats_s.size - 1)
    apart = np.minimum(np.abs(hard_s - beats_s[after]), np.abs(hard_s - beats_s[after - 1]))
    return float((apart < _ON_S).mean())


def _near(values: Doubles, frames: Doubles) -> Doubles:
    """The largest value within a frame of each (fractional) frame."""
    index = np.rint(frames).astype(np.int64)
    near = [values[np.clip(index + step, 0, values.size - 1)] for step in (-1, 0, 1)]
    largest: Doubles = np.stack(near).max(axis=0)
    return largest
