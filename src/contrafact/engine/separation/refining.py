"""First guesses at four stems, refined by a small network of our own (``training/``, record 0040).

The network hears the four guesses, whose sum is the recording, and answers for each column and row of the spectrum
which part of guess ``j`` belongs to stem ``k``: sixteen shares, of which the four that a guess is dealt into sum to
one. So the stems sum to what the guesses summed to, and fine detail comes from the guesses.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.networks import open_network
from contrafact.engine.progress import Progress
from contrafact.engine.separation.spectra import Grid, Spectra

Floats = NDArray[np.float32]

GRID: Final = Grid(2048)
STEMS: Final = 4
ROWS: Final = 192
"""Rows of frequency: single bins to 2 kHz, where drums and bass are told apart, and wider and wider ones above."""
SINGLE: Final = 96
FEATURES: Final = 2 * STEMS
KEPT: Final = (0,)
"""Spleeter's networks know real voices, this one few: what they take for a voice stays one. With a real singer the
voice loses 0.6 dB otherwise, and up to -13 dB of it are in the drums."""
STEP: Final = 8
"""The network halves time three times: it hears whole steps of this many columns."""
REACH: Final = 320
"""Columns to either side that can change an answer: 3.7 s."""

_BLOCK: Final = 2048
_SPAN: Final = 128
SLOPE: Final = 0.11
"""Features are this times the logarithm of power, plus one."""
FLOOR: Final = 1e-6
"""Power that is added to every cell: what is 60 dB below the level is as good as silence."""
_QUIET: Final = 0.01
"""Seconds with less than this part of the loudest second's power do not count for the level."""


def row_edges() -> NDArray[np.int64]:
    """The first bin of each row and, last, the number of bins; shape (ROWS + 1,)."""
    wide = np.geomspace(SINGLE, GRID.bins, ROWS - SINGLE + 1).round().astype(np.int64)
    return np.concatenate([np.arange(SINGLE, dtype=np.int64), wide])


def level_of(parts: Samples) -> float:
    """How loud a recording is where it is loud, as the root of its mean square; 0.0 for silence.

    What the network hears is divided by it, so that a recording's volume makes no difference.

    Parameters
    ----------
    parts : float32, shape (parts, channels, frames)
        What sums to the recording.
    """
    seconds = range(0, parts.shape[2], SAMPLE_RATE)
    power = np.array([float(np.square(_sum(parts, at)).mean()) for at in seconds])
    if power.size == 0 or power.max() <= 0.0:
        return 0.0
    return float(np.sqrt(power[power >= _QUIET * power.max()].mean()))


def _sum(parts: Samples, at: int) -> Samples:
    """A second of the recording."""
    mix: Samples = parts[:, :, at : at + SAMPLE_RATE].sum(axis=0)
    return mix


def scale_of(level: float) -> np.float32:
    """What spectra are multiplied by, that white noise of this level has power 1 in every bin."""
    return np.float32(1.0 / (level * np.sqrt(float(np.square(GRID.window).sum()))))


def pooled(power: Floats) -> Floats:
    """The sum of each row's bins; float32 (..., bins) to (..., ROWS)."""
    wide: Floats = np.add.reduceat(power[..., SINGLE:], row_edges()[SINGLE:-1] - SINGLE, axis=-1)
    return np.concatenate([power[..., :SINGLE], wide], axis=-1)


def features(spectra: Spectra, floor: float = FLOOR) -> Floats:
    """What the network hears of four guesses.

    Parameters
    ----------
    spectra : complex64, shape (4, 2, columns, bins)
        Of each guess, left and right, on :data:`GRID`, times :func:`scale_of` the recording's level.
    floor : float
        Power that is added.

    Returns
    -------
    float32, shape (8, columns, ROWS)
        Logarithm of the mean power in each row, of the middle of each guess, then of the sides of each guess; from
        about -0.5 (nothing) to 2.
    """
    root = np.float32(np.sqrt(0.5))
    middle = (spectra[:, 0] + spectra[:, 1]) * root
    sides = (spectra[:, 0] - spectra[:, 1]) * root
    widths = np.diff(row_edges()).astype(np.float32)
    powers = [pooled(np.square(part.real) + np.square(part.imag)) / widths for part in (middle, sides)]
    heard: Floats = np.log(np.concatenate(powers) + np.float32(floor)) * np.float32(SLOPE) + np.float32(1.0)
    return heard


class Refiner:
    """The network, loaded. Safe to use from one thread at a time."""

    def __init__(self, model: Path | bytes, threads: int = 2, block: int = _BLOCK, kept: tuple[int, ...] = ()) -> None:
        """Load the weights.

        Parameters
        ----------
        model : Path or bytes
            An ONNX file, or its content.
        threads : int
        block : int
            Columns heard at once, a multiple of :data:`STEP`. What comes out does not depend on it (to rounding).
        kept : tuple of int
            Guesses of which nothing is dealt out to other stems.
        """
        if block % STEP or block <= 0:
            raise ValueError(f"a block is a multiple of {STEP} columns, not {block}")
        self._session = open_network(model, threads=threads)
        self._threads = threads
        self._block = block
        self._kept = kept

    def refine(self, guesses: Samples, progress: Progress) -> Samples:
        """Deal the sound of four guesses out to the stems again.

        Parameters
        ----------
        guesses : float32, shape (4, 2, frames)
            Vocals, drums, bass and other, which sum to the recording, at 44.1 kHz.
        progress : Progress

        Returns
        -------
        float32, shape (4, 2, frames)
            The stems, in the same order and with the same sum.
        """
        if guesses.ndim != 3 or guesses.shape[:2] != (STEMS, 2):
            raise ValueError(f"guesses have the shape (4, 2, frames), not {guesses.shape}")
        level = level_of(guesses)
        if level == 0.0:
            # nothing to hear, or guesses that cancel: there is nothing to learn from
            return guesses.copy()
        out = np.zeros_like(guesses)
        scale = scale_of(level)
        total = GRID.frames(guesses.shape[2])
        with ThreadPoolExecutor(max_workers=self._threads) as pool:
            for first in range(0, total, self._block):
                progress(first / total, "refining the stems")
                shares = self._shares(guesses, first, min(total, first + self._block), scale, pool)
                self._deal(guesses, shares, first, out, pool)
        for at in range(0, guesses.shape[2], SAMPLE_RATE):
            out[-1, :, at : at + SAMPLE_RATE] = _sum(guesses, at) - _sum(out[:-1], at)
        return out

    def _shares(self, guesses: Samples, first: int, last: int, scale: np.float32, pool: ThreadPoolExecutor) -> Floats:
        """Shares of the columns from ``first`` to ``last``, float32 (4 stems, 4 guesses, columns, ROWS)."""
        start = max(0, first - REACH)
        stop = start + -(-(last + REACH - start) // STEP) * STEP

        def hear(at: int) -> Floats:
            return features(_spectra(guesses, at, min(stop, at + _SPAN)) * scale)

        heard = np.concatenate(list(pool.map(hear, range(start, stop, _SPAN))), axis=1)
        shares: Floats = self._session.run(["shares"], {"features": heard[np.newaxis]})[0][0]
        for guess in self._kept:
            shares[:, guess] = 0.0
            shares[guess, guess] = 1.0
        return shares[:, :, first - start : last - start]

    def _deal(self, guesses: Samples, shares: Floats, first: int, out: Samples, pool: ThreadPoolExecutor) -> None:
        """Add the first three stems' columns to ``out``; the last is what they leave."""
        last = first + shares.shape[2]
        widths = np.diff(row_edges())

        def deal(at: int) -> Spectra:
            stop = min(last, at + _SPAN)
            spectra = _spectra(guesses, at, stop)
            stems = np.zeros((STEMS - 1, 2, stop - at, GRID.bins), dtype=np.complex64)
            for stem in range(STEMS - 1):
                for guess in range(STEMS):
                    share = np.repeat(shares[stem, guess, at - first : stop - first], widths, axis=1)
                    stems[stem] += spectra[guess] * share
            return stems

        starts = range(first, last, _SPAN)
        for group in range(0, len(starts), self._threads):
            some = starts[group : group + self._threads]
            for at, stems in zip(some, pool.map(deal, some), strict=True):
                for stem in range(STEMS - 1):
                    GRID.add(stems[stem], at, out[stem])


def _spectra(guesses: Samples, first: int, last: int) -> Spectra:
    flat = guesses.reshape(STEMS * 2, -1)
    return GRID.analyse(flat, first, last).reshape(STEMS, 2, last - first, GRID.bins)
