"""By which numbers messages of one sender mean the same release: GRid, ICPN, catalogue and own numbers.

A release may be told of by one number first and by others later. Numbers of one release agree; that two of them are
alike is not enough where another says that they are two.
"""

from collections.abc import Collection
from typing import Final, NamedTuple

from contrafact.catalogue.ddex.naming import ReleaseId
from contrafact.catalogue.ddex.rules import checked

_AT_MOST: Final = 20
"""Numbers of one release that are looked at; nobody needs more, and whoever sends more means harm."""
_LONGEST: Final = 300
SURE: Final = ("grid", "icpn")
"""Schemes in which a number is that of one release, whoever gives it; the surest first."""


class Number(NamedTuple):
    """One number: ``scheme`` is ``grid``, ``icpn`` or ``id:`` with a namespace; ``key`` is all of it, normalised."""

    scheme: str
    key: str


def numbers_of(ids: ReleaseId) -> tuple[Number, ...]:
    """The numbers of a release that are right, the surest first; wrong check digits are none."""
    found = [
        Number(scheme, f"{scheme}:{normal}")
        for scheme, written in zip(SURE, (ids.grid, ids.icpn), strict=True)
        if written and (normal := checked(scheme, written).normal) is not None
    ]
    own = [*([ids.catalogue_number] if ids.catalogue_number else []), *ids.proprietary]
    found += [Number(f"id:{one.namespace}", f"id:{one.namespace}:{one.value}") for one in own[:_AT_MOST]]
    return tuple(dict.fromkeys(number for number in found if len(number.key) <= _LONGEST))


def may_be_one(some: Collection[Number], others: Collection[Number]) -> bool:
    """Whether two sets of numbers may be those of one release.

    The surest scheme that both have decides. Where they have none in common, they share a number, and in no scheme
    that both have are all different.
    """
    for scheme in SURE:
        mine, theirs = _in(scheme, some), _in(scheme, others)
        if mine and theirs:
            return bool(mine & theirs)
    if not set(some) & set(others):
        return False
    schemes = {number.scheme for number in some} & {number.scheme for number in others}
    return all(_in(scheme, some) & _in(scheme, others) for scheme in schemes)


def are_one(some: Collection[Number], others: Collection[Number]) -> bool:
    """Whether they certainly are: by a number that is one release's alone, or by the only kind that one of them has."""
    if not may_be_one(some, others):
        return False
    shared = set(some) & set(others)
    if any(number.scheme in SURE for number in shared):
        return True
    return not all(any(number.scheme in SURE for number in each) for each in (some, others))


def _in(scheme: str, numbers: Collection[Number]) -> set[str]:
    return {number.key for number in numbers if number.scheme == scheme}
