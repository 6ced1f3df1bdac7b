"""Keys and where they change: what the chords, their order and the pitch classes say of each bar, weighed together.

A hidden Markov model over bars with 24 states. Its numbers are knowledge of popular music at large, not counts of our
own songs: how often a chord stands on each degree (T. de Clercq and D. Temperley, "A corpus analysis of rock harmony",
2011; J. A. Burgoyne et al., "An expert ground truth set for audio chord recognition and music analysis", ISMIR 2011)
and which pitch classes a key has (D. Temperley, "What's key for key?", 1999).
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.chart import Chord, Key, KeySpan
from contrafact.engine.listening.crema import ROOTS
from contrafact.engine.listening.salience import note_salience, pitch_classes
from contrafact.engine.listening.vocabulary import INTERVALS

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

_MAJOR_PITCHES = np.array([5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0])
_MINOR_PITCHES = np.array([5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 2.5, 3.0])
_MAJOR_CHORDS: Final = {
    (0, "maj"): 0.300, (5, "maj"): 0.180, (7, "maj"): 0.170, (9, "min"): 0.100, (2, "min"): 0.075, (4, "min"): 0.040,
    (10, "maj"): 0.030, (2, "maj"): 0.015, (4, "maj"): 0.012, (9, "maj"): 0.014, (5, "min"): 0.014, (8, "maj"): 0.012,
    (3, "maj"): 0.010, (7, "min"): 0.008, (0, "min"): 0.004, (11, "dim"): 0.006, (2, "dim"): 0.002, (11, "min"): 0.003,
    (6, "dim"): 0.002, (1, "maj"): 0.003,
}  # fmt: skip
_MINOR_CHORDS: Final = {
    (0, "min"): 0.300, (8, "maj"): 0.140, (10, "maj"): 0.140, (5, "min"): 0.100, (3, "maj"): 0.100, (7, "maj"): 0.065,
    (7, "min"): 0.050, (5, "maj"): 0.022, (2, "dim"): 0.018, (1, "maj"): 0.012, (0, "maj"): 0.008, (2, "min"): 0.008,
    (11, "dim"): 0.006, (2, "maj"): 0.004, (9, "dim"): 0.003, (10, "min"): 0.004,
}  # fmt: skip
_RARE = 0.0015
_SCALES = {0: frozenset({0, 2, 4, 5, 7, 9, 11}), 1: frozenset({0, 2, 3, 5, 7, 8, 10, 11})}
_OWN_SEVENTH, _DOMINANT_SEVENTH, _STRANGE_SEVENTH = 0.30, 0.12, 0.03
_STEPS: Final = {
    (0, 7, 0): 1.0, (0, 5, 0): 0.2, (0, 2, 7): 0.3, (0, 10, 0): 0.1,
    (1, 7, 0): 1.2, (1, 10, 0): 0.3, (1, 8, 10): 0.2, (1, 2, 7): 0.5, (1, 5, 0): 0.2,
}  # fmt: skip
"""By mode and the degrees of two chords in a row: what the step adds to the log-odds of the key."""


@dataclass(frozen=True, slots=True)
class KeyWeights:
    """What each witness counts, in natural logarithms."""

    chords: float = 0.6
    pitches: float = 0.9
    steps: float = 0.6
    first: float = 1.2
    last: float = 1.8
    phrase: float = 0.5
    move: float = 8.0
    """Price of a new key."""
    move_mode: float = 12.0
    """Price of a new key in the other mode."""
    move_near: float = 9.0
    """Price of a new key with the same notes or the same tonic."""
    move_within: float = 3.0
    """What a move costs more where no section begins."""


_USUAL: Final = KeyWeights()
_SHARPNESS: Final = 0.6
_SUREST: Final = 0.98
_COMPASS: Final = (39, 83)
"""The keys between which pitch classes are told."""


def find_keys(
    chords: tuple[Chord, ...],
    downbeats_s: Doubles,
    duration_s: float,
    magnitudes: Floats | None = None,
    section_starts_s: Sequence[float] = (),
    weights: KeyWeights = _USUAL,
) -> tuple[KeySpan, ...]:
    """The keys of a recording, in order, from 0 to ``duration_s``.

    Parameters
    ----------
    chords : tuple of Chord
        As named on the beat grid.
    downbeats_s : shape (bars,)
        Where a key may change. With none, every two seconds.
    magnitudes : float32, shape (frames, 252), optional
        The constant-Q spectrogram: which pitch classes sound in each bar.
    section_starts_s : sequence of float
        Where sections begin: a tonic is likely there, and so is a new key.

    Returns
    -------
    tuple of KeySpan
        One at least; confidence 0 (and C major) when no chord was heard.
    """
    edges = bar_edges(downbeats_s, duration_s)
    named = [chord for chord in chords if ":" in chord.label]
    if not named or edges.size < 2:
        return (KeySpan(tonic="C", mode="major", confidence=0.0, start_s=0.0, end_s=max(0.0, duration_s)),)
    starts = np.zeros(edges.size - 1, bool)
    for start_s in section_starts_s:
        starts[int(np.abs(edges[:-1] - start_s).argmin())] = True
    score = _chord_votes(named, edges, weights)
    score += _order_votes(named, edges, starts, weights)
    if magnitudes is not None:
        score += weights.pitches * _pitch_votes(pitch_classes(note_salience(magnitudes, edges), *_COMPASS))
    moves = _prices(weights)
    extra = np.where(starts, 0.0, weights.move_within)
    path = _cheapest(score, moves, extra)
    # Bars repeat each other, so their evidence is worth less than its sum; and some song is always stranger than that.
    sure = _SUREST * _chances(_SHARPNESS * score, _SHARPNESS * moves, _SHARPNESS * extra)
    spans: list[KeySpan] = []
    first = 0
    for bar in range(1, path.size + 1):
        if bar < path.size and path[bar] == path[first]:
            continue
        key = int(path[first])
        length = np.diff(edges[first : bar + 1])
        confidence = float(np.average(sure[first:bar, key], weights=length))
        spans.append(
            KeySpan(
                tonic=ROOTS[key % 12],
                mode="major" if key < 12 else "minor",
                confidence=min(1.0, max(0.0, confidence)),
                start_s=float(edges[first]),
                end_s=float(edges[bar]),
            )
        )
        first = bar
    return tuple(spans)


def main_key(keys: tuple[KeySpan, ...]) -> Key:
    """The key of the most time; its confidence is the mean over its spans."""
    spent: dict[str, float] = {}
    for span in keys:
        spent[span.label] = spent.get(span.label, 0.0) + span.end_s - span.start_s
    label = max(spent, key=lambda name: spent[name])
    own = [span for span in keys if span.label == label]
    lengths = [max(1e-6, span.end_s - span.start_s) for span in own]
    confidence = float(np.average([span.confidence for span in own], weights=lengths))
    return Key(tonic=own[0].tonic, mode=own[0].mode, confidence=min(1.0, confidence))


def bar_edges(downbeats_s: Doubles, duration_s: float) -> Doubles:
    """Downbeats with both ends of the recording; a first or last piece under half a second joins its neighbour."""
    inner = downbeats_s if downbeats_s.size >= 2 else np.arange(2.0, duration_s, 2.0)
    inner = inner[(inner > 0.5) & (inner < duration_s - 0.5)]
    return np.unique(np.concatenate(([0.0], inner, [max(0.0, duration_s)])))


def _kind(quality: str) -> str:
    third, fifth = INTERVALS[quality][1:3]
    return "dim" if (third, fifth) == (3, 6) else "min" if third == 3 else "maj"


def chord_chances() -> dict[str, Doubles]:
    """Logarithm of how likely each quality is on each degree, shape (2 modes, 12 degrees), by quality."""
    table = {}
    for quality, intervals in INTERVALS.items():
        found = np.empty((2, 12))
        for mode, known in enumerate((_MAJOR_CHORDS, _MINOR_CHORDS)):
            for degree in range(12):
                chance = known.get((degree, _kind(quality)), _RARE)
                if len(intervals) == 4:
                    own = (degree + intervals[3]) % 12 in _SCALES[mode]
                    chance *= _OWN_SEVENTH if own else _DOMINANT_SEVENTH if quality == "7" else _STRANGE_SEVENTH
                elif intervals[1:] not in ((4, 7), (3, 7), (3, 6)):
                    # Suspended and augmented chords say little: only whether their root is at home.
                    chance = 0.02 if degree in _SCALES[mode] else 0.004
                found[mode, degree] = np.log(chance)
        table[quality] = found
    return table


def _chord_votes(chords: list[Chord], edges: Doubles, weights: KeyWeights) -> Doubles:
    table = chord_chances()
    votes = np.zeros((edges.size - 1, 24))
    lengths = np.diff(edges)
    for chord in chords:
        root, _, quality = chord.label.partition(":")
        likely = table[quality][:, (ROOTS.index(root) - np.arange(12)) % 12].reshape(24)
        likely = likely - likely.mean()
        shared = np.minimum(chord.end_s, edges[1:]) - np.maximum(chord.start_s, edges[:-1])
        share = np.clip(shared, 0.0, None) / lengths
        votes += weights.chords * chord.confidence * share[:, None] * likely[None, :]
    return votes


def _order_votes(chords: list[Chord], edges: Doubles, starts: NDArray[np.bool_], weights: KeyWeights) -> Doubles:
    """Where a tonic is likely (the ends of the song, the starts of sections), and steps that lead to one."""
    votes = np.zeros((edges.size - 1, 24))

    def add(chord: Chord, at_s: float, amount: float) -> None:
        bar = int(np.clip(np.searchsorted(edges, at_s + 1e-3, side="right") - 1, 0, edges.size - 2))
        root, _, quality = chord.label.partition(":")
        kind = _kind(quality)
        if kind in ("maj", "min"):
            votes[bar, (0 if kind == "maj" else 12) + ROOTS.index(root)] += amount * chord.confidence

    add(chords[0], chords[0].start_s, weights.first)
    add(chords[-1], chords[-1].start_s, weights.last)
    for bar in np.flatnonzero(starts).tolist():
        middle = 0.5 * (edges[bar] + min(edges[bar + 1], edges[bar] + 1.0))
        here = next((chord for chord in chords if chord.start_s <= middle < chord.end_s), None)
        if here is not None:
            add(here, middle, weights.phrase)
    for one, two in itertools.pairwise(chords):
        if two.start_s - one.end_s > 0.5:
            continue
        bar = int(np.clip(np.searchsorted(edges, two.start_s + 1e-3, side="right") - 1, 0, edges.size - 2))
        roots = [ROOTS.index(chord.label.partition(":")[0]) for chord in (one, two)]
        kinds = [_kind(chord.label.partition(":")[2]) for chord in (one, two)]
        amount = weights.steps * min(one.confidence, two.confidence)
        for tonic in range(12):
            degrees = (roots[0] - tonic) % 12, (roots[1] - tonic) % 12
            for mode in (0, 1):
                gain = _STEPS.get((mode, *degrees), 0.0)
                home = "maj" if mode == 0 else "min"
                if gain and (degrees[1] != 0 or kinds[1] == home) and (degrees[0] != 7 or kinds[0] == "maj"):
                    votes[bar, 12 * mode + tonic] += amount * gain
    return votes


def _pitch_votes(pitches: Doubles) -> Doubles:
    """Correlation of each bar's pitch classes with the 24 profiles, majors first; 0 where nothing sounds."""
    centred = pitches - pitches.mean(axis=1, keepdims=True)
    norm = np.linalg.norm(centred, axis=1, keepdims=True)
    centred = np.where(norm > 1e-9, centred / np.maximum(norm, 1e-9), 0.0)
    shapes = np.empty((24, 12))
    for mode, profile in enumerate((_MAJOR_PITCHES, _MINOR_PITCHES)):
        shape = profile - profile.mean()
        shape /= np.linalg.norm(shape)
        for tonic in range(12):
            shapes[12 * mode + tonic] = np.roll(shape, tonic)
    fits: Doubles = centred @ shapes.T
    return fits


def _prices(weights: KeyWeights) -> Doubles:
    """What it costs to go from one key to another, shape (24, 24)."""
    prices = np.full((24, 24), weights.move_mode)
    prices[:12, :12] = prices[12:, 12:] = weights.move
    for key in range(24):
        tonic, minor = key % 12, key >= 12
        relative = (tonic + 3) % 12 if minor else 12 + (tonic + 9) % 12
        parallel = tonic if minor else 12 + tonic
        prices[key, [relative, parallel]] = weights.move_near
        prices[key, key] = 0.0
    return prices


def _cheapest(score: Doubles, prices: Doubles, extra: Doubles) -> Ints:
    """Viterbi over bars; ``extra`` is what any move into a bar costs on top."""
    bars = score.shape[0]
    came = np.zeros((bars, 24), np.int64)
    best = score[0].copy()
    staying = np.eye(24, dtype=bool)
    for bar in range(1, bars):
        ways = best[:, None] - prices - np.where(staying, 0.0, extra[bar])
        came[bar] = ways.argmax(axis=0)
        best = ways.max(axis=0) + score[bar]
    path = np.empty(bars, np.int64)
    path[-1] = int(best.argmax())
    for bar in range(bars - 1, 0, -1):
        path[bar - 1] = came[bar, path[bar]]
    return path


def _chances(score: Doubles, prices: Doubles, extra: Doubles) -> Doubles:
    """Probability of each key in each bar given the whole recording (forward and backward), shape (bars, 24)."""
    bars = score.shape[0]
    staying = np.eye(24, dtype=bool)

    def step(values: Doubles, costs: Doubles) -> Doubles:
        ways = values[:, None] - costs
        top = ways.max(axis=0)
        total: Doubles = top + np.log(np.exp(ways - top).sum(axis=0))
        return total

    ahead, behind = np.empty((bars, 24)), np.zeros((bars, 24))
    ahead[0] = score[0]
    for bar in range(1, bars):
        ahead[bar] = step(ahead[bar - 1], prices + np.where(staying, 0.0, extra[bar])) + score[bar]
    for bar in range(bars - 2, -1, -1):
        costs = prices + np.where(staying, 0.0, extra[bar + 1])
        behind[bar] = step(behind[bar + 1] + score[bar + 1], costs.T)
    both = ahead + behind
    chances = np.exp(both - both.max(axis=1, keepdims=True))
    result: Doubles = chances / chances.sum(axis=1, keepdims=True)
    return result
