"""Who comes in and who goes, as it is said: "let the bass come in at the chorus", "start with just the drums"."""

from collections.abc import Sequence

from contrafact.engine.recipe.entering import PLAYED_PARTS, THERE, longest, where
from contrafact.engine.recipe.form_intents import PartsAt, SectionRef
from contrafact.engine.recipe.intents import Phrase
from contrafact.engine.recipe.targets import Target, targets_at
from contrafact.engine.recipe.text import Word
from contrafact.engine.recipe.vocabulary import Vocabulary
from contrafact.engine.recipe.wishes import Reach
from contrafact.engine.recipe.words.tree import phrases

_ENTERS = frozenset(
    "come comes coming enter enters entering join joins joining kick kicks kicking start starts starting drop drops "
    "begin begins play plays playing appear appears arrive arrives back in along up only".split()
)
_LETS = frozenset("let have make bring get the want i and all just only".split())
_LEAVES = frozenset(
    "drop drops dropping fall falls cut cuts go goes stop stops rest rests disappear disappears".split()
)
_OUT = frozenset("out off away silent quiet only".split())
_ALL = phrases("everything|everyone|everybody|all|all else|everything else|the band|the whole band|all the instruments")
_EXCEPT = phrases("except|except for|but|apart from|other than|besides|save for")
_MODAL = frozenset("should must will would can to could shall only".split())
_HOLDS = frozenset("hold save keep reserve leave".split())


def coming(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "let the bass come in at the first chorus", "drums drop out in the bridge", "everything drops out except …"."""
    place = at
    while place < len(words) and words[place].text in _LETS and not (place > at and words[place].pause):
        place += 1
    if words[at].text in _HOLDS and (held := _held(words, at, known)) is not None:
        return held
    everybody = longest(words, place, _ALL)
    if everybody:
        return _everybody(words, at, place + everybody, known)
    targets, last = targets_at(words, place, known, "add")
    if not targets or last >= len(words) or words[last].pause:
        return None
    parts = _parts(targets)
    if not parts:
        return None
    straight = where(words, last, known)
    if straight is not None and (straight.reach in ("onwards", "until") or straight.exclusive):
        # "drums from the chorus", "bass only in the bridge"
        many = tuple(PartsAt("add", parts, r, straight.reach, straight.after, True) for r in straight.refs)
        return Phrase(at, straight.last, "instrument", many)
    if words[last].text in THERE and straight is not None:
        return None
    while last + 1 < len(words) and words[last].text in _MODAL and not words[last + 1].pause:
        last += 1
    leaves = words[last].text in _LEAVES | _OUT
    after = last
    while (
        after < len(words) and not words[after].pause and words[after].text in (_LEAVES | _OUT if leaves else _ENTERS)
    ):
        after += 1
    if leaves and not {"out", "off", "away", "silent", "stop", "stops", "rest", "rests", "disappear", "disappears"} & {
        word.text for word in words[last:after]
    }:
        leaves = False
        after = last
        while after < len(words) and not words[after].pause and words[after].text in _ENTERS:
            after += 1
    if after == last:
        return None
    found = where(words, after, known)
    if found is None and words[after - 1].text in THERE:
        found = where(words, after - 1, known)
    if found is None:
        return None
    if leaves:
        intents = tuple(PartsAt("drop", parts, ref, found.reach, found.after) for ref in found.refs)
        return Phrase(at, found.last, "drop", intents)
    enters = any(
        word.text not in ("only", "play", "plays", "playing", "in", "along", "up", "back") for word in words[last:after]
    )
    moment = enters and found.reach == "there" and not found.exclusive
    reach: Reach = "onwards" if moment else found.reach
    many = tuple(PartsAt("add", parts, ref, reach, found.after, True) for ref in found.refs)
    return Phrase(at, found.last, "instrument", many)


def _held(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "hold the drums back until the chorus", "save the strings for the last chorus"."""
    start = at + 1
    while start < len(words) and words[start].text in ("off", "back", "on"):
        start += 1
    targets, last = targets_at(words, start, known, "add")
    parts = _parts(targets)
    if not parts or last >= len(words):
        return None
    back = last
    while back < len(words) and not words[back].pause and words[back].text in ("back", "off", "out", "away", "down"):
        back += 1
    found = where(words, back, known)
    if found is None or (words[at].text in ("keep", "leave") and back == last and start == at + 1):
        return None
    if found.reach == "until":
        return Phrase(at, found.last, "drop", tuple(PartsAt("drop", parts, ref, "until") for ref in found.refs))
    if words[at].text in ("save", "reserve") and words[back].text == "for":
        intents = tuple(PartsAt("add", parts, ref, "there", comes_in=True) for ref in found.refs)
        return Phrase(at, found.last, "instrument", intents)
    return None


def opened(words: Sequence[Word], at: int, place: int, known: Vocabulary, begins: bool) -> Phrase | None:
    """ "start with just the drums", "end with only piano and voice": nothing else in the first or last section."""
    targets, last = targets_at(words, place, known, "add")
    parts = _parts(targets)
    if not parts:
        only = known.openers.match(words, place)
        if only is None or only[1] != "only":
            return None
        targets, last = targets_at(words, place + only[0], known, "only")
        parts = _parts(targets)
    ref = SectionRef("intro", 1) if begins else SectionRef("outro", -1)
    return Phrase(at, last, "instrument", (PartsAt("only", parts, ref),)) if parts else None


def _parts(targets: Sequence[Target]) -> tuple[str, ...]:
    """Whom some targets name as a rule does; nobody where one of them is no part."""
    named = [one.stem if one.stem and one.stem != "other" else one.instrument or "" for one in targets]
    return tuple(dict.fromkeys(p for name in named for p in PLAYED_PARTS.get(name, (name,)))) if all(named) else ()


def _everybody(words: Sequence[Word], at: int, place: int, known: Vocabulary) -> Phrase | None:
    """ "everything drops out except the vocals in the last chorus"."""
    start = place
    while place < len(words) and words[place].text in _LEAVES | _OUT:
        place += 1
    but = longest(words, place, _EXCEPT)
    if place == start or not but:
        return None
    targets, last = targets_at(words, place + but, known, "keep")
    found = where(words, last, known) if targets and last < len(words) else None
    if found is None:
        return None
    parts = _parts(targets)
    if not parts:
        return None
    return Phrase(
        at, found.last, "keep", tuple(PartsAt("only", parts, r, found.reach, found.after) for r in found.refs)
    )
