"""Render mixes to learn from: ``python -m training.data --seed 0 --count 300 --out .cache/training --processes 2``.

Each mix depends on the seed and its number alone; what is already there is not made again, so that a run that was
stopped goes on where it was.
"""

import argparse
import multiprocessing
import os
import queue
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from training.data.keeping import missing
from training.data.working import work

CHECKOUT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> None:
    """Render what is missing; the arguments are those of the command line."""
    options = _options().parse_args(arguments)
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    numbers = range(options.first, options.first + options.count)
    wanted = missing(out, numbers)
    home = Path(os.environ.get("CONTRAFACT_HOME") or CHECKOUT / ".cache" / "home")
    jobs = [
        (out, home / "assets", options.seed, wanted[start :: options.processes]) for start in range(options.processes)
    ]
    done = options.count - len(wanted)
    _show(done, options.count, 0.0)
    if not wanted:
        sys.stderr.write("\n")
        return
    began = time.monotonic()
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, context.Pool(options.processes) as pool:
        made = manager.Queue()
        working = pool.starmap_async(work, [(*job, made) for job in jobs])
        while not working.ready() or not made.empty():
            try:
                made.get(timeout=1.0)
            except queue.Empty:
                continue
            done += 1
            _show(done, options.count, time.monotonic() - began)
        working.get()
    sys.stderr.write("\n")


def _show(done: int, total: int, seconds: float) -> None:
    filled = round(30 * done / max(1, total))
    sys.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done} of {total} mixes, {seconds / 60:.1f} min")
    sys.stderr.flush()


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.data", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--first", type=int, default=0, help="number of the first mix")
    default = Path(os.environ.get("CONTRAFACT_TRAINING") or CHECKOUT / ".cache" / "training")
    parser.add_argument("--out", type=Path, default=default)
    parser.add_argument("--processes", type=int, default=2)
    return parser


if __name__ == "__main__":
    main()
