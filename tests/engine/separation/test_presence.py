"""Who is there: stems of a present instrument survive, however soft, and leavings of an absent one do not."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.assets import AssetStore
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.audio.value import Audio, Samples
from contrafact.engine.progress import silent
from contrafact.engine.separation.presence import (
    Presence,
    crest_db,
    held_power,
    judge,
    pitched,
    power_of,
    risen,
    without_absent,
)
from contrafact.engine.separation.separate import separate
from contrafact.engine.separation.separators import Parts
from contrafact.engine.separation.spleeter import FirstGuesses
from tests.support.songs import make_song

SONG = Path(__file__).parents[4] / "shared" / "data" / "karissa-hobbs-lets-go-fishin.ogg"
RATE = 44_100
SECONDS = 20

pytestmark = pytest.mark.assets


def plucked(midi: tuple[int, ...], every_s: float, seed: int = 0) -> Samples:
    """Notes with eight falling harmonics, one after another, float32 (2, frames)."""
    rng = np.random.default_rng(seed)
    out = np.zeros(SECONDS * RATE)
    length = round(1.5 * every_s * RATE)
    t = np.arange(length) / RATE
    for start in np.arange(0, SECONDS - 2 * every_s, every_s):
        hertz = 440 * 2 ** ((midi[int(rng.integers(len(midi)))] - 69) / 12)
        note = sum(np.sin(2 * np.pi * k * hertz * t + k) * np.exp(-t * (1 + 0.7 * k)) / k for k in range(1, 9))
        first = round(start * RATE)
        out[first : first + length] += note * np.minimum(1, t / 0.004) * np.clip((t[-1] - t) / 0.05, 0, 1)
    return np.tile((0.1 * out).astype(np.float32), (2, 1))


def level_db(part: Samples, mix: Samples) -> float:
    return float(10 * np.log10(np.square(part).mean(dtype=np.float64) / np.square(mix).mean(dtype=np.float64) + 1e-12))


def guitar() -> Samples:
    return plucked((57, 60, 64, 67, 69, 72), 0.25)


def bass() -> Samples:
    return plucked((33, 36, 38, 40), 0.5, seed=1)


@pytest.fixture(scope="module")
def band() -> dict[str, NDArray[np.float32]]:
    song = make_song(seed=5)
    return {name: song.stems[name].samples[:, : SECONDS * RATE] for name in STEM_NAMES}


def test_plucked_notes_alone_leave_no_drums_bass_or_voice(asset_store: AssetStore) -> None:
    mix = guitar()
    stems = separate(Audio(mix), asset_store)
    for name in ("vocals", "drums", "bass"):
        assert level_db(stems[name].samples, mix) < -30
    assert np.allclose(sum(stems[name].samples for name in STEM_NAMES), mix, atol=1e-6)


@pytest.mark.parametrize("gain", [1.0, 0.25])
def test_drums_and_bass_that_are_there_stay_however_soft(
    gain: float, band: dict[str, NDArray[np.float32]], asset_store: AssetStore
) -> None:
    mix = guitar() + gain * (band["drums"] + band["bass"]) * np.float32(0.5)
    stems = separate(Audio(mix), asset_store)
    for name in ("drums", "bass"):
        assert stems[name].samples.any()


def test_noise_is_nobodys_drum(asset_store: AssetStore) -> None:
    noise = (0.1 * np.random.default_rng(0).normal(size=(2, 8 * RATE))).astype(np.float32)
    stems = separate(Audio(noise), asset_store)
    assert level_db(stems.drums.samples, noise) < -30
    assert level_db(stems.bass.samples, noise) < -30


def test_a_rattle_that_the_drum_network_does_not_know_stays(asset_store: AssetStore) -> None:
    rng = np.random.default_rng(0)
    rattle = np.zeros((2, SECONDS * RATE), dtype=np.float32)
    burst = np.diff(rng.normal(size=3_001)) * np.hanning(3_000)
    for start in range(0, rattle.shape[1] - 5_000, RATE // 4):
        rattle[:, start : start + 3_000] += (0.05 * burst).astype(np.float32)
    mix = rattle + guitar()
    silent = np.zeros_like(mix)
    assert judge(mix, Parts(silent, rattle, silent), asset_store).drums


def test_a_soft_bass_is_kept_and_what_a_kick_leaves_is_not(asset_store: AssetStore) -> None:
    mix = guitar()
    silent = np.zeros_like(mix)
    soft = bass() * np.float32(0.3)
    assert judge(mix + soft, Parts(silent, silent, soft), asset_store).bass
    t = np.arange(RATE // 5) / RATE
    thump = (0.5 * np.sin(2 * np.pi * 55 * t) * np.exp(-t * 25)).astype(np.float32)
    kicks = silent.copy()
    for start in range(0, kicks.shape[1] - RATE, RATE // 2):
        kicks[:, start : start + thump.size] += thump
    assert not judge(mix + kicks, Parts(silent, silent, kicks), asset_store).bass


def test_an_instrument_in_the_vocal_stem_is_no_voice(asset_store: AssetStore) -> None:
    mix = guitar()
    silent = np.zeros_like(mix)
    leavings = mix * np.float32(0.1)
    assert not judge(mix, Parts(leavings, silent, silent), asset_store).vocals
    # Louder leavings are none where the detector is deaf to them; what is as loud as a voice is left alone, whatever
    # the detector says: it misses a phrase now and then.
    assert not judge(mix, Parts(mix * np.float32(0.25), silent, silent), asset_store).vocals
    assert judge(mix, Parts(mix * np.float32(0.4), silent, silent), asset_store).vocals


def test_what_swells_slowly_does_not_come_and_go() -> None:
    steps = np.arange(400)
    assert crest_db(1.0 + 0.9 * np.sin(2 * np.pi * steps / 130)) < 4.0
    assert crest_db(np.where(steps % 16 == 0, 1.0, 0.01)) > 10.0
    assert crest_db(np.zeros(400)) <= 0.0
    assert crest_db(np.zeros(0)) == 0.0


def test_strokes_are_rises_and_what_masks_cut_out_of_a_held_tone_is_none() -> None:
    t = np.arange(6 * RATE) / RATE
    held = np.tile((0.3 * np.sign(np.sin(2 * np.pi * 220 * t))).astype(np.float32), (2, 1))
    gate = ((t % 0.5) < 0.04).astype(np.float32)
    noise = np.random.default_rng(4).normal(size=t.size)
    strokes = np.tile((0.2 * noise * gate).astype(np.float32), (2, 1))
    assert risen(held + strokes, strokes) > 0.8
    assert risen(held, held * np.float32(0.5) * gate) < 0.2
    assert risen(np.zeros_like(held), np.zeros_like(held)) == 0.0


def test_noise_has_no_pitch_and_a_string_has() -> None:
    noise = np.random.default_rng(5).normal(size=(2, 8 * RATE)).astype(np.float32)
    assert pitched(bass()) > 0.4
    assert pitched(noise) < 0.3
    assert pitched(np.zeros((2, 0), np.float32)) == 0.0


def test_power_is_that_of_whole_steps() -> None:
    some = np.random.default_rng(6).normal(size=(2, 10 * 1323 + 700)).astype(np.float32)
    wanted = np.square(some[:, : 10 * 1323], dtype=np.float64).reshape(2, 10, 1323).mean(axis=(0, 2))
    np.testing.assert_allclose(power_of(some), wanted, rtol=1e-5)


def test_a_passage_with_a_bass_counts_although_most_of_the_song_has_none() -> None:
    power = np.zeros(1600)
    power[:320] = 1.0
    assert held_power(power) == pytest.approx(1.0)
    assert held_power(np.zeros(0)) == 0.0


def test_absent_parts_are_silent_and_the_others_are_untouched() -> None:
    vocals, drums, bass, mix = (np.full((2, 9), value, dtype=np.float32) for value in (1.0, 2.0, 3.0, 7.0))
    parts = Parts(vocals, drums, bass)
    for absent in ("vocals", "drums", "bass"):
        present = {name: name != absent for name in ("vocals", "drums", "bass")}
        kept = without_absent(mix, parts, Presence(**present))
        for name, there in present.items():
            assert np.array_equal(getattr(kept, name), getattr(parts, name) * there)
    alone = without_absent(mix, parts, Presence(vocals=True, drums=True, bass=True, voice_alone=True))
    assert np.array_equal(alone.vocals, mix)
    assert not alone.drums.any()
    assert not alone.bass.any()


@pytest.mark.skipif(not SONG.exists(), reason="the shared test song is not here")
def test_a_voice_is_alone_where_nothing_sounds_in_its_pauses(asset_store: AssetStore) -> None:
    sung = decode(SONG).samples[:, 30 * RATE : 50 * RATE].copy()
    sung *= (np.arange(sung.shape[1]) // (2 * RATE)) % 3 < 2
    silent = np.zeros_like(sung)
    heard = sung * np.float32(0.9)
    assert judge(sung, Parts(heard, silent, silent), asset_store).voice_alone
    soft = guitar() * np.float32(0.1)
    accompanied = judge(sung + soft, Parts(heard, silent, silent), asset_store)
    assert accompanied.vocals
    assert not accompanied.voice_alone


def test_an_instrument_that_is_alone_is_not_taken_for_a_voice(asset_store: AssetStore) -> None:
    mix = guitar()
    mix *= (np.arange(mix.shape[1]) // (2 * RATE)) % 3 < 2
    silent = np.zeros_like(mix)
    assert not judge(mix, Parts(mix * np.float32(0.9), silent, silent), asset_store).voice_alone


@pytest.mark.skipif(not SONG.exists(), reason="the shared test song is not here")
def test_one_short_phrase_in_a_minute_is_a_voice(asset_store: AssetStore) -> None:
    voice = decode(SONG).samples[:, 30 * RATE : 34 * RATE]
    vocals = np.zeros((2, 60 * RATE), dtype=np.float32)
    vocals[:, 40 * RATE : 44 * RATE] = voice
    mix = np.tile(guitar(), (1, 3)) + vocals
    silent = np.zeros_like(mix)
    assert judge(mix, Parts(vocals, silent, silent), asset_store).vocals


@pytest.mark.parametrize("frames", [1, 100, 2_000, 30_000])
def test_short_and_silent_sounds_are_not_judged_to_pieces(frames: int, asset_store: AssetStore) -> None:
    some = (0.1 * np.random.default_rng(1).normal(size=(2, frames))).astype(np.float32)
    for mix in (np.zeros((2, frames), np.float32), some):
        judge(mix, Parts(mix, mix, mix), asset_store)


def test_a_break_pressed_flat_stays_a_break(asset_store: AssetStore) -> None:
    # as loud before a stroke as after it: that the recording hardly rises must not silence it
    whole = decode(asset_store.path("paniq-contemplation", "contemplation.ogg")).samples
    mix = whole[:, whole.shape[1] // 3 :][:, : SECONDS * RATE]
    guesses = FirstGuesses(asset_store).parts(mix, silent)
    assert risen(mix, guesses.drums) < 0.6
    assert judge(mix, guesses, asset_store).drums
