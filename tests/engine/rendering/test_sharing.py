"""A take made by two: whoever plays a track, and whether they do it at all, it is the same take."""

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contrafact.engine.arranging.timeline import Effect, StemBus
from contrafact.engine.rendering import Desk, Piece, Shelf, Sounds
from contrafact.engine.rendering.channels import channels_of
from contrafact.engine.rendering.sharing import Sharing
from tests.engine.rendering.test_desk import STRETCHED, stems, together

TAKE = replace(
    STRETCHED,
    duration_s=11.0,
    buses=(*STRETCHED.buses, StemBus("drums", effects=(Effect("compressor"),))),
    clips=(*STRETCHED.clips, *(replace(clip, stem="drums") for clip in STRETCHED.clips)),
)
"""Two stems are kept, so that there are two to be heard for the sound check."""

DEPTH = 3
"""Segments of a channel that there is room for between two processes."""


class Elsewhere:
    """Another desk for the same take, which does what it is asked when the answer is wanted."""

    def __init__(self, sounds: Sounds, willing: Callable[[Piece], bool]) -> None:
        self._desk = Desk(TAKE, stems(), sounds, Shelf())
        self._willing = willing
        self.asked: list[Piece] = []
        self.done: list[Piece] = []
        self._turn = 0

    def ask(self, piece: Piece) -> None:
        self.asked.append(piece)

    def ready(self, piece: Piece) -> bool:
        self._turn += 1
        return self._turn % 2 == 0

    def answer(self, piece: Piece) -> tuple[bool, Any]:
        assert piece in self.asked, "nobody waits for what was not asked for"
        if not self._willing(piece):
            return False, None
        self.done.append(piece)
        return True, self._desk.piece(piece)


@pytest.fixture(scope="module")
def alone(sounds: Sounds) -> Any:
    desk = Desk(TAKE, stems(), sounds)
    return desk.balance, together(desk)


@pytest.mark.assets
def test_a_take_made_by_two_is_the_same_take(sounds: Sounds, alone: Any) -> None:
    other = Elsewhere(sounds, lambda piece: True)
    desk = Desk(TAKE, stems(), sounds, Shelf(), hands=other)
    assert desk.balance == alone[0]
    assert np.array_equal(together(desk), alone[1])
    assert other.done
    assert len(other.done) == len(other.asked), "nothing is asked for and left lying"


@pytest.mark.assets
@given(chance=st.lists(st.booleans(), min_size=8, max_size=8))
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_the_other_does_not_do_is_done_here(sounds: Sounds, alone: Any, chance: list[bool]) -> None:
    other = Elsewhere(sounds, lambda piece: chance[(piece[1] + len(piece[0])) % len(chance)])
    desk = Desk(TAKE, stems(), sounds, Shelf(), hands=other)
    assert desk.balance == alone[0]
    assert np.array_equal(together(desk), alone[1])


@pytest.mark.assets
def test_what_lies_on_the_shelf_is_not_asked_for(sounds: Sounds, alone: Any) -> None:
    shelf = Shelf()
    assert together(Desk(TAKE, stems(), sounds, shelf)).any()
    other = Elsewhere(sounds, lambda piece: True)
    assert np.array_equal(together(Desk(TAKE, stems(), sounds, shelf, hands=other)), alone[1])
    assert other.asked == []


@pytest.mark.assets
def test_a_listener_who_goes_leaves_nothing_to_wait_for(sounds: Sounds, alone: Any) -> None:
    desk = Desk(TAKE, stems(), sounds, Shelf(), hands=Elsewhere(sounds, lambda piece: True))
    blocks = desk.blocks()
    next(blocks)
    assert isinstance(blocks, Generator)
    blocks.close()
    assert np.array_equal(together(desk), alone[1])


class Slow(Elsewhere):
    """Somebody who has nothing ready before it is waited for."""

    def ready(self, piece: Piece) -> bool:
        return False


@pytest.mark.assets
@pytest.mark.parametrize("shelf_bytes", [1, 128 * 2**20])
def test_who_would_wait_makes_what_comes_next(sounds: Sounds, alone: Any, shelf_bytes: int) -> None:
    other, shelf = Slow(sounds, lambda piece: True), Shelf(shelf_bytes)
    desk = Desk(TAKE, stems(), sounds, shelf, hands=other)
    assert desk.balance == alone[0]
    assert other.asked, "nobody has to wait for the sound check"
    assert {number for _, _, number in other.asked} <= {0, 1}, "the take is about to be heard from its beginning"
    assert np.array_equal(together(desk), alone[1])
    assert len(other.asked) == len(set(other.asked)) == len(other.done)


class Crowded(Elsewhere):
    """Somebody who does at once what is asked for, and has few places to lay it: as between two processes."""

    def __init__(self, sounds: Sounds) -> None:
        super().__init__(sounds, lambda piece: True)
        self._laid: dict[tuple[int, int], Any] = {}

    def ask(self, piece: Piece) -> None:
        super().ask(piece)
        self._laid[piece[1], piece[2] % DEPTH] = self._desk.piece(piece)

    def answer(self, piece: Piece) -> tuple[bool, Any]:
        self.done.append(piece)
        return True, self._laid[piece[1], piece[2] % DEPTH]


@pytest.mark.assets
def test_what_is_not_wanted_any_more_is_not_taken_for_something_else(sounds: Sounds) -> None:
    channels, other = channels_of(TAKE, (stems(),), sounds, Shelf()), Crowded(sounds)
    sharing = Sharing(channels, Shelf(), other)
    before = sharing.segments(channels, range(2))
    next(before)
    before.close()
    assert {piece[2] for piece in other.asked if piece not in other.done} == {1}, "asked for ahead"
    later = [next(sharing.segments(channels, [number])) for number in (1 + DEPTH, 1)]
    for number, sounding in zip((1 + DEPTH, 1), later, strict=True):
        alone = [channel.track.segment(number) for channel in channels_of(TAKE, (stems(),), sounds, Shelf())]
        for one, other_one in zip(sounding, alone, strict=True):
            assert (one is None) == (other_one is None)
            if one is not None and other_one is not None:
                assert np.array_equal(one, other_one)
