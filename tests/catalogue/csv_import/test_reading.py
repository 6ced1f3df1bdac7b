"""Spreadsheets are read with distrust: every trouble is told with its place, and nothing is guessed."""

import csv
import io
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.catalogue.csv_import import reading
from contrafact.catalogue.csv_import.columns import COLUMNS, EXAMPLES, KINDS, SheetKind, names
from contrafact.catalogue.csv_import.exporting import sheet
from contrafact.catalogue.csv_import.lines import lines_of
from contrafact.catalogue.csv_import.problems import BadSheet, Problems
from contrafact.catalogue.csv_import.reading import Sheet, escaped, read_file, read_sheet, sheet_files


def read(data: bytes | str) -> tuple[Sheet | None, list[str]]:
    problems = Problems()
    found = read_sheet("a.csv", data.encode() if isinstance(data, str) else data, problems)
    return found, [str(problem) for problem in problems.found]


PARTIES = "party,kind\nAda,person\n"


@pytest.mark.parametrize(
    "data",
    [
        PARTIES.encode(),
        PARTIES.encode("utf-8-sig"),
        PARTIES.replace(",", ";").encode(),
        PARTIES.replace(",", "\t").replace("\n", "\r\n").encode(),
        PARTIES.replace("\n", "\r").encode(),
        b"Kind, Party \nperson,Ada\n",
        b'"party","kind"\n"Ada","person"\n\n , \n',
        b"party,kind,,\nAda,person,,\n",
    ],
)
def test_files_as_programs_write_them(data: bytes) -> None:
    found, problems = read(data)
    assert problems == []
    assert found is not None
    assert (found.kind, [dict(row.cells) for row in found.rows]) == ("parties", [{"party": "Ada", "kind": "person"}])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "a.csv: it is empty; the first line names the columns"),
        (PARTIES.encode("utf-16"), "a.csv: it is written in UTF-16; save it as “CSV UTF-8”"),
        (PARTIES.encode("utf-16-le") * 3, "a.csv: it is written in UTF-16; save it as “CSV UTF-8”"),
        ("party,kind\nAda,person\nJosé,person\n".encode("latin-1"), "a.csv, line 3: a character here is not UTF-8"),
        (b"PK\x03\x04 a workbook", "a.csv: it is a workbook"),
        (b"party,kind\nA\x00da,person\n", "a.csv, line 2: there is a NUL character"),
        (b"name,age\nAda,36\n", "a.csv, line 1: the header fits no kind of file"),
        (b"song,side,party\nx,master,Ada\n", "a.csv, line 1: a file of shares also needs the column share"),
        (b"party,kind,party\nAda,person,Bo\n", "a.csv, line 1, party: column 3 has the same name as column 1"),
        (b"party,kind,isnni\nAda,person,\n", "a.csv, line 1, isnni: column 3 is not known; is it isni?"),
        (
            b"party,kind,\xf0\x9f\x90\xb1\nAda,person,\n",
            "a.csv, line 1, \N{CAT FACE}: column 3 is not known; a file of",
        ),
        (b"party,kind\n,person\n", "a.csv, line 2, party: say the name"),
        (b"party,kind\nAda,person,more\n", "a.csv, line 2: 3 cells, but the header names 2 columns"),
        (b'party,kind\nAda,person\n"Bo,person\nCy,person\n', "a.csv, line 3: a quote that begins here is never closed"),
        (b'party,kind\n"Ada" b,person\n', "a.csv, line 2: a quote inside of a quoted cell must be doubled"),
        (b'party,kind\n"A\nda",person\n', "a.csv, line 2, party: there is a line break"),
        ("party,kind\nA\x1bda,person\n", "a.csv, line 2, party: there is a line break or an invisible"),
        (b"party,kind\n" + b"A" * 5_000 + b",person\n", "a.csv, line 2, party: 5000 characters are too many"),
        (b"party,kind\n" + b"A" * 200_000 + b",person\n", "a.csv, line 2: a cell has more than 4000 characters"),
        (",".join(f"c{number}" for number in range(70)) + "\n", "a.csv, line 1: 70 columns are too many"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(data: bytes | str, told: str) -> None:
    _, problems = read(data)
    assert problems
    assert problems[0].startswith(told)


def test_the_line_of_a_record_is_where_it_begins() -> None:
    found, problems = read('party,kind\n"Ada",person\n\n"Bo\nBo",person\nCy,person\n')
    assert found is not None
    assert [(row.line, row.cells["party"]) for row in found.rows] == [(2, "Ada"), (6, "Cy")]
    assert problems == ["a.csv, line 4, party: there is a line break or an invisible control character; take it out"]


def test_limits_on_bytes_and_lines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(reading, "ROWS", 3)
    found, problems = read("party\n" + "Ada\n" * 10)
    assert found is not None
    assert (len(found.rows), problems) == (3, ["a.csv, line 5: more than 3 lines; divide the file"])
    monkeypatch.setattr(reading, "FILE_BYTES", 1 << 20)
    large = tmp_path / "large.csv"
    large.write_bytes(b"party\n" + b"A\n" * (1 << 20))
    told = Problems()
    assert read_file(large, told) is None
    assert str(told.found[0]) == "large.csv: 2 MiB are too many; 1 are the most: divide it"
    assert read_file(tmp_path / "nothing.csv", told) is None
    assert str(told.found[1]) == "nothing.csv: it cannot be read: no such file or directory"


def test_folders_stand_for_their_files(tmp_path: Path) -> None:
    for name in ("b.csv", "a.CSV", "notes.txt"):
        (tmp_path / name).write_text(PARTIES)
    (tmp_path / "empty").mkdir()
    problems = Problems()
    found = sheet_files([tmp_path, tmp_path / "empty", tmp_path / "notes.txt"], problems)
    assert [path.name for path in found] == ["a.CSV", "b.csv", "notes.txt"]
    assert [str(problem) for problem in problems.found] == ["empty: there is no .csv file in this folder"]


def test_after_a_hundred_problems_the_rest_is_counted() -> None:
    _, _ = read(PARTIES)
    problems = Problems()
    read_sheet("a.csv", ("party,kind\n" + ",person\n" * 250).encode(), problems)
    assert (len(problems.found), problems.unlisted) == (100, 150)
    with pytest.raises(BadSheet, match="and 150 more"):
        problems.raise_any()


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"party,kind\n{text}".encode(errors="replace")))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    problems = Problems()
    found = read_sheet("a.csv", data, problems)
    assert found is not None or problems
    if found is not None:
        lines_of([found], problems)


CELL = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=30)


@given(CELL)
def test_a_cell_that_looks_like_a_formula_is_text_and_comes_back_as_it_was(text: str) -> None:
    written = sheet("parties", [{"party": text}])
    (_, row) = csv.reader(io.StringIO(written))
    assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))
    found, problems = read(written)
    if not text.strip(" "):
        assert problems
        return
    assert found is not None
    assert found.rows[0].cells["party"] == unicodedata.normalize("NFC", text.strip(" "))


@pytest.mark.parametrize("name", ["=1+1", "+49", "-", "@SUM(A1)", "'=x", "''", "'n Sync", "=cmd|' /C calc'!A0"])
def test_names_that_spreadsheets_take_for_formulas(name: str) -> None:
    assert escaped(name)[0] == "'"
    found, _ = read(sheet("parties", [{"party": name}]))
    assert found is not None
    assert found.rows[0].cells["party"] == name


@pytest.mark.parametrize("kind", KINDS)
def test_the_examples_are_files_of_their_kind(kind: SheetKind) -> None:
    found, problems = read(sheet(kind, EXAMPLES[kind]))
    assert problems == []
    assert found is not None
    assert (found.kind, len(found.rows)) == (kind, len(EXAMPLES[kind]))
    assert len(set(names(kind))) == len(COLUMNS[kind])
