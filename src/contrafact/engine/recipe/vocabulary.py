"""Everything that the grammar looks up, built once: words of packs, instruments, moods and of the project."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contrafact.engine.arranging.library import InstrumentWord, MoodWord
from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.audio.stems import StemName
from contrafact.engine.listening.chart import SectionLabel
from contrafact.engine.recipe.intents import Harmony, Intent, Mood, StyleHint, With
from contrafact.engine.recipe.recipe import Component
from contrafact.engine.recipe.typos import read_words
from contrafact.engine.recipe.units import BARS, DOWN, MINUTES, SECONDS, UP
from contrafact.engine.recipe.words import names, nouns, pace
from contrafact.engine.recipe.words.genres import (
    ERAS,
    GENRES,
    HINTS,
    MACHINES,
    METRE_STAYS,
    WALTZES,
    WEAK_HINTS,
    genres,
    installed,
)
from contrafact.engine.recipe.words.occasions import occasions
from contrafact.engine.recipe.words.treatments import TREATMENTS
from contrafact.engine.recipe.words.tree import SKIPPED, Table, expand, table

_PLAIN: frozenset[str] = frozenset()
_BESIDES: Mapping[str, tuple[Intent, ...]] = {
    "jazz-swing": (Harmony("jazz"),),
    "funk": (Mood("groovy"),),
    "disco": (Mood("groovy"),),
    "soul-ballad": (Mood("warm"),),
    "rock": (With("electric-guitar"),),
    "orchestral": (With("strings"),),
    "house": (With("synth"),),
    "acoustic-ballad": (Mood("calm"),),
    "ambient": (Mood("dreamy"),),
}
"""What an adjective adds to another style that is named beside it."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Tables of phrases by what they stand for."""

    styles: Table[str]
    hints: Table[StyleHint]
    treatments: Table[tuple[Intent, ...]]
    stems: Table[StemName]
    instruments: Table[str]
    generic: frozenset[str]
    """Words for the recording's instruments at large."""
    components: Table[Component]
    sections: Table[SectionLabel]
    ordinals: Table[int]
    moods: Table[str]
    openers: Table[nouns.Action]
    closers: Table[nouns.Action]
    paces: Table[float]
    phrases: Table[Intent]
    """Tempo, key, length and amount as fixed phrases."""
    degrees: Table[float]
    negators: Table[bool]
    names: Table[bool]
    chatter: frozenset[str]
    """Words that ask for nothing, however they are used."""
    families: frozenset[str]
    known: frozenset[str]
    """Every word that means something to the grammar."""


def build(
    styles: Mapping[str, StylePack], instruments: Mapping[str, InstrumentWord], moods: Mapping[str, MoodWord]
) -> Vocabulary:
    """The vocabulary of this installation's packs, instruments and moods."""
    style_table = Table(_style_words(styles))
    mood_words = [(word, slug) for slug, mood in moods.items() for word in (slug, *mood.words)]
    hints = Table(_hints(styles, moods))
    treatments = Table((pattern, intents) for intents, patterns in TREATMENTS.items() for pattern in patterns)
    instrument_table = Table(
        (word, slug)
        for longest in (False, True)
        for slug, entry in instruments.items()
        for word in ((slug, *entry.words) if not longest else [w + "s" for w in (slug, *entry.words) if w[-1] != "s"])
    )
    mood_table = Table([*mood_words, *((c, slug) for word, slug in mood_words for c in _comparatives(word))])
    paces = Table([*((p, f) for f, patterns in pace.PACES.items() for p in patterns)])
    groups = (pace.TEMPO_PHRASES, pace.LENGTHS, pace.AMOUNT_INTENTS)
    phrases = Table((p, intent) for group in groups for intent, patterns in group.items() for p in patterns)
    stems, components = table(nouns.STEM_WORDS), table(nouns.COMPONENT_WORDS)
    sections, ordinals = table(nouns.SECTION_WORDS), table(nouns.ORDINALS)
    openers = Table(((p, a) for a, patterns in nouns.OPENERS.items() for p in patterns), _PLAIN)
    closers = Table(((p, a) for a, patterns in nouns.CLOSERS.items() for p in patterns), _PLAIN)
    degrees = Table(((p, d) for d, patterns in pace.DEGREES.items() for p in patterns), _PLAIN)
    negators = Table(((p, True) for p in nouns.NEGATORS), _PLAIN)
    spoken = frozenset().union(
        style_table.words(),
        hints.words(),
        treatments.words(),
        stems.words(),
        instrument_table.words(),
        components.words(),
        sections.words(),
        ordinals.words(),
        mood_table.words(),
        openers.words(),
        closers.words(),
        paces.words(),
        phrases.words(),
        degrees.words(),
        negators.words(),
    )
    generic = expand(nouns.STEM_WORDS["other"][0])
    return Vocabulary(
        styles=style_table,
        hints=hints,
        treatments=treatments,
        stems=stems,
        instruments=instrument_table,
        generic=frozenset(generic),
        components=components,
        sections=sections,
        ordinals=ordinals,
        moods=mood_table,
        openers=openers,
        closers=closers,
        paces=paces,
        phrases=phrases,
        degrees=degrees,
        negators=negators,
        names=Table((name, True) for name in names.NAMES),
        chatter=read_words("chatter.txt"),
        families=frozenset(slug for slug, entry in instruments.items() if entry.role == "family"),
        known=spoken | SECONDS | MINUTES | BARS | UP | DOWN | nouns.FILLERS | nouns.LINKS | SKIPPED,
    )


def _style_words(styles: Mapping[str, StylePack]) -> Iterator[tuple[str, str]]:
    """A pack's name before any pack's other words, and those before the project's own list."""
    yield from ((word, slug) for slug, pack in styles.items() for word in (pack.name, slug))
    yield from ((word, slug) for slug, pack in styles.items() for word in pack.words)
    yield from genres(styles)


def _hints(styles: Mapping[str, StylePack], moods: Mapping[str, MoodWord]) -> Iterator[tuple[str, StyleHint]]:
    for word, meant in HINTS.items():
        claimed = next((slug for slug, pack in styles.items() if word in (pack.name.lower(), slug, *pack.words)), None)
        found = claimed or installed(meant, styles)
        if found is not None:
            besides = tuple(i for i in _BESIDES.get(meant, ()) if not isinstance(i, Mood) or i.slug in moods)
            yield word, StyleHint(found, besides, word in WEAK_HINTS)
    yield from ((words, hint) for words, hint in occasions(styles, moods))
    besides_of = ((ERAS, Mood("nostalgic")), (MACHINES, With("drums")), (WALTZES, METRE_STAYS))
    for table_of, beside in besides_of:
        for word, meant in table_of.items():
            found = installed(meant, styles)
            if found is not None:
                yield word, StyleHint(found, (beside,), weak=True)


def _comparatives(word: str) -> tuple[str, ...]:
    """ "calm" is also met as "calmer", "happy" as "happier", "sad" as "sadder"."""
    if " " in word or len(word) < 3:
        return (f"more {word}",)
    stem = word[:-1] + "i" if word.endswith("y") else word.removesuffix("e")
    doubled = stem + stem[-1] if stem[-1] in "dgmnt" else stem
    return (f"{stem}er", f"{doubled}er", f"{stem}est", f"more {word}", f"{word}ly")


__all__ = ["GENRES", "Vocabulary", "build"]
