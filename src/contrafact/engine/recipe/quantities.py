"""Numbers with units: beats per minute, per cent, bars, and what :mod:`lengths` and :mod:`pitches` read."""

from collections.abc import Sequence
from typing import Literal

from contrafact.engine.recipe.form_intents import LoopBars, MixBars
from contrafact.engine.recipe.intents import Amount, LengthFactor, Phrase, TempoBpm, TempoFactor, TempoStep
from contrafact.engine.recipe.lengths import length, length_range
from contrafact.engine.recipe.pitches import interval, key
from contrafact.engine.recipe.text import Word, number
from contrafact.engine.recipe.units import APPROXIMATE, BARS, DOWN, MINUTES, OBJECTS, SECONDS, UP, Found, digits, past

_SLOW = frozenset({"slower", "slow", "slowed", "slowing"})
_FAST = frozenset({"faster", "fast", "quicker", "speed", "sped", "speeded"})
_BPM = (("bpm",), ("beats", "per", "minute"), ("beats", "a", "minute"), ("b", "p", "m"))


def quantity(words: Sequence[Word], at: int) -> Phrase | None:
    """A phrase with a number or a key that begins here; of several readings the longest."""
    texts = [words[at].text]
    for word in words[at + 1 : at + 12]:
        if word.pause and texts not in (["tempo"], ["speed"], ["bpm"]):
            break
        texts.append(word.text)
    found = [one for rule in _RULES if (one := rule(texts)) is not None]
    if not found:
        return None
    used, kind, intent = max(found, key=lambda one: one[0])
    return Phrase(at, at + used, kind, (intent,))


def _unit(texts: list[str], at: int) -> int:
    return next((len(words) for words in _BPM if tuple(texts[at : at + len(words)]) == words), 0)


def _bpm(texts: list[str]) -> Found:
    """ "90 bpm", "at 120", "tempo 100", "around 128 bpm", "between 90 and 100 bpm"."""
    at = 0
    while (
        at < len(texts)
        and texts[at] in {"at", "to", "tempo", "speed", "of", "bpm", "between", "set", "is", "the"} | APPROXIMATE
    ):
        at += 1
    before = texts[:at]
    value = digits(texts, at)
    if value is None or texts[at][0] in "+-":
        return None
    at += 1
    other = digits(texts, at + 1) if texts[at : at + 1] in (["and"], ["to"], ["or"]) else None
    if other is None and at < len(texts) and texts[at][0] == "-" and texts[at][1:].isdigit():
        other, at = float(texts[at][1:]), at - 1
    if (
        other is not None
        and 40 <= other <= 240
        and 40 <= value <= 240
        and (_unit(texts, at + 2) or "between" in before)
    ):
        value, at = (value + other) / 2, at + 2
    unit = _unit(texts, at)
    named = bool({"tempo", "bpm", "speed"} & set(before)) or before[:1] == ["at"]
    following = texts[at] if at < len(texts) else ""
    moved = following in UP | DOWN or (
        unit and at + unit < len(texts) and texts[at + unit] in _SLOW | _FAST | UP | DOWN
    )
    if moved or not 40 <= value <= 240:
        return None
    alone = at == 1 == len(texts) and 60 <= value <= 200
    if unit or alone or (named and following not in SECONDS | MINUTES | BARS and following != "percent"):
        return at + unit, "tempo", TempoBpm(value)
    return None


def _bpm_step(texts: list[str]) -> Found:
    """ "10 bpm faster", "up 5 bpm", "slow it down by 8 bpm", "+6 bpm"."""
    at, direction = 0, 0
    if texts[0] in _SLOW | _FAST | UP | DOWN | {
        "bump",
        "step",
        "turn",
        "push",
        "take",
        "bring",
        "increase",
        "reduce",
        "decrease",
        "add",
        "plus",
        "minus",
    }:
        direction = _direction(texts[0])
        at = past(texts, 1, OBJECTS | {"tempo", "bpm"})
        if at < len(texts) and texts[at] in ("up", "down", "faster", "slower"):
            direction, at = _direction(texts[at]), at + 1
        at = past(texts, at, frozenset({"by"}) | APPROXIMATE)
    value = digits(texts, at)
    unit = _unit(texts, at + 1)
    if value is None or not unit or not abs(value) <= 80:
        return None
    signed = texts[at][0] in "+-"
    at += 1 + unit
    if at < len(texts) and texts[at] in _SLOW | _FAST | UP | DOWN:
        direction, at = _direction(texts[at]), at + 1
    if not direction and not signed:
        return None
    return at, "tempo", TempoStep(value * (direction or 1))


def _direction(word: str) -> int:
    if word in _SLOW | DOWN | {"reduce", "decrease", "minus"}:
        return -1
    return 1 if word in _FAST | UP | {"increase", "add", "plus"} else 0


def _per_cent(texts: list[str]) -> Found:
    """ "20% faster", "10 per cent slower", "faster by 20 %", "speed it up 5%", "at 90% speed", "1.25x"."""
    lead, direction = 0, 0
    if texts[0] in ("increase", "raise", "reduce", "decrease", "lower", "up", "drop", "bump"):
        lead = past(texts, 1, OBJECTS | {"tempo", "speed", "bpm", "pace", "up", "down"})
        named = bool({"tempo", "speed", "bpm", "pace"} & set(texts[:lead]))
        lead = past(texts, lead, frozenset({"by"}))
        direction = (-1 if texts[0] in ("reduce", "decrease", "lower", "drop") else 1) if named else 0
        lead = lead if named else 0
    elif texts[0] in _SLOW | _FAST:
        lead, direction = past(texts, 1, OBJECTS | {"up", "down", "by", "tempo"}), -1 if texts[0] in _SLOW else 1
    lead = past(texts, lead, frozenset({"at", "to", "about", "around"})) if not direction else lead
    value = number(texts[lead]) if lead < len(texts) and texts[lead][0].isdigit() else None
    if value is None:
        return None
    at = lead + 1
    if texts[at : at + 1] in (["x"], ["times"]) and not direction:
        end = past(texts, at + 1, frozenset({"the", "original", "normal"}))
        if end < len(texts) and texts[end] in ("speed", "tempo", "faster", "bpm") and 0 < value <= 4:
            return end + 1, "tempo", TempoFactor(value)
        return (at + 1, "tempo", TempoFactor(value)) if value in (0.5, 0.75, 1.25, 1.5, 1.1, 1.2, 0.8, 0.9) else None
    if not texts[lead].endswith("%"):
        if texts[at : at + 1] == ["percent"]:
            at += 1
        elif texts[at : at + 2] == ["per", "cent"]:
            at += 2
        else:
            return None
    if not direction:
        place = past(texts, at, frozenset({"of", "the", "its", "original", "normal"}))
        after = texts[place] if place < len(texts) else ""
        if after in ("speed", "tempo", "bpm") and value > 0:
            return place + 1, "tempo", TempoFactor(round(value / 100, 4))
        if value >= 90.0 and after in ("new", "different", "changed"):
            return None
        if after in ("strength", "intensity", "amount", "new", "different", "effect", "strong", "changed"):
            return place + 1, "strength", Amount(min(1.0, value / 100))
        if not after and value < 100.0:
            return at, "strength", Amount(value / 100)
        if after in ("length", "shorter", "longer", "duration"):
            grown = 1 + (1 if after == "longer" else -1) * min(90.0, value) / 100
            factor = value / 100 if after in ("length", "duration") else grown
            return place + 1, "length", LengthFactor(round(factor, 4))
        if after not in _SLOW | _FAST:
            return None
        direction, at = (-1 if after in _SLOW else 1), place + 1
        at += 1 if texts[at : at + 1] in (["up"], ["down"]) else 0
    factor = 1 + direction * min(value, 100.0) / 100
    return at, "tempo", TempoFactor(round(factor, 4) if value < 100 else (2.0 if direction > 0 else 0.5))


def _bars(texts: list[str]) -> Found:
    """ "16 bar intro", "8 bars intro and outro", "an intro of 8 bars", "4 bar loop", "loop 8 bars"."""
    at = 1 if texts[0] in ("a", "an", "with", "add") else 0
    ends = {"intro": (1, 0), "outro": (0, 1), "ending": (0, 1), "lead": (1, 0)}
    if texts[at : at + 1] == ["loop"]:
        place = past(texts, at + 1, OBJECTS | {"of", "first", "just", "over"})
        count = number(texts[place]) if place < len(texts) else None
        if count and 1 <= count <= 64 and texts[place + 1 : place + 2] and texts[place + 1] in BARS:
            return place + 2, "form", LoopBars(int(count))
        return None
    if texts[at : at + 1] and texts[at] in ends and texts[at + 1 : at + 2] in (["of"], ["with"]):
        count = number(texts[at + 2]) if at + 2 < len(texts) else None
        if count and 1 <= count <= 64 and texts[at + 3 : at + 4] and texts[at + 3] in BARS:
            intro, outro = ends[texts[at]]
            return at + 4, "form", MixBars(int(count) * intro, int(count) * outro)
        return None
    count = number(texts[at]) if at < len(texts) else None
    if not count or not 1 <= count <= 64 or not (texts[at + 1 : at + 2] and texts[at + 1] in BARS):
        return None
    bars, place = int(count), past(texts, at + 2, frozenset({"dj", "drum", "mixing", "of", "mix", "long"}))
    what = texts[place] if place < len(texts) else ""
    if what == "loop":
        return place + 1, "form", LoopBars(bars)
    if what not in ends:
        return None
    intro, outro = ends[what]
    if texts[place + 1 : place + 2] == ["and"] and texts[place + 2 : place + 3] and texts[place + 2] in ends:
        return place + 3, "form", MixBars(bars, bars)
    return place + 1, "form", MixBars(bars * intro, bars * outro)


_SETS = frozenset(
    "knock dial lift nudge take bring slow speed set drop put push get crank bump "
    "go move raise lower change turn pull dial reduce increase "
    "down up tempo bpm speed".split()
)


_SLOWER = frozenset("down slow drop lower reduce knock".split())
_FASTER = frozenset("up speed raise increase crank lift bump".split())


def _bpm_reached(texts: list[str]) -> Found:
    """ "take it down to 90", "speed it up to 140", "up to 128": a tempo where no other unit follows."""
    if texts[0] not in _SETS:
        return None
    at = past(texts, 1, OBJECTS | {"down", "up", "back", "tempo", "speed", "bpm", "all", "way", "a", "bit", "little"})
    said = set(texts[:at])
    slower, faster = bool(said & _SLOWER), bool(said & _FASTER)
    direction: Literal[-1, 0, 1] = 0 if slower == faster else -1 if slower else 1
    if texts[at : at + 1] not in (["to"], ["at"]):
        return None
    at = past(texts, at + 1, APPROXIMATE)
    value = digits(texts, at)
    if value is None or texts[at][0] in "+-" or not 40 <= value <= 240:
        return None
    unit = _unit(texts, at + 1)
    following = texts[at + 1] if at + 1 < len(texts) else ""
    if not unit and following in SECONDS | MINUTES | BARS | {"percent", "per", "semitones", "semitone", "db"}:
        return None
    return at + 1 + unit, "tempo", TempoBpm(value, direction)


def _bpm_from_to(texts: list[str]) -> Found:
    """ "from 100 to 110 bpm"."""
    at = past(texts, 0, frozenset({"go", "take", "bring", "it", "change", "the", "tempo", "speed"}))
    if texts[at : at + 1] != ["from"]:
        return None
    low = digits(texts, at + 1)
    unit = _unit(texts, at + 2)
    to = at + 2 + unit
    high = digits(texts, to + 1) if texts[to : to + 1] == ["to"] else None
    if low is None or high is None or not (40 <= low <= 240 and 40 <= high <= 240):
        return None
    after = to + 2
    unit = unit or _unit(texts, after)
    return (after + _unit(texts, after), "tempo", TempoBpm(high)) if unit or at else None


_PARTS = {
    "tenth": 0.1,
    "eighth": 0.125,
    "fifth": 0.2,
    "quarter": 0.25,
    "third": 1 / 3,
    "half": 0.5,
}


def _by_a_part(texts: list[str]) -> Found:
    """ "speed it up by a tenth", "a quarter faster", "slow it down by a third"."""
    at, direction = 0, 0
    if texts[0] in _SLOW | _FAST:
        at, direction = past(texts, 1, OBJECTS | {"up", "down", "tempo"}), _direction(texts[0])
        if texts[at : at + 1] != ["by"]:
            return None
        at += 1
    at = past(texts, at, frozenset({"a", "an", "one", "about", "around", "roughly"}))
    part = _PARTS.get(texts[at]) if at < len(texts) and at else None
    if part is None:
        return None
    at += 1
    if not direction:
        if texts[at : at + 1] not in (["faster"], ["slower"], ["quicker"]):
            return None
        direction, at = _direction(texts[at]), at + 1
    return at, "tempo", TempoFactor(round(1 + direction * part, 4))


def _times_as(texts: list[str]) -> Found:
    """ "three times as fast", "1.5 times the tempo", "four times slower"."""
    value = number(texts[0]) if texts[0] not in ("a", "an", "half", "couple") else None
    if value is None or texts[1:2] not in (["times"], ["x"]) or not 0.1 <= value <= 20:
        return None
    at = past(texts, 2, frozenset({"as", "the", "more"}))
    pace = texts[at] if at < len(texts) else ""
    if pace not in _SLOW | _FAST | {"tempo", "bpm"}:
        return None
    at += 1 + (1 if pace in ("fast", "slow", "quick") and texts[at + 1 : at + 2] == ["as"] else 0)
    slower = pace in _SLOW
    return at, "tempo", TempoFactor(round(1 / value if slower else value, 4))


_RULES = (
    key,
    _bpm_from_to,
    _bpm_reached,
    _by_a_part,
    _times_as,
    _bpm,
    _bpm_step,
    _per_cent,
    length,
    length_range,
    interval,
    _bars,
)
