"""The packs that come with Contrafact, read once."""

from collections.abc import Mapping

import pytest

from contrafact.engine.arranging import StylePack, load_styles


@pytest.fixture(scope="session")
def styles() -> Mapping[str, StylePack]:
    return load_styles()


@pytest.fixture(scope="session")
def some_styles(styles: Mapping[str, StylePack]) -> Mapping[str, StylePack]:
    """Every fifth of them, for laws of the players that hold whatever is written."""
    return {slug: styles[slug] for slug in sorted(styles)[::5]}
