"""A chart in words, for people at a terminal."""

from collections.abc import Iterator

from contrafact.engine.listening.chart import Chart, Melody
from contrafact.engine.naming import clock, in_flats, key_name, pitch_name

_BARS = "▁▂▃▄▅▆▇█"
_WORTH_NAMING = 0.1
_SWUNG = 0.53
_HEARD = 0.05
"""What the ear is less sure of than this it did not hear."""


def described(chart: Chart) -> str:
    """What was heard, line by line, with how sure each thing is."""
    return "\n".join(_lines(chart))


def _lines(chart: Chart) -> Iterator[str]:
    yield (
        f"{chart.content}{_sure(chart.content_confidence)}, {chart.duration_s:.1f} s, "
        f"{chart.loudness.integrated_lufs:.1f} LUFS, true peak {chart.loudness.true_peak_dbtp:.1f} dBTP"
    )
    tempo = chart.tempo
    how = "steady" if tempo.steady else "follows the performance"
    others = ", ".join(f"{bpm:.0f} ({weight:.0%})" for bpm, weight in tempo.alternatives if weight >= _WORTH_NAMING)
    if tempo.confidence < _HEARD:
        yield f"no beat heard; {tempo.bpm:.1f} BPM stands in"
    else:
        yield f"{tempo.bpm:.1f} BPM, {how}{_sure(tempo.confidence)}" + (f"; or {others}" if others else "")
        yield _rhythm(chart)
    keys = ", ".join(f"{key_name(span)} from {clock(span.start_s)}" for span in chart.keys[1:])
    tuning = f"; tuned {chart.tuning_cents:+.0f} cents from A = 440 Hz" if abs(chart.tuning_cents) >= 1.0 else ""
    first = key_name(chart.keys[0] if chart.keys else chart.key)
    if chart.key.confidence < _HEARD:
        yield "no key heard"
    else:
        yield f"{first}{_sure(chart.key.confidence)}" + (f", then {keys}" if keys else "") + tuning
    for section in chart.sections:
        energy = _BARS[round(section.energy * (len(_BARS) - 1))]
        yield (
            f"  {clock(section.start_s)}–{clock(section.end_s)}  {section.letter}  {section.label:7}  {energy}"
            f"{_sure(section.confidence)}"
        )
    sung = sum(region.end_s - region.start_s for region in chart.vocal_regions)
    yield f"voice: {sung:.0f} s in {len(chart.vocal_regions)} phrases" if sung else "no voice heard"
    if chart.melody is not None:
        yield _melody(chart.melody, in_flats(chart.key))
    if chart.drums is not None:
        counts = {drum: sum(hit.drum == drum for hit in chart.drums.hits) for drum in ("kick", "snare", "hihat")}
        struck = ", ".join(f"{count} × {drum}" for drum, count in counts.items() if count)
        yield f"drums: {struck}" if struck else "no drums heard"
    if chart.notes is not None:
        yield f"accompaniment: {len(chart.notes)} notes"


def _rhythm(chart: Chart) -> str:
    changes = ", ".join(f"{span.signature} from {clock(span.start_s)}" for span in chart.metres[1:])
    first = chart.metres[0].signature if chart.metres else chart.metre.signature
    line = f"{first}{_sure(chart.metre.confidence)}" + (f", then {changes}" if changes else "")
    if chart.swing is not None and chart.swing.ratio >= _SWUNG and chart.swing.confidence >= 0.5:
        line += f"; swung {chart.swing.level}s at {chart.swing.ratio:.0%}"
    return line


def _melody(melody: Melody, flats: bool) -> str:
    if not melody.notes or melody.vocal_register is None:
        return "no melody heard"
    register = melody.vocal_register
    low, high = _pitch(register.low_midi, flats), _pitch(register.high_midi, flats)
    return f"melody: {len(melody.notes)} notes from {low} to {high}"


def _pitch(midi: float, flats: bool) -> str:
    nearest = round(midi)
    return f"{pitch_name(nearest, flats)}{nearest // 12 - 1}"


def _sure(confidence: float) -> str:
    return f" ({confidence:.0%} sure)"
