"""How well and how fast the ear hears, beside other programs: generated songs with exact truth, real ones with tempo.

    python -m benchmarks.listening [--split reported] [--quick] [--no-peers | --peer NAME] [--long]
                                   [--songs GLOB] [--only ROW] [--json]

Prints a table of figures (rows by mir_eval's definitions) with ours and each peer's, ours by trait, confidence against
accuracy, known tempi of real recordings, and what hearing costs: CPU per song of everybody in this run, and time and
memory of a fresh process. The lead melody and the drums are heard in the true stems. Songs are rendered once and kept
in ``$CONTRAFACT_HOME/truth``; peers' environments are made once, by uv, in ``.cache/benchmarks``. A peer that cannot be
had is named with the reason. Numbers in the code may be chosen on the ``tuning`` songs only.
"""

import argparse
import fnmatch
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.hearing import costs, real, table
from benchmarks.hearing.reliability import monotone, reliability
from benchmarks.hearing.scoring import ROWS, Scores, score
from benchmarks.peers.running import OURS, PEERS, Job, Peer, PeerAbsent, ask
from benchmarks.truth import SongSettings, TrueSong, prepare, read, settings_of
from benchmarks.truth.shelf import fingerprint
from contrafact.assets import AssetMissing, AssetStore
from contrafact.engine.audio.value import Audio

ROOT = Path(__file__).resolve().parent.parent
PEER_FOLDER = ROOT / ".cache" / "benchmarks"
TRAIT_ROWS = (
    "beat_f",
    "downbeat_f",
    "metre",
    "tempo",
    "key",
    "majmin",
    "sevenths",
    "boundary_3s",
    "melody_f",
    "drum_f",
)
COLD_S, LONG_S = 180.0, (360.0, 3600.0)


def main() -> None:
    options = _options()
    home = Path(os.environ.get("CONTRAFACT_HOME") or ROOT / ".cache" / "home")
    store = AssetStore(home / "assets")
    chosen = [
        settings
        for settings in settings_of(options.split)
        if fnmatch.fnmatch(settings.name, options.songs) or fnmatch.fnmatch(" ".join(settings.traits), options.songs)
    ][:: 6 if options.quick else 1]
    if not chosen:
        sys.exit(f"no song of the {options.split} split fits {options.songs!r}")
    try:
        prepare(chosen, store, home / "truth", lambda done, total: _say(f"rendering: {done} of {total}"))
    except AssetMissing as error:
        sys.exit(str(error))
    _say("", end="\n")
    # The recordings would fill the memory: what is judged are the facts.
    songs = [_without_sound(read(settings, home / "truth")) for settings in chosen]
    rows = [row for row in ROWS if not options.only or row in options.only]
    report: dict[str, Any] = {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "split": options.split,
        "songs": [song.name for song in songs],
        "peers": {},
        "absent": {},
    }
    columns: dict[str, list[Scores]] = {}
    ours: list[dict[str, Any]] = []
    for peer in (OURS, *(() if options.no_peers else _peers(options.peer))):
        try:
            answers, wall_s = ask(peer, _jobs(chosen, home), PEER_FOLDER, home, _progress)
        except PeerAbsent as absent:
            report["absent"][peer.name] = str(absent)
            _say(f"{peer.name} is absent: {absent}", end="\n")
            continue
        _say("", end="\n")
        columns[peer.name] = [score(song, answer) for song, answer in zip(songs, answers, strict=True)]
        report["peers"][peer.name] = _told(peer, columns[peer.name], answers, wall_s, rows)
        if peer is OURS:
            ours = answers
            report["per_song"] = {song.name: scores for song, scores in zip(songs, columns[peer.name], strict=True)}
    found = reliability(songs, ours) if ours else {}
    report["reliability"] = {
        kind: {"bins": [asdict(row) for row in bins], "monotone": monotone(bins)} for kind, bins in found.items()
    }
    report["real"] = [] if options.only else [asdict(heard) for heard in real.hear(store, options.real)]
    recording = read(chosen[len(chosen) // 2], home / "truth").audio
    lengths = [] if options.only else [COLD_S, *(LONG_S if options.long else ())]
    report["cold"] = [_cold(recording, seconds, home) for seconds in lengths]
    if options.json:
        print(json.dumps(report))
        return
    lines = _lines(report, columns, songs, rows)
    print("\n".join([*lines, "", "## Confidence", *table.reliability_table(found), "", *_rest(report)]))


def _peers(named: Sequence[str] | None) -> tuple[Peer, ...]:
    return tuple(peer for peer in PEERS if not named or peer.name in named)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks.listening", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--split", choices=("reported", "tuning"), default="reported")
    parser.add_argument("--songs", default="*", metavar="GLOB", help="only songs whose name or traits fit")
    parser.add_argument("--quick", action="store_true", help="every sixth song only")
    parser.add_argument("--only", action="append", choices=tuple(ROWS), metavar="ROW", help="only this row; repeatable")
    parser.add_argument("--no-peers", action="store_true", help="ours alone")
    parser.add_argument(
        "--peer", action="append", choices=tuple(peer.name for peer in PEERS), help="only this; repeatable"
    )
    parser.add_argument("--long", action="store_true", help="also the memory of hearing 6 and 60 minutes")
    parser.add_argument("--real", action="append", default=[], metavar="FILE=BPM", help="a recording of known tempo")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    return parser.parse_args()


def _without_sound(song: TrueSong) -> TrueSong:
    """The song's facts with a view of one channel of its sound, whose length is all that scores look at."""
    silence = Audio(np.broadcast_to(np.float32(0.0), (1, song.audio.frames)))
    stems = type(song.stems)(silence, silence, silence, silence)
    return replace(song, audio=silence, stems=stems)


def _jobs(chosen: Sequence[SongSettings], home: Path) -> list[Job]:
    found = []
    for settings in chosen:
        place = home / "truth" / fingerprint(settings)
        found.append(
            {"name": settings.name, **{part: str(place / f"{part}.flac") for part in ("audio", "vocals", "drums")}}
        )
    return found


def _told(
    peer: Peer, column: list[Scores], answers: list[dict[str, Any]], wall_s: float, rows: Sequence[str]
) -> dict[str, Any]:
    return {
        "version": peer.version,
        "means": {row: table.mean(column, row) for row in rows},
        "cost": costs.summary(answers, wall_s),
        "failed": {answer["name"]: answer["error"] for answer in answers if "error" in answer},
    }


def _cold(recording: Audio, seconds: float, home: Path) -> dict[str, float]:
    _say(f"hearing {seconds:.0f} s in a fresh process", end="\n")
    return costs.cold(recording, seconds, home)


def _lines(
    report: dict[str, Any], columns: dict[str, list[Scores]], songs: Sequence[TrueSong], rows: Sequence[str]
) -> list[str]:
    lines = [f"# Listening: {len(songs)} {report['split']} songs, {report['date']}, {report['machine']}", ""]
    lines += [*table.main_table(columns, rows), ""]
    lines += ["`!` marks a peer that is better than ours; `–` a question that it does not answer.", ""]
    lines += [f"{name} is absent: {why}" for name, why in report["absent"].items()]
    for name, told in report["peers"].items():
        lines += [f"{name} failed on {song}: {why}" for song, why in told["failed"].items()]
    lines += [
        "## Cost in this run (two processes at once)",
        "| | CPU s a song | wall s for all | peak MB of a process |",
    ]
    lines += ["|---|---|---|---|"]
    for name, told in report["peers"].items():
        cost = told["cost"]
        stages = ", ".join(f"{stage} {value:.1f}" for stage, value in cost["stages"].items())
        title = f"{name} {told['version']}".strip()
        lines.append(
            f"| {title} | {cost['cpu_s_per_song']:.1f} ({stages}) | {cost['wall_s']:.0f} | {cost['peak_mb']:.0f} |"
        )
    shown = [row for row in TRAIT_ROWS if row in rows]
    if OURS.name in columns:
        traits = [song.traits for song in songs]
        lines += ["", "## Ours by trait", *table.trait_table(columns[OURS.name], traits, shown)]
    return lines


def _rest(report: dict[str, Any]) -> list[str]:
    lines = ["## Real recordings"] if report["real"] else []
    for row in report["real"]:
        verdict = "right" if abs(row["bpm"] - row["true_bpm"]) <= 0.2 else "WRONG"
        lines.append(
            f"- {row['song']}: {row['bpm']:.3f} BPM (true {row['true_bpm']:g}: {verdict}), confidence "
            f"{row['confidence']:.2f}, steady {row['steady']}, {row['metre']}, {row['key']}, sung {row['sung_s']:.0f} s"
        )
    lines += ["", "## In a fresh process"] if report["cold"] else []
    for cost in report["cold"]:
        lines.append(
            f"- {cost['audio_s']:.0f} s of stereo: wall {cost['wall_s']:.1f} s, CPU {cost['cpu_s']:.1f} s, peak "
            f"{cost['peak_mb']:.0f} MB, of which {cost['samples_mb']:.0f} MB are the samples and "
            f"{cost['peak_mb'] - cost['samples_mb']:.0f} MB all else; {cost['start_s']:.1f} s to start and load"
        )
    return lines


def _progress(name: str, done: int, total: int) -> None:
    _say(f"{name}: {done} of {total}")


def _say(text: str, end: str = "") -> None:
    print(f"\r\033[K{text}", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
