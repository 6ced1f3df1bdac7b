"""The voice's layers on the desk: the same bytes by any cut and thread, from anywhere, under the faders."""

from dataclasses import replace

import numpy as np
import pytest

from contrafact.assets import AssetStore
from contrafact.engine.arranging.arrange import arrange
from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.recipe.recipe import Recipe, Strengths, Tempo
from contrafact.engine.recipe.wishes import PartLevel, VoiceUse
from contrafact.engine.rendering import Desk, Sounds
from tests.engine.rendering.singing.measures import level_db
from tests.support.readers import MemoryStems
from tests.support.sung_songs import SungSong, sung_song, voice_of

ASKED = VoiceUse(harmonies=(2, -5), double=0.8, formant_semitones=1.5, vocoder=0.5, chops=1.0, throws=1.0)


@pytest.fixture(scope="module")
def song() -> SungSong:
    return sung_song(form=(("verse", "A", 4, 0.5), ("chorus", "B", 4, 0.9)))


@pytest.fixture(scope="module")
def stems(song: SungSong) -> MemoryStems:
    return MemoryStems({"vocals": voice_of(song)})


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Sounds:
    # A kept voice needs no sounds: nothing is fetched for it.
    return Sounds.open(AssetStore(tmp_path_factory.mktemp("nothing")))


def take(song: SungSong, voice: VoiceUse, strength: float = 0.0, ratio: float = 1.0, *levels: PartLevel) -> Timeline:
    asked = Recipe(
        sources=("a" * 64,),
        voice=voice,
        strengths=Strengths(vocals=strength),
        tempo=Tempo(ratio=ratio),
        levels=levels,
    )
    return replace(arrange(song.chart, asked, None), duration_s=7.0)


def together(desk: Desk, from_s: float = 0.0, block_s: float = 4.0) -> Samples:
    return np.concatenate([block.samples for block in desk.blocks(from_s, block_s)], axis=1)


@pytest.mark.parametrize("ratio", [1.0, 0.9])
def test_cuts_threads_and_jumps_change_nothing(
    song: SungSong, stems: MemoryStems, sounds: Sounds, ratio: float
) -> None:
    timeline = take(song, ASKED, 0.5, ratio)
    whole = together(Desk(timeline, stems, sounds, threads=1))
    assert np.isfinite(whole).all()
    assert np.array_equal(together(Desk(timeline, stems, sounds, threads=3), block_s=0.7), whole)
    there = together(Desk(timeline, stems, sounds, threads=1), 3.6)
    left = whole[:, -there.shape[1] :]
    # Only the room may still hold something of what was before.
    assert level_db(there - left) < level_db(left) - 40.0


def test_what_nothing_is_asked_of_is_the_recording(song: SungSong, stems: MemoryStems, sounds: Sounds) -> None:
    plain = together(Desk(take(song, VoiceUse()), stems, sounds))
    kept = stems.read("vocals", 0, plain.shape[1])
    assert level_db(plain - kept) < level_db(kept) - 60.0 or np.array_equal(plain, kept)


def test_a_strength_changes_more_the_more_there_is(song: SungSong, stems: MemoryStems, sounds: Sounds) -> None:
    kept = together(Desk(take(song, VoiceUse()), stems, sounds))
    changes = [
        level_db(together(Desk(take(song, VoiceUse(), strength), stems, sounds)) - kept)
        for strength in (0.1, 0.3, 0.5, 0.7, 1.0)
    ]
    assert changes == sorted(changes)
    assert changes[-1] < level_db(kept)


def test_a_fader_silences_a_layer(song: SungSong, stems: MemoryStems, sounds: Sounds) -> None:
    asked = VoiceUse(harmonies=(2,))
    kept = together(Desk(take(song, VoiceUse()), stems, sounds))
    loud = together(Desk(take(song, asked), stems, sounds))
    muted = together(Desk(take(song, asked, 0.0, 1.0, PartLevel(part="harmony-1", gain_db=-60.0)), stems, sounds))
    assert level_db(loud - kept) > level_db(kept) - 20.0
    assert np.array_equal(muted, kept)


def test_layers_lie_under_the_lead(song: SungSong, stems: MemoryStems, sounds: Sounds) -> None:
    kept = together(Desk(take(song, VoiceUse()), stems, sounds))
    rich = together(Desk(take(song, VoiceUse(harmonies=(2, -5), double=1.0, choir=1.0), 1.0), stems, sounds))
    sung = slice(round(0.5 * SAMPLE_RATE), round(4.3 * SAMPLE_RATE))
    assert level_db((rich - kept)[:, sung]) < level_db(kept[:, sung]) + 1.0
