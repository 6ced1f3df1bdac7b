"""Sounds that are no song, or a song that something happened to: a sober chart or a clear refusal, never a crash."""

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray

from contrafact.assets import AssetStore
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.errors import BadInput, NotASong
from contrafact.engine.listening.chart import Chart, Chord, KeySpan, MetreSpan, Region, Section
from contrafact.engine.listening.listen import listen
from contrafact.engine.listening.verdict import require_song
from tests.support.songs import GeneratedSong, make_song

Doubles = NDArray[np.float64]
Floats = NDArray[np.float32]

pytestmark = pytest.mark.assets

UNSURE = 0.3
BPM = 112.0


@pytest.fixture(scope="module")
def song() -> GeneratedSong:
    return make_song(seed=3, bpm=BPM, key="D minor", sections=(("verse", 8), ("chorus", 8)))


def stereo(sound: Doubles | Floats) -> Audio:
    return Audio(np.tile(sound.astype(np.float32), (2, 1)))


def seconds(duration_s: float) -> Doubles:
    return np.arange(round(duration_s * SAMPLE_RATE)) / SAMPLE_RATE


def white(duration_s: float, level: float = 0.1) -> Doubles:
    return level * np.random.default_rng(0).standard_normal(round(duration_s * SAMPLE_RATE))


def pink(duration_s: float) -> Doubles:
    spectrum = np.fft.rfft(white(duration_s))
    spectrum /= np.sqrt(np.arange(1, spectrum.size + 1))
    noise: Doubles = np.fft.irfft(spectrum, round(duration_s * SAMPLE_RATE))
    noise *= 0.3 / np.abs(noise).max()
    return noise


def struck(hertz: float, duration_s: float) -> Doubles:
    """A string that is struck and rings out."""
    time = seconds(duration_s)
    partials = [
        np.exp(-time * number**0.5 / 0.9) * np.sin(2 * np.pi * hertz * number * time) / number**1.3
        for number in range(1, 9)
    ]
    tone: Doubles = 0.2 * np.minimum(1.0, time / 0.004) * np.sum(partials, axis=0)
    return tone


def murmur(duration_s: float) -> Doubles:
    """Something like speech: a gliding buzz through changing formants, in syllables, words and pauses."""
    rng = np.random.default_rng(5)
    time = seconds(duration_s)
    knots = np.arange(0.0, duration_s + 0.3, 0.17)
    pitch = np.interp(time, knots, 115.0 * 2.0 ** rng.normal(0.0, 0.2, knots.size))
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    first, second = (
        np.interp(time, knots, rng.uniform(low, high, knots.size)) for low, high in ((300, 800), (900, 2200))
    )
    sound = np.zeros(time.size)
    for number in range(1, 30):
        hertz = number * pitch
        shape = 1.0 / (1.0 + ((hertz - first) / 90) ** 2) + 0.6 / (1.0 + ((hertz - second) / 130) ** 2)
        sound += shape * np.sin(number * phase)
    syllables = np.interp(time, knots, rng.choice([0.0, 0.4, 1.0], knots.size, p=[0.3, 0.2, 0.5]))
    hiss = (
        0.3 * rng.standard_normal(time.size) * np.interp(time, knots, rng.choice([0.0, 1.0], knots.size, p=[0.8, 0.2]))
    )
    spoken: Doubles = 0.2 * (syllables * sound + hiss)
    return spoken


def check_sane(chart: Chart, audio: Audio) -> None:
    """What must hold for every chart of every sound."""
    assert chart.duration_s == pytest.approx(audio.duration_s)
    times = [beat.time_s for beat in chart.beats]
    assert times == sorted(times)
    assert all(0.0 <= time <= chart.duration_s for time in times)
    assert [bar.index for bar in chart.bars] == list(range(len(chart.bars)))
    owned = [bar for section in chart.sections for bar in range(section.first_bar, section.last_bar + 1)]
    assert owned == list(range(len(chart.bars)))
    kinds: tuple[Sequence[Chord | Section | Region | KeySpan | MetreSpan], ...] = (
        chart.chords,
        chart.sections,
        chart.vocal_regions,
        chart.keys,
        chart.metres,
    )
    for spans in kinds:
        assert all(one.end_s <= two.start_s + 1e-6 for one, two in itertools.pairwise(spans))
        assert all(span.start_s <= span.end_s <= chart.duration_s + 1e-6 for span in spans)
    assert 20.0 < chart.tempo.bpm < 400.0


NOTHING = {
    "silence": lambda: stereo(np.zeros(10 * SAMPLE_RATE)),
    "nothing but a constant": lambda: stereo(np.full(10 * SAMPLE_RATE, 0.5)),
    "white noise": lambda: stereo(white(12.0)),
    "faint white noise": lambda: stereo(white(12.0, 1e-3)),
    "pink noise": lambda: stereo(pink(12.0)),
    "a tone": lambda: stereo(0.3 * np.sin(2 * np.pi * 440.0 * seconds(12.0))),
    "mains hum": lambda: stereo(0.2 * np.sin(2 * np.pi * 50.0 * seconds(12.0))),
    "one click": lambda: stereo(np.eye(1, 10 * SAMPLE_RATE, 5 * SAMPLE_RATE)[0]),
    "one note": lambda: stereo(np.concatenate([struck(262.0, 6.0), np.zeros(6 * SAMPLE_RATE)])),
    "a murmur": lambda: stereo(murmur(14.0)),
}


@pytest.mark.parametrize("kind", list(NOTHING))
def test_what_is_no_music_is_charted_without_confidence_and_refused(asset_store: AssetStore, kind: str) -> None:
    audio = NOTHING[kind]()
    chart = listen(audio, asset_store)
    check_sane(chart, audio)
    assert chart.content != "music"
    assert chart.tempo.confidence < UNSURE
    assert chart.metre.confidence < UNSURE
    assert chart.key.confidence < UNSURE
    assert all(chord.confidence < UNSURE for chord in chart.chords if chord.label != "N")
    assert all(section.confidence < UNSURE for section in chart.sections)
    assert chart.swing is None or chart.swing.confidence < UNSURE
    with pytest.raises(NotASong, match="choose a") as refused:
        require_song(chart)
    assert str(refused.value).count(".") == 0


@pytest.mark.parametrize("duration_s", [0.0, 1e-4, 0.2, 1.5])
def test_a_moment_of_music_is_too_short(asset_store: AssetStore, song: GeneratedSong, duration_s: float) -> None:
    audio = Audio(song.audio.samples[:, : round(duration_s * SAMPLE_RATE)])
    chart = listen(audio, asset_store)
    check_sane(chart, audio)
    assert chart.tempo.confidence < UNSURE
    assert chart.metre.confidence < UNSURE
    with pytest.raises(NotASong, match="choose"):
        require_song(chart)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers_are_refused(bad: float) -> None:
    samples = np.zeros((2, 1000), np.float32)
    samples[1, 500] = bad
    with pytest.raises(BadInput, match=r"not numbers.*export"):
        Audio(samples)


@pytest.mark.parametrize(
    "harm", ["clipped", "far over full scale", "offset", "inverted", "8 kHz", "mono", "one side", "faint"]
)
def test_a_harmed_song_is_still_that_song(asset_store: AssetStore, song: GeneratedSong, harm: str) -> None:
    sound = song.audio.samples
    audio = {
        "clipped": lambda: Audio(np.clip(12.0 * sound, -1.0, 1.0)),
        "far over full scale": lambda: Audio(20.0 * sound),
        "offset": lambda: Audio(0.4 * sound + np.float32(0.3)),
        "inverted": lambda: Audio(np.stack([sound[0], -sound[0]])),
        "8 kHz": lambda: Audio(soxr.resample(sound.T, SAMPLE_RATE, 8000).T.astype(np.float32), 8000),
        "mono": lambda: Audio(sound[:1]),
        "one side": lambda: Audio(np.stack([sound[0], np.zeros_like(sound[0])])),
        "faint": lambda: Audio(1e-3 * sound),
    }[harm]()
    chart = listen(audio, asset_store)
    check_sane(chart, audio)
    require_song(chart)
    assert chart.content == "music"
    assert chart.tempo.bpm == pytest.approx(BPM, abs=0.2)
    assert chart.metre.beats_per_bar == 4
    assert chart.chords[0].label.startswith("D:min")


def test_a_lone_voice_is_music(asset_store: AssetStore, song: GeneratedSong) -> None:
    chart = listen(song.stems.vocals, asset_store)
    check_sane(chart, song.stems.vocals)
    require_song(chart)
    assert chart.content == "music"


def test_lone_drums_are_music_without_a_key(asset_store: AssetStore, song: GeneratedSong) -> None:
    chart = listen(song.stems.drums, asset_store)
    check_sane(chart, song.stems.drums)
    require_song(chart)
    assert chart.tempo.bpm == pytest.approx(BPM, abs=0.2)
    assert {chord.label for chord in chart.chords if chord.confidence > 0.5} <= {"N"}


def test_a_piano_out_of_time_is_music_without_a_sure_beat(asset_store: AssetStore) -> None:
    rng = np.random.default_rng(1)
    sound, at, chords = (
        np.zeros(26 * SAMPLE_RATE),
        0.4,
        ((130.8, 329.6, 392.0), (110.0, 261.6, 440.0), (87.3, 349.2, 440.0)),
    )
    for index in itertools.count():
        wait = 0.9 * (1.0 + 0.45 * np.sin(0.7 * index)) * float(np.exp(rng.normal(0.0, 0.12)))
        notes = [(at + 0.02 * place, hertz) for place, hertz in enumerate(chords[index % 3])]
        for start_s, hertz in [*notes, (at + 0.5 * wait, float(rng.choice([523.3, 587.3, 659.3])))]:
            note, start = struck(hertz, 2.5), round(start_s * SAMPLE_RATE)
            sound[start : start + note.size] += note[: sound.size - start]
        at += wait
        if at > 23.0:
            break
    audio = stereo(sound)
    chart = listen(audio, asset_store)
    check_sane(chart, audio)
    require_song(chart)
    assert not chart.tempo.steady
    assert chart.tempo.confidence < 0.6


def test_a_jingle_of_ten_seconds_has_a_chart(asset_store: AssetStore, song: GeneratedSong) -> None:
    audio = Audio(song.audio.samples[:, : 10 * SAMPLE_RATE])
    chart = listen(audio, asset_store)
    check_sane(chart, audio)
    require_song(chart)
    assert chart.tempo.bpm == pytest.approx(BPM, abs=1.0)
    assert len(chart.sections) <= 2
