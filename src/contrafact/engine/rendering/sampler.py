"""Notes of a soundfont, ready to be laid into a mix.

A note depends on its program, pitch, velocity and length alone: never on what was played before, on how the mix is cut
into blocks, or on what happens to be cached.
"""

import threading
from collections import OrderedDict
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering import voice
from contrafact.engine.rendering.soundfont import Sample, SoundFont, Zone

_VELOCITY_STEP: Final = 8
"""Timbre is rendered at every eighth velocity; the loudness between is set exactly."""
_SIZE_STEP: Final = 22_050
"""Held voices are rendered in lengths of a multiple of this many frames, so that a note's sound never depends
on which lengths were asked for before."""
_LONGEST_RELEASE_S: Final = 4.0
_RELEASE_FLOOR_DB: Final = 70.0
_DECLICK: Final = 64
_BENT_SHARE: Final = 16
"""What part of the memory bent notes get: hardly any of them is ever asked for twice."""

Curve = tuple[tuple[float, float], ...]
"""Points (seconds from the note's start, value), joined by straight lines; the first and last value hold beyond."""

V = TypeVar("V")


class Cache(Generic[V]):
    """Least-recently-used values below a total weight; holds what is cheap to lose."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._weight = 0
        self._values: OrderedDict[object, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object) -> V | None:
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: object, value: V, weight: int) -> None:
        with self._lock:
            if key in self._values:
                return
            self._values[key] = (value, weight)
            self._weight += weight
            while self._weight > self._limit and len(self._values) > 1:
                self._weight -= self._values.popitem(last=False)[1][1]


def _release(zone: Zone) -> float:
    return round(min(voice.release_s(zone), _LONGEST_RELEASE_S), 3)


def _tail_frames(release_s: float) -> int:
    return int(release_s * _RELEASE_FLOOR_DB / 96.0 * SAMPLE_RATE) + _DECLICK


def curve(points: Curve, frames: int) -> NDArray[np.float64]:
    """A curve with one value per frame; 0 throughout when it has no points."""
    if not points:
        return np.zeros(frames)
    times, values = zip(*points, strict=True)
    along: NDArray[np.float64] = np.interp(np.arange(frames) / SAMPLE_RATE, times, values)
    return along


class NoteBank:
    """Renders and remembers the notes of one soundfont.

    Parameters
    ----------
    font : SoundFont
    memory_bytes : int
        Bound on what is remembered, in two halves: decoded samples and held voices.
    """

    def __init__(self, font: SoundFont, memory_bytes: int = 256 * 2**20) -> None:
        self.font = font
        self._samples: Cache[Sample] = Cache(memory_bytes // 2)
        self._voices: Cache[tuple[tuple[float, Samples], ...]] = Cache(memory_bytes // 2)
        self._bent: Cache[tuple[tuple[float, Samples], ...]] = Cache(memory_bytes // _BENT_SHARE)
        self._zones: Cache[tuple[Zone, ...]] = Cache(20_000)
        self._ramps: Cache[NDArray[np.float32]] = Cache(8 * 2**20)

    def _sample(self, index: int) -> Sample:
        sample = self._samples.get(index)
        if sample is None:
            sample = self.font.sample(index)
            self._samples.put(index, sample, sample.frames.nbytes)
        return sample

    def _zones_of(self, bank: int, program: int, key: int, velocity: int) -> tuple[Zone, ...]:
        name = (bank, program, key, velocity)
        zones = self._zones.get(name)
        if zones is None:
            zones = self.font.zones(bank, program, key, velocity)
            self._zones.put(name, zones, 1)
        return zones

    def _ramp(self, release_s: float) -> NDArray[np.float32]:
        """How a note falls when its key is let go; the same few times return with every note."""
        ramp = self._ramps.get(release_s)
        if ramp is None:
            falling = np.arange(_tail_frames(release_s)) / (release_s * SAMPLE_RATE)
            ramp = (10.0 ** (-96.0 / 20.0 * falling)).astype(np.float32)
            ramp[-_DECLICK:] *= np.linspace(1.0, 0.0, _DECLICK, dtype=np.float32)
            self._ramps.put(release_s, ramp, ramp.nbytes)
        return ramp

    def _held(
        self, bank: int, program: int, key: int, velocity: int, frames: int, tune_cents: float, bend: Curve
    ) -> tuple[tuple[float, Samples], ...]:
        """Held voices summed by release time: (release in seconds, sound)."""
        name = (bank, program, key, velocity, frames, tune_cents, bend)
        known = self._bent if bend else self._voices
        groups = known.get(name)
        if groups is None:
            sums: dict[float, Samples] = {}
            bent = curve(bend, frames) if bend else None
            for zone in self._zones_of(bank, program, key, velocity):
                release = _release(zone)
                sound = voice.held(zone, self._sample(zone.sample), key, frames, tune_cents, bent)
                both = sums.get(release)
                if both is None:
                    both = sums[release] = np.zeros((2, frames), np.float32)
                for side, level in zip(both, voice.gain(zone), strict=True):
                    if level:
                        side += sound * np.float32(level)
            groups = tuple(sums.items())
            known.put(name, groups, sum(sound.nbytes for sound in sums.values()))
        return groups

    def note(
        self,
        bank: int,
        program: int,
        key: int,
        velocity: int,
        held_frames: int,
        tune_cents: float = 0.0,
        bend: Curve = (),
        swell: Curve = (),
        rings: bool = True,
    ) -> Samples:
        """One note with its release.

        Parameters
        ----------
        bank, program : int
            128 is the bank of drum kits, 0 that of everything else.
        key, velocity : int
            MIDI numbers, 0..127 and 1..127.
        held_frames : int
            From key down to key up.
        tune_cents : float
            How far above A = 440 Hz to play.
        bend : Curve
            Cents from the key over seconds from the note's start; notes without one stay what they are, bit by bit.
        swell : Curve
            Level in dB over seconds from the note's start.
        rings : bool
            Without it the note ends when its key is let go: less to make, for whoever measures the beginning only.

        Returns
        -------
        float32, shape (2, n)
            ``n`` is the held length and the release to -70 dB. The caller's own.
        """
        velocity = max(1, min(127, velocity))
        struck = min(127, max(_VELOCITY_STEP, _VELOCITY_STEP * round(velocity / _VELOCITY_STEP)))
        held_frames = max(1, held_frames)
        zones = self._zones_of(bank, program, key, struck)
        if not zones:
            return np.zeros((2, held_frames), np.float32)
        longest = held_frames + (_tail_frames(max(_release(zone) for zone in zones)) if rings else 0)
        # A bent note is nobody else's: no more of it is made than sounds.
        size = longest if bend else -(-longest // _SIZE_STEP) * _SIZE_STEP
        out = np.zeros((2, longest), np.float32)
        for release, sound in self._held(bank, program, key, struck, size, tune_cents, bend):
            out[:, :held_frames] += sound[:, :held_frames]
            if not rings:
                continue
            stop = held_frames + _tail_frames(release)
            out[:, held_frames:stop] += sound[:, held_frames:stop] * self._ramp(release)
        if velocity != struck:
            out *= np.float32((velocity / struck) ** 2)
        if swell:
            out *= (10.0 ** (curve(swell, longest) / 20.0)).astype(np.float32)
        return out
