"""Taking back a delivered release: every grant that it led to is withdrawn, with all that follows from it (R5).

Only who told of a release can take it back: the same sender, for the same party. With the main release of a message go
the releases of its tracks. A message that names no release of
that sender, or more than one, changes nothing and says so; a recording that is here stays, for other releases and
other parties may rest on it.
"""

from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.ddex.findings import Finding, error, warning
from contrafact.catalogue.ddex.numbers import are_one, may_be_one
from contrafact.catalogue.ddex.plain import to_plain
from contrafact.catalogue.ddex.purging import Purge
from contrafact.catalogue.ddex.rules import checked
from contrafact.catalogue.tags import clean
from contrafact.kit.canonical import canonical_json
from contrafact.kit.ids import new_id
from contrafact.remixes.deliveries import store_deliveries as store
from contrafact.remixes.deliveries.delivered import licensor_of
from contrafact.remixes.deliveries.delivered_releases import Withdraw, names_of
from contrafact.remixes.deliveries.delivery_reports import DeliveryReport, Outcome, ReleaseReport
from contrafact.remixes.deliveries.models_deliveries import DeliveredReleaseRow
from contrafact.rights import service as rights
from contrafact.rights.values import Grant

_REFERENCE = "PurgedRelease"


def take_back(
    session: Session,
    purge: Purge,
    found: DeliveryReport,
    message_row: str,
    report: Callable[[ReleaseReport], None],
    withdraw: Withdraw,
) -> None:
    """Withdraw what a release led to, in the caller's transaction, and tell what became of it."""
    title = _title(purge)
    place = purge.release.place
    named = [number.key for number in purge.numbers]
    alike = store.releases_known_by(session, found.sender_dpid, named)
    meant = {key: known for key, known in alike.items() if may_be_one(purge.numbers, known.numbers)}
    told = store.newest_releases(session, found.sender_dpid, meant)
    findings: list[Finding] = list(purge.findings)

    def end(outcome: Outcome, *changes: str) -> None:
        found.outcomes[outcome] = found.outcomes.get(outcome, 0) + 1
        report(ReleaseReport(_REFERENCE, title, outcome, changes, tuple(findings)))

    if not alike:
        why = f"no message of {found.sender_dpid} told of {' or '.join(named)}; nothing was changed"
        findings.append(error("not_told", why, place))
        return end("blocked")
    if not meant:
        why = f"{names_of(alike.values())} has one of the numbers that are named, and others that are not its own"
        findings.append(error("other_numbers", f"{why}; nothing was changed", place))
        return end("blocked")
    if not _are_one(meant.values()):
        why = f"{names_of(meant.values())} are different releases; nobody can tell which one is taken back"
        findings.append(error("several_releases", f"{why}. Name a number that only one of them has", place))
        return end("blocked")
    newest = max(told.values(), key=lambda one: one.message_created)
    if newest.message_created >= found.created:
        late = f"a message of {newest.message_created.isoformat()} told of this release, and this one is not newer"
        findings.append(warning("out_of_order", late, place))
        return end("late")
    beside = {key: row_id for one in told.values() for key, row_id in store.told_beside(session, one.id).items()}
    since = store.newest_releases(session, found.sender_dpid, beside)
    # A track that a newer message told of anew is that message's.
    gone = {key: row_id for key, row_id in beside.items() if since[key].id == row_id}
    grants = [
        (recording_id, rights.history(session, series)[-1])
        for row_id in gone.values()
        for (recording_id, _), series in store.grants_of(session, row_id).items()
    ]
    stranger = _stranger(session, purge, [grant for _, grant in grants])
    if stranger is not None:
        findings.append(error("not_the_licensor", stranger, place))
        return end("blocked")
    for key in sorted({*told, *gone}):
        session.add(
            DeliveredReleaseRow(
                id=new_id("drl"),
                message_id=message_row,
                sender_dpid=found.sender_dpid,
                release_key=key,
                reference=f"{_REFERENCE} {key}"[:200],
                title=title,
                message_created=found.created,
                document=canonical_json({"purged": to_plain(purge.release, purge.envelope.version)}).decode(),
            )
        )
    session.flush()
    changes = _changes(session, grants)
    going = tuple(dict.fromkeys(grant.series for _, grant in grants if grant.status == "active"))
    found.grants_withdrawn += len(going)
    if going:
        changes += withdraw(session, going)
    return end("purged", *(changes or ["it had led to no grants"]))


def _are_one(known: Iterable[store.Known]) -> bool:
    """Whether what is known by several keys is one release all the same: older messages were not compared."""
    first, *others = known
    return all(one.of_track == first.of_track and are_one(first.numbers, one.numbers) for one in others)


def _stranger(session: Session, purge: Purge, grants: list[Grant]) -> str | None:
    """Why whoever is named as licensor may not take these grants back; None when it may."""
    dpid = checked("dpid", licensor_of(purge.header).dpid).normal
    party = catalogue.find_party(session, {"dpid": dpid}) if dpid is not None else None
    if party is None:
        return "the message is for nobody who delivered anything here; nothing was changed"
    others = {grant.party_id for grant in grants} - {party.id}
    if others:
        names = ", ".join(f"“{name}”" for name in catalogue.names_of(session, others).values())
        return f"the release was told of for {names}, and “{party.name}” cannot take it back; nothing was changed"
    return None


def _changes(session: Session, grants: list[tuple[str, Grant]]) -> list[str]:
    songs = catalogue.songs_by_id(session, {recording_id for recording_id, _ in grants})
    found = []
    for recording_id, grant in grants:
        song = songs.get(recording_id)
        name = f"“{song.title}”" if song is not None else recording_id
        if grant.status == "withdrawn":
            found.append(f"{name}: the grant {grant.series} was withdrawn already")
        else:
            here = "" if song is None or song.announced else "; the recording itself stays in the library"
            found.append(f"{name}: the grant {grant.series} is withdrawn{here}")
    return found


def _title(purge: Purge) -> str:
    titles = purge.release.titles
    return (clean(titles[0].text) if titles else None) or purge.numbers[0].key[:300]
