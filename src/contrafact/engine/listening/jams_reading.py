"""What a JAMS file says about a song, as corrections: hostile until parsed strictly.

Read are ``beat`` or ``beat_position``, ``tempo``, ``key_mode``, ``segment_salami_function`` and ``segment_open``; other
namespaces are let be. What would have to be guessed is refused.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal, NoReturn, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contrafact.engine.listening.chart import SectionLabel
from contrafact.engine.listening.corrections import (
    FASTEST_BPM,
    MOST_BEATS,
    MOST_SPANS,
    SLOWEST_BPM,
    TOUCHING_S,
    BadCorrections,
    Corrections,
    first_problem,
    parse_key,
)

LARGEST_BYTES = 16 * 1024 * 1024
_MOST_ANNOTATIONS = 1000
_READ = ("beat", "beat_position", "tempo", "key_mode", "segment_salami_function", "segment_open")
_SAME_S = 0.001
_SAME_TEMPO = 0.04
_SAME_LENGTH_S = 1.0
_LETTER = re.compile(r"[A-Z][0-9']{0,2}")
_SILENT = ("silence", "end", "no_function", "applause", "crowd_sounds", "stage_sounds", "count-in")
"""What stands before or after the music, and is no section of it."""
_WORDS: dict[str, SectionLabel] = {
    **{label: label for label in get_args(SectionLabel)},
    "introduction": "intro",
    "refrain": "chorus",
    "interlude": "break",
    "breakdown": "break",
    "coda": "outro",
    "fadeout": "outro",
    "fade-out": "outro",
    "ending": "outro",
    "middle eight": "bridge",
    "middle 8": "bridge",
}


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class _Observation(_Model):
    time: Annotated[float, Field(ge=0.0, le=86_400.0)]
    duration: Annotated[float, Field(ge=0.0, le=86_400.0)]
    value: Any = None


class _Position(_Model):
    position: Annotated[float, Field(ge=1.0, le=48.0)]
    num_beats: Annotated[int, Field(ge=1, le=48)]
    beat_units: Literal[1, 2, 4, 8, 16, 32, 64, 128, 256]


class _Observations(_Model):
    data: Annotated[tuple[_Observation, ...], Field(max_length=MOST_BEATS)]


@dataclass(frozen=True, slots=True)
class _Beats:
    times_s: tuple[float, ...]
    positions: tuple[int | None, ...]
    division: Literal[2, 3] | None


def from_jams(document: bytes, duration_s: float | None = None, name: str = "the JAMS file") -> Corrections:
    """Corrections out of a JAMS document.

    Parameters
    ----------
    document : bytes
    duration_s : float, optional
        Of the recording: a file that says another length is another recording's.
    name : str
        For messages.

    Returns
    -------
    Corrections
        Of beats (a lone tempo where there are none), key and sections, as far as the file says them; they have still to
        be laid over a chart.

    Raises
    ------
    BadCorrections
        When it is too large, not JAMS, out of order, contradicts itself, or says something that a chart cannot hold.
    """

    def refuse(problem: str) -> NoReturn:
        raise BadCorrections(f"{name}: {problem}")

    annotations = _annotations(document, duration_s, refuse)
    beats = _beats(annotations, refuse)
    found: dict[str, Any] = {}
    if beats is not None:
        found["beats"] = [
            {"time_s": time, "position": position}
            for time, position in zip(beats.times_s, beats.positions, strict=True)
        ]
        if beats.division is not None:
            found["metre"] = {"beats_per_bar": _usual_bar(beats.positions), "division": beats.division}
    _add_tempo(found, annotations.get("tempo", ()), refuse)
    _add_keys(found, annotations.get("key_mode", ()), refuse)
    _add_sections(found, annotations, refuse)
    if not found:
        refuse(f"it says nothing of beats, tempo, key or sections (namespaces {', '.join(_READ)})")
    try:
        return Corrections.model_validate(found)
    except ValidationError as error:
        raise BadCorrections(f"{name}: {first_problem(error)}") from error


Refuse = Callable[[str], NoReturn]
Annotations = dict[str, tuple[_Observation, ...]]


def _annotations(document: bytes, duration_s: float | None, refuse: Refuse) -> Annotations:
    """The observations of every namespace that is read; those without any left out."""
    if len(document) > LARGEST_BYTES:
        refuse(f"it is larger than {LARGEST_BYTES // 2**20} MiB")
    try:
        root = json.loads(document)
    except (ValueError, RecursionError):
        refuse("it is not JSON")
    listed = root.get("annotations") if isinstance(root, dict) else None
    if not isinstance(listed, list):
        refuse("it is not JAMS: it has no list of annotations")
    if len(listed) > _MOST_ANNOTATIONS:
        refuse(f"it has more than {_MOST_ANNOTATIONS} annotations")
    _check_length(root.get("file_metadata"), duration_s, refuse)
    found: Annotations = {}
    for annotation in listed:
        namespace = annotation.get("namespace") if isinstance(annotation, dict) else None
        if namespace not in _READ:
            continue
        try:
            data = _Observations.model_validate({"data": annotation.get("data")}).data
        except ValidationError as error:
            refuse(f"the annotation {namespace!r}: {first_problem(error)}")
        if data and namespace in found:
            refuse(f"it has several annotations {namespace!r}; leave only the one that is right")
        if data:
            _check_order(namespace, data, refuse)
            found[namespace] = data
    return found


def _check_length(metadata: Any, duration_s: float | None, refuse: Refuse) -> None:
    said = metadata.get("duration") if isinstance(metadata, dict) else None
    if duration_s is None or isinstance(said, bool) or not isinstance(said, int | float):
        return
    # Compared the other way round, a number that is none (NaN) would pass; whole numbers may be too long for a float.
    if not duration_s - _SAME_LENGTH_S <= said <= duration_s + _SAME_LENGTH_S:
        refuse(f"it is about a recording of {str(said)[:12]} s, and this one lasts {duration_s:.1f} s")


def _check_order(namespace: str, data: Sequence[_Observation], refuse: Refuse) -> None:
    for one, two in pairwise(data):
        if two.time <= one.time:
            refuse(f"the annotation {namespace!r} is not in order of time at {two.time:g} s")


def _beats(annotations: Annotations, refuse: Refuse) -> _Beats | None:
    plain, placed = annotations.get("beat"), annotations.get("beat_position")
    if placed is None:
        return None if plain is None else _plain_beats(plain, refuse)
    found = _placed_beats(placed, refuse)
    if plain is not None:
        other = _plain_beats(plain, refuse)
        near = len(other.times_s) == len(found.times_s) and all(
            abs(a - b) <= _SAME_S for a, b in zip(other.times_s, found.times_s, strict=True)
        )
        if not near or (None not in other.positions and other.positions != found.positions):
            refuse("'beat' and 'beat_position' contradict each other; correct both or leave one out")
    return found


def _plain_beats(data: Sequence[_Observation], refuse: Refuse) -> _Beats:
    if len(data) < 2:
        refuse("it has a single beat; a grid has at least two")
    positions: list[int | None] = []
    for item in data:
        value = item.value
        whole = isinstance(value, int | float) and not isinstance(value, bool) and value in range(1, 17)
        if value is not None and not whole:
            refuse(f"the beat at {item.time:g} s is no whole number from 1 to 16 of its bar")
        positions.append(None if value is None else int(value))
    return _Beats(tuple(item.time for item in data), tuple(positions), None)


def _placed_beats(data: Sequence[_Observation], refuse: Refuse) -> _Beats:
    if len(data) < 2:
        refuse("it has a single beat; a grid has at least two")
    try:
        places = [_Position.model_validate(item.value) for item in data]
    except ValidationError as error:
        refuse(f"a place in 'beat_position': {first_problem(error)}")
    compound = [place.beat_units == 8 and place.num_beats >= 6 and place.num_beats % 3 == 0 for place in places]
    if len(set(compound)) > 1:
        refuse("simple and compound metres in one song cannot be taken from a file; leave 'beat_position' out")
    positions = []
    for place, item in zip(places, data, strict=True):
        position = (place.position + 2.0) / 3.0 if compound[0] else place.position
        if position not in range(1, 17):
            refuse(f"the beat at {item.time:g} s has no whole place in its bar")
        positions.append(int(position))
    return _Beats(tuple(item.time for item in data), tuple(positions), 3 if compound[0] else 2)


def _usual_bar(positions: Sequence[int | None]) -> int:
    """The commonest number of beats between two first ones; the highest place where there are no two."""
    firsts = [index for index, position in enumerate(positions) if position == 1]
    sizes = Counter(b - a for a, b in pairwise(firsts))
    return sizes.most_common(1)[0][0] if sizes else max(position or 1 for position in positions)


def _add_tempo(found: dict[str, Any], data: Sequence[_Observation], refuse: Refuse) -> None:
    tempi: list[float] = []
    for item in data:
        if isinstance(item.value, bool) or not isinstance(item.value, int | float):
            refuse(f"the tempo at {item.time:g} s is no number")
        if not SLOWEST_BPM <= item.value <= FASTEST_BPM:
            refuse(f"the tempo at {item.time:g} s is not between {SLOWEST_BPM:.0f} and {FASTEST_BPM:.0f} BPM")
        tempi.append(float(item.value))
    if not tempi:
        return
    if "beats" not in found:
        if max(tempi) - min(tempi) > 0.01:
            refuse("its tempo changes, and it has no beats to say where; add the beats")
        found["tempo"] = {"bpm": tempi[0]}
    elif len(tempi) == 1:
        times = [beat["time_s"] for beat in found["beats"]]
        gaps = sorted(b - a for a, b in pairwise(times))
        if abs(tempi[0] * gaps[len(gaps) // 2] / 60.0 - 1.0) > _SAME_TEMPO:
            refuse("its tempo and its beats contradict each other; correct both or leave the tempo out")


def _add_keys(found: dict[str, Any], data: Sequence[_Observation], refuse: Refuse) -> None:
    spans = [item for item in data if item.value != "N"]
    keys = []
    for item in spans:
        text = item.value if isinstance(item.value, str) else ""
        if not re.fullmatch(r"[A-G][b#]?:(major|minor)", text):
            refuse(f"the key {str(item.value)[:20]!r} at {item.time:g} s is neither major nor minor")
        keys.append(parse_key(text))
    if len(keys) == 1:
        found["key"] = keys[0]
    elif keys:
        _check_adjoining("keys", spans, refuse)
        found["keys"] = [
            {"start_s": item.time, "tonic": key.tonic, "mode": key.mode} for item, key in zip(spans, keys, strict=True)
        ]


def _add_sections(found: dict[str, Any], annotations: Annotations, refuse: Refuse) -> None:
    functions = _inside(annotations.get("segment_salami_function", ()))
    opened = _inside(annotations.get("segment_open", ()))
    spans = functions or opened
    if not spans:
        return
    if len(spans) > MOST_SPANS:
        refuse(f"it has more than {MOST_SPANS} sections")
    _check_adjoining("sections", spans, refuse)
    letters = [str(item.value) for item in opened if isinstance(item.value, str) and _LETTER.fullmatch(item.value)]
    lettered = len(letters) == len(opened) == len(spans) and all(
        abs(one.time - two.time) <= TOUCHING_S for one, two in zip(opened, spans, strict=True)
    )
    worded = bool(functions) or not lettered
    found["sections"] = [
        {
            "start_s": item.time,
            "end_s": item.time + item.duration if item.duration else None,
            "label": _label(item, refuse) if worded else None,
            "letter": letters[number] if lettered else None,
        }
        for number, item in enumerate(spans)
    ]


def _inside(data: Sequence[_Observation]) -> list[_Observation]:
    """Segments without what is no music before and after them."""
    first, last = 0, len(data)
    while first < last and data[first].value in _SILENT:
        first += 1
    while last > first and data[last - 1].value in _SILENT:
        last -= 1
    return list(data[first:last])


def _label(item: _Observation, refuse: Refuse) -> SectionLabel:
    text = item.value if isinstance(item.value, str) else ""
    label = _WORDS.get(re.sub(r"[\s_-]*[0-9]*$", "", text.strip().lower())) or _WORDS.get(text.strip().lower())
    if label is None:
        refuse(
            f"the section {str(item.value)[:20]!r} at {item.time:g} s is none of {', '.join(get_args(SectionLabel))}"
        )
    return label


def _check_adjoining(what: str, spans: Sequence[_Observation], refuse: Refuse) -> None:
    for one, two in pairwise(spans):
        if one.duration and abs(one.time + one.duration - two.time) > TOUCHING_S:
            wrong = "overlap" if one.time + one.duration > two.time else "leave a gap"
            refuse(f"its {what} {wrong} before {two.time:g} s")
