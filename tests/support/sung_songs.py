"""Charts with a sung melody and the voice that sings it, both known exactly."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.listening.chart import Chart, Melody, Note, Region, Register
from tests.support.charts import song_chart
from tests.support.singing import VOWELS, Manner, Sung, sing

CALM = Manner(vibrato_cents=0.0, drift_cents=4.0, scoop_semitones=0.0, reverb_db=-80.0, breath_db=-50.0)
Reader = Callable[[int, int], Samples]


@dataclass(frozen=True, slots=True)
class SungSong:
    chart: Chart
    notes: tuple[Sung, ...]


def sung_song(
    bpm: float = 120.0,
    scale: Sequence[int] = (0, 2, 4, 5, 7, 9, 11),
    tonic: int = 60,
    chords: Sequence[str] = ("C:maj", "G:maj", "A:min", "F:maj"),
    key: tuple[str, str] = ("C", "major"),
    form: Sequence[tuple[str, str, int, float]] = (("verse", "A", 4, 0.4), ("chorus", "B", 4, 0.9)),
    seed: int = 1,
) -> SungSong:
    """A song whose voice sings two bars and rests for two, in quarters and halves of the scale."""
    chart = song_chart(bpm=bpm, form=form, chords=chords, key=key, pickup_s=0.5)
    chance = np.random.default_rng(seed)
    ladder = [tonic + 12 * octave + step for octave in (-1, 0) for step in scale]
    sung: list[Sung] = []
    place = len(scale)
    for bar in chart.bars:
        if bar.index % 4 > 1:
            continue
        beats = [*bar.beats_s, bar.end_s]
        for start in (0, 1, 2):
            end = start + 1 if start < 2 else 4
            place = int(np.clip(place + chance.integers(-2, 3), 3, len(ladder) - 3))
            vowel = str(chance.choice(list(VOWELS)))
            stop_s = beats[min(end, len(beats) - 1)] - (0.15 if bar.index % 4 == 1 and end == 4 else 0.0)
            sung.append(Sung(beats[start], stop_s, float(ladder[place]), "none", vowel))
    return SungSong(with_melody(chart, sung), tuple(sung))


def with_melody(chart: Chart, sung: Sequence[Sung]) -> Chart:
    notes = tuple(
        Note(start_s=note.start_s, end_s=note.end_s, pitch_midi=note.pitch_midi, level_db=-15.0, confidence=0.9)
        for note in sung
    )
    regions: list[Region] = []
    for note in sung:
        if regions and note.start_s - regions[-1].end_s < 0.6:
            regions[-1] = regions[-1].model_copy(update={"end_s": note.end_s})
        else:
            regions.append(Region(start_s=note.start_s, end_s=note.end_s, confidence=0.9))
    pitches = sorted(note.pitch_midi for note in notes) or [60.0]
    register = Register(low_midi=pitches[0], median_midi=pitches[len(pitches) // 2], high_midi=pitches[-1])
    melody = Melody(notes=notes, vocal_register=register, breaths=())
    return chart.model_copy(update={"melody": melody, "vocal_regions": tuple(regions)})


def voice_of(song: SungSong, manner: Manner = CALM) -> Samples:
    """What the singer of a song sings, stereo."""
    return sing(list(song.notes), manner, song.chart.duration_s, 3).samples


def reader(voice: Samples) -> Reader:
    """Frames ``start`` to ``stop`` of a voice, zero outside."""

    def read(start: int, stop: int) -> Samples:
        out = np.zeros((2, stop - start), np.float32)
        first, last = max(0, start), min(stop, voice.shape[1])
        if first < last:
            out[:, first - start : last - start] = voice[:, first:last]
        return out

    return read


def glide(low: float, high: float, vowel: str, seconds: float = 2.0, throat: float = 1.0) -> Samples:
    """A vowel that slides up and down, so that its partials sweep over the whole shape of the throat; stereo."""
    frames = round(seconds * SAMPLE_RATE)
    time = np.arange(frames) / SAMPLE_RATE
    midi = low + (high - low) * 0.5 * (1.0 - np.cos(4.0 * np.pi * time / seconds))
    hertz = 440.0 * 2.0 ** ((midi - 69.0) / 12.0)
    turns = np.cumsum(hertz) / SAMPLE_RATE
    sound = 0.003 * np.random.default_rng(0).standard_normal(frames)
    for partial in range(1, int(9000.0 / hertz.min()) + 1):
        sound += np.where(hertz * partial < 9000.0, np.sin(2.0 * np.pi * partial * turns) / partial, 0.0)
    for centre, width in zip((*VOWELS[vowel], 3500.0), (90.0, 110.0, 170.0, 220.0), strict=True):
        radius = np.exp(-np.pi * width / SAMPLE_RATE)
        turn = 2.0 * np.pi * centre * throat / SAMPLE_RATE
        poles = [1.0, -2.0 * radius * np.cos(turn), radius * radius]
        sound = lfilter([sum(poles)], poles, sound)
    sound *= 0.3 / np.abs(sound).max() * np.clip(np.minimum(time, seconds - time) / 0.05, 0.0, 1.0)
    return np.tile(sound.astype(np.float32), (2, 1))
