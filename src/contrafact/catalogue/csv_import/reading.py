"""Reading a spreadsheet with distrust: encoding, size, quotes, header; every trouble with its place.

A cell is only ever text. One that begins with ``=``, ``+``, ``-`` or ``@`` is a formula for spreadsheet programs, so
exports put an apostrophe before it, and reading takes that apostrophe away again.
"""

import csv
import difflib
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contrafact.catalogue.csv_import.columns import COLUMNS, KINDS, SheetKind, names, required
from contrafact.catalogue.csv_import.problems import Problems

FILE_BYTES: Final = 20 << 20
ROWS: Final = 100_000
CELL_CHARACTERS: Final = 4_000
HEADER_COLUMNS: Final = 60
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "'")


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its cells by column, those that say something only."""

    file: str
    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file with what it is about."""

    file: str
    kind: SheetKind
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def sheet_files(paths: Sequence[Path], problems: Problems) -> list[Path]:
    """The files that are meant: each file itself, and every ``*.csv`` of a folder, by name."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(item for item in path.iterdir() if item.suffix.lower() == ".csv" and item.is_file())
            if not inside:
                problems.add(path.name or str(path), None, None, "there is no .csv file in this folder")
            found += inside
        else:
            found.append(path)
    return found


def read_file(path: Path, problems: Problems) -> Sheet | None:
    """Read a file; None when nothing of it can be used, with the problems told."""
    try:
        size = path.stat().st_size
        if size > FILE_BYTES:
            problems.add(
                path.name, None, None, f"{size >> 20} MiB are too many; {FILE_BYTES >> 20} are the most: divide it"
            )
            return None
        with path.open("rb") as file:
            data = file.read(FILE_BYTES + 1)
    except OSError as error:
        problems.add(path.name, None, None, f"it cannot be read: {(error.strerror or 'unknown trouble').lower()}")
        return None
    return read_sheet(path.name, data, problems)


def read_sheet(file: str, data: bytes, problems: Problems) -> Sheet | None:
    """Read a spreadsheet that was delivered as bytes; ``file`` is its name for messages."""
    if len(data) > FILE_BYTES:
        problems.add(file, None, None, f"it is larger than {FILE_BYTES >> 20} MiB; divide it")
        return None
    text = _decoded(file, data, problems)
    if text is None:
        return None
    records = _records(file, text, problems)
    first = next(records, None)
    if first is None:
        if not problems:
            problems.add(file, None, None, "it is empty; the first line names the columns")
        return None
    kind, columns = _header(file, first[0], first[1], problems)
    if kind is None:
        return None
    rows: list[Row] = []
    for line, cells in records:
        if len(rows) >= ROWS:
            problems.add(file, line, None, f"more than {ROWS} lines; divide the file")
            break
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            problems.add(file, line, None, f"{len(cells)} cells, but the header names {len(columns)} columns")
            continue
        said = {name: plain for name, cell in zip(columns, cells, strict=False) if (plain := _cell(cell))}
        if _well_formed(file, line, said, kind, problems):
            rows.append(Row(file, line, said))
    return Sheet(file, kind, columns, tuple(rows))


def escaped(text: str) -> str:
    """A cell as exports write it: no spreadsheet program takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(cell: str) -> str:
    """A cell as it was meant: without the apostrophe that exports put before what looks like a formula."""
    cell = unicodedata.normalize("NFC", cell.strip(" "))
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _decoded(file: str, data: bytes, problems: Problems) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:400].count(0) > 20:
        problems.add(file, None, None, "it is written in UTF-16; save it as “CSV UTF-8”")
        return None
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        problems.add(file, None, None, "it is a workbook; save its sheet as “CSV UTF-8”")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.add(
            file, line, None, "a character here is not UTF-8, perhaps Latin-1 or Windows-1252; save it as “CSV UTF-8”"
        )
        return None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        problems.add(file, line, None, "there is a NUL character; this is not a CSV file")
        return None
    return text


def _records(file: str, text: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """The records with the line in which each begins; ends at the first that cannot be read."""
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for record in reader:
            yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        told = str(error)
        if "unexpected end of data" in told:
            told = "a quote that begins here is never closed"
        elif "expected after" in told:
            told = "a quote inside of a quoted cell must be doubled"
        elif "field larger" in told:
            told = f"a cell has more than {CELL_CHARACTERS} characters; is a quote not closed?"
        problems.add(file, line, None, told)


def _header(file: str, line: int, cells: Sequence[str], problems: Problems) -> tuple[SheetKind | None, tuple[str, ...]]:
    """What the file is about, and its columns; None when that cannot be told."""
    found = tuple("_".join(_cell(cell).strip().lower().split()) for cell in cells)
    while found and not found[-1]:
        found = found[:-1]
    if len(found) > HEADER_COLUMNS:
        problems.add(file, line, None, f"{len(found)} columns are too many; is this the right file?")
        return None, ()
    known = {kind: len(set(names(kind)) & set(found)) for kind in KINDS}
    kind = max(KINDS, key=lambda item: (known[item], set(required(item)) <= set(found)))
    missing = [name for name in required(kind) if name not in found]
    if known[kind] == 0:
        said = ", ".join(f"{each} ({' '.join(required(each))})" for each in KINDS)
        problems.add(file, line, None, f"the header fits no kind of file; these columns tell them apart: {said}")
        return None, ()
    if missing:
        which = f"column{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
        problems.add(file, line, None, f"a file of {kind} also needs the {which}")
        return None, ()
    bad = False
    for place, name in enumerate(found, start=1):
        if name and found.index(name) != place - 1:
            problems.add(file, line, name, f"column {place} has the same name as column {found.index(name) + 1}")
            bad = True
        elif name not in names(kind):
            near = difflib.get_close_matches(name, names(kind), 1)
            hint = f"; is it {near[0]}?" if near else f"; a file of {kind} has {', '.join(names(kind))}"
            problems.add(file, line, name[:40] or None, f"column {place} is not known{hint}")
            bad = True
    return (None, ()) if bad else (kind, found)


def _well_formed(file: str, line: int, said: Mapping[str, str], kind: SheetKind, problems: Problems) -> bool:
    good = True
    for column, text in said.items():
        if len(text) > CELL_CHARACTERS:
            problems.add(file, line, column, f"{len(text)} characters are too many; {CELL_CHARACTERS} are the most")
            good = False
        elif any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in text):
            problems.add(file, line, column, "there is a line break or an invisible control character; take it out")
            good = False
    for column in required(kind):
        if column not in said:
            problems.add(file, line, column, f"say {_about(kind, column)}")
            good = False
    return good


def _about(kind: SheetKind, name: str) -> str:
    return next(column.about for column in COLUMNS[kind] if column.name == name).split(";")[0]
