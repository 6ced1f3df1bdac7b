"""What is meant for some of the parts: drums of a style under the whole recording, and what no part has to itself."""

from collections.abc import Sequence

from contrafact.engine.recipe.intents import Amount, Beneath, Intent, Phrase, Style
from contrafact.engine.recipe.text import Word
from contrafact.engine.recipe.vocabulary import Vocabulary
from contrafact.engine.recipe.words.nouns import LINKS, STYLE_TAILS

_BELOW = frozenset({"under", "underneath", "below", "beneath", "behind"})
_BEATS = frozenset({"beat", "beats", "groove", "grooves", "rhythm", "drums", "percussion"})
_WHOLE = frozenset("it the original everything song track recording this whole thing all of music".split())


def beneath(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "a subtle house beat under it", "a disco groove behind the original": drums under the whole recording."""
    degree = known.degrees.match(words, at)
    place = at + degree[0] if degree is not None else at
    style = known.styles.match(words, place) if place < len(words) else None
    if style is None:
        return None
    place += style[0]
    if place < len(words) and not words[place].pause and words[place].text in STYLE_TAILS | _BEATS:
        place += 1
    if place >= len(words) or words[place].pause or words[place].text not in _BELOW:
        return None
    last = place + 1
    while last < len(words) and not words[last].pause and words[last].text in _WHOLE:
        last += 1
    if words[place - 1].text not in _BEATS or known.stems.match(words, last):
        return None
    amount: tuple[Intent, ...] = (Amount(max(0.3, degree[1])),) if degree is not None and degree[1] <= 0.5 else ()
    return Phrase(at, last, "style", (Style(style[1]), Beneath(), *amount))


def stem_apart(words: Sequence[Word], at: int, known: Vocabulary) -> int:
    """Where "of the drums" ends, behind what only a whole take has; 0 when no part is named."""
    if words[at].text != "of":
        return 0
    place = at + 1
    while place < len(words) and words[place].text in LINKS:
        place += 1
    stem = known.stems.match(words, place) if place < len(words) else None
    return place + stem[0] if stem is not None and stem[1] != "other" else 0
