"""``contrafact rights``, ``verify`` and ``ledger``: for owners and auditors."""

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import click

from contrafact.commands.console import FILE, installation, json_option, print_json
from contrafact.engine.recipe.recipe import Operation


@click.group()
def rights() -> None:
    """Explain what may be done with a song."""


@rights.command()
@click.argument("song")
@click.option("--operation", required=True, type=click.Choice(list(get_args(Operation))))
@click.option("--territory", metavar="CC", help="ISO 3166 alpha-2; by default the installation's.")
@click.option("--tier", default="premium", show_default=True, help="The listener's plan; free is unpaid.")
@click.option("--at", metavar="TIME", help="ISO 8601 moment; by default now.")
@json_option
@click.pass_context
def explain(
    context: click.Context,
    song: str,
    operation: Operation,
    territory: str | None,
    tier: str,
    at: str | None,
    as_json: bool,
) -> None:
    """Whether one operation is allowed, and why. Ends with 3 when it is not.

    \b
    Example:
      contrafact rights explain rec_… --operation style --territory SE --tier premium --at 2026-12-01T00:00:00Z
    """
    from contrafact.accounts.schemas import TIERS
    from contrafact.catalogue import service as catalogue
    from contrafact.remixes.facts import explain as explain_one
    from contrafact.remixes.facts import facts_of_song
    from contrafact.remixes.views import decision_view

    if tier not in TIERS:
        raise click.UsageError(f"there is no plan {tier!r}; there are {', '.join(TIERS)}")
    moment = None if at is None else _moment(at)
    with installation() as opened, opened.database.reading() as session:
        recording = catalogue.find(session, song)
        facts = facts_of_song(session, recording)
        decision = explain_one(opened, facts, operation, territory=territory, tier=tier, at=moment)
    if as_json:
        print_json(decision_view(decision).model_dump(mode="json"))
    else:
        click.echo(decision.outcome)
        for reason in decision.reasons:
            click.echo(f"  {reason.sentence} [{reason.code}]")
    context.exit(0 if decision.permitted else 3)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(f"--at {text!r} is not a moment; write 2026-12-01T00:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


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
