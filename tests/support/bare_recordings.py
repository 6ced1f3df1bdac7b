"""Recordings in which hardly anybody plays: who is there is known, everybody else must be given nothing.

Instruments are played by the soundfont that everybody has, tones and noises are made by arithmetic, the voice and the
drummer are those of the demo song. The same name always gives the same samples.

>>> [case.name for case in CASES if case.present == frozenset({"vocals"})][:2]
['voice', 'voice, clipped 12 dB']
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

import contrafact
from contrafact.assets import AssetStore
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.stems import StemName
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.sampler import NoteBank
from contrafact.engine.rendering.soundfont import SoundFont

SECONDS: Final = 11.8
"""One patch of the voice networks."""
FRAMES: Final = round(SECONDS * SAMPLE_RATE)
_SONG: Final = Path(contrafact.__file__).parent / "catalogue" / "demo" / "song"
_SONG_FROM: Final = 30 * SAMPLE_RATE
_LEVEL: Final = 0.1
"""Root of the mean square of most of them."""

Floats = NDArray[np.float64]
Event = tuple[float, int, float]
"""Begins at second, MIDI number, lasts seconds."""


@dataclass(frozen=True, slots=True)
class Players:
    """Who can be asked to play."""

    bank: NoteBank

    @classmethod
    def of(cls, store: AssetStore) -> "Players":
        folder = store.path("general-midi-soundfont", "MuseScore_General_Lite.sf3")
        return cls(NoteBank(SoundFont(folder), 64 * 2**20))

    def play(self, program: int, events: Sequence[Event], bank: int = 0, seed: int = 0) -> Samples:
        """Notes of one General MIDI program (from 0), a little uneven in loudness as people are."""
        rng = np.random.default_rng(seed)
        out = np.zeros((2, FRAMES), dtype=np.float32)
        for begin_s, key, length_s in events:
            velocity = int(rng.integers(80, 112))
            note = self.bank.note(bank, program, key, velocity, round(length_s * SAMPLE_RATE))
            first = round(begin_s * SAMPLE_RATE)
            count = min(note.shape[1], FRAMES - first)
            if count > 0:
                out[:, first : first + count] += note[:, :count]
        return levelled(out)


Make = Callable[[Players], Samples]


@dataclass(frozen=True, slots=True)
class Bare:
    """One recording, and the stems that something of it belongs to."""

    name: str
    make: Make = field(repr=False)
    present: frozenset[StemName]


def levelled(sound: Samples, level: float = _LEVEL) -> Samples:
    return np.asarray(sound * np.float32(level / max(float(np.sqrt(np.square(sound).mean())), 1e-9)), np.float32)


def both(wave: Floats) -> Samples:
    return np.tile(wave.astype(np.float32), (2, 1))


def seconds() -> Floats:
    return np.asarray(np.arange(FRAMES) / SAMPLE_RATE)


def line(keys: Sequence[int], every_s: float, share: float = 0.95) -> list[Event]:
    """One note after another; ``share`` of the time between them each is held."""
    begins = np.arange(0.1, SECONDS - every_s, every_s)
    return [(float(at), keys[number * 5 % len(keys)], share * every_s) for number, at in enumerate(begins)]


def chords(roots: Sequence[int], every_s: float, share: float = 0.95, shape: Sequence[int] = (0, 4, 7)) -> list[Event]:
    begins = np.arange(0.1, SECONDS - every_s, every_s)
    return [
        (float(at), roots[number % len(roots)] + step, share * every_s)
        for number, at in enumerate(begins)
        for step in shape
    ]


def pattern(strokes: Sequence[tuple[int, float, float]]) -> list[Event]:
    """Drums: (General MIDI number, first at second, then every so many seconds)."""
    return [(float(at), key, 0.2) for key, first, every in strokes for at in np.arange(first, SECONDS - 0.4, every)]


_MIDDLE: Final = (57, 60, 64, 67, 69, 72)
_HIGH: Final = (69, 72, 76, 79, 81, 84)
_LOW: Final = (33, 36, 38, 40)
_BEAT: Final = ((36, 0.1, 1.0), (38, 0.6, 1.0), (42, 0.1, 0.25))


def tones(keys: Sequence[int] = _MIDDLE, every_s: float = 0.25, decay: float = 1.0) -> Samples:
    """Plucked tones of eight falling harmonics."""
    wave, time_s = np.zeros(FRAMES), np.arange(round(1.5 * every_s * SAMPLE_RATE)) / SAMPLE_RATE
    for begin_s, key, _ in line(keys, every_s):
        hertz = 440 * 2 ** ((key - 69) / 12)
        tone = sum(np.sin(2 * np.pi * k * hertz * time_s + k) * np.exp(-decay * k * time_s) / k for k in range(1, 9))
        tone = tone * np.minimum(1, time_s / 0.004) * np.clip((time_s[-1] - time_s) / 0.05, 0, 1)
        first = round(begin_s * SAMPLE_RATE)
        wave[first : first + tone.size] += tone[: FRAMES - first]
    return levelled(both(wave))


def clipped(sound: Samples, decibels: float) -> Samples:
    """Driven so many dB over full scale and cut off there."""
    peak = float(np.abs(sound).max())
    return np.asarray(np.clip(sound * np.float32(10 ** (decibels / 20) / peak), -1, 1), dtype=np.float32)


def chip(keys: Sequence[int] = _HIGH, every_s: float = 0.15, duty: float = 0.25) -> Samples:
    """A pulse wave as sound chips make it: one voice that steps from note to note."""
    wave = np.zeros(FRAMES)
    for begin_s, key, length_s in line(keys, every_s):
        first, count = round(begin_s * SAMPLE_RATE), round(length_s * SAMPLE_RATE)
        phase = np.arange(count) / SAMPLE_RATE * 440 * 2 ** ((key - 69) / 12) % 1.0
        wave[first : first + count] = np.where(phase < duty, 1.0, -1.0)[: FRAMES - first]
    return levelled(both(wave))


def voice() -> Samples:
    return decode(_SONG / "vocals.opus").samples[:, _SONG_FROM : _SONG_FROM + FRAMES].copy()


def drummer() -> Samples:
    return decode(_SONG / "drums.opus").samples[:, _SONG_FROM : _SONG_FROM + FRAMES].copy()


def white(seed: int = 0) -> Samples:
    return (_LEVEL * np.random.default_rng(seed).normal(size=(2, FRAMES))).astype(np.float32)


def pink() -> Samples:
    """3 dB less an octave, swelling and falling every few seconds as a pad does."""
    spectrum = np.fft.rfft(np.random.default_rng(1).normal(size=(2, FRAMES)), axis=1)
    spectrum[:, 1:] /= np.sqrt(np.arange(1, spectrum.shape[1]))
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * seconds() / 4.0)
    return levelled(np.asarray(np.fft.irfft(spectrum, FRAMES, axis=1) * swell, dtype=np.float32))


def applause() -> Samples:
    """Many hands, each clapping by itself: bursts of band-limited noise at random."""
    rng = np.random.default_rng(2)
    out = np.zeros((2, FRAMES))
    clap = np.exp(-np.arange(1500) / 220.0)
    for begin in rng.integers(0, FRAMES - 1500, size=round(150 * SECONDS)):
        sides = rng.uniform(0.2, 1.0, size=(2, 1))
        out[:, begin : begin + 1500] += sides * rng.uniform(0.2, 1.0) * rng.normal(size=1500) * clap
    band = butter(2, (600, 5000), "band", fs=SAMPLE_RATE, output="sos")
    return levelled(np.asarray(sosfilt(band, out, axis=1), dtype=np.float32))


def crackle() -> Samples:
    """The clicks of an old record under a guitar, 24 dB below it."""
    rng = np.random.default_rng(3)
    out = np.zeros((2, FRAMES), dtype=np.float32)
    places = rng.integers(0, FRAMES, size=round(20 * SECONDS))
    out[:, places] = rng.normal(size=places.size)
    return np.asarray(tones() + levelled(out, _LEVEL * 10 ** (-24 / 20)), dtype=np.float32)


def hum() -> Samples:
    """A mains hum and nothing else."""
    return levelled(both(sum((np.sin(2 * np.pi * 50 * k * seconds()) / k for k in (1, 2, 3, 5)), np.zeros(FRAMES))))


def low_rate(sound: Samples, factor: int = 5, bits: int = 8) -> Samples:
    """As old samplers held it: every fifth sample, in steps of eight bits, images and all."""
    steps = 2 ** (bits - 1)
    held = np.round(np.clip(sound[:, ::factor] / np.abs(sound).max(), -1, 1) * steps) / steps
    return levelled(np.repeat(held, factor, axis=1)[:, :FRAMES].astype(np.float32))


def one_sided(sound: Samples) -> Samples:
    return np.stack([sound[0], np.zeros_like(sound[0])])


_O: Final[frozenset[StemName]] = frozenset({"other"})
_B: Final[frozenset[StemName]] = frozenset({"bass"})
_D: Final[frozenset[StemName]] = frozenset({"drums"})
_V: Final[frozenset[StemName]] = frozenset({"vocals"})

CASES: Final[tuple[Bare, ...]] = (
    Bare("piano, staccato", lambda p: p.play(0, chords((60, 65, 67, 62), 0.3, 0.25)), _O),
    Bare("piano, held", lambda p: p.play(0, chords((60, 65, 67, 62), 1.2)), _O),
    Bare("electric piano", lambda p: p.play(4, chords((60, 65, 67, 62), 0.6)), _O),
    Bare("vibraphone", lambda p: p.play(11, line(_MIDDLE, 0.3, 2.0)), _O),
    Bare("marimba", lambda p: p.play(12, line(_MIDDLE, 0.2)), _O),
    Bare("church organ", lambda p: p.play(19, chords((60, 65, 67, 62), 2.0)), _O),
    Bare("accordion", lambda p: p.play(21, chords((60, 65, 67, 62), 0.5, 0.6)), _O),
    Bare("nylon guitar", lambda p: p.play(24, line(_MIDDLE, 0.2, 2.0)), _O),
    Bare("steel guitar, strummed", lambda p: p.play(25, chords((57, 62, 64, 60), 0.4, 0.9, (0, 4, 7, 12))), _O),
    Bare("muted guitar", lambda p: p.play(28, line(_MIDDLE, 0.15)), _O),
    Bare("distorted guitar", lambda p: p.play(30, chords((52, 55, 57, 50), 0.5, 0.9, (0, 7, 12))), _O),
    Bare("plucked strings", lambda p: p.play(45, line(_MIDDLE, 0.25)), _O),
    Bare("harp", lambda p: p.play(46, line(_HIGH, 0.15, 4.0)), _O),
    Bare("string orchestra", lambda p: p.play(48, chords((60, 65, 67, 62), 2.0)), _O),
    Bare("brass, stabs", lambda p: p.play(61, chords((60, 65, 67, 62), 0.4, 0.4)), _O),
    Bare("saxophone", lambda p: p.play(65, line(_MIDDLE, 0.4)), _O),
    Bare("flute", lambda p: p.play(73, line(_HIGH, 0.4)), _O),
    Bare("saw lead", lambda p: p.play(81, line(_HIGH, 0.3)), _O),
    Bare("pad", lambda p: p.play(89, chords((60, 65, 67, 62), 3.0)), _O),
    Bare("koto", lambda p: p.play(107, line(_MIDDLE, 0.2, 2.0)), _O),
    Bare("banjo", lambda p: p.play(105, line(_MIDDLE, 0.12, 2.0)), _O),
    Bare("finger bass", lambda p: p.play(33, line(_LOW, 0.4)), _B),
    Bare("slap bass", lambda p: p.play(36, line(_LOW, 0.25, 0.8)), _B),
    Bare("synth bass", lambda p: p.play(38, line(_LOW, 0.2, 0.8)), _B),
    Bare("drum kit", lambda p: p.play(0, pattern(_BEAT), 128), _D),
    Bare("drum kit of the demo song", lambda p: drummer(), _D),
    Bare("hats", lambda p: p.play(0, pattern([(42, 0.1, 0.25)]), 128), _D),
    Bare("kick", lambda p: p.play(0, pattern([(36, 0.1, 0.5)]), 128), _D),
    Bare("snare", lambda p: p.play(0, pattern([(38, 0.1, 0.5)]), 128), _D),
    Bare("electronic kit", lambda p: p.play(25, pattern(_BEAT), 128), _D),
    Bare("tones", lambda p: tones(), _O),
    Bare("tones, mono", lambda p: tones().mean(axis=0, keepdims=True).repeat(2, axis=0), _O),
    Bare("tones, left only", lambda p: one_sided(tones()), _O),
    Bare("tones, 80 dB below full scale", lambda p: tones() * np.float32(1e-3), _O),
    Bare("tones, 30 dB over full scale", lambda p: tones() * np.float32(300), _O),
    Bare("tones, with an offset", lambda p: tones() + np.float32(0.2), _O),
    Bare("tones, clipped 6 dB", lambda p: clipped(tones(), 6), _O),
    Bare("tones, clipped 12 dB", lambda p: clipped(tones(), 12), _O),
    Bare("tones, clipped 24 dB", lambda p: clipped(tones(), 24), _O),
    Bare("tones, clipped to squares", lambda p: clipped(tones(), 40), _O),
    Bare("nylon guitar, clipped 24 dB", lambda p: clipped(p.play(24, line(_MIDDLE, 0.2, 2.0)), 24), _O),
    Bare("tones at 8.8 kHz in 8 bits", lambda p: low_rate(tones()), _O),
    Bare("piano at 8.8 kHz in 8 bits", lambda p: low_rate(p.play(0, chords((60, 65, 67, 62), 0.6))), _O),
    Bare("chip, one voice", lambda p: chip(), _O),
    Bare("chip, arpeggio", lambda p: chip((60, 64, 67, 72), 0.04, 0.5), _O),
    Bare("white noise", lambda p: white(), _O),
    Bare("noise that swells", lambda p: pink(), _O),
    Bare("applause", lambda p: applause(), _O),
    Bare("crackle and tones", lambda p: crackle(), _O),
    Bare("hum", lambda p: hum(), _O),
    Bare("voice", lambda p: voice(), _V),
    Bare("voice, clipped 12 dB", lambda p: clipped(voice(), 12), _V),
    Bare("voice and nylon guitar", lambda p: levelled(voice()) + p.play(24, line(_MIDDLE, 0.2, 2.0)), _V | _O),
    Bare("voice and piano", lambda p: levelled(voice()) + p.play(0, chords((60, 65, 67, 62), 0.6)), _V | _O),
    Bare("voice and drums", lambda p: levelled(voice()) + levelled(drummer()), _V | _D),
    Bare("bass and drums", lambda p: p.play(33, line(_LOW, 0.5)) + p.play(0, pattern(_BEAT), 128), _B | _D),
    Bare("bass and piano", lambda p: p.play(33, line(_LOW, 0.5)) + p.play(0, chords((60, 65, 67, 62), 0.5)), _B | _O),
    Bare(
        "piano and drums", lambda p: p.play(0, chords((60, 65, 67, 62), 0.5)) + p.play(0, pattern(_BEAT), 128), _O | _D
    ),
    Bare("chip and drums", lambda p: chip() + p.play(0, pattern(_BEAT), 128), _O | _D),
)
"""Everything that is bare."""
