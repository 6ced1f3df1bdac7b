"""The recipe: a remix as a small, strict, canonical JSON document.

Permission, sound, payment and credit are all pure functions of it. Unknown fields are refused.
"""

import hashlib
from typing import Annotated, Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, Field

Operation = Literal[
    "style",
    "arrangement",
    "tempo_pitch",
    "mashup",
    "stems_use",
    "lyrics_change",
    "translate",
    "vocal_interpretation",
    "voice_clone",
    "cover",
    "derive_again",
    "train",
    "download",
    "share_in_app",
    "export",
]
Strength = Annotated[float, Field(ge=0.0, le=1.0)]
GainDb = Annotated[float, Field(ge=-60.0, le=12.0)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Strengths(_Document):
    """How new each component is: 0 as recorded, 1 fully new. Zero locks it: it must measurably stay."""

    vocals: Strength = 0.0
    melody: Strength = 0.0
    harmony: Strength = 0.0
    rhythm: Strength = 0.0
    timbre: Strength = 0.0
    form: Strength = 0.0


class StemUse(_Document):
    """Whether and how loud one stem of the recording sounds in the take."""

    keep: bool = True
    gain_db: GainDb = 0.0


class StemsUse(_Document):
    vocals: StemUse = StemUse()
    drums: StemUse = StemUse()
    bass: StemUse = StemUse()
    other: StemUse = StemUse()


class Tempo(_Document):
    """Playing speed relative to the recording; 1 follows the performance's own tempo curve and stretches nothing."""

    ratio: Annotated[float, Field(ge=0.5, le=2.0)] = 1.0


class Recipe(_Document):
    """A remix of one recording (later: of several).

    Notes
    -----
    ``sources`` are the SHA-256 of the recordings' audio content, so that a recipe means the same everywhere.
    """

    recipe: Literal[1] = 1
    kind: Literal["remix"] = "remix"
    sources: Annotated[tuple[Sha256, ...], Field(min_length=1, max_length=1)]
    style: Slug | None = None
    strengths: Strengths = Strengths()
    stems: StemsUse = StemsUse()
    tempo: Tempo = Tempo()
    transpose_semitones: Annotated[int, Field(ge=-12, le=12)] = 0
    instruments_with: Annotated[tuple[Slug, ...], Field(max_length=8)] = ()
    instruments_without: Annotated[tuple[Slug, ...], Field(max_length=8)] = ()
    moods: Annotated[tuple[Slug, ...], Field(max_length=8)] = ()
    length_s: Annotated[float, Field(ge=10.0, le=1200.0)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**53 - 1)] = 0

    def canonical(self) -> bytes:
        """RFC 8785 canonical JSON: equal recipes give equal bytes."""
        return rfc8785.dumps(self.model_dump(mode="json"))

    def digest(self) -> str:
        """SHA-256 of :meth:`canonical`, hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()
