"""Tables of the catalogue: parties, works, recordings, their stems and who made them; owners have their own module."""

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, validates

from contrafact.catalogue.models_ownership import ownership_triggers
from contrafact.catalogue.values import PartyKind, RecordingStatus, StemsOrigin
from contrafact.kit.db import Base, UtcDateTime
from contrafact.kit.evidence import append_only
from contrafact.kit.folding import folded

_TITLE: Final = 300


def text_key(text: str) -> str:
    """A name or title folded for finding: case, Unicode form and spaces do not count."""
    return " ".join(folded(text).split())


def title_key(title: str) -> str:
    """The same of a title; a few letters fold to many, so what is longer than a title may be is left away."""
    return text_key(title)[:_TITLE]


def _key_of_title(context: DefaultExecutionContext) -> str:
    return title_key(context.get_current_parameters()["title"])  # type: ignore[no-untyped-call]


class PartyRow(Base):
    """A person or organisation with rights or credits."""

    __tablename__ = "parties"
    __table_args__ = (CheckConstraint("kind IN ('person', 'group', 'organisation', 'unknown')", name="kind"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(String(300), index=True)
    """The name folded for finding; not unique, for people share names."""
    kind: Mapped[PartyKind] = mapped_column(String(16))
    isni: Mapped[str | None] = mapped_column(String(16), unique=True)
    ipi: Mapped[str | None] = mapped_column(String(11), unique=True)
    dpid: Mapped[str | None] = mapped_column(String(18), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WorkRow(Base):
    """A composition: music and lyrics."""

    __tablename__ = "works"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    iswc: Mapped[str | None] = mapped_column(String(11), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecordingRow(Base):
    """A master: one fixed performance. The large things are blobs, named by their SHA-256."""

    __tablename__ = "recordings"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'frozen', 'withdrawn')", name="status"),
        CheckConstraint("duration_s > 0", name="duration"),
        Index(None, "created_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    work_id: Mapped[str] = mapped_column(ForeignKey("works.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the bytes of the file as delivered, which are the blob of the same name."""
    isrc: Mapped[str | None] = mapped_column(String(12), unique=True)
    reference: Mapped[str | None] = mapped_column(String(120), unique=True)
    """A name by which whoever delivered it knows it (``demo:…``); delivered again under it, nothing is done twice."""
    title: Mapped[str] = mapped_column(String(300))
    title_key: Mapped[str | None] = mapped_column(String(_TITLE), index=True, default=_key_of_title)
    """The title folded for finding, as the name of a party is; kept in step with it."""
    artist: Mapped[str] = mapped_column(String(300))
    album: Mapped[str | None] = mapped_column(String(300))
    label: Mapped[str | None] = mapped_column(String(300), index=True)
    genres: Mapped[str | None] = mapped_column(String(1000))
    """Slugs with spaces between."""
    status: Mapped[RecordingStatus] = mapped_column(String(16))
    size_bytes: Mapped[int] = mapped_column(Integer)
    container: Mapped[str] = mapped_column(String(64))
    codec: Mapped[str] = mapped_column(String(64))
    sample_rate: Mapped[int] = mapped_column(Integer)
    channels: Mapped[int] = mapped_column(Integer)
    duration_s: Mapped[float] = mapped_column(Float)
    content: Mapped[str] = mapped_column(String(16))
    tempo_bpm: Mapped[float] = mapped_column(Float)
    key: Mapped[str] = mapped_column(String(16))
    metre: Mapped[int] = mapped_column(Integer)
    has_vocals: Mapped[bool]
    loudness_lufs: Mapped[float] = mapped_column(Float)
    true_peak_dbtp: Mapped[float] = mapped_column(Float)
    licence_id: Mapped[str | None] = mapped_column(String(64))
    licence_url: Mapped[str | None] = mapped_column(String(500))
    attribution: Mapped[str] = mapped_column(Text)
    stems_origin: Mapped[StemsOrigin] = mapped_column(String(16))
    separator: Mapped[str | None] = mapped_column(String(32))
    """By name, who took it apart; None where the owner gave all stems, and for what came in before it was noted."""
    stems_residual_db: Mapped[float] = mapped_column(Float)
    """How far the stems as delivered were from summing to the recording; the rest was put into ``other``."""
    chart_blob: Mapped[str] = mapped_column(String(64))
    playback_blob: Mapped[str] = mapped_column(String(64))
    playback_type: Mapped[str] = mapped_column(String(64))
    waveform_blob: Mapped[str] = mapped_column(String(64))
    cover_blob: Mapped[str] = mapped_column(String(64))
    cover_type: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @validates("title")
    def _with_key(self, _: str, title: str) -> str:
        self.title_key = title_key(title)
        return title


class CorrectionRow(Base):
    """One version of what an owner says about a recording, laid over what was heard; the latest version holds.

    Rows are only ever added: withdrawing is a version that says nothing, and its chart is the heard one.
    """

    __tablename__ = "corrections"
    __table_args__ = (UniqueConstraint("recording_id", "version"), CheckConstraint("version >= 1", name="version"))

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"))
    version: Mapped[int] = mapped_column(Integer)
    document: Mapped[str] = mapped_column(Text)
    """Canonical JSON of all corrections of this version."""
    heard_blob: Mapped[str] = mapped_column(String(64))
    """The chart over which they were laid."""
    chart_blob: Mapped[str] = mapped_column(String(64), index=True)
    """The chart that came of it."""
    tempo_bpm: Mapped[float] = mapped_column(Float)
    key: Mapped[str] = mapped_column(String(16))
    metre: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(300))
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StemRow(Base):
    """One stem of a recording, FLAC; a scale for peaks above 1 lies in the file itself."""

    __tablename__ = "stems"

    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    blob: Mapped[str] = mapped_column(String(64), index=True)


class ContributionRow(Base):
    """Who did what on a recording, in the order of the credits; money is a matter of the shares, not of this."""

    __tablename__ = "contributions"

    recording_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Announced or there."""
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    party_id: Mapped[str] = mapped_column(ForeignKey("parties.id"), index=True)
    role: Mapped[str] = mapped_column(String(64))
    is_voice: Mapped[bool]
    """Whether it is this party's voice that sings."""


def create_triggers() -> tuple[str, ...]:
    """SQLite refuses to change or remove what is evidence."""
    taken = {"corrections": "id = NEW.id OR (recording_id = NEW.recording_id AND version = NEW.version)"}
    return (*append_only(taken), *ownership_triggers())
