"""Models, sounds and songs: where they come from, what they may be used for, and the store that keeps them.

This room imports nothing else of the project. Working code takes an :class:`AssetStore` and asks it for paths; only
:func:`fetch` talks to package clients.
"""

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
