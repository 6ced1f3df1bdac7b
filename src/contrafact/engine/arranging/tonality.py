"""Which key holds where in a take: the chart's keys, laid along the take's bars."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

from contrafact.engine.arranging.chords import scale_of, tonic_class
from contrafact.engine.arranging.grid import Grid
from contrafact.engine.listening.chart import Chart

Mode = Literal["major", "minor"]

_STEPS: dict[Mode, tuple[int, ...]] = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}


@dataclass(frozen=True, slots=True)
class KeyAt:
    """A key as the arranger counts it: pitch class of the tonic, and mode; before any transposition."""

    tonic: int
    mode: Mode

    @property
    def scale(self) -> frozenset[int]:
        return scale_of(self.tonic, self.mode)

    @property
    def relative(self) -> "KeyAt":
        """The key of the same notes in the other mode."""
        if self.mode == "major":
            return KeyAt((self.tonic + 9) % 12, "minor")
        return KeyAt((self.tonic + 3) % 12, "major")

    @property
    def parallel(self) -> "KeyAt":
        """The key on the same tonic in the other mode."""
        return KeyAt(self.tonic, "minor" if self.mode == "major" else "major")

    def moves_to_parallel(self) -> dict[int, int]:
        """Pitch classes of the scale that differ in the parallel key, with their move in semitones: third, sixth and
        seventh.
        """
        pairs = zip(_STEPS[self.mode], _STEPS[self.parallel.mode], strict=True)
        return {(self.tonic + old) % 12: new - old for old, new in pairs if new != old}


class Tonality:
    """The keys of a take over time."""

    def __init__(self, chart: Chart, grid: Grid) -> None:
        self._bars = grid.bars
        self._bar_starts = [bar.start_s for bar in grid.bars]
        self._source = chart.bars
        self._main = KeyAt(tonic_class(chart.key.tonic), chart.key.mode)
        self._spans = [(span.start_s, span.end_s, KeyAt(tonic_class(span.tonic), span.mode)) for span in chart.keys]

    def source_s(self, time_s: float) -> float | None:
        """The recording's own time of a moment of the take; None where none of its bars sounds."""
        place = bisect_right(self._bar_starts, time_s + 1e-6) - 1
        if place < 0:
            return None
        bar = self._bars[place]
        if bar.source_bar is None or bar.source_bar >= len(self._source):
            return None
        heard = self._source[bar.source_bar]
        through = (time_s - bar.start_s) / max(1e-9, bar.end_s - bar.start_s)
        return heard.start_s + through * (heard.end_s - heard.start_s)

    def key(self, time_s: float) -> KeyAt:
        """The key that holds at a moment of the take; the song's main key where nothing else is known."""
        source_s = self.source_s(time_s)
        if source_s is None:
            return self._main
        return next((key for start, end, key in self._spans if start <= source_s < end), self._main)
