"""How the tests look at a voice, independently of how it was made."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import welch

from contrafact.engine.audio.value import SAMPLE_RATE

Doubles = NDArray[np.float64]


def level_db(sound: NDArray[np.float32]) -> float:
    return float(10.0 * np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-20))


def pitch_of(sound: NDArray[np.float32], around_midi: float) -> float:
    """MIDI pitch of a steady sound (mono), from the partials' places in a long spectrum."""
    padded = np.abs(np.fft.rfft(sound * np.hanning(sound.size), 4 * 65_536))
    hertz = np.fft.rfftfreq(4 * 65_536, 1.0 / SAMPLE_RATE)
    base = 440.0 * 2.0 ** ((around_midi - 69.0) / 12.0)
    tries = base * 2.0 ** (np.arange(-100.0, 100.5, 0.5) / 1200.0)
    heard = [
        sum(np.log(1e-3 + padded[round(partial * pitch / hertz[1])]) for partial in range(1, 9)) for pitch in tries
    ]
    return float(69.0 + 12.0 * np.log2(tries[int(np.argmax(heard))] / 440.0))


def throat_of(sound: NDArray[np.float32]) -> tuple[Doubles, Doubles]:
    """The shape that a gliding voice's partials sweep out: frequencies and log power, smoothed."""
    hertz, power = welch(sound, SAMPLE_RATE, nperseg=2048, noverlap=1536, nfft=8192)
    window = np.hanning(41) / np.hanning(41).sum()
    return hertz, np.convolve(np.log(power + 1e-14), window, "same")


def throat_ratio(wanted: NDArray[np.float32], made: NDArray[np.float32]) -> float:
    """By how much the resonances of ``made`` lie higher than those of ``wanted``."""
    hertz, one = throat_of(wanted)
    _, two = throat_of(made)
    places = np.geomspace(200.0, 3800.0, 1500)
    still = np.interp(places, hertz, one)
    ratios = np.arange(0.8, 1.25, 0.005)
    apart = []
    for ratio in ratios:
        moved = np.interp(places * ratio, hertz, two)
        difference = still - moved
        apart.append(float(np.var(difference)))
    return float(ratios[int(np.argmin(apart))])


def clicks(sound: NDArray[np.float32]) -> int:
    """Jumps: samples whose third difference stands far out of all within 10 ms around it (mono)."""
    third = np.abs(np.diff(sound.astype(np.float64), 3))
    width = 441
    rows = third[: third.size // width * width].reshape(-1, width)
    usual = np.sqrt(np.mean(rows**2, axis=1))
    around = np.maximum(np.maximum(usual, np.roll(usual, 1)), np.roll(usual, -1))
    others = np.minimum(np.roll(usual, 1), np.roll(usual, -1))
    peaks = rows.max(axis=1)
    return int(np.sum((peaks > 14.0 * np.maximum(others, 1e-5)) & (peaks > 6.0 * usual) & (around > 0.0)))
