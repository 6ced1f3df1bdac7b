"""Styles and moods, with what makes them more or less so."""

from collections.abc import Sequence

from contrafact.engine.recipe.degrees import degree_at
from contrafact.engine.recipe.intents import Amount, Intent, Mood, Not, Phrase, Style
from contrafact.engine.recipe.text import Word
from contrafact.engine.recipe.vocabulary import Vocabulary
from contrafact.engine.recipe.words.nouns import STYLE_TAILS

_SHADES = frozenset({"dark", "dreamy", "calm", "warm", "bright", "sad"})
"""Moods that a style's name keeps beside the style: "dark techno"."""


def style(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "deep house", "a touch of disco", "a little more funky", "dark techno"."""
    hint, named = known.hints.match(words, at), known.styles.match(words, at)
    if named is not None and (hint is None or named[0] > hint[0]):
        coloured = _coloured(words, at, named, known)
        return Phrase(at, _tail(words, at + named[0]), "style", (Style(named[1]), *coloured))
    if hint is not None:
        return Phrase(at, _tail(words, at + hint[0]), "style", (hint[1],))
    degree, place = degree_at(words, at, known)
    place += 1 if place > at and place < len(words) and words[place].text == "more" else 0
    if place == at or place >= len(words):
        return None
    hint, named = known.hints.match(words, place), known.styles.match(words, place)
    if hint is not None and (named is None or hint[0] >= named[0]):
        little: tuple[Intent, ...] = (Amount(max(0.4, degree)),) if degree <= 0.5 else ()
        return Phrase(at, place + hint[0], "style", (hint[1], *little))
    if named is None:
        return None
    amount: tuple[Intent, ...] = (Amount(max(0.4, degree)),) if degree <= 0.5 else ()
    return Phrase(at, place + named[0], "style", (Style(named[1]), *amount))


def _coloured(words: Sequence[Word], at: int, named: tuple[int, str], known: Vocabulary) -> tuple[Intent, ...]:
    """The mood in the name of a style whose other words name it too."""
    shade = known.moods.match(words, at)
    if shade is None or shade[1] not in _SHADES or shade[0] >= named[0]:
        return ()
    rest = known.styles.match(words, at + shade[0])
    return (Mood(shade[1]),) if rest == (named[0] - shade[0], named[1]) else ()


def _tail(words: Sequence[Word], at: int) -> int:
    """Past a word that only says that a style is one: "techno beat", "rock band", "house drums" with nothing behind."""
    if at >= len(words) or words[at].pause:
        return at
    alone = at + 1 == len(words) or words[at + 1].pause or words[at + 1].text in ("and", "but", "please", "with")
    return at + 1 if words[at].text in STYLE_TAILS or (alone and words[at].text in _PLAYED_IN_STYLE) else at


_PLAYED_IN_STYLE = frozenset({"drums", "drum", "percussion", "bass", "bassline", "chords", "sounds"})
"""What a style plays anyway."""


def mood(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "sad", "a bit darker", "less bright", "too calm"."""
    found = known.moods.match(words, at)
    if found is not None:
        return Phrase(at, at + found[0], "mood", (Mood(found[1]),))
    _, place = degree_at(words, at, known)
    if place < len(words) and words[place].text == "too":
        found = known.moods.match(words, place + 1) if place + 1 < len(words) else None
        if found is None:
            return None
        return Phrase(at, place + 1 + found[0], "mood", (_OPPOSITE.get(found[1], Not(Mood(found[1]))),))
    if place < len(words) and words[place].text in ("less", "more"):
        sign, place = words[place].text, place + 1
        place = place + 1 if place < len(words) and words[place].text in ("of", "so") else place
        found = known.moods.match(words, place) if place < len(words) else None
        if found is None:
            return None
        wish: Intent | None = Mood(found[1]) if sign == "more" else _OPPOSITE.get(found[1], Not(Mood(found[1])))
        return Phrase(at, place + found[0], "mood", (wish,)) if wish is not None else None
    found = known.moods.match(words, place) if at < place < len(words) else None
    return Phrase(at, place + found[0], "mood", (Mood(found[1]),)) if found is not None else None


_OPPOSITE: dict[str, Intent] = {
    "dark": Mood("bright"),
    "bright": Mood("dark"),
    "calm": Mood("energetic"),
    "energetic": Mood("calm"),
    "happy": Mood("sad"),
    "sad": Mood("happy"),
    "epic": Mood("minimal"),
    "minimal": Mood("epic"),
}
