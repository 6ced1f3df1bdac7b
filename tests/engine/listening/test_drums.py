import tracemalloc
from typing import get_args

import numpy as np
import pytest
from mir_eval.util import match_events

from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.errors import Cancelled
from contrafact.engine.listening.chart import Bar, Beat, Chart, Drum, Drums, Key, Loudness, Metre, Tempo
from contrafact.engine.listening.drums import hear_drums
from contrafact.engine.listening.groove import typical_groove
from contrafact.engine.listening.strokes import find_strokes
from tests.support.songs import GeneratedSong, make_song

FORM = (("intro", 2), ("verse", 6), ("chorus", 6))
SWING = 0.62


@pytest.fixture(scope="module")
def song() -> GeneratedSong:
    return make_song(seed=3, bpm=104.0, sections=FORM, swing=SWING)


@pytest.fixture(scope="module")
def heard(song: GeneratedSong) -> Drums:
    return hear_drums(song.stems.drums, chart_of(song))


def chart_of(song: GeneratedSong, lufs: float = -14.0) -> Chart:
    """What a perfect listener would say of the bars."""
    edges = [*song.downbeats_s.tolist(), float(song.beats_s[-1]) + 60.0 / song.bpm]
    bars = tuple(
        Bar(index=at, start_s=edges[at], end_s=edges[at + 1], beats_s=tuple(song.beats_s[4 * at : 4 * at + 4].tolist()))
        for at in range(len(edges) - 1)
    )
    return Chart(
        duration_s=song.audio.duration_s,
        content="music",
        content_confidence=1.0,
        tempo=Tempo(bpm=song.bpm, confidence=1.0, steady=True),
        tempo_curve=(),
        metre=Metre(beats_per_bar=4, confidence=1.0),
        beats=tuple(Beat(time_s=time, position=at % 4 + 1) for at, time in enumerate(song.beats_s.tolist())),
        bars=bars,
        key=Key(tonic="A", mode="minor", confidence=1.0),
        chords=(),
        sections=(),
        vocal_regions=(),
        loudness=Loudness(integrated_lufs=lufs, true_peak_dbtp=-1.0),
    )


def true_hits(song: GeneratedSong) -> dict[str, list[float]]:
    """What the generator's drummer plays (see ``_Player.drums``)."""
    found: dict[str, list[float]] = {"kick": [], "snare": [], "hihat": []}
    gap = 60.0 / song.bpm
    for section in song.sections:
        level = {"intro": 1, "verse": 2, "chorus": 3}[section.label]
        for bar in range(section.first_bar, section.last_bar + 1):
            for beat in range(4):
                at = float(song.beats_s[4 * bar + beat])
                found["hihat"] += [at, at + SWING * gap]
                if level >= 2:
                    found["snare" if beat % 2 else "kick"].append(at)
                if level >= 3 and beat == 1:
                    found["kick"].append(at + SWING * gap)
                if level >= 2 and bar == section.last_bar and beat == 3:
                    found["snare"] += [at + step * gap / 4 for step in range(1, 4)]
    return {drum: sorted(times) for drum, times in found.items()}


def times_of(drums: Drums, drum: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array([hit.time_s for hit in drums.hits if hit.drum == drum])


def f_measure(reference: list[float], heard: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    return 2 * len(match_events(np.array(reference), heard, 0.05)) / (len(reference) + heard.size)


def scaled(audio: Audio, gain: float) -> Audio:
    return Audio((audio.samples * np.float32(gain)).astype(np.float32), audio.sample_rate)


@pytest.mark.parametrize(("drum", "least"), [("kick", 0.97), ("snare", 0.9), ("hihat", 0.95)])
def test_kick_snare_and_hi_hat_are_heard(song: GeneratedSong, heard: Drums, drum: str, least: float) -> None:
    assert f_measure(true_hits(song)[drum], times_of(heard, drum)) >= least


def test_strokes_are_timed_to_milliseconds(song: GeneratedSong, heard: Drums) -> None:
    for drum, reference in true_hits(song).items():
        pairs = match_events(np.array(reference), times_of(heard, drum), 0.05)
        late = np.array([times_of(heard, drum)[b] - reference[a] for a, b in pairs])
        assert np.median(np.abs(late)) < 0.003


def test_hits_are_in_order_and_no_drum_is_struck_twice_at_once(heard: Drums) -> None:
    times = [hit.time_s for hit in heard.hits]
    assert times == sorted(times)
    for drum in get_args(Drum):
        assert np.diff(times_of(heard, drum)).min() >= 0.03
    assert all(hit.confidence >= 0.5 for hit in heard.hits)


def test_a_louder_stroke_is_a_stronger_one(song: GeneratedSong, heard: Drums) -> None:
    downbeats = song.downbeats_s[2:]
    # The generator strikes the kick of the downbeat at 0.9 and that of the third beat at 0.7.
    strength = {round(hit.time_s, 2): hit.strength for hit in heard.hits if hit.drum == "kick"}
    first = [value for time, value in strength.items() if np.abs(downbeats - time).min() < 0.02]
    third = [value for time, value in strength.items() if np.abs(downbeats + 120.0 / song.bpm - time).min() < 0.02]
    assert np.median(first) > 0.9
    assert np.median(third) == pytest.approx(np.median(first) * (0.7 / 0.9) ** 0.625, abs=0.06)


def test_the_groove_is_what_the_drummer_plays(song: GeneratedSong, heard: Drums) -> None:
    assert [bar.bar for bar in heard.groove] == list(range(14))
    bar = typical_groove(heard, 8, 12)
    assert bar is not None
    assert bar.steps == 48
    assert [step for step, strength in enumerate(bar.kick) if strength] == [0, 19, 24]
    assert [step for step, strength in enumerate(bar.snare) if strength] == [12, 36]
    assert [step for step, strength in enumerate(bar.hihat) if strength] == [0, 7, 12, 19, 24, 31, 36, 43]
    assert bar.offsets_ms[7] == pytest.approx(1000 * (SWING - 7 / 12) * 60 / song.bpm, abs=3)


@pytest.mark.parametrize("gain", [0.02, 3.0])
def test_the_level_of_the_stem_changes_nothing(song: GeneratedSong, heard: Drums, gain: float) -> None:
    chart = chart_of(song, -14.0 + 20 * np.log10(gain))
    found = hear_drums(scaled(song.stems.drums, gain), chart)
    assert [hit.drum for hit in found.hits] == [hit.drum for hit in heard.hits]
    assert np.abs([a.strength - b.strength for a, b in zip(found.hits, heard.hits, strict=True)]).max() < 0.02


def test_an_inverted_channel_changes_nothing(song: GeneratedSong, heard: Drums) -> None:
    samples = song.stems.drums.samples * np.array([[1.0], [-1.0]], np.float32)
    assert hear_drums(Audio(samples), chart_of(song)).hits == heard.hits


def test_another_sample_rate_changes_little(song: GeneratedSong, heard: Drums) -> None:
    soxr = pytest.importorskip("soxr")
    samples = soxr.resample(song.stems.drums.samples.T, SAMPLE_RATE, 48_000).T.astype(np.float32)
    found = hear_drums(Audio(samples, 48_000), chart_of(song))
    for drum in get_args(Drum):
        reference = times_of(heard, drum)
        assert f_measure(reference.tolist(), times_of(found, drum)) > 0.97
        pairs = match_events(reference, times_of(found, drum), 0.05)
        assert np.median([abs(times_of(found, drum)[b] - reference[a]) for a, b in pairs]) < 0.002


def test_where_blocks_begin_is_not_heard(song: GeneratedSong, heard: Drums) -> None:
    late = np.concatenate([np.zeros((2, 9 * SAMPLE_RATE + 123), np.float32), song.stems.drums.samples], axis=1)
    found = hear_drums(Audio(late), chart_of(song))
    shift = 9 + 123 / SAMPLE_RATE
    for drum in get_args(Drum):
        assert f_measure((times_of(heard, drum) + shift).tolist(), times_of(found, drum)) > 0.97


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros((2, 0), np.float32),
        np.zeros((2, 100), np.float32),
        np.zeros((2, 5 * SAMPLE_RATE), np.float32),
        np.full((1, 5 * SAMPLE_RATE), 0.3, np.float32),
        np.random.default_rng(0).normal(0, 0.1, (2, 20 * SAMPLE_RATE)).astype(np.float32),
        (0.3 * np.sin(np.arange(10 * SAMPLE_RATE) * 0.05))[None].astype(np.float32),
    ],
    ids=["empty", "moment", "silence", "constant", "noise", "tone"],
)
def test_nothing_is_invented(song: GeneratedSong, samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> None:
    found = hear_drums(Audio(samples), chart_of(song))
    assert len(found.hits) <= 1
    assert not found.groove or found.hits


def test_a_stem_that_holds_only_traces_of_the_others_has_no_drums(song: GeneratedSong) -> None:
    rest = song.stems.bass.samples + song.stems.other.samples + song.stems.vocals.samples
    level = float(np.sqrt(np.mean(np.square(rest))))
    lufs = 20 * np.log10(level) - 0.7
    assert hear_drums(scaled(Audio(rest), 10 ** (-30 / 20)), chart_of(song, lufs)) == Drums(hits=(), groove=())


def test_keys_are_no_drums(song: GeneratedSong) -> None:
    found = hear_drums(song.stems.other, chart_of(song))
    assert len(found.hits) < 0.1 * song.beats_s.size


def test_one_click_is_no_trouble(song: GeneratedSong) -> None:
    samples = np.zeros((1, SAMPLE_RATE), np.float32)
    samples[0, 20_000] = 1.0
    assert len(hear_drums(Audio(samples), chart_of(song)).hits) <= 3


def test_an_hour_needs_no_more_memory_than_a_minute() -> None:
    def peak_bytes(seconds: int) -> int:
        samples = np.random.default_rng(0).normal(0, 0.1, (1, seconds * SAMPLE_RATE)).astype(np.float32)
        tracemalloc.start()
        for _ in find_strokes(Audio(samples)):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert peak_bytes(180) < 1.05 * peak_bytes(60)


def test_progress_rises_and_cancelling_is_let_through(song: GeneratedSong) -> None:
    seen: list[float] = []
    hear_drums(song.stems.drums, chart_of(song), lambda done, _: seen.append(done))
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)

    def cancel(done: float, stage: str) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        hear_drums(song.stems.drums, chart_of(song), cancel)
