"""Whose names may stand in the words: the song's own, those who take part, and titles."""

from dataclasses import dataclass
from functools import lru_cache

from contrafact.rights.safeguards.folding import fold
from contrafact.rights.safeguards.lists import Person
from contrafact.rights.safeguards.values import PromptContext

_SHORTEST_PART = 3


@dataclass(frozen=True)
class Known:
    """The names of a context, folded."""

    own: frozenset[str]
    """The artist and performers of the song, with single spaces."""
    own_parts: frozenset[str]
    """Single words of them."""
    participating: frozenset[str]
    titles: frozenset[str]
    """Without spaces."""
    plain_titles: frozenset[str]
    """Titles of a single word: ordinary words look like them."""
    style_words: frozenset[str]

    def is_own(self, spelling: str) -> bool:
        """Whether a folded name is the song's own artist or performer."""
        return _bare(spelling) in self.own

    def allows(self, squeezed: str) -> bool:
        """Whether a name without spaces is the song's own or takes part."""
        return squeezed in self.own or squeezed in self.participating

    def owns(self, person: Person) -> bool:
        """Whether a well-known person is the song's own artist or performer, by whatever spelling."""
        return any(_bare(spelling) in self.own for spelling in person.spellings)

    def takes_part(self, person: Person) -> bool:
        """Whether a well-known person takes part."""
        return any(_bare(spelling) in self.participating for spelling in person.spellings)


def _bare(name: str) -> str:
    """A folded name without its article and spaces."""
    return name.removeprefix("the ").replace(" ", "")


def known_names(context: PromptContext) -> Known:
    """The names of a context, ready to be compared."""
    own = [fold(name) for name in (context.song_artist, *context.performers) if name.strip()]
    parts = {part for name in own for part in name.split() if len(part) >= _SHORTEST_PART and part != "the"}
    titles, plain = _titles((context.song_title, *context.titles))
    return Known(
        frozenset(map(_bare, own)),
        frozenset(parts),
        _folded(context.participating),
        titles,
        plain,
        _style_words(context.style_words),
    )


@lru_cache(maxsize=16)
def _folded(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_bare(fold(name)) for name in names) - {""}


@lru_cache(maxsize=64)
def _titles(titles: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    folded = {fold(title) for title in titles} - {""}
    return (
        frozenset(title.replace(" ", "") for title in folded),
        frozenset(title for title in folded if " " not in title),
    )


@lru_cache(maxsize=8)
def _style_words(words: frozenset[str]) -> frozenset[str]:
    return frozenset(part for word in words for part in fold(word).split())
