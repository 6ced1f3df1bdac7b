"""A take at the mixing desk: any stretch of it, with any faders, at once. Runs in a worker process."""

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from contrafact.engine.rendering import Desk, Shelf
from contrafact.remixes.slices import Slice, Slices
from contrafact.remixes.takes.sinks import pcm, wav_header
from contrafact.remixes.takes.taking import Bench, open_bench, stem_files, timeline_of

LONGEST_S: Final = 10.0
"""The longest stretch that is made at once."""
_MOST_DESKS: Final = 6
_SHELF_BYTES: Final = 320 * 2**20


@dataclass(slots=True)
class _Open:
    desk: Desk
    files: ExitStack


class DeskBench:
    """The desks that were used last, over one shelf: what two of them have in common is played once.

    Parameters
    ----------
    bench : Bench
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._shelf = Shelf(_SHELF_BYTES)
        self._open: OrderedDict[str, _Open] = OrderedDict()

    def desk(self, key: str, arguments: Mapping[str, Any]) -> Desk:
        """The desk for a piece of work of :func:`contrafact.remixes.creations.making.work_for`, ``key`` names it."""
        found = self._open.get(key)
        if found is None:
            with ExitStack() as files:
                stems = [files.enter_context(each) for each in stem_files(arguments)]
                desk = Desk(timeline_of(self._bench, arguments), stems, self._bench.sounds, self._shelf)
                found = _Open(desk, files.pop_all())
            self._open[key] = found
            while len(self._open) > _MOST_DESKS:
                self._open.popitem(last=False)[1].files.close()
        self._open.move_to_end(key)
        return found.desk


def open_desks(settings: Mapping[str, str]) -> DeskBench:
    """The warm-up of a process that serves desks: sounds are decoded when a take first plays them."""
    return DeskBench(open_bench(Path(settings["assets"])))


def sound_at(desks: DeskBench, arguments: Mapping[str, Any]) -> Slices:
    """A stretch of a take as it sounds while it is made: near its final loudness, never above the ceiling.

    Parameters
    ----------
    arguments : mapping
        As for a take, and ``key`` (equal for equal work), ``from_s`` and ``to_s``.

    Returns
    -------
    Slices
        They end with ``wav``: the stretch, cut to the take, as 16-bit stereo at 44.1 kHz.
    """
    yield Slice(0.0, "at the desk")
    desk = desks.desk(str(arguments["key"]), arguments)
    sound = desk.sound(float(arguments["from_s"]), float(arguments["to_s"]))
    return {"wav": wav_header(sound.frames) + pcm(sound.samples)}
