"""Charts with a known tune: what an ear would have written down of a singer, for tests of lines and harmony."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from contrafact.engine.arranging.chords import parse_chord
from contrafact.engine.listening.chart import Chart, Melody, Note, Region


def with_tune(
    chart: Chart, seed: int = 0, *, tuning_cents: float = 0.0, confidence: float = 0.9, spread_cents: float = 12.0
) -> Chart:
    """The chart with a note of its chord on every beat that is sung; every fourth bar begins with a breath.

    Pitches lie ``tuning_cents`` off A = 440 Hz, each some cents more (``spread_cents``), as singers do.
    """
    generator = np.random.default_rng(seed)
    notes: list[Note] = []
    pitch = 64.0
    for bar in chart.bars:
        tones = next((parse_chord(c.label) for c in chart.chords if c.start_s <= bar.start_s + 0.01 < c.end_s), None)
        sung = any(region.start_s <= bar.start_s + 0.3 < region.end_s for region in chart.vocal_regions)
        if tones is None or not sung:
            continue
        edges = [*bar.beats_s, bar.end_s]
        for start_s, end_s in pairwise(edges):
            near = sorted(
                (p for p in range(55, 76) if p % 12 in tones.pitch_classes), key=lambda p: (abs(p - pitch), p)
            )
            pitch = float(near[int(generator.integers(min(3, len(near))))])
            off = (tuning_cents + spread_cents * generator.uniform(-1.0, 1.0)) / 100.0
            gap_s = 0.02 if generator.uniform() < 0.7 else 0.1
            notes.append(
                Note(
                    start_s=start_s,
                    end_s=end_s - gap_s,
                    pitch_midi=pitch + off,
                    level_db=float(-18.0 + 6.0 * generator.uniform(-1.0, 1.0)),
                    confidence=confidence,
                )
            )
    return _with(chart, notes, tuning_cents)


def with_notes(chart: Chart, notes: Sequence[tuple[float, float, float]], *, tuning_cents: float = 0.0) -> Chart:
    """The chart with given notes: (start, end, MIDI pitch)."""
    made = [
        Note(start_s=start_s, end_s=end_s, pitch_midi=pitch, level_db=-18.0, confidence=0.95)
        for start_s, end_s, pitch in notes
    ]
    return _with(chart, made, tuning_cents)


def _with(chart: Chart, notes: Sequence[Note], tuning_cents: float) -> Chart:
    regions = tuple(Region(start_s=note.start_s, end_s=note.end_s, confidence=0.9) for note in notes)
    melody = Melody(notes=tuple(notes), vocal_register=None, breaths=())
    return chart.model_copy(
        update={"melody": melody, "tuning_cents": tuning_cents, "vocal_regions": chart.vocal_regions or regions}
    )
