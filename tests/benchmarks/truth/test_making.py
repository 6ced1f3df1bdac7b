"""What is said of a generated song can be heard in it."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.truth import SongSounds, TrueSong, make
from benchmarks.truth.band import Strike
from benchmarks.truth.effects import through_mp3
from benchmarks.truth.harmony import PITCH_CLASSES
from contrafact.engine.audio.stems import STEM_NAMES, StemName
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from tests.benchmarks.truth.conftest import SHORT

pytestmark = pytest.mark.assets


def _rms(samples: Samples, start_s: float, end_s: float) -> float:
    part = samples[:, int(start_s * SAMPLE_RATE) : int(end_s * SAMPLE_RATE)]
    return float(np.sqrt((part.astype(np.float64) ** 2).mean()))


def test_the_stems_sum_to_the_mix_and_the_unmastered_recording_is_the_mix_turned_down(song: TrueSong) -> None:
    total = sum(song.stems[name].samples.astype(np.float64) for name in STEM_NAMES)
    np.testing.assert_array_equal(song.mix.samples, total)
    gain = np.abs(song.audio.samples).max() / np.abs(song.mix.samples).max()
    assert np.abs(song.audio.samples).max() == pytest.approx(10 ** (-3 / 20), abs=1e-4)
    assert np.abs(song.audio.samples - gain * song.mix.samples).max() < 2e-6


def test_the_same_settings_give_the_same_bytes(song: TrueSong, sounds: SongSounds) -> None:
    again = make(SHORT, SongSounds(sounds.banks))
    assert again.audio.samples.tobytes() == song.audio.samples.tobytes()
    assert (again.chords, again.melody, again.drum_hits) == (song.chords, song.melody, song.drum_hits)
    other = make(replace(SHORT, seed=5, form="verse2 chorus2"), sounds)
    assert other.melody[0] != song.melody[2]


def test_a_stroke_is_heard_when_the_truth_says(sounds: SongSounds) -> None:
    times = 0.2 + 0.35 * np.arange(12) + 0.0007 * np.arange(12)
    for key in (36, 38, 42):
        strikes = [Strike("drums", key, 100, float(time), float(time) + 0.1) for time in times]
        sound = np.abs(sounds.play("general-midi-soundfont", 128, 0, strikes, 5 * SAMPLE_RATE, 0.0)).max(axis=0)
        for time in times:
            first = int((time - 0.02) * SAMPLE_RATE)
            here = sound[first : first + int(0.08 * SAMPLE_RATE)]
            heard_s = (first + int(np.argmax(here > 0.3 * here.max()))) / SAMPLE_RATE
            assert abs(heard_s - time) < 0.003


def test_players_are_loose_around_an_exact_grid(song: TrueSong) -> None:
    assert np.ptp(np.diff(song.beats_s)) < 1e-9
    assert np.diff(song.beats_s)[0] == pytest.approx(60 / 104.0)
    kicks = np.array([hit.time_s for hit in song.drum_hits if hit.drum == "kick"])
    late = kicks - song.beats_s[np.abs(kicks[:, None] - song.beats_s[None, :]).argmin(axis=1)]
    on_beat = late[np.abs(late) < 0.05]
    assert on_beat.size > 8
    assert 0.0 < np.abs(on_beat).max() < 0.0095
    assert abs(np.median(on_beat)) < 0.002


def test_an_mp3_is_as_early_and_as_long_as_what_went_in(song: TrueSong) -> None:
    coded = through_mp3(song.audio)
    assert coded.frames == song.audio.frames
    for start_s in (1.0, 12.0, 18.0):
        span = slice(int(start_s * SAMPLE_RATE), int(start_s * SAMPLE_RATE) + (1 << 16))
        before, after = song.audio.samples[0, span], coded.samples[0, span]
        crossed = np.fft.irfft(np.fft.rfft(after, 1 << 17) * np.conj(np.fft.rfft(before, 1 << 17)))
        assert int(np.argmax(crossed)) == 0
        assert not np.array_equal(before, after)


def test_the_chords_that_sound_are_those_of_the_truth(song: TrueSong) -> None:
    pitched = song.stems.other.samples.mean(axis=0)
    right = 0
    named = [chord for chord in song.chords if chord.label != "N" and chord.end_s - chord.start_s > 0.8]
    for chord in named:
        part = pitched[int((chord.start_s + 0.05) * SAMPLE_RATE) : int(chord.end_s * SAMPLE_RATE)]
        power = np.abs(np.fft.rfft(part * np.hanning(part.size))) ** 2
        hertz = np.fft.rfftfreq(part.size, 1 / SAMPLE_RATE)
        inside = (hertz > 150) & (hertz < 1200)
        classes = np.round(12 * np.log2(hertz[inside] / 440.0) + 69).astype(int) % 12
        chroma = np.sqrt(np.bincount(classes, power[inside], 12))
        templates = {
            f"{PITCH_CLASSES[root]}:{kind}": chroma[[root, (root + third) % 12, (root + 7) % 12]].sum()
            for root in range(12)
            for kind, third in (("maj", 4), ("min", 3))
        }
        right += max(templates, key=lambda name: templates[name]) == chord.label
    assert len(named) >= 6
    assert right >= 0.9 * len(named)


def test_the_key_moves_and_the_chords_with_it(song: TrueSong) -> None:
    assert [key.label for key in song.keys] == ["C major", "D major"]
    first = next(chord for chord in song.chords if abs(chord.start_s - song.sections[2].start_s) < 1e-6)
    moved = next(chord for chord in song.chords if abs(chord.start_s - song.keys[1].start_s) < 1e-6)
    step = PITCH_CLASSES.index(moved.label.split(":")[0]) - PITCH_CLASSES.index(first.label.split(":")[0])
    assert step % 12 == 2


def _autocorrelated(sound: Samples) -> float:
    """MIDI pitch of a steady sound between 70 and 1000 Hz."""
    part = sound.astype(np.float64) * np.hanning(sound.size)
    spectrum = np.abs(np.fft.rfft(part, 1 << 15)) ** 2
    curve = np.fft.irfft(spectrum)[: SAMPLE_RATE // 70]
    window = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(sound.size), 1 << 15)) ** 2)[: curve.size]
    curve = curve / np.maximum(window, 1e-3 * window[0])
    low = SAMPLE_RATE // 1000
    peaks = [lag for lag in range(low, curve.size - 1) if curve[lag] >= curve[lag - 1] and curve[lag] > curve[lag + 1]]
    best = max(curve[lag] for lag in peaks)
    lag = next(lag for lag in peaks if curve[lag] > 0.92 * best)
    left, here, right = curve[lag - 1 : lag + 2]
    exact = lag + 0.5 * (left - right) / (left - 2 * here + right)
    return float(69 + 12 * np.log2(SAMPLE_RATE / exact / 440.0))


def test_the_voice_sings_the_melody_in_the_songs_tuning(alone: TrueSong) -> None:
    voice = alone.stems.vocals.samples[0]
    wrong = []
    for note in alone.melody:
        if note.end_s - note.start_s < 0.2:
            continue
        span = voice[int((note.start_s + 0.07) * SAMPLE_RATE) : int((note.end_s - 0.03) * SAMPLE_RATE)]
        wrong.append(abs(_autocorrelated(span) - note.pitch_midi) > 0.5)
        assert (note.pitch_midi + 0.3) % 1.0 == pytest.approx(0.0, abs=1e-9)
    assert len(wrong) > 8
    assert np.mean(wrong) <= 0.05


def test_notes_begin_with_their_vowels(song: TrueSong) -> None:
    """The level of the voice rises within 50 ms of each note after a breath."""
    voice = np.abs(song.stems.vocals.samples[0])
    fresh = [
        note
        for before, note in zip(song.melody, song.melody[1:], strict=False)
        if note.start_s - before.end_s > 0.3 and note.end_s - note.start_s > 0.2
    ]
    assert fresh
    for note in fresh:
        first = int((note.start_s - 0.06) * SAMPLE_RATE)
        part = voice[first : first + int(0.26 * SAMPLE_RATE)]
        level = np.sqrt(np.convolve(part**2, np.ones(441) / 441, mode="same"))
        assert abs(int(np.argmax(level > 0.35 * level.max())) / SAMPLE_RATE - 0.06) < 0.05


def test_passages_are_empty_of_what_they_lack(song: TrueSong, alone: TrueSong) -> None:
    spot = next(section for section in song.sections if section.label == "break")
    inside = (spot.start_s + 1.2, spot.end_s - 0.1)
    assert _rms(song.stems.drums.samples, *inside) > 0.01
    silent: tuple[StemName, ...] = ("vocals", "bass", "other")
    for name in silent:
        assert _rms(song.stems[name].samples, *inside) < 0.003  # only what a room still carries
    assert [chord.label for chord in song.chords if spot.start_s <= chord.start_s < spot.end_s - 0.1] == ["N"]
    spot = next(section for section in alone.sections if section.label == "break")
    inside = (spot.start_s + 1.2, spot.end_s - 0.1)
    assert _rms(alone.stems.vocals.samples, *inside) > 0.01
    silent = ("drums", "bass", "other")
    for name in silent:
        assert _rms(alone.stems[name].samples, *inside) < 0.003
    assert "X" in [chord.label for chord in alone.chords]


def test_a_style_of_the_other_split_is_refused(sounds: SongSounds) -> None:
    with pytest.raises(ValueError, match="a tuning song, and indie is a reported style"):
        make(replace(SHORT, style="indie"), sounds)
