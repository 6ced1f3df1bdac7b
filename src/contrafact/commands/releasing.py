"""``contrafact release``, ``unlist`` and ``approvals``: letting others hear a remix, and what its owners say."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from contrafact.commands.console import installation, json_option, listener, print_json, say, user_option

if TYPE_CHECKING:
    from contrafact.remixes.schemas_releases import ApprovalView, ReleaseView


@click.command()
@click.argument("remix")
@user_option
@json_option
@click.pass_context
def release(context: click.Context, remix: str, as_user: str | None, as_json: bool) -> None:
    """Let the others of this installation hear REMIX (its id, as `remix --json` prints it).

    \b
    Example:
      contrafact release rmx_…

    Everything is decided anew. Where an owner is asked first it waits: that ends with 0 too, and says so. Ends with 3
    when a right is missing.
    """
    from contrafact.remixes.releases import heard, releasing
    from contrafact.remixes.showing.views import decision_view
    from contrafact.rights.errors import RightsRefused

    with installation() as opened:
        user = listener(opened, as_user)
        try:
            release_id = releasing.release(opened, remix, user)
        except RightsRefused as refusal:
            if as_json:
                print_json({"refused": decision_view(refusal.decision).model_dump(mode="json")})
            raise
        _show(heard.release(opened, release_id, user), as_json)


@click.command()
@click.argument("remix")
@click.option("--for-good", is_flag=True, help="Take it away altogether; nobody can hear it any more.")
@user_option
@json_option
def unlist(remix: str, for_good: bool, as_user: str | None, as_json: bool) -> None:
    """Take the release of REMIX out of all lists; who knows its address can still hear it.

    \b
    Examples:
      contrafact unlist rmx_…
      contrafact unlist rmx_… --for-good
    """
    from contrafact.remixes.releases import heard, releasing

    with installation() as opened:
        user = listener(opened, as_user)
        release_id = releasing.unlist(opened, remix, user, for_good=for_good)
        _show(heard.release(opened, release_id, user), as_json)


def _show(view: "ReleaseView", as_json: bool) -> None:
    if as_json:
        print_json(view.model_dump(mode="json"))
        return
    say(f"{view.id}: {view.label}")
    say(view.sentence)
    if view.state in ("released", "unlisted"):
        say(f"ISRC {view.isrc}" if view.isrc else f"{view.isrc_note}")
    if view.parent_note:
        say(view.parent_note)


@click.group()
def approvals() -> None:
    """Hear and answer what listeners ask for."""


@approvals.command("list")
@click.option("--all", "everything", is_flag=True, help="Also what was answered, lapsed or cancelled.")
@click.option("--party", metavar="ID", help="Only what this party is asked.")
@json_option
def list_approvals(everything: bool, party: str | None, as_json: bool) -> None:
    """What the owners of songs are asked, newest first.

    \b
    Example:
      contrafact approvals list
    """
    from contrafact.remixes.releases.queueing import queue

    with installation() as opened:
        page = queue(opened, party_id=party, open_only=not everything, limit=200)
    if as_json:
        print_json(page.model_dump(mode="json"))
        return
    for item in page.approvals:
        what = "release" if item.purpose == "release" else "take"
        click.echo(f"{item.id}  {item.state:9} {what:8} until {item.due_at:%Y-%m-%d %H:%M}  {item.party}: {item.label}")
        click.echo(f"    “{item.words}” by {item.asked_by}")
        for operation in item.operations:
            extents = ", ".join(f"{name} {value:g}" for name, value in operation["extent"].items())
            click.echo(f"    {operation['operation']}{f' ({extents})' if extents else ''}")
    if not page.approvals:
        say("Nobody is asked anything.")


@approvals.command()
@click.argument("request")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="A .flac file.")
def hear(request: str, output: Path) -> None:
    """Write the take that REQUEST is about, for its owner to hear.

    \b
    Example:
      contrafact approvals hear apr_… -o take.flac
    """
    import shutil

    from contrafact.engine.placing import placing
    from contrafact.remixes.releases.queueing import approval_audio

    if output.suffix.lower() != ".flac":
        raise click.UsageError(f"{output.name}: end the name with .flac")
    with installation() as opened:
        sound = approval_audio(opened, request)
        with placing(output) as scratch:
            shutil.copyfile(sound.path, scratch)
    say(str(output))


@approvals.command()
@click.argument("request")
@click.option("--reason", default="", help="What the listener reads.")
@click.option("--in", "places", metavar="CC", multiple=True, help="Only in this territory; may be given several times.")
@click.option("--until", metavar="TIME", help="ISO 8601 moment at which the approval ends.")
@click.option("--listen-only", is_flag=True, help="Its listener may hear it, and nobody else.")
@json_option
def approve(
    request: str, reason: str, places: tuple[str, ...], until: str | None, listen_only: bool, as_json: bool
) -> None:
    """Agree to REQUEST, with conditions or without; the last of all who are asked lets it out.

    \b
    Examples:
      contrafact approvals approve apr_…
      contrafact approvals approve apr_… --listen-only
      contrafact approvals approve apr_… --in DE --in AT --until 2027-01-01T00:00:00Z
    """
    from pydantic import ValidationError

    from contrafact.rights.approvals import Conditions
    from contrafact.rights.territories import Territories

    try:
        where = Territories(include=tuple(place.upper() for place in places)) if places else Territories()
    except ValidationError as error:
        raise click.UsageError(f"--in: {str(error.errors()[0]['msg']).removeprefix('Value error, ')}") from error
    _answer(request, "approved", reason, as_json, Conditions(where, _moment(until), listen_only))


@approvals.command()
@click.argument("request")
@click.option("--reason", required=True, help="What the listener reads.")
@json_option
def refuse(request: str, reason: str, as_json: bool) -> None:
    """Refuse REQUEST; of what was approved before, withdraw the approval.

    \b
    Example:
      contrafact approvals refuse apr_… --reason "Not this song."
    """
    _answer(request, "refused", reason, as_json, None)


def _answer(request: str, said: str, reason: str, as_json: bool, conditions: object) -> None:
    from contrafact.remixes.releases.answering import answer
    from contrafact.remixes.releases.queueing import approval
    from contrafact.rights.approvals import Conditions

    with installation() as opened:
        user = listener(opened, None)
        given = conditions if isinstance(conditions, Conditions) else None
        answer(
            opened,
            request,
            "approved" if said == "approved" else "refused",
            reason=reason,
            by=user.id,
            conditions=given,
        )
        view: ApprovalView = approval(opened, request)
    if as_json:
        print_json(view.model_dump(mode="json"))
        return
    say(f"{view.id}: {view.state}. {view.label}")


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(f"--until {text!r} is not a moment; write 2027-01-01T00:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
