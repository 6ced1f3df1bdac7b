"""Drums, bass and the rest out of an accompaniment, by signal processing alone."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.progress import Progress
from contrafact.engine.separation.spectra import Grid, Spectra

_GRID = Grid(2048)
_SPAN_FRAMES = 1024
_CONTEXT_FRAMES = 40
_FLOOR = np.float32(1e-10)

_BASS_FULL_HZ = 140.0
_BASS_NONE_HZ = 320.0

_LOW_HZ = 400.0
"""Below this, strokes are told by time alone."""

Magnitude = NDArray[np.float32]
_Parts = tuple[int, Spectra, Spectra]


def split_accompaniment(samples: Samples, progress: Progress) -> tuple[Samples, Samples]:
    """Drums and bass of a stereo accompaniment; what is left when both are subtracted is the rest.

    Percussive and harmonic energy are told apart by how they lie in the spectrogram (Fitzgerald, *Harmonic/percussive
    separation using median filtering*, DAFx 2010), with soft Wiener-like masks that are the same for both channels, so
    that every part keeps its place between the loudspeakers.

    Returns
    -------
    drums, bass : float32, shape (2, frames)
    """
    drums, bass = np.zeros_like(samples), np.zeros_like(samples)
    total = _GRID.frames(samples.shape[1])
    starts = range(0, total, _SPAN_FRAMES)

    def work(first: int) -> _Parts:
        last = min(total, first + _SPAN_FRAMES)
        lead = min(first, _CONTEXT_FRAMES)
        spectra = _GRID.analyse(samples, first - lead, last + _CONTEXT_FRAMES)
        drum_mask, bass_mask = masks(spectra)
        inside = slice(lead, lead + last - first)
        kept = spectra[:, inside]
        return first, kept * drum_mask[inside], kept * bass_mask[inside]

    with ThreadPoolExecutor(max_workers=2) as pool:
        for first, drum_spectra, bass_spectra in _in_pairs(pool, work, starts):
            progress(first / max(1, total), "separating drums and bass")
            _GRID.add(drum_spectra, first, drums)
            _GRID.add(bass_spectra, first, bass)
    return drums, bass


def _in_pairs(pool: ThreadPoolExecutor, work: Callable[[int], _Parts], starts: Sequence[int]) -> Iterator[_Parts]:
    """Results in order, never more than two spans in memory."""
    for at in range(0, len(starts), 2):
        yield from pool.map(work, starts[at : at + 2])


def masks(spectra: Spectra) -> tuple[Magnitude, Magnitude]:
    """Drum and bass masks, each float32 (frames, bins) in 0..1, their sum at most 1."""
    magnitude = np.sqrt((np.abs(spectra) ** 2).sum(axis=0))
    sustained = remedian(magnitude, axis=0)
    struck = remedian(magnitude, axis=1, levels=2)
    drum = _share(struck, sustained)
    # A drum's body is not broad at the bottom: there a bass string is as wide as a kick. What stands out of the last
    # and next 150 ms is the stroke.
    hertz = _hertz(magnitude.shape[1])
    low = int(np.searchsorted(hertz, _LOW_HZ))
    held = np.minimum(sustained[:, :low], magnitude[:, :low])
    upper: Magnitude = np.clip((hertz[:low] / _LOW_HZ - 0.7) / 0.3, 0.0, 1.0).astype(np.float32)
    drum[:, :low] = upper * drum[:, :low] + (1 - upper) * _share(magnitude[:, :low] - held, held)
    bass = (1 - drum) * bass_weight(magnitude.shape[1])
    return drum, bass.astype(np.float32)


def _share(wanted: Magnitude, other: Magnitude) -> Magnitude:
    """Wiener's share of the power, a half where there is nothing."""
    power = np.square(wanted)
    share = (power + _FLOOR / 2) / (power + np.square(other) + _FLOOR)
    return share.astype(np.float32, copy=False)


def _hertz(bins: int) -> Magnitude:
    return (np.arange(bins) * (SAMPLE_RATE / _GRID.size)).astype(np.float32)


def bass_weight(bins: int) -> Magnitude:
    """1 where only a bass plays, 0 where it hardly does, a raised cosine between."""
    ramp = np.clip((_hertz(bins) - _BASS_FULL_HZ) / (_BASS_NONE_HZ - _BASS_FULL_HZ), 0.0, 1.0)
    weight: Magnitude = (0.5 + 0.5 * np.cos(np.pi * ramp)).astype(np.float32)
    return weight


def remedian(values: Magnitude, axis: int, levels: int = 3) -> Magnitude:
    """A running median over about ``3 ** levels`` neighbours, as medians of three of medians of three.

    Each level takes the median of an entry and its two neighbours 1, 3, 9, … away. Like the median it lets neither a
    single peak nor a single hole through, at a few per cent of its cost. Source: Rousseeuw and Bassett, *The remedian*,
    JASA 85, 1990.
    """
    result = values
    for level in range(levels):
        reach = 3**level
        if values.shape[axis] <= reach:
            break
        before, after = _shifted(result, reach, axis), _shifted(result, -reach, axis)
        low, high = np.minimum(before, after), np.maximum(before, after)
        result = np.maximum(low, np.minimum(high, result))
    return result if result is not values else values.copy()


def _shifted(values: Magnitude, by: int, axis: int) -> Magnitude:
    """Move along an axis, repeating the edge."""
    count = values.shape[axis]
    at = np.clip(np.arange(count) - by, 0, count - 1)
    return np.take(values, at, axis=axis)
