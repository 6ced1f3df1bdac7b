import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.engine.audio.value import Samples
from contrafact.engine.listening.chart import Chord
from contrafact.engine.separation.bassline import HOP, bass_of, track_bass
from contrafact.engine.separation.lowband import LOW_RATE

NOTES_HZ = (55.0, 41.2, 73.4, 98.0)
NOTE_S = 0.5


def tones(partials: dict[float, float], hertz: NDArray[np.float64]) -> Samples:
    """Partials (multiple, amplitude) over a line of fundamentals, one value a sample."""
    phase = 2 * np.pi * np.cumsum(hertz) / LOW_RATE
    wave = sum(amplitude * np.sin(multiple * phase) for multiple, amplitude in partials.items())
    return np.tile(wave, (2, 1)).astype(np.float32)


def line() -> NDArray[np.float64]:
    return np.repeat(np.tile(NOTES_HZ, 4), round(NOTE_S * LOW_RATE))


def sdr_db(truth: Samples, estimate: Samples) -> float:
    return float(10 * np.log10((truth**2).sum() / ((estimate - truth) ** 2).sum()))


def test_the_line_is_followed_under_chords() -> None:
    hertz = line()
    bass = tones({1: 0.3, 2: 0.2, 3: 0.1}, hertz)
    chords = tones({1: 0.1, 2: 0.05}, np.full(hertz.size, 261.6)) + tones({1: 0.1}, np.full(hertz.size, 329.6))
    heard = track_bass(bass + chords).pitch_hz
    true = hertz[np.minimum(np.arange(heard.size) * HOP, hertz.size - 1)]
    near = np.abs(np.log2(np.maximum(heard, 1) / true)) < 0.5 / 12
    assert near.mean() > 0.85


def test_silence_has_no_line() -> None:
    assert not track_bass(np.zeros((2, 6_000), dtype=np.float32)).pitch_hz.any()


@pytest.mark.parametrize("others_hz", [261.6, 180.0])
def test_the_bass_keeps_its_upper_harmonics_and_the_others_theirs(others_hz: float) -> None:
    hertz = line()
    bass = tones({1: 0.3, 2: 0.2, 3: 0.15, 5: 0.08, 7: 0.05}, hertz)
    others = tones({1: 0.15, 2: 0.1, 3: 0.1}, np.full(hertz.size, others_hz))
    mix = bass + others
    found = bass_of(mix, track_bass(mix))
    assert sdr_db(bass, found) > 9.0
    assert sdr_db(others, mix - found) > 5.0


def test_the_chord_decides_between_lines_that_are_as_strong() -> None:
    steady = np.full(round(4 * LOW_RATE), 55.0)
    mix = tones({1: 0.2, 2: 0.1}, steady) + tones({1: 0.18, 2: 0.09}, steady * 2 ** (4 / 12))
    for label, hertz in (("A:min", 55.0), ("C#:maj", 69.3)):
        chord = Chord(start_s=100.0, end_s=104.0, label=label, confidence=1.0)
        heard = track_bass(mix, (chord,), start_s=100.0).pitch_hz
        assert np.median(heard) == pytest.approx(hertz, rel=0.03)
    nothing = Chord(start_s=100.0, end_s=104.0, label="N", confidence=1.0)
    np.testing.assert_array_equal(track_bass(mix, (nothing,), 100.0).pitch_hz, track_bass(mix).pitch_hz)


@pytest.mark.parametrize("frames", [1, 700, 5_000])
def test_any_length_is_finite(frames: int) -> None:
    sound = np.random.default_rng(frames).normal(size=(2, frames)).astype(np.float32)
    found = bass_of(sound, track_bass(sound))
    assert found.shape == sound.shape
    assert np.isfinite(found).all()
