"""Sound in, sound out: usable as a library, with no database, no network and no users."""

ENGINE_VERSION = "3"
"""Part of every render's cache key: raise it whenever the same recipe would give other bytes."""
