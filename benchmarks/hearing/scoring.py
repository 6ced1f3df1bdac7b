"""How right an answer is, by the definitions of mir_eval.

Conventions
-----------
Every score is a float where 1 is perfect, except ``swing_error`` (0 is). A score is None where the song has nothing to
judge (no voice, no change of key) or the listener does not answer the question at all. Beats are judged from the first
second on, not from the fifth as ``mir_eval.beat.evaluate`` would. Segmentation is trimmed as usual: the song's
beginning and end are not boundaries to be found.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import mir_eval
import numpy as np
from numpy.typing import NDArray

from benchmarks.truth import TrueSong

Floats = NDArray[np.float64]
Answer = dict[str, Any]
Scores = dict[str, float | None]

_NEAR_S: Final = 3.0
_STEP_S: Final = 0.1
DRUMS: Final = ("kick", "snare", "hihat")


def score(song: TrueSong, answer: Answer) -> Scores:
    """All rows for one song."""
    return {name: judge(song, answer) for name, judge in ROWS.items()}


def _beats(song: TrueSong, answer: Answer) -> float | None:
    return _f_of_beats(song.beats_s, answer.get("beats"))


def _downbeats(song: TrueSong, answer: Answer) -> float | None:
    return _f_of_beats(song.downbeats_s, answer.get("downbeats"))


def _f_of_beats(true: Floats, heard: list[float] | None) -> float | None:
    if heard is None:
        return None
    return float(mir_eval.beat.f_measure(true, np.array(sorted(heard), dtype=np.float64))) if heard else 0.0


def _metre(song: TrueSong, answer: Answer) -> float | None:
    """Beats to the bar and their division; who does not tell the division is not asked for it."""
    if answer.get("metre") is None:
        return None
    main = max(
        {(metre.beats_per_bar, metre.division) for metre in song.metres},
        key=lambda kind: sum(
            metre.end_s - metre.start_s for metre in song.metres if (metre.beats_per_bar, metre.division) == kind
        ),
    )
    beats, division = answer["metre"]
    return float(beats == main[0] and division in (None, main[1]))


def _tempo(song: TrueSong, answer: Answer) -> float | None:
    return None if answer.get("tempo") is None else float(abs(answer["tempo"] / song.tempo_bpm - 1.0) < 0.005)


def _key(song: TrueSong, answer: Answer) -> float | None:
    if answer.get("key") is None:
        return None
    lengths: dict[str, float] = {}
    for span in song.keys:
        lengths[span.label] = lengths.get(span.label, 0.0) + span.end_s - span.start_s
    return float(mir_eval.key.weighted_score(max(lengths, key=lambda name: lengths[name]), answer["key"]))


def _chords(kind: str) -> Callable[[TrueSong, Answer], float | None]:
    def judge(song: TrueSong, answer: Answer) -> float | None:
        heard = answer.get("chords")
        if heard is None:
            return None
        if not heard:
            return 0.0
        true, labels = _intervals(song.chords), [span.label for span in song.chords]
        mine, names = np.array([row[:2] for row in heard], dtype=np.float64), [row[2] for row in heard]
        mine, names = mir_eval.util.adjust_intervals(mine, names, true.min(), true.max(), "N", "N")
        both, left, right = mir_eval.util.merge_labeled_intervals(true, labels, mine, names)
        compare = mir_eval.chord.majmin if kind == "majmin" else mir_eval.chord.sevenths
        return float(mir_eval.chord.weighted_accuracy(compare(left, right), mir_eval.util.intervals_to_durations(both)))

    return judge


def _intervals(spans: Sequence[Any]) -> Floats:
    return np.array([(span.start_s, span.end_s) for span in spans], dtype=np.float64)


def _divided(song: TrueSong, answer: Answer) -> tuple[Floats, Floats] | None:
    """True and heard sections from 0 to the same end."""
    heard = answer.get("sections")
    if not heard:
        return None
    true, mine = _intervals(song.sections), np.array([row[:2] for row in heard], dtype=np.float64)
    end_s = max(song.audio.duration_s, float(mine.max()))
    for spans in (true, mine):
        spans[0, 0], spans[-1, 1] = 0.0, end_s
        spans[1:, 0] = spans[:-1, 1]
    return true, mine


def _boundaries(window_s: float) -> Callable[[TrueSong, Answer], float | None]:
    def judge(song: TrueSong, answer: Answer) -> float | None:
        both = _divided(song, answer)
        if both is None:
            return None
        if len(both[1]) < 2:
            return 0.0
        return float(mir_eval.segment.detection(*both, window=window_s, trim=True)[2])

    return judge


def _letters(song: TrueSong, answer: Answer) -> float | None:
    both = _divided(song, answer)
    letters = answer.get("letters") or [row[2] for row in answer.get("sections", [])]
    if both is None or not any(letters):
        return None
    true = [section.letter for section in song.sections]
    return float(mir_eval.segment.pairwise(both[0], true, both[1], letters)[2])


def _labels(song: TrueSong, answer: Answer) -> float | None:
    both = _divided(song, answer)
    if both is None or not any(row[2] for row in answer["sections"]):
        return None
    moments = np.arange(song.sections[0].start_s + _STEP_S / 2, song.sections[-1].end_s, _STEP_S)
    true = [song.sections[index].label for index in np.searchsorted(both[0][:, 0], moments, side="right") - 1]
    mine = [answer["sections"][index][2] for index in np.searchsorted(both[1][:, 0], moments, side="right") - 1]
    return float(np.mean([one == other for one, other in zip(true, mine, strict=True)]))


def matched_notes(song: TrueSong, answer: Answer) -> list[tuple[int, int]]:
    """Pairs of true and heard notes: onset within 50 ms, pitch within 50 cents, ends not asked."""
    true, mine = _intervals(song.melody), np.array([row[:2] for row in answer["melody"]], dtype=np.float64)
    pairs: list[tuple[int, int]] = mir_eval.transcription.match_notes(
        true,
        mir_eval.util.midi_to_hz(np.array([note.pitch_midi for note in song.melody])),
        mine,
        mir_eval.util.midi_to_hz(np.array([row[2] for row in answer["melody"]])),
        onset_tolerance=0.05,
        pitch_tolerance=50.0,
        offset_ratio=None,
    )
    return pairs


def _melody(song: TrueSong, answer: Answer) -> float | None:
    if answer.get("melody") is None or not song.melody:
        return None
    if not answer["melody"]:
        return 0.0
    return 2.0 * len(matched_notes(song, answer)) / (len(song.melody) + len(answer["melody"]))


def matched_hits(song: TrueSong, answer: Answer, drum: str) -> tuple[list[float], list[Any], list[tuple[int, int]]]:
    """True times, heard strokes and matching pairs (50 ms) of one drum."""
    true = sorted(hit.time_s for hit in song.drum_hits if hit.drum == drum)
    mine = sorted((row for row in answer["drums"] if row[1] == drum), key=lambda row: row[0])
    if not true or not mine:
        return true, mine, []
    return true, mine, mir_eval.util.match_events(np.array(true), np.array([row[0] for row in mine]), 0.05)


def _drums(names: Sequence[str]) -> Callable[[TrueSong, Answer], float | None]:
    def judge(song: TrueSong, answer: Answer) -> float | None:
        if answer.get("drums") is None or not song.drum_hits:
            return None
        found = [matched_hits(song, answer, drum) for drum in names]
        total = sum(len(true) + len(mine) for true, mine, _ in found)
        return 2.0 * sum(len(pairs) for _, _, pairs in found) / total if total else None

    return judge


def _swing(song: TrueSong, answer: Answer) -> float | None:
    """Who says nothing of swing says straight."""
    if "swing" not in answer or song.swing is None:
        return None
    return abs(float(answer["swing"] or 0.5) - song.swing)


def _key_changes(song: TrueSong, answer: Answer) -> float | None:
    if answer.get("keys") is None or len(song.keys) < 2:
        return None
    found = [
        any(abs(row[0] - span.start_s) <= _NEAR_S and row[2] == span.label for row in answer["keys"][1:])
        for span in song.keys[1:]
    ]
    return float(np.mean(found))


def _metre_changes(song: TrueSong, answer: Answer) -> float | None:
    if answer.get("metres") is None or len(song.metres) < 2:
        return None
    found = [
        any(
            abs(row[0] - span.start_s) <= _NEAR_S and (row[2], row[3]) == (span.beats_per_bar, span.division)
            for row in answer["metres"][1:]
        )
        for span in song.metres[1:]
    ]
    return float(np.mean(found))


def _vocals(song: TrueSong, answer: Answer) -> float | None:
    """F over frames of 10 ms; a song that nobody sings in is right only when nobody is heard."""
    if answer.get("vocal_regions") is None:
        return None
    frames = round(song.audio.duration_s * 100)
    true, mine = np.zeros(frames, bool), np.zeros(frames, bool)
    for flags, spans in ((true, song.vocal_regions), (mine, answer["vocal_regions"])):
        for start_s, end_s in spans:
            flags[round(start_s * 100) : round(end_s * 100)] = True
    if not true.any():
        return float(not mine.any())
    return float(2.0 * (true & mine).sum() / (true.sum() + mine.sum()))


ROWS: Final[dict[str, Callable[[TrueSong, Answer], float | None]]] = {
    "beat_f": _beats,
    "downbeat_f": _downbeats,
    "metre": _metre,
    "tempo": _tempo,
    "key": _key,
    "majmin": _chords("majmin"),
    "sevenths": _chords("sevenths"),
    "boundary_3s": _boundaries(3.0),
    "boundary_0.5s": _boundaries(0.5),
    "melody_f": _melody,
    "drum_f": _drums(DRUMS),
    "kick_f": _drums(("kick",)),
    "snare_f": _drums(("snare",)),
    "hihat_f": _drums(("hihat",)),
    "swing_error": _swing,
    "letters": _letters,
    "labels": _labels,
    "key_changes": _key_changes,
    "metre_changes": _metre_changes,
    "vocal_f": _vocals,
}
