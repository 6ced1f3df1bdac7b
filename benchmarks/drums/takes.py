"""Random takes of a drummer, alone, with what bleeds into them, or cut out of a mix, and every stroke in them.

Patterns are drawn at random: the listener must learn sounds, not habits.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

from benchmarks.drums.kits import Kit, Sources, make_kit
from benchmarks.drums.one_shots import RATE, Piece, Sound
from contrafact.engine.audio.value import Audio, Samples
from contrafact.engine.progress import silent
from contrafact.engine.separation.accompaniment import split_accompaniment

Role = Literal["kick", "snare", "hihat", "ride", "crash", "maybe", "none"]
"""``maybe`` keeps time like a hi-hat without being one (shaker, tambourine): no right answer is asked for."""
ROLES: dict[Piece, Role] = {
    "kick": "kick",
    "snare": "snare",
    "clap": "snare",
    "rim": "snare",
    "closed": "hihat",
    "open": "hihat",
    "pedal": "hihat",
    "ride": "ride",
    "crash": "crash",
    "tom": "none",
    "shaker": "maybe",
    "hand": "none",
    "bell": "none",
    "stick": "none",
}
_LEVEL_DB: dict[Piece, tuple[float, float]] = {
    "kick": (0.0, 3.0),
    "snare": (-1.5, 3.0),
    "clap": (-4.0, 3.0),
    "rim": (-7.0, 3.0),
    "closed": (-13.0, 4.0),
    "open": (-12.0, 4.0),
    "pedal": (-15.0, 4.0),
    "ride": (-13.0, 4.0),
    "crash": (-8.0, 3.0),
    "tom": (-3.0, 3.0),
    "shaker": (-15.0, 4.0),
    "hand": (-7.0, 4.0),
    "bell": (-11.0, 4.0),
    "stick": (-11.0, 4.0),
}
_SNARES: tuple[Piece, ...] = ("snare", "snare", "snare", "snare", "clap", "rim")
_TIMES: tuple[Piece, ...] = ("closed", "closed", "closed", "ride", "open", "pedal")
_OTHER_TIMES: tuple[Piece, ...] = ("bell", "bell", "shaker", "stick", "hand")
_ORNAMENTS: tuple[Piece, ...] = ("tom", "crash", "shaker", "hand", "bell", "stick")


@dataclass(frozen=True, slots=True)
class Stroke:
    time_s: float
    role: Role
    level_db: float
    """Peak before effects, relative to a hard kick."""


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    audio: Audio
    strokes: tuple[Stroke, ...]
    kind: Literal["alone", "bleeding", "separated", "nothing"]


def make_take(sources: Sources, seed: int, seconds: float = 30.0) -> Take:
    """A take; most are alone, one in six is cut out of a mix, one in six bleeds, and one in twenty has no drums."""
    rng = np.random.default_rng(seed)
    draw = rng.random()
    kind: Literal["alone", "bleeding", "separated", "nothing"] = (
        "nothing" if draw < 0.05 else "separated" if draw < 0.2 else "bleeding" if draw < 0.35 else "alone"
    )
    beat_s = 60.0 / float(np.exp(rng.uniform(np.log(58.0), np.log(190.0))))
    frames = int(seconds * RATE)
    drums: Sound = np.zeros(frames)
    strokes: list[Stroke] = []
    if kind != "nothing":
        drums, strokes = _drum(make_kit(sources, rng), beat_s, seconds, rng)
        drums = _process(drums, rng)
    if kind == "alone":
        return Take(_audio(drums, rng), tuple(strokes), kind)
    band = _accompany(sources, beat_s, seconds, rng)
    reference = _loudness(drums) if kind != "nothing" else 0.1
    band *= reference / max(1e-9, _loudness(band))
    if kind == "bleeding":
        return Take(_audio(drums + band * 10 ** (rng.uniform(-34, -8) / 20), rng), tuple(strokes), kind)
    mix = drums + band * 10 ** (rng.uniform(-6, 9) / 20)
    mix /= max(1e-9, float(np.abs(mix).max()))
    stereo = np.stack([mix, mix]).astype(np.float32)
    cut, _ = split_accompaniment(stereo, silent)
    return Take(_audio(cut[0].astype(np.float64), rng), tuple(strokes), kind)


def _audio(sound: Sound, rng: np.random.Generator) -> Audio:
    level = 10.0 ** (rng.uniform(-25.0, 0.0) / 20.0)
    samples: Samples = (sound * (level / max(1e-9, float(np.abs(sound).max()))))[None, :].astype(np.float32)
    samples += (10.0 ** (rng.uniform(-110, -75) / 20) * rng.standard_normal(samples.shape)).astype(np.float32)
    return Audio(samples)


def _loudness(sound: Sound) -> float:
    pieces = np.square(sound[: sound.size // 4410 * 4410]).reshape(-1, 4410).mean(axis=1)
    return float(np.sqrt(np.percentile(pieces, 90)))


def _drum(kit: Kit, beat_s: float, seconds: float, rng: np.random.Generator) -> tuple[Sound, list[Stroke]]:
    sound: Sound = np.zeros(int(seconds * RATE))
    strokes: list[Stroke] = []
    levels = {piece: mean + rng.normal(0.0, spread) for piece, (mean, spread) in _LEVEL_DB.items()}
    steps = int(rng.choice([4, 4, 4, 3, 6, 2]))
    per_bar = steps * int(rng.choice([4, 4, 4, 3, 5]))
    swing = float(rng.uniform(0.5, 0.68)) if steps == 4 and rng.random() < 0.35 else 0.5
    jitter_s = rng.uniform(0.0, 0.012)
    bars = int(seconds / (beat_s * per_bar / steps)) + 1
    players: list[Piece] = ["kick", str(rng.choice(_SNARES)), str(rng.choice(_TIMES))]  # type: ignore[list-item]
    if rng.random() < 0.2:
        # Something else keeps time.
        players[2] = str(rng.choice(_OTHER_TIMES))  # type: ignore[call-overload]
    if rng.random() < 0.15:
        del players[int(rng.integers(3))]
    if rng.random() < 0.4:
        players.append(str(rng.choice(_TIMES)))  # type: ignore[arg-type]
    if rng.random() < 0.3:
        players.append(str(rng.choice(_SNARES)))  # type: ignore[arg-type]
    players += [piece for piece in _ORNAMENTS if rng.random() < 0.3]
    patterns = {piece: _pattern(piece, per_bar, steps, rng) for piece in players}
    busy = float(rng.uniform(0.0, 0.15))
    for bar in range(bars):
        fill = rng.random() < 0.15
        for piece, pattern in patterns.items():
            chance = np.clip(pattern + rng.normal(0.0, busy, per_bar), 0.0, 1.0)
            hit = rng.random(per_bar) < chance
            if fill and piece in ("tom", "snare") and per_bar >= 8:
                hit[-per_bar // 4 :] = rng.random(hit[-per_bar // 4 :].size) < 0.7
            for step in np.flatnonzero(hit):
                place = float(step)
                if steps == 4 and step % 4 == 2:
                    place = step - 2 + 4 * swing
                at = (bar * per_bar + place) / steps * beat_s + rng.normal(0.0, jitter_s)
                accent = 1.0 if step % steps == 0 else rng.uniform(0.35, 1.0)
                velocity = float(np.clip(accent * rng.uniform(0.75, 1.05), 0.1, 1.0))
                if piece == "snare" and rng.random() < 0.04 and at > 0.05:
                    _strike(sound, strokes, kit, piece, at - rng.uniform(0.02, 0.035), 0.4, levels, rng)
                _strike(sound, strokes, kit, piece, at, velocity, levels, rng)
    return sound, strokes


def _pattern(piece: Piece, per_bar: int, steps: int, rng: np.random.Generator) -> Sound:
    """Chance of a stroke on each step: a fixed figure that now and then varies."""
    role = ROLES[piece]
    step = np.arange(per_bar)
    density = {"kick": 0.22, "snare": 0.15, "hihat": 0.5, "ride": 0.5, "crash": 0.03, "maybe": 0.4, "none": 0.2}[role]
    if role == "snare" and rng.random() < 0.12:
        density = 0.6  # a march
    figure = (rng.random(per_bar) < density * rng.uniform(0.4, 1.8)).astype(float) * rng.uniform(0.8, 1.0)
    steady = {"hihat": 0.75, "ride": 0.75, "maybe": 0.75, "none": 0.25}.get(role, 0.0)
    if rng.random() < steady:
        every = int(rng.choice([1, 2, max(1, steps // 2), steps]))
        figure = np.where(step % every == 0, 0.95, 0.05)
    if role == "kick" and rng.random() < 0.5:
        figure = np.maximum(figure, np.where(step % (steps * int(rng.choice([1, 2, 4]))) == 0, 0.95, 0.0))
    if role == "snare" and rng.random() < 0.6:
        figure = np.maximum(0.4 * figure, np.where(step % (2 * steps) == steps, 0.95, 0.0))
    return figure


def _strike(
    sound: Sound,
    strokes: list[Stroke],
    kit: Kit,
    piece: Piece,
    at_s: float,
    velocity: float,
    levels: dict[Piece, float],
    rng: np.random.Generator,
) -> None:
    start = round(at_s * RATE)
    if not 0 <= start < sound.size - RATE // 10:
        return
    one = kit.stroke(piece, velocity, rng)[: sound.size - start]
    level_db = levels[piece] + 20.0 * 1.6 * float(np.log10(velocity))
    sound[start : start + one.size] += 10.0 ** (level_db / 20.0) * one
    strokes.append(Stroke(start / RATE, ROLES[piece], level_db))


def _process(sound: Sound, rng: np.random.Generator) -> Sound:
    """Room, equaliser, compressor, saturation and a dull copy, each now and then."""
    if rng.random() < 0.45:
        length_s = float(rng.uniform(0.1, 1.5))
        time = np.arange(int(length_s * RATE)) / RATE
        room = rng.standard_normal(time.size) * np.exp(-6.9 * time / length_s)
        room = sosfilt(butter(1, rng.uniform(2000, 10_000), fs=RATE, output="sos"), room)
        wet = fftconvolve(sound, room / np.sqrt(np.square(room).sum()))[: sound.size]
        sound = sound + 10 ** (rng.uniform(-24, -6) / 20) * wet
    if rng.random() < 0.5:
        low, high = rng.normal(0.0, 3.0, 2)
        bass = sosfilt(butter(1, 200.0, fs=RATE, output="sos"), sound)
        treble = sosfilt(butter(1, 4000.0, "highpass", fs=RATE, output="sos"), sound)
        sound = sound + (10 ** (low / 20) - 1) * bass + (10 ** (high / 20) - 1) * treble
    if rng.random() < 0.5:
        sound = _compress(sound, rng)
    if rng.random() < 0.3:
        drive = rng.uniform(1.0, 5.0)
        sound = np.tanh(drive * sound / max(1e-9, float(np.abs(sound).max())))
    if rng.random() < 0.25:
        sound = np.asarray(sosfilt(butter(4, rng.uniform(7000, 16_500), fs=RATE, output="sos"), sound))
    return sound


def _compress(sound: Sound, rng: np.random.Generator) -> Sound:
    """Feed-forward gain on a smoothed envelope, 4 ms to act and 50 to 250 ms to let go."""
    hop = 64
    envelope = np.abs(sound[: sound.size // hop * hop]).reshape(-1, hop).max(axis=1)
    rise, fall = np.exp(-hop / RATE / 0.004), np.exp(-hop / RATE / rng.uniform(0.05, 0.25))
    level, smooth = 0.0, np.zeros(envelope.size)
    for index, value in enumerate(envelope):
        keep = rise if value > level else fall
        level = keep * level + (1 - keep) * value
        smooth[index] = level
    threshold = 10 ** (rng.uniform(-24, -8) / 20) * max(1e-9, float(envelope.max()))
    gain = np.maximum(smooth / threshold, 1.0) ** (1.0 / rng.uniform(2.0, 8.0) - 1.0)
    return sound * np.interp(np.arange(sound.size), np.arange(gain.size) * hop + hop, gain)


_BASSES = (32, 33, 34, 35, 36, 38, 39, 87)
_CHORDS = (0, 4, 5, 16, 19, 24, 25, 26, 27, 28, 29, 30, 48, 50, 61, 62, 88, 89)
_LEADS = (11, 12, 21, 40, 52, 53, 54, 56, 65, 73, 80, 81, 85)


def _accompany(sources: Sources, beat_s: float, seconds: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Bass, chords and a lead that play on and off the beat."""
    sound: Sound = np.zeros(int(seconds * RATE))
    root = int(rng.integers(28, 40))
    parts = ((_BASSES, 0, 1, 1.0), (_CHORDS, 24, 3, 0.5), (_LEADS, 36, 1, 0.6))
    for programs, above, voices, loud in parts:
        if rng.random() < 0.2:
            continue
        program = int(rng.choice(programs))
        step_s = beat_s * float(rng.choice([0.5, 0.5, 1.0, 2.0, 0.25]))
        gain = loud * 10 ** (rng.normal(0.0, 4.0) / 20)
        chance = rng.uniform(0.5, 1.0)
        degree = 0
        for at in np.arange(0.0, seconds - 0.2, step_s):
            if rng.random() > chance:
                continue
            if rng.random() < 0.4:
                degree = int(rng.choice([0, 2, 3, 5, 7, 8, 10, 12]))
            start = int((at + max(0.0, rng.normal(0.0, 0.006))) * RATE)
            for voice in range(voices):
                key = root + above + degree + (0, 4, 7)[voice]
                held = int(step_s * rng.choice([0.5, 0.9]) * RATE) // 4410 * 4410 + 2205
                velocity = int(rng.choice([64, 88, 112]))
                note = sources.bank.note(0, program, key, velocity, held).mean(axis=0)[: sound.size - start]
                sound[start : start + note.size] += gain * note
    return sound
