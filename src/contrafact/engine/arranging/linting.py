"""What a musician would say about a style pack: where it will sound poor although it can be played."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from contrafact.engine.arranging.arrange import arrange
from contrafact.engine.arranging.demonstration import demonstration_chart, demonstration_recipe
from contrafact.engine.arranging.notation import clean
from contrafact.engine.arranging.pack import LEVELS, PitchedPart, StylePack
from contrafact.engine.arranging.players import MOST_WANDER_MS

Severity = Literal["error", "warning"]

_MUD_BELOW = 48
"""C3: below it chords are mud, unless they are bare fifths."""
_POWER_BELOW = 36
_BASS_SPAN = (23, 67)
_LOUDEST_DB = 9.0
_WIDEST_DB = 20.0
_FEW_BEATS = (3, 6)

_RANGES: tuple[tuple[range, int, int], ...] = (
    (range(8), 21, 108),
    (range(8, 16), 45, 108),
    (range(16, 24), 36, 96),
    (range(24, 32), 38, 88),
    (range(32, 38), 23, 67),
    (range(40, 41), 55, 103),
    (range(41, 42), 48, 93),
    (range(42, 43), 36, 81),
    (range(43, 44), 24, 67),
    (range(44, 52), 28, 103),
    (range(52, 55), 40, 84),
    (range(56, 57), 52, 86),
    (range(57, 58), 34, 77),
    (range(58, 59), 24, 62),
    (range(59, 60), 52, 86),
    (range(60, 61), 34, 79),
    (range(61, 64), 34, 91),
    (range(64, 65), 54, 91),
    (range(65, 66), 47, 84),
    (range(66, 67), 42, 79),
    (range(67, 68), 34, 72),
    (range(68, 69), 57, 93),
    (range(69, 70), 50, 86),
    (range(70, 71), 33, 77),
    (range(71, 72), 48, 94),
    (range(72, 73), 72, 108),
    (range(73, 80), 55, 98),
    (range(104, 112), 36, 96),
)
"""General MIDI programs (from 0) with the lowest and highest notes of the instrument; synthesisers have no bounds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: where (a path such as ``parts[2].low``), what, and the line of the file where it is known."""

    severity: Severity
    place: str
    message: str
    line: int | None = None


def lint(pack: StylePack, kits: Collection[str], families: Collection[str]) -> list[Finding]:
    """Everything that stands out in a valid pack, errors first.

    Parameters
    ----------
    kits, families
        Names of drum kits, and words for instruments, that there are.
    """
    found = [*_mistakes(pack, kits), *_time(pack), *_drums(pack), *_parts(pack, families), *_mix(pack)]
    if not any(finding.severity == "error" for finding in found):
        found += _as_played(pack)
    return sorted(found, key=lambda finding: finding.severity == "warning")


def shared_words(packs: Mapping[str, StylePack]) -> list[tuple[str, Finding]]:
    """Words that mean two styles, as (slug of the later one, finding)."""
    owners: dict[str, str] = {}
    found = []
    for slug, pack in packs.items():
        for place, word in enumerate(pack.words):
            if word in owners:
                message = f"the word {word!r} already means {owners[word]}; a word means one style"
                found.append((slug, Finding("error", f"words[{place}]", message)))
            owners.setdefault(word, slug)
    return found


def _warn(place: str, message: str) -> Finding:
    return Finding("warning", place, message)


def _mistakes(pack: StylePack, kits: Collection[str]) -> Iterator[Finding]:
    if pack.drums.kit not in kits:
        yield Finding(
            "error", "drums.kit", f"there is no kit {pack.drums.kit!r}; the kits are {', '.join(sorted(kits))}"
        )
    for place, groove in enumerate(pack.grooves):
        if not any(set(clean(steps)) - {"."} for steps in groove.lines.values()):
            yield Finding("error", f"grooves[{place}]", f"{groove.name} is silent: every step of it rests")


def _time(pack: StylePack) -> Iterator[Finding]:
    if pack.humanise.timing_ms > MOST_WANDER_MS:
        yield _warn("humanise.timing_ms", f"players stray {MOST_WANDER_MS:g} ms at most; write that or less")
    if pack.tempo.high_bpm < 1.05 * pack.tempo.low_bpm:
        yield _warn("tempo", "the range is so narrow that most songs are felt outside it")
    if pack.feel.swing > 0.5 and pack.feel.swing_unit == "sixteenth" and pack.tempo.typical_bpm > 150:
        yield _warn("feel.swing", "sixteenths as quick as this cannot be heard to swing; swing eighths")


def _drums(pack: StylePack) -> Iterator[Finding]:
    plain = [groove for groove in pack.grooves if groove.beats == 4 and groove.division == 2 and not groove.sections]
    for level in LEVELS:
        mine = [groove for groove in plain if level in groove.levels]
        if len(mine) == 1:
            yield _warn("grooves", f"level {level} has a single groove of 4 beats; it never varies. Write another")
        if len({tuple(sorted((line, clean(s)) for line, s in groove.lines.items())) for groove in mine}) < len(mine):
            yield _warn("grooves", f"two grooves of level {level} are the same, stroke by stroke")
        for size in ("small", "big"):
            if not any(fill.size == size and level in fill.levels for fill in pack.fills):
                yield _warn("fills", f"no {size} fill for level {level}; nothing leads into what is new")
    for beats in _FEW_BEATS:
        if not any(groove.beats == beats for groove in pack.grooves):
            yield _warn("grooves", f"no groove of {beats} beats; songs in {beats} get pieces of those of 4")


def _parts(pack: StylePack, families: Collection[str]) -> Iterator[Finding]:
    roles = {part.role for part in pack.parts}
    for role in ("bass", "chords"):
        if role not in roles:
            yield _warn("parts", f"no {role} part; where the recording's own is dropped nobody takes its place")
    for place, part in enumerate(pack.parts):
        where = f"parts[{place}]"
        yield from _range(part, where)
        unknown = [word for word in part.families if word not in families]
        if unknown:
            yield _warn(f"{where}.families", f"{part.name}: nobody says {unknown[0]!r}; see styles/instruments.toml")
        if part.role in ("bass", "chords"):
            for level in LEVELS:
                if not any(pattern.beats == 4 and level in pattern.levels for pattern in part.patterns):
                    yield _warn(f"{where}.patterns", f"{part.name} has none of 4 beats for level {level}")
            for beats in _FEW_BEATS:
                if not any(pattern.beats == beats for pattern in part.patterns):
                    yield _warn(f"{where}.patterns", f"{part.name} has none of {beats} beats")
        for number, pattern in enumerate(part.patterns):
            if not set(clean(pattern.steps)) - {".", "-"}:
                yield _warn(f"{where}.patterns[{number}]", f"{part.name}: every step of it rests")


def _range(part: PitchedPart, where: str) -> Iterator[Finding]:
    if part.role in ("chords", "pad", "arpeggio"):
        lowest = _POWER_BELOW if part.voicing == "power" else _MUD_BELOW
        if part.low < lowest:
            yield _warn(f"{where}.low", f"{part.name} reaches down to {part.low}: chords below {lowest} are mud")
    if part.role == "bass" and not _BASS_SPAN[0] <= part.low < part.high <= _BASS_SPAN[1]:
        yield _warn(f"{where}.low", f"{part.name}: a bass lies between {_BASS_SPAN[0]} and {_BASS_SPAN[1]}")
    for programs, low, high in _RANGES:
        if part.program in programs and (part.low < low or part.high > high):
            message = f"{part.name}: {part.low} to {part.high} leaves the instrument's range, {low} to {high}"
            yield _warn(f"{where}.low" if part.low < low else f"{where}.high", message)


def _mix(pack: StylePack) -> Iterator[Finding]:
    gains = {"drums.channel": pack.drums.channel.gain_db}
    gains |= {f"parts[{place}].channel": part.channel.gain_db for place, part in enumerate(pack.parts)}
    for where, gain_db in gains.items():
        if gain_db > _LOUDEST_DB:
            yield _warn(f"{where}.gain_db", f"{gain_db:+g} dB stands far out; lower the others instead")
    loudest = max(gains.values())
    for where, gain_db in gains.items():
        if loudest - gain_db > _WIDEST_DB:
            yield _warn(f"{where}.gain_db", f"{loudest - gain_db:.0f} dB below the loudest part: it will not be heard")


def _as_played(pack: StylePack) -> Iterator[Finding]:
    """What stands out when the band plays a song."""
    chart = demonstration_chart(pack)
    timeline = arrange(chart, demonstration_recipe(pack), pack)
    heard = {part.name: part.notes for part in timeline.parts}
    for place, part in enumerate(pack.parts):
        special = bool(part.sections) or part.role in ("lead", "counter")
        if not special and part.name not in heard and part.energy[1] > 0.3:
            yield _warn(f"parts[{place}]", f"{part.name} plays in no section of an ordinary song; widen its energy")
    for section, level in zip(chart.sections, LEVELS, strict=True):
        for name, what in (("drums", "drums"), *((part.name, "bass") for part in pack.parts if part.role == "bass")):
            notes = [note for note in heard.get(name, ()) if section.start_s <= note.start_s < section.end_s]
            if len(notes) < 8:
                yield _warn(what, f"level {level} has hardly any {what}: {len(notes)} notes in 16 bars")
