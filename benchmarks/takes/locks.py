"""What is locked stays, and what is not changes by degrees: facets of takes in a style, and sweeps of each strength."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from benchmarks.takes import facets
from benchmarks.takes.making import Take, lead_of, make, recipe_for
from benchmarks.takes.songs import Song
from contrafact.assets.store import AssetStore
from contrafact.engine.arranging import StylePack
from contrafact.engine.audio.value import Samples
from contrafact.engine.recipe.recipe import Component, StemsUse, StemUse, Strengths
from contrafact.engine.rendering import Sounds

SWEEP = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_OF: Mapping[Component, str] = {
    "vocals": "lead",
    "melody": "melody",
    "harmony": "chords",
    "rhythm": "pattern",
    "timbre": "timbre",
    "form": "form",
}
"""Which facet a strength is to move."""


@dataclass(frozen=True, slots=True)
class Locked:
    """The facets of a take in which ``component`` is locked and all else is as new as the style makes it."""

    song: str
    style: str
    component: Component
    similarity: float
    chance: float
    """The same measure against another place of the take; for rhythm, a quarter of a beat off."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How a facet falls as its strength rises; ``spearman`` of strength against distance."""

    song: str
    style: str
    component: Component
    similarities: tuple[float, ...]
    spearman: float


class Bench:
    """The original of one song beside takes of it; what is measured of the recording is measured once."""

    def __init__(self, song: Song, sounds: Sounds, store: AssetStore) -> None:
        self.song, self.sounds, self.store = song, sounds, store
        self.mix: Samples = song.mix()
        self.voice: Samples = song.stems.read("vocals", 0, song.stems.frames)

    def take(self, pack: StylePack | None, **changes: Any) -> Take:
        return make(self.song, recipe_for(self.song, pack, **changes), pack, self.sounds)

    def chance(self, name: str, take: Take) -> float:
        """What a facet's measure gives where nothing belongs together."""
        chart, line = self.song.chart, take.timeline
        beats = facets.beats_met(chart, line)
        if name == "harmony":
            return facets.harmony(self.mix, take.sound, facets.elsewhere(beats), 0, chart.tuning_cents)
        if name == "melody":
            lead = lead_of(take, self.song, self.sounds)
            bars = facets.elsewhere(facets.bars_met(chart, line))
            return facets.melody(self.voice, lead, bars, 0, self.store)
        # A quarter of a beat: half a beat off would be right again for who counts twice as fast.
        off = [replace(beat, target_start_s=0.75 * beat.target_start_s + 0.25 * beat.target_end_s) for beat in beats]
        return facets.rhythm(take.sound, off, self.store)

    def facet(self, name: str, take: Take) -> float:
        """One facet's similarity; see :mod:`benchmarks.takes.facets`."""
        chart, line = self.song.chart, take.timeline
        semitones = take.recipe.transpose_semitones
        if name == "harmony":
            beats = facets.beats_met(chart, line)
            return facets.harmony(self.mix, take.sound, beats, semitones, chart.tuning_cents)
        if name == "melody":
            lead = lead_of(take, self.song, self.sounds)
            return facets.melody(self.voice, lead, facets.bars_met(chart, line), semitones, self.store)
        if name == "chords":
            # Beat by beat, and without the voice that goes on singing its own notes over other chords.
            beats = facets.beats_met(chart, line)
            return facets.harmony(self.mix - self.voice, take.sound, beats, semitones, chart.tuning_cents, 1)
        if name == "rhythm":
            return facets.rhythm(take.sound, facets.beats_met(chart, line), self.store)
        if name == "pattern":
            return facets.pattern(self.mix, take.sound, facets.bars_met(chart, line))
        if name == "timbre":
            return facets.timbre(self.mix, take.sound, facets.bars_met(chart, line))
        if name == "lead":
            lead = lead_of(take, self.song, self.sounds)
            return facets.timbre(self.voice, lead, facets.bars_met(chart, line))
        return facets.form(chart, line)


def locked(bench: Bench, packs: Sequence[StylePack]) -> Iterator[Locked]:
    """Harmony, melody and rhythm locked in turn, everything else fully new."""
    components: tuple[Component, ...] = ("harmony", "melody", "rhythm")
    for pack in packs:
        for component in components:
            if component == "melody" and not bench.song.chart.vocal_regions:
                continue
            strengths = {"rhythm": 1.0, "timbre": 1.0, "harmony": 1.0, component: 0.0}
            take = bench.take(pack, strengths=Strengths(**strengths), locks=(component,))
            similarity, chance = bench.facet(component, take), bench.chance(component, take)
            yield Locked(bench.song.title, pack.slug, component, round(similarity, 4), round(chance, 4))


def swept(bench: Bench, pack: StylePack, components: Sequence[Component]) -> Iterator[Swept]:
    """Each strength from 0 to 1 with everything else as recorded."""
    for component in components:
        if component in ("vocals", "melody") and not bench.song.chart.vocal_regions:
            continue
        # Vocals, melody and form are changed without a style, so that nothing else moves.
        style = pack if component in ("rhythm", "timbre", "harmony") else None
        found = []
        for strength in SWEEP:
            take = bench.take(style, strengths=Strengths(**{component: strength}), stems=_kept(component))
            found.append(round(bench.facet(_OF[component], take), 4))
        yield Swept(bench.song.title, pack.slug, component, tuple(found), _spearman(found))


def _kept(component: Component) -> StemsUse:
    """Everything kept, so that a strength alone says what is new; chords are coloured where the band plays them."""
    if component == "harmony":
        return StemsUse(vocals=StemUse(keep=False), bass=StemUse(keep=False), other=StemUse(keep=False))
    return StemsUse()


def _spearman(similarities: Sequence[float]) -> float:
    distances: NDArray[np.float64] = 1.0 - np.array(similarities)
    if np.ptp(distances) < 1e-6:
        return 0.0
    return round(float(spearmanr(SWEEP, distances).statistic), 3)
