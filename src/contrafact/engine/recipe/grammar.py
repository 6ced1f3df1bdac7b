"""Words to phrases: a grammar of how people ask for a change of music.

Conventions
-----------
Reads from left to right; the longest reading at a place wins. What the words of a place may be: a number with a unit,
a fixed phrase, a style or mood, a request about stems, instruments or sections, or any of these with a negation before it.
"""

from collections.abc import Sequence
from dataclasses import replace

from contrafact.engine.recipe import handing, requests, sectioning
from contrafact.engine.recipe.degrees import less, scaled
from contrafact.engine.recipe.intents import (
    Amount,
    Harmonies,
    Impossible,
    Intent,
    Keep,
    Kind,
    Mood,
    Not,
    Phrase,
    Style,
    TempoFactor,
    Voice,
    VoiceIn,
)
from contrafact.engine.recipe.negating import negated
from contrafact.engine.recipe.quantities import quantity
from contrafact.engine.recipe.text import Word
from contrafact.engine.recipe.vocabulary import Vocabulary
from contrafact.engine.recipe.words.nouns import AFTER_NEGATOR, FILLERS
from contrafact.engine.recipe.words.pace import FIXED_PACES
from contrafact.engine.recipe.words.treatments import KINDS

_ELSEWHERE: frozenset[Kind] = frozenset({"keep", "drop", "level", "instrument", "melody", "mood", "style"})
_NOT_HERE = Impossible("instruments cannot be changed in some sections only")
_MORE = {"more": 1.3, "extra": 1.3, "less": 0.5, "fewer": 0.5}


def parse(words: Sequence[Word], vocabulary: Vocabulary) -> tuple[tuple[Phrase, ...], tuple[int, ...]]:
    """The phrases understood, and the places of words that mean something but not to this grammar."""
    phrases: list[Phrase] = []
    unknown: list[int] = []
    at = 0
    while at < len(words):
        name = vocabulary.names.match(words, at)
        phrase = None if name is not None else _phrase(words, at, vocabulary)
        if name is not None:
            unknown += range(at, at + name[0])
            at += name[0]
        elif phrase is not None:
            phrase = _placed(words, phrase, vocabulary)
            phrases.append(phrase)
            at = phrase.last
        else:
            if words[at].text not in FILLERS:
                unknown.append(at)
            at += 1
    return tuple(phrases), tuple(unknown)


def _phrase(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """The longest reading; among equals the first of this list."""
    best = _positive(words, at, known)
    refused = _negation(words, at, known)
    if refused is not None and (best is None or refused.last > best.last):
        return refused
    return best


def _positive(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    best: Phrase | None = None
    for rule in _RULES:
        found = rule(words, at, known)
        if found is not None and (best is None or found.last > best.last):
            best = found
    return best


def _quantity(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    return quantity(words, at)


def _degree(words: Sequence[Word], at: int, known: Vocabulary) -> tuple[float, int]:
    """ "a bit", "much", "way more": (by how much, where the rest begins)."""
    found = known.degrees.match(words, at)
    amount, place = (found[1], at + found[0]) if found is not None else (1.0, at)
    place += 1 if place > at and place < len(words) and words[place].text == "of" else 0
    return amount, place


def _pace(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "slow", "a bit faster", "much slower", "faster by a bit"."""
    power, place = _degree(words, at, known)
    place += 1 if place < len(words) and place > at and words[place].text == "more" else 0
    pace = known.paces.match(words, place) if place < len(words) else None
    if pace is None:
        return None
    length, factor = pace
    last = place + length
    if power == 1.0 and factor not in FIXED_PACES:
        behind, after = _degree(words, last, known) if last < len(words) else (1.0, last)
        if (
            after > last
            and not words[last].pause
            and (after == len(words) or words[after].pause or words[after].text in ("and", "but", "please"))
        ):
            power, last = behind, after
    factor = factor if factor in FIXED_PACES else round(factor**power, 4)
    return Phrase(at, last, "tempo", (TempoFactor(factor),))


def _fixed(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """Tempo, key, length and amount as fixed phrases."""
    found = known.phrases.match(words, at)
    if found is None:
        degree, place = _degree(words, at, known)
        found = known.phrases.match(words, place) if place > at and place < len(words) else None
        if found is None or isinstance(found[1], Amount):
            return None
        return Phrase(at, place + found[0], _kind(found[1]), (scaled(found[1], degree),))
    return Phrase(at, at + found[0], _kind(found[1]), (found[1],))


def _kind(intent: Intent) -> Kind:
    name = type(intent).__name__
    if name.startswith("Tempo"):
        return "tempo"
    if name in ("Transpose", "KeyHold", "ToKey"):
        return "key"
    return "strength" if isinstance(intent, Amount) else "length"


def _treatment(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "vocal chops", "a bit of autotune", "slightly jazzier chords", "less vibrato"."""
    found = known.treatments.match(words, at)
    degree, place = 1.0, at
    if found is None:
        degree, place = _degree(words, at, known)
        if place < len(words) and words[place].text in _MORE:
            degree, place = degree * _MORE[words[place].text], place + 1
        found = known.treatments.match(words, place) if at < place < len(words) else None
        if found is None:
            return None
    intents = found[1]
    style = known.styles.match(words, place)
    if style is not None and style[0] == found[0]:
        # "club mix" is a shape, and for the pack that claims the word a style.
        intents = (*intents, Style(style[1]))
    if degree != 1.0:
        intents = tuple(more for intent in intents for more in _with_degree(intent, degree))
    return Phrase(at, place + found[0], KINDS.get(type(intents[0]), "strength"), intents)


def _with_degree(intent: Intent, degree: float) -> tuple[Intent, ...]:
    return (scaled(intent, degree), *less(intent, degree))


def _style(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    hint, style = known.hints.match(words, at), known.styles.match(words, at)
    if style is not None and (hint is None or style[0] > hint[0]):
        return Phrase(at, at + style[0], "style", (Style(style[1]),))
    if hint is not None:
        return Phrase(at, at + hint[0], "style", (hint[1],))
    degree, place = _degree(words, at, known)
    if place == at or place >= len(words):
        return None
    hint, style = known.hints.match(words, place), known.styles.match(words, place)
    if hint is not None and (style is None or hint[0] >= style[0]):
        return Phrase(at, place + hint[0], "style", (hint[1],))
    if style is None:
        return None
    amount: tuple[Intent, ...] = (Amount(0.5),) if degree <= 0.5 else ()
    return Phrase(at, place + style[0], "style", (Style(style[1]), *amount))


def _mood(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    mood = known.moods.match(words, at)
    if mood is not None:
        return Phrase(at, at + mood[0], "mood", (Mood(mood[1]),))
    _, place = _degree(words, at, known)
    if place < len(words) and words[place].text in ("less", "more"):
        sign, place = words[place].text, place + 1
        place = place + 1 if place < len(words) and words[place].text in ("of", "so") else place
        mood = known.moods.match(words, place) if place < len(words) else None
        if mood is None:
            return None
        wish: Intent | None = Mood(mood[1]) if sign == "more" else _OPPOSITE.get(mood[1], Not(Mood(mood[1])))
        return Phrase(at, place + mood[0], "mood", (wish,)) if wish is not None else None
    mood = known.moods.match(words, place) if at < place < len(words) else None
    return Phrase(at, place + mood[0], "mood", (Mood(mood[1]),)) if mood is not None else None


_OPPOSITE: dict[str, Intent] = {
    "dark": Mood("bright"),
    "bright": Mood("dark"),
    "calm": Mood("energetic"),
    "energetic": Mood("calm"),
    "happy": Mood("sad"),
    "sad": Mood("happy"),
    "epic": Mood("minimal"),
    "minimal": Mood("epic"),
}


def _negation(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "not too fast", "don't speed it up", "no house", "don't drop the bass"."""
    found = known.negators.match(words, at)
    if found is None:
        if words[at].text not in ("instead", "rather"):
            return None
        found = (2, True) if at + 1 < len(words) and words[at + 1].text in ("of", "than") else None
        if found is None:
            return None
    place = at + found[0]
    while place < len(words) and not words[place].pause:
        inner = _positive(words, place, known)
        if inner is not None and not (
            words[place].text in AFTER_NEGATOR and inner.last == place + 1 and _more_follows(words, place, known)
        ):
            intents = tuple(one for intent in inner.intents for one in negated(intent))
            return replace(inner, first=at, intents=intents) if intents else None
        if words[place].text not in AFTER_NEGATOR and known.degrees.match(words, place) is None:
            return None
        place += 1
    return None


def _more_follows(words: Sequence[Word], at: int, known: Vocabulary) -> bool:
    return at + 1 < len(words) and not words[at + 1].pause and _positive(words, at + 1, known) is not None


def _placed(words: Sequence[Word], phrase: Phrase, known: Vocabulary) -> Phrase:
    """A phrase with the sections that it is meant for, where those follow."""
    place = phrase.last
    if place >= len(words) or words[place].pause:
        return phrase
    place_in = sectioning.where(words, place, known)
    if place_in is None:
        return phrase
    if any(isinstance(intent, Voice | Harmonies) for intent in phrase.intents):
        return replace(phrase, last=place_in.last, intents=(*phrase.intents, *place_in.intents))
    if phrase.kind in _ELSEWHERE and not _is_voice(phrase):
        return replace(phrase, last=place_in.last, intents=(_NOT_HERE,))
    return phrase


def _is_voice(phrase: Phrase) -> bool:
    return any(
        isinstance(intent, Keep | VoiceIn) and getattr(intent, "stem", "") == "vocals" for intent in phrase.intents
    )


_RULES = (
    lambda words, at, known: handing.handed(words, at, known),
    lambda words, at, known: sectioning.request(words, at, known),
    _quantity,
    _treatment,
    _fixed,
    _style,
    _pace,
    _mood,
    lambda words, at, known: requests.request(words, at, known),
)
