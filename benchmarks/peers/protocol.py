"""What a peer's script is asked and answers. Nothing but the standard library: it runs in every peer's environment.

A script reads jobs as JSON lines (``name``, and the paths of ``audio``, ``vocals`` and ``drums``) and writes an answer
as one JSON line per job. All fields of an answer but ``name`` may be missing: ``beats`` and ``downbeats`` (seconds),
``tempo`` (BPM), ``metre`` ([beats to the bar, division or null]), ``key`` (``A minor``), ``chords`` and ``sections``
([start, end, label]), ``melody`` ([start, end, MIDI pitch]). ``cost`` holds CPU and wall seconds by stage, ``peak_mb``
the largest resident memory of the process so far.
"""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any


class Costs:
    """CPU and wall seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.seconds[stage] = [time.process_time() - cpu, time.perf_counter() - wall]


def tempo_of(beats: Sequence[float]) -> float | None:
    """For listeners that tell beats but no tempo: the median over eight beats, which coarse frames blur less."""
    span = min(8, len(beats) - 1)
    if span < 1:
        return None
    return 60.0 * span / statistics.median(after - before for before, after in zip(beats, beats[span:], strict=False))


Listener = Callable[[dict[str, str], Costs], dict[str, Any]]


def serve(listen: Listener) -> None:
    """Answer every job on standard input; a job that fails answers with its ``error``."""
    for line in sys.stdin:
        job = json.loads(line)
        costs = Costs()
        try:
            answer = listen(job, costs)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
        print(json.dumps({"name": job["name"], **answer, "cost": costs.seconds, "peak_mb": peak_mb}), flush=True)
