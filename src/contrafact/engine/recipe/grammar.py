"""Words to phrases: a grammar of how people ask for a change of music.

Conventions
-----------
Reads from left to right; the longest reading at a place wins. What the words of a place may be: a number with a
unit, a fixed phrase, a style or mood, a request about stems, instruments or sections, or any of these with a negation
before it.
"""

from collections.abc import Sequence
from dataclasses import replace

from contrafact.engine.recipe import (
    beneath,
    colouring,
    coming,
    entering,
    excepting,
    fading,
    handing,
    reordering,
    requests,
    sectioning,
)
from contrafact.engine.recipe.degrees import degree_at, less, scaled
from contrafact.engine.recipe.form_intents import FormAs, PartsAt
from contrafact.engine.recipe.intents import (
    Amount,
    Harmonies,
    Impossible,
    Intent,
    Kind,
    LengthFactor,
    Phrase,
    Style,
    TempoFactor,
    Voice,
)
from contrafact.engine.recipe.negating import negated
from contrafact.engine.recipe.quantities import quantity
from contrafact.engine.recipe.reasons import idiom
from contrafact.engine.recipe.text import Word
from contrafact.engine.recipe.vocabulary import Vocabulary
from contrafact.engine.recipe.words.genres import KEY_STAYS
from contrafact.engine.recipe.words.nouns import AFTER_NEGATOR, FILLERS, LINKS
from contrafact.engine.recipe.words.pace import FIXED_PACES
from contrafact.engine.recipe.words.treatments import KINDS
from contrafact.engine.recipe.words.tree import SKIPPED

_ELSEWHERE: frozenset[Kind] = frozenset({"keep", "drop", "level", "instrument", "melody", "mood", "style"})
_EVERY = Impossible("what is done to the voice is heard in every chorus, verse or bridge, not in a single one")
_HALVES = Impossible("who plays can change with the sections of the song, not at its half")
_NOT_THERE = KEY_STAYS
_TREATED: frozenset[Kind] = frozenset({"voice", "harmony", "melody", "cover", "form"})
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
            used = idiom(words, at)
            if not used and words[at].text not in FILLERS and words[at].text not in vocabulary.chatter:
                unknown.append(at)
            at += used or 1
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


def _pace(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "slow", "a bit faster", "much slower", "faster by a bit"."""
    power, place = degree_at(words, at, known)
    place += 1 if place < len(words) and place > at and words[place].text == "more" else 0
    if place == at and words[at].text == "too" and at + 1 < len(words):
        # "too fast" is a wish for the contrary.
        found = known.paces.match(words, at + 1)
        return Phrase(at, at + 1 + found[0], "tempo", (TempoFactor(round(1 / found[1], 4)),)) if found else None
    pace = known.paces.match(words, place) if place < len(words) else None
    if pace is None:
        return None
    length, factor = pace
    last = place + length
    if power == 1.0 and factor not in FIXED_PACES:
        power, last = _trailing(words, last, known)
    factor = factor if factor in FIXED_PACES else round(factor**power, 4)
    return Phrase(at, last, "tempo", (TempoFactor(factor),))


def _trailing(words: Sequence[Word], at: int, known: Vocabulary) -> tuple[float, int]:
    """A degree behind what it belongs to, with nothing that it could belong to after it: "slow it down a bit"."""
    place = at
    while place < len(words) and words[place].text in SKIPPED and not known.degrees.match(words, place):
        place += 1
    found = known.degrees.match(words, place) if place < len(words) else None
    if found is None or any(word.pause for word in words[at : place + 1]):
        return 1.0, at
    after = place + found[0]
    ends = after == len(words) or words[after].pause or words[after].text in ("and", "but", "please", "with")
    return (found[1], after) if ends else (1.0, at)


def _fixed(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """Tempo, key, length and amount as fixed phrases."""
    found = known.phrases.match(words, at)
    if found is None:
        degree, place = degree_at(words, at, known)
        found = known.phrases.match(words, place) if place > at and place < len(words) else None
        if found is None or isinstance(found[1], Amount):
            return None
        return Phrase(at, place + found[0], _kind(found[1]), (scaled(found[1], degree),))
    last = at + found[0]
    degree, after = _trailing(words, last, known) if isinstance(found[1], LengthFactor) else (1.0, last)
    return Phrase(at, after, _kind(found[1]), (scaled(found[1], degree),))


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
        degree, place = degree_at(words, at, known)
        if place < len(words) and words[place].text in _MORE:
            degree, place = degree * _MORE[words[place].text], place + 1
        found = known.treatments.match(words, place) if at < place < len(words) else None
        if found is None:
            return None
    intents = found[1]
    style = known.styles.match(words, place)
    if style is not None and (style[0] == found[0] or (words[place].text == "club" and found[0] > 1)):
        # "club mix" is a shape, and for the pack that claims the word a style.
        intents = (*intents, Style(style[1]))
    if degree != 1.0:
        intents = tuple(more for intent in intents for more in _with_degree(intent, degree))
    last = place + found[0]
    if isinstance(intents[0], Voice | Harmonies):
        last -= 1 if last - place > 1 and words[last - 1].text == "on" else 0
        last = _on_the_voice(words, last, known)
    return Phrase(at, last, KINDS.get(type(intents[0]), "strength"), intents)


def _on_the_voice(words: Sequence[Word], at: int, known: Vocabulary) -> int:
    """Past "on the vocals", "to her voice" behind a treatment of the voice."""
    place = at
    if (
        place < len(words)
        and not words[place].pause
        and words[place].text in ("on", "to", "for", "of", "over", "under")
    ):
        place += 1
        while place < len(words) and words[place].text in LINKS:
            place += 1
        stem = known.stems.match(words, place) if place < len(words) else None
        if stem is not None and stem[1] == "vocals":
            return place + stem[0]
    return at


def _voice_behind(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "make her voice a bit deeper", "vocals way more breathy": matched as if what stands behind stood before."""
    place = at + (1 if words[at].text in ("make", "keep", "have", "get", "turn", "i", "let", "want") else 0)
    while place < len(words) and words[place].text in LINKS:
        place += 1
    stem = known.stems.match(words, place) if place < len(words) else None
    if stem is None or stem[1] != "vocals":
        return None
    place += stem[0]
    while (
        place < len(words)
        and words[place].text in ("is", "sound", "sounds", "be", "should", "to", "are")
        and not words[place].pause
    ):
        place += 1
    if place >= len(words) or words[place].pause:
        return None
    degree, place = degree_at(words, place, known)
    place += 1 if place < len(words) and words[place].text == "more" else 0
    if place >= len(words):
        return None
    found = known.treatments.match((words[place], replace(words[place], text="voice", pause=False)), 0)
    if found is None or not isinstance(found[1][0], Voice):
        return None
    intents = tuple(more for intent in found[1] for more in _with_degree(intent, degree))
    return Phrase(at, place + 1, "voice", intents)


def _with_degree(intent: Intent, degree: float) -> tuple[Intent, ...]:
    return (scaled(intent, degree), *less(intent, degree))


def _negation(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "not too fast", "don't speed it up", "no house", "don't drop the bass"."""
    found = known.negators.match(words, at)
    opener = known.openers.match(words, at)
    dropped = opener is not None and opener[1] == "drop" and (found is None or opener[0] > found[0])
    if dropped and opener is not None:
        # "lose the choir", "take away the vibrato": only what is done to the voice; the rest are requests of their own.
        found = (opener[0], True)
    if found is None:
        return None
    place = at + found[0]
    while place < len(words) and not words[place].pause:
        inner = _positive(words, place, known)
        if inner is not None and not (
            words[place].text in AFTER_NEGATOR and inner.last == place + 1 and _more_follows(words, place, known)
        ):
            if dropped and not (inner.kind in _TREATED or words[at].text in ("instead", "rather")):
                return None
            intents = tuple(one for intent in inner.intents for one in negated(intent))
            return replace(inner, first=at, intents=intents) if intents else None
        if words[place].text not in AFTER_NEGATOR and known.degrees.match(words, place) is None:
            return None
        place += 1
    return None


def _in_a_half(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "make the second half double time"."""
    place = sectioning.half(words, at)
    while place and place < len(words) and words[place].text in ("is", "be", "in", "to", "at", "go", "into", "of"):
        place += 1
    inner = (
        next((f for rule in (_fixed, _pace, _quantity) if (f := rule(words, place, known))), None)
        if (place and place < len(words) and not words[place].pause)
        else None
    )
    if inner is None or inner.kind not in ("tempo", "key"):
        return None
    return replace(inner, first=at, intents=(_NOT_THERE,))


def _more_follows(words: Sequence[Word], at: int, known: Vocabulary) -> bool:
    return at + 1 < len(words) and not words[at + 1].pause and _positive(words, at + 1, known) is not None


def _placed(words: Sequence[Word], phrase: Phrase, known: Vocabulary) -> Phrase:
    """A phrase with the sections that it is meant for, where those follow."""
    place = phrase.last
    if place >= len(words) or words[place].pause:
        return phrase
    if phrase.kind == "voice":
        while (
            place < len(words) - 1 and words[place].text in ("her", "him", "them", "it") and not words[place + 1].pause
        ):
            place += 1
    if isinstance(phrase.intents[0], FormAs) and words[place].text in ("before", "into", "in", "to", "for"):
        # "a big build before the last chorus": where builds lie anyway.
        one = sectioning.section(words, place + 1, known)
        return phrase if one is None else replace(phrase, last=place + 1 + one[0])
    part = 0
    if phrase.kind in ("tempo", "key"):
        part = beneath.stem_apart(words, place, known) or sectioning.part(words, place, known)
    if part:
        return replace(phrase, last=part, intents=(_NOT_THERE,))
    place += 2 if [word.text for word in words[place : place + 2]] == ["at", "all"] else 0
    while place < len(words) - 1 and words[place].text in _TRAILS and not words[place + 1].pause:
        place += 1
    place = min(place, len(words) - 1)
    parts = phrase.kind in _ELSEWHERE and not any(isinstance(one, PartsAt) for one in phrase.intents)
    found = entering.where(words, place, known, phrase.kind == "instrument") if parts else None
    if found is not None:
        enters = words[phrase.first].text in _BRINGS
        return entering.placed(phrase, found, enters)
    if parts and words[place].text in ("in", "for", "during") and (half := sectioning.half(words, place + 1)):
        return replace(phrase, last=half, intents=(_HALVES,))
    place = place if phrase.kind == "voice" else phrase.last
    place_in = sectioning.where(words, place, known)
    if place_in is None:
        return phrase
    if any(isinstance(intent, Voice | Harmonies) for intent in phrase.intents):
        single = (_EVERY,) if sectioning.single(words[place : place_in.last], known) else ()
        return replace(phrase, last=place_in.last, intents=(*phrase.intents, *place_in.intents, *single))
    return phrase


def _fronted(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    return entering.fronted(words, at, known, _inner)


def _inner(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """What may be asked of some sections: the longest reading but for other sections' own."""
    best: Phrase | None = None
    for rule in (_treatment, lambda w, a, k: requests.request(w, a, k), _negation):
        found = rule(words, at, known)
        if found is not None and (best is None or found.last > best.last):
            best = found
    return best


_TRAILS = frozenset(
    "stabs stab hits riff riffs licks lick lines swells fills again too also "
    "instead completely please there playing line part".split()
)
"""What may stand between what is asked for and where: "no drums at all in the verse"."""
_BRINGS = frozenset({"bring", "bringing", "let", "introduce"})
_RULES = (
    fading.fade,
    _fronted,
    entering.compound,
    coming.coming,
    excepting.excepted,
    lambda words, at, known: handing.handed(words, at, known),
    reordering.request,
    lambda words, at, known: sectioning.request(words, at, known),
    _quantity,
    _treatment,
    _voice_behind,
    _in_a_half,
    _fixed,
    beneath.beneath,
    colouring.style,
    _pace,
    colouring.mood,
    lambda words, at, known: requests.request(words, at, known),
)
