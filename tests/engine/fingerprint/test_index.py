"""The index of keys: in memory and in files it says the same, and what is rare is asked for first."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.fingerprint import Index, Keys, Rows
from contrafact.engine.fingerprint.index import write
from contrafact.engine.fingerprint.voting import suspects

rows = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5), st.integers(0, 9), st.integers(0, 9)), max_size=60)


def table(found: list[tuple[int, int, int, int]]) -> Rows:
    columns = np.array(found, np.int64).reshape(-1, 4).T
    return Rows.of(columns[0], columns[1], columns[2], columns[3])


def told(index: Index, asked: list[int]) -> list[tuple[int, int, float, float]]:
    at, counts = index.find(np.array(asked, np.int64))
    found = index.places(at, counts)
    keys = np.array(asked, np.int64)[found.asked]
    columns = (keys.tolist(), found.entries.tolist(), found.times_s.tolist(), found.pitches.tolist())
    return sorted(zip(*columns, strict=True))


@settings(max_examples=40)
@given(found=rows, asked=st.lists(st.integers(0, 45), max_size=20, unique=True))
def test_every_place_of_a_key_is_found_and_no_other(found: list[tuple[int, int, int, int]], asked: list[int]) -> None:
    expected = sorted(
        (key, entry, float(np.float32(time * 0.005)), float(np.float32(pitch * 0.02)))
        for key, entry, time, pitch in set(found)
        if key in asked
    )
    assert told(Index.of(table(found)), asked) == expected


@settings(max_examples=25)
@given(found=rows, cuts=st.lists(st.integers(1, 40), max_size=3, unique=True).map(sorted))
def test_in_files_it_is_the_same_in_whatever_ranges_it_is_written(
    tmp_path_factory: pytest.TempPathFactory, found: list[tuple[int, int, int, int]], cuts: list[int]
) -> None:
    whole = Index.of(table(found))
    edges = [0, *cuts, 64]
    folder = tmp_path_factory.mktemp("index") / "made"
    write(folder, (whole.between(low, high) for low, high in pairwise(edges)))
    again = Index.opened(folder)
    for name in ("keys", "starts", "entries", "times", "pitches"):
        assert np.array_equal(getattr(again, name), getattr(whole, name)), name


def test_an_index_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="keys"):
        Index.opened(tmp_path / "none")


def _keys(keys: list[int], times: list[float]) -> Keys:
    return Keys(np.array(keys, np.int64), np.array(times, np.float32), np.zeros(len(keys), np.float32))


def test_rare_keys_are_asked_for_first_and_bound_what_a_look_costs() -> None:
    """Entry 7 has four keys that nobody else has; a thousand entries have the common one."""
    rare = [(key, 7, key * 200, 0) for key in range(1, 5)]
    common = [(50, entry, 0, 0) for entry in range(1000)]
    index = Index.of(table([*rare, *common]))
    asked = _keys([1, 2, 3, 4, 50], [1.0, 2.0, 3.0, 4.0, 0.0])
    for places in (4, 10, 2_000):
        (best, *_) = suspects(asked, index, places)
        assert (best.entry, best.votes >= 4) == (7, True)
    assert suspects(asked, index, 2) == [], "too few places for three votes"
    assert suspects(_keys([], []), index, 100) == []
