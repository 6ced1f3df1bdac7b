"""Short songs, so that what is claimed of the long ones is proven in seconds."""

from dataclasses import replace

import pytest

from benchmarks.truth import SongSettings, SongSounds, TrueSong, make, open_sounds
from contrafact.assets import AssetStore

SHORT = SongSettings(
    name="short",
    split="tuning",
    seed=4,
    bpm=104.0,
    key="C major",
    form="intro2 verse2 chorus2 break2 chorus*2",
    style="pop",
    band=(0, 48, 33, 65, 0),
    voice="alto",
    passage="drums only",
    modulation=2,
    loud_lufs=None,
)


@pytest.fixture(scope="session")
def sounds(asset_store: AssetStore) -> SongSounds:
    return open_sounds(asset_store, [SHORT.font])


@pytest.fixture(scope="session")
def song(sounds: SongSounds) -> TrueSong:
    return make(SHORT, sounds)


@pytest.fixture(scope="session")
def alone(sounds: SongSounds) -> TrueSong:
    """Detuned, with a voice alone in its break, loud, and through an MP3."""
    return make(
        replace(SHORT, name="alone", passage="voice only", tuning_cents=-30.0, loud_lufs=-9.0, mp3=True, modulation=0),
        sounds,
    )
