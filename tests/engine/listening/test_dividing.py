"""Divisions of made-up evidence."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.listening.dividing import LONGEST_BARS, _worth, divide


def test_clear_signs_are_followed_and_sure() -> None:
    signs = np.full(32, -6.0)
    signs[[4, 12, 20]] = 6.0
    division = divide(signs)
    assert division.cuts == (0, 4, 12, 20, 32)
    assert division.chance[[0, 4, 12, 20]] == pytest.approx([1, 1, 1, 1], abs=0.01)
    assert division.chance[[5, 16, 25]].max() < 0.05


def test_weak_signs_are_drawn_to_phrases_and_unsure() -> None:
    signs = np.full(33, -3.0)
    signs[[15, 16]] = 0.5
    division = divide(signs)
    assert 16 in division.cuts
    assert 0.2 < division.chance[16] < 0.95
    assert division.chance[15] < division.chance[16]


def test_bars_at_half_the_tempo_have_phrases_of_half_the_bars() -> None:
    signs = np.full(16, -4.0)
    signs[[2, 6, 10]] = 4.0
    assert divide(signs, bar_s=4.6).cuts == (0, 2, 6, 10, 16)


def test_the_best_division_is_the_best_of_all_and_the_chances_are_their_sum() -> None:
    """Against every division of nine bars, one by one."""
    signs = np.random.default_rng(2).normal(-1.0, 2.0, 9)
    found = divide(signs)
    alone = {cuts: _weight(signs, cuts) for cuts in _all_divisions(9)}
    assert found.cuts == max(alone, key=lambda cuts: alone[cuts])
    total = sum(np.exp(weight) for weight in alone.values())
    for bar in range(1, 9):
        share = sum(np.exp(weight) for cuts, weight in alone.items() if bar in cuts) / total
        assert found.chance[bar] == pytest.approx(share, rel=1e-6)


def _all_divisions(count: int) -> list[tuple[int, ...]]:
    inner = range(1, count)
    return [(0, *chosen, count) for size in range(count) for chosen in itertools.combinations(inner, size)]


def _weight(signs: np.ndarray, cuts: tuple[int, ...]) -> float:
    lengths = _worth(np.arange(LONGEST_BARS + 1), 2.0)
    total = float(sum(signs[cut] for cut in cuts[1:-1]))
    for start, stop in itertools.pairwise(cuts):
        at_end = start == 0 or stop == cuts[-1]
        total += max(lengths[stop - start], lengths[max(0, stop - start - 1)]) if at_end else lengths[stop - start]
    return total


@settings(max_examples=30, deadline=None)
@given(count=st.integers(0, 300), seed=st.integers(0, 99), bar_s=st.floats(0.3, 12.0))
def test_divisions_cover_everything(count: int, seed: int, bar_s: float) -> None:
    division = divide(np.random.default_rng(seed).normal(-3.0, 3.0, count), bar_s)
    assert division.cuts[0] == 0
    assert division.cuts[-1] == count
    assert all(one < two for one, two in itertools.pairwise(division.cuts))
    assert division.chance.shape == (count,)
    assert ((division.chance >= 0.0) & (division.chance <= 1.0)).all()
