"""What listeners and owners read: plain names of operations, limits and countries."""

from collections.abc import Mapping

from contrafact.engine.recipe.recipe import Operation
from contrafact.rights.values import Bound

PHRASES: Mapping[Operation, str] = {
    "style": "a change of style",
    "arrangement": "a new arrangement",
    "tempo_pitch": "a change of tempo or key",
    "mashup": "a mash-up with other songs",
    "stems_use": "the use of its separate parts",
    "lyrics_change": "new words",
    "translate": "a translation",
    "vocal_interpretation": "another rendering of the vocal performance",
    "voice_clone": "imitating the singer's voice",
    "cover": "a cover version",
    "derive_again": "a remix of a remix",
    "train": "training a model with it",
    "download": "downloading the result",
    "share_in_app": "sharing the result here",
    "export": "publishing the result elsewhere",
}
_EXTENTS = {
    "tempo_ratio": "the tempo (1 is as recorded)",
    "semitones": "the transposition in semitones",
    "seconds": "the seconds used",
    "strength": "the strength of the change (1 is all)",
    "length_ratio": "the length (1 is as recorded)",
}


def phrase(operation: Operation) -> str:
    """The operation as a noun phrase: "a change of style"."""
    return PHRASES[operation]


def bound_phrase(extent: str, bound: Bound) -> str:
    """A limit in words.

    Examples
    --------
    >>> bound_phrase("tempo_ratio", Bound(least=0.9, most=1.1))
    'the tempo (1 is as recorded) between 0.9 and 1.1'
    """
    name = _EXTENTS.get(extent, extent.replace("_", " "))
    if bound.least is not None and bound.most is not None:
        return f"{name} between {bound.least:g} and {bound.most:g}"
    if bound.most is not None:
        return f"{name} at most {bound.most:g}"
    if bound.least is not None:
        return f"{name} at least {bound.least:g}"
    return f"any value of {name}"
