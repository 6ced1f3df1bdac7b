"""Which separators there are, and what every one of them answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.value import Samples
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart
from contrafact.engine.progress import Progress

DEFAULT_SEPARATOR = "contrafact"


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What a separator finds; each float32 (2, frames). What is left of the recording is the rest."""

    vocals: Samples
    drums: Samples
    bass: Samples


class Separator(Protocol):
    """A loaded separator. May be used from one thread at a time."""

    def parts(self, mix: Samples, progress: Progress, chart: Chart | None = None) -> Parts:
        """Three of the four stems of a recording.

        Parameters
        ----------
        mix : float32, shape (2, frames)
            At least one frame, at 44.1 kHz; finite.
        chart : Chart, optional
            What was heard in the recording, for separators that can use it.
        """
        ...


def _contrafact(store: AssetStore) -> Separator:
    from contrafact.engine.separation.ours import Contrafact

    return Contrafact.from_store(store)


def _spleeter(store: AssetStore) -> Separator:
    from contrafact.engine.separation.spleeter import Spleeter

    return Spleeter(store)


def _demucs(store: AssetStore) -> Separator:
    from contrafact.engine.separation.demucs import Demucs

    return Demucs.from_store(store)


SEPARATORS: Mapping[str, Callable[[AssetStore], Separator]] = MappingProxyType(
    {"contrafact": _contrafact, "spleeter": _spleeter, "demucs": _demucs}
)
"""By name, what loads it; each raises :class:`contrafact.assets.errors.AssetMissing` when its asset is not here."""


def separator_named(name: str, store: AssetStore) -> Separator:
    """Load a separator.

    Raises
    ------
    BadInput
        There is none of that name.
    contrafact.assets.errors.AssetMissing
        Its model has not been fetched, or its licence not been accepted; nothing else is used in its place.
    """
    require_separator(name)
    return SEPARATORS[name](store)


def require_separator(name: str) -> None:
    """Check a separator's name before anything slow is done; raises BadInput where there is none of that name."""
    if name not in SEPARATORS:
        *others, last = sorted(SEPARATORS)
        raise BadInput(f"there is no separator called {name[:40]!r}: name {', '.join(others)} or {last}")
