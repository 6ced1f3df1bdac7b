"""A prompt as words with their places, whatever its typing: case, accents, curly quotes and spaces do not matter."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

LONGEST_PROMPT = 500
_WORD = re.compile(
    r"w/o(?![a-z])|w/|\d+:\d\d|\d{1,2}/\d{1,2}(?!\d)|\d+'\d\d(?!\d)|\d+0s|\d*(?:(?<!1)1st|(?<!1)2nd|(?<!1)3rd)\b|\d+th\b"
    r"|(?:(?<![\w+-])[+-] ?)?\d+(?:[.,]\d+)?%?|[a-z]+#"
    r"|(?<![a-z])[a-z](?:&[a-z])+(?![a-z])|[a-z]+(?:['&][a-z]+)*",
    re.ASCII,
)
_PAUSE = re.compile(r"[,;.:!?/|\n(){}\[\]•]|\s-\s|(?:->)")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": ";", "♯": "#", "♭": "b", "→": ";"})
_FRACTIONS = str.maketrans({"½": " and a half ", "¼": " quarter "})
_NUMBERS: Mapping[str, float] = MappingProxyType(
    {
        name: float(value)
        for value, name in enumerate(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen twenty".split()
        )
    }
    | {"thirty": 30.0, "forty": 40.0, "fourty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0}
    | {"ninety": 90.0, "hundred": 100.0, "a": 1.0, "an": 1.0, "half": 0.5, "couple": 2.0}
)
EMOJI: Mapping[str, str] = MappingProxyType(
    {
        "🎻": "violin",
        "🎸": "guitar",
        "🎹": "piano",
        "🎺": "trumpet",
        "🎷": "saxophone",
        "🥁": "drums",
        "🪗": "accordion",
        "🪕": "banjo",
        "🎤": "voice",
        "🤖": "robot",
        "🔥": "energetic",
        "⚡": "energetic",
        "🎉": "party",
        "💪": "powerful",
        "💃": "danceable",
        "🕺": "danceable",
        "😢": "sad",
        "😭": "sad",
        "💔": "sad",
        "😊": "happy",
        "😀": "happy",
        "😄": "happy",
        "🥰": "romantic",
        "😍": "romantic",
        "❤": "romantic",
        "🌙": "dark",
        "🌑": "dark",
        "😈": "dark",
        "☀": "bright",
        "🌞": "bright",
        "😌": "calm",
        "🧘": "calm",
        "😴": "calm",
        "💤": "calm",
        "🐢": "slower",
        "🐌": "slower",
        "🚀": "faster",
        "🐇": "faster",
        "🎮": "chiptune",
        "👾": "chiptune",
        "🤘": "metal",
        "🤠": "country",
        "🪩": "disco",
        "🏖": "bossa nova",
        "🎃": "dark",
    }
)
"""What people mean by the pictures that they type."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its plain form, its span in the prompt as typed, and whether a pause (a comma) stands before it."""

    text: str
    start: int
    end: int
    pause: bool = False
    name: bool = False
    """Written with a capital inside a sentence that is not all capitals: probably somebody's name."""


def words_of(prompt: str) -> tuple[Word, ...]:
    """The words of a prompt; spans point into the prompt as it was typed.

    Examples
    --------
    >>> [word.text for word in words_of("Slow, BOSSA nova — 90 bpm!")]
    ['slow', 'bossa', 'nova', '90', 'bpm']
    """
    plain: list[str] = []
    places: list[int] = []
    for place, character in enumerate(prompt):
        for part in "and" if _joins(prompt, place) else _plain(character):
            plain.append(part)
            places.append(place)
    text = "".join(plain)
    found: list[Word] = []
    last = 0
    shouting = sum(character.isupper() for character in prompt) > 0.6 * sum(map(str.isalpha, prompt))
    for match in _WORD.finditer(text):
        start, end = places[match.start()], places[match.end() - 1] + 1
        pause = bool(found) and _PAUSE.search(text[last : match.start()]) is not None
        name = bool(found) and not shouting and prompt[start].isupper() and prompt[start:end][1:].islower()
        found.append(Word(_shortened(match.group()), start, end, pause, name))
        last = match.end()
    return tuple(found)


def _joins(prompt: str, place: int) -> bool:
    """Whether a sign stands for "and": "voice + piano"."""
    around = prompt[place - 1 : place] + prompt[place + 1 : place + 2]
    return prompt[place] in "+&" and around == "  " and prompt[place + 2 : place + 3].isalpha()


def _plain(character: str) -> str:
    if character in EMOJI:
        return f" {EMOJI[character]} "
    if ord(character) < 128:
        return character.lower()
    spelled = unicodedata.normalize("NFKD", character.translate(_QUOTES).translate(_FRACTIONS)).lower()
    return "".join(part for part in spelled if not unicodedata.combining(part))


def _shortened(text: str) -> str:
    if text.startswith("w/"):
        return "with" if text == "w/" else "without"
    text = text.removesuffix("'s").replace(" ", "").replace(",", ".")
    return text if text[0].isdigit() else _JOINED.get(text, text)


_JOINED: Mapping[str, str] = MappingProxyType(
    {"drum'n'bass": "drum'n'bass", "don't": "dont", "doesn't": "dont"} | {"n": "and", "'n": "and", "n'": "and"}
)


def number(text: str) -> float | None:
    """The value of a number in digits or as a word; None when it is none."""
    if text in _NUMBERS:
        return _NUMBERS[text]
    try:
        value = float(text.rstrip("%"))
    except ValueError:
        return None
    # "nan" and "infinity" are words that float() knows.
    return value if text[-1].isdigit() or text.endswith("%") else None
