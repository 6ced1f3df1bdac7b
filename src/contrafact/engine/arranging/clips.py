"""The kept stems of a recording laid along the segments of a take, each stem joined as suits it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import MappingProxyType

from contrafact.engine.arranging.layout import Form, Segment
from contrafact.engine.arranging.timeline import Clip
from contrafact.engine.audio.stems import StemName

_SAME_S = 1e-6
_JOINS: MappingProxyType[StemName, tuple[float, float]] = MappingProxyType(
    {
        # Strokes: over before the beat, so that the first one is whole even where it is played a little early.
        "drums": (0.022, -0.010),
        "bass": (0.030, -0.006),
        # What is sustained needs longer, but the chord on the beat is struck anew.
        "other": (0.050, -0.004),
        # Nobody sings there, or as little as can be.
        "vocals": (0.012, 0.012),
    }
)
"""Crossfade of a stem: seconds before the join at which it begins, and after it at which it ends."""
_EDGE_IN_S = 0.012
"""Fade where a stem comes in with nothing before it."""
_EDGE_OUT_S = 0.030
_SHORTEST_S = 0.004
_BEYOND_S = 0.006
"""How far the clips of a loop reach beyond the take: the renderer's own fade at an edge then lies outside."""


def lay_clips(form: Form, stems: tuple[StemName, ...], source_s: float, lift_db: float) -> tuple[Clip, ...]:
    """Each kept stem through all segments; where the recording is cut, both sides reach over and cross-fade.

    The lift to the reference loudness is the clips', not the buses': the effects of a bus come after it, so that a
    compressor does the same for a quiet recording as for a loud one.

    Parameters
    ----------
    form : Form
    stems : tuple of StemName
        Those that sound.
    source_s : float
        Length of the recording.
    lift_db : float
        Gain of every clip.
    """
    return in_order(_clips(form, stems, source_s, lift_db))


def in_order(clips: Iterable[Clip]) -> tuple[Clip, ...]:
    """By start in the take, then by source and stem: the order of a timeline."""
    return tuple(sorted(clips, key=lambda clip: (clip.target_start_s, clip.source, clip.stem)))


def _clips(form: Form, stems: tuple[StemName, ...], source_s: float, lift_db: float) -> Iterator[Clip]:
    for stem in stems:
        heard = [segment for segment in form.segments if stem in segment.stems]
        if form.loops and heard:
            # The end sounds before the beginning, and the beginning after the end; the take is a window on that.
            heard = [_shifted(heard[-1], -form.length_s), *heard, _shifted(heard[0], form.length_s)]
        for place, segment in enumerate(heard):
            before = heard[place - 1] if place else None
            after = heard[place + 1] if place + 1 < len(heard) else None
            clip = _clip(form, stem, segment, before, after, source_s, lift_db)
            if clip is not None and form.loops:
                clip = _windowed(clip, form.length_s)
            if clip is not None:
                yield clip


def _shifted(segment: Segment, target_s: float) -> Segment:
    return replace(
        segment, target_start_s=segment.target_start_s + target_s, target_end_s=segment.target_end_s + target_s
    )


def _windowed(clip: Clip, length_s: float) -> Clip | None:
    """What of a clip lies in the take, and a little beyond its edges, so that nothing fades at the loop's own join."""
    first, last = -_BEYOND_S, length_s + _BEYOND_S
    if clip.target_end_s <= _SAME_S or clip.target_start_s >= length_s - _SAME_S:
        return None
    early_s, late_s = max(0.0, first - clip.target_start_s), max(0.0, clip.target_end_s - last)
    return replace(
        clip,
        source_start_s=clip.source_start_s + early_s * clip.ratio,
        source_end_s=clip.source_end_s - late_s * clip.ratio,
        target_start_s=clip.target_start_s + early_s,
        target_end_s=clip.target_end_s - late_s,
        fade_in_s=0.0 if early_s else clip.fade_in_s,
        fade_out_s=0.0 if late_s else clip.fade_out_s,
    )


def _ends(form: Form, segment: Segment, stem: StemName) -> tuple[float, float]:
    """Target seconds between which a stem of a segment is heard, before crossfades."""
    opens_s, closes_s = segment.span(stem)
    return (
        segment.target_start_s + (opens_s - segment.source_start_s) / form.ratio,
        segment.target_start_s + (closes_s - segment.source_start_s) / form.ratio,
    )


def _crossing(form: Form, stem: StemName, out: Segment, into: Segment, source_s: float) -> tuple[float, float]:
    """How long before the join one segment begins to cross into the next, and how long after it that ends, seconds."""
    # At a loop's own join nothing may straddle the edge of the take.
    early_s, late_s = _JOINS["bass"] if form.loops and stem == "vocals" else _JOINS[stem]
    # Reaching over is possible only as far as the recording goes.
    early_s = max(0.0, min(early_s, into.span(stem)[0] / form.ratio))
    late_s = max(late_s, _SHORTEST_S - early_s)
    return early_s, min(late_s, (source_s - out.span(stem)[1]) / form.ratio)


def _clip(
    form: Form,
    stem: StemName,
    segment: Segment,
    before: Segment | None,
    after: Segment | None,
    source_s: float,
    lift_db: float,
) -> Clip | None:
    start_s, end_s = _ends(form, segment, stem)
    opens_s, closes_s = segment.span(stem)
    if before is not None and abs(_ends(form, before, stem)[1] - start_s) <= _SAME_S:
        reach_s, over_s = _crossing(form, stem, before, segment, source_s)
        fade_in_s = reach_s + over_s
    else:
        cut_in = opens_s > _SAME_S
        fade_in_s, reach_s = (_EDGE_IN_S, _EDGE_IN_S / 2) if cut_in else (0.0, 0.0)
        reach_s = max(0.0, min(reach_s, opens_s / form.ratio, start_s))
    if after is not None and abs(_ends(form, after, stem)[0] - end_s) <= _SAME_S:
        early_s, over_s = _crossing(form, stem, segment, after, source_s)
        fade_out_s = early_s + over_s
    else:
        over_s, cut_out = 0.0, closes_s < source_s - _SAME_S
        fade_out_s = segment.fade_out_s or (_EDGE_OUT_S if cut_out else 0.0)
    length_s = end_s + over_s - start_s + reach_s
    if length_s <= 2 * _SAME_S:
        return None
    return Clip(
        stem=stem,
        source_start_s=opens_s - reach_s * form.ratio,
        source_end_s=closes_s + over_s * form.ratio,
        target_start_s=start_s - reach_s,
        target_end_s=end_s + over_s,
        gain_db=lift_db,
        fade_in_s=min(fade_in_s, length_s),
        fade_out_s=min(fade_out_s, length_s),
    )
