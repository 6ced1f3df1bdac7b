"""Sections on made-up bars."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.listening.bar_features import BarFeatures, describe_bars
from contrafact.engine.listening.chart import Bar
from contrafact.engine.listening.form import find_sections
from contrafact.engine.listening.labels import Passage, label_passages


def bars(count: int) -> tuple[Bar, ...]:
    return tuple(
        Bar(index=i, start_s=2.0 * i, end_s=2.0 * i + 2, beats_s=tuple(2.0 * i + 0.5 * b for b in range(4)))
        for i in range(count)
    )


def song(plan: list[tuple[str, int]], seed: int = 0) -> BarFeatures:
    """Each letter has its own four-bar progression, colour and level."""
    rng = np.random.default_rng(seed)
    kinds = {letter: index for index, letter in enumerate(dict.fromkeys(letter for letter, _ in plan))}
    harmony, colour, strokes, level, voice = [], [], [], [], []
    for letter, length in plan:
        own = np.random.default_rng(100 + kinds[letter])
        progression, band, pattern = own.standard_normal((4, 48)), own.standard_normal(14), own.uniform(0, 10, 48)
        for bar in range(length):
            row = progression[bar % 4] + 0.1 * rng.standard_normal(48)
            harmony.append(row / np.linalg.norm(row))
            colour.append(8.0 * band + 1.5 * rng.standard_normal(14))
            strokes.append(pattern + 2.0 * rng.standard_normal(48))
            level.append(-20.0 + 3.0 * (kinds[letter] % 3) + 0.2 * rng.standard_normal())
            voice.append(0.8 if kinds[letter] else 0.0)
    return BarFeatures(np.array(harmony), np.array(colour), np.array(strokes), np.array(level), np.array(voice))


def test_finds_boundaries_and_repetitions() -> None:
    plan = [("i", 4), ("v", 8), ("c", 8), ("v", 8), ("c", 8), ("i", 4)]
    sections = find_sections(bars(40), song(plan), 80.0)
    assert [section.first_bar for section in sections] == [0, 4, 12, 20, 28, 36]
    assert [section.letter for section in sections] == ["A", "B", "C", "B", "C", "A"]
    assert [section.label for section in sections] == ["intro", "verse", "chorus", "verse", "chorus", "outro"]


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 70), seed=st.integers(0, 1000), flat=st.booleans())
def test_every_bar_belongs_to_exactly_one_section(count: int, seed: int, flat: bool) -> None:
    rng = np.random.default_rng(seed)
    scale = 0.0 if flat else 1.0
    harmony = rng.standard_normal((count, 48))
    features = BarFeatures(
        harmony / np.linalg.norm(harmony, axis=1, keepdims=True),
        20.0 * scale * rng.standard_normal((count, 14)),
        20.0 * scale * rng.standard_normal((count, 48)),
        -30.0 + scale * 5.0 * rng.standard_normal(count),
        rng.uniform(0, scale, count) if scale else np.zeros(count),
    )
    sections = find_sections(bars(count), features, 2.0 * count)
    covered = [bar for section in sections for bar in range(section.first_bar, section.last_bar + 1)]
    assert covered == list(range(count))
    assert all(one.end_s == two.start_s for one, two in itertools.pairwise(sections))


def test_no_bars_no_sections() -> None:
    empty = describe_bars((), np.zeros((1, 252), np.float32), np.zeros(0, np.float32), ())
    assert empty.bars == 0
    assert find_sections((), empty, 0.0) == ()


def test_an_instrumental_passage_between_sung_ones_is_a_solo() -> None:
    plan = [("A", 0.8, 0.5), ("B", 0.9, 1.0), ("A", 0.8, 0.5), ("C", 0.0, 0.8), ("B", 0.9, 1.0)]
    passages = [Passage(8 * i, 8 * i + 7, letter, energy, voice) for i, (letter, voice, energy) in enumerate(plan)]
    assert label_passages(passages, 40) == ["verse", "chorus", "verse", "solo", "chorus"]
