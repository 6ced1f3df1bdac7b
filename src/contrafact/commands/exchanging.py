"""``contrafact ddex``: messages of labels checked and taken in, released remixes told to others."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from contrafact.commands.console import FILE, installation, json_option, print_json, progress_bar, say

if TYPE_CHECKING:
    from contrafact.engine.recipe.recipe import Operation
    from contrafact.remixes.deliveries.delivery_reports import DeliveryOptions, DeliveryReport, ReleaseReport

_SHOWN = 200
"""Findings and changes of one file that a person is shown; --json tells all that were kept."""


@click.group()
def ddex() -> None:
    """Check DDEX messages (ERN 4.3 and 4.3.2), take them in, and tell others of a released remix."""


@ddex.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@json_option
@click.pass_context
def check(context: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Say what is wrong with messages, with XPath and line. Writes nothing; ends with 4 when anything is an error.

    \b
    Examples:
      contrafact ddex check delivery.xml
      contrafact ddex check inbox/ --json
    """
    from contrafact.remixes.deliveries.delivering import messages_in

    told = [_checked(file) for file in messages_in(list(files))]
    if as_json:
        print_json(told)
    else:
        for one in told:
            _say_checked(one)
    context.exit(4 if any(one["refused"] or one["errors"] for one in told) else 0)


@ddex.command("import")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--dpid", metavar="DPID", help="Ours, by which deals and messages name us; else CONTRAFACT_DPID.")
@click.option("--ugc-means", metavar="OPS", help="What UseForUgcCreation allows: operations with commas; else nothing.")
@click.option("--sender-holds-masters", is_flag=True, help="Where nobody is named as owner: the sender, wholly.")
@json_option
@click.pass_context
def import_command(
    context: click.Context,
    files: tuple[Path, ...],
    dry_run: bool,
    dpid: str | None,
    ugc_means: str | None,
    sender_holds_masters: bool,
    as_json: bool,
) -> None:
    """Take messages in: recordings become known, deals become grants of their sender; each message wholly or not.

    A PurgeReleaseMessage takes back a release that the same sender told of, and withdraws all grants that it led to.
    FILES are messages or folders of them. What was taken in before is passed over, so that an interrupted call can
    be made again. Ends with 4 when a message was refused or a release was left out.

    \b
    Examples:
      contrafact ddex import delivery.xml --dry-run
      contrafact ddex import inbox/
    """
    from contrafact.remixes.deliveries.delivering import messages_in

    options = _options(dpid, ugc_means, sender_holds_masters)
    paths = list(messages_in(list(files)))
    told: list[dict[str, Any]] = []
    with installation() as opened, progress_bar("Taking in") as progress:
        for number, path in enumerate(paths):
            progress(number / max(1, len(paths)), path.name)
            told.append(_imported(opened, path, options, dry_run))
    if as_json:
        print_json(told)
    else:
        for one in told:
            _say_imported(one, dry_run)
    context.exit(4 if any(one["refused"] or one["blocked"] for one in told) else 0)


@ddex.command()
@click.argument("remix")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The XML file.")
@click.option("--to", "recipient", required=True, metavar="DPID", help="For whom it is.")
@click.option("--to-name", metavar="NAME", help="What they are called.")
@click.option("--dpid", metavar="DPID", help="Ours; else CONTRAFACT_DPID.")
@click.option("--label", metavar="NAME", help="The label of the remix; else the song's.")
@json_option
def export(
    remix: str,
    output: Path,
    recipient: str,
    to_name: str | None,
    dpid: str | None,
    label: str | None,
    as_json: bool,
) -> None:
    """Write a released REMIX (its id or its release's) as ERN 4.3.2.

    \b
    Example:
      contrafact ddex export rmx_… -o remix.xml --to PADPIDA2013020802I
    """
    from contrafact.engine.placing import placing
    from contrafact.remixes.releases.telling import Telling, tell_release

    with installation() as opened, opened.database.reading() as session:
        told = tell_release(opened, session, remix, Telling(_our_dpid(dpid), recipient, to_name, label))
    with placing(output) as scratch:
        scratch.write_bytes(told)
    if as_json:
        print_json({"remix": remix, "output": str(output), "bytes": len(told)})
    else:
        say(str(output))


def _our_dpid(written: str | None) -> str:
    from contrafact.kit.settings import dpid

    found = written or dpid()
    if found is None:
        raise click.UsageError("DDEX knows senders by their DPID; give --dpid or set CONTRAFACT_DPID")
    return found


def _options(dpid: str | None, ugc_means: str | None, sender_holds_masters: bool) -> "DeliveryOptions":
    from contrafact.catalogue.ddex.granting import GrantOptions
    from contrafact.catalogue.errors import BadIdentifier
    from contrafact.catalogue.identifiers import dpid as checked_dpid
    from contrafact.kit import settings
    from contrafact.remixes.deliveries.delivery_reports import DeliveryOptions

    ours = dpid or settings.dpid()
    try:
        known = frozenset() if ours is None else frozenset({checked_dpid(ours)})
    except BadIdentifier as reason:
        raise click.UsageError(str(reason)) from reason
    return DeliveryOptions(
        by="operator",
        grants=GrantOptions(our_dpids=known, ugc_means=_operations(ugc_means)),
        sender_holds_masters=sender_holds_masters,
    )


def _operations(text: str | None) -> "tuple[Operation, ...]":
    from contrafact.engine.recipe.recipe import Operation

    names = get_args(Operation)
    found = tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))
    for one in found:
        if one not in names:
            raise click.UsageError(f"--ugc-means: there is no operation {one!r}; there are {', '.join(names)}")
    return found  # type: ignore[return-value]


def _checked(file: Path) -> dict[str, Any]:
    from contrafact.catalogue.ddex.delivery import take_in
    from contrafact.catalogue.ddex.errors import BadMessage, IsPurge

    try:
        with take_in(file) as delivery:
            findings = list(delivery.findings)
            releases = sum(1 for _ in delivery.releases())
            header = delivery.header
            return {
                "file": str(file),
                "refused": None,
                "version": delivery.envelope.version,
                "sender": header.sender.dpid,
                "message_id": header.message_id,
                "releases": releases,
                "errors": sum(finding.severity == "error" for finding in findings),
                "findings": [asdict(finding) for finding in findings],
            }
    except IsPurge:
        return _checked_purge(file)
    except BadMessage as refused:
        return {"file": str(file), "refused": str(refused), "errors": 0, "findings": []}


def _checked_purge(file: Path) -> dict[str, Any]:
    """The same of a message that takes a release back; which one it means, only an import can tell."""
    from contrafact.catalogue.ddex.errors import BadMessage
    from contrafact.catalogue.ddex.purging import read_purge

    try:
        purge = read_purge(file)
    except BadMessage as refused:
        return {"file": str(file), "refused": str(refused), "errors": 0, "findings": []}
    return {
        "file": str(file),
        "refused": None,
        "version": purge.envelope.version,
        "sender": purge.header.sender.dpid,
        "message_id": purge.header.message_id,
        "releases": 0,
        "takes_back": [number.key for number in purge.numbers],
        "errors": sum(finding.severity == "error" for finding in purge.findings),
        "findings": [asdict(finding) for finding in purge.findings],
    }


def _say_checked(one: dict[str, Any]) -> None:
    if one["refused"]:
        _tell(f"{one['file']}: refused: {one['refused']}")
        return
    counts = Counter(finding["severity"] for finding in one["findings"])
    _tell(
        f"{one['file']}: ERN {one['version']} of {one['sender']}, message {one['message_id'] or '(no id)'}, "
        f"{_releases_of(one)}, {counts['error']} errors, {counts['warning']} warnings"
    )
    _say_findings(one["findings"])


def _releases_of(one: dict[str, Any]) -> str:
    return f"takes back {one['takes_back'][0]}" if "takes_back" in one else f"{one['releases']} releases"


def _say_findings(findings: list[dict[str, Any]]) -> None:
    for found in findings[:_SHOWN]:
        _tell(f"  {found['severity']}: line {found['line']}: {found['sentence']} [{found['code']}]")
        _tell(f"    {found['path']}")
    if len(findings) > _SHOWN:
        _tell(f"  and {len(findings) - _SHOWN} more; --json tells them")


def _tell(words: str) -> None:
    """A line without control characters: what a message holds must not deceive whoever reads a terminal."""
    from contrafact.commands.failures import printable

    margin = len(words) - len(words.lstrip(" "))
    click.echo(" " * margin + printable(words[margin:]))


class _Undo(Exception):
    """Rolls a dry run back."""


def _imported(opened: Any, path: Path, options: "DeliveryOptions", dry_run: bool) -> dict[str, Any]:
    """What became of one message; a refusal ends that message, not the call."""
    from contrafact.catalogue.ddex.errors import BadMessage
    from contrafact.kit.errors import Conflict
    from contrafact.remixes.deliveries.delivering import deliver_here

    releases: list[dict[str, Any]] = []
    found: list[DeliveryReport] = []

    def keep(one: "ReleaseReport") -> None:
        if len(releases) < 10 * _SHOWN and (one.changes or one.findings):
            releases.append(asdict(one))

    try:
        with opened.database.transaction() as session:
            found.append(deliver_here(opened, session, path, options, keep))
            if dry_run or found[0].test:
                raise _Undo
    except _Undo:
        pass
    except (BadMessage, Conflict) as refused:
        return {"file": str(path), "refused": str(refused), "blocked": 0}
    (report,) = found
    return {
        "file": str(path),
        "refused": None,
        "kept": not (dry_run or report.test or report.again),
        "blocked": report.outcomes.get("blocked", 0),
        **asdict(report),
        "created": report.created.isoformat(),
        "releases": releases,
    }


def _say_imported(one: dict[str, Any], dry_run: bool) -> None:
    if one["refused"]:
        _tell(f"{one['file']}: refused: {one['refused']}")
        return
    if one["again"]:
        _tell(f"{one['file']}: message {one['message_id']} was taken in before")
        return
    what = "would be taken in" if dry_run else "is a test message: it was only tried" if one["test"] else "taken in"
    outcomes = ", ".join(f"{count} {name}" for name, count in sorted(one["outcomes"].items())) or "no releases"
    _tell(
        f"{one['file']}: {what}: {outcomes}; {one['recordings_announced']} recordings become known, "
        f"{one['recordings_known']} were; {one['grants_given']} grants given, {one['grants_withdrawn']} withdrawn"
    )
    for release in one["releases"][:_SHOWN]:
        _tell(f"  {release['reference']} “{release['title']}”: {release['outcome']}")
        for change in release["changes"]:
            _tell(f"    {change}")
        _say_findings(release["findings"])
