"""A run whose speed or key is not the recording's: stretched in pieces, of which each is a pure function.

A piece is stretched with some of the sound around it and enters where its wave agrees best with the end of the one
before, a few milliseconds off its honest place at most. Over its length it drifts back (a change of speed of 0.1 to
0.2 %), so that it ends where it should: no piece needs to know more than its neighbour, and any span can be played
alone.
"""

from typing import Final

import numpy as np
import soxr

from contrafact.engine.audio.joining import best_lag, crossfade
from contrafact.engine.audio.stems import StemName, StemReader
from contrafact.engine.audio.stretching import stretch_range
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.runs import TOUCH, Run, shortened
from contrafact.engine.rendering.shelf import Shelf

_JOIN: Final = int(0.030 * SAMPLE_RATE)
_REACH_S: Final[dict[StemName, float]] = {"vocals": 0.005, "drums": 0.0, "bass": 0.012, "other": 0.008}
"""How far a piece may enter off its place so that its wave goes on where the last one ended; strokes stay."""
_GUARD: Final = 64
"""Frames around a resampled span for the resampler's own run-up."""


class StretchedRun:
    """Any span of one run.

    Parameters
    ----------
    run : Run
    stem : StemName
    reader : StemReader
    shelf : Shelf
        Where pieces are kept.
    key : int
        The track's number on the shelf.
    """

    def __init__(self, run: Run, stem: StemName, reader: StemReader, shelf: Shelf, key: tuple[int, int]) -> None:
        self._run, self._stem, self._reader, self._shelf, self._key = run, stem, reader, shelf, key
        self._pieces = tuple(short for piece in run.pieces for short in shortened(piece))
        self._reach = round(_REACH_S[stem] * SAMPLE_RATE)
        self._around = _JOIN + self._reach + TOUCH

    def read(self, start: int, stop: int) -> Samples:
        """Target frames within the run, or up to ``TOUCH`` frames before or after it."""
        out = np.zeros((2, stop - start), np.float32)
        last = len(self._pieces) - 1
        for number, piece in enumerate(self._pieces):
            first = piece.target_start - (_JOIN if number else self._around)
            end = piece.target_stop + (self._around if number == last else 0)
            a, b = max(start, first), min(stop, end)
            if a >= b:
                continue
            sound = self._entered(number)
            out[:, a - start : b - start] = sound[:, a - first : b - first]
            if number and a < piece.target_start and start < piece.target_start:
                self._join(number, sound, out, start, stop)
        return out

    def _join(self, number: int, entering: Samples, out: Samples, start: int, stop: int) -> None:
        """The fade lies before the piece: its first beat is already all its own."""
        at = self._pieces[number].target_start
        before = self._pieces[number - 1]
        first = before.target_start - (_JOIN if number > 1 else self._around)
        leaving = self._entered(number - 1)[:, at - _JOIN - first : at - first]
        fade = crossfade(leaving, entering[:, :_JOIN])
        a, b = max(start, at - _JOIN), min(stop, at)
        out[:, a - start : b - start] = fade[:, a - at + _JOIN : b - at + _JOIN]

    def _raw(self, number: int) -> Samples:
        """A piece as it is stretched, with ``_around`` frames on both sides."""
        piece = self._pieces[number]

        def make() -> Samples:
            return stretch_range(
                self._reader,
                self._stem,
                piece.source_start_s,
                piece.source_stop_s,
                piece.frames,
                self._run.semitones,
                self._around,
                self._around,
            )

        sound = self._shelf.sound(("piece", *self._key, number), make)
        return np.zeros((2, piece.frames + 2 * self._around), np.float32) if sound is None else sound

    def _entered(self, number: int) -> Samples:
        """A piece from its fade on to its end, drawn to its neighbour; the last one with what comes after it."""
        raw = self._raw(number)
        stop = raw.shape[1] - (0 if number == len(self._pieces) - 1 else self._around)
        if number == 0:
            return raw[:, :stop]
        lag = self._lag(number, raw)
        begin = self._around - _JOIN
        if lag == 0:
            return raw[:, begin:stop]
        moved = self._shelf.sound(("entered", *self._key, number), lambda: _drift(raw, begin, lag, self._around))
        assert moved is not None, "what had a lag has sound"
        return moved[:, : stop - begin]

    def _lag(self, number: int, raw: Samples) -> int:
        if self._reach == 0:
            return 0
        at = self._around

        def make() -> int:
            before = self._raw(number - 1)
            end = before.shape[1] - self._around
            fade = before[:, end - _JOIN : end]
            return best_lag(fade, raw[:, at - _JOIN - self._reach : at + self._reach], self._reach)

        return int(self._shelf.value(("lag", *self._key, number), make))


def _drift(raw: Samples, begin: int, lag: int, tail: int) -> Samples:
    """The sound from ``begin`` on, read ``lag`` frames off at first and in its place where the last fade begins."""
    settled = raw.shape[1] - tail - _JOIN
    frames = settled - begin
    speed = (frames - lag) / frames
    first = begin + lag - _GUARD
    span = np.ascontiguousarray(raw[:, max(0, first) : settled + 2 * _GUARD].T)
    moved = soxr.resample(span, float(frames - lag), float(frames), quality="HQ").T
    skipped = round((begin + lag - max(0, first)) / speed)
    out = raw[:, begin:].copy()
    taken = min(frames, moved.shape[1] - skipped)
    out[:, :taken] = moved[:, skipped : skipped + taken]
    return out
