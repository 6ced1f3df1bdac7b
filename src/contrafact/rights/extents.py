"""What can be bounded: the extents that are measured of each operation and of a whole take, and what cannot be meant.

A bound on something that is never measured refuses every take, and so do one whose least lies above its most and a
count of no takes at all. All are slips: whoever writes terms is told the place, and nothing is kept. Every way in asks
here, and :func:`require_meant` is asked once more before a row is written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.errors import WrongCall
from contrafact.rights.terms import Bound, Terms

_STEM_SECONDS: Final = tuple(f"{stem}_seconds" for stem in STEM_NAMES)
EXTENTS: Final[Mapping[Operation, tuple[str, ...]]] = {
    "style": ("strength",),
    "arrangement": ("length_ratio",),
    "tempo_pitch": ("tempo_ratio", "semitones"),
    "stems_use": ("seconds", *_STEM_SECONDS),
    "vocal_interpretation": ("layers",),
    "mashup": ("source_0_seconds", "source_1_seconds"),
    "cover": ("length_ratio", "tempo_ratio"),
}
"""As :class:`contrafact.engine.recipe.operations.OperationUse` measures them; other operations have none."""
WHOLE: Final = ("source_share", "source_seconds", "take_seconds", "tempo_ratio", "semitones")
"""As :func:`contrafact.engine.recipe.extents.whole_use` measures them."""
RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "tempo_ratio": (0.5, 2.0),
    "semitones": (-12.0, 12.0),
    "strength": (0.0, 1.0),
    "source_share": (0.0, 1.0),
    "length_ratio": (0.0, 100.0),
    "layers": (0.0, 1_000.0),
}
"""Between what each extent can lie at all; those that are not here are seconds, up to :data:`LONGEST_S`."""
LONGEST_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in terms that cannot be meant."""

    place: str
    """JSON path inside of the terms."""
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


def faults_in(terms: Terms) -> tuple[Fault, ...]:
    """What cannot be meant in terms, in their order; nothing when all can.

    Examples
    --------
    >>> from contrafact.rights.terms import Allowed
    >>> turned = Allowed(operation="tempo_pitch", bounds={"tempo_ratio": Bound(least=1.2, most=0.9)})
    >>> str(faults_in(Terms(operations=(turned,)))[0])
    'operations[tempo_pitch].bounds.tempo_ratio: the least (1.2) lies above the most (0.9); nothing could be made'
    """
    return tuple(_faults_in(terms))


def new_faults(terms: Terms, before: Terms | None) -> tuple[Fault, ...]:
    """The faults that these terms have and those before them had not.

    Grants of older versions of the program may hold some. They stay what they are until somebody mends them, and
    taking an operation away or narrowing a territory must not wait for that.
    """
    known = set(faults_in(before)) if before is not None else set()
    return tuple(fault for fault in faults_in(terms) if fault not in known)


def require_meant(terms: Terms, place: str, before: Terms | None = None) -> None:
    """Refuse terms under which nothing could ever be made, or that contradict themselves.

    Parameters
    ----------
    place : str
        Where the terms stand in what was sent, such as ``change.terms``; the message begins with it.
    before : Terms, optional
        What they are the next version of.

    Raises
    ------
    WrongCall
        With the place of the first fault.
    """
    for fault in new_faults(terms, before):
        raise WrongCall(f"{place}.{fault}" if place else str(fault))


def _faults_in(terms: Terms) -> Iterator[Fault]:
    for allowed in terms.operations:
        place = f"operations[{allowed.operation}].bounds"
        yield from _faults_of(place, allowed.bounds, EXTENTS.get(allowed.operation, ()))
    yield from _faults_of("limits.whole", terms.limits.whole, WHOLE)
    for name in ("uses_per_listener_month", "uses_total"):
        if getattr(terms.limits, name) == 0:
            yield Fault(
                f"limits.{name}", "no take could ever be made; allow no operation instead, or withdraw the grant"
            )


def _faults_of(place: str, bounds: Mapping[str, Bound], known: tuple[str, ...]) -> Iterator[Fault]:
    for name, bound in sorted(bounds.items()):
        sentence = _against(name, bound, known)
        if sentence is not None:
            yield Fault(f"{place}.{name}", sentence)


def _against(name: str, bound: Bound, known: tuple[str, ...]) -> str | None:
    if name not in known:
        return f"that is never measured here; {'bound one of ' + ', '.join(known) if known else 'it has no bounds'}"
    if bound.least is None and bound.most is None:
        return "it says nothing; name a least or a most, or leave it out"
    low, high = RANGES.get(name, (0.0, LONGEST_S))
    for which, value in (("least", bound.least), ("most", bound.most)):
        if value is not None and not low <= value <= high:
            return f"the {which} ({value:g}) must lie between {low:g} and {high:g}"
    if bound.least is not None and bound.most is not None and bound.least > bound.most:
        return f"the least ({bound.least:g}) lies above the most ({bound.most:g}); nothing could be made"
    return None
