"""Generated parts: notes laid frame-exactly into a part's own bus."""

from collections.abc import Callable

import numpy as np

from contrafact.engine.arranging.timeline import Note, Part
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.grid import QUANTUM, frame
from contrafact.engine.rendering.kits import choke_group
from contrafact.engine.rendering.sounds import Sounds

_CHOKE_FADE = SAMPLE_RATE // 100
_SHORTEST_S = 0.03
_LONGEST_NOTE_S = 16.0
_RINGING_S = 1.0


class PartSource:
    """The dry sound of one part, quantum by quantum.

    A note starts at the frame nearest to its time. Kit strokes ring as long as they ring, unless a piece of the same
    choke group is struck; other notes last as written and then release.
    """

    def __init__(self, part: Part, sounds: Sounds, tuning_cents: float = 0.0) -> None:
        self._notes = tuple(sorted(part.notes, key=lambda note: (note.start_s, note.pitch)))
        self._starts = np.array([frame(note.start_s) for note in self._notes], dtype=np.int64)
        self._play: Callable[[int], Samples]
        if part.instrument.kind == "kit":
            self._kit_name, self._cuts = part.instrument.kit, _choke_frames(self._notes)
            self._play = self._stroke
        else:
            self._program = max(0, min(127, part.instrument.program))
            self._play = self._tone
        self._sounds = sounds
        # A tenth of a cent is inaudible and keeps the number of different notes small.
        self._tuning_cents = round(max(-100.0, min(100.0, tuning_cents)), 1)
        self._ringing: list[tuple[int, Samples]] = []
        self._at = 0
        self._next = int(np.searchsorted(self._starts, 0))

    def _tone(self, number: int) -> Samples:
        note = self._notes[number]
        pitch = max(0, min(127, note.pitch))
        length_s = max(_SHORTEST_S, note.duration_s)
        return self._sounds.note(
            self._program, pitch, note.velocity, length_s, self._tuning_cents, note.bend, note.swell
        )

    def _stroke(self, number: int) -> Samples:
        note = self._notes[number]
        sound = self._sounds.kit(self._kit_name).hit(max(0, min(127, note.pitch)), note.velocity)
        cut = self._cuts.get(number)
        if cut is not None and cut < sound.shape[1]:
            stop = min(sound.shape[1], cut + _CHOKE_FADE)
            sound = sound[:, :stop].copy()
            sound[:, cut:] *= np.linspace(1.0, 0.0, stop - cut, dtype=np.float32)
        return sound

    def seek(self, at: int) -> None:
        """Go to a frame. Notes that began before it are heard if they are held until then or ended shortly before."""
        self._at = at
        self._next = int(np.searchsorted(self._starts, at))
        first = int(np.searchsorted(self._starts, at - frame(_LONGEST_NOTE_S)))
        self._ringing = [
            (int(self._starts[n]), self._play(n))
            for n in range(first, self._next)
            if frame(self._notes[n].start_s + self._notes[n].duration_s + _RINGING_S) > at
        ]

    def read(self) -> Samples:
        """The next quantum, float32 (2, QUANTUM)."""
        out = np.zeros((2, QUANTUM), np.float32)
        start, stop = self._at, self._at + QUANTUM
        last = int(np.searchsorted(self._starts, stop))
        self._ringing += [(int(self._starts[n]), self._play(n)) for n in range(self._next, last)]
        self._next, self._at = last, stop
        still: list[tuple[int, Samples]] = []
        for begin, sound in self._ringing:
            end = begin + sound.shape[1]
            a, b = max(begin, start), min(end, stop)
            if a < b:
                out[:, a - start : b - start] += sound[:, a - begin : b - begin]
            if end > stop:
                still.append((begin, sound))
        self._ringing = still
        return out


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
