"""Music as trackers make it: short samples of few bits at low rates, played at other pitches by channels of one note.

What such modules have and studios have not: each note cuts off the one before it in its channel, channels stand hard at
one side, chords are arpeggios of one channel or one sample of a whole chord, drums are as dull or as rough as their
sample's rate, and there is no room around anything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from benchmarks.drums.kits import make_kit
from benchmarks.drums.one_shots import Piece
from benchmarks.truth.band import Strike
from benchmarks.truth.sounds import BANK_OF
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from training.data.chance import Chance, between, happens, one_of, spread, weighed
from training.data.orchestra import FAMILIES, PIECES, Heard, Orchestra
from training.data.score import Line, chords_of
from training.data.synths import a_voice

Mono = NDArray[np.float64]
TICK_S: Final = 0.02
"""Notes begin, and arpeggios change, at such steps: fifty a second."""
_RAMP: Final = 40
"""Frames over which a note that is cut off fades, as players do against clicks."""
_LONGEST_S: Final = 4.0
_OVERSAMPLED: Final = 8


@dataclass(frozen=True, slots=True)
class Tracker:
    """How one module sounds."""

    width: float
    """1.0 when channels stand wholly at one side."""
    reading: str
    """How samples are read: ``nearest``, ``linear`` or ``smooth``."""
    bits: int
    rates_hz: tuple[float, float]
    shared: bool
    """Whether all drums share one channel, and cut each other off."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """``wave`` at ``rate_hz`` holds a note of ``key``; from ``loop`` on it is repeated, or it ends (-1)."""

    wave: Mono
    rate_hz: float
    key: float
    loop: int


@dataclass(frozen=True, slots=True)
class Note:
    """What a channel is told: a key or keys that take turns, at a place, for at most so long, so loud (0 to 1)."""

    start_s: float
    end_s: float
    keys: tuple[int, ...]
    loud: float


@dataclass(frozen=True, slots=True)
class Manner:
    """How an instrument is played."""

    fading: float
    """Part of the volume that is lost in a second."""
    ringing: bool
    """Whether notes go on until the next."""
    gliding: bool
    vibrato: float


def a_tracker(chance: Chance) -> Tracker:
    low = spread(chance, 6000.0, 14_000.0)
    return Tracker(
        width=one_of(chance, (1.0, 1.0, 0.5, 0.3, between(chance, 0.0, 1.0))),
        reading=weighed(chance, {"nearest": 0.2, "linear": 0.35, "smooth": 0.45}),
        bits=one_of(chance, (8, 8, 8, 16)),
        rates_hz=(low, low * between(chance, 1.0, 2.6)),
        shared=happens(chance, 0.25),
    )


def kept(sound: Mono, key: float, tracker: Tracker, chance: Chance, loop: float = -1.0) -> Sample:
    """A sound at 44.1 kHz as a tracker keeps it; ``loop`` is where its repetition begins, as a part of it."""
    rate = spread(chance, *tracker.rates_hz)
    if happens(chance, 0.2):
        # taken without a filter
        wave = sound[np.arange(0.0, sound.size - 1, SAMPLE_RATE / rate).astype(np.int64)]
    else:
        wave = soxr.resample(sound, SAMPLE_RATE, rate, quality="HQ")
    peak = max(1e-9, float(np.abs(wave).max()))
    steps = 2.0 ** (tracker.bits - 1) - 1.0
    wave = np.round(wave / peak * steps) / steps
    first = int(loop * wave.size) if loop >= 0.0 else -1
    return _readable(Sample(wave, rate, key, first), tracker)


def _readable(sample: Sample, tracker: Tracker) -> Sample:
    if tracker.reading != "smooth":
        return sample
    fine = soxr.resample(sample.wave, 1.0, float(_OVERSAMPLED), quality="HQ")
    return replace(
        sample,
        wave=fine,
        rate_hz=sample.rate_hz * _OVERSAMPLED,
        loop=sample.loop * _OVERSAMPLED if sample.loop >= 0 else -1,
    )


def chip(tracker: Tracker, chance: Chance) -> Sample:
    """One period of a wave as sound chips had them, repeated."""
    size = one_of(chance, (16, 32, 32, 64))
    at = (np.arange(size) + 0.5) / size
    duty = one_of(chance, (0.125, 0.25, 0.5, 0.5))
    wave = one_of(
        chance,
        (
            np.where(at < duty, 1.0, -1.0),
            np.where(at < duty, 1.0, -1.0),
            4.0 * np.abs(at - 0.5) - 1.0,
            2.0 * at - 1.0,
            np.sin(2 * np.pi * at),
            np.round(7.5 * chance.uniform(-1.0, 1.0, size)) / 7.5,
        ),
    )
    wave = wave - wave.mean()
    whole = np.tile(wave, 64)
    key = 60.0
    rate = size * 440.0 * 2.0 ** ((key - 69.0) / 12.0)
    return _readable(Sample(whole, rate, key, 0), replace(tracker, reading=_rough(tracker)))


def _rough(tracker: Tracker) -> str:
    """Waves of a few values are read as they are: smooth, they would be sines."""
    return "nearest" if tracker.reading == "smooth" else tracker.reading


def read(sample: Sample, notes: Sequence[Note], manner: Manner, tracker: Tracker, frames: int) -> Mono:
    """One channel: the notes on a sample, each cut off by the next; float64 (frames,)."""
    out = np.zeros(frames)
    ordered = sorted(notes, key=lambda note: note.start_s)
    before = 0.0
    for number, note in enumerate(ordered):
        first = round(round(note.start_s / TICK_S) * TICK_S * SAMPLE_RATE)
        until_s = note.start_s + _LONGEST_S if manner.ringing else note.end_s
        if number + 1 < len(ordered):
            until_s = min(until_s, ordered[number + 1].start_s)
        count = min(frames, round(round(until_s / TICK_S) * TICK_S * SAMPLE_RATE)) - first
        if first < 0 or count <= _RAMP:
            continue
        sound = _note(sample, note, manner, tracker, count, before)
        before = note.keys[-1]
        out[first : first + sound.size] += sound
    return out


def _note(sample: Sample, note: Note, manner: Manner, tracker: Tracker, count: int, before: float) -> Mono:
    time_s = np.arange(count) / SAMPLE_RATE
    ticks = (time_s / TICK_S).astype(np.int64)
    key = np.asarray(note.keys, dtype=np.float64)[ticks % len(note.keys)]
    if manner.gliding and before and len(note.keys) == 1:
        key = key + np.clip(before - key[0], -12.0, 12.0) * np.maximum(0.0, 1.0 - ticks / 5.0)
    if manner.vibrato:
        key = key + manner.vibrato * np.sin(2 * np.pi * 5.5 * ticks * TICK_S) * np.minimum(1.0, ticks / 15.0)
    step = sample.rate_hz / SAMPLE_RATE * 2.0 ** ((key - sample.key) / 12.0)
    place = np.cumsum(step) - step[0]
    size = sample.wave.size
    if sample.loop >= 0:
        span = size - sample.loop
        place = np.where(place < size, place, sample.loop + (place - sample.loop) % span)
    else:
        place = place[: int(np.searchsorted(place, size - 1))]
    low = place.astype(np.int64)
    if tracker.reading == "nearest":
        wave = sample.wave[np.minimum(low, size - 1)]
    else:
        part = place - low
        after = low + 1
        after = np.where(after < size, after, max(0, sample.loop))
        wave = (1.0 - part) * sample.wave[np.minimum(low, size - 1)] + part * sample.wave[after]
    volume = np.round(64.0 * note.loud * np.maximum(0.0, 1.0 - manner.fading * ticks[: wave.size] * TICK_S)) / 64.0
    sound = wave * volume
    tail = min(_RAMP, sound.size)
    if tail:
        sound[-tail:] *= np.linspace(1.0, 0.0, tail)
    return np.asarray(sound)


def beside(mono: Mono, place: float, tracker: Tracker) -> Samples:
    """A channel at its side (-1 left, 1 right) as far as the tracker's width goes; float32 (2, frames)."""
    pan = place * tracker.width
    return np.stack([mono * (1.0 - pan), mono * (1.0 + pan)]).astype(np.float32)


def _manner(chance: Chance, *, lead: bool = False) -> Manner:
    return Manner(
        fading=one_of(chance, (0.0, 0.0, spread(chance, 0.3, 5.0))),
        ringing=happens(chance, 0.5),
        gliding=lead and happens(chance, 0.2),
        vibrato=between(chance, 0.1, 0.4) if lead and happens(chance, 0.4) else 0.0,
    )


def _notes(strikes: Sequence[Strike]) -> list[Note]:
    return [Note(one.start_s, one.end_s, (one.key,), (one.velocity / 127.0) ** 1.2) for one in strikes]


def _source(
    orchestra: Orchestra, line: Line, keys: Sequence[int], held_s: float, chance: Chance
) -> tuple[Mono, frozenset[str]]:
    """A note, or notes at once, of something that one would have sampled."""
    held = round(held_s * SAMPLE_RATE)
    if happens(chance, 0.5):
        kinds = {"bass": ("bass",), "solo": ("lead", "pluck", "keys")}.get(line.role, ("keys", "pad", "pluck", "drive"))
        voice = a_voice(one_of(chance, kinds), chance)
        waves = [voice(440.0 * 2.0 ** ((key - 69) / 12.0), held)[:held] for key in keys]
        return np.asarray(np.sum(waves, axis=0)), frozenset({"synthesizers"})
    font, program = one_of(chance, orchestra.fonts), one_of(chance, FAMILIES[line.role])
    strikes = [Strike(line.role, key, 100, 0.0, held_s) for key in keys]
    sound = orchestra.sounds.play(font, BANK_OF[line.role], program, strikes, held, 0.0)
    return np.asarray(sound.mean(axis=0), dtype=np.float64), frozenset({font})


def play_tracked_line(orchestra: Orchestra, line: Line, frames: int, tracker: Tracker, chance: Chance) -> Heard:
    """A pitched line on one to four channels."""
    manner = _manner(chance, lead=line.role == "solo")
    chords = chords_of(line.strikes)
    middle = round(float(np.median([one.key for one in line.strikes]))) + int(chance.integers(-9, 10))
    middle = int(np.clip(middle, 30, 84))
    length_s = spread(chance, 0.25, 2.0)
    side = one_of(chance, (-1.0, 1.0))
    out = np.zeros((2, frames), np.float32)
    voiced = max(len(each) for each in chords) > 1
    how = weighed(chance, {"arpeggio": 0.35, "chord": 0.3, "channels": 0.35}) if voiced else "channels"
    if how == "chord":
        third = one_of(chance, (3, 4))
        sound, used = _source(orchestra, line, (middle, middle + third, middle + 7), length_s, chance)
        sample = kept(sound, middle, tracker, chance, one_of(chance, (-1.0, 0.5)))
        notes = _notes([each[0] for each in chords])
        return beside(read(sample, notes, manner, tracker, frames), side, tracker), used
    if happens(chance, 0.35):
        sample, used = chip(tracker, chance), frozenset({"chips"})
        tracker = replace(tracker, reading=_rough(tracker))
    else:
        sound, used = _source(orchestra, line, (middle,), length_s, chance)
        sample = kept(sound, middle, tracker, chance, one_of(chance, (-1.0, 0.4, 0.7)))
    if how == "arpeggio":
        cycles = [
            Note(each[0].start_s, max(one.end_s for one in each), tuple(one.key for one in each[-3:]), 0.8)
            for each in chords
        ]
        return beside(read(sample, cycles, manner, tracker, frames), side, tracker), used
    for number in range(min(3, max(len(each) for each in chords))):
        own = _notes([each[number] for each in chords if len(each) > number])
        out += beside(read(sample, own, manner, tracker, frames), side if number != 1 else -side, tracker)
    if line.role == "solo" and happens(chance, 0.4):
        late_s, soft = TICK_S * int(chance.integers(5, 16)), between(chance, 0.2, 0.5)
        echo = [
            Note(one.start_s + late_s, one.end_s + late_s, one.keys, soft * one.loud) for one in _notes(line.strikes)
        ]
        out += beside(read(sample, echo, manner, tracker, frames), -side, tracker)
    return out, used


def play_tracked_drums(
    orchestra: Orchestra, lines: Sequence[Line], frames: int, tracker: Tracker, chance: Chance
) -> Heard:
    """All that is struck, on samples or on noise, in one to three channels."""
    used = frozenset({"general-midi-soundfont", "sonic-pi-samples", "synthesised-drums"})
    pieces = _sampled_pieces(orchestra, tracker, chance)
    by_channel: dict[int, list[tuple[Strike, Piece]]] = {}
    for line in lines:
        for strike in line.strikes:
            piece = PIECES.get(strike.key, "tom")
            channel = 0 if tracker.shared else _CHANNEL_OF.get(piece, 2)
            by_channel.setdefault(channel, []).append((strike, piece))
    out = np.zeros((2, frames), np.float32)
    places = [float(one_of(chance, (-1.0, 1.0))) for _ in range(3)]
    for channel, struck in sorted(by_channel.items()):
        ordered = sorted(struck, key=lambda each: each[0].start_s)
        mono = np.zeros(frames)
        for number, (strike, piece) in enumerate(ordered):
            ends = [other.start_s for other, _ in ordered[number + 1 : number + 4] if other.start_s > strike.start_s]
            end_s = min([strike.start_s + _LONGEST_S, *ends])
            sample, loud = pieces(piece)
            note = Note(strike.start_s, end_s, (60,), loud * (strike.velocity / 127.0) ** 1.2)
            _strike(mono, sample, note, tracker)
        out += beside(mono, places[channel], tracker)
    return out, used


_CHANNEL_OF: Final[dict[Piece, int]] = {"kick": 0, "snare": 1, "clap": 1, "rim": 1}
_LOUD: Final[dict[Piece, float]] = {"closed": 0.4, "pedal": 0.35, "open": 0.4, "ride": 0.4, "shaker": 0.3, "bell": 0.4}


def _strike(mono: Mono, sample: Sample, note: Note, tracker: Tracker) -> None:
    """Add one stroke to a channel."""
    first = round(round(note.start_s / TICK_S) * TICK_S * SAMPLE_RATE)
    count = min(mono.size, round(note.end_s * SAMPLE_RATE)) - first
    if first >= 0 and count > _RAMP:
        sound = _note(sample, note, Manner(0.0, ringing=True, gliding=False, vibrato=0.0), tracker, count, 0.0)
        mono[first : first + sound.size] += sound


def _sampled_pieces(orchestra: Orchestra, tracker: Tracker, chance: Chance) -> Callable[[Piece], tuple[Sample, float]]:
    """Each piece as it was sampled when it is first asked for; all of noise in chip music."""
    kit = make_kit(orchestra.one_shots, chance)
    noisy = happens(chance, 0.2)
    made: dict[Piece, tuple[Sample, float]] = {}
    own = {piece: np.random.default_rng(int(chance.integers(2**31))) for piece in sorted(kit.sounds)}

    def piece_of(piece: Piece) -> tuple[Sample, float]:
        if piece not in made:
            drawn = own[piece]
            loud = _LOUD.get(piece, 0.9) * 10.0 ** (float(drawn.normal(0.0, 2.5)) / 20.0)
            if noisy and piece != "kick":
                size = round(SAMPLE_RATE * (0.25 if piece in ("snare", "crash", "open") else 0.06))
                held = int(drawn.integers(2, 12))
                noise = np.repeat(drawn.choice([-1.0, 1.0], size // held + 1), held)[:size]
                sound = noise * np.exp(-4.0 * np.arange(size) / size)
            else:
                sound = np.asarray(kit.stroke(piece, 1.0, drawn), dtype=np.float64)
            away = float(drawn.choice([0.0, 0.0, -5.0, -3.0, 4.0]))
            made[piece] = kept(sound, 60.0 + away, tracker, drawn), loud
        return made[piece]

    return piece_of
