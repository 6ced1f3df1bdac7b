"""The songs of the two splits, as ``tuning.toml`` and ``reported.toml`` beside this file list them."""

import tomllib
from pathlib import Path
from typing import Any

from benchmarks.truth.settings import SongSettings
from benchmarks.truth.song import Split


def settings_of(split: Split) -> tuple[SongSettings, ...]:
    """Every song of a split; their names do not change when more are added.

    Together they cover what the engine must be able to hear: tempi, metres, feels, colours of harmony, passages, voices
    and ways of being recorded.
    """
    text = (Path(__file__).parent / f"{split}.toml").read_text(encoding="utf-8")
    document: dict[str, Any] = tomllib.loads(text)
    found = []
    for name, row in document["songs"].items():
        facts = {**row, "band": tuple(document["bands"][row["band"]])}
        if facts.get("loud_lufs") == "off":
            facts["loud_lufs"] = None
        found.append(SongSettings(name=name, split=split, **facts))
    return tuple(found)
