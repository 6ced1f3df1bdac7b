"""What every test may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from benchmarks import _postgres
from contrafact.assets import AssetStore, fetch

# A busy machine must not make a test of a law fail: time is measured in benchmarks.
settings.register_profile("contrafact", deadline=None)
settings.load_profile("contrafact")

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def asset_store() -> AssetStore:
    """The engine's models and sounds, fetched if they are missing.

    They lie in ``$CONTRAFACT_HOME/assets`` or the checkout's ``.cache/home/assets``. Several test processes may ask at
    once: the store's own lock lets one fetch and the others wait. Without a network the tests fail; none is skipped.
    """
    home = Path(os.environ.get("CONTRAFACT_HOME") or CHECKOUT / ".cache" / "home")
    store = AssetStore(home / "assets")
    fetch(store, group="engine")
    return store


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server of the tests' own; :func:`tests.support.postgres.fresh` makes databases in it.

    Tests that ask for it are skipped where no server is installed.
    """
    if _postgres.binaries() is None:
        pytest.skip("no PostgreSQL server is installed")
    with _postgres.server() as url:
        yield url
