"""Keys and intervals: "in D minor", "up two semitones", "a whole tone higher", "capo 2"."""

from contrafact.engine.recipe.intents import ToKey, Transpose
from contrafact.engine.recipe.scales import INTERVALS, NAMED_INTERVALS, TONICS
from contrafact.engine.recipe.text import number
from contrafact.engine.recipe.units import DOWN, OBJECTS, UP, Found, past

_AFTER_A_KEY = frozenset("please with but instead now for then at so rather this maybe thanks and".split())


_MOVES = frozenset(
    "change move shift switch transpose put make set take bring it the song key pitch down up everything".split()
)


def key(texts: list[str]) -> Found:
    """ "in D minor", "key of F#", "to b flat major", "in G"; "a" alone only at the end, for it is an article."""
    led = past(texts, 0, _MOVES)
    at = led if texts[led : led + 1] in (["to"], ["into"], ["in"]) else 0
    entered = texts[at] in ("in", "to", "into")
    at += 1 if entered or texts[at] == "from" else 0
    at += 1 if texts[at : at + 1] == ["the"] and texts[at + 1 : at + 2] == ["key"] else 0
    named = texts[at : at + 2] == ["key", "of"]
    at += 2 if named else 0
    if not named and texts[at : at + 1] == ["key"]:
        named, at = True, at + 1
    if at >= len(texts):
        return None
    minor_sign = texts[at].endswith("m") and texts[at][:-1] in TONICS and (at > 0 or len(texts[at]) > 2)
    tonic_text = texts[at][:-1] if minor_sign else texts[at]
    if tonic_text not in TONICS:
        return None
    tonic, at = TONICS[tonic_text], at + 1
    if texts[at : at + 1] in (["sharp"], ["flat"]):
        tonic, at = (tonic + (1 if texts[at] == "sharp" else -1)) % 12, at + 1
    if minor_sign:
        return at, "key", ToKey(tonic, "minor")
    mode = texts[at] if at < len(texts) else ""
    if mode in ("minor", "min", "m", "moll"):
        return at + 1, "key", ToKey(tonic, "minor")
    if mode in ("major", "maj", "dur"):
        return at + 1, "key", ToKey(tonic, "major")
    behind = texts[at : at + 2]
    alone = not behind or (tonic_text != "a" and behind[0] in _AFTER_A_KEY and behind != ["and", "b"])
    return (at, "key", ToKey(tonic, None)) if named or (entered and alone) else None


_FRETS = {
    name: value for value, name in enumerate("first second third fourth fifth sixth seventh eighth ninth".split(), 1)
}


def interval(texts: list[str]) -> Found:
    """ "up 2 semitones", "a tone lower", "transpose by -3", "down a fifth", "an octave up", "capo 2"."""
    if texts[0] == "capo":
        at = past(texts, 1, frozenset({"on", "at", "the", "fret"}))
        value = _FRETS.get(texts[at]) or number(texts[at].rstrip("ndrth")) if at < len(texts) else None
        at += 1 + (1 if texts[at + 1 : at + 2] == ["fret"] else 0)
        return (at, "key", Transpose(int(value))) if value and 1 <= value <= 11 else None
    at = 0
    transposed = texts[0] in ("transpose", "transposed", "shift", "transposing")
    if transposed or texts[0] in (
        "pitch",
        "pitched",
        "tune",
        "tuned",
        "move",
        "take",
        "bring",
        "put",
        "raise",
        "drop",
        "lower",
        "key",
    ):
        at = past(texts, 1, OBJECTS)
        at = past(texts, at, frozenset({"by"})) if texts[0] not in ("raise", "drop", "lower") else at
    direction = 0
    if texts[0] in ("raise", "drop", "lower"):
        direction = 1 if texts[0] == "raise" else -1
        at = past(texts, at, frozenset({"by"}))
    if at < len(texts) and texts[at] in UP | DOWN:
        direction, at = (1 if texts[at] in UP else -1), at + 1
        at = past(texts, at, frozenset({"by"}))
    at = past(texts, at, frozenset({"about"}))
    count, bare = (number(texts[at]) if at < len(texts) else None), False
    named, length = _interval_size(texts[at : at + 2])
    falls = length == 2 and bool(named) and texts[at + 2 : at + 3] != [] and texts[at + 2] in UP | DOWN
    if count is None and at < len(texts) and (direction or falls):
        count, bare = 1.0, True
        at -= 1
    if count is None:
        return None
    signed = texts[at][0] in "+-" and not bare
    at += 1
    if texts[at : at + 2] == ["couple", "of"]:
        count, at = 2.0, at + 2
    elif count == 2.0 and texts[at : at + 1] == ["of"]:
        at += 1
    elif texts[at : at + 3] == ["and", "a", "half"]:
        count, at = count + 0.5, at + 3
    elif texts[at - 1] == "half" and texts[at : at + 1] == ["a"]:
        at += 1
    size, used = _interval_size(texts[at : at + 2])
    if bare and size not in NAMED_INTERVALS.values() and size != 12:
        return None
    if not size and not (transposed and direction | signed):
        return None
    at += used
    if not direction and at < len(texts) and texts[at] in UP | DOWN:
        direction, at = (1 if texts[at] in UP else -1), at + 1
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
