"""Train the drum listener's network.

    python -m benchmarks.drums.train [--takes 600] [--seed 0] [--cache FOLDER] [--out FILE]

Makes the takes (about a CPU second each, kept in the cache folder for the next time), teaches both looks on most of
them, keeps 15 % aside to calibrate on, and writes the weights as half-precision floats. Sounds come from the asset
store at ``$CONTRAFACT_HOME/assets``.
"""

import argparse
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.drums.kits import Sources
from benchmarks.drums.learning import Adam, Floats, Layers, batches, descend, falling, new_layers
from benchmarks.drums.takes import Take, make_take
from contrafact.assets.store import AssetStore
from contrafact.engine.listening.drum_model import PIECES, DrumModel, familiar
from contrafact.engine.listening.strokes import BANDS, PICTURE, find_strokes
from contrafact.engine.rendering.sampler import NoteBank
from contrafact.engine.rendering.soundfont import SoundFont

_NEAR_S = 0.035
_CHUNK = 50
_FIRST = (PICTURE, 128, 64, len(PIECES))
_HIDDEN = 64


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Candidates of many takes: n pictures, their truth and how much each answer counts, and the take of each."""

    pictures: Floats
    truth: Floats
    weight: Floats
    take: NDArray[np.int64]

    def of(self, takes: NDArray[np.int64]) -> "Rows":
        inside = np.isin(self.take, takes)
        return Rows(self.pictures[inside], self.truth[inside], self.weight[inside], self.take[inside])


def describe(take: Take) -> Rows | None:
    """A take's candidates and their truth; None where nothing could be a stroke."""
    blocks = [strokes for _, strokes in find_strokes(take.audio)]
    times = np.concatenate([block.times_s for block in blocks]) if blocks else np.zeros(0)
    if times.size == 0:
        return None
    truth = np.zeros((times.size, len(PIECES)), np.float32)
    weight = np.ones_like(truth)
    for stroke in take.strokes:
        distance = np.abs(times - stroke.time_s)
        nearest = int(distance.argmin())
        found = distance[nearest] < _NEAR_S
        if stroke.role in PIECES:
            column = PIECES.index(stroke.role)
            if found:
                truth[nearest, column] = 1.0
            # Another candidate so near may as well be this stroke: it is asked nothing.
            beside = distance < _NEAR_S + 0.01
            beside[nearest] = False
            weight[beside, column] = 0.0
        elif found and stroke.role in ("maybe", "crash"):
            weight[nearest, 2:] = 0.6 if stroke.role == "maybe" else 0.4
    weight[truth > 0] = 1.0
    return Rows(np.concatenate([block.pictures for block in blocks]), truth, weight, np.zeros(times.size, np.int64))


def collect(sources: Sources, seeds: range, cache: Path) -> Rows:
    """Rows of the takes of these seeds, read from the cache where they lie there."""
    found = []
    for start in range(seeds.start, seeds.stop, _CHUNK):
        file = cache / f"train_{start}.npz"
        if not file.exists():
            parts = [(seed, describe(make_take(sources, seed))) for seed in range(start, start + _CHUNK)]
            kept = [(seed, rows) for seed, rows in parts if rows is not None]
            cache.mkdir(parents=True, exist_ok=True)
            np.savez(
                file,
                P=np.concatenate([rows.pictures for _, rows in kept]).astype(np.float16),
                y=np.concatenate([rows.truth for _, rows in kept]),
                w=np.concatenate([rows.weight for _, rows in kept]),
                ids=np.concatenate([np.full(len(rows.truth), seed) for seed, rows in kept]),
            )
            print(f"takes {start} to {start + _CHUNK - 1} made", flush=True)
        with np.load(file) as stored:
            found.append(
                Rows(stored["P"], stored["y"].astype(np.float32), stored["w"].astype(np.float32), stored["ids"])
            )
    return Rows(*(np.concatenate([getattr(rows, name) for rows in found]) for name in Rows.__slots__))


def train(rows: Rows, seed: int, epochs: int) -> DrumModel:
    """Both looks and the calibration."""
    rng = np.random.default_rng(seed)
    takes = rng.permutation(np.unique(rows.take))
    learnt_takes, kept_takes = np.split(takes, [int(0.85 * takes.size)])
    learnt = rows.of(learnt_takes)
    mean = learnt.pictures.mean(axis=0, dtype=np.float64).astype(np.float32)
    scale = (1.0 / (learnt.pictures.std(axis=0, dtype=np.float64) + 0.02)).astype(np.float32)
    first = _first_look(learnt, mean, scale, epochs, rng)
    model = DrumModel(mean, scale, first, [], np.zeros((2, len(PIECES)), np.float32))
    second = _second_look(learnt, model, max(2, epochs // 2), rng)
    plain = np.stack([np.ones(len(PIECES)), np.zeros(len(PIECES))]).astype(np.float32)
    model = DrumModel(mean, scale, first, second, plain)
    return DrumModel(mean, scale, first, second, _calibrate(rows.of(kept_takes), model))


def _first_look(rows: Rows, mean: Floats, scale: Floats, epochs: int, rng: np.random.Generator) -> Layers:
    layers = new_layers(_FIRST, rng, 0.1)
    learner, rate, size = Adam(layers, 0.02), falling(epochs, 2e-3), 256
    for epoch in range(epochs):
        entropies = []
        for at, chosen in enumerate(batches(len(rows.truth), size, rng)):
            pictures = _vary(rows.pictures[chosen].astype(np.float32), rng)
            gradients, entropy = descend(
                layers, (pictures - mean) * scale, 0.0, rows.truth[chosen], rows.weight[chosen], 0.25, rng
            )
            learner.step(gradients, rate(epoch + at * size / len(rows.truth)))
            entropies.append(entropy)
        print(f"first look, epoch {epoch}: {np.mean(entropies):.4f}", flush=True)
    return layers


def _vary(pictures: Floats, rng: np.random.Generator) -> Floats:
    """The same strokes at another level, through another equaliser, and with a few bands lost."""
    count = len(pictures)
    cells = pictures.reshape(count, -1, BANDS)
    # Levels are logarithmic: 0.05 is 3 dB. A random line and a slow wave over the bands.
    bands = np.linspace(-1.0, 1.0, BANDS, dtype=np.float32)
    draw = rng.standard_normal((count, 4)).astype(np.float32)
    colour = 0.06 * draw[:, :1] + 0.05 * draw[:, 1:2] * bands
    colour = colour + 0.03 * draw[:, 2:3] * np.sin(np.pi * (1.5 * bands[None, :] + draw[:, 3:4]))
    audible = cells > 0.02
    varied = np.where(audible, np.maximum(cells + colour[:, None, :], 0.0), cells)
    return varied.reshape(count, -1)


def _second_look(rows: Rows, model: DrumModel, epochs: int, rng: np.random.Generator) -> Layers:
    seen, odds = _seen(rows, model)
    layers = new_layers((seen.shape[1], _HIDDEN, len(PIECES)), rng, 0.05)
    learner, rate, size = Adam(layers, 0.05), falling(epochs, 1e-3), 256
    for epoch in range(epochs):
        entropies = []
        for at, chosen in enumerate(batches(len(seen), size, rng)):
            gradients, entropy = descend(
                layers, seen[chosen], odds[chosen], rows.truth[chosen], rows.weight[chosen], 0.3, rng
            )
            learner.step(gradients, rate(epoch + at * size / len(seen)))
            entropies.append(entropy)
        print(f"second look, epoch {epoch}: {np.mean(entropies):.4f}", flush=True)
    # Drums gain from knowing the song's own; cymbals, which ring into each other, lose (measured on the tuning songs).
    for array in layers[-1]:
        array[..., [PIECES.index("hihat"), PIECES.index("ride")]] = 0.0
    return layers


def _seen(rows: Rows, model: DrumModel) -> tuple[Floats, Floats]:
    """What the second look sees of every take, and the odds of the first."""
    seen, odds = [], []
    for take in np.unique(rows.take):
        impressions, first = model.glance(rows.pictures[rows.take == take].astype(np.float32))
        seen.append(familiar(impressions, first))
        odds.append(first)
    order = np.argsort(rows.take, kind="stable")
    back = np.argsort(order, kind="stable")
    return np.concatenate(seen)[back], np.concatenate(odds)[back]


def _calibrate(rows: Rows, model: DrumModel) -> Floats:
    """Slope and offset of the log-odds of each piece that make probabilities true (Platt, 1999)."""
    chances = judge(rows, model)
    odds = np.log(np.clip(chances, 1e-6, 1 - 1e-6) / (1 - np.clip(chances, 1e-6, 1 - 1e-6)))
    found = np.zeros((2, len(PIECES)), np.float32)
    for piece in range(len(PIECES)):
        truth, weight, x = rows.truth[:, piece], rows.weight[:, piece], odds[:, piece]

        def entropy(line: NDArray[np.float64], x: Floats = x, truth: Floats = truth, weight: Floats = weight) -> float:
            z = line[0] * x + line[1]
            return float((weight * (np.logaddexp(0.0, z) - truth * z)).mean())

        found[:, piece] = minimize(entropy, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return found


def judge(rows: Rows, model: DrumModel) -> Floats:
    """Probabilities of every row, each take on its own, in the order of the rows."""
    found = np.zeros((len(rows.truth), len(PIECES)), np.float32)
    for take in np.unique(rows.take):
        inside = rows.take == take
        found[inside] = model.compare(*model.glance(rows.pictures[inside].astype(np.float32)))
    return found


def write(model: DrumModel, file: Path) -> None:
    arrays = {"mean": model.mean, "scale": model.scale, "calibration": model.calibration}
    for name, layers in (("first", model.first), ("second", model.second)):
        for at, (weights, bias) in enumerate(layers):
            arrays[f"{name}_weights_{at}"], arrays[f"{name}_bias_{at}"] = weights, bias
    halves: dict[str, Any] = {name: array.astype(np.float16) for name, array in arrays.items()}
    np.savez_compressed(file, **halves)


def open_sources(store: AssetStore) -> Sources:
    """The sounds that may be learnt from."""
    font = SoundFont(store.path("general-midi-soundfont", "MuseScore_General_Lite.sf3"))
    return Sources(NoteBank(font), store.path("sonic-pi-samples", "bd_808.flac").parent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--takes", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=26)
    parser.add_argument("--cache", type=Path, default=Path("drum-takes"))
    parser.add_argument("--out", type=Path, default=Path("src/contrafact/engine/listening/drum_model.npz"))
    options = parser.parse_args()
    started = time.monotonic()
    home = Path(os.environ.get("CONTRAFACT_HOME", ".cache/home"))
    rows = collect(open_sources(AssetStore(home / "assets")), range(options.takes), options.cache)
    write(train(rows, options.seed, options.epochs), options.out)
    print(f"{options.out} written after {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
