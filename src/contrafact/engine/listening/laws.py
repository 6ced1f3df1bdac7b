"""What every chart must satisfy, whoever made or corrected it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Protocol

from contrafact.engine.listening.chart import Chart

_CLOSE_S = 1e-6
_AFTER_S = 0.05
"""Sound that rings out at the end may be counted by whole frames, a little beyond the last sample."""


class _Span(Protocol):
    @property
    def start_s(self) -> float: ...
    @property
    def end_s(self) -> float: ...


def broken_laws(chart: Chart) -> tuple[str, ...]:
    """Every law that a chart breaks, as sentences; empty for a good chart.

    Beats ascend within the recording and count 1, 2, 3 … in bars; bars are numbered, adjoin, and hold exactly the
    beats; sections and metres are runs of whole bars that together hold every bar once; chords, keys and regions are
    ordered, do not overlap, and lie within the recording.
    """
    return (
        *_of_beats(chart),
        *_of_bars(chart),
        *_of_sections(chart),
        *_of_metres(chart),
        *_of_keys(chart),
        *_of_rest(chart),
    )


def _of_beats(chart: Chart) -> Iterator[str]:
    times = [beat.time_s for beat in chart.beats]
    if any(b <= a for a, b in pairwise(times)):
        yield "beats do not ascend"
    if times and times[-1] > chart.duration_s + _AFTER_S:
        yield "a beat lies after the end"
    for one, two in pairwise(chart.beats):
        if two.position not in (1, one.position + 1):
            yield f"beat {two.position} follows beat {one.position} at {two.time_s:.3f} s"
            return


def _of_bars(chart: Chart) -> Iterator[str]:
    bars = chart.bars
    if [bar.index for bar in bars] != list(range(len(bars))):
        yield "bars are not numbered from 0"
    if any(not bar.beats_s or abs(bar.beats_s[0] - bar.start_s) > _CLOSE_S for bar in bars):
        yield "a bar does not begin with its first beat"
    if any(bar.end_s <= bar.beats_s[-1] for bar in bars if bar.beats_s):
        yield "a beat lies outside its bar"
    if any(abs(a.end_s - b.start_s) > _CLOSE_S for a, b in pairwise(bars)):
        yield "bars do not adjoin"
    if bars and bars[-1].end_s > chart.duration_s + _AFTER_S:
        yield "a bar ends after the recording"
    if [time for bar in bars for time in bar.beats_s] != [beat.time_s for beat in chart.beats]:
        yield "bars and beats differ"
    firsts = {bar.start_s for bar in bars}
    if any((beat.position == 1) != (beat.time_s in firsts) for beat in chart.beats[1:]):
        yield "a bar begins elsewhere than on a first beat"


def _of_sections(chart: Chart) -> Iterator[str]:
    sections = chart.sections
    if not sections:
        return
    yield from _of_runs("sections", [(item.first_bar, item.last_bar) for item in sections], len(chart.bars))
    yield from _of_spans("sections", sections, chart.duration_s)
    for item in sections:
        if item.first_bar < len(chart.bars) and abs(item.start_s - chart.bars[item.first_bar].start_s) > _CLOSE_S:
            yield f"the section at {item.start_s:.3f} s does not begin with its first bar"


def _of_metres(chart: Chart) -> Iterator[str]:
    if not chart.metres:
        return
    yield from _of_runs("metres", [(item.first_bar, item.last_bar) for item in chart.metres], len(chart.bars))
    yield from _of_spans("metres", chart.metres, chart.duration_s)
    if chart.metre.beats_per_bar not in {item.beats_per_bar for item in chart.metres}:
        yield "the metre is none of the metres"


def _of_keys(chart: Chart) -> Iterator[str]:
    if not chart.keys:
        return
    yield from _of_spans("keys", chart.keys, chart.duration_s)
    if chart.key.label not in {item.label for item in chart.keys}:
        yield "the key is none of the keys"


def _of_rest(chart: Chart) -> Iterator[str]:
    yield from _of_spans("chords", chart.chords, chart.duration_s)
    yield from _of_spans("vocal regions", chart.vocal_regions, chart.duration_s)
    if any(b.time_s <= a.time_s for a, b in pairwise(chart.tempo_curve)):
        yield "the tempo curve does not ascend"
    if chart.drums is not None and any(item.bar >= len(chart.bars) for item in chart.drums.groove):
        yield "a groove lies in a bar that there is not"


def _of_runs(what: str, runs: Sequence[tuple[int, int]], bars: int) -> Iterator[str]:
    wanted = 0
    for first, last in runs:
        if first != wanted or last < first:
            yield f"{what} do not hold every bar once"
            return
        wanted = last + 1
    if wanted != bars:
        yield f"{what} do not hold every bar once"


def _of_spans(what: str, spans: Iterable[_Span], duration_s: float) -> Iterator[str]:
    end_s = 0.0
    for span in spans:
        if span.start_s < end_s - _CLOSE_S or span.end_s < span.start_s:
            yield f"{what} overlap or are out of order at {span.start_s:.3f} s"
            return
        end_s = span.end_s
    if end_s > duration_s + _AFTER_S:
        yield f"{what} go on after the end"
