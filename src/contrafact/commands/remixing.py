"""``contrafact plan`` and ``contrafact remix``: words to a recipe, a recipe to a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contrafact.commands.console import FILE, installation, json_option, print_json, progress_bar, say

if TYPE_CHECKING:
    from contrafact.accounts.schemas import User
    from contrafact.engine.recipe.recipe import Recipe
    from contrafact.remixes.installation import Installation
    from contrafact.remixes.schemas import PlanView

_OUTCOMES = {"permit": "Permitted.", "deny": "Refused:", "needs_approval": "An owner has to be asked:"}
user_option = click.option("--as", "as_user", metavar="USER", help="Name or id of the listener; by default Ada.")


@click.command()
@click.argument("song")
@click.argument("words")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), default=0, show_default=True, help="For the arranger.")
@user_option
@json_option
def plan(song: str, words: str, seed: int, as_user: str | None, as_json: bool) -> None:
    """Show the recipe and the decision for WORDS on SONG; nothing is rendered.

    \b
    Example:
      contrafact plan rec_… "slow bossa nova, keep the voice"
    """
    from contrafact.remixes.asking import plan_view
    from contrafact.remixes.correcting import song_id

    with installation() as opened:
        view = plan_view(opened, song_id(opened, song), words, frozenset(), seed, _listener(opened, as_user))
    if as_json:
        print_json(view.model_dump(mode="json"))
        return
    _describe(view)


def _describe(view: "PlanView") -> None:
    for item in view.understood:
        click.echo(f"  {item.text:24} {item.meaning}")
    if view.ignored:
        click.echo(f"  not understood: {', '.join(view.ignored)}")
    minutes, seconds = divmod(round(view.duration_s), 60)
    click.echo(f"{view.tempo_bpm:.1f} BPM, {view.key}, {minutes}:{seconds:02d}; asks for {', '.join(view.operations)}")
    click.echo(_OUTCOMES[view.decision.outcome])
    if view.decision.outcome != "permit":
        for reason in view.decision.reasons:
            click.echo(f"  {reason.sentence}")


@click.command()
@click.argument("song")
@click.argument("words", required=False, default="")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="A .flac, .wav, .mp3, .m4a or .opus file."
)
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), help="Another number gives another take; by default 0.")
@click.option("--recipe", "recipe_file", type=FILE, help="A recipe (JSON) instead of words.")
@user_option
@json_option
@click.pass_context
def remix(
    context: click.Context,
    song: str,
    words: str,
    output: Path,
    seed: int | None,
    recipe_file: Path | None,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Make a remix of SONG and write it, signed, to a file.

    \b
    Examples:
      contrafact remix rec_… "slow bossa nova, keep the voice" -o bossa.flac
      contrafact remix rec_… "house at 124 bpm" -o house.mp3 --seed 7
      contrafact remix rec_… --recipe recipe.json -o again.flac

    Ends with 3 when a right is missing; nothing is rendered then.
    """
    from contrafact.remixes import making
    from contrafact.remixes.correcting import song_id
    from contrafact.remixes.exporting import export, make_here, require_writable
    from contrafact.remixes.taking import open_bench
    from contrafact.remixes.views import decision_view, remix_view
    from contrafact.rights.errors import RightsRefused

    if bool(words.strip()) == (recipe_file is not None):
        raise click.UsageError("give either WORDS or --recipe FILE")
    require_writable(output)
    if output.exists() and _is_file(song) and output.samefile(song):
        raise click.UsageError(f"{output.name} is the song itself; give the remix another name")
    with installation() as opened:
        user = _listener(opened, as_user)
        song = song_id(opened, song)
        recipe = _recipe(opened, song, words, recipe_file, seed)
        try:
            remix_id = making.ask_for(opened, song, recipe, words, user, also=("download",))
        except RightsRefused as refusal:
            if as_json:
                print_json({"refused": decision_view(refusal.decision).model_dump(mode="json")})
            raise
        with progress_bar(f"Making {output.name}") as progress:
            make_here(opened, remix_id, lambda: open_bench(opened.home.assets), progress)
            exported = export(opened, remix_id, user, output)
        view = remix_view(opened, remix_id, user)
    if as_json:
        document: dict[str, Any] = view.model_dump(mode="json")
        document["output"] = str(exported.path)
        document["sidecar"] = str(exported.sidecar) if exported.sidecar else None
        print_json(document)
        return
    say(f"{exported.path}: {view.label}")
    say(f"{view.loudness_lufs:.1f} LUFS, true peak {view.true_peak_dbtp:.1f} dBTP, {view.duration_s:.1f} s")
    if exported.sidecar:
        say(f"Its marks lie beside it in {exported.sidecar.name}; keep the two together.")


def _is_file(song: str) -> bool:
    try:
        return Path(song).is_file()
    except (OSError, ValueError):
        return False


def _listener(opened: "Installation", as_user: str | None) -> "User":
    from contrafact.accounts import service as accounts

    with opened.database.transaction() as session:
        if as_user is None:
            return accounts.demo_user(session, opened.clock)
        return accounts.user(session, as_user)


def _recipe(opened: "Installation", song: str, words: str, recipe_file: Path | None, seed: int | None) -> "Recipe":
    from contrafact.engine.recipe.documents import read_recipe
    from contrafact.remixes.asking import plan as plan_words

    if recipe_file is not None:
        found = read_recipe(recipe_file)
        return found if seed is None else found.model_copy(update={"seed": seed})
    with opened.database.reading() as session:
        planned, _ = plan_words(opened, session, song, words, frozenset(), seed or 0)
    if planned.ignored:
        say(f"Not understood: {', '.join(planned.ignored)}")
    return planned.recipe
