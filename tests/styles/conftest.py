"""The packs, and one song arranged in each of them, made once for all tests of this room."""

from functools import cache

import pytest

from contrafact.assets import AssetStore
from contrafact.engine.arranging import Timeline, arrange, load_styles
from contrafact.engine.rendering import Sounds
from tests.support.charts import song_chart
from tests.support.onsets import Arranged
from tests.support.recipes import recipe_for

FORM = (("intro", "A", 4, 0.3), ("verse", "B", 8, 0.45), ("chorus", "C", 8, 0.95), ("outro", "F", 4, 0.3))
"""One section of each level: an intro is low, a verse mid, a chorus high."""


@pytest.fixture(scope="session")
def arranged() -> Arranged:
    """The song in a style at the style's own tempo, by slug and seed."""
    styles = load_styles()

    @cache
    def take(slug: str, seed: int) -> Timeline:
        pack = styles[slug]
        return arrange(song_chart(bpm=pack.tempo.typical_bpm, form=FORM), recipe_for(pack, seed=seed), pack)

    return take


@pytest.fixture(scope="session")
def sounds(asset_store: AssetStore) -> Sounds:
    return Sounds.open(asset_store)
