"""What a studio does to stems and to the mix of them, such that the stems still sum to the mix.

Each stem goes through effects of its own, whatever they are. What is done to the whole mix is done to every stem alike:
filters are linear, and a compressor, a limiter or a rounded-off peak is a curve of gain that was found on the mix.
"""

from collections.abc import Callable

import numpy as np
import pedalboard
import soxr
from numpy.typing import NDArray
from pedalboard import Plugin
from pedalboard._pedalboard import Pedalboard as Board
from scipy.signal import ShortTimeFFT, butter, sosfilt

from benchmarks.truth.effects import through_mp3
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from training.data.chance import Chance, between, happens, one_of, spread

_HOP = 64


def levelled(samples: Samples, wanted_db: float) -> Samples:
    """Brought to a root mean square over the half-seconds that are within 20 dB of the loudest."""
    block = SAMPLE_RATE // 2
    power = np.square(samples[:, : samples.shape[1] // block * block]).reshape(2, -1, block).mean(axis=(0, 2))
    if power.size == 0 or power.max() <= 1e-12:
        return samples
    heard = float(power[power > 0.01 * power.max()].mean())
    return np.asarray(samples * np.float32(10 ** (wanted_db / 20) / np.sqrt(heard)), dtype=np.float32)


def treated(samples: Samples, stem: str, chance: Chance) -> tuple[Samples, list[str]]:
    """One stem through a chain of effects, drawn at random; the names of those that were used, too."""
    if not samples.any():
        return samples, []
    chain: list[tuple[str, Plugin]] = []
    if happens(chance, 0.6):
        chain.append(("equaliser", pedalboard.LowShelfFilter(spread(chance, 80, 400), _db(chance, 3.0), 0.7)))
        chain.append(("", pedalboard.HighShelfFilter(spread(chance, 2500, 9000), _db(chance, 3.5), 0.7)))
        peak = pedalboard.PeakFilter(spread(chance, 150, 6000), _db(chance, 4.0), between(chance, 0.5, 2.0))
        chain.append(("", peak))
    if stem in ("vocals", "other") and happens(chance, 0.6):
        chain.append(("high-pass", pedalboard.HighpassFilter(spread(chance, 50, 220))))
    if stem == "drums" and happens(chance, 0.05):
        chain.append(("low-pass", pedalboard.LowpassFilter(spread(chance, 3000, 12000))))
    if happens(chance, 0.6):
        compressor = pedalboard.Compressor(
            threshold_db=between(chance, -34, -14),
            ratio=spread(chance, 1.3, 8.0),
            attack_ms=spread(chance, 1.0, 40.0),
            release_ms=spread(chance, 30.0, 300.0),
        )
        chain.append(("compressor", compressor))
    if happens(chance, {"bass": 0.35, "other": 0.12, "drums": 0.15, "vocals": 0.1}[stem]):
        chain.append(("saturation", pedalboard.Distortion(between(chance, 2.0, 22.0 if stem == "bass" else 14.0))))
    if happens(chance, {"bass": 0.1, "other": 0.25, "drums": 0.0, "vocals": 0.12}[stem]):
        chain.append(("chorus", pedalboard.Chorus(between(chance, 0.3, 2.0), between(chance, 0.1, 0.5), mix=0.4)))
    if happens(chance, {"bass": 0.0, "other": 0.1, "drums": 0.0, "vocals": 0.2}[stem]):
        mix = between(chance, 0.08, 0.3)
        chain.append(("echo", pedalboard.Delay(between(chance, 0.12, 0.6), between(chance, 0.1, 0.45), mix)))
    if happens(chance, {"bass": 0.08, "other": 0.65, "drums": 0.5, "vocals": 0.8}[stem]):
        wet = spread(chance, 0.03, 0.35 if stem != "drums" else 0.2)
        room = pedalboard.Reverb(
            room_size=between(chance, 0.05, 0.85),
            damping=between(chance, 0.2, 0.9),
            wet_level=wet,
            dry_level=1.0 - 0.5 * wet,
            width=between(chance, 0.3, 1.0),
        )
        chain.append(("room", room))
    used = [name for name, _ in chain if name]
    done = Board([effect for _, effect in chain])(samples, SAMPLE_RATE, reset=True) if chain else samples
    done = np.asarray(done[:, : samples.shape[1]], dtype=np.float32)
    return placed(done, stem, chance), used


def placed(samples: Samples, stem: str, chance: Chance) -> Samples:
    """Moved in the panorama, made narrower or wider."""
    mid, side = 0.5 * (samples[0] + samples[1]), 0.5 * (samples[0] - samples[1])
    width = between(chance, 0.0, 0.3) if stem == "bass" else between(chance, 0.0, 1.6)
    reach = {"vocals": 0.12, "drums": 0.1, "bass": 0.1, "other": 0.35}[stem]
    pan = float(np.clip(chance.normal(0.0, reach), -0.8, 0.8))
    left, right = np.float32(np.sqrt(1.0 - pan)), np.float32(np.sqrt(1.0 + pan))
    side = side * np.float32(width)
    return np.stack([left * (mid + side), right * (mid - side)]).astype(np.float32)


def _db(chance: Chance, deviation: float) -> float:
    return float(np.clip(chance.normal(0.0, deviation), -10.0, 10.0))


def ducked(stems: NDArray[np.float32], chance: Chance) -> NDArray[np.float32]:
    """Bass and the rest make room for every kick, as a side-chain does; stems float32 (4, 2, frames)."""
    low = sosfilt(butter(2, 120.0, fs=SAMPLE_RATE, output="sos"), stems[1].mean(axis=0))
    padded = np.pad(np.abs(low), (0, -low.size % _HOP)).reshape(-1, _HOP).max(axis=1)
    fall = np.exp(-_HOP / SAMPLE_RATE / spread(chance, 0.06, 0.3))
    held, level = 0.0, np.empty_like(padded)
    for index, value in enumerate(padded):
        held = max(float(value), held * fall)
        level[index] = held
    level /= max(1e-9, float(np.percentile(level, 99)))
    depth = 1.0 - 10.0 ** (between(chance, -16.0, -3.0) / 20.0)
    gain = 1.0 - depth * np.clip(level, 0.0, 1.0)
    along = np.interp(np.arange(low.size), np.arange(gain.size) * _HOP + _HOP / 2, gain).astype(np.float32)
    out = stems.copy()
    out[2:] *= along
    return out


def mastered(stems: NDArray[np.float32], chance: Chance) -> tuple[NDArray[np.float32], list[str]]:
    """All stems, float32 (4, 2, frames), through the same master; they sum to the mastered mix."""
    used = []
    for name, share, work in MASTERS:
        if happens(chance, share):
            stems = work(stems, chance)
            used.append(name)
    return stems, used


def _mono(stems: NDArray[np.float32], chance: Chance) -> NDArray[np.float32]:
    return np.repeat(stems.mean(axis=1, keepdims=True), 2, axis=1)


def _tilted(stems: NDArray[np.float32], chance: Chance) -> NDArray[np.float32]:
    low, high = _db(chance, 2.0), _db(chance, 2.5)
    bass = sosfilt(butter(1, 180.0, fs=SAMPLE_RATE, output="sos"), stems, axis=-1)
    treble = sosfilt(butter(1, 5000.0, "highpass", fs=SAMPLE_RATE, output="sos"), stems, axis=-1)
    return np.asarray(stems + (10 ** (low / 20) - 1) * bass + (10 ** (high / 20) - 1) * treble, dtype=np.float32)


def _dulled(stems: NDArray[np.float32], chance: Chance) -> NDArray[np.float32]:
    top = one_of(chance, (4500.0, 8000.0, 11_000.0, 13_000.0, 16_000.0, 16_000.0))
    return np.asarray(sosfilt(butter(6, top, fs=SAMPLE_RATE, output="sos"), stems, axis=-1), dtype=np.float32)


def _thinned(stems: NDArray[np.float32], chance: Chance) -> NDArray[np.float32]:
    bottom = spread(chance, 35.0, 150.0)
    cut = sosfilt(butter(2, bottom, "highpass", fs=SAMPLE_RATE, output="sos"), stems, axis=-1)
    return np.asarray(cut, dtype=np.float32)


def _glued(stems: NDArray[np.float32], chance: Chance) -> NDArray[np.float32]:
    """A compressor on the sum."""
    gain = _compression(stems.sum(axis=0), between(chance, -18, -6), spread(chance, 1.5, 6.0), chance)
    return np.asarray(stems * gain, dtype=np.float32)


def _limited(stems: NDArray[np.float32], chance: Chance) -> NDArray[np.float32]:
    """Loud: a fast limiter, then peaks rounded off sample by sample."""
    mix = stems.sum(axis=0)
    stems = stems * _compression(mix, between(chance, -14, -4), 20.0, chance, fast=True)
    mix = stems.sum(axis=0)
    drive = spread(chance, 0.3, 1.1) / max(1e-9, float(np.percentile(np.abs(mix), 99.5)))
    driven = np.maximum(np.abs(drive * mix), 1e-6)
    return np.asarray(stems * (np.tanh(driven) / driven), dtype=np.float32)


def clipped(stems: NDArray[np.float32], chance: Chance) -> NDArray[np.float32]:
    """Recorded far too loudly: whatever of the mix is above a peak is cut off; each stem by as much."""
    mix = stems.sum(axis=0)
    highest = np.float32(np.abs(mix).max() * 10.0 ** (between(chance, -26.0, -4.0) / 20.0))
    gain = highest / np.maximum(np.abs(mix), max(1e-9, float(highest)))
    return np.asarray(stems * gain, dtype=np.float32)


def _compression(
    mix: Samples, threshold_db: float, ratio: float, chance: Chance, *, fast: bool = False
) -> NDArray[np.float32]:
    """Gain over time, float32 (frames,): the threshold is relative to the loudest moment."""
    frames = mix.shape[1]
    padded = np.pad(np.abs(mix).max(axis=0), (0, -frames % _HOP))
    level = padded.reshape(-1, _HOP).max(axis=1).astype(np.float64)
    attack = 1.0 - np.exp(-_HOP / SAMPLE_RATE / (0.001 if fast else spread(chance, 0.003, 0.04)))
    release = 1.0 - np.exp(-_HOP / SAMPLE_RATE / spread(chance, 0.05, 0.4))
    smooth, held = np.empty_like(level), 0.0
    for index, value in enumerate(level):
        held += (attack if value > held else release) * (value - held)
        smooth[index] = held
    threshold = 10.0 ** (threshold_db / 20.0) * max(1e-9, float(level.max()))
    gain = np.maximum(smooth / threshold, 1.0) ** (1.0 / ratio - 1.0)
    along = np.interp(np.arange(frames), np.arange(gain.size) * _HOP + _HOP / 2, gain)
    return np.asarray(along, dtype=np.float32)


def _respeeded(stems: NDArray[np.float32], chance: Chance) -> NDArray[np.float32]:
    """Played faster and higher, or slower and lower, like a tape."""
    rate = SAMPLE_RATE * 2.0 ** (between(chance, -3.0, 3.0) / 12.0)
    flat = stems.reshape(-1, stems.shape[-1]).T
    moved = soxr.resample(flat, rate, SAMPLE_RATE, quality="HQ").T
    return np.ascontiguousarray(moved.reshape(*stems.shape[:2], -1), dtype=np.float32)


def _encoded(stems: NDArray[np.float32], _: Chance) -> NDArray[np.float32]:
    """What an MP3 leaves: whatever it did to a spot of the mix's spectrum, it did to every stem there.

    What the shared factor cannot explain (a spot that was silent before) goes to the rest, so that the sum is exact.
    """
    mix = stems.sum(axis=0)
    scale = np.float32(max(1e-9, float(np.abs(mix).max())) / 0.9)
    coded = through_mp3(Audio(mix / scale)).samples * scale
    transform = ShortTimeFFT(np.hanning(1024), 512, SAMPLE_RATE, fft_mode="onesided")
    before, after = transform.stft(mix), transform.stft(coded)
    power = np.square(np.abs(before))
    factor = after * before.conj() / (power + 1e-9 * power.max() + 1e-20)
    factor /= np.maximum(1.0, np.abs(factor) / 2.0)
    out = np.stack([transform.istft(transform.stft(stem) * factor, k1=mix.shape[1]) for stem in stems])
    out[3] += coded - out.sum(axis=0)
    return np.asarray(out, dtype=np.float32)


def _hissing(stems: NDArray[np.float32], chance: Chance) -> NDArray[np.float32]:
    """Noise of a tape or a room; it belongs to the rest."""
    peak = float(np.abs(stems.sum(axis=0)).max())
    noise = chance.standard_normal(stems.shape[1:]) * peak * 10.0 ** (between(chance, -75.0, -48.0) / 20.0)
    out = stems.copy()
    out[3] += noise.astype(np.float32)
    return out


MASTERS: tuple[tuple[str, float, Callable[[NDArray[np.float32], Chance], NDArray[np.float32]]], ...] = (
    ("respeeded", 0.12, _respeeded),
    ("noise", 0.08, _hissing),
    ("tilt", 0.5, _tilted),
    ("band-limited", 0.12, _dulled),
    ("thin", 0.08, _thinned),
    ("compressed", 0.45, _glued),
    ("limited", 0.45, _limited),
    ("mono", 0.08, _mono),
    ("mp3", 0.1, _encoded),
)
