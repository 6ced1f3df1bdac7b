"""The singer as the band hears them: long notes and register, in the take's time and key."""

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

from contrafact.engine.arranging.form import Form, placed
from contrafact.engine.listening.chart import Chart

LONG_S = 0.3
"""A shorter note passes before a chord could grate with it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A long note of the melody, to the nearest semitone, as it sounds in the take."""

    start_s: float
    end_s: float
    pitch: int


@dataclass(frozen=True)
class Singer:
    """Long notes in order of their start, and where the voice moves (lowest, highest MIDI pitch)."""

    held: tuple[Held, ...] = ()
    register: tuple[int, int] | None = None

    def long_notes(self, start_s: float, end_s: float) -> tuple[int, ...]:
        """Pitches of long notes that sound within a span for a quarter of a second or most of it, lowest first."""
        least_s = min(0.25, 0.6 * (end_s - start_s))
        stop = bisect_left(self._starts, end_s)
        return tuple(
            sorted(
                {
                    note.pitch
                    for note in self.held[max(0, stop - 64) : stop]
                    if min(note.end_s, end_s) - max(note.start_s, start_s) >= least_s
                }
            )
        )

    def holds(self, time_s: float, least_s: float) -> bool:
        """Whether a note that began before goes on for ``least_s`` more."""
        stop = bisect_left(self._starts, time_s - 0.1)
        return any(note.end_s >= time_s + least_s for note in self.held[max(0, stop - 8) : stop])

    @cached_property
    def _starts(self) -> list[float]:
        return [note.start_s for note in self.held]


NOBODY = Singer()


def listen_to_singer(chart: Chart, form: Form, semitones: int) -> Singer:
    """The lead voice of the song in a take; nobody where no melody was heard."""
    if chart.melody is None:
        return NOBODY
    held = [
        Held(start_s, end_s, round(note.pitch_midi) + semitones)
        for note in chart.melody.notes
        for _, start_s, end_s in placed(form, note.start_s, note.end_s)
        if end_s - start_s >= LONG_S
    ]
    heard = chart.melody.vocal_register
    register = (round(heard.low_midi) + semitones, round(heard.high_midi) + semitones) if heard else None
    return Singer(tuple(sorted(held, key=lambda note: (note.start_s, note.pitch))), register)
