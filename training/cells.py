"""What the training reads: mixes boiled down to the sums that its loss is made of.

    python -m training.cells [--follow] [--folder .cache/training]

The error of stem ``k`` within one cell (a column of one row of frequency, both channels and all bins of it) when its
shares are ``a[k, j]`` is ``|D_k - sum_j b[k, j] X_j|^2``, with ``X_j`` the guesses, ``D_k`` what guess ``k`` lacks and
``b`` the shares less the identity. It is a quadratic form in ``b`` whose coefficients are sums over the cell's bins:
``E_k = |D_k|^2``, ``d_kj = Re <D_k, X_j>`` and ``G_ij = Re <X_i, X_j>``. Those and the features are all that the loss
needs, exactly, and they are made once: 34 half-precision numbers a cell, ``(columns, ROWS, 34)`` in ``cells/NAME/``.
"""

import argparse
import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.separation.refining import (
    FEATURES,
    GRID,
    ROWS,
    STEMS,
    features,
    level_of,
    pooled,
    scale_of,
)
from contrafact.engine.separation.spectra import Spectra

Floats = NDArray[np.float32]

PAIRS: Final = tuple((i, j) for i in range(STEMS) for j in range(i, STEMS))
MISSED: Final = slice(FEATURES, FEATURES + STEMS)
LACKS: Final = slice(MISSED.stop, MISSED.stop + (STEMS - 1) * STEMS)
GRAM: Final = slice(LACKS.stop, LACKS.stop + len(PAIRS))
CHANNELS: Final = GRAM.stop
DARK: Final = 1e-8
"""The floor of the stored features, lower than the network's, so that there is room to change their sound."""
_SPAN: Final = 256
_LARGEST: Final = 6e4
_OFTEN: Final = {4: 3, 5: 2}
"""Mixes of these generators are taken more often: there are fewer of them, of what there was too little."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One mix: ``sums`` float16 (columns, ROWS, CHANNELS), a memory map, in units of each row's mean energy
    ``rows`` float32 (ROWS,); ``truth`` float32 (columns, 4), the energy of the true stems in the features' units;
    ``often`` says how many crops of its length are taken in an epoch.
    """

    name: str
    sums: NDArray[np.float16]
    rows: Floats
    truth: Floats
    often: int = 1


def folder_of_data() -> Path:
    """Where mixes, cells and checkpoints lie: ``$CONTRAFACT_TRAINING`` or ``.cache/training``."""
    return Path(os.environ.get("CONTRAFACT_TRAINING") or ".cache/training")


def boil(sound: NDArray[np.int16]) -> tuple[Floats, Floats, Floats]:
    """Sums of one mix.

    Parameters
    ----------
    sound : int16, shape (8, 2, frames)
        The four true stems, then the four guesses.

    Returns
    -------
    sums : float32, shape (columns, ROWS, CHANNELS)
    rows : float32, shape (ROWS,)
    truth : float32, shape (columns, 4)
    """
    samples = sound.astype(np.float32) / np.float32(32768.0)
    level = level_of(samples[STEMS:])
    if level == 0.0:
        raise ValueError("a silent mix teaches nothing")
    scale = scale_of(level)
    total = GRID.frames(samples.shape[2])
    flat = samples.reshape(2 * STEMS * 2, -1)
    sums = np.empty((total, ROWS, CHANNELS), dtype=np.float32)
    truth = np.empty((total, STEMS), dtype=np.float32)
    for first in range(0, total, _SPAN):
        last = min(total, first + _SPAN)
        spectra = GRID.analyse(flat, first, last).reshape(2 * STEMS, 2, last - first, GRID.bins) * scale
        true, guesses = spectra[:STEMS], spectra[STEMS:]
        sums[first:last] = _sums(true, guesses)
        truth[first:last] = np.square(true.view(np.float32)).sum(axis=(1, 3)).T
    rows = np.maximum(sums[:, :, GRAM][:, :, [i == j for i, j in PAIRS]].sum(axis=2).mean(axis=0), np.float32(1e-9))
    sums[:, :, FEATURES:] /= rows[:, np.newaxis]
    np.clip(sums, -_LARGEST, _LARGEST, out=sums)
    return sums, rows, truth


def _sums(true: Spectra, guesses: Spectra) -> Floats:
    parts = [*features(guesses, DARK)]
    lacks, given = _real(true - guesses), _real(guesses)
    parts += [_inner(lacks[k], lacks[k]) for k in range(STEMS)]
    parts += [_inner(lacks[k], given[j]) for k in range(STEMS - 1) for j in range(STEMS)]
    parts += [_inner(given[i], given[j]) for i, j in PAIRS]
    return np.stack(parts, axis=2)


def _real(spectra: Spectra) -> Floats:
    """Real and imaginary parts of both channels as four layers: (stem, 4, columns, bins)."""
    return np.concatenate([spectra.real, spectra.imag], axis=1)


def _inner(one: Floats, other: Floats) -> Floats:
    return pooled(np.einsum("ltb,ltb->tb", one, other))


def digest(mix: Path, into: Path) -> None:
    """Boil one mix down into the folder ``into``, which appears when it is complete."""
    sums, rows, truth = boil(np.load(mix / "sound.npy", mmap_mode="r"))
    begun = into.with_name(f".{into.name}.{os.getpid()}")
    begun.mkdir(parents=True, exist_ok=True)
    np.save(begun / "sums.npy", sums.astype(np.float16))
    np.save(begun / "rows.npy", rows)
    np.save(begun / "truth.npy", truth)
    shutil.copyfile(mix / "about.json", begun / "about.json")
    begun.rename(into)


def load(folder: Path, split: str) -> list[Cells]:
    """The mixes of a split that are ready, by name."""
    found = []
    for place in sorted((folder / "cells").glob("[0-9]*")):
        about = json.loads((place / "about.json").read_text(encoding="utf-8"))
        if about["split"] == split:
            sums = np.load(place / "sums.npy", mmap_mode="r")
            rows, truth = np.load(place / "rows.npy"), np.load(place / "truth.npy")
            found.append(Cells(place.name, sums, rows, truth, _OFTEN.get(about.get("generator", 1), 1)))
    return found


def main() -> None:
    """Boil down what is there, and with ``--follow`` what appears until stopped."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--follow", action="store_true")
    parser.add_argument("--folder", type=Path, default=folder_of_data())
    told = parser.parse_args()
    while True:
        fresh = [
            mix
            for mix in sorted((told.folder / "mixes").glob("[0-9]*"))
            if not (told.folder / "cells" / mix.name).exists()
        ]
        for mix in fresh:
            digest(mix, told.folder / "cells" / mix.name)
            print(f"{mix.name} is ready", flush=True)
        if not told.follow:
            return
        if not fresh:
            time.sleep(10.0)


if __name__ == "__main__":
    main()
