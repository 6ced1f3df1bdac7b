"""Strokes that sound alike, lifted out of the low band as waves and not by a mask.

A kick drum and a bass string share their bins: no mask, not even the ideal one, tells them apart to better than about
10 dB. But a kick sounds nearly the same each time while the bass under it moves. So the low band is searched for
strokes that resemble each other, the bass under each is fitted from what follows the stroke and taken off, and what
the strokes then have in common is subtracted at each of them. Where strokes are not alike nothing is lifted, and the
masks (:mod:`contrafact.engine.separation.percussion`) do what they can.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.signal import butter, find_peaks, sosfiltfilt

from contrafact.engine.audio.value import Samples
from contrafact.engine.separation.bassline import BassLine
from contrafact.engine.separation.lowband import LOW_RATE, Floats

_LEAD = round(0.012 * LOW_RATE)
_LENGTH = round(0.35 * LOW_RATE)
_FADE = round(0.1 * LOW_RATE)
_REACH = round(0.012 * LOW_RATE)
"""How far a stroke may be moved to match the others."""
_TIME_S = (np.arange(_LENGTH) - _LEAD) / LOW_RATE

_STEP = 32
_BODY_HZ = (30.0, 250.0)
_LEAST_RISE = 0.15
_KINDS = 3
_LEAST_STROKES = 4
_LOOKED_AT = 80
_ALIKE = 0.5
_EXPLAINED = 0.22
"""Strokes are alike when this much of what they are made of is what they have in common."""
_FULL_HZ, _NONE_HZ = 250.0, 450.0

_SMOOTH_BINS = 5

_THIN = 4
_FIT_FROM_S, _FIT_TO_S, _FIT_LEAST_S = 0.07, 0.34, 0.16
_FIT_HZ = 420.0
_FIT_HARMONICS = 8
_DETUNED = (-0.012, -0.006, 0.0, 0.006, 0.012)
_FIT_BATCH = 16

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """One kind of stroke."""

    wave: Floats
    """float32, shape (2, length), at the low band's rate, beginning 12 ms before the stroke."""
    places: Places
    """Where it is struck, in samples of the low band."""
    gains: NDArray[np.float64]
    """How hard, 1 for the usual."""


def lift_strokes(low: Samples, struck: Samples, line: BassLine) -> Samples:
    """The part of the low band that repeated strokes explain.

    Parameters
    ----------
    low : float32, shape (2, frames)
        The low band.
    struck : float32, shape (2, frames)
        A first guess of the drums in it.
    line : BassLine
        The bass's pitch.

    Returns
    -------
    float32, shape (2, frames)
    """
    lifted = np.zeros_like(low)
    left = _rises(struck)
    begins = np.union1d(left, _rises(low))
    for _ in range(_KINDS):
        if left.size < _LEAST_STROKES:
            break
        places, rest = _alike(struck, left)
        left = rest
        if places.size < _LEAST_STROKES:
            continue
        stroke = _learn(low - lifted, places, begins, line)
        _play(stroke, lifted)
    return lifted


def _rises(sound: Samples) -> Places:
    """Where the body of the sound swells suddenly."""
    if sound.shape[1] < 8 * _STEP:
        return np.zeros(0, dtype=np.int64)
    body = sosfiltfilt(butter(2, _BODY_HZ, "band", fs=LOW_RATE, output="sos"), sound.mean(axis=0))
    count = body.size // _STEP
    power = np.square(body[: count * _STEP].reshape(count, _STEP)).mean(axis=1)
    level = np.sqrt(np.convolve(power, np.ones(3) / 3, "same"))
    rise = np.maximum(0.0, level[3:] - level[:-3])
    least = _LEAST_RISE * float(np.percentile(rise, 99))
    if least <= 1e-6:
        return np.zeros(0, dtype=np.int64)
    peaks, _ = find_peaks(rise, height=least, distance=10)
    return np.asarray((peaks + 1) * _STEP, dtype=np.int64)


def _cut(sound: Samples, starts: Places, length: int) -> Floats:
    """Snippets, float32 (count, channels, length); silent outside the sound."""
    before, after = max(0, -int(starts.min())), max(0, int(starts.max()) + length - sound.shape[1])
    padded = np.pad(sound, ((0, 0), (before, after)))
    views = np.lib.stride_tricks.sliding_window_view(padded, length, axis=1)
    snippets: Floats = views[:, starts + before].swapaxes(0, 1)
    return snippets


def _edges() -> Floats:
    window = np.ones(_LENGTH, dtype=np.float32)
    window[-_FADE:] = 0.5 + 0.5 * np.cos(np.pi * np.arange(_FADE) / _FADE)
    window[: _LEAD // 2] = np.linspace(0, 1, _LEAD // 2)
    return window


def _alike(struck: Samples, places: Places) -> tuple[Places, Places]:
    """The largest family of strokes that resemble each other, aligned with each other, and the other strokes."""
    window = _edges()
    snippets = _cut(struck, places - _LEAD, _LENGTH).mean(axis=1) * window
    energies = np.sqrt(np.square(snippets).sum(axis=1))
    looked = np.unique(np.linspace(0, places.size - 1, min(places.size, _LOOKED_AT)).astype(int))
    size = scipy.fft.next_fast_len(_LENGTH + _REACH, real=True)
    spectra = scipy.fft.rfft(snippets[looked] / (energies[looked, np.newaxis] + 1e-9), size, axis=1)
    loud = np.minimum(1.0, energies[looked] / np.median(energies[looked]))
    nearest = max(_LEAST_STROKES, looked.size // 4)
    best = np.zeros((looked.size, looked.size), dtype=np.float32)
    for index in range(looked.size):
        lags = scipy.fft.irfft(spectra[index:] * spectra[index].conj(), size, axis=1)
        best[index, index:] = np.maximum(lags[:, :_REACH].max(axis=1), lags[:, -_REACH:].max(axis=1))
        best[index:, index] = best[index, index:]
    kinship = np.sort(best * loud, axis=1)[:, -nearest:].mean(axis=1)
    wave = snippets[looked[int(kinship.argmax())]]
    moved, alike = places, np.zeros(places.size, dtype=bool)
    for _ in range(3):
        moved, likeness = _aligned(struck, places, wave)
        alike = likeness > _ALIKE
        if alike.sum() < _LEAST_STROKES:
            return places[:0], np.delete(places, looked[int(kinship.argmax())])
        wave = _cut(struck, moved[alike] - _LEAD, _LENGTH).mean(axis=(0, 1)) * window
    return moved[alike], places[~alike]


def _aligned(sound: Samples, places: Places, wave: Floats) -> tuple[Places, NDArray[np.float64]]:
    """The places moved to where the wave fits best, and how well it fits there (correlation)."""
    around = _cut(sound, places - _LEAD - _REACH, _LENGTH + 2 * _REACH).mean(axis=1)
    size = scipy.fft.next_fast_len(around.shape[1], real=True)
    lags = scipy.fft.irfft(scipy.fft.rfft(around, size, axis=1) * scipy.fft.rfft(wave, size).conj(), size, axis=1)[
        :, : 2 * _REACH + 1
    ]
    shift = lags.argmax(axis=1)
    power = np.cumsum(np.pad(np.square(around, dtype=np.float64), ((0, 0), (1, 0))), axis=1)
    rows = np.arange(places.size)
    energy = power[rows, shift + _LENGTH] - power[rows, shift]
    scale = np.sqrt(energy * float(np.square(wave, dtype=np.float64).sum())) + 1e-9
    return places + shift - _REACH, lags[rows, shift] / scale


def _learn(low: Samples, places: Places, begins: Places, line: BassLine) -> Stroke:
    """What strokes at these places have in common once the bass under each is taken off."""
    until_s = _until_next(places, begins)
    own = _cut(low, places - _LEAD, _LENGTH) - _bass_under(low, places, until_s, line)[:, np.newaxis]
    clean = (np.maximum(0.12, until_s)[:, np.newaxis] > _TIME_S).astype(np.float32)[:, np.newaxis]
    wave = (own * clean).sum(axis=0) / (clean.sum(axis=0) + 0.5) * _edges()
    wave = _reliable(wave, (own - wave) * clean * _edges())
    early = slice(0, round(0.15 * LOW_RATE))
    energy = float(np.square(wave[:, early]).sum())
    gains = np.clip((own[:, :, early] * wave[:, early]).sum(axis=(1, 2)) / (energy + 1e-12), 0.0, 2.0)
    heard = own[:, :, early]
    left = heard - gains[:, np.newaxis, np.newaxis] * wave[:, early]
    explained = 1 - float(np.square(left).sum()) / (float(np.square(heard).sum()) + 1e-12)
    return Stroke(wave, places, gains * (explained > _EXPLAINED))


def _until_next(places: Places, begins: Places) -> NDArray[np.float64]:
    """Seconds from each stroke to the next beginning of anything."""
    soon = round(0.05 * LOW_RATE)
    at = np.searchsorted(begins, places + soon, side="right")
    following = np.append(begins, begins[-1] + round(LOW_RATE))[at]
    return np.asarray((following - places) / LOW_RATE)


def _reliable(wave: Floats, deviations: Floats) -> Floats:
    """The mean wave without what does not rise above the scatter of the strokes it is the mean of.

    Each frequency keeps the share of its power that the scatter does not explain (a Wiener filter), and nothing is
    kept where snippets cannot be aligned well enough for their waves to add up.
    """
    size = 2 * _LENGTH
    hertz = scipy.fft.rfftfreq(size, 1 / LOW_RATE)
    slope = np.clip((hertz - _FULL_HZ) / (_NONE_HZ - _FULL_HZ), 0.0, 1.0)
    spectrum = scipy.fft.rfft(wave, size, axis=1)
    scatter = np.square(np.abs(scipy.fft.rfft(deviations, size, axis=2))).mean(axis=0) / max(1, len(deviations) - 1)
    smooth = np.ones(_SMOOTH_BINS) / _SMOOTH_BINS
    noise = np.convolve(scatter.sum(axis=0), smooth, "same")
    power = np.convolve(np.square(np.abs(spectrum)).sum(axis=0), smooth, "same")
    kept = np.clip(1 - noise / (power + 1e-12), 0.0, 1.0) * (0.5 + 0.5 * np.cos(np.pi * slope))
    return np.asarray(scipy.fft.irfft(spectrum * kept, size, axis=1)[:, :_LENGTH], dtype=np.float32)


def _bass_under(low: Samples, places: Places, until_s: NDArray[np.float64], line: BassLine) -> Floats:
    """The bass note that sounds after each stroke, continued back to it; float32 (count, length), of the mean channel.

    Harmonics of the tracked pitch, each with an amplitude that changes linearly, are fitted (ridge least squares) to
    what sounds from 70 ms after the stroke, when most of a kick is over, until something else begins.
    """
    mono = low.mean(axis=0)
    wide = butter(4, 0.35 * LOW_RATE / _THIN, fs=LOW_RATE, output="sos")
    snippets = _cut(sosfiltfilt(wide, mono)[np.newaxis], places - _LEAD, _LENGTH)[:, 0, ::_THIN].astype(np.float64)
    pitch = line.at(places + round(0.12 * LOW_RATE))
    stop_s = np.clip(until_s, _FIT_LEAST_S, _FIT_TO_S)
    under = np.zeros((places.size, _LENGTH), dtype=np.float32)
    voiced = np.flatnonzero(pitch > 0)
    for at in range(0, voiced.size, _FIT_BATCH):
        some = voiced[at : at + _FIT_BATCH]
        under[some] = _fitted(snippets[some], pitch[some], stop_s[some])
    under[:, :_LEAD] = 0.0
    return under


def _fitted(snippets: NDArray[np.float64], pitch: NDArray[np.float64], stop_s: NDArray[np.float64]) -> Floats:
    time_s = _TIME_S[::_THIN]
    heard = ((time_s >= _FIT_FROM_S) & (time_s < stop_s[:, np.newaxis])).astype(np.float64)
    count = heard.sum(axis=1)
    pitches = pitch[:, np.newaxis] * (1 + np.array(_DETUNED))
    basis = _harmonics(pitches, time_s) * heard[:, np.newaxis, np.newaxis, :]
    target = (snippets * heard)[:, np.newaxis, np.newaxis, :]
    gram = basis @ basis.swapaxes(2, 3)
    moment = (basis * target).sum(axis=3)
    ridge = np.repeat([1e-3, 5e-2], 2 * _FIT_HARMONICS) * count[:, np.newaxis]
    gram += ridge[:, np.newaxis, :, np.newaxis] * np.eye(ridge.shape[1])
    amplitudes = np.linalg.solve(gram, moment[..., np.newaxis])[..., 0]
    explained = (amplitudes * moment).sum(axis=2)  # how much of the penalised squared error is gone
    best = explained.argmax(axis=1)
    rows = np.arange(len(pitch))
    full = _harmonics(pitches[rows, best][:, np.newaxis], _TIME_S)[:, 0]
    return np.asarray((amplitudes[rows, best][:, np.newaxis] @ full)[:, 0], dtype=np.float32)


def _harmonics(pitch: NDArray[np.float64], time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosines and sines of the harmonics, steady then rising; shape (*pitch.shape, 4 * harmonics, times)."""
    number = np.arange(1, _FIT_HARMONICS + 1)
    within = ((pitch[..., np.newaxis] * number < _FIT_HZ) | (number == 1)).astype(np.float64)[..., np.newaxis]
    turn = np.exp(2j * np.pi * pitch[..., np.newaxis] * time_s)
    basis = np.empty((*pitch.shape, 4 * _FIT_HARMONICS, time_s.size))
    each = turn.copy()
    for at in range(_FIT_HARMONICS):  # powers of the first: cosines and sines are dear
        basis[..., at, :] = each.real
        basis[..., _FIT_HARMONICS + at, :] = each.imag
        each *= turn
    steady = basis[..., : 2 * _FIT_HARMONICS, :]
    steady *= np.concatenate([within, within], axis=-2)
    np.multiply(steady, np.clip(time_s / 0.2, -1.0, 2.0), out=basis[..., 2 * _FIT_HARMONICS :, :])
    return basis


def _play(stroke: Stroke, out: Samples) -> None:
    """Add each stroke to ``out`` in place."""
    for place, gain in zip(stroke.places, stroke.gains, strict=True):
        start = int(place) - _LEAD
        low, high = max(0, start), min(out.shape[1], start + _LENGTH)
        if low < high:
            out[:, low:high] += np.float32(gain) * stroke.wave[:, low - start : high - start]
