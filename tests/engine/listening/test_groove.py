from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.listening.chart import Bar, Drum, Drums, GrooveBar, Hit
from contrafact.engine.listening.groove import find_groove, typical_groove

BEAT_S = 0.5


def bars_of(count: int, beats: int = 4, start_s: float = 1.0, beat_s: float = BEAT_S) -> list[Bar]:
    found = []
    for index in range(count):
        times = [start_s + (index * beats + beat) * beat_s for beat in range(beats + 1)]
        found.append(Bar(index=index, start_s=times[0], end_s=times[-1], beats_s=tuple(times[:-1])))
    return found


def hit(time_s: float, drum: Drum = "kick", strength: float = 0.8) -> Hit:
    return Hit(time_s=time_s, drum=drum, strength=strength, confidence=0.9)


def at_steps(steps: Sequence[int], per_beat: int, drum: Drum = "hihat", late_s: float = 0.0) -> list[Hit]:
    return [hit(1.0 + step * BEAT_S / per_beat + late_s, drum) for step in steps]


@given(
    st.lists(st.tuples(st.integers(0, 63), st.sampled_from(["kick", "snare", "hihat"]), st.floats(0.1, 1.0)),
             min_size=1, max_size=40, unique_by=lambda one: one[:2]),
    st.floats(-0.012, 0.012),
)  # fmt: skip
def test_strokes_on_sixteenths_come_back_with_their_strength_and_lateness(
    strokes: list[tuple[int, Drum, float]], late_s: float
) -> None:
    hits = sorted(
        (hit(1.0 + step * BEAT_S / 4 + late_s, drum, strength) for step, drum, strength in strokes),
        key=lambda one: one.time_s,
    )
    groove = find_groove(hits, bars_of(4))
    assert [bar.bar for bar in groove] == [0, 1, 2, 3]
    assert {bar.steps for bar in groove} == {16}
    wanted = {(step, drum): strength for step, drum, strength in strokes}
    for bar in groove:
        for step in range(16):
            struck = 0
            for drum, row in (("kick", bar.kick), ("snare", bar.snare), ("hihat", bar.hihat)):
                strength = wanted.get((16 * bar.bar + step, drum), 0.0)  # type: ignore[arg-type]
                assert row[step] == pytest.approx(strength, abs=1e-3)
                struck += strength > 0
            assert bar.offsets_ms[step] == pytest.approx(1000 * late_s if struck else 0.0, abs=0.02)


@pytest.mark.parametrize("ratio", [0.58, 0.6, 0.62, 0.65, 2 / 3])
def test_swing_gets_a_grid_on_which_every_bar_is_alike(ratio: float) -> None:
    hits = [
        hit(1.0 + (beat + share) * BEAT_S + 0.004 * (beat % 3 - 1), "hihat")
        for beat in range(32)
        for share in (0.0, ratio)
    ]
    groove = find_groove(hits, bars_of(8))
    assert {bar.steps for bar in groove} == {48}
    assert len({tuple(strength > 0 for strength in bar.hihat) for bar in groove}) == 1
    off = round(12 * ratio)
    assert groove[3].hihat[off] > 0
    assert groove[3].offsets_ms[off] == pytest.approx(1000 * BEAT_S * (ratio - off / 12), abs=5)


def test_triplets_are_whole_steps() -> None:
    (first, *_) = find_groove(at_steps(range(12 * 4), 3), bars_of(4))
    assert first.steps == 48
    assert [step for step, strength in enumerate(first.hihat) if strength] == list(range(0, 48, 4))


def test_a_beat_that_divides_by_three_has_six_steps() -> None:
    hits = at_steps(range(6 * 2), 3)
    (first, *_) = find_groove(hits, bars_of(2, beats=2), division=3)
    assert first.steps == 12
    assert [step for step, strength in enumerate(first.hihat) if strength] == [0, 2, 4, 6, 8, 10]


def test_a_stroke_just_before_a_bar_belongs_to_its_first_step() -> None:
    hits = [hit(3.0 - 0.015), *at_steps(range(32), 4)]
    first, second = find_groove(sorted(hits, key=lambda one: one.time_s), bars_of(2))
    assert not any(first.kick)
    assert second.kick[0] == 0.8
    assert second.offsets_ms[0] == pytest.approx(-7.5, abs=0.1)


def test_strokes_outside_the_bars_belong_to_none() -> None:
    hits = [hit(0.2), hit(0.6), *at_steps([0], 4), hit(5.5), hit(9.0)]
    groove = find_groove(hits, bars_of(2))
    assert [sum(map(bool, bar.kick)) for bar in groove] == [0, 0]
    assert [sum(map(bool, bar.hihat)) for bar in groove] == [1, 0]


@pytest.mark.parametrize(("beats", "steps"), [(7, 84), (9, 90), (16, 96)])
def test_long_bars_stay_within_the_chart(beats: int, steps: int) -> None:
    (bar,) = find_groove(at_steps(range(3 * beats), 3), bars_of(1, beats))
    assert bar.steps == steps


def test_no_hits_or_no_bars_no_groove() -> None:
    assert find_groove([], bars_of(3)) == ()
    assert find_groove([hit(1.0)], []) == ()


def groove_bar(index: int, kick: Sequence[float], offsets_ms: Sequence[float] | None = None) -> GrooveBar:
    none = (0.0,) * len(kick)
    return GrooveBar(
        bar=index,
        steps=len(kick),
        kick=tuple(kick),
        snare=none,
        hihat=none,
        offsets_ms=tuple(offsets_ms) if offsets_ms else none,
    )


def test_the_typical_bar_is_what_most_bars_do() -> None:
    usual = [0.9, 0.0, 0.5, 0.0]
    bars = [groove_bar(at, usual, [0.0, 0.0, float(at), 0.0]) for at in range(5)]
    fill = groove_bar(5, [1.0, 1.0, 1.0, 1.0], [9.0, 9.0, 9.0, 9.0])
    empty = groove_bar(6, [0.0] * 4)
    other = groove_bar(7, [1.0] * 3)
    drums = Drums(hits=(), groove=(*bars, fill, empty, other))
    found = typical_groove(drums, 0, 7)
    assert found is not None
    assert (found.bar, found.steps) == (0, 4)
    assert found.kick == (0.9, 0.0, 0.5, 0.0)
    assert found.offsets_ms == (0.0, 0.0, 2.5, 0.0)


def test_only_the_bars_asked_for_have_a_say() -> None:
    drums = Drums(hits=(), groove=(groove_bar(0, [0.2, 0.0]), groove_bar(1, [0.0, 0.7]), groove_bar(2, [0.2, 0.0])))
    found = typical_groove(drums, 1, 1)
    assert found is not None
    assert found.kick == (0.0, 0.7)
    assert typical_groove(drums, 3, 9) is None
