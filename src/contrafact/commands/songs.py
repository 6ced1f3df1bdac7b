"""``contrafact ingest``, ``songs``, ``listen`` and ``separate``: what is in a recording, and the library of them."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from contrafact.commands.console import FILE, installation, json_option, print_json, progress_bar, say

if TYPE_CHECKING:
    from contrafact.assets.store import AssetStore
    from contrafact.engine.audio.decoding import DecodeLimits
    from contrafact.engine.listening.chart import Chart
    from contrafact.rights.presets import Preset

_PICTURE = click.Path(path_type=Path, dir_okay=False)


def _assets() -> "AssetStore":
    from contrafact.assets.store import AssetStore
    from contrafact.kit.home import Home

    return AssetStore(Home.from_environment().assets)


@click.command("listen")
@click.argument("file", type=FILE)
@json_option
@click.option("--jams", "as_jams", is_flag=True, help="Print the chart as one JAMS document instead.")
@click.option("--plot", type=_PICTURE, metavar="PNG", help="Draw the chart on one sheet.")
@click.option("--parts", is_flag=True, help="Separate it, too, and hear melody and drums in the stems.")
@click.option("--notes", is_flag=True, help="Also the notes of the accompaniment (with --parts).")
def listen_command(file: Path, as_json: bool, as_jams: bool, plot: Path | None, parts: bool, notes: bool) -> None:
    """Show the chart of any audio file: tempo, metre, key, chords, sections, voice, loudness.

    \b
    Examples:
      contrafact listen song.mp3
      contrafact listen song.mp3 --json | jq .tempo.bpm
      contrafact listen song.mp3 --jams > song.jams
      contrafact listen song.mp3 --parts --plot song.png
    """
    if as_json and as_jams:
        raise click.UsageError("--json and --jams are two documents; ask for one of them")
    if plot is not None and not plot.parent.is_dir():
        raise click.UsageError(f"there is no folder “{plot.parent}” to draw in; make it first")
    from contrafact.commands.charting import described
    from contrafact.engine.audio.decoding import decode
    from contrafact.engine.listening.listen import listen
    from contrafact.engine.progress import part
    from contrafact.engine.separation.separators import require_separator
    from contrafact.kit.settings import separator_name

    store = _assets()
    name = separator_name()
    require_separator(name)
    whole = 0.45 if parts or notes else 1.0
    with progress_bar("Listening") as progress:
        audio = decode(file, None if parts or notes else _long(), part(progress, 0.0, 0.1))
        chart = listen(audio, store, part(progress, 0.1, whole))
        if parts or notes:
            from contrafact.engine.listening.parts import hear_parts
            from contrafact.engine.separation.separate import separate

            stems = separate(audio, store, part(progress, whole, 0.85), chart, name)
            chart = hear_parts(chart, stems, store, part(progress, 0.85, 1.0), notes=notes)
    if plot is not None:
        from contrafact.engine.picturing import draw_chart
        from contrafact.engine.placing import placing

        with placing(plot) as scratch:
            scratch.write_bytes(draw_chart(chart, audio, _title(file)))
    if as_jams:
        click.echo(_jams(file, chart))
    elif as_json:
        print_json(chart.model_dump(mode="json"))
    else:
        click.echo(described(chart))
    if plot is not None:
        say(f"Drew {plot}")


def _long() -> "DecodeLimits":
    """A person at the machine may have an hour-long set heard; what goes into the library stays song-sized."""
    from contrafact.engine.audio.decoding import DecodeLimits

    return DecodeLimits(max_bytes=4 << 30, max_duration_s=2 * 3600.0)


def _title(file: Path) -> str:
    """Title and artist as the file's tags have them, else its name."""
    from contrafact.catalogue.tags import read_tags

    tags = read_tags(file)
    return " · ".join(word for word in (tags.title, tags.artist) if word) or file.stem


def _jams(file: Path, chart: "Chart") -> str:
    """The chart as JAMS, with title and artist as the file's tags have them."""
    from contrafact.catalogue.tags import read_tags
    from contrafact.engine.listening.jams import jams_bytes, to_jams

    tags = read_tags(file)
    return jams_bytes(to_jams(chart, tags.title or "", tags.artist or "")).decode()


@click.command("separate")
@click.argument("file", type=FILE)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False), help="A folder.")
@click.option("--separator", metavar="NAME", help="contrafact, spleeter, or demucs once its licence was accepted.")
@json_option
def separate_command(file: Path, output: Path, separator: str | None, as_json: bool) -> None:
    """Write vocals.flac, drums.flac, bass.flac and other.flac, which sum to the recording.

    \b
    Examples:
      contrafact separate song.mp3 -o stems/
      contrafact separate song.mp3 -o stems/ --separator demucs
    """
    from contrafact.engine.audio.decoding import decode
    from contrafact.engine.listening.listen import listen
    from contrafact.engine.progress import part
    from contrafact.engine.separation.separators import require_separator
    from contrafact.engine.separation.spans import separate_to_files
    from contrafact.kit.settings import separator_name

    store = _assets()
    name = separator or separator_name()
    require_separator(name)
    with progress_bar("Separating") as progress:
        audio = decode(file, _long(), part(progress, 0.0, 0.05))
        chart = listen(audio, store, part(progress, 0.05, 0.35))
        paths = separate_to_files(audio, output, store, part(progress, 0.35, 1.0), chart, name)
    if as_json:
        print_json({"stems": {name: str(path) for name, path in paths.items()}})
    else:
        say("Wrote " + ", ".join(str(path) for path in paths.values()))


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--artist", help="Instead of the file's tag.")
@click.option("--title", help="Instead of the file's tag.")
@click.option("--album", help="Instead of the file's tag.")
@click.option("--isrc", help="The recording's ISRC.")
@click.option("--reference", help="Your own name for it, under which it may have been announced.")
@click.option("--stems", "stems_dir", type=FILE, help="A folder with the owner's stems.")
@click.option(
    "--grant",
    type=click.Choice(["none", "mine", "open"]),
    default="none",
    show_default=True,
    help="none: nothing may be done yet; mine: I own it and allow remixes; open: as its public licence says.",
)
@click.option("--licence", help="The public licence (SPDX id), instead of the file's tag.")
@json_option
def ingest(
    files: tuple[Path, ...],
    artist: str | None,
    title: str | None,
    album: str | None,
    isrc: str | None,
    reference: str | None,
    stems_dir: Path | None,
    grant: str,
    licence: str | None,
    as_json: bool,
) -> None:
    """Add recordings to the library: heard, separated, and with what their owner allows.

    \b
    Examples:
      contrafact ingest song.flac --artist "Ada" --title "Rain" --grant mine
      contrafact ingest *.mp3 --grant open --licence CC-BY-4.0
      contrafact ingest mix.wav --stems stems/ --grant mine
    """
    from contrafact.remixes.songs.library import IngestCall, ingest_file

    if len(files) > 1 and (title or isrc or reference or stems_dir):
        raise click.UsageError("--title, --isrc, --reference and --stems describe one file; ingest them one by one")
    done = []
    with installation() as opened:
        for file in files:
            call = IngestCall(
                artist=artist,
                title=title,
                album=album,
                isrc=isrc,
                reference=reference,
                stems_dir=stems_dir,
                grant=cast("Preset", grant),
                licence=licence,
            )
            with progress_bar(f"Ingesting {file.name}") as progress:
                song = ingest_file(opened, file, call, progress)
            done.append(song)
            if not as_json:
                state = "known already" if song["known"] else "added"
                say(f"{song['id']}  {song['title']} by {song['artist']}: {state}")
    if as_json:
        print_json({"songs": done} if len(done) > 1 else done[0])


@click.command()
@json_option
def songs(as_json: bool) -> None:
    """List the library.

    \b
    Example:
      contrafact songs --json | jq -r '.songs[].id'
    """
    from contrafact.engine.naming import clock, key_spelt
    from contrafact.remixes.songs.library import plain_songs

    with installation() as opened:
        found = plain_songs(opened)
    if as_json:
        print_json({"songs": found})
        return
    if not found:
        say("The library is empty: contrafact ingest FILE, or contrafact demo.")
    for song in found:
        # Of what is no music nothing was heard that could stand there.
        heard = (
            f"{song['tempo_bpm']:.0f} BPM  {key_spelt(song['key'])}"
            if song["content"] == "music"
            else f"{song['content']}, not a song"
        )
        click.echo(f"{song['id']}  {song['title']} by {song['artist']}  {clock(song['duration_s'])}  {heard}")
