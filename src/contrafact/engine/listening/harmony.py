"""Chords on the beat grid: what the network and the notes say of each beat, made into a steady sequence."""

import itertools
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.chart import Chord
from contrafact.engine.listening.crema import ROOTS, ChordLikelihoods
from contrafact.engine.listening.evidence import Evidence, Weights, gather
from contrafact.engine.listening.salience import pitch_classes
from contrafact.engine.listening.spans import bounds_of, pool
from contrafact.engine.listening.vocabulary import NAMES, PLAIN, QUALITY, chord_tones

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

__all__ = ["chord_changes", "chord_tones", "name_chords", "usual_chord_length_s"]

_STAY: Final = 0.72
"""How likely a chord is to last into the next beat, all else unknown."""
_STAY_MID_BAR: Final = 0.5
_STAY_OVER_BARLINE: Final = 0.25
_WEIGHTS: Final = Weights()
_STAY_WITHIN_BEAT: Final = 0.95
_SHORTEST_HALF_S: Final = 0.18
"""Halves of beats shorter than this hold too few frames to tell a change from."""
_SHARPNESS: Final = 0.5
"""Scores into chances: evidence of neighbouring frames is not independent."""
_RAW: Final = (0.0, 0.4, 0.62, 0.85, 0.95, 0.99, 0.998, 1.0)
_RIGHT: Final = (0.2, 0.7, 0.84, 0.92, 0.945, 0.965, 0.98, 0.99)
"""From the model's own chance to that of being right: monotone, fitted on the tuning songs heard on true, late and
displaced beats. Below 0.4 there were too few chords to fit anything, and sounds unlike those songs end up there.
"""
_IS_SEVENTH: Final = np.isin(QUALITY, ("maj7", "min7", "7"))
_IS_TRIAD: Final = np.isin(QUALITY, ("maj", "min"))
_SEVENTH_BIAS: Final = np.select([np.isin(QUALITY, "maj7"), _IS_SEVENTH], [1.5, 0.5], 0.0)
_USUAL_SEVENTHS: Final = 0.3
_PRIOR_BEATS: Final = 5.0
_MOST_ADDED: Final = 2.5
_SEVENTH_ROUNDS: Final = 3
_BASS_FROM_NOTES: Final = 1.0
_BASS_MARGIN: Final = 1.0
_BASS_STAY: Final = 0.95
"""A walking bass does not turn its chord over with every step."""


def name_chords(
    likelihoods: ChordLikelihoods,
    beats_s: Doubles,
    positions: Ints,
    duration_s: float,
    magnitudes: Floats | None = None,
) -> tuple[Chord, ...]:
    """One chord for every moment from 0 to ``duration_s``, changing only on beats.

    The frames of each beat vote; a Viterbi pass over the beats lets chords last, most easily within a bar. Neighbours
    with the same label and bass are merged.

    Parameters
    ----------
    likelihoods : ChordLikelihoods
        The network's reading.
    beats_s, positions : shape (beats,)
        Seconds, and 1 for a downbeat, 2, 3, ….
    magnitudes : float32, shape (frames, 252), optional
        The constant-Q spectrogram: the notes in it are a second witness, and tell the bass.

    Returns
    -------
    tuple of Chord
        Labels of :data:`NAMES`, never with an inversion; ``bass`` where the lowest note is another note of the chord
        than the root. Confidence is the chance that the triad (or ``N``) is right.
    """
    if duration_s <= 0.0 or likelihoods.tags.shape[0] == 0:
        return ()
    edges, stay, share = _grid(beats_s, positions, duration_s, halves=magnitudes is not None)
    evidence = gather(likelihoods, magnitudes, edges)
    scores = share[:, None] * _with_sevenths_as_usual(evidence.scores(_WEIGHTS), share, stay)
    path = _steadiest(scores, stay)
    sure = _chances(_SHARPNESS * scores, stay)
    bass = _bass_votes(evidence)

    chords: list[Chord] = []
    for start, stop in _runs(path):
        name = int(path[start])
        triad = PLAIN[name] == PLAIN
        confidence = float(np.average(sure[start:stop, triad].sum(axis=1), weights=share[start:stop]))
        lowest = _lowest(NAMES[name], share[start:stop, None] * bass[start:stop])
        for first, last in _runs(lowest):
            chords.append(
                Chord(
                    start_s=float(edges[start + first]),
                    end_s=float(edges[start + last]),
                    label=NAMES[name],
                    confidence=float(np.interp(confidence, _RAW, _RIGHT)),
                    bass=ROOTS[lowest[first]] if lowest[first] >= 0 else None,
                )
            )
    return tuple(chords)


def _runs(values: Ints) -> Iterator[tuple[int, int]]:
    """First and one past the last index of each stretch of equal values."""
    cuts = np.flatnonzero(np.diff(values)) + 1
    yield from itertools.pairwise([0, *cuts.tolist(), values.size])


def chord_changes(likelihoods: ChordLikelihoods, times_s: Doubles) -> Doubles:
    """How much the harmony differs before and after each time, 0 to 1, over spans as long as the gaps between them."""
    if times_s.size < 2 or likelihoods.tags.shape[0] == 0:
        return np.zeros(times_s.size)
    gaps = np.diff(times_s)
    edges = np.concatenate(([max(0.0, times_s[0] - gaps[0])], times_s, [times_s[-1] + gaps[-1]]))
    bounds = bounds_of(edges, likelihoods.tags.shape[0])
    roots = np.sqrt(pool(likelihoods.root, bounds))
    tags = np.sqrt(pool(likelihoods.tags, bounds))
    alike = 0.5 * (roots[:-1] * roots[1:]).sum(axis=1) + 0.5 * (tags[:-1] * tags[1:]).sum(axis=1)
    changes: Doubles = np.clip(1.0 - alike, 0.0, 1.0)
    return changes


def usual_chord_length_s(likelihoods: ChordLikelihoods, duration_s: float) -> float | None:
    """The median length of a chord, heard without any beat; None when there are fewer than five chords."""
    ticks = np.arange(0.0, duration_s, 0.25)
    chords = name_chords(likelihoods, ticks, np.zeros(ticks.size, np.int64), duration_s)
    lengths = [chord.end_s - chord.start_s for chord in chords if chord.label != "N"]
    return float(np.median(lengths)) if len(lengths) >= 5 else None


def _grid(beats_s: Doubles, positions: Ints, duration_s: float, *, halves: bool) -> tuple[Doubles, Doubles, Doubles]:
    """Edges of the spans that may hold a chord each, the chance that the chord before a span goes on in it, and
    what each span counts (a half beat counts half).
    """
    inside = (beats_s > 0.05) & (beats_s < duration_s - 0.05)
    beats, place = beats_s[inside], positions[inside]
    edges = np.concatenate(([0.0], beats, [duration_s]))
    stay = np.concatenate(([_STAY], np.select([place == 1, place == 3], [_STAY_OVER_BARLINE, _STAY_MID_BAR], _STAY)))
    share = np.ones(edges.size - 1)
    gaps = np.diff(edges)
    if halves and gaps.size and float(np.median(gaps)) >= 2.0 * _SHORTEST_HALF_S:
        long = np.flatnonzero(gaps >= 2.0 * _SHORTEST_HALF_S)
        middles = edges[long] + 0.5 * gaps[long]
        share[long] = 0.5
        edges = np.insert(edges, long + 1, middles)
        stay = np.insert(stay, long + 1, _STAY_WITHIN_BEAT)
        share = np.insert(share, long + 1, 0.5)
    return edges, stay, share


def _with_sevenths_as_usual(scores: Doubles, share: Doubles, stay: Doubles) -> Doubles:
    """Weigh sevenths by how many this very song has.

    Players either colour their chords or do not; the network thinks of sevenths, major ones above all, as rare. The
    share of sevenths among the song's chords is estimated (expectation maximisation) and its log-odds are added.
    """
    scores = scores + _SEVENTH_BIAS
    added = 0.0
    usual = np.log(_USUAL_SEVENTHS / (1.0 - _USUAL_SEVENTHS))
    for _ in range(_SEVENTH_ROUNDS):
        chances = share[:, None] * _chances(_SHARPNESS * share[:, None] * (scores + added * _IS_SEVENTH), stay)
        sevenths, triads = float(chances[:, _IS_SEVENTH].sum()), float(chances[:, _IS_TRIAD].sum())
        part = (sevenths + _USUAL_SEVENTHS * _PRIOR_BEATS) / (sevenths + triads + _PRIOR_BEATS)
        added = float(np.clip(np.log(part / (1.0 - part)) - usual, -_MOST_ADDED, _MOST_ADDED))
    result: Doubles = scores + added * _IS_SEVENTH
    return result


def _steadiest(votes: Doubles, stay: Doubles) -> Ints:
    """Viterbi over beats: stay with the given probability, else any other chord alike."""
    count, labels = votes.shape
    came_from = np.zeros((count, labels), np.int16)
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


def _chances(scores: Doubles, stay: Doubles) -> Doubles:
    """Probability of each chord in each span given the whole recording (forward, then backward in place)."""
    count, labels = scores.shape
    change = (1.0 - stay) / (labels - 1)
    chances = np.empty((count, labels))
    for index in range(count):
        heard = np.exp(scores[index] - scores[index].max())
        if index:
            heard *= (stay[index] - change[index]) * chances[index - 1] + change[index]
        chances[index] = heard / heard.sum()
    behind = np.ones(labels)
    for index in range(count - 2, -1, -1):
        coming = behind * np.exp(scores[index + 1] - scores[index + 1].max())
        behind = (stay[index + 1] - change[index + 1]) * coming + change[index + 1] * coming.sum()
        behind /= behind.max()
        chances[index] *= behind
        chances[index] /= chances[index].sum()
    return chances


def _bass_votes(evidence: Evidence) -> Doubles:
    """Log-odds of the lowest note's pitch class, shape (spans, 12)."""
    votes: Doubles = evidence.bass[:, :12].copy()
    if evidence.notes is not None:
        low = pitch_classes(evidence.notes, 24, 50)
        total = low.sum(axis=1, keepdims=True)
        votes += _BASS_FROM_NOTES * np.log(np.where(total > 1e-6, low / np.maximum(total, 1e-6), 0.0) + 0.05)
    return votes


def _lowest(label: str, votes: Doubles) -> Ints:
    """The chord tone that lies lowest in each span of one chord; -1 for the root, and where no other surely does."""
    tones = chord_tones(label)
    if not tones:
        return np.full(votes.shape[0], -1)
    among = votes[:, list(tones)]
    among[:, 0] += _BASS_MARGIN
    path = _steadiest(among, np.full(votes.shape[0], _BASS_STAY))
    return np.array([-1, *tones[1:]])[path]
