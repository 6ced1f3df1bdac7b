"""Generated parts: notes laid frame-exactly into a part's own track."""

from collections.abc import Callable
from typing import Final

import numpy as np

from contrafact.engine.arranging.pack import SWEEPS_KIT
from contrafact.engine.arranging.timeline import Note, Part
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.grid import frame
from contrafact.engine.rendering.kits import choke_group
from contrafact.engine.rendering.sampler import Cache
from contrafact.engine.rendering.sounds import Sounds

_CHOKE_FADE: Final = SAMPLE_RATE // 100
_SHORTEST_S: Final = 0.03
_RELEASE_S: Final = 3.0
"""No instrument rings longer than this after its key is let go (the sampler's own bound is 2.92 s)."""
_LONGEST_STROKE: Final = 10 * SAMPLE_RATE
"""No stroke of a drum is heard longer than this."""
_KEPT_BYTES: Final = 6 * 2**20


class PartSource:
    """The dry sound of one part: any span of it, always the same.

    A note starts at the frame nearest to its time. Kit strokes ring as long as they ring, unless a piece of the same
    choke group is struck; other notes last as written and then release.
    """

    def __init__(self, part: Part, sounds: Sounds, tuning_cents: float = 0.0) -> None:
        self._notes = tuple(sorted(part.notes, key=lambda note: (note.start_s, note.pitch)))
        self._starts = np.array([frame(note.start_s) for note in self._notes], dtype=np.int64)
        self._play: Callable[[int], Samples]
        if part.instrument.kind == "kit" and part.instrument.kit == SWEEPS_KIT:
            self._play = self._sweep
            self._ends = self._starts + np.array([frame(note.duration_s) + 1 for note in self._notes], dtype=np.int64)
        elif part.instrument.kind == "kit":
            self._kit_name, self._cuts = part.instrument.kit, _choke_frames(self._notes)
            self._play = self._stroke
            self._ends = self._starts + _LONGEST_STROKE
            for number, cut in self._cuts.items():
                self._ends[number] = self._starts[number] + min(_LONGEST_STROKE, cut + _CHOKE_FADE)
        else:
            self._program = max(0, min(127, part.instrument.program))
            self._play = self._tone
            held = [frame(max(_SHORTEST_S, note.duration_s) + _RELEASE_S) for note in self._notes]
            self._ends = self._starts + np.array(held, dtype=np.int64)
        self._sounds = sounds
        # A tenth of a cent is inaudible and keeps the number of different notes small.
        self._tuning_cents = round(max(-100.0, min(100.0, tuning_cents)), 1)
        self._held: Cache[Samples] = Cache(_KEPT_BYTES)
        """Notes that go on beyond the last span asked for: whoever asks for the next one finds them."""

    def read(self, start: int, stop: int) -> Samples:
        """Frames ``start`` to ``stop`` of the take, float32 (2, n)."""
        out = np.zeros((2, max(0, stop - start)), np.float32)
        last = int(np.searchsorted(self._starts, stop))
        for number in np.flatnonzero(self._ends[:last] > start).tolist():
            begin = int(self._starts[number])
            sound = self._held.get(number)
            if sound is None:
                sound = self._play(number)
                if begin + sound.shape[1] > stop:
                    self._held.put(number, sound, sound.nbytes)
            a, b = max(begin, start), min(begin + sound.shape[1], stop)
            if a < b:
                out[:, a - start : b - start] += sound[:, a - begin : b - begin]
        return out

    def _tone(self, number: int) -> Samples:
        note = self._notes[number]
        pitch = max(0, min(127, note.pitch))
        length_s = max(_SHORTEST_S, note.duration_s)
        return self._sounds.note(
            self._program, pitch, note.velocity, length_s, self._tuning_cents, note.bend, note.swell
        )

    def _sweep(self, number: int) -> Samples:
        note = self._notes[number]
        return self._sounds.sweep(note.pitch, note.velocity, note.duration_s)

    def _stroke(self, number: int) -> Samples:
        note = self._notes[number]
        sound = self._sounds.kit(self._kit_name).hit(max(0, min(127, note.pitch)), note.velocity)
        cut = min(self._cuts.get(number, _LONGEST_STROKE), _LONGEST_STROKE - _CHOKE_FADE)
        if cut < sound.shape[1]:
            stop = min(sound.shape[1], cut + _CHOKE_FADE)
            sound = sound[:, :stop].copy()
            sound[:, cut:] *= np.linspace(1.0, 0.0, stop - cut, dtype=np.float32)
        return sound


def _choke_frames(notes: tuple[Note, ...]) -> dict[int, int]:
    """After how many frames a stroke is cut off by a later one of its group."""
    cuts: dict[int, int] = {}
    sounding: dict[str, list[int]] = {}
    for number, note in enumerate(notes):
        group = choke_group(note.pitch)
        if group is None:
            continue
        for earlier in sounding.get(group, []):
            gap = frame(note.start_s) - frame(notes[earlier].start_s)
            if gap > 0:
                cuts[earlier] = gap
        same_time = [n for n in sounding.get(group, []) if frame(notes[n].start_s) == frame(note.start_s)]
        sounding[group] = [*same_time, number]
    return cuts
