"""What a song's grants say, in the words in which its owner would say it.

The sentences are made from the terms, never stored, so that they cannot say anything else than what is decided.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.money import written
from contrafact.rights.summary_bounds import bounds_words
from contrafact.rights.terms import NO_LIMITS, Allowed, Limits, NotBeside, Price, Terms
from contrafact.rights.territories import WORLDWIDE, Territories
from contrafact.rights.topics import Topic
from contrafact.rights.values import DISTRIBUTION_OPERATIONS, VOICE_OPERATIONS

_CHANGE: Final[dict[Operation, str]] = {
    "style": "style",
    "arrangement": "arrangement",
    "tempo_pitch": "tempo and key",
    "lyrics_change": "words",
    "translate": "language",
}
_DO: Final[dict[Operation, str]] = {
    "mashup": "mix it with other songs",
    "stems_use": "use its parts apart",
    "vocal_interpretation": "re-interpret the vocal performance",
    "voice_clone": "imitate the singer's voice",
    "cover": "perform it anew as a cover",
    "derive_again": "remix the remixes",
    "train": "train models with it",
    "download": "download what they made",
    "share_in_app": "release it here",
    "export": "take it to other services",
}
_BOUNDED: Final[dict[Operation, str]] = {
    "style": "Style",
    "arrangement": "Arrangement",
    "tempo_pitch": "Tempo and key",
    "mashup": "Mash-ups",
    "stems_use": "Its parts",
    "vocal_interpretation": "The vocal performance",
    "cover": "Covers",
}
"""Operations of which something is measured, as the beginning of a sentence about how far they may go."""
_TIERS: Final[dict[tuple[str, ...], str]] = {
    ("free", "premium"): "Everybody",
    ("free",): "Listeners on the free plan",
    ("premium",): "Listeners on the add-on",
}
_TOPICS: Final[dict[Topic, str]] = {
    "political": "politics",
    "sexual": "sex",
    "hate": "hate",
    "violence": "violence",
    "advertising": "advertising",
    "religious": "religion",
    "drugs": "drugs",
}
_EVERYTHING: Final = frozenset({*_CHANGE, *_DO}) - VOICE_OPERATIONS - {"train"}
_NOTHING: Final = "Nothing may be made of it."


def summary(terms: Sequence[Terms]) -> tuple[str, ...]:
    """What several grants of one owner say together, as sentences for that owner.

    Parameters
    ----------
    terms : sequence of Terms
        Of the grants in force, one for each column of the owner's permission matrix.

    Examples
    --------
    >>> from contrafact.rights.terms import Allowed
    >>> from contrafact.rights.territories import Territories
    >>> allowed = (Allowed(operation="style"), Allowed(operation="share_in_app", needs_approval=True))
    >>> terms = Terms(operations=allowed, tiers=("premium",), territories=Territories(exclude=("JP",)))
    >>> first, second, third, *_ = summary([terms])
    >>> first
    'Listeners on the add-on may change its style and release it here everywhere except Japan.'
    >>> second, third
    ('You approve each release.', 'Voices stay as they are.')
    """
    told = [each for each in terms if each.operations]
    if not told:
        return (_NOTHING,)
    sentences = [sentence for each in told for sentence in _column(each)]
    given = {allowed.operation for each in told for allowed in each.operations}
    if not given & VOICE_OPERATIONS:
        sentences.append("Voices stay as they are.")
    elif "voice_clone" not in given:
        sentences.append("Nobody may imitate the singer's voice.")
    if not given & DISTRIBUTION_OPERATIONS:
        sentences.append("What listeners make stays theirs alone.")
    if "train" not in given:
        sentences.append("Nothing may be trained on it.")
    sentences += [_fate(each) for each in told]
    return tuple(dict.fromkeys(sentences))


def _column(terms: Terms) -> Iterable[str]:
    who = "Everybody" if terms.tiers is None else _who(terms.tiers)
    where, when = where_words(terms.territories), _when(terms.valid_from, terms.valid_to)
    what = _and(_what(allowed.operation for allowed in terms.operations))
    yield f"{who} may {what} {where}{when}."
    approved = [allowed.operation for allowed in terms.operations if allowed.needs_approval]
    if set(approved) & DISTRIBUTION_OPERATIONS:
        yield "You approve each release."
    asked = [operation for operation in approved if operation not in DISTRIBUTION_OPERATIONS]
    if asked:
        yield f"You hear each take first when they {_and(_what(asked))}."
    for allowed in terms.operations:
        yield from _bounds(allowed)
    yield from _limits(terms.limits)
    yield from _beside(terms.not_beside)
    if terms.banned_topics:
        yield f"Not for anything about {_or([_TOPICS[topic] for topic in terms.banned_topics])}."
    if terms.non_commercial:
        yield "Not on paid plans."
    if terms.share_alike:
        yield f"What is made of it carries the same licence ({terms.licence_id})."
    if terms.price is not None:
        yield _price(terms.price)


def _who(tiers: Sequence[str]) -> str:
    if not tiers:
        return "Nobody"
    return _TIERS.get(tuple(tiers)) or f"The plans {_and(tiers)}"


def where_words(territories: Territories) -> str:
    """Where, in words: "everywhere except Japan".

    Examples
    --------
    >>> where_words(Territories(include=("DE", "AT")))
    'in Germany and Austria'
    """
    if WORLDWIDE in territories.include:
        without = [country_name(code) for code in territories.exclude]
        return f"everywhere except {_and(without)}" if without else "everywhere"
    inside = [country_name(code) for code in territories.include if code not in territories.exclude]
    return f"in {_and(inside)}" if inside else "nowhere"


@cache
def _names() -> dict[str, str]:
    from babel import Locale

    return dict(Locale("en").territories)


def country_name(code: str) -> str:
    """A country's English name; its code where there is none."""
    return _names().get(code, code)


def _when(first: datetime | None, end: datetime | None) -> str:
    start = f" from {_day(first)}" if first else ""
    return f"{start} until {_day(end - timedelta(microseconds=1))}" if end else start


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _what(operations: Iterable[Operation]) -> list[str]:
    asked = list(operations)
    if set(asked) >= _EVERYTHING:
        # Nobody reads a list of thirteen.
        further = [_DO[operation] for operation in _DO if operation in set(asked) - _EVERYTHING]
        return ["make anything of it, cover it, mix it and publish what they made", *further]
    changes = [_CHANGE[operation] for operation in _CHANGE if operation in asked]
    rest = [_DO[operation] for operation in _DO if operation in asked]
    return ([f"change its {_and(changes)}"] if changes else []) + rest


def _bounds(allowed: Allowed) -> Iterable[str]:
    if allowed.bounds:
        what = _BOUNDED.get(allowed.operation, allowed.operation.replace("_", " ").capitalize())
        yield f"{what}: {bounds_words(allowed.bounds)}."


def _limits(limits: Limits) -> Iterable[str]:
    if limits == NO_LIMITS:
        return
    if limits.whole:
        yield f"Altogether: {bounds_words(limits.whole)}."
    counts = (
        (limits.uses_per_listener_month, "{} a listener a month", "take"),
        (limits.uses_total, "{} in all", "take"),
        (limits.releases_per_listener, "{} of it by one listener", "release"),
        (limits.releases_per_artist_listener, "{} of the artist's songs by one listener", "release"),
        (limits.releases_total, "{} of it altogether", "release"),
    )
    for count, words, noun in counts:
        if count is not None:
            plural = "" if count == 1 else "s"
            yield f"At most {words.format(f'{count} {noun}{plural}')}."


def _beside(beside: NotBeside) -> Iterable[str]:
    names = [*beside.artists, *beside.labels]
    if names:
        yield f"Never together with {_or(names)}."
    if beside.genres:
        yield f"Never as {_or([genre.replace('-', ' ') for genre in beside.genres])}, nor beside it."


def _price(price: Price) -> str:
    parts = []
    if price.generation_micros:
        parts.append(f"{written(price.generation_micros)} {price.currency} for each take")
    if price.play_micros:
        parts.append(f"{written(price.play_micros)} {price.currency} for each play")
    return f"For at least {_and(parts)}." if parts else "For nothing."


def _fate(terms: Terms) -> str:
    hours = terms.on_withdrawal.hours
    within = "at once" if hours == 0 else f"within {hours} hours"
    match terms.on_withdrawal.fate:
        case "keep":
            return "If you withdraw it, releases that are there stay."
        case "unlist":
            return f"If you withdraw it, releases are unlisted {within}."
        case "take_down":
            return f"If you withdraw it, releases are taken down {within}."


def _and(words: Sequence[str]) -> str:
    return _joined(words, "and")


def _or(words: Sequence[str]) -> str:
    return _joined(words, "or")


def _joined(words: Sequence[str], last: str) -> str:
    if len(words) < 2:
        return words[0] if words else ""
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
