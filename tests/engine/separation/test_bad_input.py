"""Recordings in which hardly anybody plays: no separator invents who is not there, none gives what is no number.

A few of :mod:`tests.support.bare_recordings`; ``python -m benchmarks.separation --only bare`` goes through all of them.
"""

import numpy as np
import pytest

from contrafact.assets import AssetStore
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import BadInput
from contrafact.engine.separation.separate import separate
from tests.support.bare_recordings import CASES, Bare, Players

pytestmark = pytest.mark.assets

WANTED_DB = -30.0
"""How loud whoever does not play may at most be, against the recording."""
HEARD = (
    "steel guitar, strummed",
    "finger bass",
    "drum kit",
    "pad",
    "tones, with an offset",
    "tones, clipped to squares",
    "chip, one voice",
    "white noise",
    "voice and nylon guitar",
    "voice, clipped 12 dB",
)
LEFT_OVER = {"voice, clipped 12 dB": {"other"}}
"""What nothing tells safely from a soft instrument."""


@pytest.fixture(scope="module")
def players(asset_store: AssetStore) -> Players:
    return Players.of(asset_store)


def level_db(part: Samples, mix: Samples) -> float:
    return float(10 * np.log10(np.square(part).mean(dtype=np.float64) / np.square(mix).mean(dtype=np.float64) + 1e-12))


@pytest.mark.parametrize("case", [case for case in CASES if case.name in HEARD], ids=lambda case: str(case.name))
def test_who_is_not_there_gets_nothing(case: Bare, players: Players, asset_store: AssetStore) -> None:
    mix = case.make(players)
    stems = separate(Audio(mix), asset_store, separator="contrafact")
    total = np.zeros_like(mix)
    for name in STEM_NAMES:
        assert np.isfinite(stems[name].samples).all()
        total += stems[name].samples
    np.testing.assert_allclose(total, mix, atol=1e-5 * float(np.abs(mix).max()))
    absent = set(STEM_NAMES) - case.present - LEFT_OVER.get(case.name, set())
    levels = {name: level_db(stems[name].samples, mix) for name in absent}
    assert not {name: level for name, level in levels.items() if level > WANTED_DB}
    assert all(stems[name].samples.any() for name in case.present)


def test_silence_has_no_stems(asset_store: AssetStore) -> None:
    stems = separate(Audio(np.zeros((2, SAMPLE_RATE), np.float32)), asset_store, separator="contrafact")
    assert not any(stems[name].samples.any() for name in STEM_NAMES)


def test_mono_is_refused(asset_store: AssetStore) -> None:
    with pytest.raises(BadInput, match="separation takes stereo"):
        separate(Audio(np.zeros((1, SAMPLE_RATE), np.float32)), asset_store, separator="contrafact")
