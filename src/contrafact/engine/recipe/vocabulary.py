"""The words that the planner knows: those of the style packs, instruments and moods (data), and the grammar's own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from contrafact.engine.arranging.library import InstrumentWord, MoodWord
from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.audio.stems import StemName
from contrafact.engine.recipe.text import Word, words_of

Value = TypeVar("Value")

STEM_WORDS: Mapping[StemName, tuple[str, ...]] = {
    "vocals": (
        "voice",
        "voices",
        "vocal",
        "vocals",
        "vox",
        "singing",
        "singer",
        "lead vocal",
        "lead vocals",
        "lead voice",
        "vocal track",
        "vocal line",
        "lyrics",
        "singing voice",
    ),
    "drums": (
        "drums",
        "drum",
        "drum track",
        "drumming",
        "beat",
        "beats",
        "percussion",
        "kick",
        "snare",
        "rhythm section",
    ),
    "bass": ("bass", "bassline", "bass line", "bass guitar", "low end"),
    "other": (
        "instruments",
        "instrumentation",
        "backing",
        "backing track",
        "accompaniment",
        "music",
        "band",
        "guitar",
        "guitars",
        "piano",
        "keys",
        "strings",
        "synth",
        "synths",
        "rest",
    ),
}
"""What of a recording each stem holds; for ``other`` the instruments that a keep or a level can only mean there."""

KEEP = (
    "keep",
    "keeping",
    "preserve",
    "leave",
    "retain",
    "don't touch",
    "do not touch",
    "don't change",
    "do not change",
    "with the original",
    "same",
    "save",
)
DROP = (
    "without",
    "no",
    "drop",
    "remove",
    "removing",
    "mute",
    "lose",
    "cut",
    "minus",
    "delete",
    "kill",
    "get rid of",
    "take out",
    "strip",
    "strip out",
    "take away",
    "don't want",
    "not the",
    "instead of",
    "rather than",
    "swap out",
)
ONLY = ("only", "just", "nothing but", "solo")
ADD = ("with", "add", "adding", "featuring", "plus", "put in", "bring in", "throw in", "use", "on", "some")
LOUDER = ("more", "louder", "turn up", "bring up", "boost", "raise")
QUIETER = ("less", "quieter", "softer", "turn down", "lower the", "bring down", "reduce")
FILLERS = frozenset(
    "a an the my her his their our its this that these those original lead main nice little bit of and or but also as "
    "it in to for from at by into please can could would you make made turn change give me want i i'd like song track "
    "tune version remix cover mix style feel vibe sound sounding kind sort type let do be is are so then really very "
    "something some all everything else whole with way more than up on one just via like music genre recording same "
    "keeping intact untouched there here her's dressed played play sung".split()
)
"""Words that carry no musical request by themselves: neither understood nor reported as ignored."""

SLOWER: Mapping[str, float] = {
    "slow": 0.85,
    "slower": 0.87,
    "slowed": 0.82,
    "slowed down": 0.82,
    "slow down": 0.85,
    "slow it down": 0.85,
    "laid back": 0.93,
    "half time": 0.5,
    "half speed": 0.5,
    "half-time": 0.5,
}
FASTER: Mapping[str, float] = {
    "fast": 1.15,
    "faster": 1.13,
    "quick": 1.12,
    "quicker": 1.12,
    "speed up": 1.15,
    "sped up": 1.22,
    "sped-up": 1.22,
    "speed it up": 1.15,
    "uptempo": 1.12,
    "up-tempo": 1.12,
    "double time": 2.0,
    "double speed": 2.0,
    "nightcore": 1.25,
    "pacy": 1.1,
    "brisk": 1.1,
}
LITTLE = ("slightly", "a bit", "a little", "a touch", "a tad", "somewhat", "gently", "little", "bit")
MUCH = ("much", "a lot", "way", "far", "super", "really", "very", "extremely")
LENGTHS: Mapping[str, float] = {"shorter": 0.7, "longer": 1.3, "short": 0.6, "extended": 1.4, "extended mix": 1.4}
AMOUNTS: Mapping[str, float] = {
    "subtle": 0.5,
    "subtly": 0.5,
    "a touch of": 0.5,
    "a hint of": 0.4,
    "hint of": 0.4,
    "lightly": 0.5,
    "half way": 0.5,
    "halfway": 0.5,
    "completely": 1.0,
    "totally": 1.0,
    "fully": 1.0,
    "radically": 1.0,
    "close to the original": 0.4,
}
TONICS: Mapping[str, int] = {
    "c": 0,
    "c#": 1,
    "db": 1,
    "d": 2,
    "d#": 3,
    "eb": 3,
    "e": 4,
    "f": 5,
    "f#": 6,
    "gb": 6,
    "g": 7,
    "g#": 8,
    "ab": 8,
    "a": 9,
    "a#": 10,
    "bb": 10,
    "b": 11,
}
INTERVALS: Mapping[str, int] = {
    "semitone": 1,
    "semitones": 1,
    "half step": 1,
    "half steps": 1,
    "half tone": 1,
    "tone": 2,
    "tones": 2,
    "whole tone": 2,
    "whole step": 2,
    "step": 2,
    "steps": 2,
    "st": 1,
    "octave": 12,
}
NAMED_INTERVALS: Mapping[str, int] = {
    "minor third": 3,
    "major third": 4,
    "third": 4,
    "fourth": 5,
    "fifth": 7,
    "minor second": 1,
    "major second": 2,
}


class Table(Generic[Value]):
    """Phrases of one or more words with what they mean; the longest match at a place wins."""

    def __init__(self, entries: Iterable[tuple[str, Value]]) -> None:
        self._entries: dict[tuple[str, ...], Value] = {}
        for phrase, value in entries:
            self._entries.setdefault(tuple(word.text for word in words_of(phrase)), value)
        self._longest = max((len(key) for key in self._entries), default=0)

    def match(self, words: Sequence[Word], at: int) -> tuple[int, Value] | None:
        """(number of words, meaning) of the longest phrase that begins at ``at``."""
        for length in range(min(self._longest, len(words) - at), 0, -1):
            found = self._entries.get(tuple(word.text for word in words[at : at + length]))
            if found is not None:
                return length, found
        return None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything that the grammar looks up; built once from the data."""

    styles: Table[str]
    stems: Table[StemName]
    instruments: Table[str]
    moods: Table[str]
    actions: Table[str]
    tempo: Table[float]
    little: Table[bool]
    much: Table[bool]
    lengths: Table[float]
    amounts: Table[float]
    families: frozenset[str]
    silenced: Mapping[str, StemName]
    """The stem of the recording that an excluded instrument word silences."""


def build(
    styles: Mapping[str, StylePack], instruments: Mapping[str, InstrumentWord], moods: Mapping[str, MoodWord]
) -> Vocabulary:
    """The vocabulary of this installation's packs, instruments and moods."""
    style_words = [(word, slug) for slug, pack in styles.items() for word in (pack.name, slug, *pack.words)]
    mood_words = [(word, slug) for slug, mood in moods.items() for word in (slug, *mood.words)]
    actions = {"keep": KEEP, "drop": DROP, "only": ONLY, "add": ADD, "louder": LOUDER, "quieter": QUIETER}
    return Vocabulary(
        styles=Table(style_words),
        stems=Table((word, stem) for stem, words in STEM_WORDS.items() for word in words),
        instruments=Table((word, slug) for slug, entry in instruments.items() for word in (slug, *entry.words)),
        moods=Table([*mood_words, *((c, slug) for word, slug in mood_words for c in _comparatives(word))]),
        actions=Table((word, action) for action, words in actions.items() for word in words),
        tempo=Table([*SLOWER.items(), *FASTER.items()]),
        little=Table((word, True) for word in LITTLE),
        much=Table((word, True) for word in MUCH),
        lengths=Table(LENGTHS.items()),
        amounts=Table(AMOUNTS.items()),
        families=frozenset(slug for slug, entry in instruments.items() if entry.role == "family"),
        silenced={slug: entry.stem for slug, entry in instruments.items() if entry.stem is not None},
    )


def _comparatives(word: str) -> tuple[str, ...]:
    """ "calm" is also met as "calmer", "happy" as "happier", "sad" as "sadder"."""
    if " " in word or len(word) < 3:
        return ()
    stem = word[:-1] + "i" if word.endswith("y") else word.removesuffix("e")
    doubled = stem + stem[-1] if stem[-1] in "dgmnt" else stem
    return (f"{stem}er", f"{doubled}er", f"more {word}")
