"""What can be measured of a finished take: its level, balance, spectrum, gaps, and what is left of the recording.

All functions take float32 sound of shape (2, frames) at 44.1 kHz and give plain numbers; levels are in dB.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, csd, sosfiltfilt, welch

from contrafact.engine.arranging.timeline import Note
from contrafact.engine.audio.loudness import hop_powers
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples

Doubles = NDArray[np.float64]
Spans = Sequence[tuple[float, float]]

_SEGMENT = 4096
_QUIET = 1e-12


def _mono(sound: Samples) -> Doubles:
    return np.asarray(sound.mean(axis=0), dtype=np.float64)


def decibels(power: float) -> float:
    return float(10.0 * np.log10(max(power, _QUIET)))


def hops_inside(count: int, spans: Spans) -> NDArray[np.bool_]:
    """Which of ``count`` hops of 100 ms lie wholly in one of the spans (seconds)."""
    starts = 0.1 * np.arange(count)
    inside = np.zeros(count, dtype=bool)
    for start_s, end_s in spans:
        inside |= (starts >= start_s) & (starts + 0.1 <= end_s)
    return inside


def voice_over_bed_db(voice: Samples, bed: Samples, sung: Spans) -> float:
    """Median K-weighted lead of the voice over all else, in the half seconds in which it sings up."""
    lead, ground = _smooth(hop_powers(Audio(voice))), _smooth(hop_powers(Audio(bed)))
    count = min(lead.size, ground.size)
    lead, ground = lead[:count], ground[:count]
    loud = hops_inside(count, sung) & (lead > 0.1 * np.percentile(lead, 95))
    if not loud.any():
        return float("nan")
    return float(np.median(10.0 * np.log10((lead[loud] + _QUIET) / (ground[loud] + _QUIET))))


def _smooth(powers: Doubles) -> Doubles:
    return np.convolve(powers, np.full(5, 0.2), mode="same")


def present_db(mix: Samples, wanted: Samples, beside: Samples, band_hz: tuple[float, float]) -> float:
    """At which gain ``wanted`` is contained in ``mix``: 0 dB as it is, far below when it is not there.

    ``mix`` is explained as two filtered inputs, ``wanted`` and ``beside`` (what is known to be in it), by least squares
    at every frequency, as in the identification of two-input systems (Bendat and Piersol, *Random Data*, chapter 7).
    Unlike a comparison of onsets, this tells the recording's own strokes from new ones on the same beats: above some
    2 kHz the few milliseconds by which hands wander make them strangers. The floor of the estimate is about one over
    the number of segments, -30 to -35 dB for a song.
    """
    count = min(mix.shape[1], wanted.shape[1], beside.shape[1])
    y, a, b = (_mono(sound[:, :count]) for sound in (mix, wanted, beside))
    hertz, s_aa = welch(a, SAMPLE_RATE, nperseg=_SEGMENT)
    s_bb = welch(b, SAMPLE_RATE, nperseg=_SEGMENT)[1] + _QUIET
    s_ba = csd(b, a, SAMPLE_RATE, nperseg=_SEGMENT)[1]
    s_by = csd(b, y, SAMPLE_RATE, nperseg=_SEGMENT)[1]
    s_ay = csd(a, y, SAMPLE_RATE, nperseg=_SEGMENT)[1]
    # What is left of both when `beside` has been taken out of them.
    alone = s_aa - np.abs(s_ba) ** 2 / s_bb
    shared = s_ay - np.conj(s_ba) * s_by / s_bb
    inside = (hertz >= band_hz[0]) & (hertz <= band_hz[1]) & (alone > 1e-4 * s_aa)
    gain = np.abs(shared[inside]) ** 2 / np.maximum(alone[inside], 1e-20) ** 2
    weight = s_aa[inside]
    return decibels(float((gain * weight).sum() / max(weight.sum(), 1e-20)))


def bleed_db(voice: Samples, drums: Samples, sung: Spans) -> float:
    """K-weighted level of a voice stem against the drums where nobody sings, or NaN where there is always singing.

    Moments within 15 dB of the middling sung level count as singing that was not noticed.
    """
    heard, measure = hop_powers(Audio(voice)), hop_powers(Audio(drums))
    singing = hops_inside(heard.size, sung)
    rest = ~hops_inside(heard.size, [(start - 0.2, end + 0.2) for start, end in sung])
    if singing.any():
        rest &= heard < 10.0**-1.5 * np.median(heard[singing])
    if rest.sum() < 10:
        return float("nan")
    return decibels(float(heard[rest].mean() + _QUIET) / float(measure[rest].mean() + _QUIET))


def octave_tilt_db(sound: Samples) -> dict[int, float]:
    """How far each octave band lies off a fall of 4.5 dB an octave in density, the slope of mastered popular music
    (after Pestana et al., *Spectral characteristics of popular commercial recordings*, AES 135, 2013).
    """
    hertz, density = welch(_mono(sound), SAMPLE_RATE, nperseg=16384)
    centres = (63, 125, 250, 500, 1000, 2000, 4000, 8000)
    levels = np.array(
        [
            decibels(float(density[(hertz >= c / 2**0.5) & (hertz < c * 2**0.5)].mean())) + 4.5 * np.log2(c)
            for c in centres
        ]
    )
    return dict(zip(centres, np.round(levels - levels.mean(), 1).tolist(), strict=True))


def longest_gap_s(sound: Samples, start_s: float, end_s: float, below_db: float = -50.0) -> float:
    """The longest stretch within a span that stays below a level (K-weighted, relative to the loudest)."""
    powers = hop_powers(Audio(sound))[int(start_s * 10) : int(end_s * 10)]
    if powers.size == 0:
        return 0.0
    quiet = powers < powers.max() * 10.0 ** (below_db / 10.0)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], quiet.astype(np.int8), [0]))))
    return round(0.1 * float(max((b - a for a, b in zip(edges[::2], edges[1::2], strict=True)), default=0)), 1)


def side_over_mid_db(sound: Samples) -> float:
    mid, side = sound.mean(axis=0), (sound[0] - sound[1]) / 2
    return decibels(
        float(np.square(side, dtype=np.float64).mean()) / (float(np.square(mid, dtype=np.float64).mean()) + _QUIET)
    )


def stroke_offsets_ms(drums: Samples, strokes: Sequence[Note]) -> Doubles:
    """When lonely strokes are heard, less when they are written: the first rise to a quarter of the stroke's peak."""
    sos = butter(2, 60.0, "highpass", fs=SAMPLE_RATE, output="sos")
    level = np.abs(sosfiltfilt(sos, drums.astype(np.float64), axis=1)).max(axis=0)
    times = np.array([note.start_s for note in strokes])
    offsets = []
    for place, time_s in enumerate(times):
        before = time_s - times[place - 1] if place else 1.0
        if before < 0.25:
            continue
        at = round(time_s * SAMPLE_RATE)
        first = max(0, at - round(0.03 * SAMPLE_RATE))
        window = level[first : at + round(0.04 * SAMPLE_RATE)]
        if window.size and window.max() > 1e-4:
            offsets.append((first + int(np.argmax(window >= 0.25 * window.max())) - at) / SAMPLE_RATE * 1000.0)
    return np.array(offsets)
