"""Words to phrases: a grammar of how people ask for a change of music.

Conventions
-----------
Reads from left to right; the longest phrase at a place wins. Verbs such as *keep*, *without* or *more* govern the stems
and instruments that follow them ("keep the voice and drums"), or stand behind them ("vocals only", "bass louder").
"""

from collections.abc import Sequence

from contrafact.engine.audio.stems import StemName
from contrafact.engine.recipe.intents import (
    Amount,
    Drop,
    Intent,
    Keep,
    Kind,
    LengthFactor,
    Level,
    Mood,
    Only,
    Phrase,
    Style,
    TempoFactor,
    With,
    Without,
)
from contrafact.engine.recipe.quantities import quantity
from contrafact.engine.recipe.text import Word
from contrafact.engine.recipe.vocabulary import FILLERS, Vocabulary

LEVEL_DB = 4.0
"""How much *louder* and *quieter* move a stem."""
_LINKS = frozenset("the a an my her his their our its and or also any all of original lead main nor just even".split())
_INSTRUMENTAL = frozenset({"instrumental", "karaoke", "instrumentally"})
_A_CAPPELLA = (("a", "cappella"), ("acapella",), ("acappella",), ("a", "capella"))


def parse(words: Sequence[Word], vocabulary: Vocabulary) -> tuple[tuple[Phrase, ...], tuple[int, ...]]:
    """The phrases understood, and the places of words that mean something but not to this grammar."""
    phrases: list[Phrase] = []
    unknown: list[int] = []
    at = 0
    while at < len(words):
        phrase = _phrase(words, at, vocabulary)
        if phrase is not None:
            phrases.append(phrase)
            at = phrase.last
        else:
            if words[at].text not in FILLERS:
                unknown.append(at)
            at += 1
    return tuple(phrases), tuple(unknown)


def _phrase(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    return (
        quantity(words, at)
        or _special(words, at)
        or _pace(words, at, known)
        or _simple(words, at, known)
        or _governed(words, at, known)
        or _bare(words, at, known)
    )


def _special(words: Sequence[Word], at: int) -> Phrase | None:
    if words[at].text in _INSTRUMENTAL:
        return Phrase(at, at + 1, "drop", (Drop("vocals"),))
    for spelling in _A_CAPPELLA:
        if tuple(word.text for word in words[at : at + len(spelling)]) == spelling:
            return Phrase(at, at + len(spelling), "keep", (Only(("vocals",)),))
    return None


def _pace(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "slow", "a bit faster", "much slower"."""
    start, power = at, 1.0
    for table, value in ((known.little, 0.5), (known.much, 1.7)):
        found = table.match(words, at)
        if found is not None:
            at, power = at + found[0], value
            break
    pace = known.tempo.match(words, at) if at < len(words) else None
    if pace is None:
        return None
    length, factor = pace
    return Phrase(start, at + length, "tempo", (TempoFactor(round(factor**power, 4)),))


def _simple(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    amount = known.amounts.match(words, at)
    if amount is not None:
        return Phrase(at, at + amount[0], "strength", (Amount(amount[1]),))
    length = known.lengths.match(words, at)
    if length is not None:
        return Phrase(at, at + length[0], "length", (LengthFactor(length[1]),))
    style, mood = known.styles.match(words, at), known.moods.match(words, at)
    if style is not None and (mood is None or style[0] >= mood[0]):
        return Phrase(at, at + style[0], "style", (Style(style[1]),))
    if mood is not None:
        return Phrase(at, at + mood[0], "mood", (Mood(mood[1]),))
    return None


def _governed(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """An action and what it acts on: "keep the voice and drums", "no guitar", "more bass"."""
    action = known.actions.match(words, at)
    if action is None:
        return None
    place = at + action[0]
    intents: list[Intent] = []
    last = place
    while place < len(words):
        if words[place].text in _LINKS:
            place += 1
            continue
        # "keep the voice and slow it down": the next request has begun.
        target = _target(words, place, known, action[1])
        if target is None:
            break
        place += target[0]
        last = place
        intents.extend(target[1])
    return Phrase(at, last, _kind(action[1]), _merged(intents)) if intents else None


def _bare(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """A stem or instrument with the action behind it ("vocals only", "bass louder"), or by itself ("piano")."""
    stem = known.stems.match(words, at)
    if stem is not None:
        after = at + stem[0]
        behind = known.actions.match(words, after) if after < len(words) else None
        if behind is not None and behind[1] in ("only", "louder", "quieter"):
            target = _target(words, at, known, behind[1])
            if target is not None:
                return Phrase(at, after + behind[0], _kind(behind[1]), _merged(list(target[1])))
    target = _target(words, at, known, "add")
    return None if target is None else Phrase(at, at + target[0], _kind("add"), target[1])


def _target(words: Sequence[Word], at: int, known: Vocabulary, action: str) -> tuple[int, tuple[Intent, ...]] | None:
    stem, instrument = known.stems.match(words, at), known.instruments.match(words, at)
    if action == "add":
        if instrument is not None and instrument[1] not in known.families:
            return instrument[0], (With(instrument[1]),)
        return (stem[0], (Keep("vocals"),)) if stem is not None and stem[1] == "vocals" else None
    if action == "drop":
        return _dropped(stem, instrument)
    if stem is None:
        return None
    length, name = stem
    match action:
        case "keep":
            return length, (Keep(name),)
        case "only":
            return length, (Only((name,)),)
        case "louder":
            return length, (Level(name, LEVEL_DB),)
        case _:
            return length, (Level(name, -LEVEL_DB),)


def _dropped(
    stem: tuple[int, StemName] | None, instrument: tuple[int, str] | None
) -> tuple[int, tuple[Intent, ...]] | None:
    intents: list[Intent] = []
    length = 0
    if instrument is not None:
        intents.append(Without(instrument[1]))
        length = instrument[0]
    if stem is not None and stem[0] >= length and (instrument is None or stem[1] != "other"):
        intents.append(Drop(stem[1]))
        length = stem[0]
    return (length, tuple(intents)) if intents else None


def _merged(intents: list[Intent]) -> tuple[Intent, ...]:
    """ "only the voice and the bass" keeps both."""
    only = tuple(stem for intent in intents if isinstance(intent, Only) for stem in intent.stems)
    if not only:
        return tuple(intents)
    return (Only(tuple(dict.fromkeys(only))), *(intent for intent in intents if not isinstance(intent, Only)))


def _kind(action: str) -> Kind:
    kinds: dict[str, Kind] = {"keep": "keep", "only": "keep", "drop": "drop", "add": "instrument"}
    return kinds.get(action, "level")
