"""Taking in a song of 180 s: decode, listen, separate, keep. Target: at most 60 s wall and 2 GB on two cores.

    python -m benchmarks.ingest [FILE] [--json]

Without FILE a generated song of 180 s is taken in. The models must be fetched (``contrafact assets fetch``).
"""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from benchmarks._measure import run
from contrafact.engine.audio.encoding import encode
from contrafact.kit.home import Home
from tests.support.songs import make_song

FORM = (("intro", 8), ("verse", 16), ("chorus", 16), ("verse", 16), ("chorus", 16), ("bridge", 8), ("outro", 10))
"""Ninety bars of four beats at 120 BPM: 180 s."""


def song_of_three_minutes(folder: Path) -> Path:
    """A generated song of about 180 s as FLAC."""
    path = folder / "three-minutes.flac"
    encode(make_song(seed=5, bpm=120.0, sections=FORM).audio, path)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "home").mkdir()
        (folder / "home" / "assets").symlink_to(Home.from_environment().assets)
        path = options.file or song_of_three_minutes(folder)
        command = [sys.executable, "-m", "contrafact", "ingest", str(path), "--grant", "mine", "--json"]
        cost, printed = run(command, {"CONTRAFACT_HOME": str(folder / "home")})
    duration_s = json.loads(printed)["duration_s"]
    if options.json:
        print(json.dumps({"duration_s": duration_s, **asdict(cost)}))
    else:
        print(f"ingest of {duration_s:.0f} s   {cost}")


if __name__ == "__main__":
    main()
