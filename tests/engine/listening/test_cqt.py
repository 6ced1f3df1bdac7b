"""Tones land in their bins, and tuning is measured to a few cents."""

import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.engine.listening.cqt import BINS_PER_OCTAVE, CQT_RATE, chroma, constant_q, tuning_cents


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


@pytest.mark.parametrize("cents", [-40.0, -15.0, 0.0, 22.0, 45.0])
def test_tuning(cents: float) -> None:
    sound = tone(*(pitch + cents / 100 for pitch in (48, 55, 64, 72)))
    assert tuning_cents(constant_q(sound)) == pytest.approx(cents, abs=5.0)


def test_retuned_bins_hear_a_song_off_pitch_as_if_it_were_on() -> None:
    off = constant_q(tone(60.4, 64.4, 67.4), tuning_cents=40.0)
    on = constant_q(tone(60, 64, 67))
    assert np.corrcoef(off.mean(axis=0), on.mean(axis=0))[0, 1] > 0.99


def test_silence_and_a_single_sample() -> None:
    silent = constant_q(np.zeros(CQT_RATE, np.float32))
    assert not silent.any()
    assert tuning_cents(silent) == 0.0
    assert not chroma(silent).any()
    assert constant_q(np.ones(1, np.float32)).shape == (1, 252)
    assert constant_q(np.zeros(0, np.float32)).shape == (1, 252)
