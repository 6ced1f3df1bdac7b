"""Bare tones: waves of a few partials with nothing around them, over a kick and little else.

Recordings of test tones, early home computers and minimal techno have no harmonics, noise floor, room or hats to tell
who is who; a network that only knows studios is at a loss with those.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.drums.kits import make_kit
from benchmarks.drums.one_shots import Piece
from benchmarks.truth.band import Strike
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from training.data.chance import Chance, between, happens, one_of, spread
from training.data.orchestra import PIECES, Heard, Orchestra
from training.data.score import Line

Mono = NDArray[np.float64]
_TAIL_S = 0.3


def _partials(chance: Chance) -> list[tuple[int, float]]:
    """Number and strength of each."""
    kind = int(chance.integers(5))
    count = int(one_of(chance, (1, 1, 2, 3, 4, 8, 20)))
    if kind == 0:
        return [(1, 1.0)]
    if kind == 1:
        return [(n, 1.0 / n**2) for n in range(1, 2 * count, 2)]
    if kind == 2:
        return [(n, 1.0 / n) for n in range(1, 2 * count, 2)]
    if kind == 3:
        return [(n, 1.0 / n) for n in range(1, count + 1)]
    fall = between(chance, 0.2, 0.8)
    return [(n, fall ** (n - 1)) for n in range(1, count + 1)]


def a_tone(chance: Chance) -> Callable[[float, int], Mono]:
    """A wave with a beginning and an end, from Hertz and frames held."""
    partials = _partials(chance)
    attack_s, release_s = spread(chance, 0.001, 0.03), spread(chance, 0.005, 0.15)
    decay = one_of(chance, (0.0, 0.0, spread(chance, 0.3, 8.0)))
    together = happens(chance, 0.5)

    def tone(hertz: float, held: int) -> Mono:
        time = np.arange(held + round(_TAIL_S * SAMPLE_RATE)) / SAMPLE_RATE
        wave = np.zeros(time.size)
        for number, strength in partials:
            if number * hertz < 16_000.0:
                turn = 0.0 if together else float(number)
                wave += strength * np.sin(2 * np.pi * number * hertz * time + turn) * np.exp(-decay * number * time)
        shape = np.minimum(1.0, time / attack_s)
        return np.asarray(wave * shape * np.exp(-np.maximum(0.0, time - held / SAMPLE_RATE) / release_s * 3.0))

    return tone


def play_bare_line(line: Line, frames: int, lower: int, chance: Chance) -> Heard:
    """A line on one tone, moved by ``lower`` semitones down."""
    tone = a_tone(chance)
    out = np.zeros(frames)
    for strike in line.strikes:
        start = round(strike.start_s * SAMPLE_RATE)
        if 0 <= start < frames:
            hertz = 440.0 * 2.0 ** ((strike.key - lower - 69) / 12.0)
            sound = tone(hertz, max(1, round((strike.end_s - strike.start_s) * SAMPLE_RATE)))[: frames - start]
            out[start : start + sound.size] += (strike.velocity / 127.0) ** 1.2 * sound
    return _both(out), frozenset({"synthesizers"})


def _both(mono: Mono) -> Samples:
    return np.repeat(mono[None].astype(np.float32), 2, axis=0)


def play_few_drums(
    orchestra: Orchestra, lines: Sequence[Line], frames: int, pieces: frozenset[Piece], softer_db: float, chance: Chance
) -> Heard:
    """Only these pieces of a kit, in the middle; all but the kick by so much softer."""
    kit = make_kit(orchestra.one_shots, chance)
    out = np.zeros(frames)
    for line in lines:
        for strike in line.strikes:
            piece = PIECES.get(strike.key, "tom")
            start = round(strike.start_s * SAMPLE_RATE)
            if piece not in pieces or not 0 <= start < frames:
                continue
            velocity = strike.velocity / 127.0
            sound = kit.stroke(piece, velocity, chance)[: frames - start]
            gain = 1.0 if piece == "kick" else 10.0 ** (-softer_db / 20.0)
            out[start : start + sound.size] += gain * velocity**1.4 * sound
    return _both(out), frozenset({"general-midi-soundfont", "sonic-pi-samples", "synthesised-drums"})


def held_low(strikes: Sequence[Strike], chance: Chance) -> list[Strike]:
    """A bass that holds what it plays until it plays something else, between 32 and 65 Hz."""
    ordered = sorted(strikes, key=lambda one: one.start_s)
    every = int(one_of(chance, (1, 2, 4)))
    ordered = ordered[::every]
    ends = [other.start_s for other in ordered[1:]] + [ordered[-1].end_s] if ordered else []
    return [
        Strike(one.role, 24 + (one.key - 24) % 12, one.velocity, one.start_s, min(max(one.end_s, end), one.start_s + 4))
        for one, end in zip(ordered, ends, strict=True)
    ]
