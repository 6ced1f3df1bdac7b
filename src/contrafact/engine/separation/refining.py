"""First guesses at four stems, refined by a small network of our own (``training/``, record 0040).

The network hears the four guesses, whose sum is the recording, and answers for each column and row of the spectrum
which part of guess ``j`` belongs to stem ``k``: sixteen shares, of which the four that a guess is dealt into sum to
one. So the stems sum to what the guesses summed to, and fine detail comes from the guesses.
"""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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

_BLOCK: Final = 3200
"""Of what the network hears, a fifth is heard twice; longer blocks take more memory."""
_SPAN: Final = 32
"""Columns worked on at once: few enough for a core's own memory."""
_OVERLAP: Final = 3 * GRID.hop
"""Samples at the end of some columns that the next ones add to."""
SLOPE: Final = 0.11
"""Features are this times the logarithm of power, plus one."""
FLOOR: Final = 1e-6
"""Power that is added to every cell: what is 60 dB below the level is as good as silence."""
_NOTHING: Final = 1.0 + SLOPE * float(np.log(FLOOR))
"""What is heard where nothing sounds."""
_QUIET: Final = 0.01
"""Seconds with less than this part of the loudest second's power do not count for the level."""


def row_edges() -> NDArray[np.int64]:
    """The first bin of each row and, last, the number of bins; shape (ROWS + 1,)."""
    wide = np.geomspace(SINGLE, GRID.bins, ROWS - SINGLE + 1).round().astype(np.int64)
    return np.concatenate([np.arange(SINGLE, dtype=np.int64), wide])


_WIDTHS: Final = np.diff(row_edges()).astype(np.float32)
_WIDE_EDGES: Final = 2 * (row_edges()[SINGLE:-1] - SINGLE)
"""Where wide rows begin among the real and imaginary parts of their bins."""


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
    return np.concatenate(
        [
            heard_in(spectra[:, 0] + spectra[:, 1], np.sqrt(0.5), floor),
            heard_in(spectra[:, 0] - spectra[:, 1], np.sqrt(0.5), floor),
        ]
    )


def heard_in(spectra: Spectra, gain: float, floor: float = FLOOR) -> Floats:
    """Logarithm of the mean power in each row, complex64 (..., bins) times ``gain`` to float32 (..., ROWS)."""
    squares = np.square(np.ascontiguousarray(spectra).view(np.float32))
    heard = np.empty((*spectra.shape[:-1], ROWS), dtype=np.float32)
    np.add(squares[..., : 2 * SINGLE : 2], squares[..., 1 : 2 * SINGLE : 2], out=heard[..., :SINGLE])
    np.add.reduceat(squares[..., 2 * SINGLE :], _WIDE_EDGES, axis=-1, out=heard[..., SINGLE:])
    heard *= np.float32(gain * gain) / _WIDTHS
    heard += np.float32(floor)
    np.log(heard, out=heard)
    heard *= np.float32(SLOPE)
    heard += np.float32(1.0)
    return heard


@dataclass(frozen=True, slots=True, eq=False)
class _Span:
    """Spectra of some columns, kept until they are dealt."""

    first: int
    spectra: Floats
    """float32, shape (2: left + right and left - right, guesses that are dealt out, columns, 2 * bins)."""

    @property
    def last(self) -> int:
        return self.first + int(self.spectra.shape[2])


class _Columns:
    """Guesses that turn into stems where they lie, column after column.

    What was written is never read again: all columns over those samples have been heard by then.
    """

    def __init__(self, mix: Samples, stems: Sequence[Samples], kept: tuple[int, ...], scale: float) -> None:
        self._mix = mix
        self._stems = stems
        self._kept = kept
        self._scale = scale
        self._dealt = [guess for guess in range(STEMS) if guess not in kept]
        self._heard = 0
        self._waiting: deque[_Span] = deque()
        self._carried = np.zeros((STEMS - 1, 2, _OVERLAP), dtype=np.float32)

    def hear(self, seen: Floats, start: int, stop: int, pool: ThreadPoolExecutor) -> None:
        """What the network hears of the columns that were not heard yet.

        ``seen``, float32 (FEATURES, columns, ROWS), begins at column ``start``; it is filled in up to column ``stop``.
        """

        def hear(at: int) -> _Span:
            last = min(stop, at + _SPAN)
            return self._span(at, last, seen[:, at - start : last - start])

        self._waiting.extend(pool.map(hear, range(self._heard, stop, _SPAN)))
        self._heard = max(self._heard, stop)

    def _span(self, first: int, last: int, seen: Floats) -> _Span:
        span = self._guesses(*GRID.samples_of(first, last))
        spectra = []
        for guesses in filter(None, (self._dealt, list(self._kept))):
            some = GRID.spectra_of(span[:, guesses].reshape(2 * len(guesses), -1))
            some = some.reshape(2, len(guesses), last - first, GRID.bins)
            for side in range(2):
                for guess, its in zip(guesses, some[side], strict=True):
                    seen[side * STEMS + guess] = heard_in(its, self._scale * np.sqrt(0.5))
            spectra.append(some)
        return _Span(first, spectra[0].view(np.float32))

    def _guesses(self, start: int, stop: int) -> Floats:
        """Left + right and left - right of the four guesses, float32 (2, 4, samples); silent outside the recording."""
        span = np.zeros((2, STEMS, stop - start), dtype=np.float32)
        inside = slice(max(0, start), min(self._mix.shape[1], stop))
        if inside.start >= inside.stop:
            return span
        within = span[:, :, inside.start - start : inside.stop - start]
        for guess, sound in enumerate((*self._stems, self._mix)):
            np.add(sound[0, inside], sound[1, inside], out=within[0, guess])
            np.subtract(sound[0, inside], sound[1, inside], out=within[1, guess])
        for guess in range(STEMS - 1):
            within[:, -1] -= within[:, guess]
        return span

    def deal(self, shares: Floats, first: int, pool: ThreadPoolExecutor) -> None:
        """Give the columns from ``first`` on to the stems; shares are float32 (4 stems, 4 guesses, columns, ROWS)."""
        last = first + shares.shape[2]
        some = [span for span in self._waiting if span.first < last]

        def deal(span: _Span) -> tuple[int, Floats]:
            begin, end = max(first, span.first), min(last, span.last)
            its = shares[: STEMS - 1, self._dealt, begin - first : end - first]
            spectra = span.spectra[:, :, begin - span.first : end - span.first]
            return begin, _dealt(spectra, its)

        for begin, line in pool.map(deal, some):
            line[:, :, :_OVERLAP] += self._carried
            self._carried = line[:, :, -_OVERLAP:].copy()
            self._write(line[:, :, :-_OVERLAP], (begin - 3) * GRID.hop)
        while self._waiting and self._waiting[0].last <= last:
            self._waiting.popleft()

    def finish(self) -> None:
        """Write the last samples."""
        self._write(self._carried, (self._heard - 3) * GRID.hop)

    def _write(self, line: Floats, start: int) -> None:
        low, high = max(0, start), min(self._mix.shape[1], start + line.shape[2])
        if low >= high:
            return
        for stem, sound in enumerate(self._stems):
            if stem in self._kept:
                sound[:, low:high] += line[stem, :, low - start : high - start]
            else:
                sound[:, low:high] = line[stem, :, low - start : high - start]


def _dealt(spectra: Floats, shares: Floats) -> Floats:
    """Sound of three stems, float32 (3, 2, samples); shares are float32 (3, guesses, columns, ROWS)."""
    wide = np.repeat(shares, 2 * np.diff(row_edges()), axis=-1)
    stems = np.einsum("cjnf,kjnf->kcnf", spectra, wide)
    flat = stems.reshape(-1, *stems.shape[2:]).view(np.complex64)
    line = GRID.sound_of(flat).reshape(STEMS - 1, 2, -1)
    line *= np.float32(0.5)
    both = np.empty_like(line)
    np.add(line[:, 0], line[:, 1], out=both[:, 0])
    np.subtract(line[:, 0], line[:, 1], out=both[:, 1])
    return both


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
        stems = guesses.copy()
        mix = guesses.sum(axis=0)
        if self.refine_in_place(mix, (stems[0], stems[1], stems[2]), progress):
            np.subtract(mix, stems[:-1].sum(axis=0), out=stems[-1])
        return stems

    def refine_in_place(self, mix: Samples, stems: Sequence[Samples], progress: Progress) -> bool:
        """Turn first guesses into stems where they lie.

        Each column is analysed once: what a block of columns hears of its neighbours is remembered, and so are the
        spectra until they are dealt. So memory is that of a block, however long the recording is.

        Parameters
        ----------
        mix : float32, shape (2, frames)
            The recording; what the other parts leave of it is the fourth guess, and the fourth stem afterwards.
        stems : three of float32, shape (2, frames)
            Guesses at vocals, drums and bass, which become the stems. Half done when the work is stopped.
        progress : Progress

        Returns
        -------
        bool
            False where there is nothing to hear and nothing was changed.
        """
        level = level_of(mix[np.newaxis])
        if level == 0.0:
            return False
        columns = _Columns(mix, stems, self._kept, float(scale_of(level)))
        total = GRID.frames(mix.shape[1])
        count = -(-total // self._block)
        block = (
            -(-total // (count * STEP)) * STEP
        )  # of equal length: none that hears more of its neighbours than of itself
        seen, seen_from = np.zeros((FEATURES, 0, ROWS), dtype=np.float32), 0
        with ThreadPoolExecutor(max_workers=self._threads) as pool:
            for first in range(0, total, block):
                progress(first / total, "refining the stems")
                last = min(total, first + block)
                start = max(0, first - REACH)
                stop = start + -(-(last + REACH - start) // STEP) * STEP
                remembered = seen[:, start - seen_from :]
                seen = np.full((FEATURES, stop - start, ROWS), _NOTHING, dtype=np.float32)
                seen[:, : remembered.shape[1]] = remembered
                seen_from = start
                del remembered
                columns.hear(seen, start, min(stop, total), pool)
                shares = self._session.run(["shares"], {"features": seen[np.newaxis]})[0][0]
                columns.deal(shares[:, :, first - start : last - start], first, pool)
                del shares
        columns.finish()
        return True
