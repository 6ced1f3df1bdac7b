"""Chords on the beat grid, from the chord network's likelihoods."""

import itertools

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.chart import Chord
from contrafact.engine.listening.cqt import FRAMES_PER_SECOND
from contrafact.engine.listening.crema import LABELS, QUALITIES, ROOTS, ChordLikelihoods

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

_STAY = 0.72
"""How likely a chord is to last into the next beat, all else unknown."""
_STAY_OVER_BARLINE = 0.35
_INTERVALS = {
    "maj": (0, 4, 7), "min": (0, 3, 7), "dim": (0, 3, 6), "aug": (0, 4, 8), "sus2": (0, 2, 7), "sus4": (0, 5, 7),
    "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11), "min7": (0, 3, 7, 10), "minmaj7": (0, 3, 7, 11),
    "maj6": (0, 4, 7, 9), "min6": (0, 3, 7, 9), "dim7": (0, 3, 6, 9), "hdim7": (0, 3, 6, 10),
}  # fmt: skip
_SEVENTH_OF_TRIAD = {("maj", 10): "7", ("maj", 11): "maj7", ("min", 10): "min7"}
_TRIAD_OF = {"7": "maj", "maj7": "maj", "min7": "min"}
_SEVENTH_HEARD, _SEVENTH_MISSED = 0.55, 0.3
_DEGREES = ("1", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7")


def name_chords(
    likelihoods: ChordLikelihoods, beats_s: Doubles, positions: Ints, duration_s: float
) -> tuple[Chord, ...]:
    """One chord for every moment from 0 to ``duration_s``, changing only on beats.

    The frames of each beat vote; a Viterbi pass over the beats lets chords last, most easily within a bar. Neighbours
    with the same label are merged. An inversion is written in Harte's way (``C:maj/3``) when the bass head is sure.
    """
    edges = np.unique(np.concatenate(([0.0], beats_s[(beats_s > 0.05) & (beats_s < duration_s - 0.05)], [duration_s])))
    if duration_s <= 0.0 or likelihoods.tags.shape[0] == 0:
        return ()
    barlines = set(np.round(beats_s[positions == 1], 6)) if beats_s.size else set()
    votes = _pool(np.log(np.maximum(likelihoods.tags.astype(np.float64), 1e-6)), edges)
    votes[:, LABELS.index("X")] -= 2.0
    stay = np.array([_STAY_OVER_BARLINE if round(float(edge), 6) in barlines else _STAY for edge in edges[:-1]])
    path = _steadiest(votes, stay)
    odds = np.exp(votes - votes.max(axis=1, keepdims=True))
    sure = (odds / odds.sum(axis=1, keepdims=True))[np.arange(path.size), path]
    bass = _pool(np.log(np.maximum(likelihoods.bass.astype(np.float64), 1e-6)), edges)
    pitch = _pool(likelihoods.pitch.astype(np.float64), edges)

    chords: list[Chord] = []
    start = 0
    for index in range(1, path.size + 1):
        if index < path.size and path[index] == path[start]:
            continue
        span = edges[start], edges[index]
        weight = np.diff(edges[start : index + 1])
        label = _with_seventh(LABELS[path[start]], np.average(pitch[start:index], axis=0, weights=weight))
        label = _with_bass(label, np.average(bass[start:index], axis=0, weights=weight))
        confidence = float(np.clip(np.average(sure[start:index], weights=weight), 0.0, 1.0))
        chord = Chord(start_s=float(span[0]), end_s=float(span[1]), label=label, confidence=confidence)
        if chords and chords[-1].label == label:
            chord = _joined(chords.pop(), chord)
        chords.append(chord)
        start = index
    return tuple(chords)


def chord_changes(likelihoods: ChordLikelihoods, times_s: Doubles) -> Doubles:
    """How much the harmony differs before and after each time, 0 to 1, over spans as long as the gaps between them."""
    if times_s.size < 2 or likelihoods.tags.shape[0] == 0:
        return np.zeros(times_s.size)
    gaps = np.diff(times_s)
    edges = np.concatenate(([max(0.0, times_s[0] - gaps[0])], times_s, [times_s[-1] + gaps[-1]]))
    roots = np.sqrt(_pool(likelihoods.root.astype(np.float64), edges))
    tags = np.sqrt(_pool(likelihoods.tags.astype(np.float64), edges))
    alike = 0.5 * (roots[:-1] * roots[1:]).sum(axis=1) + 0.5 * (tags[:-1] * tags[1:]).sum(axis=1)
    changes: Doubles = np.clip(1.0 - alike, 0.0, 1.0)
    return changes


def usual_chord_length_s(likelihoods: ChordLikelihoods, duration_s: float) -> float | None:
    """The median length of a chord, heard without any beat; None when there are fewer than four changes."""
    ticks = np.arange(0.0, duration_s, 0.25)
    chords = name_chords(likelihoods, ticks, np.zeros(ticks.size, np.int64), duration_s)
    lengths = [chord.end_s - chord.start_s for chord in chords if chord.label != "N"]
    return float(np.median(lengths)) if len(lengths) >= 5 else None


def _joined(one: Chord, two: Chord) -> Chord:
    first, second = one.end_s - one.start_s, two.end_s - two.start_s
    confidence = (one.confidence * first + two.confidence * second) / (first + second)
    return Chord(start_s=one.start_s, end_s=two.end_s, label=one.label, confidence=min(1.0, confidence))


def _pool(values: Doubles, edges: Doubles) -> Doubles:
    """Mean over the frames of each span; a span without a frame takes the nearest one."""
    frames = values.shape[0]
    sums = np.concatenate((np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)))
    # A frame belongs to the span that holds its centre.
    bounds = np.clip(np.ceil(edges * FRAMES_PER_SECOND).astype(np.int64), 0, frames)
    pooled = np.empty((edges.size - 1, values.shape[1]))
    for index, (start, stop) in enumerate(itertools.pairwise(bounds)):
        if stop > start:
            pooled[index] = (sums[stop] - sums[start]) / (stop - start)
        else:
            pooled[index] = values[min(int(start), frames - 1)]
    return pooled


def _steadiest(votes: Doubles, stay: Doubles) -> Ints:
    """Viterbi over beats: stay with the given probability, else any other chord alike."""
    count, labels = votes.shape
    came_from = np.zeros((count, labels), np.int64)
    score = votes[0].copy()
    for index in range(1, count):
        change = np.log((1.0 - stay[index]) / (labels - 1))
        keep = score + np.log(stay[index])
        best = int(score.argmax())
        jump = score[best] + change
        came_from[index] = np.where(keep >= jump, np.arange(labels), best)
        score = np.maximum(keep, jump) + votes[index]
    path = np.empty(count, np.int64)
    path[-1] = int(score.argmax())
    for index in range(count - 1, 0, -1):
        path[index - 1] = came_from[index, path[index]]
    return path


def _with_seventh(label: str, pitch: Doubles) -> str:
    """Add or drop the seventh by the pitch head, which hears it better than the chord classes do."""
    root, _, quality = label.partition(":")
    if quality not in ("maj", "min") and quality not in _TRIAD_OF:
        return label
    triad = _TRIAD_OF.get(quality, quality)
    at = ROOTS.index(root)
    minor_seventh, major_seventh = float(pitch[(at + 10) % 12]), float(pitch[(at + 11) % 12])
    if quality == triad:
        if max(minor_seventh, major_seventh) < _SEVENTH_HEARD:
            return label
        step = 10 if minor_seventh >= major_seventh else 11
        return f"{root}:{_SEVENTH_OF_TRIAD.get((triad, step), quality)}"
    heard = minor_seventh if _INTERVALS[quality][3] == 10 else major_seventh
    return label if heard > _SEVENTH_MISSED else f"{root}:{triad}"


def _with_bass(label: str, log_bass: Doubles) -> str:
    if ":" not in label:
        return "N"
    root, quality = label.split(":")
    best = int(log_bass.argmax())
    if best == 12:
        return label
    interval = (best - ROOTS.index(root)) % 12
    ordered = np.sort(log_bass)
    if interval == 0 or interval not in _INTERVALS[quality] or ordered[-1] - ordered[-2] < 1.0:
        return label
    return f"{label}/{_DEGREES[interval]}"


def chord_tones(label: str) -> tuple[int, ...]:
    """Pitch classes of a label of :data:`LABELS` (an inversion is ignored), root first; none for ``N``."""
    if ":" not in label:
        return ()
    root, quality = label.split("/")[0].split(":")
    return tuple((ROOTS.index(root) + interval) % 12 for interval in _INTERVALS[quality])


assert set(_INTERVALS) == set(QUALITIES)
