"""The sound check: the bed's place under the voice, from a few short windows of the take.

Over windows in which the voice sings, the voice stands :data:`VOICE_LEAD_DB` above everything generated. Without a kept
voice, the bed is as loud as the kept stems together. With nothing kept there is nothing to lean on. What the parts are
to one another is the timeline's business: instruments and drums are calibrated, so gains mean the same everywhere. The
listener's own faders are looked past, or they would be evened out.

What is kept of a recording is heard in these windows. Generated parts are not played: how loud they will be is told
from their notes (:mod:`~contrafact.engine.rendering.foretelling`).

The same windows give an estimate of the whole mix's loudness, so that a live listener hears nearly the final level from
the first block on. Windows and measures depend on timeline and stems alone, so all ways of rendering agree.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.fft import rfft
from numpy.typing import NDArray

from contrafact.engine.arranging.timeline import Part, Timeline
from contrafact.engine.audio.loudness import gated_lufs, hop_powers
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.rendering.channels import Channel
from contrafact.engine.rendering.ducking import Ducker, duck_gain, kick_frames
from contrafact.engine.rendering.foretelling import BANDS_HZ, foretold, k_weights
from contrafact.engine.rendering.grid import QUANTUM, amplitude, frame
from contrafact.engine.rendering.shelf import Shelf
from contrafact.engine.rendering.sweeps import curve_of, factors

VOICE_LEAD_DB: Final = 2.0
"""Before the dip for the voice, which adds up to one more."""
MIX_LEAD_DB: Final = 0.0
_LARGEST_DB: Final = 18.0
_SEARCHED: Final = 32
_HEARD: Final = 7
_WINDOW: Final = 2 * QUANTUM
_GLANCE: Final = 8192
"""Frames (0.19 s) of the voice that tell whether it sings in a window."""
_BELL: Final = np.hanning(_WINDOW).astype(np.float32)
_HOP: Final = SAMPLE_RATE // 10
_GATE_DB: Final = 12.0
_SILENT: Final = 1e-9
_VOICE_SHARE: Final = 10.0**-1.8
"""Where the voice has less power than this part of all other kept stems, nobody sings."""
_ROOM_POWER: Final = 1.6
"""What the room gives back of the power sent into it (a mix of what is alike and unlike on both sides)."""

DIPS: Final = ((560.0, 0.7, 300.0, 1000.0), (2_200.0, 0.6, 1200.0, 4500.0))
"""Where the bed dips: centre (Hz), Q, and the band (Hz) in which voice and bed are compared."""
LEAST_DIP_DB: Final = 3.5
"""The upper dip, which words need, is never less than this."""
_CLEAR_DB: Final = 4.0
"""A voice this far above the bed in a band is not masked there."""
_PARTS_OF_DIPS: Final = tuple((BANDS_HZ.index(low), BANDS_HZ.index(high)) for _, _, low, high in DIPS)
_DEEPEST_DB: Final = (5.0, 7.0)

Powers = NDArray[np.float64]
Hear = Callable[[tuple[int, ...]], Sequence[Powers]]
"""Windows to what :func:`measured` says of each channel."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What the sound check found.

    Parameters
    ----------
    bed_gain_db : float
        For every generated part, on top of its own gain.
    mix_lufs : float
        Estimate of the finished mix before the master's gain; -70 when there is nothing to hear.
    """

    bed_gain_db: float
    mix_lufs: float
    dips_db: tuple[float, ...] = (0.0, LEAST_DIP_DB)
    """How far the bed makes room for the voice, while it sings, in each of :data:`DIPS`."""


def check(timeline: Timeline, channels: Sequence[Channel], shelf: Shelf, hear: Hear) -> Balance:
    """Measure kept stems and parts in windows spread over the take.

    Parameters
    ----------
    timeline : Timeline
    channels : sequence of Channel
        All of the take, silenced ones too.
    shelf : Shelf
        Where what was measured is kept: with other faders nothing is measured again.
    hear : Hear
        Measures all of the channels, in whatever order.
    """
    windows = _windows(timeline, channels, shelf)
    ducker = Ducker(kick_frames(timeline.parts))
    depths = [ducker.depth(start, start + _WINDOW) for start in windows]
    heard = hear(tuple(windows))
    levels = [
        np.array([_factor(channel, start, depth) for start, depth in zip(windows, depths, strict=True)])
        for channel in channels
    ]
    powers = [power * level for power, level in zip(heard, levels, strict=True)]

    def total(places: set[str], past_faders: bool) -> Powers:
        out: Powers = np.zeros((len(windows), _WINDOW // _HOP + len(DIPS)))
        for channel, power in zip(channels, powers, strict=True):
            if channel.place in places:
                gain_db = channel.mixed_db if past_faders else channel.gain_db
                out += power * amplitude(gain_db) ** 2
        return out

    hops = _WINDOW // _HOP
    sung, laid = total({"voice"}, past_faders=True), total({"bed"}, past_faders=True)
    voice, kept = sung[:, :hops], total({"kept"}, past_faders=True)[:, :hops]
    # What a separator leaves of the band in the stem of a voice that is not there is nothing to lean on.
    sings = float(voice.mean()) > max(_SILENT, _VOICE_SHARE * float(kept.mean()))
    lean = voice if sings else voice + kept
    bed = total({"rhythm", "bed"}, past_faders=True)[:, :hops]
    bed_gain_db = 0.0
    if bed.mean() > _SILENT and lean.mean() > _SILENT:
        wanted_db = VOICE_LEAD_DB if sings else MIX_LEAD_DB
        bed_gain_db = _limited(10.0 * float(np.log10(lean.mean() / bed.mean())) - wanted_db)
    mix = total({"voice", "kept"}, past_faders=False)
    mix += total({"rhythm", "bed"}, past_faders=False) * 10.0 ** (bed_gain_db / 10.0)
    # What carries the tune stands where the arrangement puts it: it leads, and takes the voice's place.
    mix += total({"tune"}, past_faders=False)
    dips_db: tuple[float, ...] = (0.0, LEAST_DIP_DB)
    if sings:
        dips_db = tuple(_dips(sung[:, hops:].mean(axis=0), laid[:, hops:].mean(axis=0) * 10.0 ** (bed_gain_db / 10.0)))
    return Balance(bed_gain_db, gated_lufs(mix[:, :hops].mean(axis=1)), dips_db)


def _dips(voice: Powers, bed: Powers) -> Iterator[float]:
    """As much as it takes for the voice to stand clear of the bed in each band."""
    for own, other, deepest, least in zip(voice, bed, _DEEPEST_DB, (0.0, LEAST_DIP_DB), strict=True):
        lead_db = 10.0 * float(np.log10((own + _SILENT) / (other + _SILENT)))
        yield round(min(deepest, max(least, least + _CLEAR_DB - lead_db)), 2)


def _limited(decibels: float) -> float:
    return float(min(_LARGEST_DB, max(-_LARGEST_DB, decibels)))


def _windows(timeline: Timeline, channels: Sequence[Channel], shelf: Shelf) -> list[int]:
    """Windows to hear everything in: spread over those in which the voice, or else what is kept, is active."""
    total = frame(timeline.duration_s)
    count = max(1, min(_SEARCHED, total // _WINDOW))
    last = max(0, total - _WINDOW) // QUANTUM
    starts = np.unique(np.linspace(0, last, count).round().astype(np.int64)) * QUANTUM
    kept = [channel for channel in channels if not channel.generated and amplitude(channel.mixed_db) > 0.0]
    lead = [channel for channel in kept if channel.place == "voice"][:1]
    for leaders in (lead, kept):
        level: Powers = np.zeros(len(starts))
        for channel in leaders:
            level += _glances(channel, starts, shelf)
        if level.max(initial=0.0) > _SILENT:
            break
    else:
        level = np.ones(len(starts))
    active = np.flatnonzero(level > level.max() * 10.0 ** (-_GATE_DB / 10.0))
    picks = np.unique(np.linspace(0, len(active) - 1, min(_HEARD, len(active))).round().astype(np.int64))
    return [int(start) for start in starts[active[picks]]]


def _glances(channel: Channel, starts: NDArray[np.int64], shelf: Shelf) -> Powers:
    """Power in the middle of each window, before the channel's effects."""

    def make() -> Powers:
        middle = (_WINDOW - _GLANCE) // 2
        return np.array([channel.track.glance(int(start) + middle, _GLANCE) for start in starts])

    found: Powers = shelf.value(("glances", channel.track.number, starts.tobytes()), make)
    return found * amplitude(channel.mixed_db) ** 2


def measured_key(channel: Channel, windows: tuple[int, ...]) -> Hashable:
    """Under what a channel's measures lie on the shelf."""
    return ("check", channel.track.number, windows)


def measured(channel: Channel, windows: tuple[int, ...], shelf: Shelf) -> Powers:
    """K-weighted power of each tenth of a second of each window, then its power in each band, before the fader."""

    def make() -> Powers:
        if channel.part is not None:
            return _foretold(channel.part, windows)
        heard = [channel.track.window(start, _WINDOW) for start in windows]
        silence = np.zeros(_WINDOW // _HOP + len(DIPS))
        return np.array(
            [np.concatenate([hop_powers(Audio(one)), _bands(one)]) if one.any() else silence for one in heard]
        )

    found: Powers = shelf.value(measured_key(channel, windows), make)
    return found


def _foretold(part: Part, windows: tuple[int, ...]) -> Powers:
    powers = foretold(part, windows, _WINDOW, _HOP)
    between = [powers[..., low:high].sum(axis=2).mean(axis=1) for low, high in _PARTS_OF_DIPS]
    return np.concatenate([powers @ k_weights(), np.stack(between, axis=1)], axis=1)


def _factor(channel: Channel, start: int, depth: NDArray[np.float32]) -> Powers:
    """What automation, duck and room make of a channel's power in each tenth of a second."""
    level = np.ones(_WINDOW, np.float32)
    curve = curve_of(channel.automation, "gain_db")
    if curve is not None:
        level = level * factors(curve, 0.0, start, start + _WINDOW)
    if channel.duck_db:
        level = level * duck_gain(depth, channel.duck_db)
    squares = level.astype(np.float64)[: _WINDOW // _HOP * _HOP].reshape(-1, _HOP) ** 2
    wet = _ROOM_POWER * amplitude(channel.reverb_send_db) ** 2 if channel.generated else 0.0
    hops = squares.mean(axis=1) * (1.0 + wet)
    return np.concatenate([hops, np.full(len(DIPS), hops.mean())])


def _bands(sound: Samples) -> Powers:
    """Power of a window in the bands of :data:`DIPS`."""
    spectrum = np.abs(rfft(sound * _BELL, axis=1)).astype(np.float64) ** 2
    hertz = np.arange(spectrum.shape[1]) * (SAMPLE_RATE / sound.shape[1])
    scale = 16.0 / 3.0 / sound.shape[1] ** 2
    return np.array([scale * spectrum[:, (hertz >= low) & (hertz < high)].sum() for _, _, low, high in DIPS])
