"""Numbers with units: beats per minute, per cent, seconds and minutes, semitones, keys."""

from collections.abc import Sequence

from contrafact.engine.recipe.intents import Intent, Kind, Length, Phrase, TempoBpm, TempoFactor, ToKey, Transpose
from contrafact.engine.recipe.text import Word, number
from contrafact.engine.recipe.vocabulary import INTERVALS, NAMED_INTERVALS, TONICS

_UP = frozenset({"up", "higher", "raise", "raised", "above"})
_DOWN = frozenset({"down", "lower", "lowered", "below"})
_SLOW = frozenset({"slower", "slow", "slowed"})
_FAST = frozenset({"faster", "fast", "quicker", "speed"})
_SECONDS = frozenset({"second", "seconds", "sec", "secs", "s"})
_MINUTES = frozenset({"minute", "minutes", "min", "mins"})
_BPM = (("bpm",), ("beats", "per", "minute"), ("beats", "a", "minute"))


def quantity(words: Sequence[Word], at: int) -> Phrase | None:
    """A phrase with a number or a key that begins here."""
    texts = [word.text for word in words[at : at + 8]]
    for rule in (_key, _bpm, _per_cent, _length, _interval):
        found = rule(texts)
        if found is not None:
            length, kind, intent = found
            return Phrase(at, at + length, kind, (intent,))
    return None


Found = tuple[int, Kind, Intent] | None


def _key(texts: list[str]) -> Found:
    """ "in D minor", "key of F#", "to b flat major"; a tonic alone only after "key of": "a" is an article."""
    at = 1 if texts[0] in ("in", "to", "into") else 0
    at += 1 if texts[at : at + 1] == ["the"] and texts[at + 1 : at + 2] == ["key"] else 0
    named = texts[at : at + 2] == ["key", "of"]
    at += 2 if named else 0
    if at >= len(texts) or texts[at] not in TONICS:
        return None
    tonic, at = TONICS[texts[at]], at + 1
    if texts[at : at + 1] in (["sharp"], ["flat"]):
        tonic, at = (tonic + (1 if texts[at] == "sharp" else -1)) % 12, at + 1
    mode = texts[at] if at < len(texts) else ""
    if mode in ("minor", "min", "m"):
        return at + 1, "key", ToKey(tonic, "minor")
    if mode in ("major", "maj"):
        return at + 1, "key", ToKey(tonic, "major")
    return (at, "key", ToKey(tonic, None)) if named else None


def _bpm(texts: list[str]) -> Found:
    """ "90 bpm", "at 120", "tempo 100"."""
    at = 1 if texts[0] in ("at", "to", "tempo") else 0
    at += 1 if texts[0] == "tempo" and texts[at : at + 1] in (["of"], ["at"], ["to"]) else 0
    value = number(texts[at]) if at < len(texts) and texts[at][0].isdigit() and not texts[at].endswith("%") else None
    if value is None:
        return None
    unit = next((len(words) for words in _BPM if tuple(texts[at + 1 : at + 1 + len(words)]) == words), 0)
    plausible = 40 <= value <= 240
    following = texts[at + 1] if at + 1 < len(texts) else ""
    if plausible and (unit or (at and following not in _SECONDS | _MINUTES)):
        return at + 1 + unit, "tempo", TempoBpm(value)
    return None


def _per_cent(texts: list[str]) -> Found:
    """ "20% faster", "10 per cent slower", "faster by 20 %"."""
    lead = 0
    direction = 0
    if texts[0] in _SLOW | _FAST and texts[1:2] == ["by"]:
        lead, direction = 2, -1 if texts[0] in _SLOW else 1
    value = number(texts[lead]) if lead < len(texts) and texts[lead][0].isdigit() else None
    if value is None:
        return None
    at = lead + 1
    if not texts[lead].endswith("%"):
        if texts[at : at + 1] == ["percent"]:
            at += 1
        elif texts[at : at + 2] == ["per", "cent"]:
            at += 2
        else:
            return None
    if not direction:
        after = texts[at] if at < len(texts) else ""
        if after not in _SLOW | _FAST:
            return None
        direction, at = (-1 if after in _SLOW else 1), at + 1
    return (
        at,
        "tempo",
        TempoFactor(round(1 + direction * min(value, 100.0) / 100, 4)) if value < 100 else TempoFactor(2.0),
    )


def _length(texts: list[str]) -> Found:
    """ "60 seconds", "two minutes", "2 and a half minutes", "1:30", "exactly 3:30"."""
    at = 1 if texts[0] in ("exactly", "about", "around", "for") and len(texts) > 1 else 0
    if ":" in texts[at]:
        minutes, seconds = texts[at].split(":")
        return at + 1, "length", Length(int(minutes) * 60.0 + int(seconds))
    value = number(texts[at])
    if value is None:
        return None
    if texts[at + 1 : at + 4] == ["and", "a", "half"]:
        value, at = value + 0.5, at + 3
    unit = texts[at + 1] if at + 1 < len(texts) else ""
    if unit in _SECONDS:
        return at + 2, "length", Length(value)
    if unit in _MINUTES:
        return at + 2, "length", Length(value * 60)
    return None


def _interval(texts: list[str]) -> Found:
    """ "up 2 semitones", "a tone lower", "transpose by -3", "down a fifth", "an octave up"."""
    at = 0
    if texts[0] in ("transpose", "transposed", "pitch", "pitched", "shift"):
        at = 2 if texts[1:2] == ["by"] else 1
    direction = 0
    if at < len(texts) and texts[at] in _UP | _DOWN:
        direction, at = (1 if texts[at] in _UP else -1), at + 1
        at += 1 if texts[at : at + 1] == ["by"] else 0
    count = number(texts[at]) if at < len(texts) else None
    if count is None:
        return None
    signed = texts[at][0] in "+-"
    transposed = texts[0] in ("transpose", "transposed", "shift")
    at += 1
    size, used = _interval_size(texts[at : at + 2])
    if not size and not transposed:
        return None
    at += used
    if not direction and at < len(texts) and texts[at] in _UP | _DOWN:
        direction, at = (1 if texts[at] in _UP else -1), at + 1
    if not direction and not (signed or transposed):
        return None
    semitones = round(count * (size or 1)) * (direction or 1)
    return (at, "key", Transpose(semitones)) if semitones and abs(semitones) <= 12 else None


def _interval_size(texts: list[str]) -> tuple[int, int]:
    for length in (2, 1):
        phrase = " ".join(texts[:length])
        size = INTERVALS.get(phrase) or NAMED_INTERVALS.get(phrase)
        if size and len(texts) >= length:
            return size, length
    return 0, 0
