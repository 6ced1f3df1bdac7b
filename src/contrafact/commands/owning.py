"""``contrafact verify`` and ``ledger``: for auditors."""

from pathlib import Path

import click

from contrafact.commands.console import FILE, installation, json_option, print_json, say


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
    """Check the ledger, write it out."""


@ledger.command()
@json_option
@click.pass_context
def check(context: click.Context, as_json: bool) -> None:
    """Compute the whole ledger again and report every disagreement; ends with 1 when there is one.

    \b
    Example:
      contrafact ledger check --json
    """
    from contrafact.kit.money import written
    from contrafact.remixes.showing.views import ledger_report

    with installation() as opened:
        found = ledger_report(opened)
    if as_json:
        print_json(found)
    else:
        for account in found["accounts"]:
            click.echo(f"{account['account']:60} {written(account['amount_micros'], 6):>17} {found['currency']}")
        click.echo(f"{found['transactions']} transactions: {'balanced' if found['balanced'] else 'NOT in order'}")
        click.echo(f"head: {found['head']['sequence']} {found['head']['hash']}")
        for problem in found["problems"]:
            click.echo(f"  {problem}")
    context.exit(0 if found["balanced"] else 1)


@ledger.command()
@click.option("--format", "form", type=click.Choice(["beancount"]), default="beancount", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The file; by default standard output."
)
def export(form: str, output: Path | None) -> None:
    """Write the whole ledger as a journal of another program, so that its sums can be checked without ours.

    \b
    Example:
      contrafact ledger export --format beancount -o ledger.beancount && bean-check ledger.beancount
    """
    from contrafact.engine.placing import placing
    from contrafact.remixes.takes.closing_months import journal

    with installation() as opened:
        lines = journal(opened)
    text = "".join(f"{line}\n" for line in lines)
    if output is None:
        click.echo(text, nl=False)
        return
    with placing(output) as scratch:
        scratch.write_text(text, "utf-8")
    say(f"{output}: {len(lines)} lines of {form}")
