"""What every command does alike: the home, JSON on standard output, people's words and progress on standard error."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contrafact.engine.progress import Progress

if TYPE_CHECKING:
    from contrafact.accounts.schemas import User
    from contrafact.remixes.installation import Installation

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")

user_option = click.option("--as", "as_user", metavar="USER", help="Name or id of the listener; by default Ada.")

_SURE_OF_TIME = 0.05

FILE = click.Path(path_type=Path, readable=False)
"""A file to read: what is wrong with it is said by whoever reads it, with the exit code of bad input."""


@contextmanager
def installation() -> Iterator["Installation"]:
    """The installation of this environment, opened and closed."""
    from contrafact.kit.home import Home
    from contrafact.remixes.installation import Installation

    with Installation(Home.from_environment()) as opened:
        yield opened


def listener(opened: "Installation", as_user: str | None) -> "User":
    """Who calls: the person that ``--as`` names, or the listener of the demo."""
    from contrafact.accounts import service as accounts

    with opened.database.transaction() as session:
        if as_user is None:
            return accounts.demo_user(session, opened.clock)
        return accounts.user(session, as_user)


def print_json(document: Any) -> None:
    """The one JSON document of a ``--json`` call."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def say(words: str) -> None:
    """Words for a person."""
    click.echo(words, err=True)


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar on standard error for work that may take over two seconds; only stage names where that is no terminal."""
    if sys.stderr.isatty():
        with click.progressbar(length=1000, label=label, file=sys.stderr, item_show_func=lambda item: item) as bar:

            def move(fraction: float, stage: str) -> None:
                # Before anything much is done the time that is left is a guess, and usually a frightening one.
                bar.show_eta = fraction >= _SURE_OF_TIME
                bar.update(max(0, round(fraction * 1000) - bar.pos), stage)

            yield move
    else:
        yield _stage_lines(label)


def _stage_lines(label: str) -> Progress:
    seen = ""
    since = time.monotonic()

    def line(fraction: float, stage: str) -> None:
        nonlocal seen
        if stage != seen and time.monotonic() - since > 2.0:
            seen = stage
            click.echo(f"{label}: {stage} ({fraction:.0%})", err=True)

    return line
