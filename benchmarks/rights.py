"""How fast the decision is: in memory beside Cedar, and with everything gathered from a library of a million songs.

    python -m benchmarks.rights [--only PART…] [--songs N] [--decisions N] [--requests N] [--at WHERE] [--json]

memory      decisions a second on one core, facts in memory: made ready once, made ready each time, with every reason
            read; and Cedar (cedarpy) on the same facts and requests, its policies parsed beforehand
cedar       100,000 random requests decided by us and by Cedar; any that differ are named, and the run fails
sqlite      a million recordings with three million grants in a new SQLite file; then random decisions, each with its
            facts gathered in a transaction of its own: ``grants`` with holders and grants, ``all`` with everything that
            a request for a remix gathers besides (mandates, people, switches, counts, answers)
postgres    the same in a PostgreSQL server of its own, where one is installed

With ``--at`` the library lies in that file, or in the PostgreSQL database of that address, is loaded only where it is
not there yet, and stays.

Each way is asked twice: ``again`` are the same questions once more, whose pages are in memory then (a system that gives
memory back soon drops pages of files that nobody read for seconds). ``from disk`` are decisions for which SQLite read
from the disk; of them the percentiles tell more about the disk than about us.

Songs, grants and requests are drawn from seeds. CPU seconds are this process's; PostgreSQL's own are not among them.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import cedarpy
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks import _postgres, _rights_besides, _rights_library
from contrafact.catalogue.models import RecordingRow
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.db import Database
from contrafact.kit.migrate import upgrade
from contrafact.remixes.permission.facts import facts_for_request
from contrafact.remixes.permission.owning import subjects_of_songs
from contrafact.rights.decide import decide
from contrafact.rights.ruling import Ruling
from contrafact.rights.service import facts_for
from contrafact.rights.values import Facts, RightsRequest, Subject, Use
from tests.rights.cedar.asking import SCHEMA_TEXT, SecondOpinion
from tests.support import consent_random
from tests.support.consent import ask, grants, song_of_four, terms

PARTS = ("memory", "cedar", "sqlite", "postgres")
OPERATIONS: tuple[Operation, ...] = ("style", "arrangement", "tempo_pitch", "stems_use", "download")
PER_FACTS = 50
Gather = Callable[[Session, Sequence[Subject], RightsRequest], Facts]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--songs", type=int, default=1_000_000)
    parser.add_argument("--decisions", type=int, default=2_000)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--scratch", type=Path, help="where the databases lie while they are measured")
    parser.add_argument("--at", metavar="WHERE", help="the library of the one part that is measured, to be kept")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.at and options.only not in (["sqlite"], ["postgres"]):
        parser.error("--at is for --only sqlite or --only postgres")
    found: dict[str, Any] = {}
    for part in options.only or PARTS:
        begun = time.perf_counter(), time.process_time()
        if part == "memory":
            found[part] = memory()
        elif part == "cedar":
            found[part] = second_opinion(options.requests)
        else:
            found[part] = library(part, options.songs, options.decisions, options.scratch, options.at)
        found[part] |= {
            "cpu_s": round(time.process_time() - begun[1], 2),
            "wall_s": round(time.perf_counter() - begun[0], 2),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        if not options.json:
            _print(part, found[part])
    if options.json:
        print(json.dumps(found))
    if found.get("cedar", {}).get("differ"):
        sys.exit("Cedar decides otherwise; see above")


def memory() -> dict[str, Any]:
    """Decisions a second of CPU: four operations over a song with four holders, and drawn facts full of conditions."""
    song = song_of_four()
    request = ask("style", "arrangement", "stems_use", "tempo_pitch")
    given = grants(song, terms("style", "arrangement", "stems_use", "tempo_pitch", "download"))
    everybody, missing = Facts(subjects=(song,), grants=given), Facts(subjects=(song,), grants=given[1:])
    permitting, denying = Ruling(everybody), Ruling(missing)
    opinion = SecondOpinion(everybody, cedarpy.Schema.from_str(SCHEMA_TEXT))
    assert opinion.of(request) == permitting.decide(request).outcome == "permit"
    drawn = [*_drawn(range(40))]
    ready = [(Ruling(known), asked) for known, asked in drawn]
    cedars = [(SecondOpinion(known, cedarpy.Schema.from_str(SCHEMA_TEXT)), asked[:2]) for known, asked in drawn]
    return {
        "permit, facts ready": _rate(lambda: permitting.decide(request), 5_000),
        "deny, facts ready": _rate(lambda: denying.decide(request), 5_000),
        "permit, facts as values": _rate(lambda: decide(request, everybody), 1_500),
        "permit, every reason read": _rate(lambda: permitting.decide(request).reasons, 500),
        "permit, with its snapshot": _rate(lambda: permitting.decide(request).snapshot, 100),
        "drawn, facts ready": _rate(
            lambda: [each.decide(one) for each, asked in ready for one in asked], 1, 40 * PER_FACTS
        ),
        "permit, Cedar": _rate(lambda: opinion.of(request), 20),
        "drawn, Cedar": _rate(lambda: [each.of(one) for each, asked in cedars for one in asked], 1, 80),
    }


def second_opinion(requests: int) -> dict[str, Any]:
    """How many of so many random requests Cedar decides otherwise."""
    schema = cedarpy.Schema.from_str(SCHEMA_TEXT)
    outcomes: Counter[str] = Counter()
    differ, errors = [], 0
    for seed, (known, asked) in enumerate(_drawn(range(-(-requests // PER_FACTS)))):
        ours, cedars = Ruling(known), SecondOpinion(known, schema)
        for number, request in enumerate(asked):
            outcome = ours.decide(request).outcome
            outcomes[outcome] += 1
            if cedars.of(request) != outcome:
                differ.append(f"seed {seed}, request {number}")
        errors += cedars.errors
    return {"requests": sum(outcomes.values()), **outcomes, "differ": differ, "refused for errors": errors}


def _drawn(seeds: range) -> Iterator[tuple[Facts, list[RightsRequest]]]:
    for seed in seeds:
        rng = Random(seed)
        known = consent_random.facts(rng)
        songs = [subject.recording_id for subject in known.subjects]
        yield known, [consent_random.request(rng, songs) for _ in range(PER_FACTS)]


def library(kind: str, songs: int, decisions: int, scratch: Path | None, at: str | None = None) -> dict[str, Any]:
    """Milliseconds of a decision with its facts gathered, at the 50th and the 99th percentile."""
    if kind == "postgres" and at is None and _postgres.binaries() is None:
        return {"absent": "no PostgreSQL server is installed"}
    with _opened(kind, scratch, at) as database:
        upgrade(database)
        found: dict[str, Any] = {"songs": songs}
        with database.reading() as session:
            there = session.scalar(select(func.count()).select_from(RecordingRow)) or 0
        if not there:
            loaded = _rights_library.load(database, songs)
            _rights_library.write(database, _rights_besides.tables(songs))
            found |= {"grants": loaded.grants, "loaded_s": round(loaded.seconds, 1)}
        elif there != songs:
            sys.exit(f"the library holds {there} songs; ask for as many with --songs")
        ways: Mapping[str, Gather] = {"a decision, grants": _grants_alone, "a decision, all": facts_for_request}
        for name, gather in ways.items():
            _timed(database, songs, 200, gather, seed=1)
            found[name] = _timed(database, songs, decisions, gather, seed=2)
            found[f"{name}, again"] = _timed(database, songs, decisions, gather, seed=2)
        return found


def _grants_alone(session: Session, subjects: Sequence[Subject], _request: RightsRequest) -> Facts:
    return facts_for(session, subjects)


@contextmanager
def _opened(kind: str, scratch: Path | None, at: str | None) -> Iterator[Database]:
    if at is not None:
        database = Database(at) if "://" in at else Database.at(Path(at))
        yield database
        database.close()
        return
    if kind == "postgres":
        with _postgres.server(scratch) as url:
            database = Database(url)
            yield database
            database.close()
        return
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        database = Database.at(Path(folder) / "library.db")
        yield database
        database.close()


def _timed(database: Database, songs: int, count: int, gather: Gather, seed: int) -> dict[str, Any]:
    rng = Random(seed)
    wall, cpu, outcomes, from_disk = [], [], Counter[str](), 0
    for _ in range(count):
        song = _rights_library.song_id(rng.randrange(songs))
        request = _request(rng, song)
        blocks = resource.getrusage(resource.RUSAGE_SELF).ru_inblock
        begun = time.perf_counter(), time.process_time()
        with database.reading() as session:
            facts = gather(session, subjects_of_songs(session, [song]), request)
        decision = decide(request, facts)
        cpu.append(time.process_time() - begun[1])
        wall.append(time.perf_counter() - begun[0])
        from_disk += resource.getrusage(resource.RUSAGE_SELF).ru_inblock > blocks
        outcomes[decision.outcome] += 1
    told = {"wall": sorted(wall), "cpu": sorted(cpu)}
    return {
        **{f"{name}_p50_ms": round(1000 * times[count // 2], 3) for name, times in told.items()},
        **{f"{name}_p99_ms": round(1000 * times[count * 99 // 100], 3) for name, times in told.items()},
        **({"from disk": from_disk} if database.engine.dialect.name == "sqlite" else {}),
        **outcomes,
    }


def _request(rng: Random, song: str) -> RightsRequest:
    measured = {"tempo_ratio": 1.0, "semitones": 0.0}
    return RightsRequest(
        operations=tuple(Use(operation=item, extent=measured) for item in rng.sample(OPERATIONS, 2)),
        territory=rng.choice(("DE", "JP", "US")),
        tier="premium",
        paid=True,
        user_id="usr_1",
        at=datetime(2026, 6, 1, tzinfo=UTC),
        whole={song: {"source_share": 0.5}},
        recipe_sha256="a" * 64,
    )


def _rate(one: Callable[[], object], count: int, decisions_each: int = 1) -> int:
    """Decisions a second of CPU; the best of ten, for others share the machine."""
    best = 0.0
    for _ in range(10):
        begun = time.process_time()
        for _ in range(count):
            one()
        best = max(best, count * decisions_each / (time.process_time() - begun))
    return round(best)


def _print(part: str, found: Mapping[str, Any]) -> None:
    print(f"\n{part}")
    for name, value in found.items():
        unit = " a second" if part == "memory" and not name.endswith(("_s", "_mb")) else ""
        print(f"  {name:28} {value}{unit}")


if __name__ == "__main__":
    main()
