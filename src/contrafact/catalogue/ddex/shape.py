"""How a frozen value says which element it is: the one definition from which messages are read and written.

A value is a class under ``@element`` whose fields are made by the functions below, in the order of the official schema.
A field without a default must be there.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar, cast, dataclass_transform

from contrafact.catalogue.ddex.findings import Place
from contrafact.catalogue.ddex.scalars import FLAG, TEXT, TOKEN, Scalar

Version = Literal["4.3", "4.3.2"]
Kind = Literal["attribute", "text", "tag", "leaf", "leaves", "child", "children"]
T = TypeVar("T")
_MISSING: Any = object()


class Unknown(NamedTuple):
    """A part that has no field, kept verbatim.

    ``position`` counts the elements before it in its parent; -1 is an attribute. ``fragment`` is exclusive canonical
    XML, or the attribute's value.
    """

    path: str
    position: int
    fragment: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One field: what it is in the message and how it is read."""

    field: str
    kind: Kind
    tag: str
    scalar: Scalar | None
    child: Callable[[], type[Any]] | None
    required: bool
    flat: bool
    """Whether 4.3 writes the child without an element inside: ``Role`` there holds what ``Role/Value`` does now."""

    @property
    def many(self) -> bool:
        return self.kind in ("leaves", "children")


def _slot(kind: Kind, tag: str, default: Any, **more: Any) -> Any:
    metadata = {"kind": kind, "tag": tag, "required": default is _MISSING, **more}
    return field(metadata=metadata) if default is _MISSING else field(default=default, metadata=metadata)


def attribute(tag: str, scalar: Scalar = TEXT, *, default: Any = _MISSING) -> Any:
    """An attribute of the element."""
    return _slot("attribute", tag, default, scalar=scalar)


def text(scalar: Scalar = TEXT) -> Any:
    """The element's own text; always there, if only empty."""
    return _slot("text", "", _MISSING, scalar=scalar)


def name() -> Any:
    """The element's own name, for values that stand for several elements."""
    return _slot("tag", "", _MISSING, scalar=TOKEN)


def leaf(tag: str, scalar: Scalar = TEXT, *, default: Any = _MISSING, only: Version | None = None) -> Any:
    """A child element that holds nothing but a plain value; ``only`` in one version."""
    return _slot("leaf", tag, default, scalar=scalar, only=only)


def leaves(tag: str, scalar: Scalar = TEXT, *, default: Any = _MISSING, only: Version | None = None) -> Any:
    """Any number of such children, in order; a tuple."""
    return _slot("leaves", tag, default, scalar=scalar, only=only)


def child(
    tag: str,
    of: Callable[[], type[Any]],
    *,
    default: Any = _MISSING,
    only: Version | None = None,
    old: str | None = None,
) -> Any:
    """A child element with fields of its own; ``of`` gives its class, ``old`` is its name in 4.3."""
    return _slot("child", tag, default, child=of, only=only, old=old)


def children(
    tag: str,
    of: Callable[[], type[Any]],
    *,
    default: Any = _MISSING,
    only: Version | None = None,
    old: str | None = None,
    flat: bool = False,
) -> Any:
    """Any number of such children, in order; a tuple."""
    return _slot("children", tag, default, child=of, only=only, old=old, flat=flat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """What every value of a message has besides its fields."""

    unknown: tuple[Unknown, ...] = ()
    """Children and attributes that have no field."""
    place: Place | None = field(default=None, compare=False, repr=False)
    """Where it was read; not part of what it says."""


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(attribute, text, name, leaf, leaves, child, children)
)
def element(cls: type[T]) -> type[T]:
    """Make a class a frozen value of a message."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


@dataclass(frozen=True, slots=True)
class Layout:
    """The slots of a class in one version: children in schema order, the rest by name."""

    attributes: dict[str, Slot]
    children: tuple[Slot, ...]
    by_tag: dict[str, tuple[int, Slot]]
    text: Slot | None
    tag: Slot | None
    required: tuple[Slot, ...]
    absent: tuple[str, ...]
    """Fields that this version has no place for."""


def layout(cls: type[Any], version: Version) -> Layout:
    """How ``cls`` lies in a message of that version."""
    return _layout(cast("Hashable", cls), version)


@cache
def _layout(cls: Any, version: Version) -> Layout:
    slots = tuple(_slots(cls, version))
    ordered = tuple(slot for slot in slots if slot.kind in ("leaf", "leaves", "child", "children"))
    return Layout(
        attributes={slot.tag: slot for slot in slots if slot.kind == "attribute"},
        children=ordered,
        by_tag={slot.tag: (place, slot) for place, slot in enumerate(ordered)},
        text=next((slot for slot in slots if slot.kind == "text"), None),
        tag=next((slot for slot in slots if slot.kind == "tag"), None),
        required=tuple(slot for slot in slots if slot.required and slot.kind not in ("text", "tag")),
        absent=tuple(item.name for item in fields(cls) if item.metadata.get("only") not in (None, version)),
    )


def _slots(cls: type[Any], version: Version) -> Iterable[Slot]:
    for item in fields(cls):
        told = item.metadata
        if not told or told.get("only") not in (None, version):
            continue
        yield Slot(
            field=item.name,
            kind=told["kind"],
            tag=(told.get("old") or told["tag"]) if version == "4.3" else told["tag"],
            scalar=told.get("scalar"),
            child=told.get("child"),
            required=told["required"],
            flat=bool(told.get("flat")) and version == "4.3",
        )


__all__ = [
    "FLAG", "Element", "Layout", "Slot", "Unknown", "Version", "attribute", "child", "children", "element", "layout",
    "leaf", "leaves", "name", "text",
]  # fmt: skip
