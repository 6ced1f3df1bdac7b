"""A PostgreSQL server of its own: in a scratch folder, reached by a socket in it, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SETTINGS = (
    "listen_addresses=''",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=512MB",
    "max_wal_size=8GB",
    "maintenance_work_mem=256MB",
)


def binaries() -> Path | None:
    """The folder with ``initdb`` and ``pg_ctl``, of the newest server that is installed; None where there is none."""
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def server(folder: Path | None = None) -> Iterator[str]:
    """A running server with an empty database; yields its address for SQLAlchemy.

    The server refuses to run as the superuser, so it then runs as ``nobody``.

    Raises
    ------
    FileNotFoundError
        When no server is installed.
    """
    tools = binaries()
    if tools is None:
        raise FileNotFoundError("no PostgreSQL server is installed; install the package postgresql")
    user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    with tempfile.TemporaryDirectory(prefix="cf-pg-", dir=folder) as scratch:
        data = Path(scratch) / "data"
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            who = pwd.getpwnam(user)
            for path in (Path(scratch), data):
                os.chown(path, who.pw_uid, who.pw_gid)

        def run(*command: str) -> None:
            own = {"user": user, "group": pwd.getpwnam(user).pw_gid} if os.geteuid() == 0 else {}
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=scratch, **own)  # type: ignore[call-overload]
            if done.returncode != 0:
                raise OSError(f"{command[0]} failed: {done.stderr.strip()[-500:]}")

        run(
            str(tools / "initdb"),
            "-D",
            str(data),
            "-U",
            user,
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
            "--locale=C",
        )
        options = " ".join([f"-k {scratch}", *(f"-c {setting}" for setting in _SETTINGS)])
        run(str(tools / "pg_ctl"), "-D", str(data), "-l", str(Path(scratch) / "log"), "-o", options, "-w", "start")
        try:
            yield f"postgresql+psycopg://{user}@/postgres?host={scratch}"
        finally:
            run(str(tools / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
