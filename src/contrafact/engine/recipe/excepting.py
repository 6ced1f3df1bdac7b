"""Requests with an exception: "everything new except the melody", "keep everything but the drums"."""

from collections.abc import Sequence

from contrafact.engine.audio.stems import STEM_NAMES, StemName
from contrafact.engine.recipe.intents import AnyStyle, ChangeRest, Drop, Intent, Keep, KeepRest, Lock, Phrase, Without
from contrafact.engine.recipe.targets import Target, targets_at
from contrafact.engine.recipe.text import Word
from contrafact.engine.recipe.vocabulary import Vocabulary
from contrafact.engine.recipe.words.tree import phrases

_CHANGES = frozenset("make change replace redo rework swap turn remake renew new do rebuild remix switch".split())
_KEEPS = frozenset("keep leave preserve retain keeping leaving".split())
_ALL = phrases(
    "everything else|all else|the rest|all the rest|everything|it all|"
    "all of it|all|the whole thing|the lot|the whole song|the song"
)
_NEW = frozenset("new different changed anew fresh over afresh replaced again".split())
_AS_IT_IS = frozenset("as it is was intact untouched unchanged the same alone recorded original in".split())
_BUT = phrases(
    "except for|except|apart from|other than|besides|save for|but not|but for|but|bar|excluding|without|aside from"
)


def excepted(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """The request that begins here, or None."""
    verb = words[at].text
    place = at + 1 if verb in _CHANGES | _KEEPS else at
    used = _longest(words, place, _ALL)
    if not used:
        return None
    place += used
    keeps = verb in _KEEPS
    if keeps and words[place - 1].text in ("else", "rest"):
        return Phrase(at, place, "keep", (KeepRest(),))
    tail = place
    while tail < len(words) and words[tail].text in (_AS_IT_IS if keeps else _NEW) and not words[tail].pause:
        tail += 1
    if not keeps and verb not in _CHANGES and tail == place:
        return None
    but = _longest(words, tail, _BUT) if tail < len(words) else 0
    targets, last = targets_at(words, tail + but, known, "keep") if but else ([], tail)
    if keeps:
        return Phrase(at, last if targets else tail, "keep", tuple(_all_but(targets)))
    if not targets:
        return None
    return Phrase(at, last, "lock", (*(i for one in targets for i in _stays(one)), ChangeRest(), AnyStyle()))


def _longest(words: Sequence[Word], at: int, of: Sequence[tuple[str, ...]]) -> int:
    texts = tuple(word.text for word in words[at : at + 3])
    return max((len(phrase) for phrase in of if texts[: len(phrase)] == phrase), default=0)


def _all_but(targets: Sequence[Target]) -> list[Intent]:
    """All stems stay, and what is named goes."""
    gone: set[StemName] = {one.stem for one in targets if one.stem and (one.instrument is None or one.stem != "other")}
    found: list[Intent] = [Drop(name) if name in gone else Keep(name) for name in STEM_NAMES]
    return [*found, *(Without(one.instrument) for one in targets if one.instrument is not None), KeepRest()]


def _stays(one: Target) -> list[Intent]:
    if one.stem is not None:
        locks: dict[StemName, Intent] = {"vocals": Lock("vocals"), "drums": Lock("rhythm")}
        return [*([locks[one.stem]] if one.stem in locks else []), Keep(one.stem)]
    match one.component:
        case "melody":
            return [Lock("melody"), Keep("vocals")]
        case "rhythm":
            return [Lock("rhythm"), Keep("drums")]
        case None:
            return []
        case component:
            return [Lock(component)]
