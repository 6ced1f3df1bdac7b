"""The values of provenance: what a take says about itself, and what an examination of a file finds."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

State = Literal["Trusted", "Untrusted", "None", "Invalid"]
"""``Trusted``: whole, and signed by a key that this installation trusts. ``Untrusted``: whole, but somebody else's.
``None``: says nothing about itself. ``Invalid``: changed since it was signed, damaged, or impossible to check.
Only ``Trusted`` counts."""


@dataclass(frozen=True, slots=True)
class Source:
    """A recording that the take is made from."""

    title: str
    artist: str
    sha256: str
    """Of the recording's audio content, as in the recipe."""
    isrc: str | None = None
    path: Path | None = None
    """The recording's file where it is at hand: it becomes the ingredient itself, with the marks that it carries."""


@dataclass(frozen=True, slots=True)
class Credit:
    """One line of the credits."""

    name: str
    role: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Licence:
    """Under what the take may be used."""

    id: str
    """SPDX identifier, or the installation's own name for a direct grant."""
    name: str
    url: str | None = None
    attribution: str | None = None


@dataclass(frozen=True, slots=True)
class TakeClaim:
    """Everything that a take says about itself; ``sources`` has the main recording first and is not empty."""

    title: str
    by: str
    """The listener who remixed."""
    sources: tuple[Source, ...]
    recipe_sha256: str
    decision_sha256: str
    """Snapshot of the decision that permitted it."""
    engine_version: str
    chart_sha256: str | None = None
    """Of the chart (what was heard, as the owner corrected it) that it was arranged on."""
    credits: tuple[Credit, ...] = ()
    licence: Licence | None = None
    remix_id: str | None = None

    def __post_init__(self) -> None:
        if not self.sources:
            raise ValueError("a take is made from at least one recording")

    @property
    def label(self) -> str:
        """The line that people see beside the take: “AI remix by Ada of “Song” by Artist”."""
        first = self.sources[0]
        return f"AI remix by {self.by} of “{first.title}” by {first.artist}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an examination of a file finds.

    Everything but ``state``, ``embedded`` and ``reasons`` comes out of the file and is filled in only when the state is
    ``Trusted``: what a stranger writes into a file is not repeated as if it were known.
    """

    state: State
    reasons: tuple[str, ...]
    """Sentences, at least one."""
    embedded: bool = True
    """False when the manifest lies in a file beside it (Opus, Ogg)."""
    signed_by: str | None = None
    title: str | None = None
    label: str | None = None
    by: str | None = None
    sources: tuple[Source, ...] = ()
    credits: tuple[Credit, ...] = ()
    licence: Licence | None = None
    ai: bool | None = None
    """Whether it says that a trained model took part; None when that is not known."""
    training: Literal["notAllowed", "allowed", "constrained"] | None = None
    recipe_sha256: str | None = None
    decision_sha256: str | None = None
    chart_sha256: str | None = None
    remix_id: str | None = None

    @property
    def trusted(self) -> bool:
        return self.state == "Trusted"

    def as_document(self) -> dict[str, Any]:
        """The JSON document of ``contrafact verify --json``; ``from`` holds the sources."""
        return {
            "state": self.state,
            "trusted": self.trusted,
            "reasons": list(self.reasons),
            "embedded": self.embedded,
            "signed_by": self.signed_by,
            "title": self.title,
            "label": self.label,
            "by": self.by,
            "from": [{"title": s.title, "artist": s.artist, "isrc": s.isrc, "sha256": s.sha256} for s in self.sources],
            "credits": [{"name": c.name, "role": c.role, "detail": c.detail} for c in self.credits],
            "licence": None
            if self.licence is None
            else {
                "id": self.licence.id,
                "name": self.licence.name,
                "url": self.licence.url,
                "attribution": self.licence.attribution,
            },
            "ai": self.ai,
            "training": self.training,
            "recipe_sha256": self.recipe_sha256,
            "decision_sha256": self.decision_sha256,
            "chart_sha256": self.chart_sha256,
            "remix_id": self.remix_id,
        }
