"""Kept stems: clips copied from the recording bit by bit, or stretched where their spans or the key differ.

Any span can be asked for, in any order, and is always the same. Where one run of clips meets or overlaps another, the
two cross at constant power; edges against silence fade; gain and cuts that change inside a run cross smoothly before
the change.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.arranging.timeline import Clip
from contrafact.engine.audio.filtering import both_ways, butterworth, filtered
from contrafact.engine.audio.joining import crossfade
from contrafact.engine.audio.stems import StemName, StemReader
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.grid import frame
from contrafact.engine.rendering.runs import Patch, Run, runs_of
from contrafact.engine.rendering.shelf import Shelf
from contrafact.engine.rendering.stretched import StretchedRun

_EDGE: Final = 220
"""Frames (5 ms) of fade at an edge against silence that would click."""
_CHANGE: Final = 882
"""Frames (20 ms) over which gain and cuts change inside a run; they end at the change."""
_PAD: Final = SAMPLE_RATE // 4
"""Sound on both sides that a cut's filter sees."""
_LOWEST_HZ, _HIGHEST_HZ = 20.0, 0.45 * SAMPLE_RATE


class ClipSource:
    """One kept stem laid out on the timeline.

    Parameters
    ----------
    clips : tuple of Clip
        Of all stems and sources; the others are left aside.
    stem : StemName
    reader : StemReader
        Asked only for the frames that are needed.
    semitones : float
        Transposition of the source; drums are never transposed.
    source : int
        Which of the timeline's sources the reader reads.
    shelf : Shelf
        Where stretched pieces are kept.
    sha256 : str
        Of the source, to tell it from others on the shelf.
    """

    def __init__(
        self,
        clips: tuple[Clip, ...],
        stem: StemName,
        reader: StemReader,
        semitones: float = 0.0,
        source: int = 0,
        shelf: Shelf | None = None,
        sha256: str = "",
    ) -> None:
        self._stem, self._reader = stem, reader
        shelf = shelf or Shelf()
        self.runs = runs_of(clips, stem, source, semitones)
        self.key = ("stem", sha256, stem, self.runs)
        number = shelf.number(self.key)
        self._stretched = {
            n: StretchedRun(run, stem, reader, shelf, (number, n)) for n, run in enumerate(self.runs) if not run.copied
        }
        self._spans = [_span(self.runs, n) for n in range(len(self.runs))]

    def read(self, start: int, stop: int) -> Samples:
        """Target frames ``start`` to ``stop``, float32 (2, n)."""
        out = np.zeros((2, stop - start), np.float32)
        for number, (first, last) in enumerate(self._spans):
            a, b = max(start, first), min(stop, last)
            if a < b:
                out[:, a - start : b - start] += self._edged(number, a, b)
            self._cross(number, out, start, stop)
        return out

    def rough(self, start: int, stop: int) -> Samples:
        """About what a span sounds like, for whoever only measures its level: nothing is stretched for it.

        What plays in the middle of the span is read at the recording's own speed and key.
        """
        middle = (start + stop) // 2
        for run in self.runs:
            if not run.start <= middle < run.stop:
                continue
            piece = next(piece for piece in run.pieces if middle < piece.target_stop)
            patch = [patch for patch in run.patches if patch.start <= middle or patch is run.patches[0]][-1]
            place = frame(piece.source_start_s) + round((middle - piece.target_start) * piece.speed)
            first = place - middle + start
            sound = self._reader.read(self._stem, first, first + stop - start)
            for sections in _filters(patch):
                sound = filtered(sections, sound).astype(np.float32)
            return np.asarray(sound * np.float32(patch.gain))
        return np.zeros((2, stop - start), np.float32)

    def _cross(self, number: int, out: Samples, start: int, stop: int) -> None:
        """Where a run crosses the one before it, put both in, whole, however little of it is asked for."""
        if number == 0:
            return
        first, last = _overlap(self.runs[number - 1], self.runs[number])
        a, b = max(start, first), min(stop, last)
        if a >= b:
            return
        leaving, entering = self._patched(number - 1, first, last), self._patched(number, first, last)
        out[:, a - start : b - start] += crossfade(leaving, entering)[:, a - first : b - first]

    def _edged(self, number: int, a: int, b: int) -> Samples:
        """A run where it is alone, faded at the ends that meet silence."""
        run, (first, last) = self.runs[number], self._spans[number]
        sound = self._patched(number, a, b)
        at_start = frame(run.pieces[0].source_start_s) <= 0
        at_stop = frame(run.pieces[-1].source_stop_s) >= self._reader.frames
        crosses_before = number > 0 and _overlap(self.runs[number - 1], run)[1] > run.start - run.reach_in
        crosses_after = number + 1 < len(self.runs) and _overlap(run, self.runs[number + 1])[0] < run.stop
        rise = 0 if crosses_before else run.fade_in or (0 if at_start else _EDGE)
        fall = 0 if crosses_after else run.fade_out or (0 if at_stop else _EDGE)
        if (rise and a < first + rise) or (fall and b > last - fall):
            at = np.arange(a, b)
            factors = np.ones(b - a)
            if rise:
                factors *= np.sin(0.5 * np.pi * np.clip((at - first + 0.5) / rise, 0.0, 1.0)) ** 2
            if fall:
                factors *= np.sin(0.5 * np.pi * np.clip((last - at - 0.5) / fall, 0.0, 1.0)) ** 2
            sound = sound * factors.astype(np.float32)
        return sound

    def _patched(self, number: int, a: int, b: int) -> Samples:
        """A run with the gains and cuts of its clips."""
        run = self.runs[number]
        if len(run.patches) == 1:
            return self._cut(number, run.patches[0], a, b)
        out = np.zeros((2, b - a), np.float32)
        at = np.arange(a, b)
        for place, patch in enumerate(run.patches):
            begin = a if place == 0 else max(a, patch.start - _CHANGE)
            after = run.patches[place + 1].start if place + 1 < len(run.patches) else b
            end = min(b, after)
            if begin >= end:
                continue
            span = at[begin - a : end - a]
            weight = np.ones(end - begin)
            if place:
                weight *= np.clip((span - patch.start + _CHANGE + 0.5) / _CHANGE, 0.0, 1.0)
            if place + 1 < len(run.patches):
                weight *= np.clip((after - span - 0.5) / _CHANGE, 0.0, 1.0)
            out[:, begin - a : end - a] += self._cut(number, patch, begin, end) * weight.astype(np.float32)
        return out

    def _cut(self, number: int, patch: Patch, a: int, b: int) -> Samples:
        filters = _filters(patch)
        if not filters:
            sound = self._sound(number, a, b)
        else:
            wide = self._sound(number, a - _PAD, b + _PAD).astype(np.float64)
            for sections in filters:
                wide = both_ways(sections, wide)
            sound = np.ascontiguousarray(wide[:, _PAD:-_PAD], dtype=np.float32)
        return sound if patch.gain == 1.0 else sound * np.float32(patch.gain)

    def _sound(self, number: int, a: int, b: int) -> Samples:
        run = self.runs[number]
        if run.copied:
            return self._reader.read(self._stem, a + run.shift, b + run.shift)
        return self._stretched[number].read(a, b)


def _overlap(before: Run, after: Run) -> tuple[int, int]:
    """Target frames in which two neighbouring runs sound together."""
    first = max(before.start, after.start - after.reach_in)
    return first, max(first, min(before.stop, after.stop))


def _span(runs: tuple[Run, ...], number: int) -> tuple[int, int]:
    """Where a run is alone."""
    run = runs[number]
    first, last = run.start - run.reach_in, run.stop
    if number > 0:
        first = max(first, _overlap(runs[number - 1], run)[1]) if _overlap(runs[number - 1], run)[1] > first else first
    if number + 1 < len(runs):
        begin, end = _overlap(run, runs[number + 1])
        last = min(last, begin) if end > begin else last
    return first, max(first, last)


def _filters(patch: Patch) -> list[NDArray[np.float64]]:
    """Zero-phase cuts (both ways, 24 dB an octave): cut and uncut sound cross without a dip."""
    filters: list[NDArray[np.float64]] = []
    if patch.lowcut_hz > _LOWEST_HZ:
        hertz = min(patch.lowcut_hz, _HIGHEST_HZ)
        filters.append(butterworth(2, "highpass", hertz, SAMPLE_RATE))
    if 0.0 < patch.highcut_hz < _HIGHEST_HZ:
        hertz = max(patch.highcut_hz, _LOWEST_HZ)
        filters.append(butterworth(2, "lowpass", hertz, SAMPLE_RATE))
    return filters
