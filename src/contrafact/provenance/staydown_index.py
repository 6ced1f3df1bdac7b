"""The index of everything that was taken down, in files beside the database: a copy that can be made anew at any time.

A folder holds one state of the registry and is named by it, so that it is never wrong: where the state has changed, the
next look makes the folder of the new one, from the one before and the entries that came since.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from contrafact.engine.fingerprint import Index, Landmarks, Rows, reference_keys
from contrafact.engine.fingerprint.index import write
from contrafact.kit.canonical import digest
from contrafact.provenance import store_staydown as store

_KEYS: Final = 2**26
_RANGES: Final = 64
_MOST_ADDED: Final = 500
"""Entries that are put into the index that is there; with more of them it is made anew."""
_STATE: Final = "state.json"


def index_of(session: Session, folder: Path | None) -> Index:
    """The index of all entries that hold.

    Parameters
    ----------
    folder : Path or None
        Where its files lie; None puts it together in memory.
    """
    if folder is None:
        return Index.of(store.rows_between(session, 0, _KEYS))
    number, ends, made = store.state(session)
    mine = folder / digest([str(number), str(ends), made])[:32]
    try:
        return Index.opened(mine)
    except (OSError, ValueError):
        shutil.rmtree(mine, ignore_errors=True)  # a folder comes there whole; one that cannot be opened was damaged
        folder.mkdir(parents=True, exist_ok=True)
    before = _before(session, folder, number, ends)
    with tempfile.TemporaryDirectory(dir=folder, prefix="making-") as made_in:
        new = Path(made_in) / mine.name
        write(new, _everything(session) if before is None else _and_more(session, *before))
        (new / _STATE).write_text(json.dumps({"number": number, "ends": ends, "made": made}), "utf-8")
        found = Index.opened(new)
        try:
            new.rename(mine)
        except OSError:  # another process was quicker; both are the same
            return Index.opened(mine)
    for other in folder.iterdir():
        # Whoever reads an older one keeps its files until it lets go of them.
        if other != mine and not other.name.startswith("making-"):
            shutil.rmtree(other, ignore_errors=True)
    return found


def _everything(session: Session) -> Iterator[Rows]:
    step = _KEYS // _RANGES
    for low in range(0, _KEYS, step):
        yield store.rows_between(session, low, low + step)


def _and_more(session: Session, old: Index, since: int) -> Iterator[Rows]:
    new = Rows.together(
        Rows.of_entry(row.number, reference_keys(Landmarks.unpacked(row.landmarks, row.duration_s)))
        for row in store.entries_after(session, since, _MOST_ADDED)
    )
    added = Index.of(new)
    step = _KEYS // _RANGES
    for low in range(0, _KEYS, step):
        yield Rows.together((old.between(low, low + step), added.between(low, low + step)))


def _before(session: Session, folder: Path, number: int, ends: int) -> tuple[Index, int] | None:
    """An index of an earlier state to go on from, and its last entry; None where there is none that fits."""
    for other in sorted(folder.iterdir()):
        try:
            state = json.loads((other / _STATE).read_text("utf-8"))
            since = int(state["number"])
            fits = state["ends"] == ends and number - _MOST_ADDED <= since < number
            if fits and store.made_at(session, since) == state["made"]:
                return Index.opened(other), since
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None
