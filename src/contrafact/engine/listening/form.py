"""Sections: where the song turns, which passages are the same, and what each is for.

Bars are described by harmony, colour, strokes, level and voice (``bar_features``); signs of a turn (``turns``) become
the most likely division and its certainty (``dividing``); whole sections are compared (``letters``) and named
(``labels``).
"""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.bar_features import BarFeatures
from contrafact.engine.listening.chart import Bar, Section
from contrafact.engine.listening.dividing import Division, divide
from contrafact.engine.listening.labels import Passage, label_passages
from contrafact.engine.listening.letters import name_letters
from contrafact.engine.listening.likeness import compare_lags
from contrafact.engine.listening.turns import find_cues

Doubles = NDArray[np.float64]

_WEIGHTS = (4.9, 4.4, 1.5, 1.0, 4.0, 2.0, 2.0)
"""What each cue adds to the log-odds of a section beginning at a bar (order of ``turns.CUES``)."""
_BIAS = -10.3
_FADE_DB = 8.0
_LEAST_RANGE_DB = 3.0
_SAME_LEVEL_DB, _UNSURE, _LONGEST_JOINED_BARS = 1.5, 0.6, 16


def find_sections(
    bars: tuple[Bar, ...], features: BarFeatures, duration_s: float, trust: float = 1.0
) -> tuple[Section, ...]:
    """Divide the song; every bar belongs to exactly one section.

    Parameters
    ----------
    bars : tuple of Bar
    features : BarFeatures
        A row for each of ``bars``.
    duration_s : float
    trust : float
        Probability that the bars are right, 0 to 1; no section is surer than that.

    Returns
    -------
    tuple of Section
        The first begins at 0 only if its first bar does; sections end where the next begins. ``confidence`` is the
        probability that the section begins where it is said to begin (for the first, that the bars are right).
    """
    count = len(bars)
    if count == 0:
        return ()
    features = _without_fades(features)
    lags = compare_lags(features)
    bar_s = float(np.median([bar.end_s - bar.start_s for bar in bars]))
    division = divide(find_cues(features, lags) @ np.array(_WEIGHTS) + _BIAS, bar_s)
    cuts = _joined(division, name_letters(features, lags, division.cuts), features.level_db)
    letters = name_letters(features, lags, cuts)
    energy = _energy(features.level_db, cuts)
    struck = features.strokes.mean(axis=1)
    struck = np.clip(struck / max(1e-3, float(np.percentile(struck, 90))), 0.0, 1.0)
    passages = [
        Passage(
            first_bar=start,
            last_bar=stop - 1,
            letter=letters[index],
            energy=energy[index],
            voice=float(features.voice[start:stop].mean()),
            strokes=float(struck[start:stop].mean()),
        )
        for index, (start, stop) in enumerate(itertools.pairwise(cuts))
    ]
    labels = label_passages(passages, count)
    sections = []
    for index, (passage, label) in enumerate(zip(passages, labels, strict=True)):
        end = bars[passage.last_bar].end_s if index == len(passages) - 1 else bars[passage.last_bar + 1].start_s
        sections.append(
            Section(
                start_s=bars[passage.first_bar].start_s,
                end_s=min(duration_s, end),
                first_bar=passage.first_bar,
                last_bar=passage.last_bar,
                label=label,
                letter=passage.letter,
                energy=passage.energy,
                confidence=float(np.clip(trust * division.chance[passage.first_bar], 0.0, 1.0)),
            )
        )
    return tuple(sections)


def _joined(division: Division, letters: Sequence[str], level_db: Doubles) -> tuple[int, ...]:
    """The cuts without those that are unsure and only part a passage from more of the same at the same level."""
    kept = [0]
    for index, (start, stop) in enumerate(itertools.pairwise(division.cuts)):
        if index == 0:
            continue
        level = abs(float(level_db[kept[-1] : start].mean() - level_db[start:stop].mean()))
        more_of_the_same = letters[index] == letters[index - 1] and level < _SAME_LEVEL_DB
        if not (more_of_the_same and division.chance[start] < _UNSURE and stop - kept[-1] <= _LONGEST_JOINED_BARS):
            kept.append(start)
    return (*kept, division.cuts[-1])


def _without_fades(features: BarFeatures) -> BarFeatures:
    """The same with a first or last bar that only swells or rings out taken to be like its neighbour."""
    rows = np.arange(features.bars)
    if rows.size > 1:
        if features.level_db[0] < features.level_db[1] - _FADE_DB:
            rows[0] = 1
        if features.level_db[-1] < features.level_db[-2] - _FADE_DB:
            rows[-1] = rows.size - 2
    return features.rows(rows)


def _energy(level_db: Doubles, cuts: tuple[int, ...]) -> list[float]:
    """Loudness of each section within the song's own range of bar levels."""
    low, high = float(np.percentile(level_db, 5)), float(np.percentile(level_db, 95))
    # A song that hardly changes level has no quiet sections: below 3 dB of range, everything is near the top.
    low = min(low, high - _LEAST_RANGE_DB)
    return [
        float(np.clip((level_db[start:stop].mean() - low) / (high - low), 0.0, 1.0))
        for start, stop in itertools.pairwise(cuts)
    ]
