"""What was noticed in a message: where, how bad, and in one sentence what to do."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, cast

from lxml import etree

Severity = Literal["error", "warning"]


class Place(NamedTuple):
    """Where something stands: its XPath (the prefix ``ern`` is the message's namespace) and the line, from 1.

    The XPath is exact; past 65,534 lines libxml2 tells the line only to within a few.
    """

    path: str
    line: int


def line_of(node: etree._Element) -> int:
    """The line on which the start tag of ``node`` ends; 0 when it was not read from a file."""
    return cast("int | None", node.sourceline) or 0


def step(tag: str, number: int) -> str:
    """One step of an XPath: the ``number``-th child of that name, from 1."""
    namespace, _, name = tag.rpartition("}")
    if namespace:
        return f"*[local-name()='{name}' and namespace-uri()='{namespace[1:]}'][{number}]"
    return f"{name}[{number}]"


@dataclass(frozen=True, slots=True)
class Finding:
    """``error`` blocks the import of the release that it touches, ``warning`` does not. ``code`` is for machines."""

    severity: Severity
    code: str
    sentence: str
    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.severity}: line {self.line}, {self.path}: {self.sentence} [{self.code}]"


def error(code: str, sentence: str, place: Place | None) -> Finding:
    """A finding that blocks; ``place`` is None for values that were built and not read."""
    return _finding("error", code, sentence, place)


def warning(code: str, sentence: str, place: Place | None) -> Finding:
    """A finding that is told and does not block."""
    return _finding("warning", code, sentence, place)


def _finding(severity: Severity, code: str, sentence: str, place: Place | None) -> Finding:
    path, line = place or Place("", 0)
    return Finding(severity, code, sentence, path, line)
