"""Blobs appear whole or not at all, once, under the hash of their bytes."""

import hashlib
import multiprocessing
import os
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.kit.blobs import BlobStore, sha256_of_file
from contrafact.kit.errors import BadInputError, NotFound


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@settings(max_examples=25, deadline=None)
@given(data=st.binary(max_size=5000))
def test_what_is_put_is_got_under_its_hash(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    store = BlobStore(tmp_path_factory.mktemp("blobs"))
    blob = store.put(data)
    assert blob.sha256 == hashlib.sha256(data).hexdigest()
    assert (store.get(blob.sha256), blob.size_bytes) == (data, len(data))
    assert store.put(data) == blob
    assert list(store.all()) == [blob]


def test_a_file_is_streamed_and_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "sound.bin"
    path.write_bytes(os.urandom(3_500_000))
    store = BlobStore(tmp_path / "blobs")
    first, second = store.put_file(path), store.put_file(path)
    assert first == second
    assert store.path(first.sha256).read_bytes() == path.read_bytes()
    assert len(_files(tmp_path / "blobs")) == 1


def test_removing_twice_is_no_error_and_a_missing_blob_is_told(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    blob = store.put(b"x")
    store.remove(blob.sha256)
    store.remove(blob.sha256)
    assert not store.has(blob.sha256)
    with pytest.raises(NotFound, match="missing"):
        store.path(blob.sha256)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "ab", "A" * 64, "0" * 63 + "/"])
def test_names_that_are_no_hash_are_refused(tmp_path: Path, name: str) -> None:
    store = BlobStore(tmp_path)
    with pytest.raises(NotFound):
        store.path(name)
    with pytest.raises(NotFound):
        store.has(name)


def test_missing_files_and_folders_are_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="there is no file"):
        sha256_of_file(tmp_path / "nothing.flac")
    with pytest.raises(BadInputError, match="directory"):
        sha256_of_file(tmp_path)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    """The kernel's limit on file size stands in for the full disk: the write fails in the middle just the same."""
    script = textwrap.dedent(
        """
        import resource, signal, sys
        from pathlib import Path
        from contrafact.kit.blobs import BlobStore
        from contrafact.kit.errors import StorageFull
        store = BlobStore(Path(sys.argv[1]))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            store.put(bytes(25_000_000))
        except StorageFull as error:
            print(error)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "blobs")], capture_output=True, text=True, check=True
    )
    assert "the disk is full" in done.stdout
    assert _files(tmp_path / "blobs") == []


def _put_many(root: str) -> None:
    store = BlobStore(Path(root))
    for number in range(20):
        store.put(bytes([number]) * 200_000)


def test_two_processes_may_put_the_same_bytes_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_put_many, args=(str(tmp_path),)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    store = BlobStore(tmp_path)
    assert len(list(store.all())) == 20
    assert len(_files(tmp_path)) == 20


def test_what_a_killed_process_left_is_swept_once_it_is_old(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    left = tmp_path / "incoming" / "blob_x#1"
    left.parent.mkdir()
    left.write_bytes(b"half")
    assert store.sweep_incoming() == 0
    assert store.sweep_incoming(now=datetime.now(UTC) + timedelta(days=2)) == 1
    assert _files(tmp_path) == []
