"""Recordings in which hardly anybody plays: how much those are given who do not."""

import sys
from collections.abc import Mapping

from benchmarks.stems.measures import level_db
from contrafact.assets import AssetStore
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.audio.value import Audio
from contrafact.engine.separation.separate import separate
from tests.support.bare_recordings import CASES, Players

WANTED_DB = -30.0


def bare(store: AssetStore, separator: str) -> Mapping[str, Mapping[str, float]]:
    """Level of each stem that is absent in truth, in dB against the recording, by recording and stem."""
    players = Players.of(store)
    found: dict[str, Mapping[str, float]] = {}
    for case in CASES:
        mix = case.make(players)
        stems = separate(Audio(mix), store, separator=separator)
        levels: dict[str, float] = {}
        for name in STEM_NAMES:
            if name not in case.present:
                levels[name] = round(level_db(stems[name].samples, mix), 1)
        found[case.name] = levels
        print(f"  {case.name}  {levels}", file=sys.stderr, flush=True)
    return found
