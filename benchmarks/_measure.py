"""What a whole process costs: CPU seconds, wall seconds and peak memory, as the operating system counts them."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """``cpu_s`` of the process and its finished children, ``peak_mb`` of the largest of them."""

    cpu_s: float
    wall_s: float
    peak_mb: float

    def __str__(self) -> str:
        return f"CPU {self.cpu_s:7.2f} s   wall {self.wall_s:7.2f} s   peak {self.peak_mb:6.0f} MB"


def run(command: Sequence[str], environment: Mapping[str, str]) -> tuple[Cost, str]:
    """Run a command to its end; its cost and what it printed on standard output.

    Raises
    ------
    SystemExit
        When it fails, with what it said.
    """
    begun = time.perf_counter()
    with subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.perf_counter() - begun
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}\n{printed}")
    return Cost(usage.ru_utime + usage.ru_stime, wall_s, usage.ru_maxrss / 1024), printed
