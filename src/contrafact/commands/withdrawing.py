"""``contrafact rights withdraw`` and ``reinstate``: permissions that go, and releases that come back."""

from typing import TYPE_CHECKING

import click

from contrafact.commands.console import installation, json_option, print_json

if TYPE_CHECKING:
    from contrafact.remixes.installation import Installation
    from contrafact.remixes.withdrawals.withdrawal_plans import WithdrawalView

_BY = "command line"


@click.command()
@click.argument("target", metavar="SERIES|SONG", required=False)
@click.option("--label", help="Instead: every grant in force on the songs of this label.")
@click.option("--artist", help="Instead: … of this artist.")
@click.option("--album", help="Instead: … of this album.")
@click.option("--party", metavar="ID", help="Only grants that this party gave.")
@click.option("--reason", help="Why; listeners read it.")
@click.option("--preview", is_flag=True, help="Show what would happen; change nothing.")
@json_option
def withdraw(
    target: str | None,
    label: str | None,
    artist: str | None,
    album: str | None,
    party: str | None,
    reason: str | None,
    preview: bool,
    as_json: bool,
) -> None:
    """Withdraw a grant (grs_…), or a song altogether: nothing new, and releases become what the contract names.

    What was earned stays owed. What another grant permits stays. A new grant brings nothing back by itself.

    \b
    Examples:
      contrafact rights withdraw grs_… --preview
      contrafact rights withdraw grs_… --reason "The contract ended."
      contrafact rights withdraw --label "Blue Note" --party pty_… --reason "Sold."
    """
    from contrafact.remixes.withdrawals import withdrawing

    if not preview and not reason:
        raise click.UsageError("say why with --reason; or look first with --preview")
    with installation() as opened:
        series, recordings = _chosen(opened, target, label, artist, album, party)
        if preview:
            found = withdrawing.preview(opened, series, recordings=recordings)
        else:
            found = withdrawing.withdraw(opened, series, by=_BY, reason=reason or "", recordings=recordings)
    if as_json:
        print_json({"preview": preview, **found.model_dump(mode="json")})
        return
    _print(found, preview)


def _chosen(
    opened: "Installation",
    target: str | None,
    label: str | None,
    artist: str | None,
    album: str | None,
    party: str | None,
) -> tuple[set[str], set[str]]:
    """Series of grants, and recordings altogether."""
    from contrafact.catalogue import service as catalogue
    from contrafact.remixes.console.bulk import Selection
    from contrafact.remixes.withdrawals.withdrawing import series_of

    many = any(item is not None for item in (label, artist, album, party))
    if (target is None) != many:
        raise click.UsageError("say either one grant or song, or --label, --artist, --album, --party")
    if target is None:
        songs = Selection(label=label, artist=artist, album=album) if label or artist or album else None
        return series_of(opened, songs, party), set()
    if target.startswith("grs_"):
        return {target}, set()
    with opened.database.reading() as session:
        return set(), {catalogue.find(session, target).id}


def _print(found: "WithdrawalView", preview: bool) -> None:
    click.echo("This would happen:" if preview else "Withdrawn.")
    songs = ", ".join(f"“{song.title}” by {song.artist}" for song in found.songs)
    click.echo(f"  {len(found.series)} grants, {len(found.recordings)} recordings altogether: {songs}")
    click.echo(f"  {found.remixes} remixes rest on it")
    for becomes, count in found.counts.items():
        click.echo(f"  {count} {becomes.replace('_', ' ')}")
    whole, micros = divmod(found.earned_micros, 1_000_000)
    click.echo(f"  {found.listeners} listeners; {whole}.{micros:06d} {found.currency} earned so far stay owed")
    for item in found.affected:
        when = f" on {item.due_at:%Y-%m-%d %H:%M} UTC" if item.due_at is not None else ""
        click.echo(f"    {item.release_id or item.remix_id} “{item.title}” by {item.by}: {item.becomes}{when}")


@click.command()
@click.argument("subject", metavar="RELEASE|REMIX|SONG")
@json_option
def reinstate(subject: str, as_json: bool) -> None:
    """Let come back what a withdrawal took, if it is permitted again by now. Ends with 3 when it is not.

    Of a song (its id) only its own withdrawal is undone; its releases are asked for one by one.

    \b
    Example:
      contrafact rights reinstate rls_…
    """
    from contrafact.remixes.withdrawals.withdrawing import reinstate as bring_back

    with installation() as opened:
        done = bring_back(opened, subject, by=_BY)
    if as_json:
        print_json({"subject_id": subject, "came_back": done})
    else:
        click.echo("It came back." if done else "No withdrawal held it.")
