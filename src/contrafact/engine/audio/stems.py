"""The four parts of a recording, and how a renderer reads them without holding them all."""

from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from contrafact.engine.audio.value import Audio, Samples
from contrafact.engine.errors import BadInput

StemName = Literal["vocals", "drums", "bass", "other"]
STEM_NAMES: tuple[StemName, ...] = get_args(StemName)


@dataclass(frozen=True, slots=True, eq=False)
class Stems:
    """Four time-aligned stereo parts at 44.1 kHz that sum to the recording."""

    vocals: Audio
    drums: Audio
    bass: Audio
    other: Audio

    def __post_init__(self) -> None:
        if len({self[name].samples.shape for name in STEM_NAMES}) != 1:
            raise BadInput("the stems differ in length or channels; deliver four files of equal length")

    def __getitem__(self, name: StemName) -> Audio:
        stem: Audio = getattr(self, name)
        return stem


class StemReader(Protocol):
    """Random access to a recording's stems; implementations may read from disk, block by block."""

    @property
    def frames(self) -> int:
        """Length of the recording in frames at 44.1 kHz."""
        ...

    def read(self, stem: StemName, start_frame: int, stop_frame: int) -> Samples:
        """Samples, float32 (2, stop - start); frames outside the recording are zero."""
        ...
