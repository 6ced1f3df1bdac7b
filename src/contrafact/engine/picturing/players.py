"""The lanes of a sheet that show who plays: the voice and the drums."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from contrafact.engine.listening.chart import Bar, Drums, Melody, Region
from contrafact.engine.naming import pitch_name
from contrafact.engine.picturing.paper import FAINT, MUTED, Paper, faded

if TYPE_CHECKING:
    from matplotlib.axes import Axes

VOICE: Final = "#c2557a"
DRUM_COLOURS: Final = {"hihat": "#c08a2d", "snare": "#3f7d8c", "kick": "#7a3b69"}
_DRUM_NAMES: Final = {"hihat": "hi-hat", "snare": "snare", "kick": "kick"}
_TELLABLE_PX = 3.2
"""Strokes that lie nearer than this are drawn as bars of a groove, time of the bar upwards."""
_BESIDE_PX = 88.0


def draw_regions(paper: Paper, top: float, height: float, regions: Sequence[Region], melody: Melody | None) -> None:
    """Where somebody sings, and what, between the lowest and the highest note."""
    from matplotlib.collections import LineCollection

    notes = melody.notes if melody else ()
    pitches = np.array([note.pitch_midi for note in notes])
    low, high = (float(pitches.min()) - 1.5, float(pitches.max()) + 1.5) if pitches.size else (0.0, 1.0)
    if high - low < 8:
        low, high = 0.5 * (low + high) - 4, 0.5 * (low + high) + 4
    axes = paper.lane(top, height, "voice", low, high)
    for region in regions:
        colour = (*faded(VOICE, region.confidence)[:3], (0.16 if notes else 0.75) * (0.3 + 0.7 * region.confidence))
        axes.axvspan(region.start_s, region.end_s, facecolor=colour, edgecolor="none")
    if not notes:
        return
    for octave in range(int(np.ceil(low / 12)), int(high // 12) + 1):
        axes.axhline(12 * octave, color=FAINT, lw=0.7, zorder=0)
        y = top + height * (1.0 - (12 * octave - low) / (high - low))
        paper.write(_BESIDE_PX, y, f"{pitch_name(0, False)}{octave - 1}", 6.5, MUTED, across="right")
    lines = [[(note.start_s, note.pitch_midi), (note.end_s, note.pitch_midi)] for note in notes]
    colours = [faded(VOICE, note.confidence) for note in notes]
    thick = float(np.clip(72.0 / 110 * height / (high - low) * 0.85, 1.4, 4.0))
    axes.add_collection(LineCollection(lines, colors=colours, linewidths=thick, capstyle="butt"))


def draw_drums(paper: Paper, top: float, height: float, drums: Drums, bars: Sequence[Bar]) -> str:
    """A lane for each drum: every stroke where there is room, else the groove of each bar, its time going upwards.

    Returns how to read it.
    """
    rows = ("hihat", "snare", "kick")
    tall = height / len(rows)
    times = {row: np.array([hit.time_s for hit in drums.hits if hit.drum == row]) for row in rows}
    near = [float(np.percentile(np.diff(times[row]), 10)) for row in rows if times[row].size > 3]
    tellable = not near or min(near) * paper.px_per_s >= _TELLABLE_PX or not drums.groove
    for at, row in enumerate(rows):
        axes = paper.lane(top + at * tall, tall - 4, _DRUM_NAMES[row])
        axes.axhline(0.0, color=FAINT, lw=0.8)
        if tellable:
            _strokes(axes, drums, row)
        else:
            _grooves(axes, drums, row, {bar.index: bar for bar in bars}, tall - 4)
    return "" if tellable else "drums: a line is a stroke repeated from bar to bar, the bar's first beat at the bottom"


def _strokes(axes: "Axes", drums: Drums, row: str) -> None:
    from matplotlib.collections import LineCollection

    hits = [hit for hit in drums.hits if hit.drum == row]
    lines = [[(hit.time_s, 0.0), (hit.time_s, 0.15 + 0.85 * hit.strength)] for hit in hits]
    colours = [faded(DRUM_COLOURS[row], hit.confidence) for hit in hits]
    axes.add_collection(LineCollection(lines, colors=colours, linewidths=1.3, capstyle="butt"))


def _grooves(axes: "Axes", drums: Drums, row: str, bars: dict[int, Bar], tall: float) -> None:
    from matplotlib.collections import LineCollection

    lines, colours = [], []
    for groove in drums.groove:
        bar = bars.get(groove.bar)
        if bar is None:
            continue
        for step, strength in enumerate(getattr(groove, row)):
            if strength > 0:
                y = (step + 0.5) / groove.steps
                lines.append([(bar.start_s, y), (bar.end_s, y)])
                colours.append(faded(DRUM_COLOURS[row], strength**1.5))
    thick = float(np.clip(tall / 16 * 72.0 / 110, 0.8, 2.2))
    axes.add_collection(LineCollection(lines, colors=colours, linewidths=thick, capstyle="butt"))
