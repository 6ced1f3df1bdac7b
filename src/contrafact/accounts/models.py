"""The table of people."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from contrafact.kit.db import Base, UtcDateTime


class UserRow(Base):
    """A listener. Parties (who own and perform) are the catalogue's: somebody may be both, in two tables."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("tier IN ('free', 'premium')", name="tier"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(String(320), unique=True)
    """The name as it is compared: normalised and case-folded, so that “Ada” and “ADA” are one person."""
    tier: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
