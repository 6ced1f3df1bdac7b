"""A library of any size straight in the tables: recordings, works, parties, shares, contributions, and grants.

Every song has a label that holds its master, one or two who hold the work, and a singer; of its grants a ninth have
been followed by a second version. All of it is drawn from the song's number, so that any song's rows can be told
without the others'. Rows are written past the triggers and the foreign keys of the tables (they are as their owners
would have made them), for a million songs one by one would take hours.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from contrafact.kit.canonical import canonical_json
from contrafact.kit.db import Database
from contrafact.rights.values import Terms

MOMENT = "2026-01-01 00:00:00"
LABELS, WRITERS, SINGERS = 5_000, 40_000, 50_000
_OPERATIONS = ("style", "arrangement", "tempo_pitch", "stems_use", "cover", "mashup", "download", "share_in_app")
Row = tuple[Any, ...]
Write = Callable[[str, Sequence[str], Iterable[Row]], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was written, and how long it took."""

    songs: int
    grants: int
    seconds: float


def song_id(number: int) -> str:
    return f"rec_{number:09d}"


def load(database: Database, songs: int) -> Loaded:
    """Fill the tables of a new database."""
    begun = time.perf_counter()
    counted = [0]

    def grants() -> Iterator[Row]:
        for row in _grants(songs):
            counted[0] += 1
            yield row

    tables: tuple[tuple[str, Sequence[str], Iterable[Row]], ...] = (
        ("parties", ("id", "name", "name_key", "kind", "created_at"), _parties()),
        ("works", ("id", "title", "created_at"), ((_work(n), f"Song {n}", MOMENT) for n in range(songs))),
        ("recordings", _RECORDING, _recordings(songs)),
        ("contributions", ("recording_id", "position", "party_id", "role", "is_voice"), _contributions(songs)),
        ("ownership_statements", _STATEMENT, _statements(songs)),
        ("ownership_shares", _SHARE, _shares(songs)),
        ("grants", _GRANT, grants()),
    )
    write(database, tables)
    return Loaded(songs, counted[0], time.perf_counter() - begun)


def write(database: Database, tables: Iterable[tuple[str, Sequence[str], Iterable[Row]]]) -> None:
    """Write rows past triggers and foreign keys."""
    if database.engine.dialect.name == "sqlite":
        _into_sqlite(database, tables)
    else:
        _into_postgres(database, tables)


def _into_sqlite(database: Database, tables: Iterable[tuple[str, Sequence[str], Iterable[Row]]]) -> None:
    connection = sqlite3.connect(str(database.engine.url.database), isolation_level=None)
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    for table, columns, rows in tables:
        places = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
    for _, sql in triggers:
        connection.execute(sql)
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _into_postgres(database: Database, tables: Iterable[tuple[str, Sequence[str], Iterable[Row]]]) -> None:
    raw = database.engine.raw_connection()
    try:
        connection: Any = raw.driver_connection
        with connection.cursor() as cursor:
            # No triggers and no foreign keys for this session only.
            cursor.execute("SET session_replication_role = replica")
            for table, columns, rows in tables:
                with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE")
        connection.autocommit = False
    finally:
        raw.close()


_RECORDING = (
    "id",
    "work_id",
    "sha256",
    "title",
    "artist",
    "label",
    "genres",
    "status",
    "size_bytes",
    "container",
    "codec",
    "sample_rate",
    "channels",
    "duration_s",
    "content",
    "tempo_bpm",
    "key",
    "metre",
    "has_vocals",
    "loudness_lufs",
    "true_peak_dbtp",
    "attribution",
    "stems_origin",
    "stems_residual_db",
    "chart_blob",
    "playback_blob",
    "playback_type",
    "waveform_blob",
    "cover_blob",
    "cover_type",
    "created_at",
)
_STATEMENT = (
    "id",
    "side",
    "subject_id",
    "version",
    "share_count",
    "stated_by",
    "reason",
    "evidence",
    "created_at",
)
_SHARE = ("statement_id", "position", "party_id", "role", "numerator", "denominator", "include", "exclude")
_GRANT = (
    "id",
    "series",
    "version",
    "side",
    "subject_id",
    "party_id",
    "authority",
    "origin",
    "status",
    "terms",
    "created_at",
    "created_by",
)


def _work(number: int) -> str:
    return f"wrk_{number:09d}"


def _label(number: int) -> str:
    return f"pty_l{number * 7919 % LABELS:08d}"


def _writers(number: int) -> tuple[str, ...]:
    first = f"pty_w{number * 104_729 % WRITERS:08d}"
    return (first,) if number % 2 else (first, f"pty_w{(number * 104_729 + 1) % WRITERS:08d}")


def _singer(number: int) -> str:
    return f"pty_s{number * 15_485_863 % SINGERS:08d}"


def _parties() -> Iterator[Row]:
    for letter, count in (("l", LABELS), ("w", WRITERS), ("s", SINGERS)):
        for number in range(count):
            name = f"Party {letter}{number}"
            yield f"pty_{letter}{number:08d}", name, name.casefold(), "person", MOMENT


def _recordings(songs: int) -> Iterator[Row]:
    for n in range(songs):
        blob = f"{n:064x}"
        yield (
            song_id(n),
            _work(n),
            blob,
            f"Song {n}",
            f"Artist {n % SINGERS}",
            f"Label {n % LABELS}",
            "house jazz" if n % 3 else "polka",
            "active",
            1_000_000,
            "flac",
            "flac",
            44_100,
            2,
            180.0,
            "song",
            120.0,
            "C major",
            4,
            True,
            -14.0,
            -1.0,
            "",
            "separated",
            -60.0,
            blob,
            blob,
            "audio/mp4",
            blob,
            blob,
            "image/webp",
            MOMENT,
        )


def _contributions(songs: int) -> Iterator[Row]:
    for n in range(songs):
        yield song_id(n), 0, _singer(n), "singer", True


def _statements(songs: int) -> Iterator[Row]:
    for n in range(songs):
        yield f"own_m{n:09d}", "master", song_id(n), 1, 1, "system", "bench", "", MOMENT
        yield f"own_w{n:09d}", "work", _work(n), 1, len(_writers(n)), "system", "bench", "", MOMENT


def _shares(songs: int) -> Iterator[Row]:
    for n in range(songs):
        yield f"own_m{n:09d}", 0, _label(n), "label", 1, 1, "Worldwide", ""
        writers = _writers(n)
        for place, writer in enumerate(sorted(writers)):
            yield f"own_w{n:09d}", place, writer, "writer", 1, len(writers), "Worldwide", ""


def _grants(songs: int) -> Iterator[Row]:
    """Of the label and of each writer one, a fifth of them in a second version; of some singers one for their voice."""
    texts = _terms()
    count = 0
    for n in range(songs):
        places = [("master", song_id(n), _label(n)), *(("work", _work(n), writer) for writer in _writers(n))]
        if n % 5 == 0:
            places.append(("voice", song_id(n), _singer(n)))
        for side, subject_id, party_id in places:
            series = f"grs_{count:09d}"
            for version in (1, 2) if count % 9 == 0 else (1,):
                text = texts[(n * 31 + count * version) % len(texts)]
                status = "withdrawn" if version == 2 and count % 90 == 0 else "active"
                yield (
                    f"grt_{count:09d}{version}",
                    series,
                    version,
                    side,
                    subject_id,
                    party_id,
                    "owner",
                    "terms",
                    status,
                    text,
                    MOMENT,
                    "bench",
                )
            count += 1


def _terms() -> tuple[str, ...]:
    """Five hundred terms as owners give them, as they are kept: canonical JSON."""
    rng = Random(5)
    found = []
    for number in range(500):
        operations: list[dict[str, Any]] = [{"operation": item} for item in _OPERATIONS if rng.random() < 0.9]
        for item in operations:
            if item["operation"] == "tempo_pitch" and rng.random() < 0.5:
                item["bounds"] = {"tempo_ratio": {"least": 0.8, "most": 1.25}, "semitones": {"least": -4, "most": 4}}
            if item["operation"] == "share_in_app" and rng.random() < 0.3:
                item["needs_approval"] = True
        document: dict[str, Any] = {"operations": operations, "attribution": f"Credit {number}"}
        if rng.random() < 0.2:
            document["territories"] = {"exclude": rng.sample(["JP", "US", "CN"], 1)}
        if rng.random() < 0.1:
            document["limits"] = {"uses_per_listener_month": 20, "whole": {"source_share": {"most": 0.8}}}
        if rng.random() < 0.1:
            document["not_beside"] = {"genres": ["polka"]}
        if rng.random() < 0.1:
            document["banned_topics"] = ["political", "advertising"]
        found.append(canonical_json(Terms.model_validate(document).model_dump(mode="json")).decode())
    return tuple(found)
