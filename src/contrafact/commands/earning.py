"""``contrafact royalties``: closed months, statements, and money that was held."""

import click

from contrafact.commands.console import installation, json_option, print_json, say

_BY = "command line"


@click.group()
def royalties() -> None:
    """Close months, state what parties earned, give out what was held."""


@royalties.command()
@click.argument("period", metavar="MONTH")
@json_option
def close(period: str, as_json: bool) -> None:
    """Close a month that is over, as 2026-11: its statements never change from then on.

    Months are closed one after the other. What is found out later is on a later statement.

    \b
    Example:
      contrafact royalties close 2026-11
    """
    from dataclasses import asdict

    from contrafact.remixes.takes.closing_months import close_month

    with installation() as opened:
        found = close_month(opened, period, by=_BY)
    if as_json:
        print_json(asdict(found))
        return
    count = found.last_sequence - found.first_sequence + 1
    what = f"transactions {found.first_sequence} to {found.last_sequence}" if count else "nothing was booked"
    click.echo(f"{found.period} is closed: {what}")
    click.echo(f"closing {found.number}: {found.hash}")


@royalties.command()
@click.argument("party")
@click.argument("period", metavar="MONTH")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@json_option
def statement(party: str, period: str, form: str, as_json: bool) -> None:
    """What a party earned in a month, from what, and what it is owed in all.

    PARTY is a party's id; or a listener's, `platform`, `engine` or `suspense`. Of a month that is not closed the
    statement is provisional.

    \b
    Examples:
      contrafact royalties statement pty_… 2026-11
      contrafact royalties statement pty_… 2026-11 --format csv > november.csv
    """
    from contrafact.kit.money import written
    from contrafact.remixes.takes.closing_months import statement_document, statement_of
    from contrafact.royalties.service import as_csv

    with installation() as opened:
        found = statement_of(opened, party, period)
    if as_json or form == "json":
        print_json(statement_document(found))
        return
    if form == "csv":
        click.echo(as_csv(found), nl=False)
        return
    state = f"closing {found.closing.number}" if found.closing is not None else "provisional: the month is not closed"
    click.echo(f"{found.name} ({found.party_id}), {found.period} ({state}), {found.currency}")
    click.echo(f"{'owed before':60} {written(found.before_micros, 6):>17}")
    for line in found.lines:
        what = f"{line.times} × {line.booked}, {line.role}"
        where = f", {line.recording_id}" if line.recording_id else ""
        click.echo(f"  {what + where:58} {written(line.amount_micros, 6):>17}")
    click.echo(f"{'earned':60} {written(found.total_micros, 6):>17}")
    click.echo(f"{'owed now':60} {written(found.after_micros, 6):>17}")


@royalties.command()
@click.argument("song", required=False)
@click.option("--reason", help="Why it is given out now; it is kept with each entry.")
@click.option("--dry-run", is_flag=True, help="Only show what would be given out.")
@json_option
def release(song: str | None, reason: str | None, dry_run: bool, as_json: bool) -> None:
    """Give out what was held, of one song or of all: to who owned it where and when it was used, as stated last.

    What is in dispute, claimed by too many, or still nobody's stays held, with the reason. Called again, it gives out
    nothing twice.

    \b
    Examples:
      contrafact royalties release --dry-run
      contrafact royalties release rec_… --reason "The heirs sent the will."
    """
    from contrafact.kit.money import written
    from contrafact.remixes.takes.giving_out import BY_WHAT, give_out

    with installation() as opened:
        found = give_out(opened, song=song, by=_BY, reason=reason or BY_WHAT, dry_run=dry_run)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    for side in found.sides:
        click.echo(
            f"{side.title}, {side.side}: {written(side.held_micros, 6)} {found.currency} held of {side.uses} uses"
        )
        for to in side.to:
            click.echo(f"  {to.name} ({to.party_id}): {written(to.amount_micros, 6)}")
        if side.why is not None:
            click.echo(f"  stays held: {written(side.left_micros, 6)}, for {side.why}")
    verb = "would be given out" if dry_run else "given out"
    say(f"{written(found.given_micros, 6)} {found.currency} {verb}, {written(found.left_micros, 6)} still held")
