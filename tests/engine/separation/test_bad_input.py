"""Recordings in which hardly anybody plays: no separator invents who is not there, none gives what is no number."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

import contrafact
from contrafact.assets import AssetStore
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.stems import STEM_NAMES, StemName
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import BadInput
from contrafact.engine.separation.separate import separate

pytestmark = pytest.mark.assets

SECONDS = 11
"""One patch of the voice networks."""
TIME_S = np.arange(SECONDS * SAMPLE_RATE) / SAMPLE_RATE
SONG = Path(contrafact.__file__).parent / "catalogue" / "demo" / "song"


def both(wave: np.ndarray) -> Samples:
    return np.tile(wave, (2, 1)).astype(np.float32)


def notes(midi: tuple[int, ...], every_s: float, decay: float) -> Samples:
    """Tones with falling harmonics, one after another."""
    wave = np.zeros_like(TIME_S)
    length = round(min(1.5 * every_s, SECONDS) * SAMPLE_RATE)
    u = np.arange(length) / SAMPLE_RATE
    for number, start_s in enumerate(np.arange(0.0, SECONDS - 1.5 * every_s, every_s)):
        hertz = 440 * 2 ** ((midi[number * 5 % len(midi)] - 69) / 12)
        tone = sum(np.sin(2 * np.pi * k * hertz * u + k) * np.exp(-decay * k * u) / k for k in range(1, 9))
        first = round(start_s * SAMPLE_RATE)
        wave[first : first + length] += 0.1 * tone * np.minimum(1, u / 0.004) * np.clip((u[-1] - u) / 0.05, 0, 1)
    return both(wave)


def guitar() -> Samples:
    return notes((57, 60, 64, 67, 69, 72), 0.25, decay=1.0)


def organ() -> Samples:
    return notes((60, 67, 65, 72), 2.0, decay=0.0) + notes((64, 71, 69, 76), 2.0, decay=0.0)


def strings_bass() -> Samples:
    return notes((33, 36, 38, 40), 0.5, decay=0.7)


def voice() -> Samples:
    return decode(SONG / "vocals.opus").samples[:, 30 * SAMPLE_RATE : (30 + SECONDS) * SAMPLE_RATE].copy()


def beat() -> Samples:
    return decode(SONG / "drums.opus").samples[:, 30 * SAMPLE_RATE : (30 + SECONDS) * SAMPLE_RATE].copy()


def hiss() -> Samples:
    return (0.1 * np.random.default_rng(0).normal(size=(2, TIME_S.size))).astype(np.float32)


def clipped() -> Samples:
    """A guitar driven so hard that its waves are square."""
    return np.asarray(np.clip(guitar() * np.float32(40), -1, 1), dtype=np.float32)


def level_db(part: Samples, mix: Samples) -> float:
    return float(10 * np.log10(np.square(part).mean(dtype=np.float64) / np.square(mix).mean(dtype=np.float64) + 1e-12))


WANTED_DB = -30.0
NOBODY: Mapping[str, tuple[Callable[[], Samples], Mapping[str, float]]] = {
    "guitar": (guitar, {"drums": WANTED_DB, "bass": WANTED_DB, "vocals": WANTED_DB}),
    "organ": (organ, {"drums": WANTED_DB, "bass": WANTED_DB}),
    "bass": (strings_bass, {"drums": WANTED_DB, "vocals": WANTED_DB}),
    "drums": (beat, {"vocals": WANTED_DB}),
    "voice": (voice, {"drums": WANTED_DB, "bass": WANTED_DB}),
    "voice and guitar": (lambda: voice() + guitar(), {"drums": WANTED_DB, "bass": WANTED_DB}),
    "noise": (hiss, {"drums": WANTED_DB, "bass": WANTED_DB, "vocals": WANTED_DB}),
    # square waves begin like a snare: the drum network believes in some of them
    "clipped": (clipped, {"drums": -18.0, "bass": WANTED_DB, "vocals": WANTED_DB}),
}
"""Who plays, and how loud those may at most be found who do not, against the recording."""


@pytest.mark.parametrize("case", NOBODY)
def test_who_is_not_there_gets_nothing(case: str, asset_store: AssetStore) -> None:
    make, absent = NOBODY[case]
    mix = make()
    stems = separate(Audio(mix), asset_store, separator="contrafact")
    total = np.zeros_like(mix)
    for name in STEM_NAMES:
        assert np.isfinite(stems[name].samples).all()
        total += stems[name].samples
    np.testing.assert_allclose(total, mix, atol=1e-5 * float(np.abs(mix).max()))
    found: Mapping[StemName, Samples] = {name: stems[name].samples for name in STEM_NAMES}
    levels = {name: level_db(part, mix) for name, part in found.items() if name in absent}
    assert not {name: level for name, level in levels.items() if level > absent[name]}


def test_silence_has_no_stems(asset_store: AssetStore) -> None:
    stems = separate(Audio(np.zeros((2, SAMPLE_RATE), np.float32)), asset_store, separator="contrafact")
    assert not any(stems[name].samples.any() for name in STEM_NAMES)


def test_mono_is_refused(asset_store: AssetStore) -> None:
    with pytest.raises(BadInput, match="separation takes stereo"):
        separate(Audio(np.zeros((1, SAMPLE_RATE), np.float32)), asset_store, separator="contrafact")
