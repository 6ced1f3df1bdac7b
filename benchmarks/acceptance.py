"""Whether remixes of a song are what their recipes say: every style, and a slower, a transposed, a cut and a drums-kept
take, measured from the written file.

    python -m benchmarks.acceptance [FILE…] [--case NAME…] [--json]

Songs are taken into the library of ``$CONTRAFACT_HOME`` (once). Printed for every take, with what is asked of it:

duration, LUFS, true peak
    against the plan, -14 ± 0.5 LUFS and -1 dBTP; the worst true peak of all five formats for the first take.
tempo, key
    of the song that is heard in the file; a tempo counts at half or double too, a relative key is marked.
voice
    seconds with a voice, over those planned; and the gain at which the kept voice is contained in the file.
drums
    the gain at which the recording's drums are contained in the file (see ``_takes.present_db``), next to the gain for
    the voice; kept drums read about 0 dB, absent ones -25 dB or less, or -15
    dB where their strokes and the kept instruments can hardly be told apart.
bleed
    level of the kept voice stem against the recording's drums where nobody sings: what of them is heard through it.
    Moments as loud as singing are left out: there the detector missed a voice.
lead
    of the voice over everything else while it sings.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import _takes as measure
from benchmarks.hearing.joins import CLICK, click_score, joins_of
from contrafact.catalogue import service as catalogue
from contrafact.engine.arranging import Timeline, arrange
from contrafact.engine.arranging.timeline import MasterTarget, StemBus
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.delivering import deliver
from contrafact.engine.audio.loudness import measure_loudness
from contrafact.engine.audio.stems import StemName, StemReader
from contrafact.engine.audio.value import Audio, Samples
from contrafact.engine.listening.chart import Chart
from contrafact.engine.listening.listen import listen
from contrafact.engine.progress import silent
from contrafact.engine.recipe.composing import TONIC_NAMES, key_after
from contrafact.engine.recipe.recipe import Recipe
from contrafact.engine.rendering import Sounds, render, render_blocks, sound_check
from contrafact.engine.rendering.balance import Balance
from contrafact.kit.home import Home
from contrafact.remixes.installation import Installation
from contrafact.remixes.songs.library import IngestCall, ingest_file

DEFAULT_SONG = Path(__file__).resolve().parents[2] / "shared" / "data" / "karissa-hobbs-lets-go-fishin.ogg"
VOICE_BAND_HZ = (200.0, 4000.0)
DRUMS_BAND_HZ = (2000.0, 10000.0)
FORMATS = (".flac", ".wav", ".mp3", ".m4a", ".opus")
OTHER_CASES: Mapping[str, str] = {
    "slower": "bossa nova, slower",
    "transposed": "lo-fi, up 3 semitones",
    "drums-kept": "house, keep the drums",
    "a-minute": "synthwave, 60 seconds long",
}


@dataclass(frozen=True, slots=True)
class Song:
    """A recording with what was heard in it."""

    name: str
    sha256: str
    chart: Chart
    stems: StemReader


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one take; see the module for the meanings."""

    song: str
    case: str
    asked_s: float | None
    duration_s: float
    duration_off_ms: float
    lufs: float
    true_peak_dbtp: float
    tempo_off_percent: float
    key_planned: str
    key_heard: str
    voice_heard: float
    voice_db: float
    drums_db: float
    bleed_db: float
    lead_db: float
    side_db: float
    dc_db: float
    worst_click: float
    gap_s: float
    stroke_median_ms: float
    stroke_worst_ms: float
    tilt_db: dict[int, float]
    render_wall_s: float
    render_cpu_s: float
    peak_mb: float
    failures: tuple[str, ...] = field(default=())


def cases(styles: Mapping[str, object]) -> dict[str, str]:
    """Name and prompt of every take that is asked for."""
    return {slug: slug.replace("-", " ") for slug in styles} | dict(OTHER_CASES)


@contextmanager
def taken_in(installation: Installation, path: Path) -> Iterator[Song]:
    """The song in the library, taken in if it is not there."""
    done = ingest_file(installation, path, IngestCall(grant="none"), silent)
    with installation.database.reading() as session:
        recording = catalogue.find(session, done["id"])
        chart = catalogue.chart_of(recording, installation.blobs)
        with catalogue.stem_reader(recording, installation.blobs) as stems:
            yield Song(path.stem, recording.sha256, chart, stems)


def measured(
    song: Song, case: str, recipe: Recipe, installation: Installation, sounds: Sounds, formats: bool
) -> Figures:
    """Make one take, write it, read it back and measure it."""
    pack = installation.styles[recipe.style] if recipe.style else None
    timeline = arrange(song.chart, recipe, pack)
    wall, cpu = time.perf_counter(), time.process_time()
    take = render(timeline, song.stems, sounds)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    with tempfile.TemporaryDirectory() as folder:
        heard, peak = _through_files(take, Path(folder), FORMATS if formats else FORMATS[:1])
    chart = listen(heard, installation.assets)
    loudness = measure_loudness(heard)

    # The parts of the mix, without the master's effects, so that they add up.
    bare = replace(timeline, master=replace(timeline.master, effects=()))
    balance = sound_check(timeline, song.stems, sounds)
    lead: StemName = "vocals" if recipe.stems.vocals.keep else "other"
    kept = _mixed(
        replace(bare, parts=(), buses=tuple(b for b in bare.buses if b.stem == lead)), song.stems, sounds, balance
    )
    bed = _mixed(bare, song.stems, sounds, balance) - kept
    sung = sung_spans(timeline, song.chart)
    leading = sung if lead == "vocals" else [(0.0, timeline.duration_s)]
    voice, drums = (solo(timeline, stem, song.stems, sounds) for stem in (lead, "drums"))
    voice_db = measure.present_db(heard.samples, voice, drums, VOICE_BAND_HZ)
    drums_db = measure.present_db(heard.samples, drums, voice, DRUMS_BAND_HZ)
    reference_db = measure.present_db(heard.samples, voice, drums, DRUMS_BAND_HZ)
    offsets = _strokes(timeline, song.stems, sounds, balance)
    figures = Figures(
        song=song.name,
        case=case,
        asked_s=recipe.length_s,
        duration_s=round(heard.duration_s, 2),
        duration_off_ms=round(1000 * (heard.duration_s - timeline.duration_s), 2),
        lufs=round(loudness.integrated_lufs, 2),
        true_peak_dbtp=round(peak, 2),
        tempo_off_percent=round(tempo_off(chart.tempo.bpm, song.chart.tempo.bpm * recipe.tempo.ratio), 2),
        key_planned=key_after(song.chart, recipe),
        key_heard=chart.key.label,
        voice_heard=round(_overlap(sung, chart), 2),
        voice_db=round(voice_db, 1),
        drums_db=round(drums_db - reference_db, 1),
        bleed_db=round(measure.bleed_db(voice, drums, sung), 1),
        lead_db=round(measure.voice_over_bed_db(kept, bed, leading), 1),
        side_db=round(measure.side_over_mid_db(heard.samples), 1),
        dc_db=round(measure.decibels(float(np.square(heard.samples.mean(axis=1, dtype=np.float64)).max())), 1),
        worst_click=round(max((click_score(heard.samples, join.at_s) for join in joins_of(timeline)), default=0.0), 2),
        gap_s=measure.longest_gap_s(heard.samples, *_span(timeline)),
        stroke_median_ms=round(float(np.median(offsets)), 2) if offsets.size else float("nan"),
        stroke_worst_ms=round(float(np.percentile(np.abs(offsets), 95)), 2) if offsets.size else float("nan"),
        tilt_db=measure.octave_tilt_db(heard.samples),
        render_wall_s=round(wall, 1),
        render_cpu_s=round(cpu, 1),
        peak_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    )
    return replace(figures, failures=tuple(failures(figures, recipe)))


def failures(figures: Figures, recipe: Recipe) -> Iterator[str]:
    """What a take promises and does not keep."""
    if abs(figures.duration_off_ms) > 0.1 or abs(figures.duration_s - (figures.asked_s or figures.duration_s)) > 3.0:
        yield "length"
    if abs(figures.lufs + 14.0) > 0.5:
        yield "loudness"
    if figures.true_peak_dbtp > -1.0:
        yield "true peak"
    if abs(figures.tempo_off_percent) > 1.0:
        yield "tempo"
    if not same_notes(figures.key_planned, figures.key_heard):
        yield "key"
    if recipe.stems.vocals.keep and figures.voice_heard < 0.7:
        yield "voice"
    if recipe.stems.drums.keep != (figures.drums_db > -12.0):
        yield "drums"
    if recipe.stems.vocals.keep and not 1.0 <= figures.lead_db <= 6.0:
        yield "balance"
    if figures.worst_click > CLICK or figures.gap_s > 2.0 or figures.dc_db > -60.0:
        yield "flaw"
    if max(abs(value) for value in figures.tilt_db.values()) > 6.0:
        yield "spectrum"
    if abs(figures.stroke_median_ms) > 10.0:
        yield "strokes"


def _span(timeline: Timeline) -> tuple[float, float]:
    bars = timeline.bars
    return (bars[0].start_s, bars[-1].end_s) if bars else (0.0, timeline.duration_s)


def tempo_off(heard_bpm: float, planned_bpm: float) -> float:
    """Per cent between two tempi, octaves aside."""
    return min((100.0 * (heard_bpm * factor / planned_bpm - 1.0) for factor in (0.5, 1.0, 2.0)), key=abs)


def same_notes(planned: str, heard: str) -> bool:
    """Whether two keys are one, or relatives, which have the same notes."""

    def major(key: str) -> int:
        tonic, mode = key.split()
        return (TONIC_NAMES.index(tonic) + (3 if mode == "minor" else 0)) % 12

    return major(planned) == major(heard)


def sung_spans(timeline: Timeline, chart: Chart) -> list[tuple[float, float]]:
    """Where the voice sings in the take, in its own time."""
    found = []
    for clip in timeline.clips:
        if clip.stem != "vocals":
            continue
        for region in chart.vocal_regions:
            start, end = max(region.start_s, clip.source_start_s), min(region.end_s, clip.source_end_s)
            if end > start:
                moved = [clip.target_start_s + (time_s - clip.source_start_s) / clip.ratio for time_s in (start, end)]
                found.append((moved[0], moved[1]))
    return sorted(found)


def solo(timeline: Timeline, stem: StemName, stems: StemReader, sounds: Sounds) -> Samples:
    """One stem of the recording cut and stretched as the take's kept stems are, without any treatment."""
    model = timeline.clips[0].stem
    clips = tuple(replace(clip, stem=stem) for clip in timeline.clips if clip.stem == model)
    bare = replace(timeline, clips=clips, buses=(StemBus(stem),), parts=(), master=MasterTarget())
    return _mixed(bare, stems, sounds, Balance(0.0, -20.0))


def _mixed(timeline: Timeline, stems: StemReader, sounds: Sounds, balance: Balance) -> Samples:
    return np.concatenate([block.samples for block in render_blocks(timeline, stems, sounds, balance)], axis=1)


def _overlap(sung: list[tuple[float, float]], heard: Chart) -> float:
    planned_s = sum(end - start for start, end in sung)
    both_s = sum(
        max(0.0, min(end, r.end_s) - max(start, r.start_s)) for start, end in sung for r in heard.vocal_regions
    )
    return both_s / planned_s if planned_s else float("nan")


def _through_files(take: Audio, folder: Path, formats: tuple[str, ...]) -> tuple[Audio, float]:
    """The take as read from its first format, and the highest true peak of all formats."""
    read = []
    for suffix in formats:
        deliver(take, folder / f"take{suffix}")
        read.append(decode(folder / f"take{suffix}"))
    return read[0], max(measure_loudness(audio).true_peak_dbtp for audio in read)


def _strokes(timeline: Timeline, stems: StemReader, sounds: Sounds, balance: Balance) -> NDArray[np.float64]:
    """How late (ms) the first strokes of the kick are heard."""
    part = next((part for part in timeline.parts if part.role == "drums"), None)
    kicks = tuple(note for note in part.notes if note.pitch == 36)[:60] if part else ()
    if part is None or not kicks:
        return np.zeros(0)
    alone = replace(part, notes=kicks, effects=(), reverb_send_db=-60.0, delay_send_db=-60.0)
    shorter = replace(timeline, buses=(), parts=(alone,), duration_s=min(timeline.duration_s, kicks[-1].start_s + 0.5))
    return measure.stroke_offsets_ms(_mixed(shorter, stems, sounds, balance), kicks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=[DEFAULT_SONG], metavar="FILE")
    parser.add_argument("--case", action="append", metavar="NAME", help="a style or one of: " + ", ".join(OTHER_CASES))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found: list[Figures] = []
    with Installation(Home.from_environment()) as installation:
        sounds = Sounds.open(installation.assets)
        wanted = {name: words for name, words in cases(installation.styles).items() if name in (options.case or [name])}
        for path in options.files:
            with taken_in(installation, path) as song:
                for number, (name, words) in enumerate(wanted.items()):
                    recipe = installation.planner.plan(words, song.chart, song.sha256).recipe
                    found.append(measured(song, name, recipe, installation, sounds, formats=number == 0))
                    if not options.json:
                        print(_line(found[-1]), flush=True)
    if options.json:
        print(json.dumps([asdict(figures) for figures in found]))
    raise SystemExit(1 if any(figures.failures for figures in found) else 0)


def _line(figures: Figures) -> str:
    values = asdict(figures)
    words = [f"{name} {values[name]}" for name in values if name not in ("song", "case", "failures")]
    return f"{figures.song} / {figures.case}: {', '.join(figures.failures) or 'as promised'}\n    " + "  ".join(words)


if __name__ == "__main__":
    main()
