"""One installation: the folders, the database, the blobs, the assets and the clock that all of its work shares."""

from collections.abc import Mapping
from functools import cached_property

from contrafact.assets.store import AssetStore
from contrafact.engine.arranging.styles import StylePack, load_styles
from contrafact.kit.blobs import BlobStore
from contrafact.kit.clock import Clock, SystemClock
from contrafact.kit.db import Database
from contrafact.kit.home import Home
from contrafact.kit.migrate import upgrade


class Installation:
    """Opens what lies under one home folder; makes what is missing and brings the database up to date."""

    def __init__(self, home: Home, clock: Clock | None = None) -> None:
        self.home = home
        self.clock: Clock = clock or SystemClock()
        self.database = Database.at(home.database)
        upgrade(self.database)
        self.blobs = BlobStore(home.blobs)
        self.assets = AssetStore(home.assets)

    @cached_property
    def styles(self) -> Mapping[str, StylePack]:
        return load_styles()

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> "Installation":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
