"""A message taken apart while it flows: one party, resource, release or deal at a time in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Literal, cast

from lxml import etree

from contrafact.catalogue.ddex.errors import BadMessage, IsPurge
from contrafact.catalogue.ddex.findings import line_of, step
from contrafact.catalogue.ddex.gate import chunks
from contrafact.catalogue.ddex.limits import Limits
from contrafact.catalogue.ddex.shape import Unknown
from contrafact.catalogue.ddex.values import NAMESPACES, Envelope

LISTS = ("PartyList", "ResourceList", "ReleaseList", "DealList")
ONCE = ("MessageHeader", "PurgedRelease", *LISTS)
MessageKind = Literal["NewReleaseMessage", "PurgeReleaseMessage"]
PURGE: Final = "PurgeReleaseMessage"
_ENVELOPE = ("LanguageAndScriptCode", "AvsVersionId", "ReleaseProfileVersionId", "ReleaseProfileVariantVersionId")
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_XINCLUDE = "{http://www.w3.org/2001/XInclude}"


@dataclass(slots=True)
class Part:
    """One part: ``parent`` is the list that it stands in, or empty for a child of the message itself.

    ``element`` is only good until the next part is asked for; ``position`` counts the elements before it in its parent.
    """

    parent: str
    tag: str
    path: str
    position: int
    element: etree._Element


class _Watch:
    """Follows the parser's events: where we are, and whether the limits hold."""

    def __init__(self, limits: Limits, kind: MessageKind) -> None:
        self.limits = limits
        self.kind: MessageKind = kind
        self.root = f"/ern:{kind}"
        self.depth = 0
        self.nodes = 0
        self.fed = 0
        self.part_from = 0
        self.envelope: Envelope | None = None
        self.place: list[str] = []
        self.counts: list[dict[str, int]] = []
        self.positions: list[int] = []

    def opened(self, node: etree._Element) -> None:
        limits, line = self.limits, line_of(node)
        self.depth += 1
        if self.depth > limits.depth:
            raise BadMessage(f"elements lie more than {limits.depth} deep; no message needs that", line)
        if len(node.attrib) > limits.attributes:
            raise BadMessage(f"an element has more than {limits.attributes} attributes; no message needs that", line)
        if len(str(node.tag)) > limits.name_chars:
            raise BadMessage(f"a name is longer than {limits.name_chars} characters", line)
        if any(len(value) > limits.text_chars for value in node.attrib.values()):
            raise BadMessage(f"an attribute is longer than {limits.text_chars} characters", line)
        if str(node.tag).startswith(_XINCLUDE):
            raise BadMessage("the message asks for another file to be put in; send it whole", line)
        if self.depth == 1:
            self.envelope = envelope(node, self.kind)
        if self.depth <= 3:
            self._count(str(node.tag), line)
        if self.depth == (3 if self.place[1:2] and self.place[1] in LISTS else 2):
            self.nodes, self.part_from = 0, self.fed
        self.nodes += 1
        if self.nodes > limits.part_nodes:
            raise BadMessage(f"one part holds more than {limits.part_nodes} elements; split it", line)

    def _count(self, tag: str, line: int) -> None:
        """Keep the path of the two outer floors: name, number among its like, position among all."""
        del self.place[self.depth - 1 :], self.counts[self.depth :], self.positions[self.depth :]
        self.place.append(tag)
        while len(self.counts) <= self.depth:
            self.counts.append({})
            self.positions.append(0)
        counts = self.counts[self.depth - 1]
        counts[tag] = counts.get(tag, 0) + 1
        self.positions[self.depth - 1] += 1
        if self.depth == 2 and counts[tag] > 1 and tag in ONCE:
            raise BadMessage(f"{tag} is here a second time; nobody can tell which one holds", line)

    def fed_more(self, count: int) -> None:
        self.fed += count
        if self.depth > 1 and self.fed - self.part_from > self.limits.part_bytes:
            raise BadMessage(f"one part is larger than {self.limits.part_bytes} bytes; split it")

    def closed(self, node: etree._Element) -> Part | None:
        """The part that ends here, if one does."""
        if node.text is not None and len(node.text) > self.limits.text_chars:
            raise BadMessage(
                f"a text is longer than {self.limits.text_chars} characters; no message needs that",
                line_of(node),
            )
        depth, self.depth = self.depth, self.depth - 1
        tag = str(node.tag)
        if depth == 2 and tag not in LISTS:
            name = tag if tag == "MessageHeader" else step(tag, self.counts[1][tag])
            return Part("", tag, f"{self.root}/{name}", self.positions[1] - 1, node)
        if depth == 3 and self.place[1] in LISTS:
            parent = self.place[1]
            path = f"{self.root}/{parent}/{step(tag, self.counts[2][tag])}"
            return Part(parent, tag, path, self.positions[2] - 1, node)
        return None


def envelope(root: etree._Element, kind: MessageKind) -> Envelope:
    """What the root element says.

    Raises
    ------
    BadMessage
        When it is no message of that kind and of a version that is read; :class:`IsPurge` where a release was expected.
    """
    namespace, _, name = str(root.tag).rpartition("}")
    namespace, line = namespace.removeprefix("{"), line_of(root)
    version = NAMESPACES.get(namespace)
    if version is None:
        where = f"of the namespace {namespace[:100]!r}" if namespace else "of no namespace"
        raise BadMessage(
            f"the message is a {name[:60]} {where}; ERN 4.3 and 4.3.2 are read "
            f"({' and '.join(NAMESPACES)}): ask the sender for one of them",
            line,
        )
    if name == PURGE and kind != PURGE:
        raise IsPurge("this is a PurgeReleaseMessage, which tells of no release but takes one back", line)
    if name != kind:
        raise BadMessage(
            f"the message is a {name[:60]}; only a NewReleaseMessage or a PurgeReleaseMessage is read", line
        )
    return Envelope(
        version=version,
        language=root.get("LanguageAndScriptCode"),
        avs_version=root.get("AvsVersionId"),
        profile=root.get("ReleaseProfileVersionId"),
        variant=root.get("ReleaseProfileVariantVersionId"),
        unknown=tuple(
            Unknown(f"/ern:{kind}/@{tag}", -1, value)
            for tag, value in cast("dict[str, str]", root.attrib).items()
            if tag not in _ENVELOPE and not tag.startswith(_XSI)
        ),
    )


def read_parts(source: BinaryIO, limits: Limits, kind: MessageKind = "NewReleaseMessage") -> Iterator[Envelope | Part]:
    """The envelope, then every part in document order.

    The whole file has been read and found well-formed only when the iterator has ended: until then nothing may be done
    for good.

    Raises
    ------
    BadMessage
        When the file is hostile, broken, too large, or another kind of message; with the line.
    """
    parser = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, recover=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    watch = _Watch(limits, kind)
    told = False
    try:
        for chunk in chunks(source, limits):
            parser.feed(chunk)
            for part in _parts(parser, watch):
                if not told:
                    assert watch.envelope is not None
                    told = True
                    yield watch.envelope
                if part is not None:
                    yield part
            watch.fed_more(len(chunk))
        parser.close()
        for part in _parts(parser, watch):
            if part is not None:
                yield part
    except etree.XMLSyntaxError as reason:
        for _ in _parts(parser, watch):  # a limit of ours that was broken before tells more than the parser's
            pass
        raise BadMessage(_sentence(reason), reason.lineno or None) from reason
    if not told:
        raise BadMessage("there is no message in the file")


def _parts(parser: etree.XMLPullParser, watch: _Watch) -> Iterator[Part | None]:
    for event, node in cast("Iterator[tuple[str, etree._Element]]", parser.read_events()):
        if event == "start":
            watch.opened(node)
            if watch.depth == 1:
                yield None
            continue
        depth = watch.depth
        part = watch.closed(node)
        if part is not None:
            yield part
        if part is not None or depth == 2:
            _forget(node)


def _forget(node: etree._Element) -> None:
    """Free a part that was dealt with: its parent keeps nothing but the last, emptied one."""
    node.clear()
    parent = node.getparent()
    if parent is not None:
        while node.getprevious() is not None:
            del parent[0]


def _sentence(reason: etree.XMLSyntaxError) -> str:
    told = (reason.msg or "the XML is broken").split(", line ")[0]
    return f"the XML is broken: {told}; fetch the file again or ask its sender"


def open_message(path: Path, limits: Limits) -> BinaryIO:
    """The file for reading.

    Raises
    ------
    BadMessage
        When it is no regular file, or larger than the limit.
    """
    if not path.is_file():
        raise BadMessage(f"{path.name} is not a file")
    if path.stat().st_size > limits.total_bytes:
        raise BadMessage(f"{path.name} is larger than {limits.total_bytes} bytes; split it into several messages")
    return path.open("rb")
