"""Spectrogram sheets of what a separator found: the mix and its four stems over one axis of time."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from benchmarks.stems.excerpts import Parts
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.separation.spectra import Grid

_GRID = Grid(4096)
_BANDS = 160
_RANGE_DB = 75.0
_MARKS_HZ = (60, 250, 1000, 4000, 12_000)


def draw_sheet(path: Path, title: str, parts: Parts) -> None:
    """Write a PNG: a row for the mix and one for each stem, all on one scale of colours, logarithmic in frequency."""
    edges = np.unique(np.geomspace(3, _GRID.bins, _BANDS + 1).astype(int))
    mix: Samples = np.asarray(np.sum([parts[name] for name in STEM_NAMES], axis=0), dtype=np.float32)
    rows: dict[str, Samples] = {"mix": mix}
    rows.update((name, parts[name]) for name in STEM_NAMES)
    powers = {name: _power_db(sound, edges) for name, sound in rows.items()}
    loud = float(np.percentile(powers["mix"], 99.7))
    seconds = mix.shape[1] / SAMPLE_RATE
    marks = [float(np.searchsorted(edges, hertz / SAMPLE_RATE * _GRID.size)) for hertz in _MARKS_HZ]
    with mpl.rc_context({"font.size": 8, "axes.linewidth": 0.4}):
        figure = Figure(figsize=(14, 2.1 * len(rows)), layout="constrained")
        FigureCanvasAgg(figure)
        for axes, (name, power) in zip(figure.subplots(len(rows), 1, sharex=True), powers.items(), strict=True):
            axes.imshow(
                power,
                origin="lower",
                aspect="auto",
                extent=(0.0, seconds, 0, power.shape[0]),
                vmin=loud - _RANGE_DB,
                vmax=loud,
                cmap="magma",
            )
            axes.set_yticks(marks, [str(hertz) for hertz in _MARKS_HZ])
            axes.set_ylabel(name)
        figure.suptitle(title)
        figure.savefig(path, dpi=80)


def _power_db(sound: Samples, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Bands by columns."""
    spectra = _GRID.analyse(sound, 0, _GRID.frames(sound.shape[1]))
    power = np.square(np.abs(spectra)).sum(axis=0)
    bands = np.add.reduceat(power, edges[:-1], axis=1) / np.diff(edges)
    return np.asarray(10 * np.log10(bands.T + 1e-10), dtype=np.float64)
