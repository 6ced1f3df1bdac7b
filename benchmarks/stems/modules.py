"""Excerpts of tracker modules that nothing was ever trained on, for they are under copyleft, instrument by instrument.

The packages are those of Debian, pinned in ``modules.toml`` in the shape of the asset manifest and fetched by apt as
assets are; ``labels.toml`` says which of a module's samples are drums and which are its bass, by their names or, where
they have none, by how they sound and are played. Everything else is ``other``; there are no voices.
"""

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.stems.excerpts import EXCERPT_S, Excerpt, Parts
from benchmarks.stems.measures import level_db
from contrafact.assets import AssetStore, fetch
from contrafact.assets.manifest import Manifest
from contrafact.catalogue.demo.tracker import Tracker
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.audio.value import SAMPLE_RATE, Samples

_HERE = Path(__file__).parent
_WRONG_DB = -60.0
"""Stems whose sum is farther from the module than this are not its stems."""
_PEAK = 0.98


@dataclass(frozen=True, slots=True)
class Labelled:
    """A module, and which of its samples (from 0) are what."""

    asset: str
    file: str
    start_s: float
    drums: frozenset[int]
    bass: frozenset[int]

    @property
    def name(self) -> str:
        return f"{self.asset}: {self.file}"


def labelled() -> tuple[Labelled, ...]:
    """All modules of the table."""
    table = tomllib.loads((_HERE / "labels.toml").read_text(encoding="utf-8"))
    return tuple(
        Labelled(
            entry["asset"], entry["file"], entry["start_s"], frozenset(entry["drums"]), frozenset(entry.get("bass", ()))
        )
        for entry in table["module"]
    )


def modules_manifest() -> Manifest:
    """The packages that the modules travel in."""
    where = _HERE / "modules.toml"
    return Manifest.parse(where.read_text(encoding="utf-8"), where.name)


def tracked(store: AssetStore, home: Path, count: int) -> Iterator[Excerpt]:
    """One excerpt of each of the first modules; they are fetched into ``home/modules`` when they are not there yet.

    A module whose stems do not sum to what it plays is left out, and said to be.
    """
    fetch(store, ("libogg", "libvorbis", "libvorbisfile", "libmpg123", "libopenmpt"))
    modules = AssetStore(home / "modules", modules_manifest())
    chosen = labelled()[:count]
    fetch(modules, {module.asset for module in chosen})
    tracker = Tracker(store)
    for module in chosen:
        truth, error_db = _stems(module, modules.path(module.asset, module.file), tracker)
        if error_db > _WRONG_DB:
            print(f"  {module.name}: left out, its stems miss it by {error_db:.0f} dB", file=sys.stderr)
            continue
        yield Excerpt(module.name, "tracker", truth)


def _stems(module: Labelled, path: Path, tracker: Tracker) -> tuple[Parts, float]:
    everything = frozenset(range(len(tracker.instruments(path))))
    first = round(module.start_s * SAMPLE_RATE)
    frames = EXCERPT_S * SAMPLE_RATE

    def sound(only: frozenset[int] | None) -> Samples:
        heard = np.zeros((2, frames), dtype=np.float32)
        part = tracker.render(path, only, module.start_s + EXCERPT_S).samples[:, first : first + frames]
        heard[:, : part.shape[1]] = part
        return heard

    groups = {
        "vocals": frozenset[int](),
        "drums": module.drums,
        "bass": module.bass,
        "other": everything - module.drums - module.bass,
    }
    truth = {name: sound(groups[name]) if groups[name] else np.zeros((2, frames), np.float32) for name in STEM_NAMES}
    whole = sound(None)
    missed = whole - np.sum([truth[name] for name in STEM_NAMES], axis=0)
    peak = float(np.abs(whole).max())
    gain = np.float32(min(1.0, _PEAK / max(peak, 1e-9)))
    return {name: part * gain for name, part in truth.items()}, level_db(missed, whole)
