"""The folder of fetched models, sounds and songs, and the cheap questions that working code asks it."""

import importlib.metadata
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contrafact.assets.errors import AssetError, AssetMissing
from contrafact.assets.manifest import Asset, Manifest

READY = "ready.json"
"""Written last inside an asset's folder: what it was made from, and the SHA-256 of each file made."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of ``contrafact assets list``."""

    name: str
    group: str
    carrier: str
    licence: str
    commercial: bool
    default: bool
    here: bool
    size: int | None
    purpose: str
    attribution: str


class AssetStore:
    """Read access to the assets below ``root``; :func:`contrafact.assets.fetch` fills it.

    Nothing here hashes or downloads: ``has`` and ``path`` cost a small file read and a ``stat``. Content was checked
    when it was fetched; :func:`contrafact.assets.verify` checks it again. The store is safe to read while another
    process fetches, because a finished asset folder appears by one rename.
    """

    def __init__(self, root: Path, manifest: Manifest | None = None) -> None:
        self.root = root.expanduser().absolute()
        self.manifest = Manifest.packaged() if manifest is None else manifest

    def info(self, name: str) -> Asset:
        """The manifest's entry; raises :class:`AssetError` for a name that it does not hold."""
        try:
            return self.manifest.by_name[name]
        except KeyError:
            known = ", ".join(sorted(self.manifest.by_name))
            raise AssetError(f"there is no asset called {name!r}; the manifest knows {known}") from None

    def has(self, name: str) -> bool:
        """Whether every file of the asset is here, made from what the manifest describes today."""
        asset = self.info(name)
        if not asset.in_place and self.marker(asset) is None:
            return False
        try:
            return all(self.place(asset, file).is_file() for file in asset.outputs)
        except AssetMissing:
            return False

    def path(self, name: str, file: str) -> Path:
        """Where a file of an asset lies; raises :class:`AssetMissing` when it has not been fetched."""
        asset = self.info(name)
        if file not in asset.outputs:
            raise AssetError(f"asset {name} has no file {file!r}; it has {', '.join(asset.outputs)}")
        path = self.place(asset, file)
        if asset.in_place and not path.is_file():
            raise AssetMissing(self._not_installed(asset))
        if not asset.in_place and (self.marker(asset) is None or not path.is_file()):
            raise AssetMissing(
                f"the asset {name} ({asset.purpose}) is not in {self.root}: "
                f"run `contrafact assets fetch{'' if asset.default else ' ' + name}`"
            )
        return path

    def load_npz(self, name: str, file: str) -> dict[str, NDArray[Any]]:
        """All arrays of an ``.npz`` file of an asset, by name."""
        with np.load(self.path(name, file), allow_pickle=False) as archive:
            return {key: archive[key] for key in archive.files}

    def rows(self) -> Iterator[Row]:
        """What ``contrafact assets list`` prints, in the manifest's order."""
        for asset in self.manifest.asset:
            here = self.has(asset.name)
            size = sum(self.place(asset, file).stat().st_size for file in asset.outputs) if here else asset.carrier.size
            carrier = f"{asset.carrier.kind}:{asset.carrier.package} {asset.carrier.version}"
            yield Row(
                name=asset.name,
                group=asset.group,
                carrier=carrier,
                licence=asset.licence,
                commercial=asset.commercial,
                default=asset.default,
                here=here,
                size=size,
                purpose=asset.purpose,
                attribution=asset.attribution,
            )

    def folder(self, asset: Asset) -> Path:
        """The folder that a fetched asset has to itself."""
        return self.root / asset.name

    def place(self, asset: Asset, file: str) -> Path:
        """Where ``file`` lies or would lie; raises :class:`AssetMissing` only if that cannot even be said."""
        if not asset.in_place:
            return self.folder(asset) / file
        inside = next(entry.path for entry in asset.files if entry.name == file)
        if asset.carrier.kind == "bundled":
            return Path(str(resources.files("contrafact"))) / inside
        try:
            return Path(str(importlib.metadata.distribution(asset.carrier.package).locate_file(inside)))
        except importlib.metadata.PackageNotFoundError:
            raise AssetMissing(self._not_installed(asset)) from None

    def _not_installed(self, asset: Asset) -> str:
        package = f"{asset.carrier.package} {asset.carrier.version}"
        return (
            f"the asset {asset.name} ({asset.purpose}) is part of the Python package {package}, which is not wholly "
            "installed here: install Contrafact and its dependencies again, then run `contrafact assets fetch`"
        )

    def marker(self, asset: Asset) -> dict[str, str] | None:
        """SHA-256 by file name as noted when the asset was made; ``None`` unless it was made from today's manifest."""
        try:
            noted = json.loads((self.folder(asset) / READY).read_bytes())
            files = noted["files"]
            current = noted["definition"] == asset.definition and set(files) == set(asset.outputs)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return {str(name): str(digest) for name, digest in files.items()} if current else None
