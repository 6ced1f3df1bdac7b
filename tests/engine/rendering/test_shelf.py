"""The shelf keeps what fits, makes a thing once, and never mixes two things up."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.audio.value import Samples
from contrafact.engine.rendering import Shelf


def ones(frames: int) -> Samples:
    return np.ones((2, frames), np.float32)


@given(asked=st.lists(st.integers(0, 12), max_size=60), room=st.integers(1, 6))
def test_it_stays_within_its_bound_and_gives_what_was_asked_for(asked: list[int], room: int) -> None:
    shelf = Shelf(room * 10_000)
    for key in asked:
        found = shelf.sound(key, lambda key=key: ones(1000) * np.float32(key + 1))  # type: ignore[misc]
        assert found is not None
        assert found[0, 0] == key + 1
        assert shelf.held_bytes <= max(room * 10_000, found.nbytes + 1000)


def test_silence_is_kept_as_nothing_and_sound_cannot_be_written_to() -> None:
    shelf = Shelf()
    assert shelf.sound("quiet", lambda: np.zeros((2, 100_000), np.float32)) is None
    assert shelf.held_bytes < 1000
    kept = shelf.sound("loud", lambda: ones(10))
    assert kept is not None
    with pytest.raises(ValueError, match="read-only"):
        kept[0, 0] = 0.0


def test_threads_that_want_one_thing_wait_for_it_instead_of_making_it_again() -> None:
    shelf, made, begun, go_on = Shelf(), [], threading.Event(), threading.Event()

    def make() -> Samples:
        made.append(1)
        begun.set()
        go_on.wait(10.0)
        return ones(8)

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(shelf.sound, "a", make)
        assert begun.wait(10.0)
        others = [pool.submit(shelf.sound, "a", make) for _ in range(3)]
        go_on.set()
        assert all(other.result() is first.result() for other in others)
    assert made == [1]


def test_what_fails_is_told_and_may_be_tried_again() -> None:
    shelf = Shelf()

    def fail() -> Samples:
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk is gone"):
        shelf.sound("a", fail)
    assert shelf.sound("a", lambda: ones(4)) is not None


def test_equal_keys_have_equal_numbers() -> None:
    shelf = Shelf()
    assert shelf.number(("a", 1)) == shelf.number(("a", 1))
    assert shelf.number(("a", 1)) != shelf.number(("a", 2))
