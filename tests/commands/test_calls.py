"""What holds for every command: help with an example, documentation, exit codes of wrong calls, a quick start."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from contrafact import __version__
from contrafact.cli import app
from tests.support.commands import Command, Home

CHECKOUT = Path(__file__).resolve().parents[2]


def every_command(
    group: click.Group = app, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All commands with their names from the left; groups are not commands."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from every_command(found, (*path, name))
        else:
            yield (*path, name), found


COMMANDS = list(every_command())
NAMES = [" ".join(path) for path, _ in COMMANDS]


@pytest.mark.parametrize("path", [path for path, _ in COMMANDS], ids=NAMES)
def test_help_has_an_example_of_the_command(command: Command, empty_home: Home, path: tuple[str, ...]) -> None:
    done = command(empty_home, *path, "--help")
    assert done.code == 0
    assert re.search(rf"Examples?:\n\s+contrafact {' '.join(path)}\b", done.out), done.out
    assert not list(empty_home.root.iterdir())


@pytest.mark.parametrize(("path", "found"), COMMANDS, ids=NAMES)
def test_the_operators_guide_names_the_command_and_its_options(path: tuple[str, ...], found: click.Command) -> None:
    guide = (CHECKOUT / "docs" / "guides" / "operator.md").read_text()
    match = re.search(rf"^### `contrafact {re.escape(' '.join(path))}\b.*?(?=^##|\Z)", guide, re.MULTILINE | re.DOTALL)
    assert match, f"docs/guides/operator.md has no section on contrafact {' '.join(path)}"
    for parameter in found.params:
        if isinstance(parameter, click.Option):
            longest = max(parameter.opts, key=len)
            assert f"`{longest}" in match[0], f"{longest} of {path} is not explained"


def test_the_readme_or_a_guide_names_every_command() -> None:
    pages = [CHECKOUT / "README.md", *(CHECKOUT / "docs" / "guides").glob("*.md")]
    text = "\n".join(page.read_text() for page in pages)
    assert [name for name in NAMES if f"contrafact {name}" not in text] == []


def test_the_version_is_told(command: Command, empty_home: Home) -> None:
    done = command(empty_home, "--version")
    assert (done.code, done.out) == (0, f"contrafact, version {__version__}\n")


@pytest.mark.parametrize(
    "call",
    [
        (),
        ("sing",),
        ("ingest",),
        ("ingest", "song.flac", "--grant", "everything"),
        ("ingest", "a.flac", "b.flac", "--title", "One title for two"),
        ("listen",),
        ("listen", "song.flac", "--loud"),
        ("listen", "song.flac", "--json", "--jams"),
        ("correct", "--show"),
        ("correct", "song.flac"),
        ("correct", "song.flac", "--show", "--undo"),
        ("correct", "song.flac", "--undo", "--tempo", "120"),
        ("separate", "song.flac"),
        ("plan", "song.flac"),
        ("plan", "song.flac", "house", "--seed", "-1"),
        ("remix", "song.flac", "house"),
        ("remix", "song.flac", "-o", "out.flac"),
        ("remix", "song.flac", "house", "-o", "out.flac", "--seed", "seven"),
        ("remix", "song.flac", "house", "-o", "out.flac", "--seed", str(2**53)),
        ("remix", "song.flac", "house", "-o", "out.flac", "--recipe", "recipe.json"),
        ("rights",),
        ("rights", "explain", "song.flac"),
        ("rights", "explain", "song.flac", "--operation", "steal"),
        ("rights", "explain", "song.flac", "--operation", "style", "--at", "yesterday"),
        ("rights", "explain", "song.flac", "--operation", "style", "--tier", "gold"),
        ("verify",),
        ("ledger", "burn"),
        ("assets", "fetch", "no-such-asset"),
        ("assets", "verify", "no-such-asset"),
        ("assets", "fetch", "minilm", "--group", "engine"),
        ("serve", "--port", "70000"),
        ("bench", "no-such-benchmark"),
    ],
    ids=" ".join,
)
def test_a_wrong_call_ends_with_2_and_writes_nothing(
    command: Command, empty_home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, call: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    done = command(empty_home, *call)
    assert (done.code, done.out) == (2, "")
    assert "Usage: contrafact" in done.err
    assert "Traceback" not in done.err
    assert not list(empty_home.root.iterdir())


def test_a_song_that_is_not_there_is_a_wrong_call(command: Command, empty_home: Home, tmp_path: Path) -> None:
    for call in (
        ("plan", "rec_nothing", "house"),
        ("remix", "SEAAA2699999", "house", "-o", tmp_path / "out.flac"),
        ("rights", "explain", tmp_path / "not here.flac", "--operation", "style"),
        ("correct", "rec_nothing", "--tempo", "half"),
    ):
        done = command(empty_home, *call)
        assert (done.code, done.out) == (2, "")
        assert "there is no song" in done.sentence
    assert not (tmp_path / "out.flac").exists()


def test_help_imports_no_numbers_and_no_database(script: Path) -> None:
    code = (
        "import sys\nfrom contrafact.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: print(sorted({'numpy', 'sqlalchemy', 'scipy', 'av', 'alembic'} & set(sys.modules)))"
    )
    for call in (["--help"], ["remix", "--help"], ["ingest", "--help"]):
        done = subprocess.run([sys.executable, "-c", code, *call], capture_output=True, text=True, check=True)
        assert done.stdout.endswith("[]\n"), done.stdout[-200:]
    assert "Exit codes" in subprocess.run([script, "--help"], capture_output=True, text=True, check=True).stdout


def test_reading_the_library_imports_no_migrations_and_no_asset_clients(empty_home: Home) -> None:
    code = (
        "import sys\nfrom contrafact.cli import main\n"
        "try: main(['songs', '--json'])\n"
        "except SystemExit: print(sorted({'alembic', 'scipy', 'contrafact.assets.fetching'} & set(sys.modules)))"
    )
    for expected in ("['alembic']\n", "[]\n"):  # only the first call has a database to make
        done = subprocess.run(
            [sys.executable, "-c", code], env=empty_home.environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.endswith(expected), done.stdout


def test_an_empty_library_is_a_document(command: Command, empty_home: Home) -> None:
    assert command(empty_home, "songs", "--json").document == {"songs": []}
    checked = command(empty_home, "ledger", "check", "--json")
    assert checked.code == 0
    assert (checked.document["balanced"], checked.document["transactions"]) == (True, 0)
