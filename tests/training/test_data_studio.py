"""Whatever a studio does to the mix, its stems sum to the mix."""

import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.engine.audio.value import SAMPLE_RATE
from training.data.studio import MASTERS, clipped, ducked, levelled, mastered, treated

Floats = NDArray[np.float32]


def stems(seconds: float = 2.0) -> Floats:
    """Four different sounds with strokes, at a mix's level."""
    chance = np.random.default_rng(5)
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    tones = np.stack([np.sin(2 * np.pi * hertz * time) for hertz in (330.0, 1.0, 55.0, 880.0)])
    tones[1] = chance.standard_normal(time.size) * np.exp(-(time % 0.5) / 0.05)
    both = np.stack([tones, 0.7 * tones], axis=1) * np.array([0.2, 0.4, 0.3, 0.1])[:, None, None]
    return np.asarray(both, dtype=np.float32)


@pytest.mark.parametrize("name", [name for name, _, _ in MASTERS])
def test_a_master_does_to_the_stems_what_it_does_to_their_sum(name: str) -> None:
    work = next(each for known, _, each in MASTERS if known == name)
    parts = stems()
    whole = np.zeros_like(parts)
    whole[0] = parts.sum(axis=0)
    apart = work(parts, np.random.default_rng(1)).sum(axis=0)
    together = work(whole, np.random.default_rng(1)).sum(axis=0)
    np.testing.assert_allclose(apart, together, atol=2e-5)


@pytest.mark.parametrize("name", ["compressed", "limited", "mp3", "band-limited"])
def test_a_master_changes_the_mix(name: str) -> None:
    work = next(each for known, _, each in MASTERS if known == name)
    parts = stems()
    assert np.abs(work(parts, np.random.default_rng(1)) - parts).max() > 1e-3


def test_an_mp3_leaves_each_stem_what_it_was_where_nothing_is_lost() -> None:
    work = next(each for known, _, each in MASTERS if known == "mp3")
    parts = stems()
    coded = work(parts, np.random.default_rng(1))
    for stem in (0, 2):
        error = np.square(coded[stem] - parts[stem]).sum() / np.square(parts[stem]).sum()
        assert 10 * np.log10(error) < -15.0


def test_the_same_chance_masters_alike_and_silence_stays_silent() -> None:
    first, used = mastered(stems(), np.random.default_rng(3))
    again, _ = mastered(stems(), np.random.default_rng(3))
    np.testing.assert_array_equal(first, again)
    assert set(used) <= {name for name, _, _ in MASTERS}
    parts = stems()
    parts[0] = 0.0
    for seed in range(4):
        assert not mastered(parts, np.random.default_rng(seed))[0][0].any()


def test_ducking_turns_bass_and_rest_down_under_the_kick_only() -> None:
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    parts = stems()
    parts[1] = 0.5 * np.sin(2 * np.pi * 60.0 * time) * np.exp(-(time % 1.0) / 0.03)
    done = ducked(parts, np.random.default_rng(2))
    np.testing.assert_array_equal(done[:2], parts[:2])

    def level(sound: Floats, first_s: float) -> float:
        piece = sound[:, int(first_s * SAMPLE_RATE) : int((first_s + 0.03) * SAMPLE_RATE)]
        return float(np.sqrt(np.square(piece).mean()))

    assert level(done[3], 1.01) < 0.9 * level(parts[3], 1.01)
    assert level(done[3], 1.9) > level(done[3], 1.01)


def test_levels_count_what_is_heard_not_the_rests() -> None:
    sound = stems()[3]
    quiet = np.concatenate([sound, np.zeros_like(sound)], axis=1)
    for samples in (sound, quiet):
        heard = levelled(samples, -20.0)[:, : SAMPLE_RATE // 2]
        assert 10 * np.log10(np.square(heard).mean()) == pytest.approx(-20.0, abs=0.2)


@pytest.mark.parametrize("stem", ["vocals", "drums", "bass", "other"])
def test_effects_keep_the_length_and_leave_silence_alone(stem: str) -> None:
    for seed in range(6):
        sound, used = treated(stems()[0], stem, np.random.default_rng(seed))
        assert sound.shape == stems()[0].shape
        assert np.isfinite(sound).all()
        assert sound.any()
        assert len(used) == len(set(used))
    nothing, used = treated(np.zeros((2, 1000), np.float32), stem, np.random.default_rng(0))
    assert not nothing.any()
    assert used == []


def test_clipping_cuts_the_mix_off_and_takes_as_much_of_each_stem() -> None:
    chance = np.random.default_rng(4)
    stems = chance.normal(0.0, 0.2, (4, 2, SAMPLE_RATE)).astype(np.float32)
    cut = clipped(stems, np.random.default_rng(0))
    mix, flat = stems.sum(axis=0), cut.sum(axis=0)
    peak = np.abs(flat).max()
    assert 0.03 * np.abs(mix).max() < peak < 0.7 * np.abs(mix).max()
    np.testing.assert_allclose(flat, np.clip(mix, -peak, peak), atol=1e-5)
    np.testing.assert_allclose(cut * mix, stems * flat, atol=1e-5)
    assert not clipped(np.zeros_like(stems), np.random.default_rng(0)).any()
