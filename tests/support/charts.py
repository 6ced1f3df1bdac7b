"""Charts of invented songs with known truth, for every test that arranges."""

from collections.abc import Sequence
from typing import cast

from contrafact.engine.listening.chart import (
    Bar,
    Beat,
    Chart,
    Chord,
    Key,
    Loudness,
    Metre,
    Region,
    Section,
    SectionLabel,
    Tempo,
    TempoPoint,
)

POP = (
    ("intro", "A", 4, 0.3),
    ("verse", "B", 8, 0.45),
    ("chorus", "C", 8, 0.9),
    ("verse", "B", 8, 0.5),
    ("chorus", "C", 8, 1.0),
)
LONG = (*POP, ("bridge", "D", 8, 0.5), ("break", "E", 4, 0.1), ("chorus", "C", 8, 1.0), ("outro", "F", 4, 0.3))
AXIS = ("C:maj", "G:maj", "A:min", "F:maj")


def song_chart(
    *,
    bpm: float = 110.0,
    beats_per_bar: int = 4,
    form: Sequence[tuple[str, str, int, float]] = POP,
    chords: Sequence[str] = AXIS,
    pickup_s: float = 0.7,
    tail_s: float = 2.5,
    drift: float = 0.0,
    sing: bool = True,
    key: tuple[str, str] = ("C", "major"),
    lufs: float = -14.0,
    confidence: float = 0.8,
) -> Chart:
    """A chart of sections (label, letter, bars, energy) with one chord a bar.

    ``drift`` bends the tempo by that share over the song (a performance without a click); with ``sing`` the voice
    takes the first three bars of every four in verses and choruses, beginning a little before the bar.
    """
    beat_s = 60.0 / bpm
    count = sum(bars for _, _, bars, _ in form)
    beats: list[float] = [pickup_s]
    total = count * beats_per_bar
    for number in range(total):
        beats.append(beats[-1] + beat_s * (1.0 + drift * (2.0 * number / total - 1.0)))
    bars = [
        Bar(
            index=bar,
            start_s=beats[bar * beats_per_bar],
            end_s=beats[(bar + 1) * beats_per_bar],
            beats_s=tuple(beats[bar * beats_per_bar : (bar + 1) * beats_per_bar]),
        )
        for bar in range(count)
    ]
    sections, voice, first = [], [], 0
    for label, letter, length, energy in form:
        sections.append(
            Section(
                start_s=bars[first].start_s,
                end_s=bars[first + length - 1].end_s,
                first_bar=first,
                last_bar=first + length - 1,
                label=cast(SectionLabel, label),
                letter=letter,
                energy=energy,
                confidence=0.8,
            )
        )
        if sing and label in ("verse", "chorus"):
            for bar in range(first, first + length, 4):
                end = bars[min(bar + 2, first + length - 1)].end_s
                voice.append(Region(start_s=max(0.0, bars[bar].start_s - 0.2), end_s=end, confidence=0.9))
        first += length
    return Chart(
        duration_s=beats[-1] + tail_s,
        content="music",
        content_confidence=0.95,
        tempo=Tempo(bpm=bpm, confidence=0.9, steady=drift == 0.0),
        tempo_curve=tuple(TempoPoint(time_s=bar.start_s, bpm=bpm) for bar in bars),
        metre=Metre(beats_per_bar=beats_per_bar, confidence=0.9),
        beats=tuple(Beat(time_s=time, position=n % beats_per_bar + 1) for n, time in enumerate(beats[:-1])),
        bars=tuple(bars),
        key=Key.model_validate({"tonic": key[0], "mode": key[1], "confidence": 0.8}),
        chords=tuple(
            Chord(start_s=bar.start_s, end_s=bar.end_s, label=chords[bar.index % len(chords)], confidence=confidence)
            for bar in bars
        ),
        sections=tuple(sections),
        vocal_regions=tuple(voice),
        loudness=Loudness(integrated_lufs=lufs, true_peak_dbtp=-1.0),
    )
