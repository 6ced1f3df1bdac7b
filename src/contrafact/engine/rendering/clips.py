"""Kept stems: clips copied from the recording bit by bit, or stretched where their spans or the key differ.

Clips that continue one another in source and target are one run. A run that keeps tempo and key is copied. Any other
is cut into pieces, each stretched with some of the sound around it, laid over the piece before at the point where both
agree best (within a few milliseconds), and crossfaded there: so the joins are clean and each piece starts where the
timeline says.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from contrafact.engine.arranging.timeline import Clip
from contrafact.engine.audio.joining import best_lag, crossfade
from contrafact.engine.audio.stems import StemName, StemReader
from contrafact.engine.audio.stretching import stretch_range
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.grid import amplitude, frame

_SAME_S: Final = 2e-4
"""Clips that meet within this are continuous."""
_EDGE: Final = 220
"""Frames (5 ms) of fade at an edge that would click."""
_JOIN: Final = int(0.030 * SAMPLE_RATE)
_REACH_S: Final[dict[StemName, float]] = {"vocals": 0.005, "drums": 0.0, "bass": 0.012, "other": 0.008}
"""How far a piece may be moved so that its wave goes on where the last one ended; strokes stay where they are."""
_SAME_SPEED_FRAMES: Final = 8.0
"""Speeds whose difference amounts to less than this over both clips are rounding."""
_LONGEST_PIECE_S: Final = 6.0
_UNPITCHED: Final = frozenset({"drums"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A span of source that becomes frames of target at one speed."""

    source_start_s: float
    source_stop_s: float
    target_start: int
    target_stop: int

    @property
    def speed(self) -> float:
        return (self.source_stop_s - self.source_start_s) * SAMPLE_RATE / (self.target_stop - self.target_start)

    @property
    def exact(self) -> bool:
        """Whether it only has to be copied: no more than a frame of rounding between the two lengths."""
        span = frame(self.source_stop_s) - frame(self.source_start_s)
        return abs(span - (self.target_stop - self.target_start)) <= 1


@dataclass(frozen=True, slots=True)
class Run:
    """Clips that continue one another: one uninterrupted piece of the performance."""

    pieces: tuple[Piece, ...]
    gain: float
    fade_in: int
    fade_out: int
    lead: int
    """Frames taken from before the run, to crossfade with the clip before it."""
    tail: int

    @property
    def start(self) -> int:
        return self.pieces[0].target_start

    @property
    def stop(self) -> int:
        return self.pieces[-1].target_stop


def runs_of(clips: tuple[Clip, ...], stem: StemName) -> tuple[Run, ...]:
    """The audible runs of one stem, in order of target time."""
    ordered = sorted(
        (c for c in clips if c.stem == stem and c.gain_db > -60.0 and frame(c.target_end_s) > frame(c.target_start_s)),
        key=lambda clip: clip.target_start_s,
    )
    groups: list[list[Clip]] = []
    for clip in ordered:
        if groups and _continues(groups[-1][-1], clip):
            groups[-1].append(clip)
        else:
            groups.append([clip])
    runs = []
    for number, group in enumerate(groups):
        before = groups[number - 1][-1] if number else None
        after = groups[number + 1][0] if number + 1 < len(groups) else None
        touches_before = before is not None and abs(before.target_end_s - group[0].target_start_s) < _SAME_S
        touches_after = after is not None and abs(after.target_start_s - group[-1].target_end_s) < _SAME_S
        runs.append(
            Run(
                pieces=_pieces(group),
                gain=amplitude(group[0].gain_db),
                fade_in=frame(group[0].fade_in_s),
                fade_out=frame(group[-1].fade_out_s),
                lead=_EDGE if touches_before and group[0].fade_in_s == 0.0 else 0,
                tail=_EDGE if touches_after and group[-1].fade_out_s == 0.0 else 0,
            )
        )
    return tuple(runs)


def _continues(before: Clip, after: Clip) -> bool:
    return (
        abs(before.target_end_s - after.target_start_s) < _SAME_S
        and abs(before.source_end_s - after.source_start_s) < _SAME_S
        and before.gain_db == after.gain_db
        and before.fade_out_s == 0.0
        and after.fade_in_s == 0.0
    )


def _pieces(group: list[Clip]) -> tuple[Piece, ...]:
    """Clips of one speed melt into one piece."""
    melted: list[Piece] = []
    for clip in group:
        piece = Piece(clip.source_start_s, clip.source_end_s, frame(clip.target_start_s), frame(clip.target_end_s))
        if melted:
            last = melted[-1]
            whole = Piece(last.source_start_s, piece.source_stop_s, last.target_start, piece.target_stop)
            if whole.exact and last.exact and piece.exact:
                melted[-1] = whole
                continue
            drift = abs(last.speed - piece.speed) * (piece.target_stop - last.target_start)
            if drift <= _SAME_SPEED_FRAMES:
                melted[-1] = whole
                continue
        melted.append(piece)
    return tuple(melted)


def _shortened(piece: Piece) -> list[Piece]:
    """A long piece in short ones of the same speed: whoever stretches them need not wait for the whole song."""
    length = piece.target_stop - piece.target_start
    count = max(1, round(length / (_LONGEST_PIECE_S * SAMPLE_RATE)))
    span_s = piece.source_stop_s - piece.source_start_s
    targets = [piece.target_start + round(length * n / count) for n in range(count)] + [piece.target_stop]
    sources = [piece.source_start_s + span_s * ((target - piece.target_start) / length) for target in targets[:-1]] + [
        piece.source_stop_s
    ]
    return [Piece(a, b, c, d) for a, b, c, d in zip(sources, sources[1:], targets, targets[1:], strict=False)]


class _Stretched:
    """The pieces of one run, stretched as they are asked for, in order."""

    def __init__(self, run: Run, stem: StemName, reader: StemReader, semitones: float) -> None:
        self._stem, self._reader, self._semitones = stem, reader, semitones
        self._pieces = tuple(short for piece in run.pieces for short in _shortened(piece))
        self._reach = round(_REACH_S[stem] * SAMPLE_RATE)
        self._done: list[tuple[int, Samples]] = []
        """(target frame of the first sample, sound); the last one may still be changed by the next join."""
        self._next = 0

    def read(self, start: int, stop: int) -> Samples:
        """Target frames, zero outside of the run (with its lead and tail); spans must not go back."""
        pieces = self._pieces
        while self._next < len(pieces) and pieces[self._next].target_start - _JOIN < stop:
            self._append(pieces[self._next])
            self._next += 1
        out = np.zeros((2, stop - start), np.float32)
        for begin, sound in self._done:
            a, b = max(start, begin), min(stop, begin + sound.shape[1])
            if a < b:
                out[:, a - start : b - start] = sound[:, a - begin : b - begin]
        self._done = [(begin, sound) for begin, sound in self._done if begin + sound.shape[1] > start]
        return out

    def _append(self, piece: Piece) -> None:
        """The fade lies before the piece: its first beat is already all its own."""
        around = _JOIN + self._reach
        frames = piece.target_stop - piece.target_start
        sound = stretch_range(
            self._reader,
            self._stem,
            piece.source_start_s,
            piece.source_stop_s,
            frames,
            self._semitones,
            around,
            around,
        )
        lag = 0
        if self._done:
            begin, before = self._done[-1]
            fade = before[:, piece.target_start - _JOIN - begin : piece.target_start - begin]
            lag = best_lag(fade, sound[:, : _JOIN + 2 * self._reach], self._reach)
            first = self._reach + lag
            joined = crossfade(fade, sound[:, first : first + _JOIN])
            kept = before[:, : piece.target_start - _JOIN - begin]
            self._done[-1] = (begin, np.concatenate([kept, joined], axis=1))
            self._done.append((piece.target_start, sound[:, around + lag :]))
        else:
            self._done.append((piece.target_start - around, sound))


class ClipSource:
    """One kept stem laid out on the timeline, read forwards.

    Parameters
    ----------
    clips : tuple of Clip
        Of all stems; the others are left aside.
    stem : StemName
    reader : StemReader
        Asked only for the frames that are needed.
    semitones : float
        Transposition; drums are never transposed.
    """

    def __init__(self, clips: tuple[Clip, ...], stem: StemName, reader: StemReader, semitones: float) -> None:
        self._stem, self._reader = stem, reader
        self._semitones = 0.0 if stem in _UNPITCHED else float(semitones)
        self.runs = runs_of(clips, stem)
        self._stretched: dict[int, _Stretched] = {}

    def read(self, start: int, stop: int) -> Samples:
        """Target frames ``start`` to ``stop``, float32 (2, n); calls must go forwards."""
        out = np.zeros((2, stop - start), np.float32)
        for number, run in enumerate(self.runs):
            first, last = run.start - run.lead, run.stop + run.tail
            if last <= start:
                self._stretched.pop(number, None)
                continue
            if first >= stop:
                continue
            a, b = max(start, first), min(stop, last)
            sound = self._sound(number, run, a, b)
            factors = self._factors(run, a, b)
            if factors is not None:
                sound = sound * factors
            out[:, a - start : b - start] += sound
        return out

    def _sound(self, number: int, run: Run, a: int, b: int) -> Samples:
        if self._semitones == 0.0 and len(run.pieces) == 1 and run.pieces[0].exact:
            shift = frame(run.pieces[0].source_start_s) - run.start
            return self._reader.read(self._stem, a + shift, b + shift)
        if number not in self._stretched:
            self._stretched[number] = _Stretched(run, self._stem, self._reader, self._semitones)
        return self._stretched[number].read(a, b)

    def _factors(self, run: Run, a: int, b: int) -> Samples | None:
        """Gain and fades; ``None`` where the sound is to be left as it is."""
        at = np.arange(a, b)
        factors = np.full(b - a, run.gain)
        touched = run.gain != 1.0
        whole_start = frame(run.pieces[0].source_start_s) <= 0
        whole_stop = frame(run.pieces[-1].source_stop_s) >= self._reader.frames
        edges = (
            (run.start - run.lead, 2 * run.lead or run.fade_in or (0 if whole_start else _EDGE), 1, run.lead > 0),
            (run.stop + run.tail, 2 * run.tail or run.fade_out or (0 if whole_stop else _EDGE), -1, run.tail > 0),
        )
        for edge, length, direction, crossed in edges:
            if length == 0:
                continue
            inside = (at - edge + 0.5) * direction if direction > 0 else (edge - at - 0.5)
            if float(inside.min()) < length:
                rise = np.sin(0.5 * np.pi * np.clip(inside / length, 0.0, 1.0))
                factors *= rise if crossed else rise**2  # equal power against a neighbour, smooth against silence
                touched = True
        return factors.astype(np.float32) if touched else None
