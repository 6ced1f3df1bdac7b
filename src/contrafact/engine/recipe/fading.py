"""Fades: "fade out at the end", "a long fade", "fade it out over the last ten seconds", "no fade, a hard ending"."""

from collections.abc import Sequence

from contrafact.engine.recipe.form_intents import EndWith, Fade
from contrafact.engine.recipe.intents import Phrase
from contrafact.engine.recipe.sectioning import section
from contrafact.engine.recipe.targets import target_at
from contrafact.engine.recipe.text import Word, number
from contrafact.engine.recipe.units import BARS, SECONDS
from contrafact.engine.recipe.vocabulary import Vocabulary
from contrafact.engine.recipe.words.tree import phrases

USUAL_S, LONG_S, SHORT_S = 10.0, 20.0, 5.0
_LONG = frozenset("long longer slow slowly gradual gradually lengthy extended endless drawn".split())
_SHORT = frozenset("short shorter quick quickly fast brief rapid tiny".split())
_MANNERS = frozenset(
    "very really nice nicely smooth smoothly gentle gently soft softly big proper simple classic".split()
)
_FADES = frozenset("fade fades fading fadeout fadein faded".split())
_OBJECTS = frozenset("it the song track music everything whole thing this all sound volume them".split())
_WAYS = frozenset("out away down off".split())
_TO = phrases("to silence|to nothing|to black|into silence|into nothing|into the distance|to zero|to an end")
_SPAN = frozenset("over for during across in within lasting of about the last final with a around roughly".split())
_WHEN = phrases(
    "at the end|at the very end|to the end|at end|at the finish|in the end|towards the end|toward the end|near the end|"
    "at the close|on the end|at the start|at the beginning|at the very start|in the beginning|from the start|to end it|"
    "to finish|as an ending|for the ending|as the ending|from silence|from nothing|at the top"
)
_AT = frozenset("in during on over at with through throughout into".split())
_ABRUPT = phrases(
    "hard ending|hard end|hard stop|cold ending|cold end|abrupt ending|abrupt end|sudden ending|sudden end|"
    "clean ending|clean end|clean stop|proper ending|end abruptly|ends abruptly|end suddenly|end cold|"
    "stop abruptly|stop dead|"
    "just stop|end on a hit|ending abruptly|sudden stop|end sharply"
)
_REFUSERS = phrases(
    "dont|do not|mustn't|must not|shouldn't|should not|won't|can't|isn't|no|"
    "without|without a|not|never|no more|instead of a|instead of|rather than a|remove the"
)


def fade(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """The request for a fade, or for none, that begins here."""
    abrupt = _longest(words, at, _ABRUPT)
    if abrupt:
        return Phrase(at, at + abrupt, "form", (Fade(0.0),))
    refused = _longest(words, at, _REFUSERS)
    start = at + refused
    ending = 0 if refused else _ending(words, at, known)
    found = _fade(words, ending or start, known) if start < len(words) else None
    if found is None or (refused and words[start].pause):
        return None
    last, intent = found
    if not refused and last < len(words) and not words[last].pause and words[last].text in _AT:
        one = section(words, last + 1, known)
        if one is not None:
            return Phrase(at, last + 1 + one[0], "form", (EndWith(one[1]), intent))
    return Phrase(at, last, "form", (Fade(0.0, 0.0, intent.at_end) if refused else intent,))


def _ending(words: Sequence[Word], at: int, known: Vocabulary) -> int:
    """Where "the ending should" ends, whose verb is to be a fade; 0 where it is not said."""
    one = section(words, at, known)
    if one is None or one[1].label not in ("outro", "intro"):
        return 0
    place = _past(words, at + one[0], frozenset("should must to will is as with a has have can".split()))
    return place if place > at + one[0] and place < len(words) and not words[place].pause else 0


def _fade(words: Sequence[Word], at: int, known: Vocabulary) -> tuple[int, Fade] | None:
    place = at
    seconds, place = _manner(words, place, USUAL_S)
    if place >= len(words) or words[place].text not in _FADES or (place > at and words[place].pause):
        return None
    at_end = words[place].text != "fadein"
    place += 1
    place = _past(words, place, _OBJECTS)
    way = words[place].text if place < len(words) and not words[place].pause else ""
    if way in _WAYS or way == "in":
        # "fade in the strings" is about the strings, "fade in the intro" about the song.
        at_end = way != "in"
        place = _past(words, place + 1, _OBJECTS)
    if place < len(words) and not words[place].pause and target_at(words, place, known) is not None:
        return None
    last = place
    while last < len(words):
        more, after = _manner(words, last, seconds)
        moved = after if after > last and not _begins_anew(words, after, known) else 0
        if moved:
            seconds = more
        moved = moved or last + _longest(words, last, _TO) or last
        when = _longest(words, last, _WHEN)
        if when:
            start = {"start", "beginning", "top", "silence", "nothing"} & {w.text for w in words[last : last + when]}
            at_end, moved = not start, last + when
        if moved == last:
            break
        last = moved
    length = _length(words, last)
    if length is not None:
        last, value, in_bars = length
        return last, Fade(0.0 if in_bars else value, value if in_bars else 0.0, at_end)
    if last < len(words) and not words[last].pause and words[last].text in _AT:
        one = section(words, last + 1, known)
        if one is not None and one[1].label in ("outro", "intro"):
            last, at_end = last + 1 + one[0], one[1].label == "outro"
    return last, Fade(seconds, 0.0, at_end)


def _manner(words: Sequence[Word], at: int, seconds: float) -> tuple[float, int]:
    """How long "long", "slowly", "really short" make a fade, and where the words end."""
    place = at
    while place < len(words) and not (place > at and words[place].pause):
        text = words[place].text
        if text in _LONG:
            seconds = 1.5 * LONG_S if words[place - 1].text in ("very", "really") and place > at else LONG_S
        elif text in _SHORT:
            seconds = SHORT_S
        elif text not in _MANNERS:
            break
        place += 1
    return seconds, place


def _begins_anew(words: Sequence[Word], at: int, known: Vocabulary) -> bool:
    """Whether what looked like a manner belongs to what follows it: "fade out, slow house"."""
    return at < len(words) and not words[at].pause and known.styles.match(words, at) is not None


def _length(words: Sequence[Word], at: int) -> tuple[int, float, bool] | None:
    """ "over the last ten seconds", "for 8 bars": (where it ends, how many, whether bars)."""
    place = _past(words, at, _SPAN)
    value = number(words[place].text) if place < len(words) and words[place].text not in ("a", "an") else None
    unit = words[place + 1].text if place + 1 < len(words) else ""
    if value is None or place == at or unit not in SECONDS | BARS or not 0 < value <= 60:
        value = number(words[at].text) if at < len(words) and words[at].text not in ("a", "an") else None
        unit, place = (words[at + 1].text if at + 1 < len(words) else ""), at
        if value is None or unit not in SECONDS | BARS or not 0 < value <= 60:
            return None
    return place + 2, value, unit in BARS


def _past(words: Sequence[Word], at: int, of: frozenset[str]) -> int:
    while at < len(words) and not words[at].pause and words[at].text in of:
        at += 1
    return at


def _longest(words: Sequence[Word], at: int, of: Sequence[tuple[str, ...]]) -> int:
    texts: list[str] = []
    for word in words[at : at + 5]:
        if texts and word.pause:
            break
        texts.append(word.text)
    return max((len(phrase) for phrase in of if tuple(texts[: len(phrase)]) == phrase), default=0)
