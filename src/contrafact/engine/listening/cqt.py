"""A constant-Q spectrogram of seven octaves, and the pitch classes in it.

One set of 36 complex kernels (one octave) is applied to the sound at its own rate and then at each halving of it, so
the whole transform is seven small matrix products. Magnitudes follow the convention of the chord network's training
data (filters of L1 norm one, scaled by the square root of their length at 44.1 kHz).
Source: C. Schörkhuber and A. Klapuri, "Constant-Q transform toolbox for music processing", SMC 2010.
"""

import numpy as np
import soxr
from numpy.typing import NDArray

from contrafact.engine.listening.sound import Sound, as_sound

Floats = NDArray[np.float32]

CQT_RATE = 11_025
"""Hz: the rate of the sound that goes in."""
HOP = 1024
"""Samples at ``CQT_RATE`` between frames: 92.9 ms, which is 4096 samples at 44.1 kHz."""
FRAMES_PER_SECOND = CQT_RATE / HOP
BINS_PER_OCTAVE = 36
OCTAVES = 7
LOWEST_HZ = 440.0 * 2.0 ** ((24 - 69) / 12)
"""C1, 32.7 Hz."""

_FULL_RATE = 44_100
_BLOCK = 512
"""Frames worked on at once, 47.6 s."""
_CONTEXT = 16
"""Frames of sound around a block: half the longest kernel (0.8 s) and the tails of six halvings."""


def constant_q(mono: Sound | Floats, tuning_cents: float = 0.0) -> Floats:
    """Magnitudes of a constant-Q transform from C1 to B7.

    The sound is worked on in blocks with context, so beyond the result no memory grows with its length.

    Parameters
    ----------
    mono : Sound, or float32 of shape (n,)
        Sound at ``CQT_RATE``.
    tuning_cents : float
        The bins are moved by this much, so that a song tuned off 440 Hz falls onto them.

    Returns
    -------
    float32, shape (frames, 252)
        36 bins an octave; bin 0 is C1; frame ``t`` is centred on ``t / FRAMES_PER_SECOND`` seconds.
    """
    sound = as_sound(mono)
    frames = 1 + sound.frames // HOP
    quality = 1.0 / (2.0 ** (1.0 / BINS_PER_OCTAVE) - 1.0)
    lowest = LOWEST_HZ * 2.0 ** (tuning_cents / 1200.0)
    top = lowest * 2.0 ** (OCTAVES - 1 + np.arange(BINS_PER_OCTAVE) / BINS_PER_OCTAVE)
    kernels, width = _kernels(top, quality)
    out = np.empty((frames, OCTAVES * BINS_PER_OCTAVE), np.float32)
    for start in range(0, frames, _BLOCK):
        stop = min(frames, start + _BLOCK)
        before = min(start, _CONTEXT)
        span = sound.read((start - before) * HOP, min(sound.frames, (stop + _CONTEXT) * HOP))
        out[start:stop] = _block(span, before, stop - start, top, quality, kernels, width)
    return out


def _block(
    sound: Floats, skip: int, frames: int, top: NDArray[np.float64], quality: float, kernels: Floats, width: int
) -> Floats:
    """``frames`` frames of a piece of sound, the first of them ``skip`` hops after its start."""
    out = np.empty((frames, OCTAVES * BINS_PER_OCTAVE), np.float32)
    hop = HOP
    for octave in reversed(range(OCTAVES)):
        padded = np.concatenate([np.zeros(width // 2, np.float32), sound, np.zeros(width + hop, np.float32)])
        views = np.lib.stride_tricks.sliding_window_view(padded, width)[::hop][skip : skip + frames]
        lengths = quality * _FULL_RATE / (top * 2.0 ** (octave - OCTAVES + 1))
        parts = views @ kernels
        magnitude = np.hypot(parts[:, :BINS_PER_OCTAVE], parts[:, BINS_PER_OCTAVE:])
        columns = slice(octave * BINS_PER_OCTAVE, (octave + 1) * BINS_PER_OCTAVE)
        out[:, columns] = magnitude * np.sqrt(lengths).astype(np.float32)
        if octave:
            sound = soxr.resample(sound, 2.0, 1.0, quality="HQ").astype(np.float32) if sound.size > 1 else sound
            hop //= 2
    return out


def _kernels(top_hz: NDArray[np.float64], quality: float) -> tuple[Floats, int]:
    """Real and imaginary parts side by side, shape (width, 72)."""
    width = int(np.ceil(quality * CQT_RATE / top_hz[0])) | 1
    time = np.arange(width) - width // 2
    parts = np.zeros((width, 2 * top_hz.size))
    for index, hertz in enumerate(top_hz):
        length = quality * CQT_RATE / hertz
        window = np.where(np.abs(time) <= length / 2, 0.5 + 0.5 * np.cos(2 * np.pi * time / length), 0.0)
        window /= window.sum()
        phase = 2 * np.pi * hertz / CQT_RATE * time
        parts[:, index] = window * np.cos(phase)
        parts[:, top_hz.size + index] = window * np.sin(phase)
    return parts.astype(np.float32), width


def chroma(magnitudes: Floats, first_octave: int = 1, last_octave: int = 6) -> Floats:
    """Energy of the twelve pitch classes, C first, shape (frames, 12), each frame's largest is 1 (or 0 in silence)."""
    octaves = magnitudes[:, first_octave * BINS_PER_OCTAVE : last_octave * BINS_PER_OCTAVE]
    # Bins sit at -33, 0 and +33 cents of a semitone: roll by one, so that each semitone's three lie together.
    rolled = np.roll(octaves, 1, axis=1).reshape(octaves.shape[0], -1, 12, 3)
    folded = rolled.max(axis=3).sum(axis=1)
    loudest = folded.max(axis=1, keepdims=True, initial=0.0)
    result: Floats = np.where(loudest > 1e-5, folded / np.maximum(loudest, 1e-5), 0.0).astype(np.float32)
    return result
