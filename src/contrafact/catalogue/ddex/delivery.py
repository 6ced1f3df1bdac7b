"""A message taken in release by release: each with what it rests on, in memory that does not grow with the message."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from contrafact.catalogue.ddex.codec import Reading
from contrafact.catalogue.ddex.deals import ReleaseDeal
from contrafact.catalogue.ddex.errors import BadMessage
from contrafact.catalogue.ddex.findings import Finding
from contrafact.catalogue.ddex.limits import Limits
from contrafact.catalogue.ddex.naming import Party
from contrafact.catalogue.ddex.parts import Part, open_message, read_parts
from contrafact.catalogue.ddex.reading import headless, value_of
from contrafact.catalogue.ddex.recordings import OtherResource, Resource, SoundRecording
from contrafact.catalogue.ddex.references import keep_part, look_across
from contrafact.catalogue.ddex.releases import AnyRelease, Release, TrackRelease, resources_of
from contrafact.catalogue.ddex.rules import findings_of
from contrafact.catalogue.ddex.shape import Element, Unknown
from contrafact.catalogue.ddex.spool import HEADER, Spool, Stored
from contrafact.catalogue.ddex.values import Envelope, Message, MessageHeader


@dataclass(frozen=True, slots=True)
class Bundle:
    """One release with everything that it rests on; ``blocked`` when a finding forbids its import."""

    release: AnyRelease
    findings: tuple[Finding, ...]
    _spool: Spool

    @property
    def blocked(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)

    def deals(self) -> Iterator[ReleaseDeal]:
        """The deals for this release (without the other releases that they are for)."""
        for number in self._spool.deals_of(self.release.reference):
            yield self._spool.get(number, ReleaseDeal)

    def resources(self) -> Iterator[Resource]:
        """The resources in running order, linked ones last."""
        for reference in resources_of(self.release):
            stored = self._spool.named("resource", reference)
            if stored is not None:
                if stored.name == "SoundRecording":
                    yield self._spool.get(stored.no, SoundRecording)
                else:
                    yield self._spool.get(stored.no, OtherResource)

    def party(self, reference: str | None) -> Party | None:
        """The party of that reference."""
        stored = None if reference is None else self._spool.named("party", reference)
        return None if stored is None else self._spool.get(stored.no, Party)


class Delivery:
    """A message that was read to its end and found whole; use it as a context, and its releases only inside."""

    def __init__(self, envelope: Envelope, header: MessageHeader, spool: Spool) -> None:
        self.envelope = envelope
        self.header = header
        self._spool = spool

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spool.close()

    @property
    def findings(self) -> Iterator[Finding]:
        """Everything that was noticed, in document order; at most ten thousand."""
        return self._spool.findings()

    def releases(self) -> Iterator[Bundle]:
        """Every release with what it rests on, in document order."""
        for stored in self._spool.parts("release"):
            yield Bundle(self._release(stored), self._spool.findings_of(stored.no, stored.reference), self._spool)

    def _release(self, stored: Stored) -> AnyRelease:
        if stored.name == "Release":
            return self._spool.get(stored.no, Release)
        return self._spool.get(stored.no, TrackRelease)


def take_in(source: bytes | Path, limits: Limits | None = None) -> Delivery:
    """Read a message to its end, part by part.

    Raises
    ------
    BadMessage
        When the file as a whole is refused; nothing was given out by then.
    """
    bounds = limits or Limits()
    with io.BytesIO(source) if isinstance(source, bytes) else open_message(source, bounds) as stream:
        parts = read_parts(stream, bounds)
        envelope = next(parts)
        assert isinstance(envelope, Envelope)
        spool = Spool(envelope.version, bounds)
        try:
            return Delivery(envelope, _fill(spool, parts, Reading(envelope.version, bounds)), spool)
        except BaseException:
            spool.close()
            raise


def _fill(spool: Spool, parts: Iterator[Envelope | Part], reading: Reading) -> MessageHeader:
    header: MessageHeader | None = None
    links = 0
    for part in parts:
        assert isinstance(part, Part)
        value = value_of(part, reading)
        if isinstance(value, Unknown):
            if part.tag == "MessageHeader":
                raise headless(reading)
            number = spool.lost()
        elif isinstance(value, MessageHeader):
            header, number = value, HEADER
        else:
            if isinstance(value, ReleaseDeal):
                links += len(value.releases) * len(value.deals)
                if links > spool.limits.links:
                    raise BadMessage(f"there are more than {spool.limits.links} pairs of deal and release; split them")
            number = keep_part(spool, value)
        if not isinstance(value, Unknown):
            spool.find(number, findings_of(value))
        if reading.findings:
            spool.find(number, reading.findings)
            reading.findings.clear()
    if header is None:
        raise headless(reading)
    spool.index()
    look_across(spool)
    return header


def check_message(message: Message) -> tuple[Finding, ...]:
    """What the rules say about a message value, as about one that is read.

    Raises
    ------
    BadMessage
        When it asks for more than the limits allow.
    """
    with Spool(message.envelope.version, Limits()) as spool:
        spool.find(HEADER, findings_of(message.header))
        values: tuple[Element, ...] = (*message.parties, *message.resources, *message.releases, *message.deals)
        for value in values:
            spool.find(keep_part(spool, value), findings_of(value))
        spool.index()
        look_across(spool)
        return tuple(spool.findings())
