"""Drums, bass and the rest out of an accompaniment, by signal processing alone."""

from collections.abc import Sequence

import numpy as np

from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.listening.chart import Chord
from contrafact.engine.progress import Progress
from contrafact.engine.separation.bassline import bass_of, track_bass
from contrafact.engine.separation.blocks import Block, blocks, side_by_side
from contrafact.engine.separation.lowband import LOW_RATE, lowered, raised
from contrafact.engine.separation.percussion import drum_mask
from contrafact.engine.separation.spectra import Grid
from contrafact.engine.separation.strokes import lift_strokes

_GRID = Grid(2048)
_LOW_GRID = Grid(256)
_SPAN_FRAMES = 1024
_CONTEXT_FRAMES = 16
"""To either side: medians of medians reach 13 frames."""

_BLOCK = 90 * SAMPLE_RATE
"""Long enough to hear each drum many times, short enough to keep memory bounded."""
_OVERLAP = SAMPLE_RATE


def split_accompaniment(samples: Samples, progress: Progress, chords: Sequence[Chord] = ()) -> tuple[Samples, Samples]:
    """Drums and bass of a stereo accompaniment; what is left when both are subtracted is the rest.

    Block by block: strokes that repeat are lifted out of the low band as waves, what else is struck is taken by masks,
    and the bass is a comb on its tracked pitch in what remains. Chords, where they are known, help to track it.

    Returns
    -------
    drums, bass : float32, shape (2, frames)
    """
    drums, bass = np.zeros(samples.shape, np.float32), np.zeros(samples.shape, np.float32)
    pieces = blocks(samples.shape[1], _BLOCK, _OVERLAP, paired=True)

    def work(block: Block) -> tuple[Samples, Samples]:
        return _split(block.of(samples), chords, block.start / SAMPLE_RATE)

    for block, (its_drums, its_bass) in side_by_side(work, pieces):
        progress(block.start / max(1, block.total), "separating drums and bass")
        block.add(its_drums, drums)
        block.add(its_bass, bass)
    return drums, bass


def _split(samples: Samples, chords: Sequence[Chord], start_s: float) -> tuple[Samples, Samples]:
    frames = samples.shape[1]
    low = lowered(samples)
    if not low.any():
        return np.zeros_like(samples), np.zeros_like(samples)
    lifted = lift_strokes(low, _struck(low, _LOW_GRID, LOW_RATE), track_bass(low, chords, start_s))
    drums = raised(lifted, frames)
    rest = samples - drums
    struck = _struck(rest, _GRID, SAMPLE_RATE)
    drums += struck
    rest -= struck
    del struck, low, lifted
    tonal = lowered(rest)
    del rest
    return drums, raised(bass_of(tonal, track_bass(tonal, chords, start_s)), frames)


def _struck(samples: Samples, grid: Grid, rate: float) -> Samples:
    """What is struck, by masks, a span of frames at a time."""
    out = np.zeros(samples.shape, dtype=np.float32)
    total = grid.frames(samples.shape[1])
    for first in range(0, total, _SPAN_FRAMES):
        last = min(total, first + _SPAN_FRAMES)
        lead = min(first, _CONTEXT_FRAMES)
        spectra = grid.analyse(samples, first - lead, last + _CONTEXT_FRAMES)
        loudness = np.sqrt((np.abs(spectra) ** 2).sum(axis=0))
        inside = slice(lead, lead + last - first)
        grid.add(spectra[:, inside] * drum_mask(loudness, rate / grid.size)[inside], first, out)
    return out
