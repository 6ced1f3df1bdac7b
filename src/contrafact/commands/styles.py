"""``contrafact styles``: the styles there are, and packs checked as a musician would."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contrafact.commands.console import json_option, print_json, progress_bar, say

if TYPE_CHECKING:
    from contrafact.engine.arranging.checking import Checked
    from contrafact.engine.arranging.pack import StylePack

_BAD_INPUT = 4


@click.group()
def styles() -> None:
    """List the styles; check packs that you write."""


@styles.command("list")
@json_option
def list_styles(as_json: bool) -> None:
    """Every style that comes with Contrafact: its tempo, and the words that it is asked for with.

    \b
    Example:
      contrafact styles list
    """
    from contrafact.engine.arranging import load_styles

    packs = load_styles().values()
    if as_json:
        print_json({"styles": [_row(pack) for pack in packs]})
        return
    for pack in packs:
        tempo = f"{pack.tempo.low_bpm:.0f}–{pack.tempo.high_bpm:.0f}"
        click.echo(f"{pack.slug:20} {tempo:>8} BPM  {pack.about}\n    {', '.join(pack.words)}")


def _row(pack: "StylePack") -> dict[str, Any]:
    return {
        "slug": pack.slug,
        "name": pack.name,
        "about": pack.about,
        "words": list(pack.words),
        "tempo": pack.tempo.model_dump(),
        "parts": [part.name for part in pack.parts],
    }


@styles.command()
@click.argument("directory", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--play",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="OUT",
    help="Write what one pack sounds like.",
)
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), default=0, show_default=True, help="Another take to hear.")
@json_option
def check(directory: Path, play: Path | None, seed: int, as_json: bool) -> None:
    """Check a folder with a pack.toml, or a folder of such folders: what cannot be played, and what will sound poor.

    Exit code 4 when there are errors; warnings alone end with 0. --play writes sixteen bars of each level, low, mid
    and high, over a progression in A minor.

    \b
    Examples:
      contrafact styles check my-styles
      contrafact styles check my-styles/tango --play tango.wav
    """
    from contrafact.engine.arranging.checking import check_styles, pack_files
    from contrafact.engine.rendering.kits import KIT_NAMES

    count = len(pack_files(directory))
    if play is not None and count != 1:
        raise click.UsageError(f"--play needs one pack; {directory} holds {count}")
    checked = check_styles(directory, KIT_NAMES)
    sound = all(item.sound for item in checked)
    if play is not None and sound and checked[0].pack is not None:
        _play(checked[0].pack, play, seed)
    if as_json:
        print_json({"sound": sound, "packs": [_document(item) for item in checked]})
    else:
        for item in checked:
            _tell(item)
    if not sound:
        click.get_current_context().exit(_BAD_INPUT)


def _document(item: "Checked") -> dict[str, Any]:
    return {
        "file": str(item.file),
        "slug": item.pack.slug if item.pack else None,
        "sound": item.sound,
        "findings": [
            {"severity": found.severity, "place": found.place, "line": found.line, "message": found.message}
            for found in item.findings
        ],
    }


def _tell(item: "Checked") -> None:
    for found in item.findings:
        line = f":{found.line}" if found.line else ""
        place = f"{found.place}: " if found.place else ""
        click.echo(f"{item.file}{line}: {found.severity}: {place}{found.message}")
    errors = sum(found.severity == "error" for found in item.findings)
    warnings = len(item.findings) - errors
    say(f"{item.file}: {errors} errors, {warnings} warnings")


def _play(pack: "StylePack", target: Path, seed: int) -> None:
    """Render the demonstration song with the pack's band alone."""
    import numpy as np

    from contrafact.assets.store import AssetStore
    from contrafact.engine.arranging import arrange
    from contrafact.engine.arranging.demonstration import demonstration_chart, demonstration_recipe
    from contrafact.engine.audio.encoding import encode
    from contrafact.engine.audio.stem_files import StemsInMemory
    from contrafact.engine.audio.stems import Stems
    from contrafact.engine.audio.value import Audio
    from contrafact.engine.rendering import render
    from contrafact.kit.home import Home

    timeline = arrange(demonstration_chart(pack), demonstration_recipe(pack, seed), pack)
    nothing = Audio(np.zeros((2, 1), np.float32))
    stems = StemsInMemory(Stems(nothing, nothing, nothing, nothing))
    store = AssetStore(Home.from_environment().assets)
    with progress_bar("Playing") as progress:
        encode(render(timeline, stems, store, progress), target)
