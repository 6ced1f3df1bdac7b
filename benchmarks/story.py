"""From the prompt to the sound, in a real browser on a real server.

Targets on two cores: first audible sound within 3 s of the click, the whole remix of a 180 s song within 20 s.

    python -m benchmarks.story [FILE] [--words WORDS] [--json]

Needs the models, the sounds, the built studio and Chromium.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.ingest import song_of_three_minutes
from contrafact.engine.progress import silent
from contrafact.kit.home import Home
from contrafact.remixes.installation import Installation
from contrafact.remixes.songs.library import IngestCall, ingest_file
from tests.support.serving import CHROMIUM_FLAGS, server

SOUNDS = """() => {
    const take = document.querySelector('audio[data-role=take]');
    const level = document.querySelector('[data-testid=level]');
    return take && take.currentTime > 0 && level && Number(level.dataset.peakDbfs) > -50;
}"""
READS_S = 3.0
"""How long a person looks at the plan before the click. The first time nobody looks: the server has just started."""


def listen(address: str, song: str, words: str, reads_s: float) -> dict[str, float]:
    """Ask as a listener does, who reads the plan for a while before the click; seconds from there to the sound."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM_FLAGS))
        page = browser.new_page()
        page.goto(f"{address}#/song/{song}")
        page.get_by_test_id("prompt").fill(words)
        page.get_by_test_id("prompt").press("Enter")
        make = page.get_by_test_id("make")
        page.wait_for_function("() => document.querySelector('[data-testid=make]:not(:disabled)')", timeout=60_000)
        page.wait_for_timeout(1000 * reads_s)
        begun = time.perf_counter()
        make.click()
        page.wait_for_function(SOUNDS, timeout=60_000, polling=20)
        first_s = time.perf_counter() - begun
        remix = page.evaluate("() => location.hash.split('/').pop()")
        with urllib.request.urlopen(f"{address}api/remixes/{remix}/events", timeout=300) as events:
            last = [line for line in events if line.startswith(b"data: ")][-1]
        whole_s = time.perf_counter() - begun
        if json.loads(last.removeprefix(b"data: "))["status"] != "ready":
            sys.exit(f"the remix was not made: {last!r}")
        browser.close()
    return {"first_sound_s": first_s, "whole_s": whole_s}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--words", default="bossa nova, keep the voice")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "home").mkdir()
        (folder / "home" / "assets").symlink_to(Home.from_environment().assets)
        with Installation(Home(folder / "home")) as installation:
            path = options.file or song_of_three_minutes(folder)
            song = ingest_file(installation, path, IngestCall(grant="mine"), silent)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with server(folder / "home") as (_, address):
            cold = listen(address, song["id"], options.words, 0.0)
            warm = listen(address, song["id"], options.words.replace("bossa nova", "lo-fi"), READS_S)
            moved = listen(address, song["id"], f"{options.words}, up a tone", READS_S)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    figures = {
        "duration_s": song["duration_s"],
        "just_started": cold,
        "another_style": warm,
        "transposed": moved,
        "cpu_s": cpu_s,
        "peak_mb": after.ru_maxrss / 1024,
    }
    if options.json:
        print(json.dumps(figures))
        return
    print(f"song of {song['duration_s']:.0f} s, three remixes, server and browser   CPU {cpu_s:.1f} s")
    for label, found in (("just started", cold), ("another style", warm), ("transposed", moved)):
        print(f"{label:14} first sound {found['first_sound_s']:6.2f} s   whole {found['whole_s']:6.2f} s")


if __name__ == "__main__":
    main()
