"""``contrafact bench``: every number that the README claims, from the scripts under ``benchmarks/`` of a checkout."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click

from contrafact.commands.console import json_option, print_json, say


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", required=False)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
@json_option
@click.pass_context
def bench(context: click.Context, name: str | None, options: tuple[str, ...], as_json: bool) -> None:
    """Run one benchmark, or all; each prints CPU seconds, wall seconds and peak memory.

    OPTIONS are the benchmark's own.

    \b
    Examples:
      contrafact bench
      contrafact bench render --json
      contrafact bench remix --sheet sheet.png
    """
    folder = Path.cwd() / "benchmarks"
    found = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    if not found:
        raise click.UsageError("benchmarks are run from a checkout of the project; there is no folder benchmarks/ here")
    if name is not None and name not in found:
        raise click.UsageError(f"there is no benchmark {name!r}; there are {', '.join(found)}")
    # Our own processes import nothing from the folder where they stand: here that is what is wanted.
    paths = [str(folder.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    results: dict[str, object] = {}
    failed = False
    for one in [name] if name else found:
        say(f"benchmark {one}")
        command = [sys.executable, "-m", f"benchmarks.{one}", *options, *(["--json"] if as_json else [])]
        done = subprocess.run(
            command, cwd=folder.parent, env=environment, capture_output=as_json, text=True, check=False
        )
        failed = failed or done.returncode != 0
        if as_json:
            results[one] = json.loads(done.stdout) if done.returncode == 0 else {"error": done.stderr.strip()[-2000:]}
    if as_json:
        print_json(results)
    context.exit(1 if failed else 0)
