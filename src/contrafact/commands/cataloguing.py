"""``contrafact catalogue``: who owns what, from spreadsheets and as a table."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contrafact.commands.console import FILE, installation, json_option, print_json, say

if TYPE_CHECKING:
    from contrafact.catalogue.csv_import.columns import SheetKind
    from contrafact.catalogue.csv_import.report import Report
    from contrafact.catalogue.findings import Finding
    from contrafact.remixes.console.cataloguing import OwnershipSheet

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILES = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
_KINDS = click.Choice(["parties", "recordings", "performers", "shares", "mandates", "grants"])


@click.group()
def catalogue() -> None:
    """Who owns what: show it, take it in from spreadsheets, write it out."""


@catalogue.command()
@_FILES
@json_option
@click.pass_context
def check(context: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Say what is wrong with spreadsheets; change nothing. Ends with 4 when something is.

    \b
    Example:
      contrafact catalogue check shares.csv grants.csv
    """
    report = _take(context, files, by="check", reason="check", dry_run=True, as_json=as_json)
    if as_json:
        print_json({"problems": [], **report.as_document()})
        return
    for note in report.notes:
        click.echo(f"note: {note.place.file}, line {note.place.line}: {note.message}")
    click.echo("nothing is wrong")


@catalogue.command("import")
@_FILES
@click.option("--dry-run", is_flag=True, help="Show what would change; change nothing.")
@click.option("--by", default="operator", show_default=True, help="Who says so; it is kept with every change.")
@click.option("--reason", default="imported from spreadsheets", show_default=True, help="Why; it is kept likewise.")
@json_option
@click.pass_context
def import_command(
    context: click.Context, files: tuple[Path, ...], dry_run: bool, by: str, reason: str, as_json: bool
) -> None:
    """Take in spreadsheets (files, or folders of them): all of it or nothing.

    \b
    Examples:
      contrafact catalogue import catalogue/ --dry-run
      contrafact catalogue import parties.csv recordings.csv shares.csv
    """
    report = _take(context, files, by=by, reason=reason, dry_run=dry_run, as_json=as_json)
    if as_json:
        print_json({"dry_run": dry_run, "problems": [], **report.as_document()})
        return
    for sentence in report.sentences():
        click.echo(sentence)
    if dry_run:
        say("This was a dry run: nothing was changed.")


@catalogue.command()
@click.option("-o", "--output", type=_FOLDER, help="A folder for one file of each kind.")
@click.option("--kind", type=_KINDS, help="Only this kind, on standard output.")
def export(output: Path | None, kind: "SheetKind | None") -> None:
    """Write the catalogue as spreadsheets that can be imported again; birthdays are left out.

    \b
    Examples:
      contrafact catalogue export -o catalogue/
      contrafact catalogue export --kind shares > shares.csv
    """
    from contrafact.remixes.console.cataloguing import write_out

    if (output is None) == (kind is None):
        raise click.UsageError("say either a folder with -o, or one kind with --kind")
    with installation() as opened:
        sheets = write_out(opened.database)
    _write(output, sheets if kind is None else {kind: sheets[kind]})


@catalogue.command()
@click.argument("kind", type=_KINDS, required=False)
@click.option("-o", "--output", type=_FOLDER, help="A folder for one file of each kind.")
def template(kind: "SheetKind | None", output: Path | None) -> None:
    """Write empty spreadsheets with a small example in them.

    \b
    Examples:
      contrafact catalogue template shares > shares.csv
      contrafact catalogue template -o catalogue/
    """
    from contrafact.catalogue.csv_import.columns import EXAMPLES, KINDS
    from contrafact.catalogue.csv_import.exporting import sheet

    if (output is None) == (kind is None):
        raise click.UsageError("say either one kind, or a folder with -o")
    kinds = KINDS if kind is None else (kind,)
    _write(output, {each: sheet(each, EXAMPLES[each]) for each in kinds})


@catalogue.command()
@click.argument("song")
@click.option("--history", is_flag=True, help="Also everything that was stated before.")
@json_option
def show(song: str, history: bool, as_json: bool) -> None:
    """Who owns a song, where and when, with gaps and overlaps. SONG is an id, an ISRC or a reference.

    \b
    Example:
      contrafact catalogue show SE-ABC-26-00001
    """
    from contrafact.remixes.console.cataloguing import ownership_of

    with installation() as opened:
        found = ownership_of(opened.database, song)
    if as_json:
        print_json(_document(found))
        return
    click.echo(f"“{found.song.title}” by {found.song.artist} ({found.song.id})")
    if found.song.announced:
        click.echo("  announced; its sound is not there yet")
    for line in _table(found):
        click.echo(line)
    for finding in found.findings:
        click.echo(f"{finding.kind}: {finding.sentence()}")
    for item in found.statements if history else ():
        click.echo(f"{item.at:%Y-%m-%d %H:%M} {item.side}, version {item.version}, by {item.by}: {item.reason}")
        click.echo(f"  {item.evidence}" if item.evidence else "  no evidence")


def _take(
    context: click.Context, files: Sequence[Path], *, by: str, reason: str, dry_run: bool, as_json: bool
) -> "Report":
    """Take in or try; with problems, tell them all and end with 4."""
    from contrafact.catalogue.csv_import.problems import BadSheet
    from contrafact.commands.failures import printable
    from contrafact.remixes.console.cataloguing import read, take_in
    from contrafact.remixes.withdrawals.withdrawing import withdrawer

    try:
        sheets = read(files)
        with installation() as opened:
            said: dict[str, Any] = {"by": by, "reason": reason, "clock": opened.clock}
            return take_in(opened.database, sheets, **said, dry_run=dry_run, withdraw=withdrawer(opened, by=by))
    except BadSheet as error:
        if as_json:
            problems = [
                {"file": item.file, "line": item.line, "column": item.column, "message": item.message}
                for item in error.problems
            ]
            print_json({"dry_run": dry_run, "problems": problems, "unlisted": error.unlisted})
        else:
            for item in error.problems:
                say(printable(str(item)))
            if error.unlisted:
                say(f"and {error.unlisted} more")
            say("Nothing was changed.")
        context.exit(error.exit_code)


def _write(output: Path | None, sheets: "dict[SheetKind, str]") -> None:
    """Files in a folder, or one on standard output."""
    if output is None:
        for text in sheets.values():
            click.echo(text.replace("\r\n", "\n"), nl=False)
        return
    output.mkdir(parents=True, exist_ok=True)
    for kind, text in sheets.items():
        # With a mark of its coding, without which some spreadsheet programs take it for another.
        (output / f"{kind}.csv").write_bytes(text.encode("utf-8-sig"))
    say(f"{len(sheets)} files are in {output}")


def _table(found: "OwnershipSheet") -> list[str]:
    """One line for each region of territory and time: who holds what there, and the sum."""
    from contrafact.catalogue.findings import regions_of

    rows = [("side", "where", "from", "until", "sum", "who")]
    for finding in (*regions_of("master", found.holders.master), *regions_of("work", found.holders.work)):
        who = ", ".join(f"{claim.name} {claim.share} ({claim.role})" for claim in finding.claims)
        total = str(finding.total) if finding.kind == "whole" else f"{finding.total} {finding.kind}"
        when = (_day(finding.valid_from, "ever since"), _day(finding.valid_to, "for ever"))
        rows.append((finding.side, str(finding.territories), *when, total, who or "nobody"))
    widths = [max(len(row[place]) for row in rows) for place in range(5)]
    return ["  ".join([*(row[place].ljust(widths[place]) for place in range(5)), row[5]]) for row in rows]


def _day(moment: Any, otherwise: str) -> str:
    return otherwise if moment is None else f"{moment:%Y-%m-%d}"


def _document(found: "OwnershipSheet") -> dict[str, Any]:
    from contrafact.catalogue.findings import regions_of

    regions = (*regions_of("master", found.holders.master), *regions_of("work", found.holders.work))
    return {
        "song": {
            "id": found.song.id,
            "work_id": found.song.work_id,
            "title": found.song.title,
            "artist": found.song.artist,
            "isrc": found.song.isrc,
            "iswc": found.song.iswc,
            "reference": found.song.reference,
            "label": found.song.label,
            "genres": list(found.song.genres),
            "announced": found.song.announced,
        },
        "regions": [_region(item) for item in regions],
        "findings": [_region(item) for item in found.findings],
        "statements": [
            {
                "side": item.side,
                "version": item.version,
                "by": item.by,
                "at": item.at.isoformat(),
                "reason": item.reason,
                "evidence": item.evidence,
            }
            for item in found.statements
        ],
    }


def _region(finding: "Finding") -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "side": finding.side,
        "territories": str(finding.territories),
        "from": finding.valid_from.isoformat() if finding.valid_from else None,
        "to": finding.valid_to.isoformat() if finding.valid_to else None,
        "sum": str(finding.total),
        "claims": [
            {"party_id": claim.party_id, "name": claim.name, "role": claim.role, "share": str(claim.share)}
            for claim in finding.claims
        ],
    }
