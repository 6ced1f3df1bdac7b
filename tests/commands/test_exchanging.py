"""``contrafact ddex`` says what is wrong, shows what would change, takes in once, and ends with the right code."""

from pathlib import Path

import pytest

from tests.support.commands import Command, Home
from tests.support.ern import HEADER, RECORDING, RELEASE, SHARED, TERMS, TRACK, deal, message, purge

STREAM = "<UseType>OnDemandStream</UseType>"
STYLE = '<UseType Namespace="contrafact" UserDefinedValue="style">UserDefined</UseType>'
GRANTING = message(releases=RELEASE, deals=deal(TERMS.replace(STREAM, STREAM + STYLE), "R0"))


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Three messages: one good, one with an error in one release, one hostile."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a.xml").write_bytes(GRANTING)
    second = RECORDING.replace("A1<", "A2<").replace("PT3M10S", "PT0S").replace("SEABC2600001", "SEABC2600002")
    broken = message(
        header=HEADER.replace("M-1<", "M-2<"),
        resources=RECORDING + second,
        releases=RELEASE.replace("4006381333931", "5901234123457") + TRACK.replace("A1<", "A2<"),
    )
    (folder / "b.xml").write_bytes(broken)
    (folder / "c.xml").write_bytes(b"<!DOCTYPE a>" + message(prolog=""))
    return folder


def test_a_release_is_taken_back_after_it_was_shown_what_goes(
    command: Command, empty_home: Home, tmp_path: Path
) -> None:
    file, back = tmp_path / "new.xml", tmp_path / "purge.xml"
    file.write_bytes(GRANTING)
    back.write_bytes(purge(header=HEADER.replace("M-1<", "M-2<").replace("2026-03-01T", "2026-03-02T")))
    checked = command(empty_home, "ddex", "check", back)
    assert checked.code == 0
    assert "takes back icpn:4006381333931, 0 errors" in checked.out
    early = command(empty_home, "ddex", "import", back)
    assert early.code == 4
    assert "no message of PADPIDA2013020802I told of icpn:4006381333931; nothing was changed" in early.out
    back.write_bytes(purge(header=HEADER.replace("M-1<", "M-3<").replace("2026-03-01T", "2026-03-02T")))
    assert command(empty_home, "ddex", "import", file).code == 0
    shown = command(empty_home, "ddex", "import", back, "--dry-run")
    assert "would be taken in: 1 purged" in shown.out
    assert "is withdrawn" in shown.out
    done = command(empty_home, "ddex", "import", back)
    assert done.out == shown.out.replace("would be taken in", "taken in")


def test_check_says_what_is_wrong_and_where(command: Command, empty_home: Home, inbox: Path) -> None:
    done = command(empty_home, "ddex", "check", str(inbox))
    assert done.code == 4
    assert "a.xml: ERN 4.3.2 of PADPIDA2013020802I, message M-1, 1 releases, 0 errors, 0 warnings" in done.out
    assert "the duration is zero; say how long the recording is [duration]" in done.out
    assert "/ern:NewReleaseMessage/ResourceList/SoundRecording[2]" in done.out
    assert "c.xml: refused: line 1: there is a document type declaration" in done.out
    assert not list(empty_home.root.iterdir())


def test_check_of_a_good_message_ends_well(command: Command, empty_home: Home, inbox: Path) -> None:
    done = command(empty_home, "ddex", "check", str(inbox / "a.xml"), "--json")
    assert done.code == 0
    (told,) = done.document
    assert (told["message_id"], told["releases"], told["findings"]) == ("M-1", 1, [])


@pytest.mark.skipif(not SHARED.exists(), reason="DDEX's samples are not in ../shared/data of this checkout")
def test_the_official_samples_are_checked(command: Command, empty_home: Home) -> None:
    done = command(empty_home, "ddex", "check", str(SHARED / "samples"), "--json")
    assert done.code == 0
    assert [(one["releases"], one["errors"]) for one in done.document] == [(22, 0), (1, 0)]


def test_a_dry_run_shows_what_would_change_and_changes_nothing(command: Command, empty_home: Home, inbox: Path) -> None:
    first = command(empty_home, "ddex", "import", str(inbox / "a.xml"), "--dry-run")
    assert first.code == 0
    assert "would be taken in: 1 new; 1 recordings become known, 0 were; 1 grants given, 0 withdrawn" in first.out
    assert "“Rain”: style for paid plans, Worldwide, from 2026-03-13T00:00:00+00:00" in first.out
    again = command(empty_home, "ddex", "import", str(inbox / "a.xml"), "--json")
    (told,) = again.document
    assert (again.code, told["kept"], told["grants_given"], told["recordings_announced"]) == (0, True, 1, 1)


def test_a_folder_is_taken_in_message_by_message_and_once(command: Command, empty_home: Home, inbox: Path) -> None:
    done = command(empty_home, "ddex", "import", str(inbox), "--json")
    assert done.code == 4
    good, broken, hostile = done.document
    assert (good["refused"], good["outcomes"]) == (None, {"new": 1})
    assert (broken["refused"], broken["outcomes"]) == (None, {"new": 1, "blocked": 1})
    assert "document type declaration" in hostile["refused"]
    again = command(empty_home, "ddex", "import", str(inbox), "--json").document
    assert [one.get("again") for one in again] == [True, True, None]


def test_a_test_message_is_only_tried(command: Command, empty_home: Home, tmp_path: Path) -> None:
    path = tmp_path / "test.xml"
    path.write_bytes(GRANTING.replace(b"LiveMessage", b"TestMessage"))
    done = command(empty_home, "ddex", "import", str(path))
    assert (done.code, "is a test message: it was only tried" in done.out) == (0, True)
    path.write_bytes(GRANTING)
    (told,) = command(empty_home, "ddex", "import", str(path), "--json").document
    assert told["outcomes"] == {"new": 1}


def test_a_message_for_others_is_refused(command: Command, empty_home: Home, inbox: Path) -> None:
    done = command(empty_home, "ddex", "import", str(inbox / "a.xml"), "--dpid", "PADPIDA2013042401U")
    assert (done.code, "not for us" in done.out) == (4, True)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("import", "x.xml", "--ugc-means", "steal"), "no operation 'steal'"),
        (("import", "x.xml", "--dpid", "PADPIDA2013042401V"), "wrong check character"),
        (("export", "rmx_1", "-o", "x.xml", "--to", "PADPIDA2013042401U"), "CONTRAFACT_DPID"),
        (("export", "rmx_1", "-o", "x.xml", "--to", "PADPIDA2013042401U", "--dpid", "PADPIDA2013020802I"), "no remix"),
        (("import",), "FILES"),
    ],
)
def test_a_wrong_call_ends_with_2(command: Command, empty_home: Home, call: tuple[str, ...], told: str) -> None:
    done = command(empty_home, "ddex", *call)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_a_file_that_is_not_there_is_bad_input(command: Command, empty_home: Home, tmp_path: Path) -> None:
    for call in ("check", "import"):
        done = command(empty_home, "ddex", call, str(tmp_path / "none.xml"))
        assert (done.code, "none.xml is not a file" in done.out) == (4, True)


def test_what_a_newer_message_does_not_repeat_is_withdrawn(command: Command, empty_home: Home, tmp_path: Path) -> None:
    first, second = tmp_path / "1.xml", tmp_path / "2.xml"
    first.write_bytes(GRANTING)
    header = HEADER.replace("M-1<", "M-2<").replace("2026-03-01T", "2026-03-02T")
    second.write_bytes(message(header=header, releases=RELEASE, deals=deal(releases="R0")))
    command(empty_home, "ddex", "import", str(first))
    done = command(empty_home, "ddex", "import", str(second), "--dry-run")
    assert "0 grants given, 1 withdrawn" in done.out
    (told,) = command(empty_home, "ddex", "import", str(second), "--json").document
    assert (told["outcomes"], told["grants_withdrawn"]) == ({"changed": 1}, 1)
    assert "is not repeated, so it is withdrawn" in told["releases"][0]["changes"][0]


def test_what_a_message_holds_cannot_deceive_a_terminal(command: Command, empty_home: Home, tmp_path: Path) -> None:
    path = tmp_path / "odd.xml"
    evil = RECORDING.replace("<Duration>", '<Duration x="\u202e"/><Duration>').replace(">Rain<", ">Ra\u202ein<")
    path.write_bytes(message(resources=evil, releases=RELEASE, deals=deal(TERMS.replace(STREAM, STYLE), "R0")))
    for call in (("check",), ("import", "--dry-run")):
        done = command(empty_home, "ddex", *call, str(path))
        assert "\u202e" not in done.out
