"""Every style on whole songs: what the recipe promises is what the written file has."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from benchmarks import _takes as measure
from contrafact.assets import AssetStore
from contrafact.engine.arranging import Timeline, arrange, load_styles
from contrafact.engine.arranging.timeline import MasterTarget, StemBus
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.encoding import encode
from contrafact.engine.audio.loudness import measure_loudness
from contrafact.engine.audio.stem_files import StemsInMemory
from contrafact.engine.audio.stems import StemName, StemReader
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.listening.chart import (
    Bar,
    Beat,
    Chart,
    Chord,
    Key,
    Metre,
    Region,
    Section,
    SectionLabel,
    Tempo,
)
from contrafact.engine.listening.cqt import CQT_RATE
from contrafact.engine.listening.listen import listen
from contrafact.engine.listening.sound import Held, Resampled
from contrafact.engine.listening.tuning import find_tuning
from contrafact.engine.recipe.recipe import Recipe
from contrafact.engine.rendering import Balance, Sounds, render, render_blocks, sound_check
from contrafact.engine.separation.separate import separate
from tests.support.recipes import recipe_for
from tests.support.songs import GeneratedSong, make_song

pytestmark = pytest.mark.assets

REAL_SONG = Path(__file__).resolve().parents[3] / "shared" / "data" / "karissa-hobbs-lets-go-fishin.ogg"
STYLES = load_styles()
RENDERED = ("ambient", "boom-bap", "drum-and-bass", "folk-acoustic", "metal", "orchestral")
"""The thinnest, the thickest and the fastest; ``tests/styles`` reads the notes of all, ``bench remix`` renders all."""
DETUNED_CENTS = 22.0
DRUMS_BAND_HZ = (2000.0, 10000.0)


def true_chart(song: GeneratedSong) -> Chart:
    """The chart that perfect ears would draw."""
    per_bar, beats = song.beats_per_bar, [float(time) for time in song.beats_s]
    ends = [*beats[per_bar::per_bar], song.sections[-1].end_s]
    tonic, mode = song.key.split(" ")
    return Chart(
        duration_s=song.audio.duration_s,
        content="music",
        content_confidence=1.0,
        tempo=Tempo(bpm=song.bpm, confidence=1.0, steady=True),
        tempo_curve=(),
        metre=Metre(beats_per_bar=per_bar, confidence=1.0),
        beats=tuple(Beat(time_s=time, position=n % per_bar + 1) for n, time in enumerate(beats)),
        bars=tuple(
            Bar(index=n, start_s=beats[n * per_bar], end_s=end, beats_s=tuple(beats[n * per_bar : (n + 1) * per_bar]))
            for n, end in enumerate(ends)
        ),
        key=Key.model_validate({"tonic": tonic, "mode": mode, "confidence": 1.0}),
        chords=tuple(Chord(start_s=c.start_s, end_s=c.end_s, label=c.label, confidence=1.0) for c in song.chords),
        sections=tuple(
            Section(
                start_s=s.start_s,
                end_s=s.end_s,
                first_bar=s.first_bar,
                last_bar=s.last_bar,
                label=cast(SectionLabel, s.label),
                letter=s.label[0].upper(),
                energy=1.0 if s.label == "chorus" else 0.4,
                confidence=1.0,
            )
            for s in song.sections
        ),
        vocal_regions=tuple(Region(start_s=a, end_s=b, confidence=1.0) for a, b in song.vocal_regions_s),
        loudness=measure_loudness(song.audio),
        tuning_cents=DETUNED_CENTS,
    )


@pytest.fixture(scope="module")
def song() -> GeneratedSong:
    return make_song(
        seed=3,
        bpm=118.0,
        key="G minor",
        sections=(("verse", 4), ("chorus", 4)),
        tuning_cents=DETUNED_CENTS,
    )


@pytest.fixture(scope="module")
def stems(song: GeneratedSong) -> StemsInMemory:
    return StemsInMemory(song.stems)


@pytest.fixture(scope="module")
def sounds(asset_store: AssetStore) -> Sounds:
    return Sounds.open(asset_store)


def mixed(timeline: Timeline, stems: StemReader, sounds: Sounds, balance: Balance) -> Samples:
    return np.concatenate([block.samples for block in render_blocks(timeline, stems, sounds, balance)], axis=1)


def alone(timeline: Timeline, stem: StemName, stems: StemReader, sounds: Sounds) -> Samples:
    """One stem of the recording, moved as the take moves its clips, untreated."""
    clips = tuple(replace(clip, stem=stem) for clip in timeline.clips if clip.stem == timeline.clips[0].stem)
    bare = replace(timeline, clips=clips, buses=(StemBus(stem),), parts=(), master=MasterTarget())
    return mixed(bare, stems, sounds, Balance(0.0, -20.0))


def through_a_file(take: Audio, folder: Path, suffix: str = ".flac") -> Audio:
    encode(take, folder / f"take{suffix}")
    return decode(folder / f"take{suffix}")


def drums_db(heard: Audio, timeline: Timeline, stems: StemReader, sounds: Sounds) -> float:
    """How much of the recording's drums is in a take, next to how much of its voice is."""
    voice, drums = (alone(timeline, stem, stems, sounds) for stem in ("vocals", "drums"))
    return measure.present_db(heard.samples, drums, voice, DRUMS_BAND_HZ) - measure.present_db(
        heard.samples, voice, drums, (300.0, 4000.0)
    )


@pytest.mark.parametrize("slug", RENDERED)
def test_a_take_is_what_its_recipe_says(
    slug: str, song: GeneratedSong, stems: StemsInMemory, sounds: Sounds, tmp_path: Path
) -> None:
    pack, chart = STYLES[slug], true_chart(song)
    timeline = arrange(chart, recipe_for(pack), pack)
    heard = through_a_file(render(timeline, stems, sounds), tmp_path)

    assert heard.frames == round(timeline.duration_s * SAMPLE_RATE)
    loudness = measure_loudness(heard)
    assert loudness.integrated_lufs == pytest.approx(-14.0, abs=0.5)
    assert loudness.true_peak_dbtp <= -1.0
    assert np.abs(heard.samples.mean(axis=1)).max() < 1e-3
    assert measure.longest_gap_s(heard.samples, timeline.bars[0].start_s, timeline.bars[-1].end_s) < 1.0

    bare = replace(timeline, master=MasterTarget())
    balance = sound_check(timeline, stems, sounds)
    voice = mixed(replace(bare, parts=()), stems, sounds, balance)
    bed = mixed(bare, stems, sounds, balance) - voice
    assert 0.5 < measure.voice_over_bed_db(voice, bed, song.vocal_regions_s) < 6.5
    assert drums_db(heard, timeline, stems, sounds) < -15.0


def test_drums_that_are_kept_are_heard_to_be_there(
    song: GeneratedSong, stems: StemsInMemory, sounds: Sounds, tmp_path: Path
) -> None:
    """The measure by which drums are found absent finds them where they are."""
    pack = STYLES["house"]
    uses = pack.stems.stems_use().model_copy(update={"drums": Recipe(sources=("ab" * 32,)).stems.drums})
    timeline = arrange(true_chart(song), recipe_for(pack, stems=uses), pack)
    heard = through_a_file(render(timeline, stems, sounds), tmp_path)
    assert drums_db(heard, timeline, stems, sounds) > -12.0


def test_new_strokes_fall_on_the_songs_beats(song: GeneratedSong, stems: StemsInMemory, sounds: Sounds) -> None:
    pack = STYLES["house"]
    timeline = arrange(true_chart(song), recipe_for(pack), pack)
    (part,) = [part for part in timeline.parts if part.role == "drums"]
    kicks = tuple(note for note in part.notes if note.pitch == 36)
    kit = replace(part, notes=kicks, effects=(), reverb_send_db=-60.0)
    heard = mixed(replace(timeline, buses=(), parts=(kit,)), stems, sounds, Balance(0.0, -20.0))
    assert np.abs(measure.stroke_offsets_ms(heard, kicks)).max() < 5.0
    on_beats = [np.abs(song.beats_s - note.start_s).min() for note in kicks]
    assert np.percentile(on_beats, 80) <= pack.humanise.timing_ms / 1000.0


def test_a_band_tunes_itself_to_the_recording(song: GeneratedSong, stems: StemsInMemory, sounds: Sounds) -> None:
    pack = STYLES["synthwave"]
    timeline = arrange(true_chart(song), recipe_for(pack), pack)
    pitched = tuple(
        replace(part, effects=(), delay_send_db=-60.0) for part in timeline.parts if part.instrument.kind == "soundfont"
    )
    band = mixed(replace(timeline, buses=(), parts=pitched), stems, sounds, Balance(0.0, -20.0))
    mono = np.ascontiguousarray(Audio(band).samples.mean(axis=0))
    heard = find_tuning(Resampled(Held(mono), SAMPLE_RATE, CQT_RATE))
    assert heard == pytest.approx(DETUNED_CENTS, abs=6.0)


@pytest.fixture(scope="module")
def real(asset_store: AssetStore) -> tuple[Chart, StemsInMemory]:
    if not REAL_SONG.is_file():
        pytest.skip("the real song is not in ../shared/data of this checkout")
    whole = decode(REAL_SONG)
    excerpt = Audio(whole.samples[:, 30 * SAMPLE_RATE : 56 * SAMPLE_RATE].copy())
    return listen(excerpt, asset_store), StemsInMemory(separate(excerpt, asset_store))


def test_a_real_song_keeps_its_voice_tempo_and_key(
    real: tuple[Chart, StemsInMemory], asset_store: AssetStore, sounds: Sounds, tmp_path: Path
) -> None:
    chart, stems = real
    timeline = arrange(chart, recipe_for(STYLES["house"]), STYLES["house"])
    heard = through_a_file(render(timeline, stems, sounds), tmp_path, ".m4a")
    assert heard.duration_s == pytest.approx(timeline.duration_s, abs=0.001)
    loudness = measure_loudness(heard)
    assert loudness.integrated_lufs == pytest.approx(-14.0, abs=0.5)
    assert loudness.true_peak_dbtp <= -1.0
    again = listen(heard, asset_store)
    off = min(abs(again.tempo.bpm * octave / chart.tempo.bpm - 1.0) for octave in (0.5, 1.0, 2.0))
    assert off < 0.01
    assert again.key.label == chart.key.label
    sung_s, heard_s = (sum(r.end_s - r.start_s for r in c.vocal_regions) for c in (chart, again))
    assert heard_s > 0.8 * sung_s
    assert drums_db(heard, timeline, stems, sounds) < -15.0
