"""Values as plain JSON-ready documents and back: for the spool, for ``--json``, and for what is kept of a delivery."""

from collections.abc import Callable, Hashable, Iterator
from functools import cache, partial
from typing import Any, NamedTuple, TypeVar, cast

from contrafact.catalogue.ddex.findings import Place
from contrafact.catalogue.ddex.shape import Element, Slot, Unknown, Version, layout

E = TypeVar("E", bound=Element)


class _Field(NamedTuple):
    """One field of a class in one version, as plain documents need it."""

    name: str
    many: bool
    show: Callable[[Any], Any]
    read: Callable[[Any], Any]
    default: bool
    """Whether an empty tuple stands for it when it is not there."""


def to_plain(value: Element, version: Version) -> dict[str, Any]:
    """The value with its fields' names; what is not there is left out, plain values are text as in the message."""
    plain: dict[str, Any] = {}
    for name, many, show, _, _ in _fields(cast("Hashable", type(value)), version):
        held = getattr(value, name)
        if held is None or held == ():
            continue
        plain[name] = [show(item) for item in held] if many else show(held)
    if value.unknown:
        plain["unknown"] = [list(part) for part in value.unknown]
    if value.place is not None:
        plain["place"] = list(value.place)
    return plain


def from_plain(cls: type[E], plain: dict[str, Any], version: Version) -> E:
    """The value of a document made by :func:`to_plain`.

    Raises
    ------
    TypeError, ValueError, KeyError
        When the document was not.
    """
    found: dict[str, Any] = {}
    for name, many, _, read, default in _fields(cast("Hashable", cls), version):
        held = plain.get(name)
        if held is not None:
            found[name] = tuple([read(item) for item in held]) if many else read(held)
        elif default:
            found[name] = ()
    if "unknown" in plain:
        found["unknown"] = tuple(Unknown(*part) for part in plain["unknown"])
    if "place" in plain:
        found["place"] = Place(*plain["place"])
    return cls(**found)


@cache
def _fields(cls: Any, version: Version) -> tuple[_Field, ...]:
    """How every field of a class is shown and read; its children's classes are looked up when they are needed."""
    found = []
    for slot in _slots(cls, version):
        show: Callable[[Any], Any]
        read: Callable[[Any], Any]
        if slot.scalar is not None:
            show, read = slot.scalar.show, slot.scalar.parse
        else:
            assert slot.child is not None
            show, read = partial(_show, version), partial(_read, slot.child, version)
        found.append(_Field(slot.field, slot.many, show, read, slot.required and slot.many))
    return tuple(found)


def _show(version: Version, value: Element) -> dict[str, Any]:
    return to_plain(value, version)


def _read(child: Callable[[], type[Element]], version: Version, plain: dict[str, Any]) -> Element:
    return from_plain(child(), plain, version)


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
