"""A tiny manifest with real packages behind it, so that fetching is tested without a network."""

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contrafact.assets import Carrier, Manifest

CONTENT = {"weights.bin": b"\x01\x02\x03" * 1000, "LICENSE": b"Do what you like.\n"}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write_wheel(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content)
    return path


@dataclass
class Shop:
    """Stands where the package index is: hands out one wheel, counts how often, and can hand out a wrong one."""

    folder: Path
    wheel: Path
    calls: int = 0
    before: Callable[[], None] = field(default=lambda: None)

    def __call__(self, carrier: Carrier, into: Path) -> Path:
        self.calls += 1
        self.before()
        target = into / "tiny-1.0-py3-none-any.whl"
        target.write_bytes(self.wheel.read_bytes())
        return target

    def manifest(self, **changes: object) -> Manifest:
        """A manifest of two assets, ``tiny`` and ``other``, that travel in the same wheel."""
        return Manifest.model_validate({"asset": [self.entry(**changes), self.entry(name="other")]})

    def entry(self, **changes: object) -> dict[str, object]:
        entry: dict[str, object] = {
            "name": "tiny",
            "group": "engine",
            "default": True,
            "purpose": "tests fetching",
            "licence": "CC0-1.0",
            "commercial": True,
            "attribution": "nobody",
            "carrier": {
                "kind": "pypi",
                "package": "tiny",
                "version": "1.0",
                "sha256": sha256(self.wheel.read_bytes()),
                "size": self.wheel.stat().st_size,
            },
            "files": [
                {"path": f"tiny/{name}", "name": name, "sha256": sha256(content)} for name, content in CONTENT.items()
            ],
        }
        return {**entry, **changes}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    folder = tmp_path / "shop"
    folder.mkdir()
    return Shop(folder, write_wheel(folder / "tiny.whl", {f"tiny/{name}": data for name, data in CONTENT.items()}))
