"""How soon a take is heard: warm, cold, eight at once, and after a fader. One process per question.

    python -m benchmarks.takes.clock first|whole|cold|queue|fader --song ID [--words WORDS]

Prints one JSON document. The library is that of ``$CONTRAFACT_HOME``; takes asked for with ``cold`` are kept and paid
for like any others.
"""

import argparse
import ctypes
import json
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from contrafact.catalogue import service as catalogue
from contrafact.engine.arranging import arrange
from contrafact.engine.arranging.covers import pack_for
from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.engine.listening.chart import Chart
from contrafact.engine.progress import silent
from contrafact.engine.recipe.recipe import Recipe
from contrafact.engine.recipe.wishes import PartLevel
from contrafact.engine.rendering import Desk, Shelf
from contrafact.kit.home import Home
from contrafact.remixes.creations.making import work_for
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.sources import sources_for
from contrafact.remixes.takes.taking import (
    LIVE_FILE,
    heard_at,
    open_bench,
    render_take,
    stem_files,
    timeline_of,
    warm_up,
)
from contrafact.service.workers import WorkerPool

FIRST_S = 10.0
_PR_SET_CHILD_SUBREAPER = 36
_HEARD_BYTES = 16_000
"""More than the head of the growing FLAC, less than its first block of some seconds, which is written at once."""
WORDS = "house, keep the voice"
QUEUE = ("house", "reggae", "funk", "bossa nova", "techno", "disco", "lo-fi", "drum and bass")


def _work(installation: Installation, song: str, words: str, folder: Path, live: bool) -> dict[str, Any]:
    with installation.database.reading() as session:
        recording = catalogue.get(session, song)
        chart = catalogue.chart_of(recording, installation.blobs)
        recipe = installation.planner.plan(words, chart, recording.sha256).recipe
        return work_for(installation, recipe, sources_for(session, song, recipe), folder, live)


def _pool(installation: Installation) -> WorkerPool:
    """Renderers as the service has them, warm."""
    pool = WorkerPool(os.cpu_count() or 1, warm_up, {"assets": str(installation.home.assets)})
    while not pool.warm:
        time.sleep(0.05)
    return pool


def _made(pool: WorkerPool, work: Mapping[str, Any]) -> tuple[float, float, float]:
    """Seconds from asking until ten seconds can be heard, and until the file is there; seconds of the take."""
    begun = time.perf_counter()
    mixed: list[tuple[float, float]] = []

    def note(fraction: float, stage: str) -> None:
        mixed.append((fraction, time.perf_counter() - begun))

    made = pool.run(secrets.token_hex(8), render_take, work, note)
    whole_s, take_s = time.perf_counter() - begun, float(made["frames"] / SAMPLE_RATE)
    heard_s = next(at for fraction, at in mixed if heard_at(fraction, take_s) >= min(FIRST_S, take_s))
    return heard_s, whole_s, take_s


def first(installation: Installation, song: str, words: str) -> dict[str, float]:
    """Request to ten seconds of the growing file, in workers that are warm; and again, as after a rehearsal. Then the
    processor time of the same in one process without help."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        pool = _pool(installation)
        for name in ("new", "rehearsed"):
            work = _work(installation, song, words, Path(folder) / name, live=True)
            found[f"{name}_wall_s"] = _made(pool, work)[0]
        pool.close()
        bench = warm_up({"assets": str(installation.home.assets)})
        for name in ("new", "rehearsed"):
            readers = stem_files(work)
            cpu, heard_s = time.process_time(), 0.0
            for block in Desk(timeline_of(bench, work), readers, bench.sounds).live():
                heard_s += block.duration_s
                if heard_s >= FIRST_S:
                    break
            found[f"{name}_alone_cpu_s"] = time.process_time() - cpu
            for reader in readers:
                reader.close()
    return found


def whole(installation: Installation, song: str, words: str) -> dict[str, float]:
    """Request to the finished file, in workers that are warm, with the growing FLAC beside it."""
    with tempfile.TemporaryDirectory() as folder:
        pool = _pool(installation)
        _, whole_s, take_s = _made(pool, _work(installation, song, words, Path(folder), live=True))
        pool.close()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "wall_s": whole_s,
        "take_s": take_s,
        "cpu_with_warm_up_s": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
    }


def cold(song: str, words: str) -> dict[str, float]:
    """The command itself, from its start to ten seconds of sound on its standard output, and to its end.

    As it is where it was installed: with its byte code on disk, which a first command, not measured, leaves there.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        _cold(song, words, environment)
        return _cold(song, words, environment)


def _cold(song: str, words: str, environment: Mapping[str, str]) -> dict[str, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    script = Path(sys.executable).with_name("contrafact")
    command = [str(script), "remix", song, words, "-o", "-", "--seed", str(secrets.randbelow(2**40))]
    _adopt_orphans()
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=dict(environment)) as process:
        assert process.stdout is not None
        wanted = 44 + round(FIRST_S * 44_100) * 4
        got, first_s = 0, float("nan")
        while block := process.stdout.read(1 << 16):
            got += len(block)
            if got >= wanted and first_s != first_s:
                first_s = time.perf_counter() - begun
        process.wait()
        if process.returncode:
            sys.exit(f"the command ended with {process.returncode}")
    whole_s = time.perf_counter() - begun
    with suppress(ChildProcessError):
        while True:
            os.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "first_wall_s": first_s,
        "whole_wall_s": whole_s,
        "whole_cpu_s": used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
    }


def _adopt_orphans() -> None:
    """What the command leaves when it ends becomes ours: renderers count too, which are no children of its own."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def queue(installation: Installation, song: str) -> dict[str, Any]:
    """Eight listeners at one moment, each with another style: when each hears a second of sound, and has the whole."""
    pool = _pool(installation)
    with tempfile.TemporaryDirectory() as folder:
        works = [_work(installation, song, words, Path(folder) / str(n), live=True) for n, words in enumerate(QUEUE)]
        heard: dict[int, float] = {}
        done: dict[int, float] = {}
        begun = time.perf_counter()

        def listen(number: int) -> None:
            live = Path(works[number]["folder"]) / LIVE_FILE
            while number not in done and number not in heard:
                if live.exists() and live.stat().st_size >= _HEARD_BYTES:
                    heard[number] = time.perf_counter() - begun
                time.sleep(0.02)

        def make(number: int) -> None:
            pool.run(str(number), render_take, works[number], silent)
            done[number] = time.perf_counter() - begun

        threads = [threading.Thread(target=task, args=(n,)) for n in range(len(works)) for task in (make, listen)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        pool.close()
    return {"heard_s": sorted(heard.values()), "done_s": sorted(done.values())}


def fader(installation: Installation, song: str, words: str) -> dict[str, float]:
    """At a desk that has played ten seconds: a fader moves; when is the first half second with it there?"""
    bench = open_bench(installation.home.assets)
    with tempfile.TemporaryDirectory() as folder:
        work = _work(installation, song, words, Path(folder), live=False)
        readers = stem_files(work)
        shelf = Shelf()
        desk = Desk(timeline_of(bench, work), readers, bench.sounds, shelf)
        desk.sound(0.0, FIRST_S)
        recipe, chart = Recipe.model_validate_json(work["recipe"]), Chart.model_validate_json(work["chart"])
        waits = []
        for gain_db in (-6.0, 3.0, -60.0):
            begun = time.perf_counter()
            moved = recipe.model_copy(update={"levels": (PartLevel(part="drums", gain_db=gain_db),)})
            timeline = arrange(chart, moved, pack_for(moved, bench.styles))
            desk.with_faders(timeline).sound(4.0, 4.5)
            waits.append(time.perf_counter() - begun)
        for reader in readers:
            reader.close()
    return {"worst_wall_s": max(waits), "best_wall_s": min(waits)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.takes.clock", description=__doc__)
    parser.add_argument("question", choices=("first", "whole", "cold", "queue", "fader"))
    parser.add_argument("--song", required=True)
    parser.add_argument("--words", default=WORDS)
    options = parser.parse_args()
    if options.question == "cold":
        found: Mapping[str, Any] = cold(options.song, options.words)
    else:
        with Installation(Home.from_environment()) as installation:
            if options.question == "first":
                found = first(installation, options.song, options.words)
            elif options.question == "whole":
                found = whole(installation, options.song, options.words)
            elif options.question == "queue":
                found = queue(installation, options.song)
            else:
                found = fader(installation, options.song, options.words)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
