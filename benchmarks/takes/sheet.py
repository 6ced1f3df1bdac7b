"""The contact sheet: every take of several songs in several styles as one small picture with its measures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
import soxr
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from benchmarks.takes.making import Take
from contrafact.engine.audio.value import SAMPLE_RATE, Samples

_RATE = 16_000
_SIZE, _HOP = 1024, 1024
_COLOURS: Mapping[str, str] = {
    "intro": "#9aa5b1",
    "verse": "#4c78a8",
    "chorus": "#e45756",
    "bridge": "#72b7b2",
    "break": "#b8b8b8",
    "solo": "#f2a541",
    "outro": "#9d8fb5",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One take on the sheet; ``failures`` name the measures that missed their target."""

    song: str
    style: str
    take: Take
    lines: tuple[str, ...]
    failures: tuple[str, ...] = ()


def draw(rows: Sequence[Sequence[Tile]], path: Path) -> None:
    """Write the sheet as a PNG: a row for a song, a column for a style."""
    columns = max(len(row) for row in rows)
    with mpl.rc_context({"font.size": 7, "axes.linewidth": 0.4}):
        figure = Figure(figsize=(3.3 * columns, 2.7 * len(rows)), layout="constrained")
        FigureCanvasAgg(figure)
        cells = figure.subfigures(len(rows), columns, squeeze=False)
        for row, tiles in enumerate(rows):
            for column, tile in enumerate(tiles):
                _tile(cells[row][column], tile)
        figure.savefig(path, dpi=110)


def _tile(cell: Figure, tile: Tile) -> None:
    above, below = cell.subplots(2, 1, sharex=True, height_ratios=(2, 3))
    duration_s = tile.take.sound.shape[1] / SAMPLE_RATE
    _wave(above, tile.take, duration_s)
    _spectrum(below, tile.take.sound, duration_s)
    colour = "#b00020" if tile.failures else "black"
    cell.suptitle(f"{tile.song} · {tile.style}", color=colour, fontsize=8)
    below.set_xlabel("\n".join(tile.lines), fontsize=6, color=colour)


def _wave(axes: "mpl.axes.Axes", take: Take, duration_s: float) -> None:
    count = 400
    edges = np.linspace(0, take.sound.shape[1], count + 1).astype(int)
    mono = take.sound.mean(axis=0)
    high = [float(mono[a:b].max(initial=0.0)) for a, b in pairwise(edges)]
    low = [float(mono[a:b].min(initial=0.0)) for a, b in pairwise(edges)]
    places = np.linspace(0.0, duration_s, count)
    for bar in take.timeline.bars:
        axes.axvspan(bar.start_s, bar.end_s, color=_COLOURS.get(bar.section, "#dddddd"), alpha=0.35, linewidth=0)
    axes.fill_between(places, low, high, color="#222222", linewidth=0)
    axes.set_ylim(-1, 1)
    axes.set_yticks([])
    axes.set_xlim(0, duration_s)


def _spectrum(axes: "mpl.axes.Axes", sound: Samples, duration_s: float) -> None:
    mono = soxr.resample(sound.mean(axis=0), SAMPLE_RATE, _RATE)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(mono, _SIZE // 2), _SIZE)[::_HOP]
    power = 20.0 * np.log10(1e-5 + np.abs(np.fft.rfft(frames * np.hanning(_SIZE), axis=1)))
    bins = np.unique(np.geomspace(2, _SIZE // 2, 64).astype(int))
    axes.imshow(
        power[:, bins].T,
        origin="lower",
        aspect="auto",
        extent=(0.0, duration_s, 0, len(bins)),
        vmin=-60,
        vmax=30,
        cmap="magma",
    )
    marks = (60, 250, 1000, 4000)
    axes.set_yticks([float(np.searchsorted(bins, hertz * _SIZE / _RATE)) for hertz in marks], [str(m) for m in marks])
