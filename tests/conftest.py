"""What every test may ask for."""

import os
from pathlib import Path

import pytest

from contrafact.assets import AssetStore, fetch

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def asset_store() -> AssetStore:
    """The engine's models and sounds, fetched if they are missing.

    They lie in ``$CONTRAFACT_HOME/assets`` or the checkout's ``.cache/home/assets``. Several test processes may ask at
    once: the store's own lock lets one fetch and the others wait. Without a network the tests fail, and are not skipped.
    """
    home = Path(os.environ.get("CONTRAFACT_HOME") or CHECKOUT / ".cache" / "home")
    store = AssetStore(home / "assets")
    fetch(store, group="engine")
    return store
