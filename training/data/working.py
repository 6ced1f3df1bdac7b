"""What one process does; here so that processes can be started afresh with it."""

from pathlib import Path
from typing import Any

from contrafact.assets import AssetStore
from contrafact.engine.separation.vocals import VoiceModel
from training.data.keeping import first_guesses, keep
from training.data.mixing import Players, make_mix
from training.data.modules import open_modules
from training.data.orchestra import open_orchestra
from training.data.singers import open_lines
from training.data.sources import read_sources


def open_players(store: AssetStore, out: Path) -> Players:
    """Everything that a process opens once."""
    return Players(open_orchestra(store), open_lines(out / "lines"), open_modules(store, out / "modules"))


def work(out: Path, assets: Path, seed: int, numbers: list[int], queue: Any) -> None:
    """Make mixes one after the other and tell the queue about each."""
    store = AssetStore(assets)
    players, model, sources = open_players(store, out), VoiceModel(store), read_sources()
    for number in numbers:
        mix = make_mix(players, seed, number)
        keep(mix, first_guesses(mix.truth.sum(axis=0), model), sources, out)
        queue.put(number)
