"""What an owner knows better than what was heard: a value of its own, laid over a chart and never over its making.

A correction says only what is known; :func:`contrafact.engine.listening.correcting.apply` derives the rest.
"""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contrafact.engine.errors import BadInput
from contrafact.engine.json_path import json_path
from contrafact.engine.listening.chart import PitchClass, SectionLabel

LARGEST_BYTES = 4 * 1024 * 1024
SLOWEST_BPM, FASTEST_BPM = 20.0, 400.0
MOST_BEATS, MOST_SPANS = 50_000, 1000
TOUCHING_S = 0.05
"""How far apart two spans may be that a person means to adjoin."""
ON_A_BEAT_S = 0.03
"""How far a downbeat may lie from the beat of the same owner that it means."""

Bpm = Annotated[float, Field(ge=SLOWEST_BPM, le=FASTEST_BPM)]
Time = Annotated[float, Field(ge=0.0, le=86_400.0)]
BeatsPerBar = Annotated[int, Field(ge=1, le=16)]
_FIFTHS: dict[str, PitchClass] = {
    "Cb": "B", "Db": "C#", "Eb": "D#", "Fb": "E", "Gb": "F#", "Ab": "G#", "Bb": "A#", "E#": "F", "B#": "C",
    "C": "C", "C#": "C#", "D": "D", "D#": "D#", "E": "E", "F": "F", "F#": "F#", "G": "G", "G#": "G#", "A": "A",
    "A#": "A#", "B": "B",
}  # fmt: skip


class BadCorrections(BadInput):
    """Corrections that contradict each other, the recording, or what every chart must satisfy."""


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class TempoCorrection(_Said):
    """A tempo in BPM (then the beats lie on one line), or the octave of the heard one; exactly one of the two."""

    bpm: Bpm | None = None
    octave: Literal["half", "double"] | None = None


class MetreCorrection(_Said):
    """As in :class:`contrafact.engine.listening.chart.Metre`."""

    beats_per_bar: BeatsPerBar
    division: Literal[2, 3] = 2


class BeatCorrection(_Said):
    """One beat; ``position`` counts from 1 within the bar, for all beats or for none."""

    time_s: Time
    position: BeatsPerBar | None = None


class KeyCorrection(_Said):
    tonic: PitchClass
    mode: Literal["major", "minor"]


class KeySpanCorrection(KeyCorrection):
    """A key from ``start_s`` to the next one or the end."""

    start_s: Time


class SectionCorrection(_Said):
    """A section from ``start_s`` to the next one or the end of the music.

    ``end_s`` may be said to be checked; without ``label`` it is what was heard there; ``letter`` is said for all
    sections or for none, equal labels sharing a letter then.
    """

    start_s: Time
    end_s: Time | None = None
    label: SectionLabel | None = None
    letter: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9']{0,3}$")] | None = None


class Corrections(_Said):
    """Everything that an owner said about one recording; what is None was not said."""

    corrections: Literal[1] = 1
    tempo: TempoCorrection | None = None
    downbeat_s: Time | None = None
    """A time at which a bar begins."""
    metre: MetreCorrection | None = None
    beats: Annotated[tuple[BeatCorrection, ...], Field(min_length=2, max_length=MOST_BEATS)] | None = None
    key: KeyCorrection | None = None
    keys: Annotated[tuple[KeySpanCorrection, ...], Field(min_length=1, max_length=MOST_SPANS)] | None = None
    sections: Annotated[tuple[SectionCorrection, ...], Field(min_length=1, max_length=MOST_SPANS)] | None = None

    @property
    def said(self) -> tuple[str, ...]:
        """Names of what was said."""
        names = ("tempo", "downbeat_s", "metre", "beats", "key", "keys", "sections")
        return tuple(name for name in names if getattr(self, name) is not None)

    @property
    def counted_beats(self) -> bool:
        """Whether the beats say their positions."""
        return self.beats is not None and self.beats[0].position is not None

    def document(self) -> dict[str, Any]:
        """As JSON values, only what was said."""
        return self.model_dump(mode="json", exclude_none=True)

    def canonical(self) -> bytes:
        """RFC 8785 canonical JSON: equal corrections give equal bytes."""
        return rfc8785.dumps(self.document())

    def digest(self) -> str:
        """SHA-256 of :meth:`canonical`, hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()


def amended(before: Corrections, more: Corrections) -> Corrections:
    """Both together; what ``more`` says takes the place of what ``before`` said about the same thing.

    A key takes the place of several and the other way round.
    """
    found = {name: getattr(before, name) for name in before.said}
    if more.key is not None or more.keys is not None:
        found.pop("key", None)
        found.pop("keys", None)
    return Corrections(**{**found, **{name: getattr(more, name) for name in more.said}})


def parse_corrections(document: bytes, name: str = "the document") -> Corrections:
    """Corrections as JSON, strictly.

    Raises
    ------
    BadCorrections
        When it is too large, not JSON, or says what corrections do not; with the field that is wrong.
    """
    if len(document) > LARGEST_BYTES:
        raise BadCorrections(f"{name} is larger than corrections can be ({LARGEST_BYTES // 2**20} MiB)")
    try:
        return Corrections.model_validate_json(document)
    except ValidationError as error:
        raise BadCorrections(f"{name} holds no corrections: {first_problem(error)}") from error


def first_problem(error: ValidationError) -> str:
    """The first thing that is wrong, with where it stands."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = json_path(first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"])


def parse_key(text: str) -> KeyCorrection:
    """A key as people write it: ``A minor``, ``Bb major``, ``F#m``, ``c-sharp minor``, ``E♭``.

    Raises
    ------
    BadCorrections
    """
    plain = text.strip().replace("♭", "b").replace("♯", "#")
    plain = re.sub(
        r"[\s-]*(sharp|flat)\b", lambda found: "#" if found[1].lower() == "sharp" else "b", plain, flags=re.I
    )
    found = re.fullmatch(r"([A-Ga-g])([#b]?)\s*:?\s*(major|minor|maj|min|m|M)?", plain)
    tonic = _FIFTHS.get(found[1].upper() + found[2]) if found else None
    if found is None or tonic is None:
        raise BadCorrections(f"{text[:40]!r} is not a key; write one such as “A minor” or “Bb major”")
    return KeyCorrection(tonic=tonic, mode="minor" if found[3] in ("minor", "min", "m") else "major")


def parse_metre(text: str) -> MetreCorrection:
    """A time signature: ``n/4`` or ``n/2`` with n beats, or ``6/8``, ``9/8``, ``12/8`` with beats that divide by three.

    Raises
    ------
    BadCorrections
    """
    found = re.fullmatch(r"\s*(\d{1,2})\s*/\s*(2|4|8)\s*", text)
    beats = int(found[1]) if found else 0
    if found is not None and found[2] != "8" and 1 <= beats <= 16:
        return MetreCorrection(beats_per_bar=beats)
    if found is not None and found[2] == "8" and beats % 3 == 0 and 6 <= beats <= 48:
        return MetreCorrection(beats_per_bar=beats // 3, division=3)
    raise BadCorrections(f"{text[:40]!r} is not a metre that can be counted; write one such as 3/4, 4/4, 5/4 or 6/8")


def parse_tempo(text: str) -> TempoCorrection:
    """A number of BPM, ``half`` or ``double``.

    Raises
    ------
    BadCorrections
    """
    plain = text.strip().lower()
    if plain == "half":
        return TempoCorrection(octave="half")
    if plain == "double":
        return TempoCorrection(octave="double")
    try:
        bpm = float(plain)
    except ValueError:
        bpm = math.nan
    if not SLOWEST_BPM <= bpm <= FASTEST_BPM:
        raise BadCorrections(
            f"{text[:40]!r} is not a tempo; give {SLOWEST_BPM:.0f} to {FASTEST_BPM:.0f} BPM, half or double"
        )
    return TempoCorrection(bpm=bpm)


def parse_sections(text: str, name: str = "the list") -> tuple[SectionCorrection, ...]:
    """Sections as a list, one a line: where it starts (seconds, or minutes:seconds), its label, and perhaps its letter.

    Empty lines and what follows a ``#`` are left out.

    Raises
    ------
    BadCorrections
        With the line that is not understood.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        start_s = _clock(words[0])
        if start_s is None or len(words) not in (2, 3):
            raise BadCorrections(
                f"{name}, line {number}: {line[:40]!r} is no section; write one such as “0:32.5 verse B”"
            )
        try:
            found.append(
                SectionCorrection.model_validate(
                    {"start_s": start_s, "label": words[1].lower(), "letter": words[2] if len(words) > 2 else None}
                )
            )
        except ValidationError as error:
            raise BadCorrections(f"{name}, line {number}: {first_problem(error)}") from error
    if not 0 < len(found) <= MOST_SPANS:
        raise BadCorrections(f"{name} has {len(found)} sections; a song has 1 to {MOST_SPANS}")
    return tuple(found)


def parse_time(text: str, what: str) -> float:
    """Seconds of a moment as people write it: ``95.2`` or ``1:35.2``.

    Raises
    ------
    BadCorrections
    """
    found = _clock(text.strip())
    if found is None or found > 86_400.0:
        raise BadCorrections(f"{what} {text[:40]!r} is not a time; give seconds, or minutes and seconds such as 1:35.2")
    return found


def _clock(text: str) -> float | None:
    """Seconds of ``95.2`` or ``1:35.2``; None for what is neither."""
    found = re.fullmatch(r"(?:(\d{1,4}):)?(\d{1,6}(?:\.\d{1,9})?)", text)
    return None if found is None else 60.0 * int(found[1] or 0) + float(found[2])


def require_consistent(said: Corrections, duration_s: float) -> None:
    """Refuse corrections that contradict each other or lie outside a recording of ``duration_s``.

    Raises
    ------
    BadCorrections
        One sentence: what contradicts what.
    """
    if said.tempo is not None:
        _check_tempo(said.tempo, said)
    if said.downbeat_s is not None and said.downbeat_s >= duration_s:
        raise BadCorrections(
            f"the downbeat at {said.downbeat_s:g} s lies outside the recording, which lasts {duration_s:.1f} s"
        )
    if said.beats is not None:
        _check_beats(said.beats, said, duration_s)
    if said.key is not None and said.keys is not None:
        raise BadCorrections(
            "a key for the whole song and keys for parts of it contradict each other; give one of them"
        )
    if said.keys is not None:
        _check_starts("key", [item.start_s for item in said.keys], duration_s)
        if said.keys[0].start_s > TOUCHING_S:
            raise BadCorrections("the first key must hold from the start of the recording; give it the start 0")
    if said.sections is not None:
        _check_sections(said.sections, duration_s)


def _check_tempo(tempo: TempoCorrection, said: Corrections) -> None:
    if (tempo.bpm is None) == (tempo.octave is None):
        raise BadCorrections("a tempo is either a number of BPM or half or double what was heard; give one of them")
    if said.beats is not None:
        raise BadCorrections("a tempo and the beats themselves contradict each other; give one of them")


def _check_beats(beats: Sequence[BeatCorrection], said: Corrections, duration_s: float) -> None:
    _check_starts("beat", [beat.time_s for beat in beats], duration_s)
    gaps = sorted(b.time_s - a.time_s for a, b in pairwise(beats))
    bpm = 60.0 / gaps[len(gaps) // 2]
    if not SLOWEST_BPM <= bpm <= FASTEST_BPM:
        raise BadCorrections(
            f"the beats run at {bpm:.0f} BPM; beats between {SLOWEST_BPM:.0f} and {FASTEST_BPM:.0f} BPM can be counted"
        )
    if len({beat.position is None for beat in beats}) > 1:
        raise BadCorrections("some beats say their place in the bar and some do not; say it for all or for none")
    if not said.counted_beats:
        return
    places = [beat.position or 1 for beat in beats]
    for index, (one, two) in enumerate(pairwise(places)):
        if two not in (1, one + 1):
            raise BadCorrections(
                f"beat {two} of a bar follows beat {one} at {beats[index + 1].time_s:g} s; "
                "places count 1, 2, 3 … in every bar"
            )
    if 1 not in places:
        raise BadCorrections("none of the beats begins a bar; give one of them the place 1")
    firsts = [index for index, place in enumerate(places) if place == 1]
    sizes = Counter(b - a for a, b in pairwise(firsts))
    if said.metre is not None and sizes and said.metre.beats_per_bar not in sizes:
        raise BadCorrections(
            f"a metre of {said.metre.beats_per_bar} beats and beats that count bars of "
            f"{sizes.most_common(1)[0][0]} contradict each other; give one of them"
        )
    first_beats = [beats[index].time_s for index in firsts]
    if said.downbeat_s is not None and min(abs(time - said.downbeat_s) for time in first_beats) > ON_A_BEAT_S:
        raise BadCorrections(
            f"the downbeat at {said.downbeat_s:g} s and beats that count bars elsewhere contradict each other; "
            "give one of them"
        )


def _check_sections(sections: Sequence[SectionCorrection], duration_s: float) -> None:
    _check_starts("section", [item.start_s for item in sections], duration_s)
    for item in sections:
        if item.end_s is not None and item.end_s > duration_s + TOUCHING_S:
            raise BadCorrections(
                f"the section at {item.start_s:g} s ends at {item.end_s:g} s, after the recording ({duration_s:.1f} s)"
            )
        if item.end_s is not None and item.end_s <= item.start_s:
            raise BadCorrections(f"the section at {item.start_s:g} s ends before it begins")
    for one, two in pairwise(sections):
        if one.end_s is not None and one.end_s > two.start_s + TOUCHING_S:
            raise BadCorrections(f"the sections at {one.start_s:g} s and {two.start_s:g} s overlap")
        if one.end_s is not None and one.end_s < two.start_s - TOUCHING_S:
            raise BadCorrections(
                f"between {one.end_s:g} s and {two.start_s:g} s there is no section; say what is there"
            )
    if len({item.letter is None for item in sections}) > 1:
        raise BadCorrections("some sections have a letter and some have none; give it to all or to none")


def _check_starts(what: str, starts_s: Sequence[float], duration_s: float) -> None:
    for one, two in pairwise(starts_s):
        if two <= one:
            raise BadCorrections(
                f"the {what} at {two:g} s comes after the one at {one:g} s; give them in order of time"
            )
    if starts_s[-1] >= duration_s:
        raise BadCorrections(
            f"the {what} at {starts_s[-1]:g} s lies outside the recording, which lasts {duration_s:.1f} s"
        )
