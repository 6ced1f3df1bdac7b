"""What requests act on: stems of the recording, instruments and components, one by one or in a list."""

from collections.abc import Sequence
from dataclasses import dataclass

from contrafact.engine.audio.stems import StemName
from contrafact.engine.recipe.recipe import Component
from contrafact.engine.recipe.text import Word
from contrafact.engine.recipe.vocabulary import Vocabulary
from contrafact.engine.recipe.words.nouns import LINKS, Action

_LISTS: frozenset[Action] = frozenset({"keep", "only", "add", "lock", "move"})


@dataclass(frozen=True, slots=True)
class Target:
    """One thing acted on; a word may name a stem of the recording and an instrument at once."""

    length: int
    text: str
    stem: StemName | None
    instrument: str | None
    component: Component | None
    generic: bool


_DESCRIBED = frozenset(
    "soft gentle quiet fat dirty crunchy beautiful lush sweet distant mellow sparkly old vintage brushed "
    "distorted overdriven wah screaming crying lonely big huge massive simple floaty muted plucky plucked heavy "
    "light delicate twangy jangly wailing soaring funky haunting sexy smooth raw tight deep live some proper real "
    "classic sweeping rich cheesy wobbly shimmering slow fast rolling driving walking catchy subtle".split()
)
"""How people describe an instrument that they want to hear; who plays it plays it as the style does."""
_SINGER = Target(1, "her", "vocals", None, None, False)


def _somebody(words: Sequence[Word], at: int) -> bool:
    """Whether "her" is she who sings ("just her and a piano"), not what something belongs to ("her voice")."""
    if words[at].text not in ("her", "him"):
        return False
    return (
        at + 1 == len(words)
        or words[at + 1].pause
        or words[at + 1].text
        in (
            *("and", "with", "plus", "over", "for"),
            *("up", "down", "louder", "quieter", "back", "forward", "clearer"),
        )
    )


def target_at(words: Sequence[Word], at: int, known: Vocabulary) -> Target | None:
    """The longest stem, instrument or component that is named here."""
    stem, instrument = known.stems.match(words, at), known.instruments.match(words, at)
    component = known.components.match(words, at)
    length = max((found[0] for found in (stem, instrument, component) if found is not None), default=0)
    if not length:
        return None
    # "guitar solo", "bass drop", "drum and bass" are longer names of something else.
    text = " ".join(word.text for word in words[at : at + length])
    return Target(
        length,
        text,
        stem[1] if stem and stem[0] == length else None,
        instrument[1] if instrument and instrument[0] == length else None,
        component[1] if component and component[0] == length else None,
        text in known.generic,
    )


def targets_at(words: Sequence[Word], at: int, known: Vocabulary, action: Action | None) -> tuple[list[Target], int]:
    """All that is named in a row, and where it ends."""
    found: list[Target] = []
    place = last = at
    linked = True
    while place < len(words):
        if found and words[place].pause and words[place].text in ("just", "only", "but"):
            # "no drums, just bass and voice"
            break
        if found and words[place].pause and not (action in _LISTS or _list_goes_on(words, place, known)):
            break
        linked = linked or words[place].pause
        if action == "add" and _describes(words, place, known):
            place += 1
            continue
        if words[place].text in LINKS and not _somebody(words, place):
            linked = linked or words[place].text in ("and", "or", "nor", "both", "also")
            place += 1
            continue
        one = _SINGER if _somebody(words, place) else target_at(words, place, known) if linked else None
        longer = _another_meaning(words, place, known)
        if one is None or longer > one.length:
            break
        if found and action in ("add", "keep") and _levelled_behind(words, place + one.length, known):
            break
        if found and action is None and not _same_sort(found[-1], one):
            break
        found.append(one)
        place += one.length
        last, linked = place, False
    return found, last


def _levelled_behind(words: Sequence[Word], at: int, known: Vocabulary) -> bool:
    """Whether what stands behind asks for another level of this one alone: "piano, and the vocals a bit lower"."""
    degree = known.degrees.match(words, at) if at < len(words) and not words[at].pause else None
    place = at + degree[0] if degree is not None else at
    closer = known.closers.match(words, place) if place < len(words) and not words[place].pause else None
    return closer is not None and closer[1] in ("louder", "quieter")


def _describes(words: Sequence[Word], at: int, known: Vocabulary) -> bool:
    """Whether an adjective stands here, of an instrument that follows, and means nothing else."""
    if words[at].text not in _DESCRIBED or target_at(words, at, known) is not None:
        return False
    return known.moods.match(words, at) is None and _names_one(words, at + 1, known)


def _names_one(words: Sequence[Word], at: int, known: Vocabulary) -> bool:
    """Whether an instrument is named here, perhaps behind one more adjective."""
    for place in (at, at + 1):
        if place < len(words) and not words[place].pause:
            one = target_at(words, place, known)
            if one is not None:
                return one.instrument is not None and _another_meaning(words, place, known) <= one.length
            if words[place].text not in _DESCRIBED:
                return False
    return False


def _same_sort(before: Target, one: Target) -> bool:
    return (before.stem is None) == (one.stem is None) or (before.instrument is None) == (one.instrument is None)


def _list_goes_on(words: Sequence[Word], at: int, known: Vocabulary) -> bool:
    """After a comma: whether "…, bass or guitar" is the same list, as the "and" or "or" before its end shows."""
    place = at
    joined = False
    while place < len(words) and place < at + 8:
        if words[place].text in ("and", "or", "nor"):
            joined = True
        elif words[place].text not in LINKS:
            one = target_at(words, place, known)
            if one is None:
                return False
            place += one.length - 1
            if joined:
                return True
        place += 1
    return False


def _another_meaning(words: Sequence[Word], at: int, known: Vocabulary) -> int:
    """Length of a style or treatment that begins with the same word: "drum and bass", "vocal chops", "piano house"."""
    found = [table.match(words, at) for table in (known.styles, known.sections)]
    treatment = known.treatments.match(words, at)
    # "choir" is an instrument too, but a song has a voice that can be one.
    longest = max((one[0] for one in found if one is not None), default=0)
    if treatment is not None and [word.text for word in words[at + treatment[0] - 1 : at + treatment[0] + 1]] in (
        ["drop", "out"],
        ["drops", "out"],
    ):
        # "the beat drops out" is no "beat drop".
        return longest
    return max(longest, treatment[0] + 1) if treatment is not None else longest
