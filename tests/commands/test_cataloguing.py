"""``contrafact catalogue``: exit codes, one JSON document, and what people are told."""

import json
from pathlib import Path

from tests.support.commands import Command, Home

SONG = "SE-ABC-26-00001"


def test_from_templates_to_a_table_and_back(command: Command, empty_home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    assert command(empty_home, "catalogue", "template", "-o", str(folder)).code == 0
    checked = command(empty_home, "catalogue", "check", str(folder))
    assert (checked.code, checked.out) == (0, "nothing is wrong\n")
    shown = command(empty_home, "catalogue", "import", str(folder), "--dry-run", "--json")
    assert command(empty_home, "catalogue", "show", SONG).code == 2
    done = command(empty_home, "catalogue", "import", str(folder), "--json")
    assert {**json.loads(done.out), "dry_run": True} == json.loads(shown.out)
    again = command(empty_home, "catalogue", "import", str(folder))
    assert (again.code, again.out) == (0, "10 unchanged\n")
    out = tmp_path / "out"
    assert command(empty_home, "catalogue", "export", "-o", str(out)).code == 0
    assert command(empty_home, "catalogue", "import", str(out)).out == "10 unchanged\n"
    shares = command(empty_home, "catalogue", "export", "--kind", "shares")
    assert shares.out.splitlines()[0].startswith("song,side,party,share")

    table = command(empty_home, "catalogue", "show", SONG, "--history")
    assert table.code == 0
    assert "master  Worldwide - {JP}  ever since  for ever  1    Small Label 1 (label)" in table.out
    assert "version 1, by operator: imported from spreadsheets" in table.out
    (folder / "shares.csv").write_text(
        f"song,side,party,share,from\n{SONG},master,Small Label,1/2,2027-01-01\n{SONG},master,Tomo Abe,1/1,2028-01-01\n"
    )
    partly = command(empty_home, "catalogue", "import", str(folder / "shares.csv"))
    assert "note: shares.csv, line 2: “Paper Boats”, master, Worldwide until 2027-01-01: nobody holds it" in partly.out
    table = command(empty_home, "catalogue", "show", SONG)
    assert "master  Worldwide  2027-01-01  2028-01-01  1/2 gap      Small Label 1/2 (owner)" in table.out
    assert "overlap: master, Worldwide from 2028-01-01: 3/2 is claimed, which is more than the whole" in table.out
    document = json.loads(command(empty_home, "catalogue", "show", SONG, "--json").out)
    assert [(item["kind"], item["sum"]) for item in document["findings"]] == [
        ("gap", "0"),
        ("gap", "1/2"),
        ("overlap", "3/2"),
    ]


def test_what_is_wrong_ends_with_4(command: Command, empty_home: Home, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"party,isni\nA\x1b[31mda,123\n")
    for call in (("check", str(bad)), ("import", str(bad)), ("import", str(bad), "--dry-run")):
        done = command(empty_home, "catalogue", *call)
        assert (done.code, done.out) == (4, "")
        assert "bad.csv, line 2, party: there is a line break or an invisible control character" in done.err
        assert "Nothing was changed." in done.err
        assert "\x1b" not in done.err
    document = json.loads(command(empty_home, "catalogue", "check", str(bad), "--json").out)
    assert [(item["line"], item["column"]) for item in document["problems"]] == [(2, "party")]
    assert command(empty_home, "catalogue", "check", str(tmp_path / "nothing.csv")).code == 4


def test_wrong_calls_end_with_2(command: Command, empty_home: Home) -> None:
    for call in (("import",), ("export",), ("template",), ("template", "songs"), ("export", "--kind", "songs")):
        assert command(empty_home, "catalogue", *call).code == 2
