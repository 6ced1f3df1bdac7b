"""``contrafact assets``: models, sounds and demo songs."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from contrafact.commands.console import json_option, print_json, progress_bar, say

if TYPE_CHECKING:
    from collections.abc import Collection

    from contrafact.assets.manifest import Group
    from contrafact.assets.store import AssetStore


@click.group()
def assets() -> None:
    """List, fetch and verify models, sounds and demo songs."""


def _store(root: Path | None = None) -> "AssetStore":
    from contrafact.assets.store import AssetStore
    from contrafact.kit.home import Home

    return AssetStore(root or Home.from_environment().assets)


def _knowing(names: "Collection[str]") -> "AssetStore":
    """The store, which has to know these names."""
    store = _store()
    unknown = [name for name in names if name not in store.manifest.by_name]
    if unknown:
        raise click.UsageError(f"there is no asset called {unknown[0]!r}; see contrafact assets list")
    return store


@assets.command("list")
@json_option
def list_assets(as_json: bool) -> None:
    """Every known asset: where it comes from, its licence, whether it is here.

    \b
    Example:
      contrafact assets list --json | jq '.assets[] | select(.here | not) | .name'
    """
    rows = [dataclasses.asdict(row) for row in _store().rows()]
    if as_json:
        print_json({"assets": rows})
        return
    for row in rows:
        size = f"{row['size'] / 1e6:7.1f} MB" if row["size"] else "         ?"
        here = "here" if row["here"] else ("-" if row["default"] else "- (on request)")
        use = "" if row["commercial"] else "  no commercial use"
        click.echo(f"{row['name']:34} {size}  {row['licence']:24} {here}{use}\n    {row['purpose']}; {row['carrier']}")


@assets.command()
@click.argument("names", nargs=-1)
@click.option("--group", type=click.Choice(["engine", "demo"]), help="Only this group of the default assets.")
@click.option("--accept", multiple=True, metavar="NAME", help="Accept that this asset may not be used commercially.")
@json_option
def fetch(names: tuple[str, ...], group: str | None, accept: tuple[str, ...], as_json: bool) -> None:
    """Bring assets here: all defaults, one group, or by name. What is here already is left alone.

    \b
    Examples:
      contrafact assets fetch
      contrafact assets fetch --group engine
      contrafact assets fetch demucs --accept demucs
    """
    from contrafact.assets.fetching import fetch as fetch_assets

    if names and group:
        raise click.UsageError("give names or --group, not both")
    store = _knowing((*names, *accept))
    with progress_bar("Fetching") as progress:
        made = fetch_assets(store, names or None, progress, group=cast("Group | None", group), accept=accept)
    if as_json:
        print_json({"fetched": list(made)})
    else:
        say(f"Fetched {', '.join(made)}." if made else "Everything is here already.")


@assets.command()
@click.argument("names", nargs=-1)
@json_option
@click.pass_context
def verify(context: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Hash every file that is here and compare; ends with 1 when one has changed.

    \b
    Examples:
      contrafact assets verify
      contrafact assets verify minilm --json
    """
    from contrafact.assets.fetching import verify as verify_assets

    results = verify_assets(_knowing(names), names or None)
    if as_json:
        print_json({"assets": [dataclasses.asdict(result) for result in results]})
    else:
        for result in results:
            click.echo(f"{result.name:34} {result.problem or 'as it should be'}")
    if any(result.problem for result in results):
        context.exit(1)
