"""From element to value and back, for every class under ``@element``, in both versions.

Whatever has no field is kept verbatim with its position, so that writing puts it back where it was. A child that has a
field but cannot be read is kept in the same way, with a finding that blocks.
"""

from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from lxml import etree

from contrafact.catalogue.ddex.errors import BadMessage
from contrafact.catalogue.ddex.findings import Finding, Place, error, line_of, step, warning
from contrafact.catalogue.ddex.limits import Limits
from contrafact.catalogue.ddex.shape import Element, Slot, Unknown, Version, layout

E = TypeVar("E", bound=Element)
FINDINGS_AT_MOST = 10_000


class Bounded(list[Finding]):
    """Findings that do not fill the memory, however bad the message is."""

    def append(self, finding: Finding) -> None:
        """Keep one more.

        Raises
        ------
        BadMessage
            When there are too many to be of use to anybody.
        """
        if len(self) >= FINDINGS_AT_MOST:
            raise BadMessage(
                f"there are more than {FINDINGS_AT_MOST} faults in it; it is hardly a message", finding.line
            )
        super().append(finding)


@dataclass(slots=True)
class Reading:
    """What one reading of a message carries along: its version and what was noticed."""

    version: Version
    limits: Limits = field(default_factory=Limits)
    findings: Bounded = field(default_factory=Bounded)


def decode(cls: type[E], node: etree._Element, path: str, reading: Reading) -> E | None:
    """The value of ``node``; None, with a finding, when something that must be there is not.

    ``path`` is the XPath of ``node``.
    """
    shape = layout(cls, reading.version)
    place = Place(path, line_of(node))
    found: dict[str, Any] = {}
    unknown: list[Unknown] = []
    for tag, content in cast("dict[str, str]", node.attrib).items():
        slot = shape.attributes.get(tag)
        if slot is None or not _take(slot, content, found, f"{path}/@{tag}", place.line, reading):
            unknown.append(Unknown(f"{path}/@{tag}", -1, content))
    if shape.text is not None:
        if not _take(shape.text, node.text or "", found, path, place.line, reading):
            return None
    elif node.text and not node.text.isspace():
        _stray(node.text, place, reading)
    if shape.tag is not None:
        found[shape.tag.field] = str(node.tag)
    _children(node, path, found, unknown, reading, cls)
    missing = [slot.tag for slot in shape.required if slot.field not in found]
    if missing:
        reading.findings.append(error("missing", f"{' and '.join(missing)} must be here", place))
        return None
    return cls(unknown=tuple(unknown), place=place, **found)


def _children(
    node: etree._Element, path: str, found: dict[str, Any], unknown: list[Unknown], reading: Reading, cls: type[Any]
) -> None:
    by_tag = layout(cls, reading.version).by_tag
    seen: dict[str, int] = {}
    last = 0
    for position, item in enumerate(node):
        tag = str(item.tag)
        seen[tag] = seen.get(tag, 0) + 1
        if item.tail and not item.tail.isspace():
            _stray(item.tail, Place(path, line_of(item)), reading)
        known = by_tag.get(tag)
        if known is None:
            unknown.append(keep(item, f"{path}/{step(tag, seen[tag])}", position, reading))
            continue
        order, slot = known
        item_path = f"{path}/{tag}[{seen[tag]}]" if slot.many or seen[tag] > 1 else f"{path}/{tag}"
        if order < last:
            reading.findings.append(
                warning("order", f"{tag} stands too late; the schema has it earlier", _place(item, item_path))
            )
        last = max(last, order)
        if not slot.many and slot.field in found:
            reading.findings.append(
                error("repeated", f"{tag} is here {seen[tag]} times; keep one", _place(item, item_path))
            )
        elif _child(slot, item, item_path, found, reading):
            continue
        unknown.append(keep(item, item_path, position, reading))
    for slot in (slot for _, slot in by_tag.values() if slot.many and slot.field in found):
        found[slot.field] = tuple(found[slot.field])


def _child(slot: Slot, item: etree._Element, path: str, found: dict[str, Any], reading: Reading) -> bool:
    """Read one child into its field; False when it must be kept as it is."""
    value: Any
    if slot.scalar is not None:
        if item.attrib:
            reading.findings.append(warning("attributes", "has attributes that are not understood", _place(item, path)))
            return False
        if len(item):
            reading.findings.append(error("bad_value", "holds elements where a plain value stands", _place(item, path)))
            return False
        box: dict[str, Any] = {}
        if not _take(slot, item.text or "", box, path, line_of(item), reading):
            return False
        value = box[slot.field]
    else:
        assert slot.child is not None
        cls = slot.child()
        if slot.flat:
            (inner,) = (s for s in layout(cls, "4.3.2").required if s.child)
            assert inner.child is not None
            held = decode(inner.child(), item, path, reading)
            value = None if held is None else cls(**{inner.field: held}, place=held.place)
        else:
            value = decode(cls, item, path, reading)
        if value is None:
            return False
    if slot.many:
        found.setdefault(slot.field, []).append(value)
    else:
        found[slot.field] = value
    return True


def _take(slot: Slot, content: str, found: dict[str, Any], path: str, line: int, reading: Reading) -> bool:
    assert slot.scalar is not None
    try:
        found[slot.field] = slot.scalar.parse(content)
    except ValueError as reason:
        reading.findings.append(error("bad_value", f"{path.rpartition('/')[2]} {reason}", Place(path, line)))
        return False
    return True


def _stray(content: str, place: Place, reading: Reading) -> None:
    shown = " ".join(content.split())[:60]
    reading.findings.append(error("stray_text", f"{shown!r} stands between elements, where no text may be", place))


def _place(node: etree._Element, path: str) -> Place:
    return Place(path, line_of(node))


def keep(node: etree._Element, path: str, position: int, reading: Reading) -> Unknown:
    """The node as exclusive canonical XML, without the white space between its elements.

    Raises
    ------
    BadMessage
        When it is larger than the limit.
    """
    lay_out(node, None)
    try:
        fragment = etree.tostring(node, method="c14n", exclusive=True, with_tail=False)
    except etree.C14NError as reason:
        where = f"a part that is not understood, {node.tag!r:.200}, has a namespace that is no absolute URI"
        raise BadMessage(f"{where}; leave the part out or name its namespace in full", line_of(node)) from reason
    if len(fragment) > reading.limits.fragment_bytes:
        raise BadMessage(
            f"{path} is not understood and, with {len(fragment)} bytes, too large to be kept",
            line_of(node),
        )
    return Unknown(path, position, fragment.decode())


def lay_out(node: etree._Element, indent: str | None) -> None:
    """White space between elements: none, or lines indented from ``indent``; text with elements in it stays."""
    texts = (node.text, *(item.tail for item in node))
    if not len(node) or any(text and not text.isspace() for text in texts):
        return
    inner = None if indent is None else f"{indent}  "
    node.text = inner
    for item in node:
        item.tail = inner
        lay_out(item, inner)
    node[-1].tail = indent


def encode(value: Element, tag: str, version: Version) -> etree._Element:
    """The element of a value, what is unknown in its place.

    Raises
    ------
    BadMessage
        When a value cannot be written: a control character, a negative duration, a damaged fragment.
    """
    shape = layout(type(value), version)
    node = etree.Element(tag if shape.tag is None else getattr(value, shape.tag.field))
    lost = next((name for name in shape.absent if getattr(value, name) not in (None, ())), None)
    if lost is not None:
        raise BadMessage(f"ERN {version} has no place for {lost} of {tag}")
    for slot in shape.attributes.values():
        held = getattr(value, slot.field)
        if held is not None:
            node.set(slot.tag, _show(slot, held))
    if shape.text is not None:
        node.text = _show(shape.text, getattr(value, shape.text.field))
    for slot in shape.children:
        held = getattr(value, slot.field)
        for item in held if slot.many else () if held is None else (held,):
            node.append(_element(slot, item, version))
    put_back(node, value.unknown)
    return node


def put_back(node: etree._Element, unknown: tuple[Unknown, ...]) -> None:
    """Insert kept parts where they were.

    Raises
    ------
    BadMessage
        When a fragment is not XML.
    """
    for part in sorted(unknown, key=lambda item: item.position):
        if part.position < 0:
            node.set(part.path.rpartition("/@")[2], part.fragment)
            continue
        try:
            kept = etree.fromstring(part.fragment.encode(), strict_parser())
        except etree.XMLSyntaxError as reason:
            raise BadMessage(f"the kept part {part.path} is damaged: {reason}") from reason
        node.insert(min(part.position, len(node)), kept)


def strict_parser() -> etree.XMLParser:
    """A parser that fetches nothing, expands nothing and bounds depth and size."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip


def _element(slot: Slot, item: Any, version: Version) -> etree._Element:
    if slot.scalar is not None:
        node = etree.Element(slot.tag)
        node.text = _show(slot, item)
        return node
    if slot.flat:
        (inner,) = (s for s in layout(type(item), "4.3.2").required if s.child)
        if any(getattr(item, name) not in (None, ()) for name in layout(type(item), version).absent):
            raise BadMessage(f"ERN {version} has no place for all of {slot.tag}")
        return encode(getattr(item, inner.field), slot.tag, version)
    return encode(item, slot.tag, version)


def _show(slot: Slot, value: Any) -> str:
    assert slot.scalar is not None
    try:
        return slot.scalar.show(value)
    except ValueError as reason:
        raise BadMessage(f"{slot.tag or slot.field} cannot be written: {reason}") from reason
