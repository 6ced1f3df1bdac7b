"""What was played anew, as a Standard MIDI File (RP-001, type 1): notes, bends, tempo map, signatures and sections."""

import io
from collections.abc import Iterator, Sequence

import mido
import numpy as np

from contrafact.engine.arranging.timeline import Note, Part, Timeline
from contrafact.engine.exporting.tempo_map import TempoMap, tempo_map

TICKS_PER_BEAT = 480
BEND_RANGE = 12
"""Semitones of the pitch wheel, told to the player by RPN 0."""
_DRUM_CHANNEL = 9
_STEP_S = 0.01
_STRUCK = frozenset({"drums", "percussion"})

Event = tuple[int, int, mido.Message]
"""Tick, rank among those of one tick, message."""


def to_midi(timeline: Timeline, title: str) -> bytes:
    """The file's bytes; the same timeline gives the same.

    A part whose kind of sound no General MIDI player has (risers, impacts) is left out.
    """
    time = tempo_map(timeline)
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT, charset="utf-8")
    file.tracks.append(_conductor(time, title))
    parts = [part for part in timeline.parts if part.notes and part.role != "effects"]
    for part, channel in zip(parts, _channels(parts), strict=True):
        file.tracks.append(_track(part, channel, time))
    written = io.BytesIO()
    file.save(file=written)
    return written.getvalue()


def _channels(parts: Sequence[Part]) -> Iterator[int]:
    """Struck parts share the drum channel; more than fifteen others begin to share theirs."""
    free = [channel for channel in range(16) if channel != _DRUM_CHANNEL]
    taken = 0
    for part in parts:
        if part.role in _STRUCK:
            yield _DRUM_CHANNEL
        else:
            yield free[taken % len(free)]
            taken += 1


def _tick(beat: float) -> int:
    return max(0, round(beat * TICKS_PER_BEAT))


def _conductor(time: TempoMap, title: str) -> mido.MidiTrack:
    events: list[Event] = [(0, 0, mido.MetaMessage("track_name", name=title))]
    events += [
        (_tick(step.beat), 1, mido.MetaMessage("set_tempo", tempo=round(60e6 / step.bpm))) for step in time.tempi
    ]
    for signature in time.signatures:
        said = mido.MetaMessage("time_signature", numerator=signature.beats_per_bar, denominator=4)
        events.append((_tick(signature.beat), 2, said))
    events += [(_tick(mark.beat), 3, mido.MetaMessage("marker", text=mark.name)) for mark in time.markers]
    return _in_order(events)


def _track(part: Part, channel: int, time: TempoMap) -> mido.MidiTrack:
    events: list[Event] = [(0, 0, mido.MetaMessage("track_name", name=part.name))]
    if channel != _DRUM_CHANNEL:
        events.append((0, 1, mido.Message("program_change", channel=channel, program=part.instrument.program)))
    if any(note.bend for note in part.notes):
        controls = ((101, 0), (100, 0), (6, BEND_RANGE), (38, 0))
        events += [(0, 2, mido.Message("control_change", channel=channel, control=c, value=v)) for c, v in controls]
    for note in part.notes:
        events += _sounded(note, channel, time)
    return _in_order(events)


def _sounded(note: Note, channel: int, time: TempoMap) -> Iterator[Event]:
    start, end = _tick(time.beat(note.start_s)), _tick(time.beat(note.start_s + note.duration_s))
    end = max(end, start + 1)
    for offset_s, cents in _points(note.bend, note.duration_s):
        wheel = round(max(-1.0, min(1.0, cents / (100.0 * BEND_RANGE))) * 8191)
        bent = mido.Message("pitchwheel", channel=channel, pitch=wheel)
        yield min(_tick(time.beat(note.start_s + offset_s)), end), 3, bent
    for offset_s, level_db in _points(note.swell, note.duration_s):
        value = round(127.0 * min(1.0, 10.0 ** (level_db / 40.0)))
        said = mido.Message("control_change", channel=channel, control=11, value=value)
        yield min(_tick(time.beat(note.start_s + offset_s)), end), 3, said
    yield start, 4, mido.Message("note_on", channel=channel, note=note.pitch, velocity=note.velocity)
    yield end, 2, mido.Message("note_off", channel=channel, note=note.pitch, velocity=0)


def _points(curve: Sequence[tuple[float, float]], length_s: float) -> Iterator[tuple[float, float]]:
    """A curve every 10 ms where its value changes, and at its own corners."""
    if not curve:
        return
    corners = [at for at, _ in curve]
    places = np.union1d(np.arange(0.0, length_s, _STEP_S), [at for at in corners if 0.0 <= at <= length_s])
    values = np.interp(places, corners, [value for _, value in curve])
    last: float | None = None
    for at, value in zip(places.tolist(), values.tolist(), strict=True):
        if last is None or at in corners or abs(value - last) >= 0.5:
            yield at, value
            last = value


def _in_order(events: Sequence[Event]) -> mido.MidiTrack:
    """Events as MIDI wants them, each with its distance to the one before."""
    track = mido.MidiTrack()
    now = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=0))
    return track
