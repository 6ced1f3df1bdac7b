"""Weights are found from choices, and judged on choices they were not found from."""

import numpy as np
import pytest

from benchmarks.rhythm.choosing import Choice, fit, left_out, shares, varied

NAMES = [
    *("habit", "habit_skew", "chord_fit", "chord_rate", "change_caught", "bars_change", "low_on", "low_half"),
    *("low_third", "bars_low", "kicks_on", "alternates", "alternates_wide"),
]


def _choices(count: int, seed: int) -> list[Choice]:
    """The right reading is the one with the most of ``chord_fit`` and the least of ``low_half``, mostly."""
    chance = np.random.default_rng(seed)
    found = []
    for number in range(count):
        traits = chance.normal(size=(5, len(NAMES)))
        told = traits[:, NAMES.index("chord_fit")] - traits[:, NAMES.index("low_half")]
        right = np.arange(5) == (told + 0.1 * chance.normal(size=5)).argmax()
        found.append(Choice(f"song {number}", traits, chance.uniform(60.0, 180.0, 5), right, 1.0))
    return found


def test_what_decides_is_found_and_generalises() -> None:
    weights = fit(_choices(120, 1), NAMES, 1.0)
    assert weights[NAMES.index("chord_fit")] > 1.0
    assert weights[NAMES.index("low_half")] < -1.0
    others = [index for index, name in enumerate(NAMES) if name not in ("chord_fit", "low_half")]
    assert np.abs(weights[others]).max() < 0.6
    fresh = _choices(80, 2)
    assert np.mean([choice.right[shares(choice, weights).argmax()] for choice in fresh]) > 0.75


def test_left_out_songs_are_judged_by_the_others_only() -> None:
    """Where right is drawn by lot nothing can be learnt: left-out songs are guessed, those fitted to are not."""
    chance = np.random.default_rng(3)
    drawn = [
        Choice(
            f"song {number}", chance.normal(size=(5, len(NAMES))), np.full(5, 110.0), np.arange(5) == number % 5, 1.0
        )
        for number in range(14)
    ]
    weights = fit(drawn, NAMES, 1e-3)
    within = np.mean([choice.right[shares(choice, weights).argmax()] for choice in drawn])
    left = np.mean(
        [choice.right[guess.argmax()] for choice, guess in zip(drawn, left_out(drawn, NAMES, 1e-3), strict=True)]
    )
    assert within > left + 0.15


def test_variants_keep_the_truth_and_count_half() -> None:
    choices = _choices(4, 5)
    found = varied(choices, NAMES, 3, 0)
    assert len(found) == 12
    assert all(copy.weight == 0.5 for copy in found)
    for index, copy in enumerate(found):
        np.testing.assert_array_equal(copy.right, choices[index // 3].right)
        bare = copy.traits[:, NAMES.index("chord_fit")]
        assert (bare == 0.0).all() == (index % 3 == 0)


def test_probabilities_sum_to_one() -> None:
    choice = _choices(1, 6)[0]
    assert shares(choice, np.ones(len(NAMES))).sum() == pytest.approx(1.0)
