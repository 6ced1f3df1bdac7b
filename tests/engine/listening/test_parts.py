"""What the stems add to a chart."""

import numpy as np
import pytest

from contrafact.assets import AssetStore
from contrafact.engine.audio.stems import Stems
from contrafact.engine.audio.value import Audio
from contrafact.engine.errors import Cancelled
from contrafact.engine.listening.listen import listen
from contrafact.engine.listening.parts import NO_MELODY, hear_parts, hear_voice
from tests.support.singing import Manner, Sung, phrases_of, sing
from tests.support.songs import GeneratedSong, make_song

pytestmark = pytest.mark.assets


@pytest.fixture(scope="module")
def sung() -> tuple[GeneratedSong, Stems, list[Sung]]:
    """A song whose singer has a throat and consonants."""
    song = make_song(seed=4, sections=(("verse", 8),), vocals=False)
    notes = [note for note in phrases_of(9, 3, 55.0, 70.0) if note.end_s < song.audio.duration_s]
    voice = sing(notes, Manner(throat=1.15), song.audio.duration_s, seed=9)
    vocals = np.zeros_like(song.audio.samples)
    frames = min(vocals.shape[1], voice.frames)
    vocals[:, :frames] = voice.samples[:, :frames]
    parts = song.stems
    return song, Stems(Audio(vocals), parts.drums, parts.bass, parts.other), notes


def test_a_chart_with_its_parts(asset_store: AssetStore, sung: tuple[GeneratedSong, Stems, list[Sung]]) -> None:
    song, stems, notes = sung
    mix = Audio(song.audio.samples + stems.vocals.samples)
    chart = listen(mix, asset_store)
    told: list[float] = []
    heard = hear_parts(chart, stems, asset_store, lambda fraction, _: told.append(fraction))
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert heard.melody is not None
    assert heard.drums is not None
    assert heard.notes is None
    assert len(heard.melody.notes) == pytest.approx(len(notes), rel=0.2)
    assert len([hit for hit in heard.drums.hits if hit.drum == "kick"]) > 4
    covered = sum(
        any(region.start_s <= (note.start_s + note.end_s) / 2 <= region.end_s for region in heard.vocal_regions)
        for note in notes
    )
    assert covered >= 0.85 * len(notes)
    # what was heard in the mix stays
    assert heard.model_copy(update=dict.fromkeys(("melody", "drums", "vocal_regions"))) == chart.model_copy(
        update=dict.fromkeys(("melody", "drums", "vocal_regions"))
    )


def test_traces_of_a_voice_are_no_singer(
    asset_store: AssetStore, sung: tuple[GeneratedSong, Stems, list[Sung]]
) -> None:
    _, stems, _ = sung
    faint = Audio(np.float32(0.005) * stems.vocals.samples)
    assert hear_voice(Stems(faint, stems.drums, stems.bass, stems.other), asset_store) == (NO_MELODY, ())


def test_an_instrument_in_the_vocal_stem_is_no_singer(
    asset_store: AssetStore, sung: tuple[GeneratedSong, Stems, list[Sung]]
) -> None:
    _, stems, _ = sung
    melody, regions = hear_voice(Stems(stems.other, stems.drums, stems.bass, stems.vocals), asset_store)
    assert melody == NO_MELODY
    assert sum(region.end_s - region.start_s for region in regions) < 2.0


def test_listening_can_be_stopped(asset_store: AssetStore, sung: tuple[GeneratedSong, Stems, list[Sung]]) -> None:
    song, stems, _ = sung

    def stop(fraction: float, stage: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        hear_parts(listen(song.audio, asset_store), stems, asset_store, stop)
