"""Who sings: a formant singer with a new throat each time, or a store of sung lines in a new voice each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from benchmarks.truth.harmony import tonic_of
from benchmarks.truth.singer import VOICES, Task, Voice, sing
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from training.data.chance import Chance, between, happens, one_of
from training.data.orchestra import Heard
from training.data.score import Score

_LINE_RATE: Final = 24_000
_NEAR: Final = 1
"""Lines that come together differ by so many semitones in how far their voice is moved."""


@dataclass(frozen=True, slots=True, eq=False)
class SungLines:
    """Where the lines lie, and the pitch class of each one's key."""

    paths: tuple[Path, ...]
    tonics: tuple[int, ...]


def open_lines(folder: Path) -> SungLines:
    """The store that :mod:`training.data.sung_lines` makes.

    Raises
    ------
    FileNotFoundError
        When it is empty; it names the command that fills it.
    """
    paths = tuple(sorted(folder.glob("*.npz")))
    if not paths:
        raise FileNotFoundError(
            f"no sung lines lie in {folder}; make them with `python -m training.data.sung_lines --out {folder.parent}`"
        )
    return SungLines(paths, tuple(int(np.load(path)["tonic"]) for path in paths))


def sung(lines: SungLines, score: Score, frames: int, cents: float, chance: Chance, articulate: float = 0.55) -> Heard:
    """The voice of a score, mono on both sides or with others beside it; as often as told one that has consonants."""
    if happens(chance, 1.0 - articulate):
        return _formant_choir(score, frames, cents, chance), frozenset({"formant-singer"})
    base = int(chance.integers(-6, 6))
    out = _laid(lines, score, frames, base, chance)
    stereo = np.stack([out, out])
    if happens(chance, 0.25):
        # others beside it: doubles and harmonies, not quite together
        for side in range(2):
            other = _laid(lines, score, frames, one_of(chance, (base, base + 3, base - 5)), chance)
            stereo[side] += np.float32(between(chance, 0.15, 0.5)) * other
            stereo[1 - side] += np.float32(0.1) * other
    return stereo, frozenset({"sung-lines"})


def _phrases(tasks: Sequence[Task]) -> list[tuple[float, float]]:
    """When phrases begin and end."""
    found: list[tuple[float, float]] = []
    start: float | None = None
    for task in tasks:
        start = task.start_s if start is None else start
        if task.phrase_end:
            found.append((start, task.end_s))
            start = None
    return found


def _laid(lines: SungLines, score: Score, frames: int, base: int, chance: Chance) -> NDArray[np.float32]:
    """Lines at the phrases of the tune, each moved to the key of the song by nearly ``base`` semitones."""
    out = np.zeros(frames, np.float32)
    tonic = tonic_of(str(score.facts["key"]))[0]
    free = happens(chance, 0.25)
    busy_until_s = 0.0
    for start_s, _ in _phrases(score.tasks):
        if start_s < busy_until_s or happens(chance, 0.1):
            continue
        near = [
            number
            for number, own in enumerate(lines.tonics)
            if free or (own + base - tonic + 6) % 12 - 6 in range(-_NEAR, _NEAR + 1)
        ]
        if not near:
            continue
        number = one_of(chance, near)
        moved = base if free else base - ((lines.tonics[number] + base - tonic + 6) % 12 - 6)
        sound, first_s = _line(lines.paths[number], moved)
        first = round((start_s - first_s) * SAMPLE_RATE)
        cut = max(0, -first)
        piece = sound[cut : cut + max(0, frames - max(0, first))]
        out[max(0, first) : max(0, first) + piece.size] += np.float32(between(chance, 0.7, 1.0)) * piece
        busy_until_s = start_s - first_s + sound.size / SAMPLE_RATE - 0.2
    return out


@lru_cache(maxsize=64)
def _line(path: Path, semitones: int) -> tuple[NDArray[np.float32], float]:
    """A line at 44.1 kHz with pitch, formants and pace moved alike, and when its first vowel begins."""
    with np.load(path) as kept:
        sound, first_s = kept["sound"].astype(np.float32) / np.float32(32_768.0), float(kept["first_s"])
    ratio = 2.0 ** (semitones / 12.0)
    return soxr.resample(sound, _LINE_RATE * ratio, SAMPLE_RATE, quality="HQ"), first_s / ratio


def _formant_choir(score: Score, frames: int, cents: float, chance: Chance) -> Samples:
    tasks = [task for task in score.tasks if task.end_s < frames / SAMPLE_RATE]
    lead = _formant_singer(tasks, score.voice, frames, cents, chance)
    if happens(chance, 0.15):
        above = one_of(chance, (-12, 3, 4, 7, 0))
        second = [
            Task(one.start_s + 0.012, one.end_s, one.key + above, one.slurred, one.phrase_end, one.strength)
            for one in tasks
        ]
        beside = _formant_singer(second, score.voice, frames, cents + 5.0, chance)
        lead = lead + np.float32(between(chance, 0.2, 0.7)) * beside
    return np.repeat(lead[None], 2, axis=0)


def _formant_singer(tasks: Sequence[Task], name: str, frames: int, cents: float, chance: Chance) -> NDArray[np.float32]:
    """A singer who resembles the named one and is nobody's twin."""
    known = VOICES[name]
    voice = Voice(
        low=known.low,
        high=known.high,
        tract=known.tract * between(chance, 0.94, 1.07),
        open_quotient=between(chance, 0.5, 0.78),
        breath=float(np.exp(chance.uniform(np.log(0.006), np.log(0.06)))),
        vibrato_cents=between(chance, 3.0, 70.0),
        vibrato_hz=between(chance, 4.6, 6.4),
        slide_s=between(chance, 0.03, 0.11),
    )
    return sing(list(tasks), voice, cents, frames, chance)[0]
