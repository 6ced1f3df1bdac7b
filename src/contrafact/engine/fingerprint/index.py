"""Where keys are kept: for each key the entries and places that have it, in arrays that may lie in files.

Files are mapped into memory, so that an index of any size costs what a look touches. They are written once, in the
order of the keys, a range of keys at a time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.fingerprint.keys import Keys, Numbers
from contrafact.engine.fingerprint.landmarks import PITCH_UNIT, TIME_UNIT_S, Floats

_FILES: Final[dict[str, type[np.unsignedinteger]]] = {
    "keys": np.uint32,
    "starts": np.uint32,
    "entries": np.uint32,
    "times": np.uint32,
    "pitches": np.uint16,
}


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Places of keys, one row for each: equal lengths, by key, entry, time and pitch.

    ``times`` are in units of 5 ms, ``pitches`` in fiftieths of a semitone.
    """

    keys: NDArray[np.uint32]
    entries: NDArray[np.uint32]
    times: NDArray[np.uint32]
    pitches: NDArray[np.uint16]

    @classmethod
    def of(cls, keys: Numbers, entries: Numbers, times: Numbers, pitches: Numbers) -> "Rows":
        """From columns in any order; the same place twice is one."""
        table = np.stack([keys, entries, times, pitches])
        table = table[:, np.lexsort(table[::-1])]
        fresh = np.ones(table.shape[1], bool)
        fresh[1:] = np.any(table[:, 1:] != table[:, :-1], axis=0)
        table = table[:, fresh]
        return cls(
            table[0].astype(np.uint32), table[1].astype(np.uint32), table[2].astype(np.uint32),
            table[3].astype(np.uint16),
        )  # fmt: skip

    @classmethod
    def of_entry(cls, entry: int, kept: Keys) -> "Rows":
        """The keys of one sound, as :func:`~contrafact.engine.fingerprint.keys.reference_keys` gives them."""
        times = np.round(kept.times_s.astype(np.float64) / TIME_UNIT_S).astype(np.int64)
        pitches = np.round(kept.pitches.astype(np.float64) / PITCH_UNIT).astype(np.int64)
        return cls.of(kept.keys, np.full(len(kept), entry, np.int64), times, pitches)

    @classmethod
    def together(cls, parts: Iterable["Rows"]) -> "Rows":
        """All of them in order."""
        columns = [[part.keys, part.entries, part.times, part.pitches] for part in parts] or [
            [np.zeros(0, np.int64)] * 4
        ]
        return cls.of(*(np.concatenate(column).astype(np.int64) for column in zip(*columns, strict=True)))

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """Places that were asked for: equal lengths, one row for each; ``asked`` says which key of those it belongs to."""

    asked: Numbers
    entries: Numbers
    times_s: Floats
    pitches: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Keys in rising order, each once, and where its places begin."""

    keys: NDArray[np.uint32]
    starts: NDArray[np.uint32]
    """One more than the keys: the places of key ``i`` are ``starts[i]`` to ``starts[i + 1]``."""
    entries: NDArray[np.uint32]
    times: NDArray[np.uint32]
    pitches: NDArray[np.uint16]

    @classmethod
    def of(cls, rows: Rows) -> "Index":
        """An index in memory."""
        keys, first = np.unique(rows.keys, return_index=True)
        starts = np.append(first, len(rows)).astype(np.uint32)
        return cls(keys, starts, rows.entries, rows.times, rows.pitches)

    @classmethod
    def opened(cls, folder: Path) -> "Index":
        """An index in files; nothing of it is read yet.

        Raises
        ------
        OSError, ValueError
            When it is not there, or no index.
        """
        return cls(*(_mapped(folder / name, kind) for name, kind in _FILES.items()))

    def find(self, asked: Numbers) -> tuple[Numbers, Numbers]:
        """For keys in any order: at which of ours each stands, and how many places that has (0 for none)."""
        if not len(self.keys):
            return np.zeros(len(asked), np.int64), np.zeros(len(asked), np.int64)
        wanted = asked.astype(np.uint32)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        counts = self.starts[at + 1].astype(np.int64) - self.starts[at]
        return at, np.where(self.keys[at] == wanted, counts, 0)

    def places(self, at: Numbers, counts: Numbers) -> Postings:
        """The places of keys that :meth:`find` found, in their order."""
        ends = np.cumsum(counts)
        asked = np.repeat(np.arange(len(at)), counts)
        rows = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
        rows += np.repeat(self.starts[at].astype(np.int64), counts)
        return Postings(
            asked,
            self.entries[rows].astype(np.int64),
            (self.times[rows] * TIME_UNIT_S).astype(np.float32),
            (self.pitches[rows] * PITCH_UNIT).astype(np.float32),
        )

    def between(self, low: int, high: int) -> Rows:
        """The rows of the keys from ``low`` to below ``high``."""
        first, last = np.searchsorted(self.keys, np.array([low, high], np.uint32)).tolist()
        places = slice(int(self.starts[first]), int(self.starts[last]))
        counts = self.starts[first + 1 : last + 1].astype(np.int64) - self.starts[first:last]
        keys = np.repeat(np.asarray(self.keys[first:last]), counts)
        return Rows(keys, self.entries[places], self.times[places], self.pitches[places])


def write(folder: Path, ranges: Iterator[Rows]) -> None:
    """Write an index into a new folder, from rows that come in rising ranges of keys.

    Parameters
    ----------
    ranges : iterator of Rows
        All keys of one are above all keys of those before it.
    """
    folder.mkdir(parents=True)
    files: dict[str, BinaryIO] = {name: (folder / name).open("wb") for name in _FILES}
    written = 0
    try:
        for rows in ranges:
            keys, first = np.unique(rows.keys, return_index=True)
            parts = (keys, first + written, rows.entries, rows.times, rows.pitches)
            for (name, kind), part in zip(_FILES.items(), parts, strict=True):
                files[name].write(np.ascontiguousarray(part, kind).tobytes())
            written += len(rows)
        files["starts"].write(np.array([written], np.uint32).tobytes())
    finally:
        for file in files.values():
            file.close()


def _mapped(path: Path, kind: type[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
    if path.stat().st_size == 0:
        return np.zeros(0, kind)  # nothing cannot be mapped
    return np.memmap(path, kind, "r")
