"""``contrafact rights``, ``verify`` and ``ledger``: for owners and auditors."""

from pathlib import Path
from typing import get_args

import click

from contrafact.commands.console import FILE, installation, json_option, print_json
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.errors import WrongCall


@click.group()
def rights() -> None:
    """Explain what may be done with a song."""


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
    from contrafact.remixes.wondering import Question, moment, plan_named, what_if

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
        click.echo(answer.outcome)
        for reason in answer.reasons:
            click.echo(f"  {reason.sentence} [{reason.code}]")
            if details and reason.detail:
                click.echo(f"      {reason.detail}")
        if not answer.capability.possible:
            click.echo(f"  Not possible here, whoever allows it: {answer.capability.sentence}")
    context.exit(0 if answer.outcome == "permit" else 3)


@click.command()
@click.argument("file", type=FILE)
@json_option
@click.pass_context
def verify(context: click.Context, file: Path, as_json: bool) -> None:
    """Say what a file is, from what, by whom, and whether to trust it. Ends with 1 when it is not Trusted.

    \b
    Example:
      contrafact verify bossa.flac
    """
    from contrafact.kit.home import Home
    from contrafact.provenance.service import verify as examine

    verdict = examine(file, Home.from_environment().keys)
    if as_json:
        print_json(verdict.as_document())
    else:
        click.echo(verdict.state)
        for line in (verdict.label, *(f"from “{s.title}” by {s.artist}" for s in verdict.sources)):
            if line:
                click.echo(f"  {line}")
        if verdict.signed_by:
            click.echo(f"  signed by {verdict.signed_by}")
        for reason in verdict.reasons:
            click.echo(f"  {reason}")
    context.exit(0 if verdict.trusted else 1)


@click.group()
def ledger() -> None:
    """Check the ledger."""


@ledger.command()
@json_option
@click.pass_context
def check(context: click.Context, as_json: bool) -> None:
    """Compute the whole ledger again and report every disagreement; ends with 1 when there is one.

    \b
    Example:
      contrafact ledger check --json
    """
    from contrafact.remixes.views import ledger_report

    with installation() as opened:
        found = ledger_report(opened)
    if as_json:
        print_json(found)
    else:
        for account in found["accounts"]:
            whole, micros = divmod(account["amount_micros"], 1_000_000)
            click.echo(f"{account['account']:60} {whole:>10}.{micros:06d} {found['currency']}")
        click.echo(f"{found['transactions']} transactions: {'balanced' if found['balanced'] else 'NOT in order'}")
        click.echo(f"head: {found['head']['sequence']} {found['head']['hash']}")
        for problem in found["problems"]:
            click.echo(f"  {problem}")
    context.exit(0 if found["balanced"] else 1)
