"""The chart that a perfect listener would write of a generated song."""

from typing import cast

import numpy as np

from contrafact.engine.listening.chart import (
    Bar,
    Beat,
    Chart,
    Chord,
    Drums,
    Hit,
    Key,
    Loudness,
    Melody,
    Metre,
    Note,
    Region,
    Section,
    SectionLabel,
    Tempo,
)
from tests.support.songs import GeneratedSong


def chart_of_song(song: GeneratedSong) -> Chart:
    """Beats, chords, sections, voice and notes as they are; the energy of a section is its measured level."""
    beats, per_bar = song.beats_s, song.beats_per_bar
    step = float(np.median(np.diff(beats)))
    lines = [*beats.tolist(), float(beats[-1]) + step]
    count = len(beats) // per_bar
    bars = tuple(
        Bar(
            index=bar,
            start_s=lines[bar * per_bar],
            end_s=lines[(bar + 1) * per_bar],
            beats_s=tuple(lines[bar * per_bar : (bar + 1) * per_bar]),
        )
        for bar in range(count)
    )
    energies = _energies(song)
    letters: dict[str, str] = {}
    sections = []
    for item, energy in zip(song.sections, energies, strict=True):
        letter = letters.setdefault(item.label, chr(ord("A") + len(letters)))
        sections.append(
            Section(
                start_s=item.start_s,
                end_s=item.end_s,
                first_bar=item.first_bar,
                last_bar=item.last_bar,
                label=cast(SectionLabel, item.label),
                letter=letter,
                energy=energy,
                confidence=1.0,
            )
        )
    tonic, mode = song.key.split()
    return Chart(
        duration_s=song.audio.duration_s,
        content="music",
        content_confidence=1.0,
        tempo=Tempo(bpm=song.bpm, confidence=1.0, steady=True),
        tempo_curve=(),
        metre=Metre(beats_per_bar=per_bar, confidence=1.0),
        beats=tuple(Beat(time_s=float(time), position=n % per_bar + 1) for n, time in enumerate(beats)),
        bars=bars,
        key=Key.model_validate({"tonic": tonic, "mode": mode, "confidence": 1.0}),
        chords=tuple(Chord(start_s=c.start_s, end_s=c.end_s, label=c.label, confidence=1.0) for c in song.chords),
        sections=tuple(sections),
        vocal_regions=tuple(Region(start_s=a, end_s=b, confidence=1.0) for a, b in song.vocal_regions_s),
        loudness=Loudness(integrated_lufs=-14.0, true_peak_dbtp=-1.0),
        melody=Melody(
            notes=tuple(
                Note(start_s=n.start_s, end_s=n.end_s, pitch_midi=n.pitch_midi, confidence=1.0) for n in song.melody
            ),
            vocal_register=None,
            breaths=(),
        ),
        drums=Drums(
            hits=tuple(Hit(time_s=float(t), drum="kick", strength=1.0, confidence=1.0) for t in beats), groove=()
        ),
    )


def _energies(song: GeneratedSong) -> list[float]:
    samples, rate = song.audio.samples, song.audio.samples.shape[1] / song.audio.duration_s
    levels = [
        10 * np.log10(float((samples[:, round(s.start_s * rate) : round(s.end_s * rate)] ** 2).mean()) + 1e-9)
        for s in song.sections
    ]
    low, high = min(levels), max(max(levels), min(levels) + 3.0)
    return [float((level - low) / (high - low)) for level in levels]
