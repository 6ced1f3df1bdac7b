"""Songs made by arithmetic, whose beats, chords, key, sections, voice and stems are known exactly.

The sound is plain additive and noise synthesis in NumPy: no fetched sounds are needed, the same arguments always give
the same samples, and a minute of music takes about a second. It is a test signal, not a pleasure.

>>> song = make_song(seed=1, bpm=120.0, key="A minor", sections=(("verse", 4), ("chorus", 4)))
>>> len(song.downbeats_s), song.chords[0].label
(8, 'A:min')
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio.stems import Stems
from contrafact.engine.audio.value import SAMPLE_RATE, Audio

Signal = NDArray[np.float32]
Floats = NDArray[np.float64]

PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
DEFAULT_SECTIONS = (("intro", 4), ("verse", 8), ("chorus", 8), ("verse", 8), ("chorus", 8), ("outro", 4))

_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_TRIADS = {
    "major": ("maj", "min", "min", "maj", "maj", "min", "dim"),
    "minor": ("min", "dim", "maj", "min", "min", "maj", "maj"),
}
_SEVENTHS = {
    "major": ("maj7", "min7", "min7", "maj7", "7", "min7", "hdim7"),
    "minor": ("min7", "hdim7", "maj7", "min7", "min7", "maj7", "7"),
}
_INTERVALS = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "maj7": (0, 4, 7, 11),
    "min7": (0, 3, 7, 10),
    "7": (0, 4, 7, 10),
    "hdim7": (0, 3, 6, 10),
}
_PROGRESSIONS = {
    "major": {"verse": (0, 4, 5, 3), "chorus": (3, 0, 4, 5), "bridge": (1, 4, 2, 5), "other": (0, 3, 0, 4)},
    "minor": {"verse": (0, 5, 2, 6), "chorus": (5, 6, 0, 0), "bridge": (3, 0, 4, 0), "other": (0, 0, 5, 6)},
}
_DRUM_LEVEL = {"intro": 1, "verse": 2, "chorus": 3, "bridge": 2, "break": 0, "solo": 3, "outro": 1}
_LOUDNESS = {"intro": 0.5, "verse": 0.7, "chorus": 1.0, "bridge": 0.7, "break": 0.4, "solo": 0.9, "outro": 0.5}
_SUNG = frozenset({"verse", "chorus", "bridge"})


@dataclass(frozen=True, slots=True)
class TrueChord:
    start_s: float
    end_s: float
    label: str


@dataclass(frozen=True, slots=True)
class TrueSection:
    start_s: float
    end_s: float
    label: str
    first_bar: int
    last_bar: int


@dataclass(frozen=True, slots=True)
class TrueNote:
    """A note of the sung-like lead."""

    start_s: float
    end_s: float
    pitch_midi: int


@dataclass(frozen=True, slots=True, eq=False)
class GeneratedSong:
    """A song and the truth about it; ``stems`` sum to ``audio`` exactly up to float rounding."""

    audio: Audio
    stems: Stems
    bpm: float
    beats_per_bar: int
    key: str
    beats_s: Floats
    downbeats_s: Floats
    chords: tuple[TrueChord, ...]
    sections: tuple[TrueSection, ...]
    melody: tuple[TrueNote, ...]

    @property
    def vocal_regions_s(self) -> tuple[tuple[float, float], ...]:
        """Spans in which somebody sings, gaps below one second closed."""
        spans: list[tuple[float, float]] = []
        for note in self.melody:
            if spans and note.start_s - spans[-1][1] < 1.0:
                spans[-1] = (spans[-1][0], note.end_s)
            else:
                spans.append((note.start_s, note.end_s))
        return tuple(spans)


def make_song(
    seed: int = 0,
    bpm: float = 120.0,
    beats_per_bar: int = 4,
    key: str = "A minor",
    sections: Sequence[tuple[str, int]] = DEFAULT_SECTIONS,
    *,
    drift: float = 0.0,
    swing: float = 0.5,
    sevenths: bool = False,
    vocals: bool = True,
    drums: bool = True,
    lead_in_s: float = 0.3,
    tail_s: float = 1.5,
    tuning_cents: float = 0.0,
    peak: float = 0.8,
) -> GeneratedSong:
    """Compose and play a song.

    Parameters
    ----------
    seed : int
        Chooses voicings, melody and noise; not the form.
    bpm : float
        Beats per minute at the start; with ``drift`` the mean.
    beats_per_bar : int
        2 to 7. Chords change once a bar.
    key : str
        Such as ``"F# minor"``.
    sections : sequence of (label, bars)
        Labels from intro, verse, chorus, bridge, break, solo, outro. A label always brings the same progression.
    drift : float
        Depth of a slow tempo swing: 0.03 means between 97 % and 103 % of ``bpm`` over the song.
    swing : float
        Where the off-beat eighth falls within the beat, 0.5 straight to 0.67 triplet.
    sevenths : bool
        Seventh chords instead of triads.
    vocals, drums : bool
        Leave the stem silent when False.
    lead_in_s, tail_s : float
        Seconds before the first downbeat and after the last bar.
    tuning_cents : float
        Everything pitched is moved by this much.
    peak : float
        Largest absolute sample of the mix.

    Returns
    -------
    GeneratedSong
        Stereo, 44.1 kHz.
    """
    tonic, mode = key.split(" ")
    tonic_pc = PITCH_CLASSES.index(tonic)
    total_bars = sum(bars for _, bars in sections)
    beats = _beat_times(total_bars * beats_per_bar + 1, bpm, drift, lead_in_s)
    player = _Player(np.random.default_rng(seed), beats[-1] + tail_s, tuning_cents)

    chords: list[TrueChord] = []
    true_sections: list[TrueSection] = []
    melody: list[TrueNote] = []
    bar = 0
    for label, bars in sections:
        first = bar
        progressions = _PROGRESSIONS[mode]
        progression = progressions.get(label, progressions["other"])
        for within in range(bars):
            start = bar * beats_per_bar
            grid = beats[start : start + beats_per_bar + 1]
            degree = progression[within % len(progression)]
            quality = (_SEVENTHS if sevenths else _TRIADS)[mode][degree]
            root = (tonic_pc + _SCALES[mode][degree]) % 12
            _add_chord(chords, float(grid[0]), float(grid[-1]), f"{PITCH_CLASSES[root]}:{quality}")
            level = _LOUDNESS[label]
            player.keys(grid, root, _INTERVALS[quality], level)
            player.bass(grid, root, level)
            if drums:
                player.drums(grid, _DRUM_LEVEL[label], swing, fill=within == bars - 1)
            if vocals and label in _SUNG:
                melody.extend(player.sing(grid, root, _INTERVALS[quality], level, rest=within % 4 == 3))
            bar += 1
        true_sections.append(
            TrueSection(float(beats[first * beats_per_bar]), float(beats[bar * beats_per_bar]), label, first, bar - 1)
        )

    stems = player.stems(peak)
    mix = sum((stems[name].samples for name in ("vocals", "drums", "bass")), stems.other.samples.copy())
    return GeneratedSong(
        audio=Audio(np.asarray(mix, dtype=np.float32)),
        stems=stems,
        bpm=bpm,
        beats_per_bar=beats_per_bar,
        key=key,
        beats_s=beats[:-1],
        downbeats_s=beats[:-1:beats_per_bar],
        chords=tuple(chords),
        sections=tuple(true_sections),
        melody=tuple(melody),
    )


def _beat_times(count: int, bpm: float, drift: float, lead_in_s: float) -> Floats:
    phase = np.linspace(0.0, 2.0 * np.pi, count - 1)
    intervals = 60.0 / (bpm * (1.0 + drift * np.sin(phase)))
    return lead_in_s + np.concatenate(([0.0], np.cumsum(intervals)))


def _add_chord(chords: list[TrueChord], start_s: float, end_s: float, label: str) -> None:
    if chords and chords[-1].label == label:
        chords[-1] = TrueChord(chords[-1].start_s, end_s, label)
    else:
        chords.append(TrueChord(start_s, end_s, label))


class _Player:
    """Mixes notes into four mono tracks."""

    def __init__(self, rng: np.random.Generator, duration_s: float, tuning_cents: float) -> None:
        self._rng = rng
        self._tuning = tuning_cents / 100.0
        frames = int(np.ceil(duration_s * SAMPLE_RATE))
        self._tracks = {name: np.zeros(frames, np.float32) for name in ("vocals", "drums", "bass", "other")}
        self._notes: dict[tuple[str, int, int], Signal] = {}
        self._kick = _kick()
        self._snare = _snare(rng)
        self._hat = _hat(rng)
        self._voice_pitch = 64

    def _put(self, track: str, at_s: float, sound: Signal, gain: float) -> None:
        target = self._tracks[track]
        start = round(at_s * SAMPLE_RATE)
        stop = min(target.size, start + sound.size)
        if stop > start:
            target[start:stop] += np.float32(gain) * sound[: stop - start]

    def _note(self, kind: str, pitch: int, duration_s: float) -> Signal:
        frames = round(duration_s * SAMPLE_RATE)
        cached = self._notes.get((kind, pitch, frames))
        if cached is None:
            cached = _tone(kind, 440.0 * 2.0 ** ((pitch + self._tuning - 69) / 12.0), frames)
            self._notes[kind, pitch, frames] = cached
        return cached

    def keys(self, grid: Floats, root: int, intervals: Sequence[int], level: float) -> None:
        """Broken block chords: a struck chord on each beat, the first the longest and loudest."""
        for index, at in enumerate(grid[:-1]):
            gap = float(grid[index + 1] - at)
            for interval in intervals:
                pitch = 60 + (root + interval) % 12
                self._put("other", float(at), self._note("keys", pitch, gap * 0.95), level * (0.16 if index else 0.22))

    def bass(self, grid: Floats, root: int, level: float) -> None:
        pitch = 28 + (root - 4) % 12
        for index, at in enumerate(grid[:-1]):
            gap = float(grid[index + 1] - at)
            self._put("bass", float(at), self._note("bass", pitch, gap * 0.9), level * (0.30 if index else 0.42))

    def drums(self, grid: Floats, level: int, swing: float, *, fill: bool) -> None:
        """Level 0 nothing, 1 hats, 2 with kick and snare, 3 fuller; a fill turns the last beat to sixteenths."""
        beats = grid.size - 1
        for index in range(beats):
            at, gap = float(grid[index]), float(grid[index + 1] - grid[index])
            if level >= 1:
                self._put("drums", at, self._hat, 0.16)
                self._put("drums", at + swing * gap, self._hat, 0.10)
            if level >= 2:
                backbeat = index == beats - 1 if beats == 3 else index % 2 == 1
                if backbeat:
                    self._put("drums", at, self._snare, 0.5)
                elif index == 0 or beats != 3:
                    self._put("drums", at, self._kick, 0.9 if index == 0 else 0.7)
            if level >= 3 and index % 4 == 1:
                self._put("drums", at + swing * gap, self._kick, 0.5)
            if level >= 2 and fill and index == beats - 1:
                for step in range(4):
                    self._put("drums", at + step * gap / 4.0, self._snare, 0.3 + 0.05 * step)

    def sing(self, grid: Floats, root: int, intervals: Sequence[int], level: float, *, rest: bool) -> list[TrueNote]:
        """One note per beat from the chord, by small steps; every fourth bar ends in a breath."""
        notes: list[TrueNote] = []
        tones = [12 * octave + root + interval for octave in range(4, 8) for interval in intervals]
        tones = [tone for tone in tones if 57 <= tone <= 74]
        for index in range(grid.size - 1 - (1 if rest else 0)):
            near = sorted(tones, key=lambda tone: (abs(tone - self._voice_pitch), tone))[:3]
            self._voice_pitch = int(near[int(self._rng.integers(len(near)))])
            start, gap = float(grid[index]), float(grid[index + 1] - grid[index])
            self._put("vocals", start, self._note("voice", self._voice_pitch, gap * 0.92), level * 0.5)
            notes.append(TrueNote(start, start + gap * 0.92, self._voice_pitch))
        return notes

    def stems(self, peak: float) -> Stems:
        pans = {"vocals": 0.0, "drums": 0.0, "bass": 0.0, "other": 0.3}
        stereo = {
            name: np.stack([track * (1.0 - max(0.0, pans[name])), track * (1.0 + min(0.0, pans[name]))])
            for name, track in self._tracks.items()
        }
        loudest = float(np.abs(sum(stereo.values(), np.zeros(1, np.float32))).max())
        gain = np.float32(peak / loudest if loudest > 0 else 1.0)
        return Stems(**{name: Audio((samples * gain).astype(np.float32)) for name, samples in stereo.items()})


def _tone(kind: str, hertz: float, frames: int) -> Signal:
    time = np.arange(frames) / SAMPLE_RATE
    if kind == "voice":
        return _sung(hertz, time)
    partials, decay_s, attack_s = (10, 0.9, 0.004) if kind == "keys" else (8, 0.6, 0.006)
    sound = np.zeros(frames)
    for partial in range(1, partials + 1):
        if hertz * partial > 12_000:
            break
        brightness = partial ** (-1.3 if kind == "keys" else -1.6)
        sound += brightness * np.exp(-time * partial**0.5 / decay_s) * np.sin(2 * np.pi * hertz * partial * time)
    return (_edges(frames, attack_s, 0.02) * sound).astype(np.float32)


def _sung(hertz: float, time: Floats) -> Signal:
    """A vowel: harmonics with vibrato, weighted by the formants of an open *a*."""
    vibrato = 0.008 * np.sin(2 * np.pi * 5.5 * time) * np.clip(time / 0.25, 0.0, 1.0)
    phase = 2 * np.pi * hertz * np.cumsum(1.0 + vibrato) / SAMPLE_RATE
    sound = np.zeros(time.size)
    for partial in range(1, int(6000 // hertz) + 1):
        frequency = hertz * partial
        formants = sum(
            gain / (1.0 + ((frequency - centre) / width) ** 2)
            for centre, width, gain in ((750, 120, 1.0), (1200, 150, 0.6), (2700, 250, 0.35), (3500, 300, 0.2))
        )
        sound += (0.08 + formants) / partial**0.5 * np.sin(partial * phase)
    return (0.4 * _edges(time.size, 0.03, 0.05) * sound).astype(np.float32)


def _edges(frames: int, attack_s: float, release_s: float) -> Floats:
    index = np.arange(frames)
    rise = np.clip(index / max(1.0, attack_s * SAMPLE_RATE), 0.0, 1.0)
    fall = np.clip((frames - 1 - index) / max(1.0, release_s * SAMPLE_RATE), 0.0, 1.0)
    return rise * fall


def _kick() -> Signal:
    time = np.arange(int(0.25 * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * (50.0 * time + 4.0 * (1.0 - np.exp(-time / 0.03)))
    return (np.exp(-time / 0.09) * np.sin(phase)).astype(np.float32)


def _snare(rng: np.random.Generator) -> Signal:
    time = np.arange(int(0.2 * SAMPLE_RATE)) / SAMPLE_RATE
    noise = rng.standard_normal(time.size)
    noise = np.diff(noise, prepend=0.0)
    body = np.sin(2 * np.pi * 190.0 * time) * np.exp(-time / 0.04)
    return (0.45 * noise * np.exp(-time / 0.06) + 0.7 * body).astype(np.float32)


def _hat(rng: np.random.Generator) -> Signal:
    time = np.arange(int(0.06 * SAMPLE_RATE)) / SAMPLE_RATE
    noise = np.diff(rng.standard_normal(time.size), n=2, prepend=[0.0, 0.0])
    return (0.4 * noise * np.exp(-time / 0.015)).astype(np.float32)
