"""Invented music of which no two pieces are alike: what is known again in one is truly that one."""

import numpy as np
from scipy import signal

from contrafact.engine.audio.value import SAMPLE_RATE, Audio

LENGTH_S = 20.0


def tune(seed: int, seconds: float = LENGTH_S) -> Audio:
    """Notes at moments and pitches that nobody repeats: songs that are truly others for every seed."""
    chance = np.random.default_rng(seed)
    frames = round(seconds * SAMPLE_RATE)
    mix = np.zeros(frames + SAMPLE_RATE)
    for start in np.cumsum(chance.uniform(0.08, 0.3, round(seconds / 0.19))):
        if start >= seconds:
            break
        hertz = 220.0 * 2 ** (chance.uniform(0, 36) / 12)
        t = np.arange(round(chance.uniform(0.1, 0.5) * SAMPLE_RATE)) / SAMPLE_RATE
        note = sum(np.sin(2 * np.pi * hertz * n * t) / n for n in (1, 2, 3)) * np.exp(-6 * t) * chance.uniform(0.1, 0.3)
        first = round(start * SAMPLE_RATE)
        mix[first : first + len(t)] += note[: len(mix) - first]
    return Audio(np.tile(mix[:frames].astype(np.float32) * 0.5, (2, 1)))


def sped_up(sound: Audio, ratio: float) -> Audio:
    return Audio(signal.resample(sound.samples, round(sound.frames / ratio), axis=1).astype(np.float32))
