"""Stems in memory, with known content, for whoever renders."""

from collections.abc import Mapping

import numpy as np

from contrafact.engine.audio.stems import STEM_NAMES, StemName
from contrafact.engine.audio.value import SAMPLE_RATE, Samples


class MemoryStems:
    """A ``StemReader`` on arrays; remembers which frames were asked for.

    Parameters
    ----------
    stems : mapping of name to float32 (2, n)
        All of one length; those left out are silent.
    """

    def __init__(self, stems: Mapping[StemName, Samples]) -> None:
        self._frames = int(next(iter(stems.values())).shape[1])
        self._stems = {
            name: stems.get(name, np.zeros((2, self._frames), np.float32)).astype(np.float32) for name in STEM_NAMES
        }
        self.asked: list[tuple[StemName, int, int]] = []

    @property
    def frames(self) -> int:
        return self._frames

    def read(self, stem: StemName, start_frame: int, stop_frame: int) -> Samples:
        self.asked.append((stem, start_frame, stop_frame))
        out = np.zeros((2, stop_frame - start_frame), np.float32)
        first, last = max(0, start_frame), min(self._frames, stop_frame)
        if first < last:
            out[:, first - start_frame : last - start_frame] = self._stems[stem][:, first:last]
        return out


def sine(hertz: float, seconds: float, level: float = 0.2) -> Samples:
    """A stereo sine, the same on both sides."""
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wave = (level * np.sin(2 * np.pi * hertz * t)).astype(np.float32)
    return np.stack([wave, wave])


def sung(seconds: float, level: float = 0.2, seed: int = 1) -> Samples:
    """Something like a voice: a harmonic tone with vibrato whose syllables come and go, with pauses."""
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * np.cumsum(220.0 * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * t))) / SAMPLE_RATE
    tone = sum(np.sin(n * phase) / n for n in range(1, 12))
    syllables = np.clip(np.sin(2 * np.pi * 2.0 * t) + 0.4, 0.0, 1.0) * (np.sin(2 * np.pi * t / 8.0) > -0.6)
    breath = np.random.default_rng(seed).standard_normal(len(t)) * 0.02
    wave = (level * (tone * syllables + breath * syllables)).astype(np.float32)
    return np.stack([wave, wave])
