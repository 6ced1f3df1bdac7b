"""What is wrong with the machine and not with the call: full disks, closed folders, missing assets, Ctrl+C."""

import ctypes
import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contrafact.assets import AssetStore
from tests.support.commands import PATIENCE_S, Command, Home, finished, started

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2


def no_larger_than(size_bytes: int) -> Callable[[], None]:
    """Files of the process may not grow beyond this: to a program, a quota that is used up."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, size_bytes))


def without_privilege() -> None:
    """Let permissions hold for root too."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def interruptible() -> None:
    """Where the tests run in a shell's background Ctrl+C is ignored, and a child would inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    mounted = mount is not None and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=3m", "tmpfs", place], capture_output=True, check=False
    )
    if not mounted or mounted.returncode != 0:
        pytest.skip("only root may mount a small disk; the quota test below covers the rest")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.mark.assets
def test_a_full_disk_leaves_the_library_as_it_was(small_disk: Path, asset_store: AssetStore, song_file: Path) -> None:
    home = Home(small_disk / "home", asset_store.root)
    assert finished(started(home, "songs")).code == 0
    before = home.state()
    done = finished(started(home, "ingest", song_file, "--grant", "mine", "--json"))
    assert (done.code, done.out) == (1, "")
    assert "disk is full" in done.sentence
    assert "Traceback" not in done.err
    assert home.state() == before


@pytest.mark.assets
def test_a_quota_used_up_while_rendering_pays_nobody(ungranted: Home, song_file: Path, tmp_path: Path) -> None:
    home = ungranted.copy(tmp_path / "home")
    assert finished(started(home, "ingest", song_file, "--grant", "mine")).code == 0
    before = home.state()
    out = tmp_path / "out"
    out.mkdir()
    done = finished(started(home, "remix", song_file, "house", "-o", out / "a.flac", before=no_larger_than(1_000_000)))
    assert (done.code, done.out) == (1, "")
    assert "disk is full" in done.sentence
    assert "Traceback" not in done.err
    assert not list(out.iterdir())
    after = home.state()
    assert (after.blobs, after.scratch) == (before.blobs, frozenset())
    assert home.query("SELECT status, take_key FROM remixes") == [("failed", None)]
    assert home.query("SELECT COUNT(*) FROM usage_events") == [(0,)]


@pytest.mark.assets
def test_a_quota_used_up_while_stems_are_kept(new_home: Home, song_file: Path, ungranted: Home, tmp_path: Path) -> None:
    stems = tmp_path / "stems"
    stems.mkdir()
    for name, sha256 in ungranted.query("SELECT name, blob FROM stems"):
        (stems / f"{name}.flac").symlink_to(ungranted.root / "blobs" / "sha256" / sha256[:2] / sha256)
    assert finished(started(new_home, "songs")).code == 0
    before = new_home.state()
    done = finished(started(new_home, "ingest", song_file, "--stems", stems, before=no_larger_than(500_000)))
    assert (done.code, done.out) == (1, "")
    assert "disk is full" in done.sentence
    assert "Traceback" not in done.err
    assert new_home.state() == before


def test_a_home_that_may_not_be_written(empty_home: Home, song_file: Path) -> None:
    empty_home.root.chmod(0o555)
    for call in (("songs",), ("ingest", song_file), ("ledger", "check", "--json")):
        done = finished(started(empty_home, *call, before=without_privilege))
        assert (done.code, done.out) == (1, "")
        assert "Traceback" not in done.err
        assert done.sentence
    assert not list(empty_home.root.iterdir())
    empty_home.root.chmod(0o755)


def test_a_database_that_is_none(command: Command, empty_home: Home) -> None:
    (empty_home.root / "contrafact.db").write_bytes(b"This is not a database at all. " * 200)
    done = command(empty_home, "songs", "--json")
    assert (done.code, done.out) == (1, "")
    assert "backup" in done.sentence


def test_a_file_that_may_not_be_read(empty_home: Home, song_file: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed.wav"
    shutil.copy(song_file, closed)
    closed.chmod(0)
    for call in ("ingest", "listen", "verify"):
        done = finished(started(empty_home, call, closed, before=without_privilege))
        assert (done.code, done.out) == (4, "")
        assert "closed.wav" in done.sentence


def test_without_assets_the_one_command_is_named(
    command: Command, empty_home: Home, song_file: Path, tmp_path: Path
) -> None:
    command(empty_home, "songs")
    before = empty_home.state()
    for call in (("ingest", song_file), ("listen", song_file), ("separate", song_file, "-o", tmp_path / "stems")):
        done = command(empty_home, *call, "--json")
        assert (done.code, done.out) == (1, "")
        assert "run `contrafact assets fetch`" in done.sentence
    assert empty_home.state() == before
    assert not (tmp_path / "stems").exists()


INTERRUPTING = """
import sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "contrafact.commands.styles":
            # As where a class of data is made, whose methods are written out and executed.
            exec("import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(60)")

sys.meta_path.insert(0, Interrupting())
"""


def test_ctrl_c_while_a_command_is_imported_ends_as_any_other(
    empty_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(INTERRUPTING)
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep)
    )
    done = finished(started(empty_home, "styles", before=interruptible))
    assert (done.code, done.out, done.err.strip()) == (130, "", "Stopped.")


@pytest.mark.assets
def test_ctrl_c_leaves_no_half_of_a_remix(ungranted: Home, song_file: Path, tmp_path: Path) -> None:
    home = ungranted.copy(tmp_path / "home")
    assert finished(started(home, "ingest", song_file, "--grant", "mine")).code == 0
    before = home.state()
    out = tmp_path / "out"
    out.mkdir()
    process = started(home, "remix", song_file, "synthwave", "-o", out / "a.flac", "--json", before=interruptible)
    deadline = time.monotonic() + PATIENCE_S
    while not home.query("SELECT 1 FROM remixes WHERE status = 'rendering'"):
        assert process.poll() is None, "ended before it rendered"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    done = finished(process)
    assert done.code == 130, done.err
    assert done.out == ""
    assert "Traceback" not in done.err
    assert not list(out.iterdir())
    after = home.state()
    assert (after.blobs, after.scratch) == (before.blobs, frozenset())
    assert home.query("SELECT status FROM remixes") == [("cancelled",)]
    assert home.query("SELECT COUNT(*) FROM usage_events") == [(0,)]
    assert finished(started(home, "ledger", "check")).code == 0
