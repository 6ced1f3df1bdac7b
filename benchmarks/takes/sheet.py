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
from numpy.typing import NDArray

from benchmarks.takes.making import Take
from contrafact.engine.arranging.timeline import TargetBar
from contrafact.engine.audio.value import SAMPLE_RATE

Floats = NDArray[np.float64]

_RATE = 16_000
_SIZE = 1024
_COLUMNS = 400
_COLOURS: Mapping[str, str] = {
    "intro": "#9aa5b1",
    "verse": "#4c78a8",
    "chorus": "#e45756",
    "bridge": "#72b7b2",
    "break": "#b8b8b8",
    "solo": "#f2a541",
    "outro": "#9d8fb5",
}


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One take on the sheet, as it is drawn; ``failures`` name the measures that missed their target."""

    song: str
    style: str
    duration_s: float
    low: Floats
    high: Floats
    power_db: Floats
    """Spectrogram, (bands, frames)."""
    bars: tuple[TargetBar, ...]
    lines: tuple[str, ...]
    failures: tuple[str, ...]


def tile_of(song: str, style: str, take: Take, lines: tuple[str, ...], failures: tuple[str, ...] = ()) -> Tile:
    """What the sheet shows of a take; the sound itself may then go."""
    mono = take.sound.mean(axis=0)
    edges = np.linspace(0, mono.size, _COLUMNS + 1).astype(int)
    high = np.array([float(mono[a:b].max(initial=0.0)) for a, b in pairwise(edges)])
    low = np.array([float(mono[a:b].min(initial=0.0)) for a, b in pairwise(edges)])
    duration_s = mono.size / SAMPLE_RATE
    return Tile(song, style, duration_s, low, high, _spectrogram(mono), take.timeline.bars, lines, failures)


def _spectrogram(mono: NDArray[np.float32]) -> Floats:
    slow = soxr.resample(mono, SAMPLE_RATE, _RATE)
    hop = max(_SIZE // 4, slow.size // _COLUMNS)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(slow, _SIZE // 2), _SIZE)[::hop]
    power = 20.0 * np.log10(1e-5 + np.abs(np.fft.rfft(frames * np.hanning(_SIZE), axis=1)))
    return np.asarray(power[:, _bins()].T)


def _bins() -> NDArray[np.int64]:
    return np.unique(np.geomspace(2, _SIZE // 2, 64).astype(np.int64))


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
    places = np.linspace(0.0, tile.duration_s, tile.high.size)
    for bar in tile.bars:
        above.axvspan(bar.start_s, bar.end_s, color=_COLOURS.get(bar.section, "#dddddd"), alpha=0.35, linewidth=0)
    above.fill_between(places, tile.low, tile.high, color="#222222", linewidth=0)
    above.set_ylim(-1, 1)
    above.set_yticks([])
    above.set_xlim(0, tile.duration_s)
    bins = _bins()
    extent = (0.0, tile.duration_s, 0, len(bins))
    below.imshow(tile.power_db, origin="lower", aspect="auto", extent=extent, vmin=-60, vmax=30, cmap="magma")
    marks = (60, 250, 1000, 4000)
    below.set_yticks([float(np.searchsorted(bins, hertz * _SIZE / _RATE)) for hertz in marks], [str(m) for m in marks])
    colour = "#b00020" if tile.failures else "black"
    cell.suptitle(f"{tile.song} · {tile.style}", color=colour, fontsize=8)
    below.set_xlabel("\n".join(tile.lines), fontsize=6, color=colour)
