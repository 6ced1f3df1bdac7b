"""Requests that put sections elsewhere: swap, move, cut off, loop, "two choruses at the start"."""

from collections.abc import Sequence

from contrafact.engine.recipe.form_intents import (
    BeginWith,
    EndWith,
    FormAs,
    MoveSection,
    OnlySections,
    RepeatSection,
    SectionRef,
    SkipSections,
    SwapSections,
)
from contrafact.engine.recipe.intents import Intent, Phrase
from contrafact.engine.recipe.sectioning import behind, ends_there, how_often, section
from contrafact.engine.recipe.text import Word, number
from contrafact.engine.recipe.vocabulary import Vocabulary

_MOVES = frozenset("put move bring take play want have let get make place shift".split())
_SWAPS = frozenset("swap swapping switch exchange flip interchange trade reverse".split())


def request(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """The longest request to put sections elsewhere that begins here."""
    rules = (_looped, _moved, _swapped, _carried, _cut_off, _counted)
    found = [one for rule in rules if (one := rule(words, at, known)) is not None]
    return max(found, key=lambda phrase: phrase.last, default=None)


def _moved(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "put the chorus first and then the rest", "move the bridge to the end"."""
    if words[at].text not in _MOVES:
        return None
    found = behind(words, at + 1, known) if at + 1 < len(words) else None
    if found is None or isinstance(found.intents[0], RepeatSection | SkipSections | OnlySections):
        return None
    last = found.last
    texts = [word.text for word in words[last : last + 4]]
    if texts[:1] in (["then"], ["and"]) and "rest" in texts[1:4]:
        last += texts.index("rest") + 1
    return Phrase(at, last, "form", found.intents)


def _cut_off(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "cut everything after the bridge", "lose all before the first chorus"."""
    opener = known.openers.match(words, at)
    place = at + opener[0] if opener is not None and opener[1] == "drop" else at
    if place == at and words[at].text not in ("end", "stop"):
        return None
    while place < len(words) and words[place].text in ("everything", "all", "that", "comes", "what", "the", "rest"):
        place += 1
    if place == at or place + 1 >= len(words) or words[place - 1].text not in ("everything", "all", "rest", "comes"):
        return None
    way = words[place].text
    one = section(words, place + 1, known) if way in ("after", "past", "following", "behind", "before") else None
    if one is None:
        return None
    intent: Intent = BeginWith(one[1], cut=True) if way == "before" else EndWith(one[1], cut=True)
    return Phrase(at, place + 1 + one[0], "form", (intent,))


def _carried(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "put the bridge right after the first chorus", "move the solo before the outro"."""
    if words[at].text not in _MOVES:
        return None
    one = section(words, at + 1, known) if at + 1 < len(words) else None
    if one is None:
        return None
    place = at + 1 + one[0]
    while place < len(words) and words[place].text in ("right", "directly", "straight", "to", "just"):
        place += 1
    if place >= len(words) or words[place].pause or words[place].text not in ("after", "before", "behind"):
        return None
    other = section(words, place + 1, known) if place + 1 < len(words) else None
    if other is None:
        return None
    before = words[place].text == "before"
    return Phrase(at, place + 1 + other[0], "form", (MoveSection(one[1], other[1], before),))


def _counted(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "two choruses at the start", "three choruses at the end"."""
    count = number(words[at].text) if words[at].text not in ("a", "an", "half", "one") else None
    if count is None or not 2 <= count <= 8 or at + 1 >= len(words):
        return None
    one = section(words, at + 1, known)
    if one is None or not one[2]:
        return None
    place = at + 1 + one[0]
    if at_end := ends_there(words, place):
        return Phrase(at, place + at_end, "form", (RepeatSection(one[1], int(count), True),))
    texts = tuple(word.text for word in words[place : place + 3])
    if texts in (("at", "the", "start"), ("at", "the", "beginning")):
        return Phrase(at, place + 3, "form", (BeginWith(one[1]),) * int(count))
    return None


def _swapped(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "swap the verse and the chorus", "switch verse 1 with the bridge"."""
    if words[at].text not in _SWAPS:
        return None
    place = at + 1 + (1 if at + 1 < len(words) and words[at + 1].text in ("around", "round", "places", "over") else 0)
    one = section(words, place, known)
    if one is None:
        return None
    place += one[0]
    while place < len(words) and not words[place].pause and words[place].text in ("and", "with", "for", "order", "of"):
        place += 1
    other = section(words, place, known)
    if other is None:
        return None
    last = place + other[0]
    while last < len(words) and not words[last].pause and words[last].text in ("around", "round", "over", "places"):
        last += 1
    return Phrase(at, last, "form", (SwapSections(one[1], other[1]),))


def _looped(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "loop the chorus", "just the chorus on a loop": one of them, and its end leads into its beginning."""
    place = at + (1 if words[at].text in ("loop", "looping") else 0)
    if place == at:
        return None
    one = section(words, place, known)
    if one is None or how_often(words, place + one[0]) is not None:
        return None
    ref = one[1] if one[1].which else SectionRef(one[1].label, 1)
    return Phrase(at, place + one[0], "form", (OnlySections((ref,)), FormAs("loop")))
