"""Read a message as one value."""

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from contrafact.catalogue.ddex.codec import Reading, decode, keep
from contrafact.catalogue.ddex.deals import ReleaseDeal
from contrafact.catalogue.ddex.errors import BadMessage
from contrafact.catalogue.ddex.findings import Finding
from contrafact.catalogue.ddex.limits import Limits
from contrafact.catalogue.ddex.naming import Party
from contrafact.catalogue.ddex.parts import Part, open_message, read_parts
from contrafact.catalogue.ddex.recordings import OtherResource, SoundRecording
from contrafact.catalogue.ddex.releases import Release, TrackRelease
from contrafact.catalogue.ddex.shape import Element, Unknown
from contrafact.catalogue.ddex.values import Envelope, Message, MessageHeader

CLASSES: dict[tuple[str, str], type[Element]] = {
    ("", "MessageHeader"): MessageHeader,
    ("PartyList", "Party"): Party,
    ("ResourceList", "SoundRecording"): SoundRecording,
    **{
        ("ResourceList", tag): OtherResource for tag in ("Video", "Image", "Text", "SheetMusic", "Software")
    },
    ("ReleaseList", "Release"): Release,
    ("ReleaseList", "TrackRelease"): TrackRelease,
    ("DealList", "ReleaseDeal"): ReleaseDeal,
}  # fmt: skip
_INTO = {"PartyList": "parties", "ResourceList": "resources", "ReleaseList": "releases", "DealList": "deals"}


@dataclass(frozen=True, slots=True)
class Read:
    """A message and what was noticed while it was read."""

    message: Message
    findings: tuple[Finding, ...]


def read_message(source: bytes | Path, limits: Limits | None = None) -> Read:
    """Read a whole message, strictly; parts that are not understood are kept.

    Raises
    ------
    BadMessage
        When the file as a whole is refused: hostile, broken, too large, another kind of message, or without a header.
    """
    bounds = limits or Limits()
    bounds = replace(bounds, total_bytes=min(bounds.total_bytes, bounds.whole_bytes))
    stream = io.BytesIO(source) if isinstance(source, bytes) else open_message(source, bounds)
    with stream:
        parts = read_parts(stream, bounds)
        envelope = next(parts)
        assert isinstance(envelope, Envelope)
        reading = Reading(envelope.version, bounds)
        header: MessageHeader | None = None
        found: dict[str, list[Any]] = {name: [] for name in _INTO.values()}
        unknown: list[Unknown] = []
        for part in parts:
            assert isinstance(part, Part)
            value = value_of(part, reading)
            if isinstance(value, MessageHeader):
                header = value
            elif isinstance(value, Unknown):
                unknown.append(value)
            else:
                found[_INTO[part.parent]].append(value)
    if header is None:
        raise headless(reading)
    lists = {name: tuple(values) for name, values in found.items()}
    return Read(Message(envelope=envelope, header=header, unknown=tuple(unknown), **lists), tuple(reading.findings))


def value_of(part: Part, reading: Reading) -> Element | Unknown:
    """The value of a part; the part as it is when it has no class or cannot be read."""
    cls = CLASSES.get((part.parent, part.tag))
    value = None if cls is None else decode(cls, part.element, part.path, reading)
    return keep(part.element, part.path, part.position, reading) if value is None else value


def headless(reading: Reading) -> BadMessage:
    """Why a message without a usable header is refused: nobody knows who sent it."""
    told = next((f for f in reading.findings if f.path.split("/")[2:3] == ["MessageHeader"]), None)
    if told is None:
        return BadMessage("there is no MessageHeader, so nobody can tell who sent this and when")
    return BadMessage(f"the MessageHeader cannot be read: {told.path}: {told.sentence}", told.line)
