"""From moments of a voice to notes: where one note ends and the next begins.

Source of the idea that a note has an attack, a body and a silence after it: Mauch et al., *Computer-aided melody note
transcription using the Tony software*, TENOR 2015. Here the attack has a fixed length, which is the shortest note, and
what it costs to begin a note depends on what is heard at that moment.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter, minimum_filter1d, uniform_filter1d

from contrafact.engine.listening.pitch import Voice

Doubles = NDArray[np.float64]

_STEP = 0.25
"""Semitones between two pitches that a note may have while notes are sought."""
_SHORTEST = 6
"""Frames of 16 ms: the attack, and so the shortest note."""
_SPLIT = 20
"""Frames without voice that divide phrases for certain."""
_LONGEST_PHRASE = 2000
_BODY_SPREAD, _BODY_WORST = 0.6, 5.0
_ATTACK_SPREAD, _ATTACK_WORST = 1.5, 3.0
_TURN, _SWAYING = 11, 13
"""Frames of a vibrato's turn, and over which a pitch must sway about a steady mean."""
_STEADY = 0.5
"""Semitones."""
_UNVOICED_IN_NOTE = 1.6
_VOICED_IN_REST = 3.0
_NEW_NOTE = 2.5
_NEAR = 3
"""Steps of pitch within which a new note counts as the same pitch again."""
_REPEATED = -1.0
_REST = 2.0
_LEAST_ONSET = -6.0
_SILENCE_DB = 32.0
"""Below the loud voiced frames by this much nobody sings: what is there leaked or rings."""
_LOUD_SHARE = 80.0
_ONSET_WEIGHTS = np.array([0.5, 0.09, -0.7, 0.2, 1.3, 5.0])
_ONSET_BIAS = -7.3
"""Logistic regression on sung notes of four synthesisers; the order is that of :func:`weigh`."""
_LONGEST_CONSONANT = 7
_EVIDENT = 1.2
_RISE_DB = 2.5


@dataclass(frozen=True, slots=True)
class Span:
    """A note found: frames ``start`` to ``stop`` (exclusive) and its pitch to a quarter of a semitone."""

    start: int
    stop: int
    midi: float


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What speaks for voice and for onsets, each (frames,)."""

    voiced: Doubles
    """Probability that somebody sings a pitch."""
    onset: Doubles
    """Log-odds that a note begins here, pitch not looked at."""
    strength: Doubles
    """How much the spectrum rises, as log(1 + dB)."""


def weigh(voice: Voice) -> Evidence:
    """Voicing and onset evidence of each frame."""
    level = voice.level_db.astype(np.float64)
    at = 2 * np.arange(voice.frames)
    periodicity = voice.periodicity.astype(np.float64)
    steady = level[at]
    loud = loud_level_db(voice)
    gate = 1.0 / (1.0 + np.exp(-(steady - (loud - _SILENCE_DB)) / 2.0))
    voiced = periodicity * gate
    change = maximum_filter1d(voice.change.astype(np.float64), 3, mode="nearest")[at]
    lowest = minimum_filter1d(level, 11, origin=5, mode="nearest")[at]
    before = maximum_filter1d(level, 17, origin=8, mode="nearest")[np.maximum(at - 8, 0)]
    after = maximum_filter1d(level, 9, origin=-4, mode="nearest")[at]
    dip = np.clip(np.minimum(before, after) - lowest, 0.0, 20.0)
    hole = 1.0 - minimum_filter1d(periodicity, 5, origin=2, mode="nearest")
    rise = np.clip(
        level[np.minimum(at + 3, level.size - 1)] - level[np.maximum(at - 3, 0)] if level.size else steady, -10.0, 20.0
    )
    turn = maximum_filter1d(voice.turn.astype(np.float64), 3, mode="nearest")[at]
    usual = uniform_filter1d(voice.change.astype(np.float64), 21, mode="nearest")[at]
    stands_out = np.log1p(voice.change[at]) - np.log1p(usual)
    strength = np.log1p(change)
    features = np.stack([strength, dip, hole, rise, np.log1p(turn), stands_out], axis=1)
    return Evidence(voiced, features @ _ONSET_WEIGHTS + _ONSET_BIAS, strength)


def loud_level_db(voice: Voice) -> float:
    """The level of the voice's louder frames; minus infinity where nothing has a pitch."""
    level = voice.level_db[::2][voice.periodicity > 0.5]
    return float(np.percentile(level, _LOUD_SHARE)) if level.size else -np.inf


def find_notes(voice: Voice, evidence: Evidence) -> list[Span]:
    """The notes of a whole voice, in order, disjoint."""
    found: list[Span] = []
    for start, stop in phrases(evidence.voiced):
        found += [_on_the_vowel(note, voice, evidence) for note in _Search(voice, evidence, start, stop).notes()]
    return found


def _on_the_vowel(note: Span, voice: Voice, evidence: Evidence) -> Span:
    """Begin a note where its vowel does, when a consonant that sounds (m, l, d) was taken for its beginning."""
    level = voice.level_db[2 * note.start : 2 * note.stop : 2].astype(np.float64)
    best, evident = note.start, _EVIDENT
    for lead in range(2, min(_LONGEST_CONSONANT, (note.stop - note.start) // 2) + 1):
        change = float(evidence.strength[note.start + lead])
        rise = float(np.median(level[lead + 1 : lead + 5]) - np.median(level[:lead]))
        if change > evident and rise > _RISE_DB:
            best, evident = note.start + lead, change
    return Span(best, note.stop, note.midi)


def phrases(voiced: Doubles) -> list[tuple[int, int]]:
    """Spans of frames with voice, divided where it is silent for long, and where a span would grow without bounds."""
    places = np.flatnonzero(voiced > 0.3)
    if places.size == 0:
        return []
    cuts = np.flatnonzero(np.diff(places) > _SPLIT)
    starts = np.concatenate((places[:1], places[cuts + 1])) - 2
    stops = np.concatenate((places[cuts], places[-1:])) + 3
    spans = []
    for start, stop in zip(np.maximum(starts, 0).tolist(), np.minimum(stops, voiced.size).tolist(), strict=True):
        at = start
        while stop - at > _LONGEST_PHRASE:
            half = at + _LONGEST_PHRASE // 2
            cut = half + int(voiced[half : at + _LONGEST_PHRASE].argmin())
            spans.append((at, cut))
            at = cut
        spans.append((at, stop))
    return spans


def steadied(midi: Doubles, heard: NDArray[np.bool_]) -> Doubles:
    """The pitch with vibrato taken out of it, both float64 (frames,); it goes straight on where nothing is heard.

    Where the mean over a turn of a vibrato (0.18 s) hardly moves for a quarter of a second while the pitch does, the
    mean is what is sung.
    """
    if not heard.any():
        return midi
    at = np.arange(midi.size)
    pitch = np.interp(at, at[heard], midi[heard])
    pitch = median_filter(pitch, 3, mode="nearest") if midi.size > 2 else pitch
    mean = uniform_filter1d(pitch, _TURN, mode="nearest")

    def sway(line: Doubles) -> Doubles:
        highest: Doubles = maximum_filter1d(line, _SWAYING, mode="nearest")
        lowest: Doubles = minimum_filter1d(line, _SWAYING, mode="nearest")
        return highest - lowest

    swaying = (sway(mean) < _STEADY) & (sway(pitch) > 1.5 * _STEADY)
    return np.where(swaying, mean, pitch)


class _Search:
    """Viterbi's search over one phrase."""

    def __init__(self, voice: Voice, evidence: Evidence, start: int, stop: int) -> None:
        self._start = start
        here = slice(start, stop)
        self._voiced = evidence.voiced[here]
        self._onset = evidence.onset[here]
        heard = self._voiced > 0.3
        midi = voice.midi[here].astype(np.float64)
        if heard.any():
            low, high = np.percentile(midi[heard], [1.0, 99.0])
        else:
            low, high = 60.0, 60.0
        self._grid = np.arange(np.floor(low) - 1.0, np.ceil(high) + 1.0 + _STEP, _STEP)
        self._midi = midi

    def notes(self) -> list[Span]:
        body, attack, rest = self._costs()
        frames, pitches = body.shape
        attacks = np.concatenate([np.zeros((1, pitches)), np.cumsum(attack, axis=0)])
        begin = _NEW_NOTE - np.clip(self._onset, _LEAST_ONSET, 6.0)
        entered = np.full((frames + 1, pitches), np.inf)
        """Cost of beginning a note before a frame, and whence: -1 from rest, else the pitch before."""
        origin = np.full((frames + 1, pitches), -1, np.int16)
        stayed = np.zeros((frames + 1, pitches), np.bool_)
        rested = np.full(frames + 1, -1, np.int16)
        """Whether rest went on (-1) or which note ended."""
        index = np.arange(pitches)
        in_body = np.full(pitches, np.inf)
        in_rest = waited = 0.0
        for t in range(frames + 1):
            # State before frame t: what the body and rest cost after frame t - 1.
            if t > 0:
                carried = in_body + body[t - 1]
                if t >= _SHORTEST:
                    arrived = entered[t - _SHORTEST] + (attacks[t] - attacks[t - _SHORTEST])
                    stayed[t] = carried <= arrived
                    in_body = np.minimum(carried, arrived)
                else:
                    stayed[t] = True
                    in_body = carried
                in_rest += rest[t - 1]
                waited = in_rest
                best = int(in_body.argmin())
                if in_body[best] + _REST < in_rest:
                    in_rest = float(in_body[best]) + _REST
                    rested[t] = best
            if t == frames:
                break
            # Upwards and downwards the best pitch that is far enough away, and the best near one.
            from_below, below = _running_best(in_body, index)
            from_above, above = (part[::-1] for part in _running_best(in_body[::-1], index[::-1]))
            # A rest lasts a frame at least, so that it is no way around the price of a repeated note.
            cost = np.full(pitches, waited + begin[t] - _REST)
            source = origin[t]
            far = np.full(pitches, np.inf)
            far_from = np.zeros(pitches, np.int64)
            far[_NEAR + 1 :] = from_below[: -_NEAR - 1]
            far_from[_NEAR + 1 :] = below[: -_NEAR - 1]
            higher = np.full(pitches, np.inf)
            higher[: -_NEAR - 1] = from_above[_NEAR + 1 :]
            nearer = higher < far
            far_from[: -_NEAR - 1] = np.where(nearer[: -_NEAR - 1], above[_NEAR + 1 :], far_from[: -_NEAR - 1])
            far = np.where(nearer, higher, far) + begin[t]
            same = in_body + begin[t] + _REPEATED
            for total, whence in ((far, far_from), (same, index)):
                better = total < cost
                cost = np.where(better, total, cost)
                source[better] = whence[better]
            entered[t] = cost
        return self._trace(in_body, in_rest, entered, origin, stayed, rested)

    def _trace(
        self,
        in_body: Doubles,
        in_rest: float,
        entered: Doubles,
        origin: NDArray[np.int16],
        stayed: NDArray[np.bool_],
        rested: NDArray[np.int16],
    ) -> list[Span]:
        found: list[Span] = []
        t = stayed.shape[0] - 1
        pitch = int(in_body.argmin()) if in_body.min() < in_rest else -1
        while t > 0:
            if pitch < 0:
                if rested[t] >= 0:
                    pitch = int(rested[t])
                else:
                    t -= 1
                continue
            stop = t
            while stayed[t, pitch]:
                t -= 1
            t -= _SHORTEST
            found.append(Span(self._start + t, self._start + stop, float(self._grid[pitch])))
            pitch = int(origin[t, pitch])
        return found[::-1]

    def _costs(self) -> tuple[Doubles, Doubles, Doubles]:
        """Of each frame in a note's body and attack at each pitch, and in rest."""
        midi = self._midi
        smooth = steadied(midi, self._voiced > 0.3)
        away = np.abs(smooth[:, None] - self._grid[None, :])
        voiced = self._voiced[:, None]
        body = np.minimum(0.5 * (away / _BODY_SPREAD) ** 2, _BODY_WORST)
        attack = np.minimum(0.5 * (away / _ATTACK_SPREAD) ** 2, _ATTACK_WORST)
        silent = _UNVOICED_IN_NOTE * (1.0 - voiced)
        return voiced * body + silent, voiced * attack + silent, _VOICED_IN_REST * self._voiced


def _running_best(costs: Doubles, index: NDArray[np.int64]) -> tuple[Doubles, NDArray[np.int64]]:
    """The least cost so far at each place, and where it was."""
    least = np.minimum.accumulate(costs)
    at = np.maximum.accumulate(np.where(costs <= least, np.arange(costs.size), 0))
    return least, index[at]
