"""The values of the catalogue: what is asked of an ingest, what it prepared, and what the library tells of a song."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Literal

from contrafact.catalogue.errors import BadSong
from contrafact.catalogue.ownership import RecordingStatus, ShareView
from contrafact.engine.audio.stems import StemName
from contrafact.engine.listening.chart import Chart
from contrafact.engine.listening.corrections import Corrections

__all__ = [
    "ARTIST_ROLES",
    "UNKNOWN_ARTIST",
    "ContributionView",
    "CorrectionView",
    "Credit",
    "Holders",
    "IngestOptions",
    "KnownPart",
    "PartyKind",
    "PartyView",
    "Prepared",
    "RecordingStatus",
    "RecordingView",
    "ShareView",
    "StemsOrigin",
    "check_shares",
]

PartyKind = Literal["person", "group", "organisation", "unknown"]
StemsOrigin = Literal["separated", "owner", "mixed"]
UNKNOWN_ARTIST = "Unknown artist"


@dataclass(frozen=True, slots=True)
class Credit:
    """A party's part in a recording: what it did, and what it holds of the master and of the work."""

    name: str
    role: str
    kind: PartyKind = "person"
    master: Fraction = Fraction(0)
    work: Fraction = Fraction(0)
    voice: bool = False
    """Whether it is this party's voice that sings."""


@dataclass(frozen=True, slots=True)
class KnownPart:
    """A part of the mix that the owner delivers alone; it goes into ``stem``, and only the rest is separated."""

    stem: StemName
    path: Path
    gain: float = 1.0
    """Linear factor by which the part sounds in the mix."""


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """What the person who ingests says about a file; whatever is None comes from its tags."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    isrc: str | None = None
    iswc: str | None = None
    reference: str | None = None
    """The deliverer's own name for the recording, unique in the library; at most 120 characters."""
    licence: str | None = None
    """SPDX id or usual name of the public licence."""
    licence_url: str | None = None
    attribution: str | None = None
    stems_dir: Path | None = None
    """A folder with the owner's ``vocals``, ``drums``, ``bass`` and ``other`` in any lossless or lossy format."""
    known_parts: tuple[KnownPart, ...] = ()
    credits: tuple[Credit, ...] = ()
    """Empty: the artist holds the whole master and the whole work."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A song made ready outside any transaction: its files lie in ``folder`` until they are kept or discarded."""

    folder: Path
    source: Path
    sha256: str
    size_bytes: int
    container: str
    codec: str
    sample_rate: int
    channels: int
    title: str
    artist: str
    album: str | None
    isrc: str | None
    iswc: str | None
    reference: str | None
    licence_id: str | None
    licence_url: str | None
    attribution: str
    credits: tuple[Credit, ...]
    chart: Chart
    stems: Mapping[StemName, Path]
    stems_origin: StemsOrigin
    separator: str | None
    """By name, who took it apart; None where the owner gave all stems."""
    stems_residual_db: float
    chart_file: Path
    playback: Path
    playback_type: str
    waveform: Path
    cover: Path
    cover_type: str

    def discard(self) -> None:
        """Delete the prepared files; the source stays where it is."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def files(self) -> Mapping[str, Path]:
        """Everything that is to be kept as a blob, by what it is."""
        return {
            "source": self.source,
            "chart": self.chart_file,
            "playback": self.playback,
            "waveform": self.waveform,
            "cover": self.cover,
            **{str(name): path for name, path in self.stems.items()},
        }


@dataclass(frozen=True, slots=True)
class PartyView:
    """A person or organisation, with the identifiers that it is known by."""

    id: str
    name: str
    kind: PartyKind
    isni: str | None = None
    ipi: str | None = None
    dpid: str | None = None


@dataclass(frozen=True, slots=True)
class ContributionView:
    party_id: str
    name: str
    role: str
    voice: bool


ARTIST_ROLES = frozenset({"artist", "featured artist", "main artist"})
"""Roles in which a party is named as a recording's artist."""


@dataclass(frozen=True, slots=True)
class Holders:
    """Who owns a recording and its work, ever and anywhere as stated last, and who made it.

    What is held in one place at one moment is :meth:`at`; only there do the shares of a side have to sum to 1.
    """

    recording_id: str
    work_id: str
    master: tuple[ShareView, ...]
    work: tuple[ShareView, ...]
    contributions: tuple[ContributionView, ...]

    @property
    def performers(self) -> tuple[str, ...]:
        """Ids of the parties whose voice it is."""
        return tuple(item.party_id for item in self.contributions if item.voice)

    @property
    def artist_ids(self) -> tuple[str, ...]:
        """Ids of the parties that are named as its artists."""
        return tuple(dict.fromkeys(item.party_id for item in self.contributions if item.role in ARTIST_ROLES))

    def at(self, territory: str, moment: datetime) -> "Holders":
        """Only the shares that are held there and then; ``territory`` is an upper-case ISO 3166-1 alpha-2 code."""
        return replace(
            self,
            master=tuple(item for item in self.master if item.holds(territory, moment)),
            work=tuple(item for item in self.work if item.holds(territory, moment)),
        )


@dataclass(frozen=True, slots=True)
class RecordingView:
    """A recording as the library tells it; blobs by their SHA-256."""

    id: str
    work_id: str
    sha256: str
    isrc: str | None
    iswc: str | None
    reference: str | None
    title: str
    artist: str
    album: str | None
    status: RecordingStatus
    duration_s: float
    sample_rate: int
    channels: int
    codec: str
    content: str
    tempo_bpm: float
    key: str
    metre: int
    has_vocals: bool
    loudness_lufs: float
    true_peak_dbtp: float
    licence_id: str | None
    licence_name: str | None
    licence_url: str | None
    attribution: str
    stems_origin: StemsOrigin
    separator: str | None
    """By name, who took it apart; None where the owner gave all stems, and for what came in before it was noted."""
    stems_residual_db: float
    chart_blob: str
    """The chart that holds: as the owner corrected it, else as heard."""
    heard_chart_blob: str
    chart_version: int
    """Of the corrections that hold; 0 when there never were any."""
    playback_blob: str
    playback_type: str
    waveform_blob: str
    cover_blob: str
    cover_type: str
    created_at: datetime
    label: str | None = None
    genres: tuple[str, ...] = ()
    """Slugs, such as ``hip-hop``."""
    stems: Mapping[StemName, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """One version of the corrections of a recording."""

    version: int
    corrections: Corrections
    chart_blob: str
    reason: str
    by: str
    at: datetime


def check_shares(credits: tuple[Credit, ...]) -> None:
    """Refuse credits whose master or work shares do not sum to exactly 1.

    Raises
    ------
    BadSong
        Saying what is missing or too much.
    """
    for side in ("master", "work"):
        shares: list[Fraction] = [getattr(credit, side) for credit in credits]
        total = sum(shares, Fraction(0))
        if total != 1 or any(share < 0 for share in shares):
            raise BadSong(
                f"the shares of the {side} sum to {total}, not to 1; correct them before the song is taken in"
            )
