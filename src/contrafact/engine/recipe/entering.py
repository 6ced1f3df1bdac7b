"""Who plays in some sections only, as it is said: "no drums until the second verse", "in the bridge just piano"."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from contrafact.engine.recipe.form_intents import PartsAt, SectionRef
from contrafact.engine.recipe.intents import (
    Drop,
    DropRest,
    Impossible,
    Intent,
    Keep,
    Kind,
    Level,
    Lock,
    MelodyOn,
    Mood,
    Only,
    PartGain,
    Phrase,
    Renew,
    Style,
    StyleHint,
    With,
    Without,
)
from contrafact.engine.recipe.sectioning import section, sections
from contrafact.engine.recipe.targets import targets_at
from contrafact.engine.recipe.text import Word
from contrafact.engine.recipe.vocabulary import Vocabulary
from contrafact.engine.recipe.wishes import PartsAction, Reach
from contrafact.engine.recipe.words.nouns import LINKS
from contrafact.engine.recipe.words.tree import phrases

Reader = Callable[[Sequence[Word], int, Vocabulary], Phrase | None]
"""The rest of the grammar: the longest phrase at a place."""

_KINDS: frozenset[Kind] = frozenset({"keep", "drop", "instrument", "melody", "lock"})
_ONLY = frozenset({"only", "just", "but", "solely", "exclusively"})
THERE = frozenset("behind under in during on for at over within throughout of inside through".split())
_UNTIL = phrases("until|till|til|before|up to|up until|not until|not before|right until|right up to|leading up to")
_FROM = phrases("from|since|starting with|starting from|starting at|starting in|beginning with|beginning at|as of")
_AFTER = phrases("after|following|once past|right after")
_ELSEWHERE = phrases(
    "except in|except for in|except during|except for|except on|everywhere but in|everywhere except in|everywhere but|"
    "everywhere except|outside|outside of|apart from in|other than in|but not in|anywhere but in|anywhere but|except|"
    "not in|never in|only outside"
)
_ONWARDS = frozenset("on onwards onward forward forwards out through".split())
_BE = frozenset(
    "should must can will shall to be is are has have with gets get needs need being goes go as a the".split()
)
_LEADS = frozenset("give make want i have let i'd like would keep turn leave take do play get the a my in and".split())
_STARTS = phrases("at the start|at the beginning|at the very start|at first|in the beginning|at the top|to start with")
_ENDS = phrases("at the end|at the very end|in the end|towards the end|to end with|to finish with")
STYLE_IN = Impossible("a style holds for the whole take, not for some of its sections")
MOOD_IN = Impossible("a mood holds for the whole take, not for some of its sections")
LEVEL_IN = Impossible("levels hold for the whole take; in some sections parts can play or rest")
MELODY_IN = Impossible("an instrument takes the melody over in the whole song, not in some of its sections")
PLAYED_PARTS: dict[str, tuple[str, ...]] = {"keys": ("electric-piano",), "chords": ("piano",)}


@dataclass(frozen=True, slots=True)
class Where:
    """Sections that are named, up to ``last``, and how far from them something holds."""

    last: int
    refs: tuple[SectionRef, ...]
    reach: Reach = "there"
    after: bool = False
    exclusive: bool = False
    """ "Only" was said."""
    entering: bool = False
    """The preposition tells a moment ("at the chorus"), not a stretch."""


def where(words: Sequence[Word], at: int, known: Vocabulary, to: bool = False) -> Where | None:
    """ "in the verses", "only on the last chorus", "until verse 2", "from the bridge on", "except in the chorus"."""
    place = at
    while place < len(words) and words[place].text in _ONLY and not (place > at and words[place].pause):
        place += 1
    exclusive = any(word.text != "but" for word in words[at:place])
    for group, reach, after in (
        (_ELSEWHERE, "elsewhere", False),
        (_UNTIL, "until", False),
        (_AFTER, "onwards", True),
        (_FROM, "onwards", False),
    ):
        start = at if reach == "elsewhere" and longest(words, at, group) else place
        used = longest(words, start, group)
        many = sections(words, start + used, known) if used else None
        if many is None:
            continue
        last = start + used + many[0]
        found: Reach = "onwards" if reach == "onwards" else "until" if reach == "until" else "elsewhere"
        if group is _FROM:
            onwards = last < len(words) and not words[last].pause and words[last].text in _ONWARDS
            return Where(last + onwards, many[1], "onwards", entering=not onwards and words[start].text == "from")
        return Where(last, many[1], found, after)
    for group, edge in ((_STARTS, SectionRef("intro", 1)), (_ENDS, SectionRef("outro", -1))):
        if used := longest(words, place, group):
            last = place + used
            of = last < len(words) and not words[last].pause and words[last].text == "of"
            if not (of and sections(words, last + 1, known)):
                return Where(last, (edge,), exclusive=exclusive)
    # Something is added "to the choruses"; what is dropped is not.
    if place >= len(words) or words[place].text not in (THERE | {"to", "onto", "into"} if to else THERE):
        return None
    moment = words[place].text in ("at", "on")
    start = place + 1
    if [word.text for word in words[start : start + 3]] in (["the", "start", "of"], ["the", "beginning", "of"]):
        start, moment = start + 3, True
    many = sections(words, start, known)
    if many is None:
        return None
    last = start + many[0]
    if last < len(words) and not words[last].pause and words[last].text in ("only", "alone"):
        exclusive, last = True, last + 1
    if last < len(words) and not words[last].pause and words[last].text in ("onwards", "onward"):
        return Where(last + 1, many[1], "onwards")
    return Where(last, many[1], "there", exclusive=exclusive, entering=moment)


def placed(phrase: Phrase, place: Where, entering: bool = False) -> Phrase:
    """The phrase meant for some sections: as a rule, or as what cannot be."""
    intents = tuple(one for ref in place.refs for one in _rules(phrase.intents, ref, place, entering))
    if not intents:
        intents = (_why_not(phrase),)
    kind: Kind = phrase.kind if phrase.kind not in ("voice", "lock") else "instrument"
    return replace(phrase, last=max(phrase.last, place.last), kind=kind, intents=intents)


def convertible(phrase: Phrase) -> bool:
    """Whether a phrase asks for something that may be meant for some sections."""
    return bool(_asked(phrase.intents)[1])


def _asked(intents: Sequence[Intent]) -> tuple[PartsAction, tuple[str, ...]]:
    """What is asked of whom; nobody where the intents ask for something else."""
    parts: list[str] = []
    action: PartsAction = "add"
    if any(isinstance(one, Style | Mood | StyleHint | Level | PartGain | Renew) for one in intents):
        return "add", ()
    if any(isinstance(one, Only | DropRest) for one in intents):
        action = "only"
    elif intents and all(isinstance(one, Drop | Without) for one in intents):
        action = "drop"
    for one in intents:
        match one:
            case Only(stems):
                parts += stems
            case Drop(stem) | Keep(stem):
                parts.append(stem)
            case With(slug) | Without(slug):
                parts += PLAYED_PARTS.get(slug, ("bass",) if slug == "electric-bass" else (slug,))
            case Lock("vocals"):
                parts.append("vocals")
            case MelodyOn(instrument) if action == "only":
                parts.append(instrument)
            case _:
                pass
    if action == "add" and any(isinstance(one, Drop | Without) for one in intents):
        return "add", ()
    named = ["drums" if part == "percussion" and action == "drop" else part for part in parts]
    return action, tuple(dict.fromkeys(named))[:8]


def _rules(intents: Sequence[Intent], ref: SectionRef, place: Where, entering: bool) -> tuple[Intent, ...]:
    action, parts = _asked(intents)
    if not parts:
        return ()
    if action != "add":
        # "take the drums out from the bridge" is about the bridge alone.
        reach: Reach = "there" if place.entering and action == "drop" else place.reach
        return (PartsAt(action, parts, ref, reach, place.after),)
    moment = entering and place.entering and place.reach == "there"
    return (PartsAt("add", parts, ref, "onwards" if moment else place.reach, place.after, comes_in=True),)


def _why_not(phrase: Phrase) -> Impossible:
    intents = phrase.intents
    if any(isinstance(one, MelodyOn) for one in intents):
        return MELODY_IN
    if any(isinstance(one, Style | StyleHint) for one in intents):
        return STYLE_IN
    if any(isinstance(one, Mood) for one in intents):
        return MOOD_IN
    return LEVEL_IN


# Sections named first


def fronted(words: Sequence[Word], at: int, known: Vocabulary, read: Reader) -> Phrase | None:
    """ "in the bridge just piano", "the second verse without drums", "first verse a cappella", "until the chorus …"."""
    found = where(words, at, known)
    if found is None:
        found = _section_first(words, at, known)
        if found is None:
            return None
        comma = False
    elif any(ref.label == "solo" for ref in found.refs):
        # "for solo piano" is nobody's solo.
        return None
    else:
        comma = True
    place, inner = found.last, None
    while place < len(words) and not (words[place].pause and not comma):
        inner = read(words, place, known)
        if inner is not None and inner.kind in _KINDS and convertible(inner):
            break
        inner, place = None, place + 1
        if words[place - 1].text not in _BE:
            break
    if inner is None or not (comma or place > found.last or _acts(words, place, known)):
        return None
    if where(words, inner.last, known) is not None:
        # What follows names sections of its own.
        return None
    if not comma and words[place].text in ("and", "plus"):
        return None
    return placed(replace(inner, first=at), replace(found, last=inner.last))


def _acts(words: Sequence[Word], at: int, known: Vocabulary) -> bool:
    """Whether what begins here is a request and no mere name: "verse piano" may be anything."""
    tables = (known.openers, known.negators, known.treatments)
    return any(table.match(words, at) is not None for table in tables)


def _section_first(words: Sequence[Word], at: int, known: Vocabulary) -> Where | None:
    """ "[give] the second verse", "[i want] the bridge" where what follows says who plays in it."""
    place = at
    while place < len(words) and words[place].text in _LEADS and place < at + 4:
        place += 1
    for start in (place, at):
        many = sections(words, start, known)
        if many is not None and all(ref.label != "solo" for ref in many[1]):
            return Where(start + many[0], many[1])
    return None


def compound(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "a cappella intro", "piano intro", "instrumental bridge", "drumless verse"."""
    place = at
    while place < len(words) and words[place].text in ("a", "an", "with", "add", "the", "make", "have", "and"):
        place += 1
    if place >= len(words):
        return None
    treatment = known.treatments.match(words, place)
    action: PartsAction = "add"
    parts: tuple[str, ...]
    if treatment is not None and isinstance(treatment[1][0], Only | Drop) and len(treatment[1]) == 1:
        action, parts = _asked(treatment[1])
        used = treatment[0]
    else:
        targets, last = targets_at(words, place, known, None)
        if not targets or any(one.stem is None and one.instrument is None for one in targets):
            return None
        used = last - place
        named = [one.instrument or one.stem or "" for one in targets]
        parts = tuple(dict.fromkeys(p for n in named for p in PLAYED_PARTS.get(n, (n,))))
        action = "only" if any(part in ("drums", "vocals", "bass") for part in parts) else "add"
    place += used
    if place < len(words) and words[place].text == "only":
        place, action = place + 1, "only"
    if place >= len(words) or words[place].pause or words[place].text in LINKS:
        return None
    one = section(words, place, known)
    if one is None or one[1].label in ("solo", "break") or one[1].which:
        return None
    return Phrase(at, place + one[0], "instrument", (PartsAt(action, parts, one[1]),))


def longest(words: Sequence[Word], at: int, of: Sequence[tuple[str, ...]]) -> int:
    texts: list[str] = []
    for word in words[at : at + 4]:
        if texts and word.pause:
            break
        texts.append(word.text)
    return max((len(phrase) for phrase in of if tuple(texts[: len(phrase)]) == phrase), default=0)
