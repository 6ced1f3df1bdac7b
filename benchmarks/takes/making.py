"""One take for measuring: arranged and rendered; and what carries its tune, apart."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.takes.songs import Song
from contrafact.engine.arranging import StylePack, Timeline, arrange
from contrafact.engine.arranging.timeline import Part
from contrafact.engine.audio.value import Samples
from contrafact.engine.recipe.recipe import Recipe
from contrafact.engine.rendering import Sounds, render, render_blocks

_LEADS = frozenset({"melody"})


@dataclass(frozen=True, slots=True)
class Take:
    """A take and what it was made of."""

    recipe: Recipe
    timeline: Timeline
    sound: Samples


def recipe_for(song: Song, pack: StylePack | None, **changes: Any) -> Recipe:
    """The style as the planner would ask for it, with ``changes`` on top."""
    fields: dict[str, Any] = {"sources": song.sources}
    if pack is not None:
        stems = pack.stems_for(song.chart)
        fields |= {"style": pack.slug, "strengths": pack.strengths, "stems": stems}
    return Recipe(**(fields | changes))


def make(song: Song, recipe: Recipe, pack: StylePack | None, sounds: Sounds) -> Take:
    """The mastered take."""
    timeline = arrange(song.chart, recipe, pack)
    return Take(recipe, timeline, render(timeline, song.stems, sounds).samples)


def lead_of(take: Take, song: Song, sounds: Sounds) -> Samples:
    """What carries the tune, alone and dry: the kept voice with its treatment, or an instrument that took it over."""
    parts = tuple(part for part in take.timeline.parts if part.role in _LEADS)
    voices = (bus for bus in take.timeline.buses if bus.stem == "vocals")
    buses = tuple(replace(bus, reverb_send_db=-60.0, delay_send_db=-60.0) for bus in voices)
    return mixed(replace(take.timeline, parts=_dry(parts), buses=buses), song, sounds)


def _dry(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return tuple(replace(part, reverb_send_db=-60.0, delay_send_db=-60.0) for part in parts)


def mixed(timeline: Timeline, song: Song, sounds: Sounds) -> Samples:
    """The mix before the master."""
    blocks = [block.samples for block in render_blocks(timeline, song.stems, sounds)]
    return np.concatenate(blocks, axis=1)
