"""Who separates, and the rivals."""

from collections.abc import Iterator

import numpy as np

from benchmarks.stems.excerpts import Parts
from benchmarks.stems.peers import baseline, median_filters_alone, plain_spleeter
from contrafact.assets import AssetStore
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.audio.value import Audio, Samples
from contrafact.engine.separation.separate import separate
from contrafact.engine.separation.separators import SEPARATORS
from contrafact.engine.separation.vocals import VoiceModel

BASELINE, MEDIANS, MIX, CEILING = (
    "spleeter+hpss+low-pass",
    "hpss+low-pass",
    "the mix itself",
    "demucs (research only)",
)
_CEILING = "demucs"


class Everybody:
    """Our separators and their rivals, loaded once."""

    def __init__(self, store: AssetStore, ceilings: int) -> None:
        """``ceilings``: on so many excerpts htdemucs is asked, too, where its operator fetched it: it is slow."""
        self._store = store
        self._model = VoiceModel(store)
        self._ceilings = ceilings if store.has(_CEILING) else 0

    def ours(self) -> tuple[str, ...]:
        """The names of our own separators."""
        return tuple(name for name in SEPARATORS if name != _CEILING)

    def estimates(self, mix: Samples, *, rivals: bool = True, ceiling: bool = True) -> Iterator[tuple[str, Parts]]:
        """Each separator's stems in turn, so that those of one are in memory at a time.

        Parameters
        ----------
        rivals : bool
            Median filters without Spleeter, and the mix itself, too.
        ceiling : bool
            Whether this excerpt is one to ask htdemucs about.
        """
        for name in self.ours():
            yield name, self._separated(mix, name)
        yield BASELINE, baseline(mix, plain_spleeter(mix, self._model))
        if rivals:
            yield MEDIANS, median_filters_alone(mix)
            yield MIX, dict.fromkeys(STEM_NAMES, mix)
        if ceiling and self._ceilings > 0:
            self._ceilings -= 1
            yield CEILING, self._separated(mix, _CEILING)

    def _separated(self, mix: Samples, name: str) -> Parts:
        stems = separate(Audio(np.ascontiguousarray(mix)), self._store, separator=name)
        return {each: stems[each].samples for each in STEM_NAMES}
