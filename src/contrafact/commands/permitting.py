"""``contrafact rights``: what may be done with a song, who granted it, and what was decided."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from contrafact.commands.console import FILE, installation, json_option, print_json
from contrafact.commands.withdrawing import reinstate, withdraw
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.errors import BadInputError, WrongCall

if TYPE_CHECKING:
    from contrafact.remixes.console.permitting import SheetView
    from contrafact.rights.values import Terms


@click.group()
def rights() -> None:
    """Explain what may be done with a song."""


rights.add_command(withdraw)
rights.add_command(reinstate)


@rights.command()
@click.argument("song")
@click.option("--operation", required=True, type=click.Choice(list(get_args(Operation))))
@click.option("--territory", metavar="CC", help="ISO 3166 alpha-2; by default the installation's.")
@click.option("--tier", default="premium", show_default=True, help="The listener's plan; free is unpaid.")
@click.option("--at", metavar="TIME", help="ISO 8601 moment; by default now.")
@click.option(
    "--beside",
    multiple=True,
    type=click.Choice(list(get_args(Operation))),
    help="What is done as well; downloading a cover asks others than downloading a remix.",
)
@click.option("--details", is_flag=True, help="For staff: which grant, holder or share it is about.")
@json_option
@click.pass_context
def explain(
    context: click.Context,
    song: str,
    operation: Operation,
    territory: str | None,
    tier: str,
    at: str | None,
    beside: tuple[Operation, ...],
    details: bool,
    as_json: bool,
) -> None:
    """Whether one operation is allowed, and why. Ends with 3 when it is not.

    \b
    Example:
      contrafact rights explain rec_… --operation style --territory SE --tier premium --at 2026-12-01T00:00:00Z
    """
    from contrafact.catalogue import service as catalogue
    from contrafact.remixes.console.wondering import Question, moment, plan_named, what_if

    try:
        plan, when = plan_named(tier), None if at is None else moment(at)
    except WrongCall as error:
        raise click.UsageError(str(error)) from error
    with installation() as opened, opened.database.reading() as session:
        question = Question(
            songs=(catalogue.find(session, song).id,),
            operation=operation,
            tier=plan,
            territory=territory,
            at=when,
            beside=beside,
        )
        answer = what_if(opened, session, question)
    if as_json:
        kept = None if details else {"reasons": {"__all__": {"detail"}}}
        print_json(answer.model_dump(mode="json", exclude=kept))
    else:
        waits = any(reason.code == "owner_approves_release" for reason in answer.reasons)
        click.echo(f"{answer.outcome}{', after the owner has heard it' if waits else ''}")
        for reason in answer.reasons:
            click.echo(f"  {reason.sentence} [{reason.code}]")
            if details and reason.detail:
                click.echo(f"      {reason.detail}")
        if not answer.capability.possible:
            click.echo(f"  Not possible here, whoever allows it: {answer.capability.sentence}")
    context.exit(0 if answer.outcome == "permit" else 3)


@rights.command()
@click.argument("song")
@json_option
def show(song: str, as_json: bool) -> None:
    """What was granted for a song, in sentences and as a matrix; and what a listener may do now.

    \b
    Example:
      contrafact rights show rec_…
    """
    from contrafact.catalogue import service as catalogue
    from contrafact.remixes.console.permitting import sheet

    with installation() as opened, opened.database.reading() as session:
        found = sheet(opened, session, catalogue.find(session, song))
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    click.echo(f"“{found.title}” by {found.artist} ({found.song_id})")
    for line in found.summary:
        click.echo(f"  {line}")
    for column in found.columns:
        click.echo(f"\n{', '.join(f'{series} version {version}' for series, version in column.series.items())}")
        click.echo(f"  by {', '.join(column.holders)}; {column.where}; {_plans(column.tiers)}")
    click.echo("")
    for line in _matrix(found):
        click.echo(line)


def _plans(tiers: tuple[str, ...] | None) -> str:
    return "all plans" if tiers is None else f"plans: {', '.join(tiers) or 'none'}"


def _matrix(found: "SheetView") -> list[str]:
    heads = [f"grant {number}" for number in range(1, len(found.columns) + 1)]
    heads += [f"{row.tier} in {row.territory}" for row in found.effective]
    lines = ["".join([" " * 22, *(f"{head:>15}" for head in heads)])]
    said = {"permit": "yes", "deny": "no", "needs_approval": "ask"}
    for place, operation in enumerate(get_args(Operation)):
        cells: list[str] = [column.cells[place].state for column in found.columns]
        cells += [said[row.cells[place].outcome] for row in found.effective]
        lines.append("".join([f"{operation:22}", *(f"{cell:>15}" for cell in cells)]))
    return lines


@rights.command()
@click.argument("song")
@click.option("--terms", "file", type=FILE, help="A JSON document of terms; see the guide for rights holders.")
@click.option("--preset", type=click.Choice(["none", "mine", "open"]))
@click.option("--dry-run", is_flag=True, help="Show what would change; change nothing.")
@json_option
def grant(song: str, file: Path | None, preset: str | None, dry_run: bool, as_json: bool) -> None:
    """Grant by every holder of a song: a preset, or terms of your own. Every version is kept.

    \b
    Examples:
      contrafact rights grant rec_… --preset mine
      contrafact rights grant SEABC2600001 --terms terms.json --dry-run
    """
    from contrafact.catalogue import service as catalogue
    from contrafact.remixes.console.bulk import Change, Selection, change_many
    from contrafact.remixes.withdrawals.withdrawing import withdrawer

    if (file is None) == (preset is None):
        raise click.UsageError("say either --preset or --terms")
    change = Change.model_validate({"preset": preset, "terms": None if file is None else _terms(file)})
    with installation() as opened:
        with opened.database.reading() as session:
            chosen = catalogue.find(session, song).id
        withdraw = withdrawer(opened, by="command line")
        (found,) = change_many(
            opened, Selection(song_ids=(chosen,)), change, by="command line", dry_run=dry_run, withdraw=withdraw
        )
    if as_json:
        print_json({"dry_run": dry_run, **found.model_dump(mode="json")})
        return
    click.echo("Nothing changes." if not found.changed else "It would then say:" if dry_run else "It now says:")
    for line in found.after:
        click.echo(f"  {line}")


def _terms(file: Path) -> "Terms":
    from contrafact.rights.documents import terms_from

    if file.stat().st_size > _MOST_BYTES:
        raise BadInputError(f"{file.name} is larger than a document of terms can be ({_MOST_BYTES // 1000} kB)")
    return terms_from(file.read_bytes(), file.name)


_MOST_BYTES = 1_000_000


@rights.command()
@click.argument("song")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="By default standard output.")
@click.option("--profile", is_flag=True, help="The vocabulary of our own words instead.")
def odrl(song: str, output: Path | None, profile: bool) -> None:
    """Every grant on a song as ODRL 2.2 (JSON-LD), for exchange with others.

    \b
    Example:
      contrafact rights odrl rec_… -o grants.jsonld
    """
    from contrafact.catalogue import service as catalogue
    from contrafact.remixes.permission.facts import facts_of_song
    from contrafact.rights import odrl as exchange

    if profile:
        document: Any = exchange.profile()
    else:
        with installation() as opened, opened.database.reading() as session:
            facts = facts_of_song(session, catalogue.find(session, song))
        document = [exchange.policy(each, facts.subjects[0]) for each in facts.grants]
    _write(output, json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n")


@rights.command()
@click.argument("song", required=False)
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="By default standard output.")
def audit(song: str | None, form: str, output: Path | None) -> None:
    """The audit log: every grant, switch and decision, of one song or of all. Ends with 1 when the chain is broken.

    \b
    Example:
      contrafact rights audit --format jsonl -o audit.jsonl
    """
    from contrafact.catalogue import service as catalogue
    from contrafact.remixes.console import auditing
    from contrafact.rights.service import check_chain

    with installation() as opened, opened.database.reading() as session:
        recording = None if song is None else catalogue.find(session, song)
        found = auditing.entries(session, None if recording is None else (recording.id, recording.work_id))
        lines = auditing.as_lines(found) if form == "jsonl" else auditing.as_table(found)
        _write(output, lines)
        count = check_chain(session)
    click.echo(f"{count} decisions; the chain is whole", err=True)


def _write(output: Path | None, data: "bytes | Iterable[bytes]") -> None:
    from contrafact.engine.placing import placing

    parts = [data] if isinstance(data, bytes) else data
    if output is None:
        for part in parts:
            click.echo(part.decode(), nl=False)
        return
    with placing(output) as beside, beside.open("wb") as file:
        for part in parts:
            file.write(part)
