"""The data of the safeguards, read once: phrases, names, and the marks of slurs."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

from contrafact.rights.safeguards.folding import fold
from contrafact.rights.safeguards.matching import Phrases
from contrafact.rights.topics import TOPICS

DISTINCT, WORD, COMMON, PLACE = 0, 1, 2, 3
"""Whether a bare name is nothing but a name, a word besides, a very common word, or a place."""
_LEVELS: Final = {"distinct": DISTINCT, "word": WORD, "common": COMMON, "place": PLACE}
_SHORTEST_STEM: Final = 6
_CARRIERS: Final = ("voice_before", "voice_after", "style_before", "style_after", "weak_before", "weak_after")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is well known: an artist, or else somebody whose voice or cause might be asked for."""

    name: str
    level: int
    artist: bool
    politician: bool
    spellings: frozenset[str]
    """Folded, with single spaces."""


@dataclass(frozen=True)
class Lists:
    """All that is known."""

    phrases: Phrases
    fillers: frozenset[str]
    links: frozenset[str]
    stops: frozenset[str]
    asking: frozenset[str]
    """Words by which somebody shall do something: "let", "lass", "пусть"."""
    given_names: frozenset[str]
    long_names: Mapping[tuple[str, int], tuple[tuple[Person, str, int], ...]]
    """Long names without spaces by first letter and length: whose, the name, its words."""
    free: frozenset[str]
    slurs: frozenset[str]


@lru_cache(maxsize=1)
def lists() -> Lists:
    """The lists that come with Contrafact; reading them takes some hundredths of a second, once."""
    phrases = Phrases()
    carriers, topics = _toml("carriers.toml"), _toml("topics.toml")
    for kind in (
        *_CARRIERS,
        "clone",
        "described",
        "generic_voice",
        "vocal",
        "speech_before",
        "speech_after",
        "voice_again",
    ):
        for language, patterns in carriers[kind].items():
            for pattern in patterns:
                phrases.add(pattern, kind, language)
    for kind in (*TOPICS, "innocent", "negations", "groups", "hostile", "hostile_after", "leaving_after"):
        for language, patterns in topics[kind].items():
            for pattern in patterns:
                phrases.add(pattern, kind, language)
    people = _people()
    for person in people:
        for spelling in person.spellings:
            phrases.add(spelling, "name", person)
            if len(spelling) >= _SHORTEST_STEM and spelling[-1] in "aаяьйы":
                # Slavic cases replace the last letter: Rihanna, Rihanny; Рианна, Рианны.
                phrases.add(spelling[:-1], "name_stem", person)
    return Lists(
        phrases=phrases,
        fillers=_words(carriers["fillers"]["any"]),
        links=_words(carriers["links"]["any"]),
        stops=_words(carriers["stops"]["any"]),
        asking=_words(carriers["speech_asked"]["any"]),
        given_names=_words(_lines("given_names.txt")),
        long_names=_long_names(people),
        free=frozenset(fold(name) for line in _lines("free.txt") for name in line.split(" | ")),
        slurs=frozenset(word for line in _lines("slurs.txt") for word in line.split()),
    )


def _text(name: str) -> str:
    return resources.files("contrafact.rights.safeguards").joinpath("data", name).read_text("utf-8")


def _toml(name: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(_text(name))


def _lines(name: str) -> list[str]:
    return [line for line in _text(name).splitlines() if line.strip() and not line.startswith("#")]


def _words(phrases: list[str]) -> frozenset[str]:
    return frozenset(word for phrase in phrases for word in fold(phrase).split())


def _people() -> tuple[Person, ...]:
    found: list[Person] = []
    for file in ("artists.txt", "people.txt"):
        section = ""
        for line in _lines(file):
            if line.startswith("["):
                section = line.strip("[]")
                continue
            for entry in line.split(" | "):
                names = entry.split(" = ")
                spellings = frozenset(folded for folded in map(fold, names) if len(folded) > 1)
                artist = file == "artists.txt"
                found.append(
                    Person(names[0], _LEVELS.get(section, DISTINCT), artist, section == "politicians", spellings)
                )
    return tuple(found)


SHORTEST_MISSPELT: Final = 7
"""Names with fewer letters are never taken for misspelt: too many words are one letter away."""


def _long_names(people: tuple[Person, ...]) -> Mapping[tuple[str, int], tuple[tuple[Person, str, int], ...]]:
    found: dict[tuple[str, int], list[tuple[Person, str, int]]] = {}
    for person in people:
        if person.level >= COMMON:
            continue
        # In an order that is the same in every process.
        for spelling in sorted(person.spellings):
            # An article is no part of what is misspelt: too many words are one letter away from "strokes".
            spelling = spelling.removeprefix("the ")
            word = spelling.replace(" ", "")
            if len(word) >= SHORTEST_MISSPELT and word.isalpha() and word.isascii():
                found.setdefault((word[0], len(word)), []).append((person, word, spelling.count(" ") + 1))
    return {key: tuple(names) for key, names in found.items()}


@lru_cache(maxsize=1)
def words_near_names() -> frozenset[str]:
    """Ordinary words that are one letter away from a long name, such as ``beetles``."""
    return frozenset(word for line in _lines("near_names.txt") for word in line.split())
