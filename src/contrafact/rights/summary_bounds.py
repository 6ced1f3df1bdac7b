"""How far a change may go, in the words of whoever owns the song: percent of what was recorded, semitones, seconds.

These are told to owners only and are no part of a snapshot, unlike :mod:`contrafact.rights.sentences`.
"""

from collections.abc import Callable, Mapping
from typing import Final

from contrafact.rights.terms import Bound

_OF: Final[Mapping[str, str]] = {
    "tempo_ratio": "of the recorded tempo",
    "length_ratio": "of the recorded length",
    "strength": "of the full change",
    "source_share": "of the recording",
}
"""Extents that are told in percent."""
_IN: Final[Mapping[str, tuple[str, str]]] = {
    "seconds": ("second of its parts", "seconds of its parts"),
    "source_seconds": ("second of the recording", "seconds of the recording"),
    "take_seconds": ("second long", "seconds long"),
    "layers": ("layer of the voice", "layers of the voice"),
}


def bounds_words(bounds: Mapping[str, Bound]) -> str:
    """Several bounds in one line, in the order of their names.

    Examples
    --------
    >>> bounds_words({"tempo_ratio": Bound(least=0.9, most=1.1), "semitones": Bound(least=-2, most=2)})
    'at most 2 semitones up or down; between 90 % and 110 % of the recorded tempo'
    """
    return "; ".join(_words(name, bound) for name, bound in sorted(bounds.items()))


def _words(name: str, bound: Bound) -> str:
    if name == "semitones":
        return _transposed(bound)
    if name in _OF:
        return f"{_within(bound, _percent)} {_OF[name]}"
    one, many = _IN.get(name) or _named(name)
    single = (bound.most if bound.most is not None else bound.least) == 1
    return f"{_within(bound, _plain)} {one if single else many}"


def _named(name: str) -> tuple[str, str]:
    if name.endswith("_seconds"):
        what = name.removesuffix("_seconds").replace("_", " ")
        return f"second of the {what}", f"seconds of the {what}"
    words = name.replace("_", " ")
    return f"({words})", f"({words})"


def _within(bound: Bound, written: Callable[[float], str]) -> str:
    if bound.least is not None and bound.most is not None:
        if bound.least == bound.most:
            return f"exactly {written(bound.most)}"
        return f"between {written(bound.least)} and {written(bound.most)}"
    if bound.most is not None:
        return f"at most {written(bound.most)}"
    if bound.least is not None:
        return f"at least {written(bound.least)}"
    return "any number of"


def _plain(value: float) -> str:
    return f"{value:g}"


def _percent(value: float) -> str:
    return f"{value * 100:g} %"


def _transposed(bound: Bound) -> str:
    down, up = bound.least, bound.most
    if down is not None and up is not None:
        if down == up == 0:
            return "not transposed"
        if down == -up:
            return f"at most {_semitones(up)} up or down"
        if down <= 0 <= up:
            return f"at most {_semitones(-down)} down and {up:g} up"
        return f"transposed by between {down:g} and {_semitones(up)}"
    if up is not None:
        return f"at most {_semitones(up)} up" if up >= 0 else f"at least {_semitones(-up)} down"
    if down is not None:
        return f"at most {_semitones(-down)} down" if down <= 0 else f"at least {_semitones(down)} up"
    return "transposed as one likes"


def _semitones(count: float) -> str:
    return f"{count:g} semitone{'' if count == 1 else 's'}"
