"""A take to standard output from a process of its own, which loads what sounds while its parent asks for permission."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contrafact.assets.errors import AssetError
from contrafact.remixes.slices import Slice, Slices
from contrafact.remixes.takes.sinks import Mp3Sink, SoundSink, WavSink
from contrafact.remixes.takes.taking import Bench, open_bench, render_take

_STANDARD_OUTPUT = 1


@dataclass(slots=True)
class Loudspeaker(Bench):
    """A bench, and where its sound goes once there is some."""

    sink: WavSink | Mp3Sink | None = None


def plug_in(settings: Mapping[str, str]) -> Loudspeaker:
    """The warm-up: imports, and ``settings["assets"]`` opened."""
    bench = open_bench(Path(settings["assets"]))
    # What is missing is told by whoever plays it.
    with suppress(AssetError):
        bench.sounds.notes()
    return Loudspeaker(bench.sounds, bench.styles, bench.shelf)


def play_out(speaker: Loudspeaker, arguments: Mapping[str, Any]) -> Slices:
    """Render a take to standard output as it comes; see :func:`contrafact.remixes.takes.taking.render_take`.

    Parameters
    ----------
    arguments : mapping
        As for a take, and ``stream``, ``.wav`` or ``.mp3``.
    """

    def listen(frames: int) -> SoundSink:
        # A descriptor of its own, to be closed here: what is left in the interpreter's could only fail at its end.
        target = os.fdopen(os.dup(_STANDARD_OUTPUT), "wb")
        speaker.sink = WavSink(target, frames) if arguments["stream"] == ".wav" else Mp3Sink(target)
        return speaker.sink

    return (yield from render_take(speaker, arguments, listen))


def drain(speaker: Loudspeaker, arguments: Mapping[str, Any]) -> Slices:
    """Wait until whoever listens has taken everything; raises :class:`Cancelled` when they went away before."""
    yield Slice(0.0, "playing")
    if speaker.sink is not None:
        speaker.sink.wait()
        speaker.sink.close()
    return {}
