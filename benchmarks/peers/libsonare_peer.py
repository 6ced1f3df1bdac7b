"""libsonare: its whole analysis, and the transcription of a single voice."""

from typing import Any

import libsonare  # type: ignore[import-not-found]
import numpy as np
import soundfile
from protocol import Costs, serve  # type: ignore[import-not-found]

PITCHES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
QUALITIES = (
    ("minormajor", "minmaj7"),
    ("major7", "maj7"),
    ("major9", "maj7"),
    ("major11", "maj7"),
    ("major13", "maj7"),
    ("major", "maj"),
    ("minor7", "min7"),
    ("minor9", "min7"),
    ("minor11", "min7"),
    ("minor13", "min7"),
    ("minor", "min"),
    ("dominant", "7"),
    ("half", "hdim7"),
    ("diminished7", "dim7"),
    ("dim7", "dim7"),
    ("dim", "dim"),
    ("aug", "aug"),
    ("sus2", "sus2"),
    ("sus4", "sus4"),
)
"""Beginnings of its names for chords, the first that fits."""
LABELS = {"pre_chorus": "verse", "prechorus": "verse", "instrumental": "solo"}


def mono_of(path: str) -> tuple[Any, int]:
    samples, rate = soundfile.read(path, dtype="float32")
    return np.ascontiguousarray(samples.mean(axis=1)), rate


def chord_label(chord: Any) -> str:
    quality = str(chord.quality)
    if quality == "unknown":
        return "N"
    short = next((value for name, value in QUALITIES if quality.lower().startswith(name)), "maj")
    return f"{PITCHES[int(chord.root)]}:{short}"


def listen(job: dict[str, str], costs: Costs) -> dict[str, Any]:
    sound, rate = mono_of(job["audio"])
    with costs.of("analysis"):
        heard = libsonare.analyze(sound, rate, use_triads_only=False, tuning="auto")
    voice, rate = mono_of(job["vocals"])
    notes: list[list[float]] = []
    if np.abs(voice).max() > 1e-4:
        with costs.of("melody"):
            notes = voice_notes(voice, rate)
    beats = [float(beat.time) for beat in heard.beats]
    key = f"{PITCHES[int(heard.key.root)]} {'minor' if 'minor' in str(heard.key.mode).lower() else 'major'}"
    return {
        "beats": beats,
        "downbeats": [beats[index] for index in heard.downbeat_indices if index < len(beats)],
        "tempo": float(heard.bpm),
        "metre": [int(heard.time_signature.numerator), None],
        "key": key,
        "chords": [[float(item.start), float(item.end), chord_label(item)] for item in heard.chords],
        "sections": [
            [float(item.start), float(item.end), section_label(str(item.canonical_name))] for item in heard.sections
        ],
        "melody": notes,
    }


def section_label(name: str) -> str:
    plain = name.lower().replace("-", "_").replace(" ", "_")
    return LABELS.get(plain, plain)


def voice_notes(voice: Any, rate: int) -> list[list[float]]:
    """Its events count quarters, which are seconds at 60 BPM; the second number is a MIDI message."""
    notes: list[list[float]] = []
    sounding: dict[int, float] = {}
    for at_s, message, _ in libsonare.transcribe(voice, rate, tempo_bpm=60.0).events:
        kind, pitch, strength = (message >> 16) & 0xF0, (message >> 8) & 0x7F, message & 0x7F
        if pitch in sounding:
            start_s = sounding.pop(pitch)
            if at_s > start_s:
                notes.append([start_s, float(at_s), float(pitch)])
        if kind == 0x90 and strength > 0:
            sounding[pitch] = float(at_s)
    return sorted(notes)


serve(listen)
