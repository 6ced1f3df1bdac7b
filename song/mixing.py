"""From what was played and sung to four stems whose plain sum is the finished mix."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pedalboard
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d
from scipy.signal import butter, fftconvolve, sosfilt

from contrafact.engine.audio.loudness import integrated_lufs, true_peak_dbtp
from contrafact.engine.audio.stems import StemName
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.rendering.processors import highpass, lowpass, peak, shelf
from contrafact.engine.rendering.room import impulse_response

MIX_LUFS: Final = -14.0
CEILING_DBTP: Final = -1.9
"""Below the promised -1 dBTP, for the encoder moves peaks a little."""
BALANCE_LUFS: Final[Mapping[StemName, float]] = {"vocals": -16.0, "drums": -20.0, "bass": -20.5, "other": -19.5}
"""Loudness of each stem before the mix is brought to its own; the voice leads."""
_LOOK_FRAMES: Final = 240
_OVERSAMPLING: Final = 4


def gain(db: float) -> np.float32:
    return np.float32(10.0 ** (db / 20.0))


def equalise(sound: Samples, *bands: NDArray[np.float64]) -> Samples:
    """Second-order sections one after the other."""
    return np.asarray(sosfilt(np.concatenate(bands), sound.astype(np.float64), axis=1), dtype=np.float32)


def compress(sound: Samples, threshold_db: float, ratio: float, attack_ms: float, release_ms: float) -> Samples:
    board = pedalboard.Compressor(threshold_db, ratio, attack_ms, release_ms)
    return np.asarray(board.process(np.ascontiguousarray(sound), SAMPLE_RATE), dtype=np.float32)


def room(sound: Samples, size: float, damping: float, wet_db: float, low_hz: float = 250.0) -> Samples:
    """The sound with a room around it."""
    response = impulse_response(size, damping)
    sent = equalise(sound, highpass(low_hz))
    crossed = 0.8 * sent + 0.6 * sent[::-1]
    wet = fftconvolve(crossed, response, axes=1)[:, : sound.shape[1]]
    return np.asarray(sound + wet * gain(wet_db), dtype=np.float32)


def echo(sound: Samples, delay_s: float, feedback: float, wet_db: float) -> Samples:
    """Echoes in time, dull, from side to side."""
    band = butter(1, [300.0, 3_500.0], "bandpass", fs=SAMPLE_RATE, output="sos")
    step = round(delay_s * SAMPLE_RATE)
    tap = np.asarray(sosfilt(band, sound.mean(axis=0)), dtype=np.float32)
    out = sound.copy()
    level = gain(wet_db)
    for number in range(1, 5):
        shift = number * step
        if shift >= sound.shape[1]:
            break
        side = np.array([[0.9], [0.35]] if number % 2 else [[0.35], [0.9]], dtype=np.float32)
        out[:, shift:] += level * side * tap[None, :-shift]
        tap = np.asarray(sosfilt(band, tap), dtype=np.float32)
        level = np.float32(level * feedback)
    return out


def voice_chain(sound: Samples) -> Samples:
    """A voice made ready: rumble out, evened, a little presence and air."""
    sound = equalise(sound, highpass(95.0), peak(330.0, -3.0, 0.8))
    sound = sound * gain(-20.0 - _level(sound))
    sound = compress(sound, -26.0, 2.5, 6.0, 90.0)
    sound = compress(sound, -18.0, 3.0, 20.0, 200.0)
    sound = equalise(sound, peak(3_000.0, 3.5, 0.8), shelf(7_500.0, 1.0, high=True))
    # the voice ends at 12 kHz; what a soft curve makes of its upper octaves gives it air above
    bright = equalise(sound, highpass(5_000.0), highpass(5_000.0))
    air = equalise(np.tanh(bright * 12.0).astype(np.float32), highpass(10_500.0), highpass(10_500.0))
    return np.asarray(sound + 0.03 * air, dtype=np.float32)


def _level(sound: Samples) -> float:
    return integrated_lufs(Audio(sound))


def drum_chain(sound: Samples) -> Samples:
    sound = equalise(sound, highpass(32.0), peak(350.0, -2.5, 0.9), shelf(8_000.0, 1.5, high=True))
    sound = sound * gain(-18.0 - _level(sound))
    glued = compress(sound, -22.0, 2.0, 18.0, 120.0)
    return room(glued, 0.28, 0.5, -19.0, 400.0)


def bass_chain(sound: Samples) -> Samples:
    sound = equalise(sound, highpass(34.0), peak(90.0, 1.5, 0.8), peak(800.0, 2.0, 0.8), lowpass(6_000.0))
    sound = sound * gain(-18.0 - _level(sound))
    sound = np.tanh(1.5 * compress(sound, -22.0, 4.0, 12.0, 120.0)).astype(np.float32) / np.float32(1.5)
    middle = sound.mean(axis=0, keepdims=True)
    return np.repeat(middle, 2, axis=0)


def around_voice(sound: Samples, voice: Samples, depth_db: float) -> Samples:
    """Step back a little in the voice's band while it sings."""
    envelope = np.abs(voice).max(axis=0)
    smooth = sosfilt(butter(1, 4.0, fs=SAMPLE_RATE, output="sos"), envelope)
    active = np.clip(smooth / max(1e-9, float(np.quantile(smooth, 0.9))), 0.0, 1.0)
    band = butter(1, [900.0, 4_500.0], "bandpass", fs=SAMPLE_RATE, output="sos")
    inside = sosfilt(band, sound, axis=1)
    return np.asarray(sound - inside * (1.0 - 10.0 ** (-depth_db * active / 20.0)), dtype=np.float32)


def balanced(stems: Mapping[StemName, Samples]) -> dict[StemName, Samples]:
    """The stems at their places in the mix, the mix at its loudness and below its ceiling.

    What keeps the mix below the ceiling is one curve of gain, made from the mix and laid on every stem: the sum stays
    exact.
    """
    placed = {
        name: np.asarray(sound * gain(BALANCE_LUFS[name] - _level(sound)), dtype=np.float32)
        for name, sound in stems.items()
    }
    for _ in range(3):
        mix = _sum(list(placed.values()))
        lift = gain(MIX_LUFS - _level(mix))
        placed = {name: sound * lift for name, sound in placed.items()}
        curve = _limiting(_sum(list(placed.values())))
        placed = {name: sound * curve for name, sound in placed.items()}
    final = _sum(list(placed.values()))
    over_db = true_peak_dbtp(Audio(final)) - CEILING_DBTP
    return {name: np.asarray(sound * gain(-max(0.0, over_db)), dtype=np.float32) for name, sound in placed.items()}


def _limiting(mix: Samples) -> NDArray[np.float32]:
    ceiling = float(gain(CEILING_DBTP - 0.1))
    level = np.abs(mix).max(axis=0)
    for number in range(1, _OVERSAMPLING):  # the peaks between the samples, by a short windowed sinc
        taps = np.arange(-16, 17) + number / _OVERSAMPLING
        kernel = np.sinc(taps) * np.hanning(35)[1:-1]
        between = np.abs(fftconvolve(mix, kernel[None], mode="same", axes=1)).max(axis=0)
        level = np.maximum(level, between)
    needed = np.minimum(1.0, ceiling / np.maximum(level, 1e-9))
    lowest = minimum_filter1d(needed, 2 * _LOOK_FRAMES + 1)
    window = np.hanning(2 * _LOOK_FRAMES + 1)
    curve = np.convolve(np.pad(lowest, _LOOK_FRAMES, mode="edge"), window / window.sum(), mode="valid")
    return curve.astype(np.float32)


def _sum(parts: Sequence[Samples]) -> Samples:
    total = np.zeros_like(parts[0])
    for part in parts:
        total = total + part
    return total
