"""Making the take: recipe and chart in, a mastered file out. Runs in a worker process and knows only the engine."""

from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from contrafact.assets.store import AssetStore
from contrafact.engine.arranging import StylePack, Timeline, arrange, load_styles
from contrafact.engine.arranging.covers import pack_for
from contrafact.engine.audio.encoding import encode
from contrafact.engine.audio.limiting import Limiter
from contrafact.engine.audio.mastering import mastered
from contrafact.engine.audio.stem_files import StemFiles
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.audio.waveform import peaks
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe
from contrafact.engine.rendering import Desk, Shelf, Sounds
from contrafact.engine.rendering.room import prepare as prepare_room
from contrafact.remixes.slices import Colleague, Slice, Slices
from contrafact.remixes.takes.helping import HandsOf, Helping, NotPrepared, let_go, open_tracks
from contrafact.remixes.takes.sinks import FlacSink, SoundSink

TAKE_FILE = "take.flac"
_LISTENED, _MIXED = 0.02, 0.83
"""Shares of the work: what comes before the mix, and the mix."""
_BLOCK_S = 1.0
"""Least length of what is heard at a time, at most twice that: short, for the first one is waited for."""
_FIRST_TURN_S = 2.0
"""So much sound is made before others have a turn: more than the turns before it count for."""
LIVE_FILE = "live.flac"


Listener = Callable[[int], SoundSink]
"""Opens the place where the sound goes, once its number of frames is known."""


@dataclass(slots=True)
class Bench:
    """What a worker has at hand before the first request: style packs and opened sounds."""

    sounds: Sounds
    styles: Mapping[str, StylePack]
    shelf: Shelf = field(default_factory=Shelf)
    """What was played last, for whoever plays it again."""
    colleague: Colleague | None = None
    """Another worker, who may have nothing to do."""
    helping: Helping | None = None
    """The take of another worker that this one helps with."""


def open_bench(assets: Path) -> Bench:
    """The style packs, and the sounds of an asset store; a sound is decoded when it is first played."""
    return Bench(Sounds.open(AssetStore(assets)), load_styles())


def warm_up(settings: Mapping[str, str]) -> Bench:
    """A bench over ``settings["assets"]`` with the styles' instruments and rooms loaded: no listener waits for them."""
    bench = open_bench(Path(settings["assets"]))
    for pack in bench.styles.values():
        bench.sounds.kit(pack.drums.kit)
        prepare_room(pack.room.reverb_size, pack.room.reverb_damping)
        for part in pack.parts:
            bench.sounds.note(part.program, (part.low + part.high) // 2, part.velocity, 0.25)
    return bench


def render_take(bench: Bench, arguments: Mapping[str, Any], listener: Listener | None = None) -> Slices:
    """Render one take, a few seconds of it per slice.

    Parameters
    ----------
    bench : Bench
        From :func:`warm_up`.
    arguments : mapping
        ``recipe`` and ``chart`` (JSON), ``stems`` (stem name to path), ``folder`` (where to write), ``live`` (whether
        to write the growing FLAC too).
    listener : Listener, optional
        Is given the sound as it comes, instead of the growing FLAC.

    Returns
    -------
    Slices
        They end with ``path`` of the mastered FLAC, ``frames``, ``loudness_lufs``, ``true_peak_dbtp``, ``usage``
        (source, stem, seconds, exact share as "a/b") and ``waveform`` (800 peaks, 0 to 1).
    """
    folder = Path(arguments["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    yield Slice(0.0, "arranging")
    with ExitStack() as stack:
        hands: HandsOf | None = None
        if bench.colleague is not None:
            hands = stack.enter_context(closing(HandsOf(bench.colleague, prepare_help, help_out, arguments)))
        timeline = timeline_of(bench, arguments)
        yield Slice(0.01, "listening to the parts")
        stems = [stack.enter_context(each) for each in stem_files(arguments)]
        desk = Desk(timeline, stems, bench.sounds, bench.shelf, hands=hands)
        if hands is not None:
            hands.open(desk.places)
        sink: SoundSink | None = None
        if listener is not None:
            sink = listener(desk.frames)
        elif arguments["live"]:
            sink = stack.enter_context(closing(FlacSink((folder / LIVE_FILE).open("wb"), desk.frames)))
        mix = yield from _mix(desk, sink)
    sound_s = mix.duration_s
    yield Slice(_LISTENED + _MIXED, "mastering", sound_s)
    audio, loudness = mastered(mix, timeline.master.integrated_lufs, timeline.master.ceiling_dbtp)
    yield Slice(0.93, "writing", sound_s)
    encode(audio, folder / TAKE_FILE)
    return {
        "path": str(folder / TAKE_FILE),
        "frames": audio.frames,
        "loudness_lufs": loudness.integrated_lufs,
        "true_peak_dbtp": loudness.true_peak_dbtp,
        "usage": [
            {"sha256": use.sha256, "stem": use.stem, "seconds": use.seconds, "share": str(use.share)}
            for use in timeline.usage()
        ],
        "waveform": peaks(audio, 800),
    }


def prepare_help(bench: Bench, arguments: Mapping[str, Any]) -> None:
    """Open another worker's take, to help with it: arranged anew, which is quicker than to be told."""
    let_go(bench.helping)
    bench.helping = None
    with ExitStack() as files:
        stems = [files.enter_context(each) for each in stem_files(arguments)]
        desk = Desk(timeline_of(bench, arguments), stems, bench.sounds, bench.shelf)
        folder = Path(arguments["folder"])
        bench.helping = Helping(str(folder), desk, files.pop_all(), open_tracks(folder, desk.places))


def help_out(bench: Bench, arguments: Mapping[str, Any]) -> Any:
    """One piece of the take that was prepared; without a piece it is let go.

    Raises
    ------
    NotPrepared
        For any other.
    """
    if bench.helping is None or bench.helping.key != arguments["key"]:
        raise NotPrepared("this is not the take that was prepared here")
    if arguments["piece"] is None:
        let_go(bench.helping)
        bench.helping = None
        return None
    return bench.helping.do(arguments["piece"])


def rehearse_take(bench: Bench, arguments: Mapping[str, Any]) -> Slices:
    """Play the beginning of a take to nobody: its notes are then in memory when somebody asks for it."""
    timeline = timeline_of(bench, arguments)
    yield Slice(0.1, "arranging")
    with ExitStack() as stack:
        stems = [stack.enter_context(each) for each in stem_files(arguments)]
        desk = Desk(timeline, stems, bench.sounds, bench.shelf)
        _ = desk.balance
        yield Slice(0.8, "rehearsing")
        next(iter(desk.blocks()), None)
    return {}


def timeline_of(bench: Bench, arguments: Mapping[str, Any]) -> Timeline:
    """The take of a worker's arguments, arranged."""
    recipe = Recipe.model_validate_json(arguments["recipe"])
    chart = Chart.model_validate_json(arguments["chart"])
    guest = Chart.model_validate_json(arguments["guest"]["chart"]) if arguments.get("guest") else None
    return arrange(chart, recipe, pack_for(recipe, bench.styles), guest)


def stem_files(arguments: Mapping[str, Any]) -> list[StemFiles]:
    """The stems of every recording that a take is made from, in the recipe's order; to be closed."""
    sources = [arguments, *([arguments["guest"]] if arguments.get("guest") else [])]
    return [StemFiles({name: Path(path) for name, path in source["stems"].items()}) for source in sources]


def heard_at(fraction: float, take_s: float) -> float:
    """How much of a take can be heard when so much of the work is done, seconds."""
    return take_s * min(1.0, max(0.0, (fraction - _LISTENED) / _MIXED))


def _mix(desk: Desk, sink: SoundSink | None) -> Generator[Slice, None, Audio]:
    gain_db = desk.preview_gain_db
    yield Slice(_LISTENED, "mixing")
    limiter = Limiter(desk.timeline.master.ceiling_dbtp, gain_db)
    mix = np.zeros((2, desk.frames), np.float32)
    at = 0
    for block in desk.blocks(block_s=_BLOCK_S):
        mix[:, at : at + block.frames] = block.samples
        at += block.frames
        if sink is not None:
            sink.write(limiter.process(block.samples))
        if at >= min(desk.frames, _FIRST_TURN_S * SAMPLE_RATE):
            yield Slice(_LISTENED + _MIXED * at / desk.frames, "mixing", at / SAMPLE_RATE)
    if sink is not None:
        sink.write(limiter.finish())
        sink.finish()
    return Audio(mix)
