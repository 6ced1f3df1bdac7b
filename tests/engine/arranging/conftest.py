"""The packs that come with Contrafact, read once."""

from collections.abc import Mapping

import pytest

from contrafact.engine.arranging import StylePack, load_styles


@pytest.fixture(scope="session")
def styles() -> Mapping[str, StylePack]:
    return load_styles()
