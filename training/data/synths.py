"""Instruments made by arithmetic: basses, leads, pads and strummed strings, each with a sound drawn at random.

A note is a wave of harmonics as high as they may go, read from a table; a filter that closes is a crossfade between the
bright and the dull reading of it. Strings are K. Karplus and A. Strong's ("Digital synthesis of plucked-string and drum
timbres", Computer Music Journal 7, 1983).
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pedalboard
from numpy.typing import NDArray
from pedalboard._pedalboard import Pedalboard as Board
from scipy.signal import butter, lfilter, sosfilt

from benchmarks.truth.band import Strike
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from training.data.chance import Chance, between, happens, one_of, spread

Mono = NDArray[np.float64]
Voice = Callable[[float, int], Mono]
"""From Hertz and frames held to a sound that may ring on."""
_TABLE: Final = 2048
_STEP: Final = SAMPLE_RATE // 20
"""Held notes are made in lengths of a multiple of this, so that many can be shared."""


def play_synth(kind: str, strikes: Sequence[Strike], frames: int, cents: float, chance: Chance) -> Samples:
    """A line on a new sound of a kind: ``bass``, ``keys``, ``pad``, ``lead``, ``pluck`` or ``drive``."""
    voice = _KINDS[kind](chance)
    made: dict[tuple[int, int], Mono] = {}
    out = np.zeros(frames)
    loud = between(chance, 0.8, 1.8)
    for strike in strikes:
        start = round(strike.start_s * SAMPLE_RATE)
        if not 0 <= start < frames:
            continue
        held = max(1, round((strike.end_s - strike.start_s) * SAMPLE_RATE / _STEP)) * _STEP
        name = (strike.key, held)
        if name not in made:
            made[name] = voice(440.0 * 2.0 ** ((strike.key - 69 + cents / 100.0) / 12.0), held)
        sound = made[name][: frames - start]
        out[start : start + sound.size] += (strike.velocity / 127.0) ** loud * sound
    stereo = np.repeat(out[None].astype(np.float32), 2, axis=0)
    return _driven(stereo, chance) if kind == "drive" else _widened(stereo, kind, chance)


def a_voice(kind: str, chance: Chance) -> Voice:
    """A new sound of a kind, to be played note by note."""
    return _KINDS[kind](chance)


def _table(strength: Callable[[Mono], Mono], hertz: float) -> Mono:
    """One period of harmonics below 18 kHz."""
    count = int(max(1, min(_TABLE // 2 - 1, 18_000.0 / hertz)))
    harmonic = np.arange(1, count + 1, dtype=np.float64)
    spectrum = np.zeros(_TABLE // 2 + 1, np.complex128)
    spectrum[1 : count + 1] = -1j * strength(harmonic)
    wave = np.fft.irfft(spectrum, _TABLE)
    return np.asarray(wave / max(1e-9, float(np.abs(wave).max())))


def _read(table: Mono, phase: Mono) -> Mono:
    place = (phase - np.floor(phase)) * _TABLE
    return np.asarray(np.interp(place, np.arange(_TABLE + 1), np.append(table, table[0])))


def _envelope(held: int, attack_s: float, decay_s: float, sustain: float, release_s: float) -> Mono:
    frames = held + int(4 * release_s * SAMPLE_RATE)
    time = np.arange(frames) / SAMPLE_RATE
    level = np.minimum(1.0, time / max(attack_s, 1e-3)) * (sustain + (1 - sustain) * np.exp(-time / decay_s))
    after = np.maximum(0.0, time - held / SAMPLE_RATE)
    return np.asarray(level * np.exp(-after / release_s))


def _wave(chance: Chance) -> Callable[[Mono], Mono]:
    duty = between(chance, 0.1, 0.5)
    return one_of(
        chance,
        (
            lambda n: 1.0 / n,
            lambda n: (n % 2) / n,
            lambda n: np.sin(np.pi * n * duty) / n,
            lambda n: (n % 2) / n**2,
        ),
    )


def _subtractive(
    chance: Chance, *, attack: tuple[float, float], sustain: float, cut: tuple[float, float], voices: int
) -> Voice:
    strength = _wave(chance)
    attack_s, decay_s = spread(chance, *attack), spread(chance, 0.08, 0.9)
    release_s, filter_s = spread(chance, 0.02, 0.25), spread(chance, 0.04, 0.7)
    low_hz = spread(chance, *cut)
    high_hz = min(16_000.0, low_hz * spread(chance, 1.5, 12.0))
    slope = between(chance, 2.0, 5.0)
    detune = spread(chance, 0.0005, 0.008) if voices > 1 else 0.0
    sub = between(chance, 0.2, 0.9) if happens(chance, 0.35) else 0.0
    glide = between(chance, 0.1, 2.0) if happens(chance, 0.1) else 0.0
    vibrato = spread(chance, 0.001, 0.006) if happens(chance, 0.25) else 0.0

    def voice(hertz: float, held: int) -> Mono:
        shape = _envelope(held, attack_s, decay_s, sustain, release_s)
        time = np.arange(shape.size) / SAMPLE_RATE
        bright = _table(lambda n: strength(n) / (1.0 + (n * hertz / high_hz) ** slope), hertz)
        dull = _table(lambda n: strength(n) / (1.0 + (n * hertz / low_hz) ** slope), hertz)
        opened = np.exp(-time / filter_s)
        total = np.zeros(shape.size)
        pitch = hertz * (1.0 + vibrato * np.sin(2 * np.pi * 5.3 * time) + glide * np.exp(-time / 0.02))
        phase = np.cumsum(pitch) / SAMPLE_RATE
        for number in range(voices):
            away = 1.0 + detune * (number - (voices - 1) / 2.0)
            turned = phase * away + 0.37 * number
            total += opened * _read(bright, turned) + (1.0 - opened) * _read(dull, turned)
        total /= voices**0.5
        if sub:
            total += sub * np.sin(np.pi * phase)
        return np.asarray(shape * total)

    return voice


def _frequency_modulated(chance: Chance, *, ratios: Sequence[float], index: tuple[float, float]) -> Voice:
    ratio, strength = one_of(chance, ratios), spread(chance, *index)
    decay_s, fall_s, release_s = spread(chance, 0.2, 2.0), spread(chance, 0.03, 0.6), spread(chance, 0.03, 0.3)
    kept = between(chance, 0.0, 0.3)

    def voice(hertz: float, held: int) -> Mono:
        shape = _envelope(held, 0.003, decay_s, 0.2, release_s)
        time = np.arange(shape.size) / SAMPLE_RATE
        amount = min(strength, 9_000.0 / hertz) * (kept + (1.0 - kept) * np.exp(-time / fall_s))
        turned = 2 * np.pi * hertz * time
        return np.asarray(shape * np.sin(turned + amount * np.sin(ratio * turned)))

    return voice


def _deep(chance: Chance) -> Voice:
    """The tuned boom of drum machines: a sine that falls in and rings on."""
    decay_s, fall_s, drop = spread(chance, 0.25, 1.6), spread(chance, 0.008, 0.06), between(chance, 0.0, 3.0)
    drive = between(chance, 0.5, 4.0)

    def voice(hertz: float, held: int) -> Mono:
        shape = _envelope(held, 0.003, decay_s, 0.0, 0.08)
        time = np.arange(shape.size) / SAMPLE_RATE
        phase = np.cumsum(hertz * (1.0 + drop * np.exp(-time / fall_s))) / SAMPLE_RATE
        return np.asarray(np.tanh(drive * shape * np.sin(2 * np.pi * phase)) / np.tanh(drive))

    return voice


def _plucked(chance: Chance, *, bright: tuple[float, float], decay: tuple[float, float]) -> Voice:
    """A string: noise that runs round a loop, a little duller each time."""
    colour, ring_s = spread(chance, *bright), spread(chance, *decay)
    release_s = spread(chance, 0.03, 0.2)
    spot = between(chance, 0.05, 0.45)
    seed = int(chance.integers(2**31))
    smooth = between(chance, 0.3, 0.5)

    def voice(hertz: float, held: int) -> Mono:
        period = SAMPLE_RATE / hertz
        size = int(period - smooth)
        rest = period - smooth - size
        noise = np.random.default_rng([seed, size]).uniform(-1.0, 1.0, size)
        noise = sosfilt(butter(1, min(colour, 18_000.0), fs=SAMPLE_RATE, output="sos"), noise)
        noise -= np.roll(noise, max(1, int(spot * size)))
        frames = held + int(4 * release_s * SAMPLE_RATE)
        impulse = np.zeros(frames)
        impulse[: min(size, frames)] = noise[:frames]
        keep = 10.0 ** (-3.0 * period / SAMPLE_RATE / ring_s)
        # one loop: a delay between whole frames (linear) and a one-zero that smooths
        taps = np.convolve([1.0 - rest, rest], [1.0 - smooth, smooth]) * keep
        feedback = np.zeros(size + 3)
        feedback[0] = 1.0
        feedback[size : size + 3] -= taps
        sound = lfilter([1.0], feedback, impulse)
        after = np.maximum(0.0, np.arange(frames) - held) / SAMPLE_RATE
        sound *= np.exp(-after / release_s)
        return np.asarray(sound / max(1e-9, float(np.abs(sound).max())))

    return voice


def _organ(chance: Chance) -> Voice:
    bars = chance.random(9) * (chance.random(9) < 0.6)
    bars[2] = 1.0
    multiples = np.array([0.5, 1.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0])
    wobble, rate = between(chance, 0.0, 0.004), between(chance, 0.8, 7.0)

    def voice(hertz: float, held: int) -> Mono:
        shape = _envelope(held, 0.006, 1.0, 1.0, 0.03)
        time = np.arange(shape.size) / SAMPLE_RATE
        phase = 2 * np.pi * hertz * (time + wobble * np.sin(2 * np.pi * rate * time) / rate)
        total = np.zeros(shape.size)
        for level, multiple in zip(bars, multiples, strict=True):
            if level > 0 and multiple * hertz < 16_000.0:
                total += level * np.sin(multiple * phase)
        return np.asarray(shape * total / max(1.0, bars.sum()))

    return voice


def _bass(chance: Chance) -> Voice:
    kind = int(chance.integers(6))
    if kind == 0:
        return _deep(chance)
    if kind == 1:
        return _frequency_modulated(chance, ratios=(0.5, 1.0, 1.0, 2.0, 3.0), index=(0.5, 5.0))
    if kind == 2:
        return _plucked(chance, bright=(800.0, 9000.0), decay=(0.6, 5.0))
    voices = one_of(chance, (1, 1, 1, 2, 3))
    sustain = between(chance, 0.0, 1.0)
    return _subtractive(chance, attack=(0.001, 0.02), sustain=sustain, cut=(60.0, 900.0), voices=voices)


def _keys(chance: Chance) -> Voice:
    kind = int(chance.integers(4))
    if kind == 0:
        return _frequency_modulated(chance, ratios=(1.0, 2.0, 3.0, 3.5, 7.0, 14.0), index=(0.3, 4.0))
    if kind == 1:
        return _organ(chance)
    if kind == 2:
        return _plucked(chance, bright=(1500.0, 12_000.0), decay=(0.4, 4.0))
    voices = one_of(chance, (1, 2, 3))
    return _subtractive(
        chance, attack=(0.001, 0.02), sustain=between(chance, 0.0, 0.6), cut=(300.0, 3000.0), voices=voices
    )


def _pad(chance: Chance) -> Voice:
    voices = one_of(chance, (2, 3, 5))
    return _subtractive(chance, attack=(0.05, 0.8), sustain=0.9, cut=(250.0, 3500.0), voices=voices)


def _lead(chance: Chance) -> Voice:
    voices = one_of(chance, (1, 1, 2, 3))
    return _subtractive(
        chance, attack=(0.002, 0.08), sustain=between(chance, 0.4, 1.0), cut=(400.0, 6000.0), voices=voices
    )


def _pluck(chance: Chance) -> Voice:
    return _plucked(chance, bright=(1200.0, 14_000.0), decay=(0.4, 5.0))


def _string(chance: Chance) -> Voice:
    return _plucked(chance, bright=(2500.0, 9000.0), decay=(2.0, 7.0))


_KINDS: Final[dict[str, Callable[[Chance], Voice]]] = {
    "bass": _bass,
    "keys": _keys,
    "pad": _pad,
    "lead": _lead,
    "pluck": _pluck,
    "drive": _string,
}


def power_chords(strikes: Sequence[Strike]) -> list[Strike]:
    """What a distorted guitar can bear of the chords: of notes struck together the lowest, and a fifth above it."""
    found: list[Strike] = []
    for strike in sorted(strikes, key=lambda item: (round(item.start_s, 1), item.key)):
        if found and strike.start_s - found[-1].start_s < 0.08:
            continue
        root = 40 + (strike.key - 40) % 12
        found += [Strike(strike.role, root + up, strike.velocity, strike.start_s, strike.end_s) for up in (0, 7, 12)]
    return found


def _driven(stereo: Samples, chance: Chance) -> Samples:
    """Amplifier and cabinet; two takes of it left and right."""
    sides = []
    scale = float(np.abs(stereo).max())
    if scale <= 0:
        return stereo
    for _ in range(2):
        board = Board(
            [
                pedalboard.HighpassFilter(between(chance, 70.0, 130.0)),
                pedalboard.Distortion(between(chance, 18.0, 38.0)),
                pedalboard.PeakFilter(spread(chance, 400, 1800), between(chance, -6.0, 6.0), 0.8),
                pedalboard.LowpassFilter(spread(chance, 3200, 6500)),
                pedalboard.LowpassFilter(spread(chance, 3500, 7000)),
            ]
        )
        sides.append(board(stereo[:1] / np.float32(scale), SAMPLE_RATE, reset=True)[0])
    late = int(between(chance, 0.0, 0.02) * SAMPLE_RATE)
    sides[1] = np.concatenate([np.zeros(late, np.float32), sides[1]])[: sides[0].size]
    return np.stack(sides).astype(np.float32)


def _widened(stereo: Samples, kind: str, chance: Chance) -> Samples:
    """A short delay on one side for what is not a bass, now and then."""
    if kind == "bass" or happens(chance, 0.5):
        return stereo
    late = int(between(chance, 0.004, 0.022) * SAMPLE_RATE)
    share = np.float32(between(chance, 0.2, 0.9))
    out = stereo.copy()
    out[1, late:] = (1 - share) * stereo[1, late:] + share * stereo[1, :-late]
    return out
