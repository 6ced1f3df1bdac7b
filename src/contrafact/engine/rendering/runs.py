"""Clips that continue one another, as runs: one uninterrupted piece of the performance each.

What changes inside a run (gain, cuts, where clips of one run differ) is a patch; what changes its speed is a piece.
"""

from dataclasses import dataclass
from typing import Final

from contrafact.engine.arranging.timeline import Clip
from contrafact.engine.audio.stems import StemName
from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.engine.rendering.grid import amplitude, frame

_SAME_S: Final = 2e-4
"""Clips that meet within this are continuous."""
TOUCH: Final = 441
"""Frames (10 ms) before a cut over which the clips on its two sides cross, so that the new clip's first beat is its
own."""
_SAME_SPEED_FRAMES: Final = 8.0
"""Speeds whose difference amounts to less than this over both clips are rounding."""
_LONGEST_PIECE_S: Final = 6.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A span of source that becomes frames of target at one speed."""

    source_start_s: float
    source_stop_s: float
    target_start: int
    target_stop: int

    @property
    def frames(self) -> int:
        return self.target_stop - self.target_start

    @property
    def speed(self) -> float:
        return (self.source_stop_s - self.source_start_s) * SAMPLE_RATE / self.frames

    @property
    def exact(self) -> bool:
        """Whether it only has to be copied: no more than a frame of rounding between the two lengths."""
        span = frame(self.source_stop_s) - frame(self.source_start_s)
        return abs(span - self.frames) <= 1


@dataclass(frozen=True, slots=True)
class Patch:
    """From ``start`` on the run sounds so, until the next patch."""

    start: int
    gain: float
    lowcut_hz: float
    highcut_hz: float


@dataclass(frozen=True, slots=True)
class Run:
    pieces: tuple[Piece, ...]
    patches: tuple[Patch, ...]
    semitones: float
    fade_in: int
    fade_out: int
    reach_in: int
    """Frames before the run that are taken too, to cross with the run before it."""
    touches_after: bool

    @property
    def start(self) -> int:
        return self.pieces[0].target_start

    @property
    def stop(self) -> int:
        return self.pieces[-1].target_stop

    @property
    def copied(self) -> bool:
        return self.semitones == 0.0 and len(self.pieces) == 1 and self.pieces[0].exact

    @property
    def shift(self) -> int:
        """Frames from target to source, for a run that is copied."""
        return frame(self.pieces[0].source_start_s) - self.start


def runs_of(clips: tuple[Clip, ...], stem: StemName, source: int = 0, semitones: float = 0.0) -> tuple[Run, ...]:
    """The audible runs of one stem of one source, in order of target time.

    ``semitones`` is the transposition of all of the source's clips; theirs come on top.
    """
    ordered = sorted(
        (
            clip
            for clip in clips
            if clip.stem == stem
            and clip.source == source
            and clip.gain_db > -60.0
            and frame(clip.target_end_s) > frame(clip.target_start_s)
        ),
        key=lambda clip: (clip.target_start_s, clip.target_end_s),
    )
    groups: list[list[Clip]] = []
    for clip in ordered:
        if groups and _continues(groups[-1][-1], clip):
            groups[-1].append(clip)
        else:
            groups.append([clip])
    runs: list[Run] = []
    for number, group in enumerate(groups):
        before = groups[number - 1][-1] if number else None
        after = groups[number + 1][0] if number + 1 < len(groups) else None
        touched = before is not None and _touch(before, group[0])
        runs.append(
            Run(
                pieces=_pieces(group),
                patches=_patches(group),
                semitones=0.0 if stem == "drums" else float(semitones + group[0].semitones),
                fade_in=frame(group[0].fade_in_s),
                fade_out=frame(group[-1].fade_out_s),
                reach_in=TOUCH if touched else 0,
                touches_after=after is not None and _touch(group[-1], after),
            )
        )
    return tuple(runs)


def _touch(before: Clip, after: Clip) -> bool:
    """Whether two clips that do not continue one another meet without any fade of their own."""
    meets = abs(before.target_end_s - after.target_start_s) < _SAME_S
    return meets and before.fade_out_s == 0.0 and after.fade_in_s == 0.0


def _continues(before: Clip, after: Clip) -> bool:
    return (
        _touch(before, after)
        and abs(before.source_end_s - after.source_start_s) < _SAME_S
        and before.semitones == after.semitones
    )


def _patches(group: list[Clip]) -> tuple[Patch, ...]:
    patches: list[Patch] = []
    for clip in group:
        patch = Patch(frame(clip.target_start_s), amplitude(clip.gain_db), clip.lowcut_hz, clip.highcut_hz)
        last = patches[-1] if patches else None
        if last is None or (last.gain, last.lowcut_hz, last.highcut_hz) != (
            patch.gain,
            patch.lowcut_hz,
            patch.highcut_hz,
        ):
            patches.append(patch)
    return tuple(patches)


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
            drift = abs(last.speed - piece.speed) * whole.frames
            if drift <= _SAME_SPEED_FRAMES and not piece.exact and not last.exact:
                melted[-1] = whole
                continue
        melted.append(piece)
    return tuple(melted)


def shortened(piece: Piece) -> list[Piece]:
    """A long piece in short ones of the same speed: whoever stretches them need not wait for the whole song."""
    length = piece.frames
    count = max(1, round(length / (_LONGEST_PIECE_S * SAMPLE_RATE)))
    span_s = piece.source_stop_s - piece.source_start_s
    targets = [piece.target_start + round(length * n / count) for n in range(count)] + [piece.target_stop]
    sources = [piece.source_start_s + span_s * ((target - piece.target_start) / length) for target in targets[:-1]] + [
        piece.source_stop_s
    ]
    return [Piece(a, b, c, d) for a, b, c, d in zip(sources, sources[1:], targets, targets[1:], strict=False)]
