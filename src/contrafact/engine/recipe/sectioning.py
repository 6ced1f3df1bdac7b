"""Requests about the song's sections: skip, repeat, begin and end with, only, longer, shorter, and whole orders."""

from collections.abc import Sequence
from typing import get_args

from contrafact.engine.listening.chart import SectionLabel
from contrafact.engine.recipe.form_intents import (
    BeginWith,
    EndWith,
    MixBars,
    OnlySections,
    PlaySections,
    RepeatSection,
    ResizeSection,
    SectionRef,
    SkipSections,
)
from contrafact.engine.recipe.intents import Intent, Not, Phrase, VoiceIn
from contrafact.engine.recipe.text import Word, number
from contrafact.engine.recipe.vocabulary import Vocabulary
from contrafact.engine.recipe.words.tree import phrases

_ARTICLES = frozenset("the a an my her his their our its this that and or also of all".split())
_DESCRIBED = frozenset(
    "boring stupid annoying silly weird whole entire actual beautiful lovely great famous catchy".split()
)
"""What people call a section, and what does not say which."""
_JOINTS = frozenset("the a an then and to into by followed next after that with again another plus or straight".split())
_PLAY = frozenset(
    "play go going order structure form sing do just only arrange arranged make it as be sequence like "
    "use the want".split()
)
_ALL_OF = frozenset({"all", "every", "each", "both", "any"})
_SHORTER = phrases(
    "half the length of|halve the length of|shorter|shorten|half|halve|trim|short|cut down|tighten|quicker|half of"
)
_LONGER = phrases(
    "double the length of|twice the length of|double|longer|lengthen|extend|long|extended|draw out|stretch out"
)
_SHORTER_BEHIND = phrases("shorter|in half|short")
_LONGER_BEHIND = phrases("longer|twice as long")
_AT_END = phrases("at the end|at the very end|to the end|at end|to finish|to end it|for the end|at the finish")
_GO_TO = (
    "get",
    "skip",
    "jump",
    "cut",
    "straight",
    "go",
    "right",
    "dive",
    "directly",
    "fast",
    "forward",
    "start",
    "begin",
    "hurry",
)
_IN = frozenset({"in", "behind", "under", "during", "on", "for", "at", "over", "within", "throughout"})


def section(words: Sequence[Word], at: int, known: Vocabulary) -> tuple[int, SectionRef, bool] | None:
    """(words used, which sections, whether the word was a plural): "the last chorus", "verse 2", "choruses"."""
    place = at
    while place < len(words) and words[place].text in (_ARTICLES - _ALL_OF) | _DESCRIBED:
        place += 1
    which, counted = 0, False
    ordinal = known.ordinals.match(words, place) if place < len(words) else None
    if place < len(words) and words[place].text in _ALL_OF:
        counted, place = True, place + 1
        while place < len(words) and words[place].text in _ARTICLES:
            place += 1
    elif ordinal is not None:
        which, counted, place = ordinal[1], True, place + ordinal[0]
    found = known.sections.match(words, place) if place < len(words) else None
    if found is None:
        return None
    plural = words[place + found[0] - 1].text.endswith("s") and words[place + found[0] - 1].text != "chorus"
    place += found[0]
    if not counted and place < len(words) and not words[place].pause:
        count = number(words[place].text)
        unit = words[place + 1].text if place + 1 < len(words) else ""
        if (
            count in (1, 2, 3, 4)
            and words[place].text not in ("a", "an")
            and unit not in ("x", "times", "time", "bars", "semitones", "bpm", "db")
        ):
            which, place = int(count), place + 1
    label: SectionLabel = found[1]
    return place - at, SectionRef(label, which), plural or (counted and which == 0)


def sections(words: Sequence[Word], at: int, known: Vocabulary) -> tuple[int, tuple[SectionRef, ...], bool] | None:
    """A list of sections: "the intro and the first verse"."""
    found: list[SectionRef] = []
    plural = False
    place = last = at
    while place < len(words):
        one = section(words, place, known)
        if one is None:
            break
        place += one[0]
        last, plural = place, plural or one[2]
        found.append(one[1])
        if place < len(words) and words[place].text not in _ARTICLES and not words[place].pause:
            break
    return (last - at, tuple(found), plural) if found else None


def how_often(words: Sequence[Word], at: int) -> tuple[int, int] | None:
    """(words used, how many times in all): "twice", "x3", "3 times", "again", "once more"."""
    texts = [word.text for word in words[at : at + 4]]
    if not texts:
        return None
    fixed = {"twice": 2, "again": 2, "thrice": 3, "doubled": 2}
    if texts[0] in fixed:
        return 1, fixed[texts[0]]
    for phrase in (["one", "more", "time"], ["once", "more"], ["one", "extra", "time"], ["one", "last", "time"]):
        if texts[: len(phrase)] == phrase:
            return len(phrase), 2
    if texts[0] == "x" and len(texts) > 1 and (count := number(texts[1])) is not None and 1 <= count <= 16:
        return 2, int(count)
    count = number(texts[0]) if texts[0] not in ("a", "an", "half") else None
    if count is not None and 1 <= count <= 16 and texts[1:3] in (["more", "times"], ["extra", "times"]):
        return 3, int(count) + 1
    if count is not None and 1 <= count <= 16 and len(texts) > 1 and texts[1] in ("times", "x", "time"):
        return (3 if texts[2:3] == ["more"] else 2), int(count) + (1 if texts[2:3] == ["more"] else 0)
    return None


def ends_there(words: Sequence[Word], at: int) -> int:
    """How many words say "at the end" here; 0 for none."""
    texts = [word.text for word in words[at : at + 4]]
    for phrase in _AT_END:
        if tuple(texts[: len(phrase)]) == phrase:
            return len(phrase)
    return 0


def order(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "verse chorus chorus", "play verse, chorus, bridge then chorus x2": at least two sections, one after another."""
    start = place = at
    led = False
    while (
        place < len(words)
        and words[place].text in _PLAY
        and (led or words[place].text not in ("the", "it", "as", "like"))
    ):
        led, place = True, place + 1
    refs: list[SectionRef] = []
    last, named = place, 0
    while place < len(words):
        one = section(words, place, known)
        if one is None:
            if refs and words[place].text in _JOINTS:
                place += 1
                continue
            break
        if one[2] and len(refs) < 1 and not led:
            return None
        place += one[0]
        named += 1
        count = how_often(words, place)
        repeats = 1
        if count is not None:
            place, repeats = place + count[0], count[1]
        refs += [one[1]] * repeats
        last = place
    if named < 2:
        return None
    just = led and words[start].text in ("just", "only")
    if just and all(ref.which == 0 for ref in refs) and len({ref.label for ref in refs}) == len(refs):
        return Phrase(start, last, "form", (OnlySections(tuple(refs)),))
    return Phrase(start, last, "form", (PlaySections(tuple(refs)),))


def request(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """The longest request about sections that begins here."""
    rules = (order, _acted, behind, _sized, _jump)
    found = [one for rule in rules if (one := rule(words, at, known)) is not None]
    return max(found, key=lambda phrase: phrase.last, default=None)


_UNLOVED = frozenset("the that this long slow quiet endless whole".split())


def _jump(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "jump straight to the chorus", "get to the chorus faster"."""
    place = at
    while place < len(words) and words[place].text in _GO_TO:
        place += 1
    if place == at or place >= len(words) or words[place].text not in ("to", "into", "from", "at"):
        return None
    one = section(words, place + 1, known)
    if one is None or (words[at].text == "go" and words[place].text == "from"):
        return None
    last = place + 1 + one[0]
    if last < len(words) and words[last].text in (
        "faster",
        "sooner",
        "quicker",
        "earlier",
        "quickly",
        "first",
        "fast",
        "right",
        "immediately",
    ):
        last += 1
    return Phrase(at, last, "form", (BeginWith(one[1], cut=True),))


def _sized(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "shorter intro", "a longer bridge", "cut the intro in half", "make the outro shorter"."""
    texts = [word.text for word in words[at : at + 4]]
    for spellings, factor in ((_SHORTER, 0.5), (_LONGER, 2.0)):
        for spelling in spellings:
            if tuple(texts[: len(spelling)]) == spelling:
                many = sections(words, at + len(spelling), known)
                if many is not None:
                    last = at + len(spelling) + many[0]
                    return Phrase(at, last, "form", tuple(ResizeSection(ref, factor) for ref in many[1]))
    verb = texts[0] in ("make", "cut", "chop", "keep", "get", "with", "have", "want", "trim", "turn")
    many = sections(words, at + (1 if verb else 0), known)
    if many is None:
        return None
    place = at + (1 if verb else 0) + many[0]
    after = [word.text for word in words[place : place + 3]]
    skip = 1 if after[:1] and after[0] in ("much", "bit", "way", "a", "is", "be") else 0
    skip += 1 if after[skip : skip + 1] and after[skip] in ("bit", "little", "lot") else 0
    after = after[skip:]
    for factor, endings in ((0.5, _SHORTER_BEHIND), (2.0, _LONGER_BEHIND)):
        for ending in endings:
            if tuple(after[: len(ending)]) == ending:
                return Phrase(at, place + skip + len(ending), "form", tuple(ResizeSection(r, factor) for r in many[1]))
    return None


def _acted(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """An action before sections: "skip the intro", "repeat the last chorus twice", "start with the chorus"."""
    opener = known.openers.match(words, at)
    if opener is None:
        return None
    place, action = at + opener[0], opener[1]
    if words[at].text == "stop" and action == "end" and opener[0] == 1:
        return None
    while action == "drop" and place < len(words) - 1 and words[place].text in _UNLOVED and not words[place].pause:
        place += 1
    many = sections(words, place, known)
    if many is None:
        return None
    place += many[0]
    refs = many[1]
    intents: tuple[Intent, ...]
    following = [word.text for word in words[place : place + 2]]
    if action == "drop":
        intents = tuple(SkipSections(ref) for ref in refs)
    elif action == "only":
        intents = (OnlySections(refs),)
    elif action in ("keep", "lock"):
        if any(ref.label == "chorus" and ref.which == 0 for ref in refs) and following[:1] == ["line"]:
            return None
        intents = tuple(Not(SkipSections(ref)) for ref in refs)
    elif action in ("repeat", "add", "louder") or (action == "move" and how_often(words, place)):
        if action == "louder" and words[at].text not in ("more", "extra"):
            return None
        return _repeated(words, at, place, refs, words[at].text)
    elif action == "begin":
        cut = words[at + opener[0] - 1].text in ("at", "from", "in", "to", "into") or words[at].text == "jump"
        last = place + (1 if following[:1] == ["first"] else 0)
        texts = [word.text for word in words[last : last + 4]]
        if texts[:1] in (["then"], ["and"]) and "rest" in texts[1:4]:
            last += texts.index("rest") + 1
        return Phrase(at, last, "form", (BeginWith(refs[0], cut),))
    elif action == "end":
        cut = words[at + opener[0] - 1].text in ("after", "at", "following")
        intents = (EndWith(refs[0], cut),)
    else:
        return None
    return Phrase(at, place, "form", intents)


def _repeated(words: Sequence[Word], at: int, place: int, refs: tuple[SectionRef, ...], verb: str) -> Phrase | None:
    if (
        verb in ("add", "with", "plus", "include", "have", "give", "put", "insert", "bring", "introduce", "i")
        and refs[0].which == 0
    ):
        if refs[0].label == "intro":
            return Phrase(at, place, "form", (MixBars(8, 0),))
        if refs[0].label == "outro":
            both = {ref.label for ref in refs} == {"intro", "outro"}
            return Phrase(at, place, "form", (MixBars(8 if both else 0, 8),))
    at_end = ends_there(words, place)
    count = None if at_end else how_often(words, place)
    place += at_end or (count[0] if count else 0)
    times = count[1] if count else 2
    late = at_end or ends_there(words, place)
    place += 0 if at_end else late
    adding = verb in ("add", "another", "extra", "one", "additional", "an", "put", "bring", "more", "include")
    if verb in ("play", "sing", "do", "with", "use", "have", "give", "on", "some", "and", "i") and not (count or late):
        return None
    return Phrase(
        at, place, "form", tuple(RepeatSection(ref, times, bool(late) or (adding and ref.which == 0)) for ref in refs)
    )


def behind(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """Sections before their action: "chorus twice", "chorus first", "the intro out", "no intro" is in front."""
    many = sections(words, at, known)
    if many is None:
        return None
    place = at + many[0]
    if place >= len(words):
        return None
    count = how_often(words, place)
    if count is not None:
        last = place + count[0]
        late = ends_there(words, last)
        return Phrase(at, last + late, "form", tuple(RepeatSection(ref, count[1], bool(late)) for ref in many[1]))
    closer = known.closers.match(words, place)
    if closer is None or words[place].pause:
        return None
    last = place + closer[0]
    match closer[1]:
        case "begin":
            return Phrase(at, last, "form", (BeginWith(many[1][0]),))
        case "end":
            return Phrase(at, last, "form", (EndWith(many[1][0]),))
        case "drop":
            return Phrase(at, last, "form", tuple(SkipSections(ref) for ref in many[1]))
        case "only":
            return Phrase(at, last, "form", (OnlySections(many[1]),))
        case _:
            return None


def where(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "in the choruses", "only on the last verse": where something is to be heard."""
    place = at
    while place < len(words) and words[place].text in ("only", "just", "but"):
        place += 1
    if place >= len(words) or words[place].text not in _IN:
        return None
    many = sections(words, place + 1, known)
    if many is None:
        return None
    labels = tuple(dict.fromkeys(ref.label for ref in many[1]))
    assert set(labels) <= set(get_args(SectionLabel))
    last = place + 1 + many[0]
    last += 1 if last < len(words) and not words[last].pause and words[last].text in ("only", "alone") else 0
    return Phrase(at, last, "voice", (VoiceIn(labels),))


def single(words: Sequence[Word], known: Vocabulary) -> bool:
    """Whether one section of its kind is named: "in the last chorus"."""
    return any(known.ordinals.match(words, place) is not None for place in range(len(words)))


def half(words: Sequence[Word], at: int) -> int:
    """Where "[make] the second half [of the song]" ends; 0 when it is not said."""
    place = at
    while place < len(words) and words[place].text in ("make", "turn", "have", "play", "the", "in", "for", "take"):
        place += 1
    if [word.text for word in words[place + 1 : place + 2]] != ["half"] or words[place].text not in _HALVES:
        return 0
    place += 2
    while place < len(words) and words[place].text in ("of", "the", "song", "track", "it"):
        place += 1
    return place


def part(words: Sequence[Word], at: int, known: Vocabulary) -> int:
    """Where a part of the song that is named here ends, with "in" or without it; 0 for none."""
    place = at
    while place < len(words) and words[place].text in ("only", "just", "but", "the", "for", *_IN):
        place += 1
    many = sections(words, place, known) if place < len(words) else None
    return place + many[0] if many is not None else half(words, at)


_HALVES = frozenset({"first", "second", "1st", "2nd", "last", "other", "latter"})
