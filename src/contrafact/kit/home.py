"""Where everything that Contrafact writes lives: ``CONTRAFACT_HOME``, else the user's data folder."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """The folders and files of one installation."""

    root: Path

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Home":
        env = os.environ if environ is None else environ
        if env.get("CONTRAFACT_HOME"):
            return cls(Path(env["CONTRAFACT_HOME"]).expanduser().absolute())
        data = Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
        return cls(data.absolute() / "contrafact")

    @property
    def assets(self) -> Path:
        return self.root / "assets"

    @property
    def blobs(self) -> Path:
        return self.root / "blobs"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def database(self) -> Path:
        return self.root / "contrafact.db"

    @property
    def jobs_database(self) -> Path:
        return self.root / "jobs.db"

    @property
    def staydown(self) -> Path:
        """The index of what was taken down; may be deleted: it is made anew from the database."""
        return self.root / "staydown"

    @property
    def scratch(self) -> Path:
        """Unfinished work; may be emptied while nothing runs."""
        return self.root / "scratch"


@contextmanager
def scratch_folder(home: Home, prefix: str) -> Iterator[Path]:
    """A new folder for unfinished work, gone afterwards."""
    home.scratch.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=home.scratch, prefix=prefix))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
