"""Where the notes of a take fall, for tests that read grooves and bass lines."""

from collections.abc import Callable

from contrafact.engine.arranging import Timeline
from contrafact.engine.arranging.timeline import Part

Arranged = Callable[[str, int], Timeline]
"""A song in a style, by the style's slug and the seed."""


def onsets(part: Part, timeline: Timeline, section: str) -> list[tuple[int, int]]:
    """(sixteenth of the section, pitch) of every note of a part in a section, in order."""
    bars = [bar for bar in timeline.bars if bar.section == section]
    start_s, sixteenth_s = bars[0].start_s, (bars[0].end_s - bars[0].start_s) / 16
    return sorted(
        (round((note.start_s - start_s) / sixteenth_s), note.pitch)
        for note in part.notes
        if start_s - 0.02 <= note.start_s < bars[-1].end_s - 0.02
    )
