"""Words that say why, or for whom, something is asked for: they ask for nothing themselves."""

from collections.abc import Sequence

from contrafact.engine.recipe.text import Word
from contrafact.engine.recipe.words.tree import phrases

_BECAUSE = frozenset("so because cause cuz coz cos".split())
_WHOSE = frozenset("the my our a an his her their your some".split())
_ENDS = frozenset("and but with without then plus".split())
_LONGEST = 4
_IDIOMS = phrases(
    "why not|if possible|is it possible|if you can|as possible|not sure|no problem|no worries|that is it|that is all|"
    "then the full band|then full band|then the whole band|then everything|then everyone|then the rest|then all of it|"
    "medium tempo|mid tempo|you know what|what do you think|i think|if that makes sense|for real|out of it"
)
"""What asks for nothing, though its words might."""


def reasons(words: Sequence[Word]) -> frozenset[int]:
    """Places of words in a reason ("so a beginner can follow") or behind "for my", "for the" ("for the altos")."""
    found: set[int] = set()
    for at, word in enumerate(words):
        place = at + 1
        if word.text in _BECAUSE and place < len(words) and not words[place].pause:
            while place < len(words) and not words[place].pause and words[place].text not in _ENDS:
                found.add(place)
                place += 1
        elif word.text == "for" and place < len(words) and words[place].text in _WHOSE:
            while place < min(len(words), at + 2 + _LONGEST) and not (words[place].pause or words[place].text in _ENDS):
                found.add(place)
                place += 1
    return frozenset(found)


def idiom(words: Sequence[Word], at: int) -> int:
    """How many words of an idiom that asks for nothing begin here; 0 for none."""
    texts = tuple(word.text for word in words[at : at + 5])
    return max((len(phrase) for phrase in _IDIOMS if texts[: len(phrase)] == phrase), default=0)
