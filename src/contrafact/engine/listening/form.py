"""Sections: where the song turns, which passages are the same, and what each is for.

Bars are described by harmony, timbre and level; boundaries are placed on bars where the song changes or where a
repetition begins (J. Foote, "Automatic audio segmentation using a measure of audio novelty", 2000; J. Serrà et al.,
"Unsupervised music structure annotation by time series structure features and segment similarity", 2014).
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from contrafact.engine.listening.chart import Bar, Region, Section
from contrafact.engine.listening.labels import Passage, label_passages

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

_SHORTEST_BARS = 4
_SAME = 0.78
_PHRASE_BONUS = 0.12


@dataclass(frozen=True, slots=True, eq=False)
class BarFeatures:
    """A row per bar: ``harmony`` and ``timbre`` (bars, n) with rows of unit length; ``level_db``, ``voice`` (bars,)."""

    harmony: Doubles
    timbre: Doubles
    level_db: Doubles
    voice: Doubles


def find_sections(
    bars: tuple[Bar, ...], features: BarFeatures, regions: tuple[Region, ...], duration_s: float
) -> tuple[Section, ...]:
    """Divide the song; every bar belongs to exactly one section.

    The first section begins at 0 only if its first bar does; sections end where the next begins.
    """
    count = len(bars)
    if count == 0:
        return ()
    similarity = _similarity(features)
    novelty = _novelty(similarity, features)
    boundaries = _boundaries(novelty, count)
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


def _similarity(features: BarFeatures) -> Doubles:
    """Likeness of every pair of bars, 0 to 1."""
    harmony = np.clip(features.harmony @ features.harmony.T, 0.0, 1.0)
    timbre = np.clip(0.5 + 0.5 * (features.timbre @ features.timbre.T), 0.0, 1.0)
    level = np.exp(-np.abs(features.level_db[:, None] - features.level_db[None, :]) / 8.0)
    voice = 1.0 - np.abs(features.voice[:, None] - features.voice[None, :])
    blend: Doubles = 0.4 * harmony + 0.35 * timbre + 0.15 * level + 0.10 * voice
    return blend


def _novelty(similarity: Doubles, features: BarFeatures) -> Doubles:
    """How much changes at the start of each bar, 0 to 1: a checkerboard along the diagonal, and where repeats begin."""
    count = similarity.shape[0]
    checker = np.zeros(count)
    for half in (2, 4, 8):
        if count < 2 * half:
            continue
        taper = np.exp(-0.5 * ((np.arange(half) + 0.5) / (0.7 * half)) ** 2)
        weight = np.outer(taper[::-1], taper)
        padded = np.pad(similarity, half, mode="reflect")
        line = np.zeros(count)
        for bar in range(1, count):
            at = bar + half
            before = padded[at - half : at, at - half : at]
            after = padded[at : at + half, at : at + half]
            across = padded[at - half : at, at : at + half]
            same = (before * weight[:, ::-1]).sum() + (after * weight[::-1, :]).sum()
            line[bar] = same / 2.0 - (across * weight).sum()
        checker += _unit(line)
    # Structure features: the rows of the time-lag matrix change where a repetition begins or ends.
    lags = np.zeros((count, count))
    for lag in range(1, count):
        lags[np.arange(count - lag) + lag, lag] = np.diagonal(similarity, -lag)
    lags = gaussian_filter(np.where(lags > 0.8, lags, 0.0), (1.0, 0.5))
    step = np.zeros(count)
    step[1:] = np.linalg.norm(np.diff(lags, axis=0), axis=1)
    level = np.zeros(count)
    level[1:] = np.abs(np.diff(features.level_db))
    voice = np.zeros(count)
    voice[1:] = np.abs(np.diff(features.voice))
    total = _unit(checker) + 0.5 * _unit(step) + 0.25 * _unit(level) + 0.15 * _unit(voice)
    return _unit(total)


def _unit(line: Doubles) -> Doubles:
    clipped = np.maximum(line, 0.0)
    top = float(clipped.max(initial=0.0))
    return clipped / top if top > 1e-9 else np.zeros_like(clipped)


def _boundaries(novelty: Doubles, count: int) -> list[int]:
    """Bars that begin a section: the best sum of novelty, with lengths of 4, 8, 12, 16 … preferred.

    Dynamic programming over the last boundary; each section costs a fixed price, so weak changes are not worth one.
    """
    if count < 2 * _SHORTEST_BARS:
        return [0, count]
    price = 0.33
    score = np.full(count + 1, -np.inf)
    back = np.zeros(count + 1, np.int64)
    score[0] = 0.0
    for stop in range(1, count + 1):
        gain = float(novelty[stop]) - price if stop < count else 0.0
        for start in range(max(0, stop - 40), stop):
            length = stop - start
            shape = _PHRASE_BONUS if length % 8 == 0 else _PHRASE_BONUS / 2 if length % 4 == 0 else 0.0
            if (length < _SHORTEST_BARS and start and stop < count) or length < 2:
                shape -= 0.4
            option = score[start] + gain + shape - (0.1 if length > 24 else 0.0)
            if option > score[stop]:
                score[stop], back[stop] = option, start
    cuts = [count]
    while cuts[-1] > 0:
        cuts.append(int(back[cuts[-1]]))
    return cuts[::-1]


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
    """Mean similarity along the best diagonal through two sections, less for unequal levels."""
    block = similarity[one[0] : one[1], two[0] : two[1]]
    shorter = min(block.shape)
    diagonals = [
        float(np.diagonal(block, offset).mean())
        for offset in range(-(block.shape[0] - 1), block.shape[1])
        if np.diagonal(block, offset).size >= max(1, int(0.75 * shorter))
    ]
    timbre = features.timbre[one[0] : one[1]].mean(axis=0) @ features.timbre[two[0] : two[1]].mean(axis=0)
    level = abs(features.level_db[one[0] : one[1]].mean() - features.level_db[two[0] : two[1]].mean())
    return max(diagonals) - 0.02 * max(0.0, float(level) - 1.5) - 0.1 * max(0.0, 0.2 - float(timbre))


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
