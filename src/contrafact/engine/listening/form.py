"""Sections: where the song turns, which passages are the same, and what each is for.

Bars are described by harmony, timbre and level; boundaries are placed on bars where the song changes or where a
repetition begins (J. Foote, "Automatic audio segmentation using a measure of audio novelty", 2000; J. Serrà et al.,
"Unsupervised music structure annotation by time series structure features and segment similarity", 2014).
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, maximum_filter1d, uniform_filter1d

from contrafact.engine.listening.chart import Bar, Section
from contrafact.engine.listening.labels import Passage, label_passages

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

_SHORTEST_BARS = 4
_LONGEST_MERGED_BARS = 16
_SAME = 0.78
_PRICE = 0.5
"""What a boundary costs: a change must be worth more than this."""
_PHRASE_BONUS = 0.2
_LEVEL_STEP_DB = 3.0
_TIMBRE_STEP = 3.0
_HARMONY_STEP = 0.6
_REPEAT_STEP = 0.8
_VOICE_STEP = 0.5
_SLOPE = 0.9
_FADE_DB = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class BarFeatures:
    """A row per bar.

    ``harmony`` (bars, h) rows of unit length; ``timbre`` (bars, t) in standard deviations of the song; ``level_db`` and
    ``voice`` (0..1, the share that is sung) (bars,).
    """

    harmony: Doubles
    timbre: Doubles
    level_db: Doubles
    voice: Doubles


def find_sections(bars: tuple[Bar, ...], features: BarFeatures, duration_s: float) -> tuple[Section, ...]:
    """Divide the song; every bar belongs to exactly one section.

    The first section begins at 0 only if its first bar does; sections end where the next begins.
    """
    count = len(bars)
    if count == 0:
        return ()
    features = _without_fades(features)
    similarity = _similarity(features)
    novelty = _novelty(similarity, features)
    boundaries = _merge(_boundaries(novelty, count), similarity, features)
    letters = _letters(similarity, features, boundaries)
    energy = _energy(features.level_db, boundaries)
    passages = [
        Passage(
            first_bar=start,
            last_bar=stop - 1,
            letter=letters[index],
            energy=energy[index],
            voice=float(features.voice[start:stop].mean()),
        )
        for index, (start, stop) in enumerate(itertools.pairwise(boundaries))
    ]
    labels = label_passages(passages, count)
    sections = []
    for index, (passage, (label, sure)) in enumerate(zip(passages, labels, strict=True)):
        end = bars[passage.last_bar].end_s if index == len(passages) - 1 else bars[passage.last_bar + 1].start_s
        edge = float(np.clip(novelty[passage.first_bar] if passage.first_bar else 1.0, 0.0, 1.0))
        sections.append(
            Section(
                start_s=bars[passage.first_bar].start_s,
                end_s=min(duration_s, end),
                first_bar=passage.first_bar,
                last_bar=passage.last_bar,
                label=label,
                letter=passage.letter,
                energy=passage.energy,
                confidence=float(np.clip(0.5 * edge + 0.5 * sure, 0.0, 1.0)),
            )
        )
    return tuple(sections)


def _without_fades(features: BarFeatures) -> BarFeatures:
    """The same with a first or last bar that only swells or rings out taken to be like its neighbour."""
    rows = np.arange(features.level_db.size)
    if rows.size > 1:
        if features.level_db[0] < features.level_db[1] - _FADE_DB:
            rows[0] = 1
        if features.level_db[-1] < features.level_db[-2] - _FADE_DB:
            rows[-1] = rows.size - 2
    return BarFeatures(features.harmony[rows], features.timbre[rows], features.level_db[rows], features.voice[rows])


def _similarity(features: BarFeatures) -> Doubles:
    """Likeness of every pair of bars, 0 to 1."""
    harmony = np.clip(features.harmony @ features.harmony.T, 0.0, 1.0)
    colour = features.timbre / np.maximum(np.linalg.norm(features.timbre, axis=1, keepdims=True), 1e-9)
    timbre = np.clip(0.5 + 0.5 * (colour @ colour.T), 0.0, 1.0)
    level = np.exp(-np.abs(features.level_db[:, None] - features.level_db[None, :]) / 8.0)
    voice = 1.0 - np.abs(features.voice[:, None] - features.voice[None, :])
    blend: Doubles = 0.4 * harmony + 0.35 * timbre + 0.15 * level + 0.10 * voice
    return blend


def _novelty(similarity: Doubles, features: BarFeatures) -> Doubles:
    """How much changes at the start of each bar, 0 to 1.

    The means of the four and eight bars before and after are compared in level, timbre, harmony and voice, so that the
    coming and going of chords within a phrase does not count; to that comes where a repetition begins or ends.
    """
    line = (
        0.30 * _much(_step(features.level_db[:, None], (2, 4, 8)), _LEVEL_STEP_DB)
        + 0.30 * _much(_step(features.timbre), _TIMBRE_STEP)
        + 0.20 * _much(_step(features.harmony), _HARMONY_STEP)
        + 0.20 * _much(_step(features.voice[:, None]), _VOICE_STEP)
        + 0.25 * _much(_repeats(similarity), _REPEAT_STEP)
    )
    # Means ramp up to a change and down again. The top of the ramp is the change, but phrases of four or eight bars may
    # still move it by a bar or two, so its neighbours are only lowered.
    around = maximum_filter1d(line, 5, mode="constant")
    peaked: Doubles = np.where(line >= around - 1e-9, line, _SLOPE * line)
    return np.clip(peaked, 0.0, 1.0)


def _much(step: Doubles, usual: float) -> Doubles:
    """0 to 1, bending over at a ``usual`` step but never flat, so that the top of a ramp stays its top."""
    bent: Doubles = 1.0 - np.exp(-step / usual)
    return bent


def _step(rows: Doubles, halves: tuple[int, ...] = (4, 8)) -> Doubles:
    """Distance between the mean of the bars before and after the start of each bar; 0 for the first."""
    count = rows.shape[0]
    sums = np.concatenate((np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)))
    found = np.zeros(count)
    for half in halves:
        for bar in range(1, count):
            start, stop = max(0, bar - half), min(count, bar + half)
            before = (sums[bar] - sums[start]) / (bar - start)
            after = (sums[stop] - sums[bar]) / (stop - bar)
            # One or two bars at an end are not a mean yet.
            trust = min(1.0, min(bar - start, stop - bar) / min(4.0, half))
            found[bar] += trust * float(np.linalg.norm(after - before)) / len(halves)
    return found


def _repeats(similarity: Doubles) -> Doubles:
    """How much the set of passages that this one repeats changes at each bar (Serrà's structure features)."""
    count = similarity.shape[0]
    lags = np.zeros((count, count))
    for lag in range(4, count):
        diagonal = np.diagonal(similarity, -lag)
        alike = np.clip((uniform_filter1d(diagonal, 4, mode="nearest") - 0.75) / 0.2, 0.0, 1.0)
        lags[np.arange(lag, count), lag] += alike
        lags[np.arange(count - lag), count - lag] += alike
    return _step(gaussian_filter(lags, (0.5, 0.5)))


def _boundaries(novelty: Doubles, count: int) -> list[int]:
    """Bars that begin a section: the best sum of novelty, with lengths of 4, 8, 12, 16 … preferred.

    Dynamic programming over the last boundary; each section costs a fixed price, so weak changes are not worth one.
    """
    if count < 2 * _SHORTEST_BARS:
        return [0, count]
    score = np.full(count + 1, -np.inf)
    back = np.zeros(count + 1, np.int64)
    score[0] = 0.0
    for stop in range(1, count + 1):
        gain = float(novelty[stop]) - _PRICE if stop < count else 0.0
        for start in range(max(0, stop - 48), stop):
            length = stop - start
            # The last bar often only rings out: a phrase and one bar more ends as well as a phrase.
            shape = max(_phrase(length), _phrase(length - 1) if stop == count else 0.0)
            if (length < _SHORTEST_BARS and start and stop < count) or length < 2:
                shape -= 0.4
            option = score[start] + gain + shape - (0.15 if length > 24 else 0.0)
            if option > score[stop]:
                score[stop], back[stop] = option, start
    cuts = [count]
    while cuts[-1] > 0:
        cuts.append(int(back[cuts[-1]]))
    return cuts[::-1]


def _phrase(length: int) -> float:
    return _PHRASE_BONUS if length % 8 == 0 else _PHRASE_BONUS / 2 if length % 4 == 0 else 0.0


def _merge(boundaries: list[int], similarity: Doubles, features: BarFeatures) -> list[int]:
    """Join neighbours that are the same material at the same level, up to sixteen bars."""
    kept = [0]
    for index in range(1, len(boundaries) - 1):
        before, here, after = kept[-1], boundaries[index], boundaries[index + 1]
        level = abs(float(features.level_db[before:here].mean() - features.level_db[here:after].mean()))
        alike = _likeness(similarity, features, (before, here), (here, after)) > _SAME
        if not (alike and level < 1.5 and after - before <= _LONGEST_MERGED_BARS):
            kept.append(here)
    return [*kept, boundaries[-1]]


def _letters(similarity: Doubles, features: BarFeatures, boundaries: list[int]) -> list[str]:
    """A letter per section: sections whose bars agree, one after another, share it."""
    spans = list(itertools.pairwise(boundaries))
    letters: list[str] = []
    groups: list[list[int]] = []
    for index, span in enumerate(spans):
        best, best_score = -1, _SAME
        for group, members in enumerate(groups):
            score = max(_likeness(similarity, features, spans[member], span) for member in members)
            if score > best_score:
                best, best_score = group, score
        if best < 0:
            groups.append([index])
            best = len(groups) - 1
        else:
            groups[best].append(index)
        letters.append(_letter(best))
    return letters


def _likeness(similarity: Doubles, features: BarFeatures, one: tuple[int, int], two: tuple[int, int]) -> float:
    """Mean similarity along the best diagonal through two sections, less for unequal levels.

    Only shifts by whole phrases of four bars count: the same chords begun elsewhere are another progression.
    """
    block = similarity[one[0] : one[1], two[0] : two[1]]
    enough = max(1, int(0.75 * min(block.shape)))
    diagonals = [
        float(np.diagonal(block, offset).mean())
        for offset in range(-4 * (block.shape[0] // 4), block.shape[1], 4)
        if np.diagonal(block, offset).size >= enough
    ]
    level = abs(float(features.level_db[one[0] : one[1]].mean() - features.level_db[two[0] : two[1]].mean()))
    return max(diagonals, default=0.0) - 0.04 * max(0.0, level - 1.0)


def _letter(index: int) -> str:
    return chr(ord("A") + index) if index < 26 else f"Z{index - 25}"


def _energy(level_db: Doubles, boundaries: list[int]) -> list[float]:
    """Loudness of each section within the song's own range of bar levels."""
    low, high = float(np.percentile(level_db, 5)), float(np.percentile(level_db, 95))
    # A song that hardly changes level has no quiet sections: below 3 dB of range, everything is near the top.
    low = min(low, high - 3.0)
    return [
        float(np.clip((level_db[start:stop].mean() - low) / (high - low), 0.0, 1.0))
        for start, stop in itertools.pairwise(boundaries)
    ]
