"""The sounds, opened once for all tests of this room."""

import pytest

from contrafact.assets import AssetStore
from contrafact.engine.rendering import Sounds


@pytest.fixture(scope="session")
def sounds(asset_store: AssetStore) -> Sounds:
    return Sounds.open(asset_store)
