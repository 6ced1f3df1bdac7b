"""Other tempo, other key, same performance.

Signalsmith Stretch (MIT) does the stretching: it is the one stretcher at hand whose output lies where the arithmetic
says (see decision 0003 for the figures). What it does less well is repaired by kind of stem: drums get their strokes
back as recorded, voices keep their formants.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import python_stretch
import soxr

from contrafact.engine.audio.joining import best_lag, crossfade
from contrafact.engine.audio.stems import StemName, StemReader
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import BadInput

MIN_RATIO, MAX_RATIO = 0.25, 4.0
MAX_SEMITONES = 24.0

_ONE_PASS_MIN, _ONE_PASS_MAX = 0.6, 4.0
"""Slower than half speed the stretcher draws random phases; several passes of the root stay clear of that."""
_BLOCKS: dict[StemName, tuple[int, int]] = {
    "vocals": (4608, 1536),
    "drums": (2048, 512),
    "bass": (6144, 1536),
    "other": (6144, 1536),
}
"""Analysis block and interval in samples: short where time matters, long where pitch does.

Measured with a six-note chord at speeds 0.8 to 1.25 (what is left beside its partials) and with real stems there and
back:
a third of a block between a voice's frames leaves 15 to 20 dB less beside the notes of a choir than a quarter does.
"""
_CONTEXT_S = 0.25
"""Sound around a clip that is stretched with it and cut off again, so that the clip starts in full flow."""
_JOINT_S = 0.04
_LAG_S: dict[StemName, float] = {"vocals": 0.005, "drums": 0.0, "bass": 0.012, "other": 0.008}
"""How far a segment may be moved so that its wave agrees with the one before; nothing for drums."""


def stretch(audio: Audio, ratio: float, semitones: float, kind: StemName) -> Audio:
    """Play faster or slower, higher or lower.

    Parameters
    ----------
    audio
        44.1 kHz.
    ratio
        Playing speed: 1 as recorded, 2 twice as fast, within 0.25..4.
    semitones
        Pitch shift, within -24..24. A voice keeps its formants.
    kind
        Which stem it is; chooses windows and repairs.

    Returns
    -------
    Audio
        Exactly ``round(frames / ratio)`` frames. With ratio 1 and no shift it is the input itself, bit for bit. The
        same input gives the same samples.
    """
    _check(audio.sample_rate, ratio, semitones)
    if ratio == 1.0 and semitones == 0:
        return audio
    return Audio(_stretched(audio.samples, ratio, semitones, kind, round(audio.frames / ratio)), audio.sample_rate)


def stretch_range(
    reader: StemReader,
    stem: StemName,
    source_start_s: float,
    source_end_s: float,
    frames: int,
    semitones: float,
    lead_frames: int = 0,
    tail_frames: int = 0,
) -> Samples:
    """A span of a stem, fitted to a number of frames: what a clip sounds like.

    The span is read with a quarter of a second around it, so it starts and ends in full flow, not with a stretcher's
    run-up. ``lead_frames`` and ``tail_frames`` ask for that much more before and after at the same speed, for
    cross-fades with neighbours. A span that needs no change is returned as recorded, bit for bit.

    Returns
    -------
    float32, shape (2, lead_frames + frames + tail_frames)
    """
    if frames <= 0 or source_end_s <= source_start_s:
        raise BadInput("a clip needs a length above zero in the recording and in the remix")
    first, last = round(source_start_s * SAMPLE_RATE), round(source_end_s * SAMPLE_RATE)
    if last - first == frames and semitones == 0:
        return reader.read(stem, first - lead_frames, last + tail_frames)
    ratio = (source_end_s - source_start_s) * SAMPLE_RATE / frames
    _check(SAMPLE_RATE, ratio, semitones)
    before = math.ceil(lead_frames * ratio + _CONTEXT_S * SAMPLE_RATE)
    after = math.ceil(tail_frames * ratio + _CONTEXT_S * SAMPLE_RATE)
    samples = reader.read(stem, first - before, last + after)
    stretched = _stretched(samples, ratio, semitones, stem, round(samples.shape[1] / ratio))
    begin = round(before / ratio) - lead_frames
    wanted = lead_frames + frames + tail_frames
    return stretched[:, begin : begin + wanted].copy()


def stretch_segments(
    reader: StemReader,
    stem: StemName,
    anchors: Sequence[tuple[float, float]],
    semitones: float,
) -> Audio:
    """Follow a piecewise-linear map from source to target time.

    Each pair of neighbouring anchors is stretched by its own ratio. Neighbours are cross-faded in the 40 ms before the
    anchor, and pitched stems are moved by a few milliseconds so that their waves agree there.

    Parameters
    ----------
    anchors
        (source_s, target_s), at least two, both strictly ascending. The result starts at the first one's target time.

    Returns
    -------
    Audio
        Stereo, ``round((last target - first target) * 44100)`` frames.
    """
    points = _merged(anchors)
    origin_s = points[0][1]
    total = round((points[-1][1] - origin_s) * SAMPLE_RATE)
    joint = round(_JOINT_S * SAMPLE_RATE)
    out = np.zeros((2, total), dtype=np.float32)
    for order in range(len(points) - 1):
        (source_a, target_a), (source_b, target_b) = points[order], points[order + 1]
        start, stop = round((target_a - origin_s) * SAMPLE_RATE), round((target_b - origin_s) * SAMPLE_RATE)
        reach = round(_LAG_S[stem] * SAMPLE_RATE)
        extra = joint + reach
        piece = stretch_range(reader, stem, source_a, source_b, stop - start, semitones, extra, extra)
        lag = 0
        if order > 0:
            # the fade lies before the anchor: the entering piece is whole when its first beat sounds
            low = max(0, start - joint)
            span = start - low
            window = piece[:, extra - span - reach : extra + reach]
            lag = best_lag(out[:, low:start], window, reach)
            entering = piece[:, extra - span + lag : extra + lag]
            out[:, low:start] = crossfade(out[:, low:start], entering)
        out[:, start:stop] = piece[:, extra + lag : extra + lag + stop - start]
    return Audio(out)


def _merged(anchors: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Checked anchors without those that lie on the line between their neighbours (within a tenth of a millisecond)."""
    if len(anchors) < 2:
        raise BadInput("a time map needs at least two anchors")
    for (source_a, target_a), (source_b, target_b) in pairwise(anchors):
        if not (source_b > source_a and target_b > target_a):
            raise BadInput("the anchors of a time map must rise in the recording and in the remix")
    kept = [anchors[0]]
    skipped: list[tuple[float, float]] = []
    for here, after in pairwise(anchors[1:]):
        start = kept[-1]
        slope = (after[1] - start[1]) / (after[0] - start[0])
        if all(abs(start[1] + slope * (p[0] - start[0]) - p[1]) < 1e-4 for p in (*skipped, here)):
            skipped.append(here)
        else:
            kept.append(here)
            skipped = []
    kept.append(anchors[-1])
    return kept


def _check(sample_rate: int, ratio: float, semitones: float) -> None:
    if sample_rate != SAMPLE_RATE:
        raise BadInput(f"stretching takes sound at {SAMPLE_RATE} Hz, not {sample_rate} Hz; decode the file first")
    if not MIN_RATIO <= ratio <= MAX_RATIO:
        raise BadInput(
            f"a speed of {ratio:.3f} is beyond what stretching does well; stay within {MIN_RATIO}–{MAX_RATIO}"
        )
    if not abs(semitones) <= MAX_SEMITONES:
        raise BadInput(f"a shift of {semitones:g} semitones is too far; stay within ±{MAX_SEMITONES:g}")


def _stretched(samples: Samples, ratio: float, semitones: float, kind: StemName, frames: int) -> Samples:
    if frames == 0 or not samples.any():
        return np.zeros((samples.shape[0], frames), dtype=np.float32)
    # Pitch is moved by stretching further and playing faster: the stretcher's own transposition is up to 15 cents off,
    # which is heard against generated parts; resampling is exact.
    factor = 2.0 ** (semitones / 12)
    longer = ratio / factor
    done = samples
    passes = max(1, math.ceil(math.log(longer) / math.log(_ONE_PASS_MIN)), math.ceil(math.log(longer, _ONE_PASS_MAX)))
    for _ in range(passes):
        done = _one_pass(done, longer ** (1 / passes), kind)
    # What mends is loaded when something is to be mended: SciPy's packages take a quarter of a second.
    if kind == "drums":
        from contrafact.engine.audio.transients import replant_strokes

        done = replant_strokes(samples, _exactly(done, round(samples.shape[1] / longer)), longer)
    if semitones:
        done = np.ascontiguousarray(soxr.resample(np.ascontiguousarray(done.T), factor, 1.0, quality="HQ").T)
    done = _exactly(done, frames)
    if kind != "vocals" or not semitones:
        return done
    from contrafact.engine.audio.formants import restore_formants

    return restore_formants(done, semitones)


def _one_pass(samples: Samples, ratio: float, kind: StemName) -> Samples:
    if ratio == 1.0:
        return samples
    stretcher = python_stretch.Signalsmith.Stretch()
    stretcher.preset(samples.shape[0], SAMPLE_RATE)
    stretcher.configure(samples.shape[0], *_BLOCKS[kind])
    stretcher.setTimeFactor(ratio)
    # the stretcher swallows what is shorter than its block; silence behind the end costs nothing and is cut off again
    padded = np.ascontiguousarray(np.pad(samples, ((0, 0), (0, _BLOCKS[kind][0]))))
    result: Samples = np.asarray(stretcher.process(padded), dtype=np.float32)
    return result[:, : max(1, round(samples.shape[1] / ratio))]


def _exactly(samples: Samples, frames: int) -> Samples:
    if samples.shape[1] >= frames:
        return samples[:, :frames]
    return np.pad(samples, ((0, 0), (0, frames - samples.shape[1])))
