"""Songs that the project's own arranger plays: every style pack, over chords, forms and tempi drawn at random."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from benchmarks.truth.band import Role, Slot, Strike
from benchmarks.truth.harmony import bars_of
from benchmarks.truth.singer import VOICES, Task
from benchmarks.truth.timing import Bar as PageBar
from benchmarks.truth.tune import compose
from contrafact.engine.arranging import StylePack, arrange, load_styles
from contrafact.engine.arranging.demonstration import demonstration_recipe
from contrafact.engine.arranging.timeline import Part
from contrafact.engine.arranging.timeline import Role as PartRole
from contrafact.engine.listening.chart import (
    PITCH_CLASSES,
    Bar,
    Beat,
    Chart,
    Chord,
    Key,
    Loudness,
    Metre,
    Section,
    SectionLabel,
    Tempo,
)
from training.data.chance import Chance, between, happens, one_of
from training.data.score import Line, Score

_ROLES: Final[Mapping[PartRole, Role]] = {
    "drums": "drums",
    "percussion": "drums",
    "bass": "bass",
    "chords": "comp",
    "arpeggio": "comp",
    "pad": "pad",
    "lead": "solo",
    "counter": "solo",
    "melody": "solo",
}
"""Effects (risers, impacts) belong to nobody and are left out."""
_TIMPANI: Final = 47
_DEGREES: Final = {
    "major": (("I", "IV", "V", "vi", "ii", "iii"), ("Imaj7", "IVmaj7", "V7", "vi7", "ii7", "bVII")),
    "minor": (("i", "iv", "bVI", "bVII", "bIII", "v"), ("i7", "iv7", "bVImaj7", "bVII7", "bIIImaj7", "V7")),
}
_LABELS: Final[tuple[SectionLabel, ...]] = ("verse", "chorus", "bridge", "solo", "intro")


def arranged_score(chance: Chance, seconds: float) -> Score:
    """A song of about so many seconds in one of the styles."""
    packs = load_styles()
    pack = packs[one_of(chance, sorted(packs))]
    beats, division = (4, 2) if happens(chance, 0.8) else one_of(chance, ((3, 2), (2, 3)))
    bpm = between(chance, 0.85 * pack.tempo.low_bpm, 1.1 * pack.tempo.high_bpm) / (1.5 if division == 3 else 1.0)
    bars = max(4, round(seconds * bpm / 60.0 / beats))
    tonic, mode = int(chance.integers(12)), one_of(chance, ("major", "minor"))
    sections = _sections(chance, bars)
    numerals = {label: _progression(chance, mode) for label, _ in sections}
    slots = _slots(sections, numerals, tonic, beats)
    chart = _chart(pack, sections, slots, bpm, (beats, division), (tonic, mode), chance)
    recipe = demonstration_recipe(pack, int(chance.integers(2**31)))
    timeline = arrange(chart, recipe, pack)
    lines = [line for part in timeline.parts if (line := _line(part)) is not None]
    voice = one_of(chance, [each for each in VOICES if each != "bass"])
    tasks = _tune(sections, slots, voice, (tonic, mode), bpm, (beats, division), chance)
    facts: dict[str, str | float] = {
        "bpm": round(bpm, 2),
        "key": f"{PITCH_CLASSES[tonic]} {mode}",
        "metre": f"{beats}x{division}",
        "style": pack.slug,
        "form": " ".join(f"{label}{count}" for label, count in sections),
    }
    return Score(lines, tasks, voice, timeline.duration_s, facts, frozenset({"style-packs"}))


def _sections(chance: Chance, bars: int) -> list[tuple[SectionLabel, int]]:
    found: list[tuple[SectionLabel, int]] = []
    left = bars
    while left > 0:
        count = min(left, int(one_of(chance, (4, 8, 8, 12, 16))))
        if left - count < 2:
            count = left
        found.append((one_of(chance, _LABELS), count))
        left -= count
    return found


def _progression(chance: Chance, mode: str) -> str:
    plain, rich = _DEGREES[mode]
    colours = rich if happens(chance, 0.4) else plain
    numerals = [one_of(chance, colours) for _ in range(one_of(chance, (2, 4, 4, 8)))]
    numerals[0] = one_of(chance, (colours[0], colours[0], numerals[0]))
    return "|".join(numerals)


def _slots(
    sections: Sequence[tuple[SectionLabel, int]], numerals: Mapping[SectionLabel, str], tonic: int, beats: int
) -> list[Slot]:
    found: list[Slot] = []
    for label, count in sections:
        chords = bars_of(numerals[label], tonic)
        for number in range(count):
            found.append(Slot(float(len(found) * beats), float(beats), chords[number % len(chords)][0]))
    return found


def _chart(
    pack: StylePack,
    sections: Sequence[tuple[SectionLabel, int]],
    slots: Sequence[Slot],
    bpm: float,
    metre: tuple[int, int],
    key: tuple[int, str],
    chance: Chance,
) -> Chart:
    beats, division = metre
    beat_s = 60.0 / bpm
    bar_s = beat_s * beats
    bars = tuple(
        Bar(
            index=number,
            start_s=number * bar_s,
            end_s=(number + 1) * bar_s,
            beats_s=tuple(number * bar_s + beat * beat_s for beat in range(beats)),
        )
        for number in range(len(slots))
    )
    written, first = [], 0
    for place, (label, count) in enumerate(sections):
        energy = {"intro": 0.2, "verse": 0.45, "bridge": 0.5, "solo": 0.8, "chorus": 1.0}[label]
        written.append(
            Section(
                start_s=first * bar_s,
                end_s=(first + count) * bar_s,
                first_bar=first,
                last_bar=first + count - 1,
                label=label,
                letter="ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place % 26],
                energy=float(np.clip(energy + chance.normal(0.0, 0.2), 0.0, 1.0)),
                confidence=1.0,
            )
        )
        first += count
    return Chart(
        duration_s=len(slots) * bar_s,
        content="music",
        content_confidence=1.0,
        tempo=Tempo(bpm=bpm, confidence=1.0, steady=True),
        tempo_curve=(),
        metre=Metre.model_validate({"beats_per_bar": beats, "confidence": 1.0, "division": division}),
        beats=tuple(Beat(time_s=time_s, position=n + 1) for bar in bars for n, time_s in enumerate(bar.beats_s)),
        bars=bars,
        key=Key.model_validate({"tonic": PITCH_CLASSES[key[0]], "mode": key[1], "confidence": 1.0}),
        chords=tuple(
            Chord(start_s=bar.start_s, end_s=bar.end_s, label=slot.chord.label, confidence=1.0)
            for bar, slot in zip(bars, slots, strict=True)
        ),
        sections=tuple(written),
        vocal_regions=(),
        loudness=Loudness(integrated_lufs=-14.0, true_peak_dbtp=-1.0),
    )


def _line(part: Part) -> Line | None:
    if part.role not in _ROLES or not part.notes or part.instrument.program == _TIMPANI:
        return None
    role = _ROLES[part.role]
    strikes = [
        Strike(role, note.pitch, note.velocity, note.start_s, note.start_s + max(0.04, note.duration_s))
        for note in part.notes
    ]
    kit = part.instrument.kind == "kit"
    return Line(role, strikes, None if kit else part.instrument.program, part.instrument.kit)


def _tune(
    sections: Sequence[tuple[SectionLabel, int]],
    slots: Sequence[Slot],
    voice: str,
    key: tuple[int, str],
    bpm: float,
    metre: tuple[int, int],
    chance: Chance,
) -> list[Task]:
    """What is sung over the verses, choruses and bridges."""
    beats, division = metre
    beat_s = 60.0 / bpm
    known = VOICES[voice]
    found: list[Task] = []
    first = 0
    for label, count in sections:
        if label in ("verse", "chorus", "bridge"):
            bars = [PageBar((first + n) * beats, beats, 3 if division == 3 else 2, 0) for n in range(count)]
            inside = list(slots[first : first + count])
            sung = compose(bars, inside, key[0], key[1], (known.low + 2, known.high - 2), beat_s, chance)
            found += [
                Task(
                    note.beat * beat_s + 0.3,
                    (note.beat + note.beats) * beat_s + 0.3,
                    note.key,
                    note.slurred,
                    note.phrase_end,
                    between(chance, 0.7, 1.0),
                )
                for note in sung
            ]
        first += count
    return found
