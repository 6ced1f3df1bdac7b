"""Whether one sound is in another, by their landmarks: where, how fast, how high, and how sure that is.

How many landmarks agree by chance depends on the music: two songs with a steady beat of one tempo agree on every beat.
So it is measured with the same two sounds laid over each other at all places nearby where they do not belong, and what
is reached at the best fiftieth of them counts as chance. The strength of a match is how many standard deviations its
hits lie above that.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.fingerprint.landmarks import Landmarks

Doubles = NDArray[np.float64]

TIME_S: Final = 0.04
"""How far apart two landmarks may lie and be the same."""
PITCH: Final = 0.35
_FINE: Final = tuple(sorted((step / 1000 for step in range(-11, 12)), key=abs))
"""Corrections of the speed that are tried, the smallest first: of several that fit alike the smallest is taken."""
_FINE_PITCHES: Final = (-0.5, -0.25, 0.0, 0.25, 0.5)
_DECOYS_S: Final = 20.0
_NO_DECOY_S: Final = 0.3
_DECOY_STEP_S: Final = 0.02
_DECOY_QUANTILE: Final = 0.98
_ROUNDING: Final = 1e-3
_CELL_S: Final = 5.0
STRONG: Final = 12.0
"""Standard deviations from which a match is taken for one; see decision record 38 for how it was chosen."""
_LEAST_HITS: Final = 20


@dataclass(frozen=True, slots=True)
class Match:
    """That a sound holds another."""

    speed: float
    """How much faster than the reference."""
    semitones: float
    """How much higher."""
    offset_s: float
    """Second of the reference at which the query begins; negative when the query begins before it."""
    hits: int
    share: float
    """Of the query's landmarks that lie over the reference, those that are in it, 0 to 1."""
    chance: float
    """The same share where the two do not belong together."""
    strength: float
    """Standard deviations above chance."""
    seconds: float
    """How much of the query agrees, in steps of five seconds."""

    @property
    def strong(self) -> bool:
        return self.strength >= STRONG and self.hits >= _LEAST_HITS


def verify(query: Landmarks, reference: Landmarks, speed: float, semitones: float, offset_s: float) -> Match | None:
    """Measure a suspicion: that the query is the reference from ``offset_s`` on, at about that speed and pitch.

    Parameters
    ----------
    speed : float
        Within 1.1 % of the truth.
    semitones : float
        Within half a semitone.
    offset_s : float
        Within half a second for some part of the query.

    Returns
    -------
    Match or None
        The best that was found nearby, strong or not; None when nothing agrees.
    """
    if not len(query) or not len(reference):
        return None
    aligned = _align(query, reference, speed, semitones, offset_s)
    if aligned is None:
        return None
    speed, semitones, offset_s = aligned
    times = query.times_s.astype(np.float64) * speed + offset_s
    pitches = query.pitches.astype(np.float64) - semitones
    over = (times > 0) & (times < reference.duration_s) & (pitches > 0) & (pitches < 48)
    times, pitches = times[over], pitches[over]
    if len(times) == 0:
        return None
    hit = _hits(times, pitches, reference)
    chance = _chance(times, pitches, reference)
    spread = np.sqrt(len(times) * chance * (1 - chance))
    placed = query.times_s[over].astype(np.float64)
    where = placed[hit]
    return Match(
        speed=round(float(speed), 4),
        semitones=round(float(semitones), 2),
        offset_s=round(float(offset_s), 3),
        hits=int(hit.sum()),
        share=float(hit.mean()),
        chance=float(chance),
        strength=float((hit.sum() - len(times) * chance) / max(spread, 1.0)),
        seconds=_agreeing_s(placed, where, chance, query.duration_s),
    )


def _align(
    query: Landmarks, reference: Landmarks, speed: float, semitones: float, offset_s: float
) -> tuple[float, float, float] | None:
    """Speed, pitch and offset at which most agrees."""
    times, pitches = query.times_s.astype(np.float64), query.pitches.astype(np.float64) - semitones
    one, other = _pairs(times * speed + offset_s, pitches, reference, 0.6 + 0.011 * 10.0, 0.7)
    if len(one) == 0:
        return None
    best: tuple[float, float, float, float] | None = None
    rises = pitches[one] - reference.pitches[other]
    near = {semitone: np.flatnonzero(np.abs(rises - semitone) <= PITCH) for semitone in _FINE_PITCHES}
    middle = float(np.median(times[one]))
    for fine in _FINE:
        # turned about the middle of what may agree, so that the offset stays where it was suspected
        lag = reference.times_s[other] - (times[one] * speed * (1 + fine) + offset_s - middle * speed * fine)
        for semitone in _FINE_PITCHES:
            there = lag[near[semitone]]
            # What cannot hold more than the best is not sorted.
            if best is not None and _most_within(there, 2 * TIME_S) <= best[0]:
                continue
            first, count = _densest(there, 2 * TIME_S)
            if best is None or count > best[0]:
                best = (
                    count,
                    fine,
                    float(np.median(np.sort(there)[first : first + count])) if count else 0.0,
                    semitone,
                )
    if best is None:
        return None
    _, fine, lag_s, semitone = best
    exact = speed * (1 + fine)
    offset = offset_s - middle * speed * fine + lag_s
    one, other = _pairs(times * exact + offset, pitches - semitone, reference, TIME_S, PITCH)
    for _ in range(2):
        if len(one) < 8:
            break
        exact, offset = _line(times[one], reference.times_s[other].astype(np.float64), exact, offset)
        semitone += float(np.median(pitches[one] - semitone - reference.pitches[other]))
        one, other = _pairs(times * exact + offset, pitches - semitone, reference, TIME_S, PITCH)
    return exact, semitones + semitone, offset


def _line(one: Doubles, other: Doubles, speed: float, offset: float) -> tuple[float, float]:
    """The straight line through pairs of moments, where they lie far enough apart to tell its slope."""
    if float(np.std(one)) < 2.0:
        return speed, offset + float(np.median(other - (one * speed + offset)))
    slope, at_zero = np.polyfit(one, other, 1)
    if abs(slope / speed - 1) > 0.006:
        return speed, offset
    return float(slope), float(at_zero)


def _pairs(
    times: Doubles, pitches: Doubles, reference: Landmarks, time_s: float, pitch: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of all landmarks that lie near each other."""
    first = np.searchsorted(reference.times_s, times - time_s, "left")
    last = np.searchsorted(reference.times_s, times + time_s, "right")
    lengths = last - first
    one = np.repeat(np.arange(len(times)), lengths)
    other = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths) + np.repeat(first, lengths)
    near = np.abs(pitches[one] - reference.pitches[other]) <= pitch
    return one[near], other[near]


def _densest(values: Doubles, width: float) -> tuple[int, int]:
    """Of the window of that width that holds the most values, the first of them in their order, and how many."""
    if len(values) == 0:
        return 0, 0
    ordered = np.sort(values)
    count = np.searchsorted(ordered, ordered + width, "right") - np.arange(len(ordered))
    at = int(np.argmax(count))
    return at, int(count[at])


def _most_within(values: Doubles, width: float) -> int:
    """No window of that width holds more: it lies in two neighbours of a row of drawers that are as wide."""
    if len(values) == 0:
        return 0
    # Drawers a little wider, so that rounding moves no value out of the two.
    drawers = np.floor((values - values.min()) / (width * 1.001)).astype(np.int64)
    counts = np.bincount(drawers)
    return int((counts + np.append(counts[1:], 0)).max())


def _hits(times: Doubles, pitches: Doubles, reference: Landmarks) -> NDArray[np.bool_]:
    one, _ = _pairs(times, pitches, reference, TIME_S, PITCH)
    hit = np.zeros(len(times), bool)
    hit[one] = True
    return hit


def _chance(times: Doubles, pitches: Doubles, reference: Landmarks) -> float:
    """The share of hits where the two do not belong: at the best fiftieth of all places up to 20 s away."""
    lags = _lags(times, pitches, reference, _DECOYS_S, PITCH)
    edges = np.arange(-_DECOYS_S, _DECOYS_S + _DECOY_STEP_S / 2, _DECOY_STEP_S)
    counts, _ = np.histogram(lags, edges)
    width = round(2 * TIME_S / _DECOY_STEP_S)
    together = np.convolve(counts, np.ones(width), "same")
    middles = (edges[:-1] + edges[1:]) / 2
    first = np.searchsorted(times, -middles, "left")
    last = np.searchsorted(times, reference.duration_s - middles, "right")
    over = last - first
    fits = (np.abs(middles) >= _NO_DECOY_S) & (over >= max(10, len(times) // 4))
    if not fits.any():
        return 0.3
    shares = together[fits] / over[fits]
    return float(min(0.9, max(0.01, np.quantile(shares, _DECOY_QUANTILE))))


def _lags(times: Doubles, pitches: Doubles, reference: Landmarks, time_s: float, pitch: float) -> Doubles:
    """By how much all landmarks of about one pitch lie apart in time, up to a limit.

    Few are of one pitch, and many within some seconds: so pitch is looked for first.
    """
    order = np.argsort(reference.pitches, kind="stable")
    heights, moments = reference.pitches[order], reference.times_s[order]
    # A little more than is asked for, then exactly: the same that a comparison of all would find.
    first = np.searchsorted(heights, pitches - pitch - _ROUNDING, "left")
    lengths = np.searchsorted(heights, pitches + pitch + _ROUNDING, "right") - first
    one = np.repeat(np.arange(len(times)), lengths)
    other = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths) + np.repeat(first, lengths)
    lags = moments[other] - times[one]
    near = np.abs(lags) <= time_s
    near &= np.abs(pitches[one] - heights[other]) <= pitch
    return np.asarray(lags[near])


def _agreeing_s(times: Doubles, hits: Doubles, chance: float, duration_s: float) -> float:
    """Seconds of the query, in cells, in which far more agrees than chance would have it."""
    cells = np.arange(0.0, duration_s + _CELL_S, _CELL_S)
    every, _ = np.histogram(times, cells)
    agreeing, _ = np.histogram(hits, cells)
    sure = agreeing > every * chance + 3 * np.sqrt(np.maximum(every * chance, 1.0))
    return float(min(duration_s, sure.sum() * _CELL_S))
