"""Reading rhythm from strings, and swing."""

import pytest

from contrafact.engine.arranging.fitting import Fitted, Songbook, metre_chunks
from contrafact.engine.arranging.notation import BASS_SIGNS, check_signs, parse, swung
from contrafact.engine.arranging.pack import Pattern


def test_steps_holds_and_rests() -> None:
    found = [(step.position, step.length, step.sign) for step in parse("x--. o.X-", 4, 1)]
    assert found == [(0.0, 1.5, "x"), (2.0, 0.5, "o"), (3.0, 1.0, "X")]


def test_unfitting_counts_say_what_would_fit() -> None:
    with pytest.raises(ValueError, match="5 steps do not divide into 4 beats; write 4, 8, 12, 16, 24, 32 signs"):
        parse("x.x.x", 4, 1)
    with pytest.raises(ValueError, match="step 2 is 'q'"):
        check_signs("Rq", BASS_SIGNS)


@pytest.mark.parametrize(
    ("position", "division", "unit", "moved"),
    [
        (0.5, 2, 2, 2 / 3),
        (0.25, 4, 4, 1 / 3),
        (0.75, 4, 4, 5 / 6),
        (0.5, 4, 4, 0.5),
        (1 / 3, 3, 2, 1 / 3),
        (0.5, 2, 4, 0.5),
    ],
)
def test_swing_moves_only_its_own_unit(position: float, division: int, unit: int, moved: float) -> None:
    assert swung(position, division, 2 / 3, unit) == pytest.approx(moved)


@pytest.mark.parametrize(
    ("beats", "written", "chunks"),
    [
        (4, {3, 4}, (4,)),
        (5, {3, 4}, (3, 2)),
        (6, {3, 4}, (3, 3)),
        (6, {3, 4, 6}, (6,)),
        (7, {3, 4}, (4, 3)),
        (9, {3, 4}, (3, 3, 3)),
        (12, {4}, (4, 4, 4)),
        (2, {4}, (2,)),
    ],
)
def test_bars_are_put_together_from_what_is_written(beats: int, written: set[int], chunks: tuple[int, ...]) -> None:
    assert metre_chunks(beats, frozenset(written)) == chunks


def test_a_pattern_of_four_is_cut_for_a_bar_of_two() -> None:
    pattern = Pattern(steps="x---x---o---o---")
    fitted: list[Fitted] = Songbook([(pattern, {"": pattern.steps})]).choices(2, "mid")
    assert [(step.position, step.length) for _, step in fitted[0].bar(0)] == [(0.0, 1.0), (1.0, 1.0)]


def test_two_bar_patterns_take_turns() -> None:
    pattern = Pattern(steps="x---.... | ..o-....", bars=2)
    (fitted,) = Songbook([(pattern, {"": pattern.steps})]).choices(4, "low")
    assert [step.position for _, step in fitted.bar(0)] == [0.0]
    assert [step.position for _, step in fitted.bar(1)] == [1.0]
    assert fitted.bar(2) == fitted.bar(0)
