"""Clips kept for spans of the take, or silent in them, as the voice is when an instrument takes its line over."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from contrafact.engine.arranging.timeline import Clip

_FADE_S = 0.03
_SHORTEST_S = 0.08
"""What is left of a clip between two rests and shorter than this is dropped."""


def rested(clips: tuple[Clip, ...], rests: Sequence[tuple[float, float]]) -> tuple[Clip, ...]:
    """The clips, with those of the voice cut out where it rests (target seconds, in order, not overlapping)."""
    if not rests:
        return clips
    left = [piece for clip in clips for piece in (cut_out(clip, rests) if clip.stem == "vocals" else (clip,))]
    return tuple(sorted(left, key=lambda clip: (clip.target_start_s, clip.stem)))


def heard_in(clips: Sequence[Clip], spans: Sequence[tuple[float, float]]) -> tuple[Clip, ...]:
    """What of the clips lies in some spans of the take (target seconds, in order, not overlapping)."""
    found: list[Clip] = []
    for clip in clips:
        for start_s, end_s in spans:
            first_s, last_s = max(start_s, clip.target_start_s), min(end_s, clip.target_end_s)
            if last_s - first_s >= _SHORTEST_S:
                found.append(_cut(clip, first_s, last_s))
    return tuple(sorted(found, key=lambda clip: (clip.target_start_s, clip.stem)))


def cut_out(clip: Clip, rests: Sequence[tuple[float, float]]) -> Iterator[Clip]:
    """What is left of a clip beside some rests (target seconds, in order, not overlapping)."""
    start_s = clip.target_start_s
    for rest_start_s, rest_end_s in rests:
        if rest_end_s <= start_s or rest_start_s >= clip.target_end_s:
            continue
        if rest_start_s - start_s >= _SHORTEST_S:
            yield _cut(clip, start_s, rest_start_s)
        start_s = max(start_s, rest_end_s)
    if clip.target_end_s - start_s >= _SHORTEST_S:
        yield _cut(clip, start_s, clip.target_end_s)


def _cut(clip: Clip, start_s: float, end_s: float) -> Clip:
    return replace(
        clip,
        source_start_s=clip.source_start_s + (start_s - clip.target_start_s) * clip.ratio,
        source_end_s=clip.source_end_s - (clip.target_end_s - end_s) * clip.ratio,
        target_start_s=start_s,
        target_end_s=end_s,
        fade_in_s=clip.fade_in_s if start_s == clip.target_start_s else _FADE_S,
        fade_out_s=clip.fade_out_s if end_s == clip.target_end_s else _FADE_S,
    )
