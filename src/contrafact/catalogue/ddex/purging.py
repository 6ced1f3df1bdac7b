"""A PurgeReleaseMessage: a sender takes back a release that it told of, because it cannot be taken down otherwise.

It is small and says little: who sent it, by which numbers the release is known, its titles and who made it. Whatever is
not said is not guessed: a release is only meant by its numbers.
"""

import io
from dataclasses import dataclass
from pathlib import Path

from contrafact.catalogue.ddex.codec import Reading, decode, keep
from contrafact.catalogue.ddex.errors import BadMessage
from contrafact.catalogue.ddex.findings import Finding
from contrafact.catalogue.ddex.limits import Limits
from contrafact.catalogue.ddex.naming import ReleaseId
from contrafact.catalogue.ddex.numbers import Number, numbers_of
from contrafact.catalogue.ddex.parts import PURGE, Part, open_message, read_parts
from contrafact.catalogue.ddex.reading import headless
from contrafact.catalogue.ddex.rules import findings_of
from contrafact.catalogue.ddex.shape import Element, child, children, element, leaf
from contrafact.catalogue.ddex.values import Envelope, MessageHeader


@element
class PurgedTitle(Element):
    text: str = leaf("TitleText")
    subtitle: str | None = leaf("SubTitle", default=None)


@element
class PurgedRelease(Element):
    """Which release is taken back; who made it is kept among what is unknown, for nothing rests on it."""

    id: ReleaseId | None = child("ReleaseId", lambda: ReleaseId, default=None)
    titles: tuple[PurgedTitle, ...] = children("Title", lambda: PurgedTitle, default=())


@dataclass(frozen=True, slots=True)
class Purge:
    """A whole message; ``numbers`` are those by which the release may have been told of, the surest first."""

    envelope: Envelope
    header: MessageHeader
    release: PurgedRelease
    numbers: tuple[Number, ...]
    findings: tuple[Finding, ...]


def read_purge(source: bytes | Path, limits: Limits | None = None) -> Purge:
    """Read a PurgeReleaseMessage, strictly.

    Raises
    ------
    BadMessage
        When it is none, hostile or broken; has no header, or names no release by a number that is right.
    """
    bounds = limits or Limits()
    header: MessageHeader | None = None
    release: PurgedRelease | None = None
    with io.BytesIO(source) if isinstance(source, bytes) else open_message(source, bounds) as stream:
        parts = read_parts(stream, bounds, PURGE)
        envelope = next(parts)
        assert isinstance(envelope, Envelope)
        reading = Reading(envelope.version, bounds)
        for part in parts:
            assert isinstance(part, Part)
            if part.tag == "MessageHeader":
                header = decode(MessageHeader, part.element, part.path, reading)
            elif part.tag == "PurgedRelease":
                release = decode(PurgedRelease, part.element, part.path, reading)
            else:
                keep(part.element, part.path, part.position, reading)
    if header is None:
        raise headless(reading)
    if release is None:
        raise BadMessage("there is no PurgedRelease, so nobody can tell what is taken back; nothing was changed")
    wrong = next((found for found in findings_of(header) if found.severity == "error"), None)
    if wrong is not None:
        raise BadMessage(f"{wrong.path}: {wrong.sentence}", wrong.line)
    numbers = numbers_of(release.id) if release.id is not None else ()
    if not numbers:
        line = release.place.line if release.place is not None else None
        raise BadMessage(
            "the release has no GRid, ICPN, catalogue or own number that is right; titles alone do not say which one "
            "is taken back, so nothing was changed",
            line,
        )
    return Purge(envelope, header, release, numbers, tuple(reading.findings))
