"""Words as a stream of plain letters that remember where they stood, so that spelling tricks do not hide anything.

Several readings are made where several are possible (``1`` is an i or an l, a Cyrillic а may be meant as a Latin one).
Each is the whole text; a reading that changes nothing is left out. All of it is linear in the length of the text.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from types import MappingProxyType

from contrafact.rights.safeguards.lookalikes import CYRILLIC, FOREIGN, LATIN, LEET, LEET_EITHER

JOINED, SPACE, COMMA, STOP = 1, 2, 3, 4
"""What stands before a letter: nothing (0), signs only, white space, a comma, the end of a sentence."""
_STOPS = frozenset(".;!?\n\r\u2028\u2029。！？；।…")
_COMMAS = frozenset(",，、،()[]{}（）—–•")
_HAN, _KATAKANA, _HANGUL = 1, 2, 3
_Letter = tuple[str, int, int]


@dataclass(frozen=True)
class Reading:
    """One way to read the words: letters only, lower case.

    Attributes
    ----------
    text : str
        One character per letter or digit.
    starts, ends : tuple of int
        Where each letter begins and ends in the words as they were given.
    gaps : bytes
        What stands before each letter; 255 at the beginning.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    gaps: bytes

    @cached_property
    def tokens(self) -> tuple[tuple[int, int], ...]:
        """The words between gaps, as ranges of letters."""
        edges = [at for at, gap in enumerate(self.gaps) if gap]
        return tuple(pairwise([*edges, len(self.text)]))

    @cached_property
    def token_of(self) -> tuple[int, ...]:
        """The index of the token that each letter is in."""
        return tuple(index for index, (start, end) in enumerate(self.tokens) for _ in range(start, end))

    def token_end(self, at: int) -> int:
        """Where the token ends that the letter before ``at`` is in."""
        return self.tokens[self.token_of[at - 1]][1]

    def single(self, at: int) -> bool:
        """Whether the letter stands alone, as in ``d r a k e``."""
        return bool(self.gaps[at]) and (at + 1 == len(self.text) or bool(self.gaps[at + 1]))

    def may_start(self, at: int) -> bool:
        """Whether a word may begin at this letter."""
        return bool(self.gaps[at]) or _edge(self.text[at - 1], self.text[at], False)

    def may_end(self, at: int) -> bool:
        """Whether a word may end before this letter."""
        return at == len(self.text) or bool(self.gaps[at]) or _edge(self.text[at - 1], self.text[at], True)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the letters ``first`` up to ``last`` (excluded) stand in the words as given."""
        return self.starts[first], self.ends[last - 1]


@lru_cache(maxsize=4096)
def _script(letter: str) -> int:
    """Scripts that write without spaces between words; 0 for all others."""
    code = ord(letter)
    if code < 0x0E00:
        return 0
    if 0x30A1 <= code <= 0x30FF:
        return _KATAKANA
    if 0xAC00 <= code <= 0xD7A3 or 0x1100 <= code <= 0x11FF:
        return _HANGUL
    if 0x0E00 <= code <= 0x0EFF or 0x1780 <= code <= 0x17FF or 0x3005 <= code <= 0x309F or 0x3400 <= code <= 0x9FFF:
        return _HAN
    return _HAN if 0x20000 <= code <= 0x3FFFF or 0xF900 <= code <= 0xFAFF else 0


def _edge(before: str, after: str, ends: bool) -> bool:
    """Whether a word may end and another begin between two letters without a gap."""
    if before < "\u0e00" and after < "\u0e00":
        return False
    left, right = _script(before), _script(after)
    if left != right:
        return True
    return left == _HAN or (left == _HANGUL and ends)


def readings(words: str) -> tuple[Reading, ...]:
    """All readings of the words, the plain one first; at least one, with at most two letters per character on average.

    Examples
    --------
    >>> [reading.text for reading in readings("Dr4ke!")]
    ['dr4ke', 'drake', 'drakei', 'drakel']
    """
    plain = list(_letters(words))
    found: dict[tuple[str, bytes], Reading] = {}
    _add(found, _reading(plain))
    source = plain
    if not words.isascii():
        source = _alphabets(plain)
        _add(found, _reading(source))
    if any(sign in LEET or sign in LEET_EITHER for sign, _, _ in source):
        for either in "il":
            table = {**LEET, **dict.fromkeys(LEET_EITHER, either)}
            _add(found, _reading(_digits(source, table)))
    for reading in tuple(found.values()):
        if any(a == b == c for a, b, c in zip(reading.text, reading.text[1:], reading.text[2:], strict=False)):
            _add(found, shrunk(reading))
    return tuple(found.values())


def _add(found: dict[tuple[str, bytes], Reading], reading: Reading) -> None:
    found.setdefault((reading.text, reading.gaps), reading)


def fold(words: str) -> str:
    """The words in plain letters with single spaces: what patterns are written in.

    Examples
    --------
    >>> fold("Beyoncé’s  “Halo”")
    'beyonce s halo'
    """
    if words.isascii() and words.replace(" ", "").isalnum():
        return " ".join(words.lower().split())
    reading = _reading(list(_letters(words)))
    return " ".join(reading.text[start:end] for start, end in reading.tokens)


def shrunk(reading: Reading) -> Reading:
    """A reading in which letters that are repeated three times or more stand once: ``draaaake`` is ``drake``."""
    keep: list[int] = []
    text = reading.text
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and text[end] == text[at] and (not reading.gaps[end] or reading.single(end)):
            end += 1
        keep += range(at, end) if end - at < 3 else [at]
        at = end
    ends = [reading.ends[following - 1] for following in [*keep[1:], len(text)]]
    return Reading(
        "".join(text[place] for place in keep),
        tuple(reading.starts[place] for place in keep),
        tuple(ends),
        bytes(reading.gaps[place] for place in keep),
    )


def _letters(words: str) -> Iterator[_Letter]:
    """Letters and digits with their places; a separator is yielded as itself, what cannot be seen not at all."""
    at, length = 0, len(words)
    while at < length:
        end = at + 1
        if words[at] > "\u02ff" or (end < length and words[end] > "\u02ff"):
            while end < length and _joins(words[end]):
                end += 1
        cluster = words[at:end]
        for letter in _plain(cluster):
            yield letter, at, end
        at = end


@lru_cache(maxsize=8192)
def _joins(character: str) -> bool:
    """Whether a character belongs to the letter before it: marks, and the parts of a Korean syllable."""
    code = ord(character)
    return unicodedata.combining(character) > 0 or 0x1160 <= code <= 0x11FF or code in (0xFF9E, 0xFF9F)


@lru_cache(maxsize=16384)
def _plain(cluster: str) -> str:
    """A character with its marks as plain letters; empty for what cannot be seen."""
    spelled = LATIN.get(cluster[0], cluster[0]) + cluster[1:]
    spelled = unicodedata.normalize("NFKC", spelled)
    if spelled[:1] <= "\u04ff" or cluster[0] in LATIN or "\u1e00" <= spelled[:1] <= "\u1fff":
        spelled = unicodedata.normalize("NFKD", spelled)
        spelled = "".join(sign for sign in spelled if not unicodedata.combining(sign))
    plain = []
    for sign in spelled:
        kind = unicodedata.category(sign)
        if sign in LATIN or sign.lower() in LATIN:
            plain.append(LATIN.get(sign) or LATIN[sign.lower()])
        elif _is_unseen(sign, kind):
            continue
        else:
            # Cased signs of other alphabets stay as they are: their capitals may look like another Latin letter.
            plain.append(_ARABIC.get(sign, sign))
    return "".join(plain)


_FILLERS = frozenset("\u0640\u3164\u115f\u1160\uffa0\u180b\u180c\u180d\u2800")
"""Strokes that stretch a word, letters that are empty, selectors of a shape."""


def _is_unseen(sign: str, kind: str) -> bool:
    """Whether a sign shows nothing, or only decorates the letter before it."""
    if kind in ("Cf", "Me", "Cc", "Cn", "Co", "Cs"):
        return sign not in "\n\r\t\x0b\x0c"
    return (kind == "Mn" and sign < "\u0900") or sign in _FILLERS or "\ufe00" <= sign <= "\ufe0f"


_ARABIC: Mapping[str, str] = MappingProxyType(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك"}
)
"""Spellings of one letter that writers do not keep apart."""


def _alphabets(letters: list[_Letter]) -> list[_Letter]:
    """Each word in one alphabet: look-alikes of other alphabets as the letters that they look like."""
    found: list[_Letter] = []
    word: list[_Letter] = []
    # In a Cyrillic text a word of look-alikes alone is Cyrillic too.
    cyrillic = any("\u0400" <= sign <= "\u04ff" and not _latin(sign) for sign, _, _ in letters)
    for letter in [*letters, (" ", 0, 0)]:
        if letter[0].isalnum() or letter[0] in LEET or letter[0] in LEET_EITHER:
            word.append(letter)
            continue
        found += _one_alphabet(word, cyrillic)
        word = []
        found.append(letter)
    return found[:-1]


def _one_alphabet(word: list[_Letter], cyrillic: bool) -> list[_Letter]:
    own = sum("\u0400" <= sign <= "\u04ff" and not _latin(sign) for sign, _, _ in word)
    if (own or cyrillic) and not any(sign.isascii() for sign, _, _ in word):
        return word
    if own * 2 > sum(sign.isalpha() for sign, _, _ in word) or (own and any(s.lower() in CYRILLIC for s, _, _ in word)):
        return [(CYRILLIC.get(sign.lower(), sign), start, end) for sign, start, end in word]
    return [(_latin(sign) or sign, start, end) for sign, start, end in word]


@lru_cache(maxsize=4096)
def _latin(sign: str) -> str:
    """The Latin letter that a letter of another alphabet looks like; empty for none."""
    if sign.isascii():
        return ""
    return FOREIGN.get(sign) or FOREIGN.get(sign.lower()) or FOREIGN.get(sign.upper(), "")


def _digits(letters: list[_Letter], table: Mapping[str, str]) -> list[_Letter]:
    """Digits and signs as letters where they stand in a word with letters, hyphens or not; numbers stay numbers.

    Signs that stand alone among letters that stand alone (``d r 4 k 3``) are in a word as well.
    """
    words: list[list[_Letter]] = [[]]
    gaps: list[list[_Letter]] = [[]]
    for letter in letters:
        parts = letter[0].isspace() or letter[0] in _COMMAS or (letter[0] in _STOPS and letter[0] != ".")
        if letter[0] in table or not parts:
            if gaps[-1]:
                words.append([])
                gaps.append([])
            words[-1].append(letter)
        else:
            gaps[-1].append(letter)
    found: list[_Letter] = []
    spelled = [any(sign.isalpha() for sign, _, _ in word) for word in words]
    alone = [len(word) == 1 for word in words]
    for place, (word, gap) in enumerate(zip(words, gaps, strict=True)):
        near = range(max(0, place - 2), min(len(words), place + 3))
        apart = alone[place] and sum(alone[other] and spelled[other] for other in near) >= 2
        reads = spelled[place] or apart
        found += [(table.get(sign, sign), start, end) for sign, start, end in word] if reads else word
        found += gap
    return found


def _reading(letters: list[_Letter]) -> Reading:
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    gaps = bytearray()
    gap, first = 0, True
    for place, (sign, start, end) in enumerate(letters):
        # A vowel sign belongs to its own script; on another letter it is only there to hide it.
        if sign.isalnum() or (_is_mark(sign) and bool(text) and text[-1] >= "\u0900"):
            for part in sign.lower():
                # Lower case may add a mark (İ); marks of the Latin alphabet were taken away before.
                if unicodedata.combining(part) and not _is_mark(part):
                    continue
                text.append(part)
                starts.append(start)
                ends.append(end)
                gaps.append(255 if first else gap)
                gap, first = 0, False
        elif _is_mark(sign):
            continue
        elif sign in _STOPS:
            following = letters[place + 1][0] if place + 1 < len(letters) else " "
            # A dot inside a word or behind a single letter (D.R.A.K.E.) ends no sentence.
            joins = sign == "." and (following.isalnum() or (bool(gaps) and 0 < gaps[-1] < STOP))
            gap = max(gap, JOINED if joins else STOP)
        elif sign in _COMMAS:
            gap = max(gap, COMMA)
        else:
            gap = max(gap, SPACE if sign.isspace() or sign in '"“”„«»「」『』:：' else JOINED)
    return Reading("".join(text), tuple(starts), tuple(ends), bytes(gaps))


@lru_cache(maxsize=4096)
def _is_mark(sign: str) -> bool:
    """Vowel signs of Indic and other scripts, which are parts of their words."""
    return sign >= "\u0900" and unicodedata.category(sign) in ("Mn", "Mc")
