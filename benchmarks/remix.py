"""The remix engine beside what is scripted today: how soon, how true to the song, how clean.

    python -m benchmarks.remix [--only PART…] [--song FILE…] [--styles A,B…] [--sheet PNG] [--json]

Songs are those of ``$CONTRAFACT_HOME`` (a real sung one where it lies beside the checkout, and songs of the demo),
taken in once. Parts:

speed       request to ten seconds of sound, warm and cold; the whole file; eight at once; a fader (see ``takes.clock``)
chain       separation, librosa, Rubber Band and pedalboard in a script; plain sped-up and slowed with reverb
locks       harmony, melody and rhythm locked in a style: similarity to the recording (see ``takes.facets``)
strengths   each strength from 0 to 1: Spearman of strength against distance
takes       songs x styles x seeds: loudness, true peak, joins, clicks, onsets against their aims
sheet       (with ``--sheet``) a picture of every take with its measures, five songs by eight styles
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks._measure import run
from benchmarks.peers.running import Job, Peer, PeerAbsent, ask
from benchmarks.takes.checks import Checked, check
from benchmarks.takes.locks import Bench, locked, swept
from benchmarks.takes.making import make, recipe_for
from benchmarks.takes.sheet import Tile, draw, tile_of
from benchmarks.takes.songs import Song, opened
from contrafact.assets.store import AssetStore
from contrafact.engine.arranging import StylePack, load_styles
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.recipe.recipe import COMPONENTS
from contrafact.engine.rendering import Sounds

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("speed", "chain", "locks", "strengths", "takes")
SHEET_STYLES = ("house", "drum-and-bass", "reggae", "bossa-nova", "funk", "rock", "jazz-swing", "orchestral")
LOCK_STYLES = ("house", "bossa-nova", "rock")
CHAIN = Peer(
    "chain",
    "chain_peer",
    ("librosa==0.11.0", "soundfile==0.14.0", "pedalboard==0.9.26", "pyloudnorm==0.2.0"),
    "librosa 0.11, pedalboard 0.9 (Rubber Band R3)",
)


def main() -> None:
    options = _options()
    found: dict[str, Any] = {}
    with opened(tuple(options.song), options.count) as (songs, store):
        parts = options.only or ([] if options.sheet else PARTS)
        packs = load_styles()
        styles = [packs[slug] for slug in (options.styles or SHEET_STYLES) if slug in packs]
        sounds = Sounds.open(store)
        if "speed" in parts:
            found["speed"] = _shown("speed", speed(songs[0]))
        if "chain" in parts:
            found["chain"] = _shown("chain", chain(songs[0], store))
        if "locks" in parts:
            chosen = [packs[slug] for slug in (options.styles or LOCK_STYLES) if slug in packs]
            found["locks"] = [_shown("lock", asdict(one)) for one in locks(songs, chosen, sounds, store)]
        if "strengths" in parts:
            found["strengths"] = [
                _shown("strength", one) for one in strengths(songs[:1], packs["house"], sounds, store)
            ]
        if "takes" in parts:
            found["takes"] = [_shown("take", asdict(one)) for one, _ in takes(songs, styles, options.seeds, sounds)]
        if options.sheet:
            found["sheet"] = sheet(songs, styles, sounds, options.sheet)
    if options.json:
        print(json.dumps(found))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks.remix", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=PARTS, help="only this part; repeatable")
    parser.add_argument("--song", action="append", type=Path, default=[], metavar="FILE", help="this song; repeatable")
    parser.add_argument("--count", type=int, default=5, help="how many of the usual songs")
    parser.add_argument("--styles", type=lambda text: text.split(","), metavar="A,B", help="slugs of style packs")
    parser.add_argument("--seeds", type=int, default=1, help="takes of each song in each style")
    parser.add_argument("--sheet", type=Path, metavar="PNG", help="draw the contact sheet")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    return parser.parse_args()


def _shown(name: str, row: Any) -> Any:
    """Print a row for people as it is measured."""
    print(f"{name:9} {_line(row)}", file=sys.stderr, flush=True)
    return row


def _line(row: Mapping[str, Any]) -> str:
    said = []
    for key, value in row.items():
        if isinstance(value, Mapping):
            said.append(f"{key}: {_line(value)};")
        elif isinstance(value, float):
            said.append(f"{key} {value:.3g}")
        elif value not in ((), []):
            said.append(f"{key} {value}")
    return "  ".join(said)


def speed(song: Song) -> dict[str, Any]:
    """Each question in a process of its own, on a machine that should have nothing else to do."""
    found = {}
    environment = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    for question in ("first", "whole", "cold", "cold", "queue", "fader"):
        command = [sys.executable, "-m", "benchmarks.takes.clock", question, "--song", song.id]
        cost, printed = run(command, environment)
        # The second cold run finds the disk's cache warm, as a machine in use does.
        found[question] = json.loads(printed) | {"process_cpu_s": cost.cpu_s, "process_peak_mb": cost.peak_mb}
    return {"song": song.title, "duration_s": song.chart.duration_s, **found}


def chain(song: Song, store: AssetStore) -> dict[str, Any]:
    """The scripted chain and the plain edits: seconds by stage, peak memory, and what they keep of the song."""
    with tempfile.TemporaryDirectory() as folder:
        stems = {str(name): str(path) for name, path in song.stem_paths.items()}
        jobs: list[Job] = [
            {"name": name, "plain": plain, "ratio": "0.9", "semitones": "2", "out": f"{folder}/{name}.wav", **stems}
            for name, plain in (("chain", ""), ("sped-up", "sped-up"), ("slowed", "slowed"))
        ]
        for job in jobs:
            for stem in STEM_NAMES:
                # The peer's reader knows files by their names.
                link = Path(folder) / f"{stem}.flac"
                if not link.exists():
                    link.symlink_to(job[stem])
                job[stem] = str(link)
        try:
            answers, _ = ask(CHAIN, jobs, ROOT / ".cache" / "benchmarks", store.root.parent, lambda *_: None)
        except PeerAbsent as error:
            return {"absent": str(error)}
        separation, _ = run(
            [sys.executable, "-c", _SEPARATE, *stems.values()], {"CONTRAFACT_HOME": str(store.root.parent)}
        )
        found: dict[str, Any] = {"separation": {"cpu_s": separation.cpu_s, "wall_s": separation.wall_s}}
        for answer in answers:
            cost = answer.get("cost", {})
            found[answer["name"]] = {
                "cpu_s": sum(seconds[0] for seconds in cost.values()),
                "wall_s": sum(seconds[1] for seconds in cost.values()),
                "peak_mb": answer["peak_mb"],
                **({"error": answer["error"]} if "error" in answer else {}),
            }
        return found


_SEPARATE = """
import os, sys
from pathlib import Path
import numpy as np
from contrafact.assets.store import AssetStore
from contrafact.engine.audio.stem_files import read_stem
from contrafact.engine.audio.value import Audio
from contrafact.engine.separation.separate import separate
mix = np.sum([read_stem(Path(path)).samples for path in sys.argv[1:]], axis=0)
separate(Audio(mix), AssetStore(Path(os.environ["CONTRAFACT_HOME"]) / "assets"))
"""


def locks(songs: Sequence[Song], packs: Sequence[StylePack], sounds: Sounds, store: AssetStore) -> Iterator[Any]:
    for song in songs:
        yield from locked(Bench(song, sounds, store), packs)


def strengths(songs: Sequence[Song], pack: StylePack, sounds: Sounds, store: AssetStore) -> Iterator[dict[str, Any]]:
    for song in songs:
        for one in swept(Bench(song, sounds, store), pack, COMPONENTS):
            yield asdict(one)


def takes(
    songs: Sequence[Song], packs: Sequence[StylePack], seeds: int, sounds: Sounds
) -> Iterator[tuple[Checked, Tile]]:
    """Every song in every style; a take whose number is odd is cut to two thirds, so that there are joins to hear."""
    number = 0
    for song in songs:
        for pack in packs:
            for seed in range(seeds):
                number += 1
                changes: dict[str, Any] = {"seed": seed}
                if number % 2:
                    changes["length_s"] = round(max(20.0, song.chart.duration_s * 2 / 3), 1)
                take = make(song, recipe_for(song, pack, **changes), pack, sounds)
                found = check(song, pack.slug, pack, take, sounds)
                lines = (
                    f"{found.lufs:.2f} LUFS  {found.true_peak_dbtp:.2f} dBTP  {take.sound.shape[1] / 44_100:.0f} s",
                    f"joins {found.joins}  click {found.worst_click:.1f}  off {found.worst_join_ms:.1f} ms",
                    f"step {found.worst_level_step_db:.1f} dB  onsets {found.worst_onset_ms:.1f} ms",
                    *(f"! {failure}" for failure in found.failures),
                )
                yield found, tile_of(song.title, pack.slug, take, lines, found.failures)


def sheet(songs: Sequence[Song], packs: Sequence[StylePack], sounds: Sounds, path: Path) -> dict[str, Any]:
    """Draw the contact sheet; what is drawn of a take is all that is kept of it."""
    failures: list[str] = []
    rows = []
    for song in songs:
        row = []
        for found, tile in takes([song], packs, 1, sounds):
            _shown("take", asdict(found))
            failures += [f"{found.song} {found.style}: {failure}" for failure in found.failures]
            row.append(tile)
        rows.append(row)
    draw(rows, path)
    print(path, file=sys.stderr)
    return {"path": str(path), "failures": failures}


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(str(error))
