"""A finished file that somebody may hear or keep."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sound:
    """A finished file."""

    path: Path
    media_type: str
    sha256: str
    filename: str
