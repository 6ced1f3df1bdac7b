"""``contrafact correct``: what a song's owner knows better than what was heard in it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contrafact.commands.console import FILE, installation, json_option, print_json, say
from contrafact.kit.text import one_line

if TYPE_CHECKING:
    from contrafact.engine.listening.corrections import Corrections
    from contrafact.remixes.installation import Installation
    from contrafact.remixes.schemas import ChartView, CorrectionsView


@click.command()
@click.argument("song")
@click.option("--tempo", metavar="BPM|half|double", help="The tempo, or the octave of the heard one.")
@click.option("--downbeat", metavar="TIME", help="When a bar begins: seconds, or minutes:seconds.")
@click.option("--key", metavar="KEY", help="Such as “A minor”.")
@click.option("--metre", metavar="N/M", help="Such as 3/4 or 6/8.")
@click.option("--sections", "sections_file", type=FILE, help="A list: start, label and perhaps letter, one a line.")
@click.option("--jams", "jams_file", type=FILE, help="A JAMS file with beats, tempo, key or sections.")
@click.option("--reason", default="", help="Why, for the record.")
@click.option("--by", default="operator", show_default=True, help="Who says so, for the record.")
@click.option("--show", is_flag=True, help="Only show what was heard, what was said and what holds.")
@click.option("--undo", is_flag=True, help="Withdraw all corrections: what was heard holds again.")
@json_option
def correct(
    song: str,
    tempo: str | None,
    downbeat: str | None,
    key: str | None,
    metre: str | None,
    sections_file: Path | None,
    jams_file: Path | None,
    reason: str,
    by: str,
    show: bool,
    undo: bool,
    as_json: bool,
) -> None:
    """Correct what was heard in SONG, for every remix from now on.

    What is said is kept with what was said before; about the same thing, the later holds. What was heard stays as it
    is, and so do the remixes that are there.

    \b
    Examples:
      contrafact correct rec_… --tempo 120 --downbeat 0.35 --key "A minor" --metre 3/4
      contrafact correct rec_… --tempo half --reason "it is a ballad"
      contrafact correct rec_… --sections sections.txt
      contrafact correct rec_… --show
    """
    from contrafact.remixes.songs import correcting

    told = [tempo, downbeat, key, metre, sections_file, jams_file]
    says = any(item is not None for item in told)
    if says + show + undo != 1:
        raise click.UsageError("say what is to be corrected (--tempo, --downbeat, …), or --show, or --undo")
    with installation() as opened:
        song_id = correcting.song_id(opened, song)
        before = correcting.corrections(opened, song_id)
        view = before
        if not show:
            more = None if undo else _said(opened, song_id, tempo, downbeat, key, metre, sections_file, jams_file)
            view = _keep(opened, before, more, one_line(reason)[:300], one_line(by)[:80] or "operator")
    if as_json:
        print_json(view.model_dump(mode="json"))
        return
    if not show:
        say(f"Version {view.version} holds." if view.version != before.version else "That is what holds already.")
    _describe(view)


def _keep(
    opened: "Installation", before: "CorrectionsView", more: "Corrections | None", reason: str, by: str
) -> "CorrectionsView":
    from contrafact.engine.listening.corrections import Corrections, amended
    from contrafact.remixes.songs import correcting

    said = Corrections() if more is None else amended(Corrections.model_validate(before.corrections), more)
    return correcting.correct(opened, before.song_id, said, by=by, reason=reason, based_on=before.version)


def _said(
    opened: "Installation",
    song_id: str,
    tempo: str | None,
    downbeat: str | None,
    key: str | None,
    metre: str | None,
    sections_file: Path | None,
    jams_file: Path | None,
) -> "Corrections":
    """The options as one value; what they say themselves takes the place of what the JAMS file says."""
    from contrafact.engine.listening.corrections import (
        LARGEST_BYTES,
        Corrections,
        amended,
        parse_key,
        parse_metre,
        parse_sections,
        parse_tempo,
        parse_time,
    )
    from contrafact.engine.listening.jams_reading import LARGEST_BYTES as LARGEST_JAMS_BYTES
    from contrafact.engine.listening.jams_reading import from_jams
    from contrafact.remixes.songs import correcting

    sections = None
    if sections_file is not None:
        text = _read(sections_file, LARGEST_BYTES).decode("utf-8", errors="replace")
        sections = parse_sections(text, sections_file.name)
    options = Corrections(
        tempo=None if tempo is None else parse_tempo(tempo),
        downbeat_s=None if downbeat is None else parse_time(downbeat, "the downbeat"),
        key=None if key is None else parse_key(key),
        metre=None if metre is None else parse_metre(metre),
        sections=sections,
    )
    if jams_file is None:
        return options
    duration_s = correcting.chart_of(opened, song_id).duration_s
    return amended(from_jams(_read(jams_file, LARGEST_JAMS_BYTES), duration_s, jams_file.name), options)


def _read(path: Path, most: int) -> bytes:
    """A small file, never more of it than one byte too many."""
    from contrafact.engine.listening.corrections import BadCorrections

    if path.exists() and not path.is_file():
        raise BadCorrections(f"{path} is not an ordinary file")
    try:
        with path.open("rb") as file:
            found = file.read(most + 1)
    except OSError as error:
        raise BadCorrections(f"{path} cannot be read: {error.strerror}; check the path") from error
    if len(found) > most:
        raise BadCorrections(f"{path.name} is larger than corrections can be ({most // 2**20} MiB)")
    return found


def _describe(view: "CorrectionsView") -> None:
    heard, holds = _facts(view.heard), _facts(view.holds)
    for name, value in holds.items():
        click.echo(f"{name:9} {value}" + (f"   (heard: {heard[name]})" if heard[name] != value else ""))
    for item in view.history:
        what = ", ".join(name for name in item.corrections if name != "corrections") or "withdrawn"
        reason = f": {item.reason}" if item.reason else ""
        click.echo(f"version {item.version}, {item.at:%Y-%m-%d %H:%M} UTC, {item.by}: {what}{reason}")


def _facts(chart: "ChartView") -> dict[str, Any]:
    from contrafact.engine.naming import key_spelt

    downbeat = "none" if chart.downbeat_s is None else f"{chart.downbeat_s:.3f} s"
    return {
        "tempo": f"{chart.tempo_bpm:.2f} BPM",
        "metre": chart.metre,
        "downbeat": downbeat,
        "key": key_spelt(chart.key),
        "sections": " ".join(f"{item.letter}:{item.label}@{item.start_s:.1f}" for item in chart.sections) or "none",
    }
