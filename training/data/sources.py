"""What mixes may be made of: ``training/manifest.toml``, read strictly."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

MANIFEST: Final = Path(__file__).resolve().parents[1] / "manifest.toml"
_FIELDS: Final = frozenset({"name", "what", "licence", "by"})


@dataclass(frozen=True, slots=True)
class Source:
    """One origin of sounds or notes; ``asset`` is its name among the assets, empty where this project made it."""

    name: str
    what: str
    licence: str
    by: str
    asset: str


def read_sources(path: Path = MANIFEST) -> Mapping[str, Source]:
    """The sources by name.

    Raises
    ------
    ValueError
        When one lacks a field, is named twice, or has a licence that the manifest does not allow.
    """
    document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    allowed = set(document["allowed"])
    found: dict[str, Source] = {}
    for number, row in enumerate(document["source"], start=1):
        if missing := sorted(_FIELDS - row.keys()) or sorted(row.keys() - _FIELDS - {"asset"}):
            raise ValueError(f"{path.name}: source {number}: lacks or does not know {', '.join(missing)}")
        if row["name"] in found:
            raise ValueError(f"{path.name}: source {number}: {row['name']} is there twice")
        if row["licence"] not in allowed:
            raise ValueError(
                f"{path.name}: source {number}: {row['name']} is under {row['licence']}; nothing may learn from that"
            )
        found[row["name"]] = Source(row["name"], row["what"], row["licence"], row["by"], row.get("asset", ""))
    return found


def licensed(names: Iterable[str], sources: Mapping[str, Source]) -> list[dict[str, str]]:
    """Names with their licences, in order, as ``about.json`` tells them.

    Raises
    ------
    ValueError
        When a name is not a source.
    """
    wanted = sorted(names)
    if unknown := [name for name in wanted if name not in sources]:
        raise ValueError(
            f"{', '.join(unknown)}: not in the manifest of sources; name the licence there before using it"
        )
    return [{"name": name, "licence": sources[name].licence} for name in wanted]
