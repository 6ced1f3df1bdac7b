"""A prompt as words with their places, whatever its typing: case, accents, curly quotes and spaces do not matter."""

import re
import unicodedata
from dataclasses import dataclass

LONGEST_PROMPT = 500
_WORD = re.compile(r"\d+:\d\d|\d+0s|(?:(?<!\w)[+-])?\d+(?:\.\d+)?%?|[a-z]+#|[a-z]+(?:['&][a-z]+)*", re.ASCII)
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": " ", "♯": "#", "♭": "b"})
_NUMBERS = {
    name: value
    for value, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
    )
} | {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "a": 1, "an": 1, "half": 0.5}


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its plain form, and its span in the prompt as typed."""

    text: str
    start: int
    end: int


def words_of(prompt: str) -> tuple[Word, ...]:
    """The words of a prompt; spans point into the prompt as it was typed.

    Examples
    --------
    >>> [word.text for word in words_of("Slow, BOSSA nova — 90 bpm!")]
    ['slow', 'bossa', 'nova', '90', 'bpm']
    """
    plain, places = [], []
    for place, character in enumerate(prompt):
        for part in unicodedata.normalize("NFKD", character.translate(_QUOTES)).lower():
            if not unicodedata.combining(part):
                plain.append(part)
                places.append(place)
    text = "".join(plain)
    return tuple(
        Word(match.group().removesuffix("'s"), places[match.start()], places[match.end() - 1] + 1)
        for match in _WORD.finditer(text)
    )


def number(text: str) -> float | None:
    """The value of a number in digits or as a word; None when it is none."""
    if text in _NUMBERS:
        return float(_NUMBERS[text])
    try:
        return float(text.rstrip("%"))
    except ValueError:
        return None
