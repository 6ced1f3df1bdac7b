"""Which sections are the same, on made-up bars."""

import itertools

import numpy as np
import pytest

from contrafact.engine.listening.bar_features import PARTS, BarFeatures
from contrafact.engine.listening.letters import letter, likeness, name_letters
from contrafact.engine.listening.likeness import MOST_LAGS, bar_likeness, compare_lags, transpose


def passage(
    kind: int, bars: int = 8, *, up: int = 0, louder_db: float = 0.0, noise: float = 0.1, seed: int = 0
) -> BarFeatures:
    """Bars of one of several progressions, each with its own colour; perhaps moved up, perhaps louder."""
    own, rng = np.random.default_rng(50 + kind), np.random.default_rng([seed, kind, bars])
    chords = np.repeat(own.random((4, 12)) < 0.3, PARTS, axis=0).reshape(4, 12 * PARTS).astype(float)
    colour, strokes = 10.0 * own.standard_normal(14), own.uniform(0, 10, 48)
    rows = chords[np.arange(bars) % 4] + noise * rng.standard_normal((bars, 12 * PARTS))
    rows -= rows.mean(axis=1, keepdims=True)
    rows = transpose(rows / np.linalg.norm(rows, axis=1, keepdims=True), up)
    return BarFeatures(
        rows,
        colour + 2.0 * rng.standard_normal((bars, 14)),
        strokes + 2.0 * rng.standard_normal((bars, 48)),
        -18.0 + louder_db + 0.3 * rng.standard_normal(bars),
        np.zeros(bars),
    )


def joined(parts: list[BarFeatures]) -> tuple[BarFeatures, list[int]]:
    cuts = [0, *np.cumsum([part.bars for part in parts]).tolist()]
    return BarFeatures(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in BarFeatures.__slots__)
    ), cuts


@pytest.mark.parametrize("change", [{}, {"up": 2}, {"up": 11}, {"louder_db": 2.5}, {"noise": 0.2}])
def test_a_repetition_keeps_its_letter(change: dict[str, float]) -> None:
    """Also moved to another key, played louder, or less exactly."""
    song, cuts = joined([passage(0), passage(1), passage(0, seed=1), passage(1, seed=2, **change)])  # type: ignore[arg-type]
    assert name_letters(song, compare_lags(song), cuts) == ["A", "B", "A", "B"]


def test_other_material_has_another_letter_and_half_a_repetition_counts() -> None:
    song, cuts = joined([passage(0), passage(1), passage(0, 4, seed=1), passage(2), passage(1, seed=3)])
    assert name_letters(song, compare_lags(song), cuts) == ["A", "B", "A", "C", "B"]


def test_likeness_is_in_the_units_of_the_song() -> None:
    song, cuts = joined([passage(kind, seed=seed) for seed, kind in enumerate((0, 1, 2, 0, 1, 2))])
    lags = compare_lags(song)
    parts = [song.rows(np.arange(start, stop)) for start, stop in itertools.pairwise(cuts)]
    assert likeness(parts[0], parts[3], lags) > 0.8
    assert likeness(parts[0], parts[1], lags) < 0.4


def test_transposing_is_undone_by_the_same_interval() -> None:
    one = passage(0, noise=0.0)
    two = passage(0, noise=0.0, up=5)
    assert np.diagonal(bar_likeness(one, two, 5)).mean() > np.diagonal(bar_likeness(one, two)).mean() + 0.1
    assert transpose(transpose(one.harmony, 7), 5) == pytest.approx(one.harmony)


def test_an_hour_needs_no_square_matrix() -> None:
    song, _ = joined([passage(number % 5, 40, seed=number) for number in range(50)])
    lags = compare_lags(song)
    assert lags.alike.shape == (2000, MOST_LAGS + 1)
    assert lags.alike[600, 1:].max() > 0.8


def test_letters_go_on_after_z() -> None:
    assert [letter(index) for index in (0, 25, 26, 53)] == ["A", "Z", "A1", "B2"]
