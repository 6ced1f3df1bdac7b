"""Tables of the remixes: what was asked for and what came of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from contrafact.kit.db import Base, UtcDateTime

STATUSES = ("queued", "rendering", "held", "ready", "refused", "failed", "cancelled")
"""``held``: made, and waiting for an owner; ``refused``: made, and an owner does not want it to be heard."""


class RemixRow(Base):
    """One remix of one recording for one listener; the recipe is the remix, the take can always be made again."""

    __tablename__ = "remixes"
    __table_args__ = (
        CheckConstraint(
            "status IN ('queued', 'rendering', 'held', 'ready', 'refused', 'failed', 'cancelled')", name="status"
        ),
        Index(None, "user_id", "created_at"),
        Index(None, "recording_id"),
        Index(None, "parent_remix_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(40))
    user_name: Mapped[str] = mapped_column(String(80))
    recording_id: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(400))
    words: Mapped[str] = mapped_column(Text)
    recipe_json: Mapped[str] = mapped_column(Text)
    recipe_sha256: Mapped[str] = mapped_column(String(64))
    decision_sha256: Mapped[str] = mapped_column(String(64))
    duties_json: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(12))
    error: Mapped[str | None] = mapped_column(Text)
    duration_s: Mapped[float] = mapped_column(Float)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    chart_blob: Mapped[str | None] = mapped_column(String(64))
    """The chart that it was asked with and is made from; None for one from before charts could be corrected, which was
    made from what was heard."""
    guest_recording_id: Mapped[str | None] = mapped_column(String(40))
    """The second recording of a mash-up."""
    guest_chart_blob: Mapped[str | None] = mapped_column(String(64))
    """The chart of the second recording that it was asked with."""
    parent_remix_id: Mapped[str | None] = mapped_column(String(40), ForeignKey("remixes.id"))
    """The remix that this one is made from."""
    asks_first: Mapped[bool | None]
    """Whether an owner hears the take before its listener does."""
    asked_besides: Mapped[str | None] = mapped_column(String(120))
    """What shall happen with the take besides, such as ``download``: names with commas between, as it was asked."""
    take_key: Mapped[str | None] = mapped_column(String(64), ForeignKey("takes.key"))
    signed_blob: Mapped[str | None] = mapped_column(String(64))
    provenance: Mapped[str] = mapped_column(String(12))
    signed_by: Mapped[str | None] = mapped_column(String(200))


class TakeRow(Base):
    """One render of one recipe, kept by its key: equal recipes on equal sources and engines share one take."""

    __tablename__ = "takes"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    blob_sha256: Mapped[str] = mapped_column(String(64))
    frames: Mapped[int] = mapped_column(Integer)
    loudness_lufs: Mapped[float] = mapped_column(Float)
    true_peak_dbtp: Mapped[float] = mapped_column(Float)
    usage_json: Mapped[str] = mapped_column(Text)
    waveform_json: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExportRow(Base):
    """A take in one format with its marks: signed once, so that the same remix is the same file every time."""

    __tablename__ = "exports"

    remix_id: Mapped[str] = mapped_column(String(40), ForeignKey("remixes.id"), primary_key=True)
    suffix: Mapped[str] = mapped_column(String(8), primary_key=True)
    blob_sha256: Mapped[str] = mapped_column(String(64))
    sidecar_sha256: Mapped[str | None] = mapped_column(String(64))
