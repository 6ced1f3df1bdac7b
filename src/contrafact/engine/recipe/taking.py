"""Prompts that name no style but a mood or an occasion: what such a listener expects is taken, and said."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from contrafact.engine.recipe.intents import Intent, Kind, Mood, Phrase, Style, StyleHint
from contrafact.engine.recipe.text import Word
from contrafact.engine.recipe.words.genres import installed
from contrafact.engine.recipe.words.occasions import MOODS

_BESIDE: frozenset[Kind] = frozenset({"style", "mood", "tempo", "length", "key"})
"""What may stand beside an occasion that is taken for a style; anything else says well enough what is wanted."""
_OPEN = frozenset("something some anything version remix vibe vibes music mix rendition".split())
_COMPARED = frozenset("more less bit little slightly much way too".split())


def taken(words: Sequence[Word], phrases: Sequence[Phrase], styles: Mapping[str, object]) -> list[Phrase]:
    """The phrases with occasions and lone moods read as the style that is expected, or as what they add to another."""
    open_ended = all(phrase.kind in _BESIDE for phrase in phrases)
    hints = [i for phrase in phrases for i in phrase.intents if isinstance(i, StyleHint)]
    if not open_ended:
        return [replace(phrase, intents=_without_occasions(phrase)) for phrase in phrases]
    if hints or any(phrase.kind == "style" for phrase in phrases) or not _OPEN & {word.text for word in words}:
        return list(phrases)
    found: list[Phrase] = []
    for phrase in phrases:
        slug = _style_of(words, phrase, styles)
        found.append(phrase if slug is None else replace(phrase, intents=(Style(slug, taken=True), *phrase.intents)))
    return found


def _without_occasions(phrase: Phrase) -> tuple[Intent, ...]:
    found: list[Intent] = []
    for intent in phrase.intents:
        found += intent.besides if isinstance(intent, StyleHint) and intent.taken else (intent,)
    return tuple(found)


def _style_of(words: Sequence[Word], phrase: Phrase, styles: Mapping[str, object]) -> str | None:
    """The style that a mood is taken for, unless it only compares ("darker")."""
    said = [word.text for word in words[max(0, phrase.first - 1) : phrase.last]]
    if _COMPARED & set(said) or said[-1].endswith("er"):
        return None
    slugs = (MOODS.get(intent.slug) for intent in phrase.intents if isinstance(intent, Mood))
    return next((found for slug in slugs if slug and (found := installed(slug, styles))), None)
