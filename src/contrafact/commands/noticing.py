"""``contrafact notices``: what was served, what is done about it, and the public log."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from contrafact.commands.console import FILE, installation, json_option, print_json
from contrafact.kit.errors import BadInputError

if TYPE_CHECKING:
    from contrafact.remixes.notices.notice_views import NoticeView

_BY = "command line"
_MOST_BYTES = 100_000


@click.group()
def notices() -> None:
    """Take notices, act on them, and publish what was done."""


@notices.command()
@click.argument("file", type=FILE)
@json_option
def receive(file: Path, as_json: bool) -> None:
    """Take a notice from a JSON document. What lacks something is kept, and has no effect until it was added.

    \b
    Example:
      contrafact notices receive notice.json
    """
    from contrafact.remixes.notices.noticing import receive as take
    from contrafact.rights.documents import document_from
    from contrafact.rights.notice_documents import NoticeDocument

    document = document_from(_bytes(file), file.name, NoticeDocument)
    with installation() as opened:
        _told(take(opened, document, channel="file", by=_BY), as_json)


@notices.command()
@click.argument("notice")
@click.argument("file", type=FILE)
@json_option
def complete(notice: str, file: Path, as_json: bool) -> None:
    """Add what an incomplete notice lacked: a JSON object with those fields.

    \b
    Example:
      contrafact notices complete ntc_… rest.json
    """
    from pydantic import JsonValue, RootModel

    from contrafact.remixes.notices.noticing import complete as add
    from contrafact.rights.documents import document_from

    added = document_from(_bytes(file), file.name, RootModel[dict[str, JsonValue]])
    with installation() as opened:
        _told(add(opened, notice, added.root, by=_BY), as_json)


@notices.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only those that are not over.")
@json_option
def list_command(only_open: bool, as_json: bool) -> None:
    """Notices, the newest first; first does what the clocks ask for.

    \b
    Example:
      contrafact notices list --open
    """
    from contrafact.remixes.notices.notice_views import all_notices
    from contrafact.remixes.notices.noticing import settle

    with installation() as opened:
        settle(opened)
        found = all_notices(opened, only_open=only_open)
    if as_json:
        print_json([item.model_dump(mode="json") for item in found])
        return
    for item in found:
        due = f" until {item.due_at:%Y-%m-%d %H:%M} UTC" if item.due_at is not None else ""
        click.echo(f"{item.id} {item.state:15}{due} {item.document['location']}")


@notices.command()
@click.argument("notice")
@click.option("--reason", default="It is well-founded.", show_default=True)
@json_option
def accept(notice: str, reason: str, as_json: bool) -> None:
    """Act on a complete notice: take it down, keep it down, and tell its users why and how to answer.

    \b
    Example:
      contrafact notices accept ntc_…
    """
    from contrafact.remixes.notices.noticing import accept as act

    with installation() as opened:
        _told(act(opened, notice, by=_BY, text=reason), as_json)


@notices.command()
@click.argument("notice")
@click.option("--reason", required=True, help="Why nothing is done.")
@json_option
def reject(notice: str, reason: str, as_json: bool) -> None:
    """Do not act on a notice.

    \b
    Example:
      contrafact notices reject ntc_… --reason "The song is in the public domain."
    """
    from contrafact.remixes.notices.noticing import reject as refuse

    with installation() as opened:
        _told(refuse(opened, notice, by=_BY, text=reason), as_json)


@notices.command()
@click.argument("notice")
@click.argument("file", type=FILE)
@json_option
def counter(notice: str, file: Path, as_json: bool) -> None:
    """Take the answer of whoever's it was: it comes back in 10 to 14 business days, unless an action is filed.

    \b
    Example:
      contrafact notices counter ntc_… answer.json
    """
    from contrafact.remixes.notices.noticing import counter as answer
    from contrafact.rights.documents import document_from
    from contrafact.rights.notice_documents import CounterNotice

    document = document_from(_bytes(file), file.name, CounterNotice)
    with installation() as opened:
        _told(answer(opened, notice, document, by=_BY), as_json)


@notices.command()
@click.argument("notice")
@click.option("--reason", default="It was taken down by mistake.", show_default=True)
@json_option
def restore(notice: str, reason: str, as_json: bool) -> None:
    """Let come back what a notice took down.

    \b
    Example:
      contrafact notices restore ntc_… --reason "The claim was taken back."
    """
    from contrafact.remixes.notices.noticing import restore as bring_back

    with installation() as opened:
        _told(bring_back(opened, notice, by=_BY, text=reason), as_json)


@notices.command()
@click.argument("notice")
@click.option("--reason", required=True, help="Such as: which action was filed where.")
@json_option
def uphold(notice: str, reason: str, as_json: bool) -> None:
    """Let it stay down for good: an action was filed.

    \b
    Example:
      contrafact notices uphold ntc_… --reason "Action filed, Leeds County Court, 4 Dec 2026."
    """
    from contrafact.remixes.notices.noticing import uphold as keep

    with installation() as opened:
        _told(keep(opened, notice, by=_BY, text=reason), as_json)


@notices.command()
@click.option("--check", is_flag=True, help="Walk the whole chain; ends with 1 when something was changed.")
@click.option("--head", metavar="SHA256", help="With --check: a hash that was kept elsewhere, which must be in it.")
@json_option
@click.pass_context
def log(context: click.Context, check: bool, head: str | None, as_json: bool) -> None:
    """The public log: what was done, when and by which rule, without anybody's name.

    \b
    Examples:
      contrafact notices log
      contrafact notices log --check --head 3f2a…
    """
    from contrafact.remixes.notices.notice_views import check_log, log_page
    from contrafact.remixes.notices.noticing import settle

    if head is not None and not check:
        raise click.UsageError("--head is for --check")
    with installation() as opened:
        settle(opened)
        if not check:
            page = log_page(opened, limit=1000)
            if as_json:
                print_json(page.model_dump(mode="json"))
                return
            for item in page.entries:
                said = item.entry
                click.echo(f"{item.number:6} {said['at']} {said['notice']} {said['state']}")
            return
        report = check_log(opened, head)
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        click.echo(f"{report.entries} entries: {'in order' if report.ok else 'NOT in order'}")
        click.echo(f"head: {report.head}")
        for problem in report.problems:
            click.echo(f"  {problem}")
    context.exit(0 if report.ok else 1)


def _bytes(file: Path) -> bytes:
    if file.stat().st_size > _MOST_BYTES:
        raise BadInputError(f"{file.name} is larger than a notice can be ({_MOST_BYTES // 1000} kB)")
    return file.read_bytes()


def _told(found: "NoticeView", as_json: bool) -> None:
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    click.echo(f"{found.id}: {found.state.replace('_', ' ')}")
    for item in found.missing:
        click.echo(f"  {item.field}: {item.sentence} ({item.rule})")
    if found.due_at is not None:
        click.echo(f"  next step due by {found.due_at:%Y-%m-%d %H:%M} UTC")
    for release in found.releases:
        click.echo(f"  {release}")
