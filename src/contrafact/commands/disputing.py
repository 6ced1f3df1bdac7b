"""``contrafact disputes``: claims, what they hold, and how they end."""

from typing import get_args

import click

from contrafact.commands.console import installation, json_option, print_json
from contrafact.rights.disputes import DisputedSide, Grounds, Outcome

_BY = "command line"


@click.group()
def disputes() -> None:
    """Freeze a song that somebody claims, and settle it."""


@disputes.command("open")
@click.argument("subject", metavar="SONG|WORK")
@click.option("--claimant", required=True, help="Who claims it.")
@click.option("--evidence", required=True, help="What the claim rests on.")
@click.option("--side", type=click.Choice(list(get_args(DisputedSide))), default="both", show_default=True)
@click.option("--grounds", type=click.Choice(list(get_args(Grounds))), default="ownership", show_default=True)
@click.option("--party", metavar="ID", help="The claimant, where the catalogue knows it.")
@json_option
def open_command(
    subject: str,
    claimant: str,
    evidence: str,
    side: DisputedSide,
    grounds: Grounds,
    party: str | None,
    as_json: bool,
) -> None:
    """Open a dispute: nothing new is made, and the money of that side goes to suspense.

    \b
    Example:
      contrafact disputes open rec_… --claimant "Zed Records" --evidence "Contract of 1998, page 3" --side master
    """
    from contrafact.catalogue import service as catalogue
    from contrafact.remixes.notices.disputing import open_dispute

    with installation() as opened:
        if not subject.startswith("wrk_"):
            with opened.database.reading() as session:
                subject = catalogue.find(session, subject).id
        found = open_dispute(
            opened,
            subject,
            claimant=claimant,
            evidence=evidence,
            by=_BY,
            side=side,
            grounds=grounds,
            claimant_party_id=party,
        )
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        click.echo(f"{found.id}: “{found.title}” is frozen; releases {found.releases} on")


@disputes.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only those that nobody ended.")
@json_option
def list_command(only_open: bool, as_json: bool) -> None:
    """Disputes, the newest first.

    \b
    Example:
      contrafact disputes list --open
    """
    from contrafact.remixes.notices.disputing import all_disputes

    with installation() as opened:
        found = all_disputes(opened, only_open=only_open)
    if as_json:
        print_json([item.model_dump(mode="json") for item in found])
        return
    for item in found:
        state = "open" if item.open else item.outcome
        click.echo(f"{item.id} {state:9} {item.side:6} “{item.title}” claimed by {item.claimant}")


@disputes.command()
@click.argument("dispute")
@click.argument("text")
@json_option
def note(dispute: str, text: str, as_json: bool) -> None:
    """Add something to a dispute that is open; nothing of it is ever changed.

    \b
    Example:
      contrafact disputes note dsp_… "The label sent the contract."
    """
    from contrafact.remixes.notices.disputing import note as add

    with installation() as opened:
        found = add(opened, dispute, text, by=_BY)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        click.echo(f"{found.id}: {len(found.events)} entries")


@disputes.command()
@click.argument("dispute")
@click.option("--outcome", required=True, type=click.Choice(list(get_args(Outcome))))
@click.option("--reason", required=True, help="Why it ends so.")
@click.option("--statement", help="Of a settlement: by which name the new statement of ownership is found.")
@json_option
def resolve(dispute: str, outcome: Outcome, reason: str, statement: str | None, as_json: bool) -> None:
    """End a dispute: what it froze is again what it was before.

    \b
    Examples:
      contrafact disputes resolve dsp_… --outcome rejected --reason "The contract was forged."
      contrafact disputes resolve dsp_… --outcome settled --reason "Half and half." --statement own_…
    """
    from contrafact.remixes.notices.disputing import resolve as end

    with installation() as opened:
        found = end(opened, dispute, outcome, reason, by=_BY, statement=statement)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        click.echo(f"{found.id}: {found.outcome}")
        if found.note is not None:
            click.echo(found.note)
