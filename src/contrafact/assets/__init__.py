"""Models, sounds and songs: where they come from, what they may be used for, and the store that keeps them.

This room imports nothing else of the project. Working code takes an :class:`AssetStore` and asks it for paths; only
:func:`fetch` talks to package clients. The names below are imported when they are first used, so that a command that
only reads the store does not pay for the clients and converters.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contrafact.assets.errors import AssetError, AssetMissing, ClientFailed, NotAccepted, UnsafeFile, WrongHash
    from contrafact.assets.fetching import Checked, Progress, fetch, verify
    from contrafact.assets.manifest import Asset, Carrier, CarrierFile, Manifest
    from contrafact.assets.store import AssetStore, Row

__all__ = [
    "Asset",
    "AssetError",
    "AssetMissing",
    "AssetStore",
    "Carrier",
    "CarrierFile",
    "Checked",
    "ClientFailed",
    "Manifest",
    "NotAccepted",
    "Progress",
    "Row",
    "UnsafeFile",
    "WrongHash",
    "fetch",
    "verify",
]

_ROOMS = ("errors", "manifest", "store", "fetching")


def __getattr__(name: str) -> Any:
    if name in __all__:
        for room in _ROOMS:
            module = importlib.import_module(f"{__name__}.{room}")
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
