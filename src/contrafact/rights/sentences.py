"""What listeners and owners read: plain names of operations, limits, topics and prices.

Sentences are part of a decision's snapshot: words that are here are never changed, only added for what is new.
"""

from collections.abc import Mapping

from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.money import written
from contrafact.rights.terms import Limits, Price
from contrafact.rights.topics import Topic
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
    return _within(_EXTENTS.get(extent, extent.replace("_", " ")), bound)


def _within(name: str, bound: Bound) -> str:
    if bound.least is not None and bound.most is not None:
        return f"{name} between {bound.least:g} and {bound.most:g}"
    if bound.most is not None:
        return f"{name} at most {bound.most:g}"
    if bound.least is not None:
        return f"{name} at least {bound.least:g}"
    return f"any value of {name}"


_WHOLES = {
    "source_share": "the part of the recording that a take uses (1 is all)",
    "source_seconds": "the seconds of the recording that a take uses",
    "take_seconds": "the length of a take in seconds",
    "tempo_ratio": "the tempo of the whole take (1 is as recorded)",
    "semitones": "the transposition of the whole take in semitones",
}
_TOPICS: Mapping[Topic, str] = {
    "political": "political purposes",
    "sexual": "sexual content",
    "hate": "hate against people",
    "violence": "glorifying violence",
    "advertising": "advertising",
    "religious": "religious purposes",
    "drugs": "praising drugs",
}


def whole_phrase(extent: str, bound: Bound) -> str:
    """A limit on the whole take in words."""
    return _within(_WHOLES.get(extent, extent.replace("_", " ")), bound)


def limit_phrases(limits: Limits) -> tuple[str, ...]:
    """Everything that a grant limits besides single operations, in words."""
    found = [whole_phrase(name, bound) for name, bound in sorted(limits.whole.items())]
    counts = (
        (limits.uses_per_listener_month, "at most {} takes a month for each listener"),
        (limits.uses_total, "at most {} takes altogether"),
        (limits.releases_per_listener, "at most {} released takes of the song for each listener"),
        (limits.releases_per_artist_listener, "at most {} released takes of the artist for each listener"),
        (limits.releases_total, "at most {} released takes altogether"),
    )
    return (*found, *(text.format(count) for count, text in counts if count is not None))


def topic_phrase(topic: Topic) -> str:
    """What a topic is called: "political purposes"."""
    return _TOPICS[topic]


def price_phrase(price: Price) -> str:
    """A price in words.

    Examples
    --------
    >>> price_phrase(Price(currency="EUR", generation_micros=50_000))
    '0.05 EUR a take'
    """
    parts = [(price.generation_micros, "a take"), (price.play_micros, "a play")]
    told = [f"{written(micros)} {price.currency} {each}" for micros, each in parts if micros]
    return " and ".join(told) or f"nothing in {price.currency}"
