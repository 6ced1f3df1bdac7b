"""The take's own time as beats of a project, for programs that think in bars."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from contrafact.engine.arranging.timeline import TargetBar, Timeline

_EXACT_S = 0.0005
"""A tempo holds as long as every beat comes within this of its time."""
_EMPTY_BPM = 120.0
_SHORTEST_BEAT_S = 0.05


@dataclass(frozen=True, slots=True)
class TempoStep:
    """From a beat of the project on, this tempo holds."""

    beat: float
    bpm: float


@dataclass(frozen=True, slots=True)
class Signature:
    """From a beat of the project on, this many beats make a bar."""

    beat: float
    beats_per_bar: int


@dataclass(frozen=True, slots=True)
class Marker:
    beat: float
    name: str


@dataclass(frozen=True)
class TempoMap:
    """Beats of a project against seconds of a take.

    ``anchors`` are (seconds of the take, beat of the project), rising in both; between them tempo is constant, before
    the first and after the last that of the neighbouring span holds. The take begins at beat :attr:`lead`, which is 0
    unless it has a pickup.
    """

    anchors: tuple[tuple[float, float], ...]
    signatures: tuple[Signature, ...]
    markers: tuple[Marker, ...]

    @property
    def lead(self) -> float:
        """The beat of the project at which the take's first sample lies."""
        return max(0.0, self.beat(0.0))

    def beat(self, time_s: float) -> float:
        """The beat of the project at a moment of the take."""
        place = min(max(bisect_right(self.anchors, (time_s, float("inf"))) - 1, 0), len(self.anchors) - 2)
        (start_s, start), (end_s, end) = self.anchors[place], self.anchors[place + 1]
        return start + (time_s - start_s) * (end - start) / (end_s - start_s)

    @property
    def tempi(self) -> tuple[TempoStep, ...]:
        """The tempo steps from beat 0 on; one for a steady song.

        Each begins where the one before would come more than half a millisecond off, and makes up for what it left.
        """
        (first_s, first), (second_s, second) = self.anchors[:2]
        bpm = 60.0 * (second - first) / (second_s - first_s)
        steps = [TempoStep(0.0, bpm)]
        kept_s, kept = first_s, first
        for (_, start), (end_s, end) in pairwise(self.anchors):
            expected_s = kept_s + (end - kept) * 60.0 / bpm
            if abs(expected_s - end_s) > _EXACT_S:
                kept_s, kept = kept_s + (start - kept) * 60.0 / bpm, start
                bpm = 60.0 * (end - start) / (end_s - kept_s)
                steps.append(TempoStep(start, bpm))
        return tuple(steps)


def tempo_map(timeline: Timeline) -> TempoMap:
    """The map of a take; a take without bars gets an even one of 120 BPM."""
    anchors = _anchors(timeline.bars)
    if len(anchors) < 2:
        end_s = max(timeline.duration_s, 1.0)
        return TempoMap(((0.0, 0.0), (end_s, end_s * _EMPTY_BPM / 60.0)), (Signature(0.0, 4),), ())
    return TempoMap(anchors, tuple(_signatures(timeline.bars, anchors)), tuple(_markers(timeline.bars, anchors)))


def _anchors(bars: Sequence[TargetBar]) -> tuple[tuple[float, float], ...]:
    times: list[float] = []
    for bar in bars:
        for time_s in bar.beats_s:
            if not times or time_s - times[-1] >= _SHORTEST_BEAT_S:
                times.append(time_s)
    if not times:
        return ()
    if bars[-1].end_s - times[-1] >= _SHORTEST_BEAT_S:
        times.append(bars[-1].end_s)
    if len(times) < 2:
        return ()
    beat_s = times[1] - times[0]
    per_bar = len(bars[0].beats_s)
    pickup = times[0] / beat_s
    # Whole bars in front, so that the first downbeat is a bar line of the project.
    first = 0.0 if pickup < 1e-6 else float(per_bar * -(-pickup // per_bar))
    return tuple((time_s, first + number) for number, time_s in enumerate(times))


def _beat_of(time_s: float, anchors: Sequence[tuple[float, float]]) -> float:
    return min(anchors, key=lambda anchor: abs(anchor[0] - time_s))[1]


def _signatures(bars: Sequence[TargetBar], anchors: Sequence[tuple[float, float]]) -> list[Signature]:
    found = [Signature(0.0, len(bars[0].beats_s))]
    for bar in bars:
        if len(bar.beats_s) != found[-1].beats_per_bar:
            found.append(Signature(_beat_of(bar.start_s, anchors), len(bar.beats_s)))
    return found


def _markers(bars: Sequence[TargetBar], anchors: Sequence[tuple[float, float]]) -> list[Marker]:
    found: list[Marker] = []
    before: tuple[str, int | None] | None = None
    for bar in bars:
        follows = before is not None and bar.section == before[0] and _continues(before[1], bar.source_bar)
        if not follows:
            found.append(Marker(_beat_of(bar.start_s, anchors), bar.section))
        before = (bar.section, bar.source_bar)
    return found


def _continues(before: int | None, after: int | None) -> bool:
    return (before is None and after is None) or (before is not None and after == before + 1)
