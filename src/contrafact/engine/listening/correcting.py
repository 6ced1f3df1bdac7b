"""A chart as its owner corrects it: what was said holds, what depends on it is derived again, the rest stays."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.bars import MetredBeats, lay_bars, metre_spans, tempo_curve
from contrafact.engine.listening.chart import Bar, Beat, Chart, Drums, Key, KeySpan, Metre, Section, Swing, Tempo
from contrafact.engine.listening.corrections import (
    ON_A_BEAT_S,
    BadCorrections,
    Corrections,
    SectionCorrection,
    require_consistent,
)
from contrafact.engine.listening.groove import find_groove
from contrafact.engine.listening.laws import broken_laws
from contrafact.engine.listening.relaying import (
    Count,
    best_anchor,
    count,
    doubled,
    halved,
    heard_beats,
    heard_counts,
    line_through,
    nearest,
    one_metre,
    straight,
    with_downbeat,
)

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

Level = Literal["eighth", "sixteenth"]

_SAME_TEMPO = 0.04


def apply(chart: Chart, corrections: Corrections) -> Chart:
    """Lay corrections over what was heard.

    Parameters
    ----------
    chart : Chart
        As heard; it stays as it is. ``half`` and ``double`` mean half and double of its tempo.
    corrections : Corrections
        Empty ones give the same chart.

    Returns
    -------
    Chart
        What was said has confidence 1; beats, bars, tempo curve, metres and swing are laid anew where the tempo, the
        downbeat, the metre or the beats were corrected, and sections are moved to the nearest bars; chords, keys,
        melody, voice and drum strokes keep their times.

    Raises
    ------
    BadCorrections
        When they contradict each other or the recording, or cannot be laid over what was heard.
    """
    if not corrections.said:
        return chart
    require_consistent(corrections, chart.duration_s)
    changed = chart
    if corrections.tempo or corrections.metre or corrections.beats or corrections.downbeat_s is not None:
        changed = _with_rhythm(chart, corrections)
    if corrections.key is not None or corrections.keys is not None:
        changed = _with_keys(changed, corrections)
    if corrections.sections is not None:
        changed = changed.model_copy(update={"sections": _said_sections(changed.bars, chart, corrections.sections)})
    broken = [law for law in broken_laws(changed) if law not in broken_laws(chart)]
    if broken:
        raise BadCorrections(f"the corrections do not fit the recording: {broken[0]}; check their times")
    return changed


def _with_rhythm(chart: Chart, said: Corrections) -> Chart:
    counted, tempo = _given(chart, said) if said.beats else _relaid(chart, said)
    beats, bars = lay_bars(counted, chart.duration_s)
    if not bars:
        raise BadCorrections("no bar of that tempo fits into the recording; check the tempo and the downbeat")
    sure = 1.0 if said.metre is not None or said.counted_beats else chart.metre.confidence
    metres = metre_spans(counted, bars, (said.metre or chart.metre).division, sure)
    bars_in: Counter[int] = Counter()
    for span in metres:
        bars_in[span.beats_per_bar] += span.last_bar - span.first_bar + 1
    main = Metre(beats_per_bar=bars_in.most_common(1)[0][0], division=metres[0].division, confidence=sure)
    return chart.model_copy(
        update={
            "tempo": tempo,
            "tempo_curve": tempo_curve(bars, tempo.bpm if tempo.steady else None),
            "metre": main,
            "metres": metres,
            "beats": beats,
            "bars": bars,
            "sections": _moved_sections(bars, chart.sections, chart.duration_s),
            "swing": _swing(chart.swing, _period_ratio(chart, beats)),
            "drums": _on_new_bars(chart.drums, bars, main.division),
        }
    )


def _on_new_bars(drums: Drums | None, bars: tuple[Bar, ...], division: int) -> Drums | None:
    """The same strokes, their groove on the new bars."""
    if drums is None:
        return None
    return drums.model_copy(update={"groove": find_groove(drums.hits, bars, division)})


def _given(chart: Chart, said: Corrections) -> tuple[MetredBeats, Tempo]:
    """The owner's own beats, counted as they say or as the metre does."""
    times = np.array([beat.time_s for beat in said.beats or ()], dtype=np.float64)
    bpm, steady = line_through(times)
    tempo = Tempo(bpm=bpm, confidence=1.0, steady=steady)
    if said.counted_beats:
        positions = np.array([beat.position for beat in said.beats or ()], dtype=np.int64)
        return MetredBeats(times, positions, _sizes(positions)), tempo
    beats_per_bar = (said.metre or chart.metre).beats_per_bar
    if said.downbeat_s is not None:
        anchor = float(times[nearest(times, np.array([said.downbeat_s]))[0]])
        if abs(anchor - said.downbeat_s) > ON_A_BEAT_S:
            raise BadCorrections(f"the downbeat at {said.downbeat_s:g} s is none of the beats that were given")
    else:
        anchor = best_anchor(chart, times, beats_per_bar)
    return count(times, [Count(anchor, beats_per_bar)]), tempo


def _sizes(positions: Ints) -> Ints:
    """Metre of every beat that says its place: the beats of its bar; a pickup and a cut end are in that beside them."""
    starts = np.nonzero(positions == 1)[0]
    sizes = np.diff(np.append(starts, positions.size))
    if sizes.size > 1 and sizes[-1] < sizes[-2]:
        sizes[-1] = sizes[-2]
    metres: Ints = np.concatenate(
        (np.full(starts[0], sizes[0]), np.repeat(sizes, np.diff(np.append(starts, positions.size))))
    )
    return metres


def _relaid(chart: Chart, said: Corrections) -> tuple[MetredBeats, Tempo]:
    """What was heard, at another tempo, from another first beat, in another metre."""
    counts = heard_counts(chart)
    if said.metre is not None:
        counts = [Count(counts[0].anchor_s, said.metre.beats_per_bar)]
    times, tempo = _at_tempo(chart, said, counts[0].beats_per_bar)
    if times.size < 2:
        raise BadCorrections("no beats were heard that could be corrected; give the tempo in BPM and a downbeat")
    if said.downbeat_s is not None:
        if len(counts) > 1 and one_metre(chart):
            counts = counts[:1]
        times = with_downbeat(times, said.downbeat_s, chart.duration_s)
        counts = _anchored(times, counts, said.downbeat_s)
    elif len(counts) == 1 and (said.tempo is not None or said.metre is not None):
        counts = [Count(best_anchor(chart, times, counts[0].beats_per_bar), counts[0].beats_per_bar)]
    return count(times, counts), tempo


def _at_tempo(chart: Chart, said: Corrections, beats_per_bar: int) -> tuple[Doubles, Tempo]:
    if said.tempo is None:
        return heard_beats(chart), chart.tempo
    if said.tempo.bpm is not None:
        line = straight(chart, said.tempo.bpm, said.downbeat_s)
        if line is None:
            raise BadCorrections(
                f"at {said.tempo.bpm:g} BPM the beats that were heard do not tell where a beat lies; "
                "say a downbeat as well (a time at which a bar begins)"
            )
        return line, Tempo(bpm=said.tempo.bpm, confidence=1.0, steady=True)
    if said.tempo.octave == "double":
        return doubled(chart), _octave(chart.tempo, 2.0)
    return halved(chart, said.downbeat_s, beats_per_bar), _octave(chart.tempo, 0.5)


def _octave(tempo: Tempo, factor: float) -> Tempo:
    return Tempo(bpm=tempo.bpm * factor, confidence=1.0, steady=tempo.steady)


def _anchored(times_s: Doubles, counts: Sequence[Count], downbeat_s: float) -> list[Count]:
    """The count in which a downbeat lies is moved onto it, by less than a bar from where it began; the others stay."""
    place = max((number for number, item in enumerate(counts) if item.anchor_s <= downbeat_s), default=0)
    item = counts[place]
    began, first = nearest(times_s, np.array([item.anchor_s, downbeat_s])).tolist()
    start = began + (first - began) % item.beats_per_bar
    anchor = float(times_s[start if start < times_s.size else first])
    return [*counts[:place], Count(anchor, item.beats_per_bar), *counts[place + 1 :]]


def _period_ratio(chart: Chart, beats: Sequence[Beat]) -> float:
    """Length of a new beat in heard ones; 0 when either is unknown."""
    new = np.array([beat.time_s for beat in beats], dtype=np.float64)
    old = heard_beats(chart)
    if new.size < 2 or old.size < 2:
        return 0.0
    return float(np.median(np.diff(new)) / np.median(np.diff(old)))


def _swing(swing: Swing | None, ratio: float) -> Swing | None:
    """Swing is heard on halves of the beat: at half the tempo these are quarters of it; elsewhere it is not known."""
    if swing is None:
        return None
    steps: tuple[tuple[Level, float, Level], ...] = (
        ("eighth", 1.0, "eighth"),
        ("sixteenth", 1.0, "sixteenth"),
        ("eighth", 2.0, "sixteenth"),
        ("sixteenth", 0.5, "eighth"),
    )
    for level, factor, found in steps:
        if swing.level == level and abs(ratio / factor - 1.0) < _SAME_TEMPO:
            return swing.model_copy(update={"level": found})
    return None


def _with_keys(chart: Chart, said: Corrections) -> Chart:
    if said.key is not None:
        key = Key(tonic=said.key.tonic, mode=said.key.mode, confidence=1.0)
        whole = KeySpan(start_s=0.0, end_s=chart.duration_s, tonic=key.tonic, mode=key.mode, confidence=1.0)
        return chart.model_copy(update={"key": key, "keys": (whole,)})
    items = said.keys or ()
    ends = [*(item.start_s for item in items[1:]), chart.duration_s]
    spans = tuple(
        KeySpan(start_s=item.start_s if number else 0.0, end_s=end, tonic=item.tonic, mode=item.mode, confidence=1.0)
        for number, (item, end) in enumerate(zip(items, ends, strict=True))
    )
    lasting: dict[str, float] = {}
    for span in spans:
        lasting[span.label] = lasting.get(span.label, 0.0) + span.end_s - span.start_s
    main = next(span for span in spans if lasting[span.label] == max(lasting.values()))
    return chart.model_copy(update={"key": Key(tonic=main.tonic, mode=main.mode, confidence=1.0), "keys": spans})


def _moved_sections(bars: Sequence[Bar], sections: Sequence[Section], duration_s: float) -> tuple[Section, ...]:
    """Heard sections on new bars: each begins with the nearest one; one that is left without a bar goes."""
    if not sections:
        return ()
    firsts = nearest(np.array([bar.start_s for bar in bars]), np.array([item.start_s for item in sections])).tolist()
    firsts[0] = 0
    kept: list[tuple[int, Section]] = []
    for first, item in zip(firsts, sections, strict=True):
        if not kept or first > kept[-1][0]:
            kept.append((first, item))
    return _on_bars(bars, kept, duration_s)


def _on_bars(bars: Sequence[Bar], kept: Sequence[tuple[int, Section]], duration_s: float) -> tuple[Section, ...]:
    """Sections from their first bars: each lasts to the next one."""
    lasts = [*(first - 1 for first, _ in kept[1:]), len(bars) - 1]
    return tuple(
        item.model_copy(
            update={
                "first_bar": first,
                "last_bar": last,
                "start_s": bars[first].start_s,
                "end_s": bars[last + 1].start_s if last + 1 < len(bars) else min(duration_s, bars[last].end_s),
            }
        )
        for (first, item), last in zip(kept, lasts, strict=True)
    )


def _said_sections(bars: Sequence[Bar], heard: Chart, said: Sequence[SectionCorrection]) -> tuple[Section, ...]:
    """The owner's sections on the bars; their energy is what was heard in them."""
    if not bars:
        raise BadCorrections("no bars were heard that sections could begin with; correct the tempo and a downbeat too")
    firsts = nearest(np.array([bar.start_s for bar in bars]), np.array([item.start_s for item in said])).tolist()
    if firsts[0] > 0 and said[0].start_s >= bars[0].end_s:
        raise BadCorrections(
            f"the first section begins at {said[0].start_s:g} s, but the music does at {bars[0].start_s:.2f} s; "
            "say what is before it"
        )
    firsts[0] = 0
    for number, (one, two) in enumerate(pairwise(firsts)):
        if two <= one:
            raise BadCorrections(
                f"the sections at {said[number].start_s:g} s and {said[number + 1].start_s:g} s "
                "begin in the same bar; a section has at least one"
            )
    last_end = said[-1].end_s
    if last_end is not None and last_end < bars[-1].start_s - 0.5 * (bars[-1].end_s - bars[-1].start_s):
        raise BadCorrections(
            f"the sections end at {last_end:g} s, but the music goes on to {bars[-1].end_s:.1f} s; say what is there"
        )
    ends = [*(item.start_s for item in said[1:]), heard.duration_s]
    labels = [item.label or _heard_label(heard, item.start_s, end) for item, end in zip(said, ends, strict=True)]
    letters = list(dict.fromkeys(labels))
    kept = [
        (
            first,
            Section(
                start_s=item.start_s,
                end_s=end,
                first_bar=first,
                last_bar=first,
                label=label,
                letter=item.letter or chr(ord("A") + letters.index(label)),
                energy=_heard_energy(heard, item.start_s, end),
                confidence=1.0,
            ),
        )
        for first, item, end, label in zip(firsts, said, ends, labels, strict=True)
    ]
    return _on_bars(bars, kept, heard.duration_s)


def _shares(heard: Chart, start_s: float, end_s: float) -> list[tuple[float, Section]]:
    """How much of each heard section lies in a span, in seconds."""
    return [(max(0.0, min(end_s, item.end_s) - max(start_s, item.start_s)), item) for item in heard.sections]


def _heard_label(heard: Chart, start_s: float, end_s: float) -> str:
    shares = _shares(heard, start_s, end_s)
    return max(shares, key=lambda share: share[0])[1].label if shares else "verse"


def _heard_energy(heard: Chart, start_s: float, end_s: float) -> float:
    shares = _shares(heard, start_s, end_s)
    total = sum(share for share, _ in shares)
    if total <= 0.0:
        return 0.5
    return min(1.0, sum(share * item.energy for share, item in shares) / total)
