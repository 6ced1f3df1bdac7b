"""Tones land in their bins, and tuning is measured to a few cents."""

import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.engine.listening.cqt import BINS_PER_OCTAVE, CQT_RATE, HOP, chroma, constant_q


def tone(*midi: float, seconds: float = 4.0) -> NDArray[np.float32]:
    time = np.arange(int(seconds * CQT_RATE)) / CQT_RATE
    return sum(
        (0.2 * np.sin(2 * np.pi * 440.0 * 2 ** ((pitch - 69) / 12) * time) for pitch in midi), np.zeros(time.size)
    ).astype(np.float32)


@pytest.mark.parametrize("midi", [28, 45, 60, 72, 88, 100])
def test_a_tone_is_loudest_in_its_bin(midi: int) -> None:
    spectrum = constant_q(tone(midi)).mean(axis=0)
    assert int(spectrum.argmax()) == (midi - 24) * BINS_PER_OCTAVE // 12


def test_chroma_of_a_chord() -> None:
    pitches = chroma(constant_q(tone(60, 64, 67))).mean(axis=0)
    assert set(np.argsort(pitches)[-3:]) == {0, 4, 7}


def test_retuned_bins_hear_a_song_off_pitch_as_if_it_were_on() -> None:
    off = constant_q(tone(60.4, 64.4, 67.4), tuning_cents=40.0)
    on = constant_q(tone(60, 64, 67))
    assert np.corrcoef(off.mean(axis=0), on.mean(axis=0))[0, 1] > 0.99


def test_silence_and_a_single_sample() -> None:
    silent = constant_q(np.zeros(CQT_RATE, np.float32))
    assert not silent.any()
    assert not chroma(silent).any()
    assert constant_q(np.ones(1, np.float32)).shape == (1, 252)
    assert constant_q(np.zeros(0, np.float32)).shape == (1, 252)


def test_a_long_sound_is_heard_in_blocks_as_it_is_in_one() -> None:
    sound = np.concatenate([tone(45, 61, 76, seconds=20.0), tone(48, 66, seconds=37.0)])
    whole = constant_q(sound)
    cut = 530
    rest = constant_q(sound[cut * HOP :])
    # Half the longest kernel and the halvings' tails reach 15 frames over the cut.
    assert np.abs(whole[cut + 16 :] - rest[16:]).max() < 1e-3 * whole.max()
