"""A mash-up: the voice of a second recording laid over the bars of the first, section by section.

Beats of the guest meet beats of the bed, sections meet sections of their kind where there are any, and a phrase keeps
its pickup: what is sung before the bar line goes with the phrase that it begins.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import numpy as np

from contrafact.engine.arranging.compatibility import Match, best_match, sentence
from contrafact.engine.arranging.grid import Grid, GrooveBar
from contrafact.engine.arranging.timeline import Clip
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart, Section
from contrafact.engine.recipe.recipe import Recipe

GUEST = 1
_SUNG_SHARE = 0.25
"""Share of a section in which the voice must sing for it to be worth laying over another song."""
_WITHOUT_VOICE = frozenset({"intro", "outro", "break", "solo"})
_FADE_S = 0.02
_PICKUP_BEATS = 2.0
_SURE_SCORE = 0.2


@dataclass(frozen=True, slots=True)
class Mash:
    """The guest in the take.

    ``sung`` are the spans of the take (target seconds) in which it sings; ``notes`` say what was decided.
    """

    match: Match
    clips: tuple[Clip, ...]
    sung: tuple[tuple[float, float], ...]
    notes: tuple[str, ...]


def mash(chart: Chart, guest: Chart, recipe: Recipe, grid: Grid, lift_db: float) -> Mash:
    """Lay the guest's voice over the take's bars.

    Parameters
    ----------
    chart, guest : Chart
        Of the first and the second recording.
    recipe : Recipe
        A mash-up; ``recipe.guest.semitones`` None searches the best transposition.
    grid : Grid
        Of the take.
    lift_db : float
        Gain that brings the guest to the reference loudness.

    Raises
    ------
    BadInput
        When nobody sings in the second recording, or one of them has no beats to meet on.
    """
    if not guest.vocal_regions:
        raise BadInput("sources[1]: nobody sings in this recording; choose one with a voice for a mash-up")
    if not guest.bars or not grid.bars:
        raise BadInput("sources: a mash-up needs a pulse in both recordings; choose songs with a beat")
    wanted = recipe.guest.semitones if recipe.guest else None
    match = best_match(chart, guest, recipe.tempo.ratio, wanted)
    semitones = float(match.semitones + recipe.transpose_semitones)
    clips: list[Clip] = []
    for start_s, end_s, section in _meetings(grid, guest):
        clips += _over(grid, guest, section, start_s, end_s, match.feel, semitones, lift_db)
    if not clips:
        raise BadInput("sources: no section of the second song fits into the first; choose a longer one")
    clips = list(_apart(clips))
    notes = [f"Mash-up: {sentence(match)}."]
    if match.score < _SURE_SCORE:
        notes.append("The two songs differ much in key or tempo; another pair would sound more at ease.")
    return Mash(match, tuple(clips), tuple(_sung(guest, clips)), tuple(notes))


def _meetings(grid: Grid, guest: Chart) -> Iterator[tuple[float, float, Section]]:
    """For every appearance of a section in the take that shall be sung over, the guest's section that is."""
    sung = [section for section in guest.sections if _share(guest, section) >= _SUNG_SHARE]
    if not sung:
        whole = guest.sections[0] if guest.sections else _everything(guest)
        sung = [whole.model_copy(update={"end_s": guest.bars[-1].end_s, "last_bar": len(guest.bars) - 1})]
    queues = {label: [section for section in sung if section.label == label] for label in ("verse", "chorus", "bridge")}
    appearances = [list(bars) for _, bars in groupby(grid.groove, key=lambda bar: bar.section)]
    # A song heard as one long stretch has no sections to leave out.
    told = any(bars[0].label not in _WITHOUT_VOICE for bars in appearances)
    used = dict.fromkeys(queues, 0)
    place = 0
    for bars in appearances:
        label = bars[0].label
        if told and label in _WITHOUT_VOICE:
            continue
        start_s, end_s = _span(bars)
        own = queues.get(label)
        if own:
            yield start_s, end_s, own[used[label] % len(own)]
            used[label] += 1
        else:
            yield start_s, end_s, sung[place % len(sung)]
            place += 1


def _everything(chart: Chart) -> Section:
    last = len(chart.bars) - 1
    return Section(
        start_s=chart.bars[0].start_s,
        end_s=chart.bars[-1].end_s,
        first_bar=0,
        last_bar=last,
        label="verse",
        letter="A",
        energy=0.5,
        confidence=0.0,
    )


def _span(bars: Sequence[GrooveBar]) -> tuple[float, float]:
    return bars[0].start_s, bars[-1].end_s


def _share(chart: Chart, section: Section) -> float:
    heard = sum(
        max(0.0, min(region.end_s, section.end_s) - max(region.start_s, section.start_s))
        for region in chart.vocal_regions
    )
    return heard / max(1e-9, section.end_s - section.start_s)


def _over(
    grid: Grid,
    guest: Chart,
    section: Section,
    start_s: float,
    end_s: float,
    feel: float,
    semitones: float,
    lift_db: float,
) -> list[Clip]:
    """The guest's section from its first bar on, beat on beat, as far as the bed's section goes."""
    inside = [bar for bar in grid.bars if bar.start_s >= start_s - 1e-6 and bar.end_s <= end_s + 1e-6]
    bed = [beat for bar in inside for beat in bar.beats_s]
    if not bed:
        return []
    bed.append(end_s)
    first, last = section.first_bar, min(section.last_bar, len(guest.bars) - 1)
    places: list[tuple[float, float]] = []
    passed = 0.0
    for bar in guest.bars[first : last + 1]:
        for beat_s in bar.beats_s:
            if passed > len(bed) - 1:
                break
            places.append((beat_s, passed))
            passed += feel
    final_s = guest.bars[last].end_s
    if passed <= len(bed) - 1:
        places.append((final_s, passed))
    marks = np.arange(len(bed), dtype=np.float64)
    targets = [float(np.interp(at, marks, bed)) for _, at in places]
    sources = [source for source, _ in places]
    if len(places) < 2:
        return []
    lead_s = _pickup_s(guest, sources[0], sources[1] - sources[0])
    speed = (sources[1] - sources[0]) / max(1e-6, targets[1] - targets[0])
    lead_s = min(lead_s, sources[0], targets[0] * speed)
    end_place = _phrase_end(guest, sources)
    clips = [
        Clip(
            stem="vocals",
            source_start_s=a,
            source_end_s=b,
            target_start_s=c,
            target_end_s=d,
            gain_db=lift_db,
            source=GUEST,
            semitones=semitones,
        )
        for (a, b), (c, d) in zip(pairwise(sources[: end_place + 1]), pairwise(targets[: end_place + 1]), strict=True)
        if b > a and d > c
    ]
    return _edged(clips, lead_s, speed)


def _edged(clips: list[Clip], lead_s: float, speed: float) -> list[Clip]:
    """The first clip begins with the pickup; both ends of the run fade."""
    if not clips:
        return []
    start_s = clips[0].target_start_s - lead_s / speed
    source_s = clips[0].source_start_s - lead_s
    clips[0] = replace(clips[0], source_start_s=source_s, target_start_s=start_s, fade_in_s=_FADE_S)
    clips[-1] = replace(clips[-1], fade_out_s=_FADE_S)
    return clips


def _pickup_s(guest: Chart, start_s: float, beat_s: float) -> float:
    """How much is sung before the bar line by the phrase that goes over it; 0 where none does."""
    for region in guest.vocal_regions:
        if region.start_s < start_s < region.end_s and start_s - region.start_s <= _PICKUP_BEATS * beat_s:
            return start_s - region.start_s + 0.03
    return 0.0


def _phrase_end(guest: Chart, sources: Sequence[float]) -> int:
    """The last beat to play: where a phrase would be cut, the beat after the phrase before it has ended."""
    last = len(sources) - 1
    cut_s = sources[last]
    crossing = next((r for r in guest.vocal_regions if r.start_s < cut_s - 0.1 and r.end_s > cut_s + 0.3), None)
    if crossing is None or crossing.start_s <= sources[0]:
        return last
    return max(1, bisect_left(list(sources), crossing.start_s))


def _apart(clips: Sequence[Clip]) -> Iterator[Clip]:
    """In order of the take; a pickup that would begin in the phrase before it waits until that has ended."""
    ordered = sorted(clips, key=lambda clip: clip.target_start_s)
    before_s = 0.0
    for clip in ordered:
        over_s = before_s - clip.target_start_s
        if over_s > 1e-6:
            if clip.target_end_s - before_s < 0.05:
                continue
            source_s = clip.source_start_s + over_s * clip.ratio
            clip = replace(clip, source_start_s=source_s, target_start_s=before_s, fade_in_s=_FADE_S)
        before_s = clip.target_end_s
        yield clip


def _sung(guest: Chart, clips: Sequence[Clip]) -> Iterator[tuple[float, float]]:
    """Target spans in which the guest sings, joined where they touch."""
    regions = guest.vocal_regions
    starts = [region.start_s for region in regions]
    spans: list[tuple[float, float]] = []
    for clip in clips:
        at = max(0, bisect_right(starts, clip.source_start_s) - 1)
        for region in regions[at:]:
            if region.start_s >= clip.source_end_s:
                break
            first, last = max(region.start_s, clip.source_start_s), min(region.end_s, clip.source_end_s)
            if last > first:
                start_s = clip.target_start_s + (first - clip.source_start_s) / clip.ratio
                spans.append((start_s, start_s + (last - first) / clip.ratio))
    spans.sort()
    joined: list[tuple[float, float]] = []
    for start_s, end_s in spans:
        if joined and start_s <= joined[-1][1] + 0.05:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_s))
        else:
            joined.append((start_s, end_s))
    return iter(joined)
