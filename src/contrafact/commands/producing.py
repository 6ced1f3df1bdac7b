"""``contrafact export``: a remix as stems, notes or a project, for those who go on working on it."""

from pathlib import Path

import click

from contrafact.commands.console import (
    installation,
    json_option,
    listener,
    print_json,
    progress_bar,
    say,
    user_option,
)


@click.command()
@click.argument("remix")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="A .dawproject, .zip (stems) or .mid file."
)
@user_option
@json_option
def export(remix: str, output: Path, as_user: str | None, as_json: bool) -> None:
    """Write REMIX (its id, as `remix --json` prints it) for a workstation.

    \b
    Examples:
      contrafact export rmx_… -o song.dawproject
      contrafact export rmx_… -o stems.zip
      contrafact export rmx_… -o notes.mid

    The owners are asked anew; ends with 3 when they do not allow it, and nothing is written.
    """
    from contrafact.remixes.creations.producing import produce_here
    from contrafact.remixes.takes.taking import open_bench

    with installation() as opened:
        user = listener(opened, as_user)
        with progress_bar(f"Writing {output.name}") as progress:
            path = produce_here(opened, remix, user, output, lambda: open_bench(opened.home.assets), progress)
    if as_json:
        print_json({"remix": remix, "output": str(path)})
        return
    say(str(path))
