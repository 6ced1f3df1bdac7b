"""What the engine refuses, and why; every message says what was wrong and what to do about it."""


class EngineError(Exception):
    """Anything that the engine could not do."""


class BadInput(EngineError):
    """The caller's file or document cannot be used (not audio, too long, NaN samples, unknown field)."""


class NotASong(BadInput):
    """The audio is readable but is silence, speech or noise: there is nothing to remix."""


class Cancelled(EngineError):
    """The caller asked to stop; nothing was kept."""
