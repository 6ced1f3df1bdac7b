"""``contrafact rollout``: what the operator has switched on, for whom, and off at once."""

from typing import Any, get_args

import click

from contrafact.commands.console import installation, json_option, print_json
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.errors import WrongCall

_OPERATIONS = click.Choice(list(get_args(Operation)))


@click.group()
def rollout() -> None:
    """Switch operations on by territory, plan, part of the listeners and date, or off at once."""


@rollout.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """How every operation is rolled out, and whether it is possible here.

    \b
    Example:
      contrafact rollout list
    """
    from contrafact.remixes.console.rollout import switch_views

    with installation() as opened, opened.database.reading() as session:
        found = switch_views(opened, session, get_args(Operation))
    if as_json:
        print_json([each.model_dump(mode="json") for each in found])
        return
    for each in found:
        click.echo(f"{each.operation:22} {each.sentence if each.possible else each.impossible}")


@rollout.command("set")
@click.argument("operation", type=_OPERATIONS)
@click.option("--territory", "territories", multiple=True, metavar="CC", help="Only in these countries.")
@click.option("--except", "without", multiple=True, metavar="CC", help="Not in these countries.")
@click.option("--tier", "tiers", multiple=True, help="Only on these plans.")
@click.option("--percent", type=click.FloatRange(0.0, 100.0), default=100.0, help="A stable part of all listeners.")
@click.option("--salt", default="", help="Another salt is another part of the listeners.")
@click.option("--from", "first", metavar="TIME", help="ISO 8601 moment.")
@click.option("--to", "end", metavar="TIME", help="ISO 8601 moment; not included.")
@click.option("--reason", required=True, help="Why; it stands in the log.")
@json_option
def set_command(
    operation: Operation,
    territories: tuple[str, ...],
    without: tuple[str, ...],
    tiers: tuple[str, ...],
    percent: float,
    salt: str,
    first: str | None,
    end: str | None,
    reason: str,
    as_json: bool,
) -> None:
    """Switch an operation on: for whom, where and when. Said again without options it is on for everybody.

    \b
    Example:
      contrafact rollout set mashup --territory SE --tier premium --percent 10 --reason "first listeners"
    """
    from contrafact.remixes.console.rollout import sentence
    from contrafact.remixes.console.wondering import moment
    from contrafact.rights.switching import set_switch, switch_from

    try:
        switch = switch_from(
            {
                "operation": operation,
                "territories": {"include": territories or ("Worldwide",), "exclude": without},
                "tiers": tiers or None,
                "percent": percent,
                "salt": salt,
                "valid_from": None if first is None else moment(first),
                "valid_to": None if end is None else moment(end),
            }
        )
    except WrongCall as error:
        raise click.UsageError(str(error)) from error
    with installation() as opened, opened.database.transaction() as session:
        set_switch(session, switch, reason=reason, by="command line", clock=opened.clock)
    if as_json:
        print_json(switch.model_dump(mode="json"))
    else:
        click.echo(f"{operation}: {sentence(switch)}")


@rollout.command()
@click.argument("operation", type=_OPERATIONS)
@click.option("--reason", required=True, help="Why; it stands in the log, and the listeners read it.")
@click.option("--dry-run", is_flag=True, help="List what it touches; change nothing.")
@json_option
def off(operation: Operation, reason: str, dry_run: bool, as_json: bool) -> None:
    """Switch an operation off for everybody at once, and list everything that rests on it.

    What is being made is stopped; what others hear stays until it is taken down.

    \b
    Example:
      contrafact rollout off voice_clone --reason "a flaw was found" --dry-run
    """
    from contrafact.remixes.console.rollout import affected
    from contrafact.remixes.creations import making
    from contrafact.rights.switching import set_switch
    from contrafact.rights.values import Switch

    with installation() as opened:
        with opened.database.transaction() as session:
            found = affected(session, operation)
            if not dry_run:
                switch = Switch(operation=operation, on=False)
                set_switch(session, switch, reason=reason, by="command line", clock=opened.clock)
        if not dry_run:
            for take in found.under_way:
                making.fail(opened, take.remix_id, f"It was stopped: {reason}")
    document: dict[str, Any] = {"dry_run": dry_run, **found.model_dump(mode="json")}
    if as_json:
        print_json(document)
        return
    for kind, takes in (("being made", found.under_way), ("heard by others", found.released)):
        click.echo(f"{len(takes)} {kind}")
        for take in takes:
            click.echo(f"  {take.remix_id}  {take.title}, by {take.by} ({take.state})")
    click.echo(f"{found.private} heard by their makers only")
    click.echo("Nothing was changed." if dry_run else f"{operation} is off for everybody.")
