"""Values as plain JSON-ready documents and back: for the spool, for ``--json``, and for what is kept of a delivery."""

from collections.abc import Iterator
from typing import Any, TypeVar

from contrafact.catalogue.ddex.findings import Place
from contrafact.catalogue.ddex.shape import Element, Slot, Unknown, Version, layout

E = TypeVar("E", bound=Element)


def to_plain(value: Element, version: Version) -> dict[str, Any]:
    """The value with its fields' names; what is not there is left out, plain values are text as in the message."""
    plain: dict[str, Any] = {}
    for slot in _slots(type(value), version):
        held = getattr(value, slot.field)
        if held is None or held == ():
            continue
        if slot.many:
            plain[slot.field] = [_plain(slot, item, version) for item in held]
        else:
            plain[slot.field] = _plain(slot, held, version)
    if value.unknown:
        plain["unknown"] = [list(part) for part in value.unknown]
    if value.place is not None:
        plain["place"] = list(value.place)
    return plain


def _plain(slot: Slot, value: Any, version: Version) -> Any:
    return slot.scalar.show(value) if slot.scalar is not None else to_plain(value, version)


def from_plain(cls: type[E], plain: dict[str, Any], version: Version) -> E:
    """The value of a document made by :func:`to_plain`.

    Raises
    ------
    TypeError, ValueError, KeyError
        When the document was not.
    """
    found: dict[str, Any] = {}
    for slot in _slots(cls, version):
        if slot.field not in plain:
            continue
        held = plain[slot.field]
        found[slot.field] = (
            tuple(_value(slot, item, version) for item in held) if slot.many else _value(slot, held, version)
        )
    if "unknown" in plain:
        found["unknown"] = tuple(Unknown(*part) for part in plain["unknown"])
    if "place" in plain:
        found["place"] = Place(*plain["place"])
    for slot in layout(cls, version).required:
        if slot.many:
            found.setdefault(slot.field, ())
    return cls(**found)


def _value(slot: Slot, plain: Any, version: Version) -> Any:
    if slot.scalar is not None:
        return slot.scalar.parse(plain)
    assert slot.child is not None
    return from_plain(slot.child(), plain, version)


def _slots(cls: type[Element], version: Version) -> Iterator[Slot]:
    shape = layout(cls, version)
    if shape.tag is not None:
        yield shape.tag
    if shape.text is not None:
        yield shape.text
    yield from shape.attributes.values()
    yield from shape.children


def walk(value: Element) -> Iterator[Element]:
    """The value and everything below it."""
    yield value
    for name in type(value).__dataclass_fields__:
        held = getattr(value, name)
        if isinstance(held, Element):
            yield from walk(held)
        elif isinstance(held, tuple) and held and isinstance(held[0], Element):
            for item in held:
                yield from walk(item)
