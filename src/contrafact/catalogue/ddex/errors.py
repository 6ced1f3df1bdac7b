"""What a DDEX message is refused for as a whole; lesser faults are findings."""

from contrafact.kit.errors import BadInputError


class BadMessage(BadInputError):
    """The file is no message that may be read: hostile, broken, too large, or of another kind.

    ``line`` counts from 1 and is None where no line is to blame.
    """

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence if line is None else f"line {line}: {sentence}")
        self.line = line


class IsPurge(BadMessage):
    """It is a PurgeReleaseMessage where a release was expected; :mod:`contrafact.catalogue.ddex.purging` reads it."""
