"""How loud generated parts will be, told from their notes: for a sound check that plays none of them.

``levels.npz`` holds what ``scripts/learn_levels.py`` measured once of every instrument and drum: mean squares in bands,
over the time after a stroke. Notes add up by their power; effects act on bands: filters by what they do there,
whatever bends the wave by what it does to noise of that level.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.fft import rfft
from numpy.typing import NDArray

from contrafact.engine.arranging.effects import EFFECTS
from contrafact.engine.arranging.pack import SWEEPS_KIT
from contrafact.engine.arranging.timeline import AutomatedKnob, Effect, Note, Part
from contrafact.engine.audio.loudness import k_weighting
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.kits import KIT_NAMES
from contrafact.engine.rendering.processors import highpass, lowpass, peak, shelf
from contrafact.engine.rendering.sweeps import Sections, curve_of, values
from contrafact.engine.rendering.tape import Chorus

LEVELS: Final = Path(__file__).with_name("levels.npz")
BANDS_HZ: Final = (20.0, 60.0, 120.0, 200.0, 300.0, 550.0, 1000.0, 1200.0, 2300.0, 4500.0, 8000.0, 20_000.0)
"""Edges; those of the bands in which a voice and its bed are compared are among them."""
SLOTS_S: Final = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Edges of the times after a note's beginning; the last one stands for all that follows."""
KEYS: Final = tuple(range(24, 109, 4))
STROKES: Final = tuple(range(27, 88))
VELOCITIES: Final = (56, 104)
FLOOR_DB: Final = -110.0

Powers = NDArray[np.float64]

_POINTS: Final = 5
"""Places in each band at which a filter is looked at."""
_CREST_DB: Final = 4.0
"""How far what a compressor follows lies above the mean square of a tenth of a second."""
_SIDE_SHARE: Final = 0.15
"""Of an instrument's power, what differs between left and right."""
_VINYL_DB: Final = -3.0
"""Power of both sides of a record's dust, against its level."""
_SHORTEST_S: Final = 0.03
_LONGEST_STROKE_S: Final = 10.0
_SWEPT: Final[tuple[tuple[AutomatedKnob, Sections], ...]] = (("lowpass_hz", lowpass), ("highpass_hz", highpass))
_HERTZ: Final = np.array([np.geomspace(low, high, 2 * _POINTS + 1)[1::2] for low, high in pairwise(BANDS_HZ)])
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(15)


def foretold(part: Part, starts: Sequence[int], frames: int, hop: int) -> Powers:
    """Power in each band of each hop of some windows of a part's track, before its fader.

    Parameters
    ----------
    part : Part
    starts : sequence of int
        Frames at which windows begin.
    frames, hop : int
        Length of a window, and of what is told apart in it; a rest is left out.

    Returns
    -------
    float64, shape (windows, hops, bands)
        Mean squares of both sides together. Risers and impacts are left out: the rare moments at which they sound say
        nothing of how loud a take is. So is what rings on when a key has been let go.
    """
    hops = frames // hop
    begins = np.asarray(starts, np.int64)[:, None] + np.arange(hops) * hop
    powers = np.zeros((*begins.shape, len(BANDS_HZ) - 1))
    if part.notes and part.instrument.kit != SWEEPS_KIT:
        _lay(powers, part, begins / SAMPLE_RATE, hop / SAMPLE_RATE)
    for effect in part.effects:
        powers = _through(powers, effect)
    for knob, sections in _SWEPT:
        curve = curve_of(part.automation, knob)
        if curve is not None:
            hertz = values(curve, (begins + hop // 2).reshape(-1)).tolist()
            powers = powers * np.array([_passed(sections(each)) for each in hertz]).reshape(powers.shape)
    return powers


def life_of(sound: Samples) -> NDArray[np.uint8]:
    """What ``levels.npz`` holds of a sound: half decibels above :data:`FLOOR_DB`, shape (slots, bands).

    Mean squares of both sides together, in each band of each stretch of time.
    """
    edges = [round(at * SAMPLE_RATE) for at in SLOTS_S]
    heard = np.zeros((2, edges[-1]))
    stop = min(edges[-1], sound.shape[1])
    heard[:, :stop] = sound[:, :stop]
    powers = np.zeros((len(SLOTS_S) - 1, len(BANDS_HZ) - 1))
    for row, (first, last) in zip(powers, pairwise(edges), strict=True):
        length = last - first
        spectrum = (np.abs(rfft(heard[:, first:last], axis=1)) ** 2).sum(axis=0) * 2.0 / length**2
        limits = np.searchsorted(np.arange(spectrum.size) * (SAMPLE_RATE / length), BANDS_HZ)
        row[:] = [spectrum[low:high].sum() for low, high in pairwise(limits)]
    decibels = 10.0 * np.log10(np.maximum(powers, 1e-30))
    return np.clip(np.rint(2.0 * (decibels - FLOOR_DB)), 0, 255).astype(np.uint8)


@lru_cache(maxsize=1)
def tables() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """:func:`life_of` every program, shape (128, keys, velocities, slots, bands), and every piece of every kit."""
    with np.load(LEVELS, allow_pickle=False) as held:
        return held["tones"], held["strokes"]


def k_weights() -> Powers:
    """What a loudness meter makes of a power in each band."""
    return _passed(k_weighting(SAMPLE_RATE))


def _lay(powers: Powers, part: Part, begins_s: Powers, hop_s: float) -> None:
    """Add the notes to the hops in which they sound: of each, so much of every stretch of its life as falls there."""
    starts = np.array([note.start_s for note in part.notes])
    lasts = np.full(len(starts), _LONGEST_STROKE_S)
    if part.instrument.kind != "kit":
        lasts = np.array([max(_SHORTEST_S, note.duration_s) for note in part.notes])
    edges = np.array([*SLOTS_S[:-1], np.inf])
    for window, begin_s in zip(powers, begins_s, strict=True):
        near = np.flatnonzero((starts < begin_s[-1] + hop_s) & (starts + lasts > begin_s[0]))
        if not near.size:
            continue
        notes = [part.notes[number] for number in near.tolist()]
        lower = begin_s - starts[near, None]
        upper = np.minimum(lower + hop_s, lasts[near, None])
        shares = np.minimum(upper[:, :, None], edges[1:]) - np.maximum(lower[:, :, None], edges[:-1])
        shares = shares.clip(0.0) / hop_s
        if any(note.swell for note in notes):
            shares *= np.array([[_swollen(note, at_s + hop_s / 2) for at_s in begin_s] for note in notes])[:, :, None]
        window += np.einsum("nhs,nsb->hb", shares, _lives(part, notes))


def _swollen(note: Note, at_s: float) -> float:
    if not note.swell:
        return 1.0
    times, decibels = zip(*note.swell, strict=True)
    return float(10.0 ** (np.interp(at_s - note.start_s, times, decibels) / 10.0))


def _lives(part: Part, notes: Sequence[Note]) -> Powers:
    """Power over the life of each note, shape (notes, slots, bands)."""
    tones, strokes = tables()
    pitches = np.array([note.pitch for note in notes])
    velocities = np.clip([note.velocity for note in notes], 1, 127)
    if part.instrument.kind == "kit":
        table = strokes[KIT_NAMES.index(part.instrument.kit)]
        below = above = np.clip(pitches - STROKES[0], 0, len(STROKES) - 1)
        share = np.zeros(len(notes))
    else:
        table = tones[max(0, min(127, part.instrument.program))]
        # Between two keys that were measured, by their powers: a fundamental enters another band by and by.
        place = np.clip((pitches - KEYS[0]) / (KEYS[1] - KEYS[0]), 0.0, len(KEYS) - 1.0)
        below = np.minimum(place.astype(np.intp), len(KEYS) - 2)
        above, share = below + 1, place - below
    weak, strong = VELOCITIES
    strength = (np.log(velocities / weak) / math.log(strong / weak))[:, None, None]
    out: Powers = np.zeros(())
    for rows, weight in ((below, 1.0 - share), (above, share)):
        decibels = table[rows].astype(np.float64) / 2.0 + FLOOR_DB
        between = decibels[:, 0] + strength * (decibels[:, 1] - decibels[:, 0])
        out = out + weight[:, None, None] * 10.0 ** (between / 10.0)
    return out


def _through(powers: Powers, effect: Effect) -> Powers:
    """What an effect leaves of powers in bands, shape (..., bands).

    A gate, a worn tape and coarse steps leave about what was there.
    """
    knobs = {name: effect.get(name, knob.default) for name, knob in EFFECTS[effect.name].items()}
    match effect.name:
        case "highpass":
            return powers * _passed(highpass(knobs["cutoff_hz"]))
        case "lowpass":
            return powers * _passed(lowpass(knobs["cutoff_hz"]))
        case "low_shelf" | "high_shelf":
            high = effect.name == "high_shelf"
            return powers * _passed(shelf(knobs["cutoff_hz"], knobs["gain_db"], high=high))
        case "peak":
            return powers * _passed(peak(knobs["cutoff_hz"], knobs["gain_db"], knobs["q"]))
        case "compressor":
            followed_db = 10.0 * np.log10(_one_side(powers) + 1e-12) + _CREST_DB
            over_db = np.maximum(0.0, followed_db - knobs["threshold_db"])
            gain_db = over_db * (1.0 / knobs["ratio"] - 1.0) + knobs["makeup_db"]
            return np.asarray(powers * (10.0 ** (gain_db / 10.0))[..., None])
        case "saturation":
            drive = 10.0 ** (knobs["drive_db"] / 20.0)
            side = _one_side(powers)
            wave = np.tanh(drive * np.sqrt(side)[..., None] * _NODES) / drive**0.7
            bent = (wave**2 @ _WEIGHTS) / _WEIGHTS.sum()
            return np.asarray(powers * (bent / (side + 1e-18))[..., None])
        case "chorus":
            return powers * _doubled(knobs["depth"], knobs["mix"])
        case "tremolo":
            return powers * (1.0 - knobs["depth"] + 0.375 * knobs["depth"] ** 2)
        case "width":
            return powers * (1.0 + _SIDE_SHARE * (knobs["amount"] ** 2 - 1.0))
        case "vinyl":
            return np.asarray(powers + 10.0 ** ((knobs["level_db"] + _VINYL_DB) / 10.0) / powers.shape[-1])
        case _:
            return powers


def _one_side(powers: Powers) -> Powers:
    total: Powers = powers.sum(axis=-1) / 2.0
    return total


def _doubled(depth: float, mix: float) -> Powers:
    """What a chorus leaves of a power in each band: low ones meet their own copies, high ones meet strangers."""
    delays_s = Chorus.CENTRE_S + depth * Chorus.SWING_S * np.sin(np.arange(8) * np.pi / 4.0)
    together = np.cos(2.0 * np.pi * _HERTZ[..., None] * delays_s).mean(axis=(1, 2))
    return np.asarray((1.0 - mix) ** 2 + mix**2 + 2.0 * mix * (1.0 - mix) * together)


def _passed(sections: Powers) -> Powers:
    """What filters make of a power in each band."""
    turn = np.exp(-2j * np.pi * _HERTZ / SAMPLE_RATE)
    factor = np.ones(_HERTZ.shape)
    for b0, b1, b2, a0, a1, a2 in sections:
        factor = factor * np.abs((b0 + turn * (b1 + turn * b2)) / (a0 + turn * (a1 + turn * a2))) ** 2
    passed: Powers = factor.mean(axis=1)
    return passed
