"""``contrafact plan`` and ``contrafact remix``: words to a recipe, a recipe to a file."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contrafact.commands.console import (
    FILE,
    installation,
    json_option,
    listener,
    print_json,
    progress_bar,
    say,
    user_option,
)
from contrafact.engine.progress import Progress, silent

if TYPE_CHECKING:
    from contrafact.accounts.schemas import User
    from contrafact.engine.recipe.planner import Plan
    from contrafact.engine.recipe.recipe import Recipe
    from contrafact.remixes.creations.making import TakenOn
    from contrafact.remixes.installation import Installation
    from contrafact.remixes.schemas import PlanView
    from contrafact.remixes.slices import Slices
    from contrafact.service.workers import WorkerPool

_OUTCOMES = {"permit": "Permitted.", "deny": "Refused:", "needs_approval": "An owner has to be asked:"}
_SOUND = ("contrafact.remixes.takes.preloading", "contrafact.commands.remixing")
"""What the processes that render begin with."""
with_option = click.option(
    "--with", "with_song", metavar="SONG", help="A mash-up: this song's voice over the bars of the first."
)


@click.command()
@click.argument("song")
@click.argument("words")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), default=0, show_default=True, help="For the arranger.")
@with_option
@user_option
@json_option
def plan(song: str, words: str, seed: int, with_song: str | None, as_user: str | None, as_json: bool) -> None:
    """Show the recipe and the decision for WORDS on SONG; nothing is rendered.

    \b
    Examples:
      contrafact plan rec_… "slow bossa nova, keep the voice"
      contrafact plan rec_… "house" --with rec_…
    """
    from contrafact.remixes.proposals.asking import plan_view
    from contrafact.remixes.songs.correcting import song_id

    with installation() as opened, _refused_words(as_json):
        guest = None if with_song is None else song_id(opened, with_song)
        user = listener(opened, as_user)
        view = plan_view(opened, song_id(opened, song), words, frozenset(), seed, user, guest)
    if as_json:
        print_json(view.model_dump(mode="json"))
        return
    _describe(view)


def _describe(view: "PlanView") -> None:
    from contrafact.engine.naming import clock, key_spelt

    for item in view.understood:
        click.echo(f"  {item.text:24} {item.meaning}")
    if view.ignored:
        click.echo(f"  not understood: {', '.join(view.ignored)}")
    facts = (f"{view.tempo_bpm:.1f} BPM", key_spelt(view.key), clock(view.duration_s))
    click.echo(f"{', '.join(facts)}; asks for {', '.join(view.operations)}")
    for note in view.notes:
        click.echo(f"  {note}")
    click.echo(_OUTCOMES[view.decision.outcome])
    if view.decision.outcome != "permit":
        for reason in view.decision.reasons:
            click.echo(f"  {reason.sentence}")


@click.command()
@click.argument("song")
@click.argument("words", required=False, default="")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, allow_dash=True),
    help="A .flac, .wav, .mp3, .m4a or .opus file; - streams it to standard output while it is rendered.",
)
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), help="Another number gives another take; by default 0.")
@click.option("--takes", type=click.IntRange(2, 4), help="As many different takes, each in a file of its own.")
@click.option("--recipe", "recipe_file", type=FILE, help="A recipe (JSON) instead of words.")
@with_option
@click.option("--format", "stream_format", type=click.Choice(["wav", "mp3"]), help="Of the stream; by default wav.")
@user_option
@json_option
def remix(
    song: str,
    words: str,
    output: Path,
    seed: int | None,
    takes: int | None,
    recipe_file: Path | None,
    with_song: str | None,
    stream_format: str | None,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Make a remix of SONG and write it, signed, to a file.

    \b
    Examples:
      contrafact remix rec_… "slow bossa nova, keep the voice" -o bossa.flac
      contrafact remix rec_… "house at 124 bpm" -o house.mp3 --seed 7
      contrafact remix rec_… "house" -o house.flac --takes 3       (house-1.flac, house-2.flac, house-3.flac)
      contrafact remix rec_… "house" -o - | ffplay -nodisp -autoexit -
      contrafact remix rec_… "techno" --with rec_… -o mashup.flac  (the second song's voice over the first)
      contrafact remix rec_… --recipe recipe.json -o again.flac
      contrafact remix rmx_… "a bit slower" -o slower.flac         (a remix of a remix, by its or its release's id)

    Ends with 3 when a right is missing (nothing is rendered then), or when an owner hears it first.
    """
    if bool(words.strip()) == (recipe_file is not None):
        raise click.UsageError("give either WORDS or --recipe FILE")
    streams = str(output) == "-"
    if stream_format is not None and not streams:
        raise click.UsageError("--format is for -o -; a file's format is told by its name")
    if with_song is not None and recipe_file is not None:
        raise click.UsageError("--with goes with WORDS; a recipe names its second recording itself")
    if with_song is not None and _is_remix(song):
        raise click.UsageError("--with goes with a song; a remix brings its second recording with it")
    if streams and (as_json or takes is not None):
        raise click.UsageError("standard output carries the sound of one take: give -o - without --json and --takes")
    if streams:
        _stream(song, Asked(words, recipe_file, seed, with_song), f".{stream_format or 'wav'}", as_user)
    else:
        _write(song, Asked(words, recipe_file, seed, with_song), output, takes, as_user, as_json)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line: words or a recipe, a seed, and the song of a mash-up's voice."""

    words: str
    recipe_file: Path | None
    seed: int | None
    with_song: str | None


@dataclass(frozen=True, slots=True)
class Material:
    """What a take is made from: a song of the library, or with ``parent`` a remix of it, and the recipe."""

    song: str
    recipe: "Recipe"
    parent: str | None = None


def _is_remix(name: str) -> bool:
    return name.startswith(("rmx_", "rls_"))


def _material(opened: "Installation", name: str, asked: Asked, user: "User") -> Material:
    from contrafact.remixes.songs.correcting import song_id

    if not _is_remix(name):
        song = song_id(opened, name)
        return Material(song, _recipe(opened, song, asked))
    from contrafact.remixes.creations import again
    from contrafact.remixes.releases.answering import settle

    settle(opened)
    with opened.database.reading() as session:
        row = again.parent_of(session, name, user)
        if asked.recipe_file is not None:
            return Material(row.recording_id, _recipe(opened, row.recording_id, asked), name)
        planned, recipe = again.read(opened, session, row, asked.words, seed=asked.seed or 0)
    _tell_planned(planned)
    return Material(row.recording_id, recipe, name)


def _ask(opened: "Installation", material: Material, recipe: "Recipe", words: str, user: "User") -> "TakenOn":
    from contrafact.remixes.creations import making

    if material.parent is None:
        return making.ask_for(opened, material.song, recipe, words, user, also=("download",))
    from contrafact.remixes.creations.again import ask_again_for

    return ask_again_for(opened, material.parent, recipe, words, user, also=("download",))


def _stream(song: str, asked: Asked, suffix: str, as_user: str | None) -> None:
    if sys.stdout.isatty():
        raise click.UsageError("the sound would go to the terminal; send it on, such as with | ffplay -nodisp -")
    from contrafact.kit.home import Home
    from contrafact.service.workers import WorkerPool

    # Before anything else: what sounds is loaded in other processes while this one reads words and asks for permission.
    # Of two the second helps the first; both are copies of one that has loaded it.
    settings = {"assets": str(Home.from_environment().assets)}
    pool = WorkerPool(min(2, os.cpu_count() or 1), _plug_in, settings, preload=_SOUND)
    try:
        _stream_from(pool, song, asked, suffix, as_user)
    finally:
        pool.close()


def _stream_from(pool: "WorkerPool", song: str, asked: Asked, suffix: str, as_user: str | None) -> None:
    from contrafact.remixes.creations.exporting import copy_to, make_here, renderer

    with installation() as opened:
        user = listener(opened, as_user)
        material = _material(opened, song, asked, user)
        taken_on = _ask(opened, material, material.recipe, asked.words, user)
        remix_id = taken_on.remix_id
        if taken_on.asks_first:
            # Nothing is heard of it before its owners agree: it is made silently, and then they are asked.
            with progress_bar("Making it") as progress:
                make_here(opened, remix_id, renderer(opened), progress)
            copy_to(opened, remix_id, user, suffix, sys.stdout.buffer)
            return

        def render(work: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
            return pool.run(remix_id, _play_out, {**work, "stream": suffix}, progress)

        with progress_bar("Making it") as progress:
            if make_here(opened, remix_id, render, progress):
                pool.run(remix_id, _drain, {}, silent)
            else:
                copy_to(opened, remix_id, user, suffix, sys.stdout.buffer)


def _plug_in(settings: Mapping[str, str]) -> Any:
    """In the other process: see :mod:`contrafact.remixes.takes.playing_out`, which this one need not import."""
    from contrafact.remixes.takes.playing_out import plug_in

    return plug_in(settings)


def _play_out(speaker: Any, arguments: Mapping[str, Any]) -> "Slices":
    from contrafact.remixes.takes.playing_out import play_out

    return play_out(speaker, arguments)


def _drain(speaker: Any, arguments: Mapping[str, Any]) -> "Slices":
    from contrafact.remixes.takes.playing_out import drain

    return drain(speaker, arguments)


def _write(song: str, asked: Asked, output: Path, takes: int | None, as_user: str | None, as_json: bool) -> None:
    from contrafact.remixes.creations.exporting import require_writable
    from contrafact.remixes.proposals.offering import offer
    from contrafact.remixes.showing.views import decision_view
    from contrafact.rights.errors import RightsRefused

    outputs = [output] if takes is None else [numbered(output, place) for place in range(1, takes + 1)]
    for path in outputs:
        require_writable(path)
        if path.exists() and _is_file(song) and path.samefile(song):
            raise click.UsageError(f"{path.name} is the song itself; give the remix another name")
    with installation() as opened, _refused_words(as_json):
        user = listener(opened, as_user)
        material = _material(opened, song, asked, user)
        recipe = material.recipe
        wanted = [(recipe, "")]
        if takes is not None:
            cards = offer(opened, material.song, recipe, takes, "variation", user)
            wanted = [(type(recipe).model_validate(card.recipe), card.differs) for card in cards]
        try:
            made = [
                _make(opened, material, each, asked.words, user, path, differs)
                for (each, differs), path in zip(wanted, outputs, strict=True)
            ]
        except RightsRefused as refusal:
            if as_json:
                print_json({"refused": decision_view(refusal.decision).model_dump(mode="json")})
            raise
    if as_json:
        print_json(made[0] if takes is None else {"takes": made})


@contextmanager
def _refused_words(as_json: bool) -> Iterator[None]:
    """With ``--json`` words that nobody can grant are refused in a document too, like a missing right."""
    from contrafact.remixes.proposals.guarding import WordsRefused

    try:
        yield
    except WordsRefused as refusal:
        if as_json:
            reasons = [
                {"code": finding.code, "operation": None, "sentence": finding.sentence}
                for finding in refusal.findings.refusals
            ]
            print_json({"refused": {"outcome": "deny", "reasons": reasons, "snapshot_sha256": None}})
        raise


def numbered(output: Path, place: int) -> Path:
    """The file of one of several takes: ``house.flac`` becomes ``house-2.flac``."""
    return output.with_name(f"{output.stem}-{place}{output.suffix}")


def _make(
    opened: "Installation", material: Material, recipe: "Recipe", words: str, user: "User", output: Path, differs: str
) -> dict[str, Any]:
    """Make one take, write it, tell people about it; returns its document."""
    from contrafact.remixes.creations.exporting import export, make_here, renderer
    from contrafact.remixes.showing.views import remix_view

    taken_on = _ask(opened, material, recipe, words, user)
    remix_id = taken_on.remix_id
    with progress_bar(f"Making {output.name}") as progress:
        make_here(opened, remix_id, renderer(opened), progress)
        exported = export(opened, remix_id, user, output)
    view = remix_view(opened, remix_id, user)
    say(f"{exported.path}: {view.label}")
    for line in (*([differs] if differs else []), *taken_on.notes):
        say(f"  {line}")
    say(f"{view.loudness_lufs:.1f} LUFS, true peak {view.true_peak_dbtp:.1f} dBTP, {view.duration_s:.1f} s")
    if exported.sidecar:
        say(f"Its marks lie beside it in {exported.sidecar.name}; keep the two together.")
    document: dict[str, Any] = view.model_dump(mode="json") | {"notes": list(taken_on.notes)}
    document["output"] = str(exported.path)
    document["sidecar"] = str(exported.sidecar) if exported.sidecar else None
    return document | ({"differs": differs} if differs else {})


def _is_file(song: str) -> bool:
    try:
        return Path(song).is_file()
    except (OSError, ValueError):
        return False


def _recipe(opened: "Installation", song: str, asked: Asked) -> "Recipe":
    from contrafact.remixes.proposals.asking import plan as plan_words
    from contrafact.remixes.proposals.asking import with_guest
    from contrafact.remixes.songs.correcting import song_id

    if asked.recipe_file is not None:
        from contrafact.engine.errors import BadInput
        from contrafact.engine.recipe.documents import read_recipe
        from contrafact.remixes.proposals.shaping import withdrawn

        found = read_recipe(asked.recipe_file)
        with opened.database.reading() as session:
            fault = withdrawn(session, found)
        if fault is not None:
            raise BadInput(f"{asked.recipe_file.name}: {fault}")
        return found if asked.seed is None else found.model_copy(update={"seed": asked.seed})
    with opened.database.reading() as session:
        guest = None if asked.with_song is None else song_id(opened, asked.with_song)
        planned, _ = plan_words(opened, session, song, asked.words, frozenset(), asked.seed or 0, guest)
        recipe = planned.recipe if guest is None else with_guest(session, planned.recipe, guest)
    _tell_planned(planned)
    return recipe


def _tell_planned(planned: "Plan") -> None:
    if planned.ignored:
        say(f"Not understood: {', '.join(planned.ignored)}")
    for note in planned.notes:
        say(note)
