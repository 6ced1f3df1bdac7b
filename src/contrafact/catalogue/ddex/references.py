"""Rules that look across the parts of a message: references are unique and lead somewhere, and nothing contradicts."""

from collections.abc import Iterator

from contrafact.catalogue.ddex.deals import ReleaseDeal
from contrafact.catalogue.ddex.findings import Finding, Place, error, warning
from contrafact.catalogue.ddex.recordings import OtherResource, RelatedResource, SoundRecording
from contrafact.catalogue.ddex.releases import Release, TrackRelease, resources_of
from contrafact.catalogue.ddex.shape import Element
from contrafact.catalogue.ddex.spool import Mention, Spool


def mentions_of(value: Element) -> Iterator[Mention]:
    """Every reference that a part makes to another."""
    if isinstance(value, SoundRecording):
        people: tuple[Element, ...] = (
            *value.artists,
            *value.contributors,
            *(one for edition in value.editions for one in edition.contributors),
            *value.rights_controllers,
            *value.work_rights_controllers,
        )
        for one in people:
            yield from _mention("party", getattr(one, "party", None), one.place)
        yield from _related(value.related)
    elif isinstance(value, Release | TrackRelease):
        if isinstance(value, Release):
            for artist in value.artists:
                yield from _mention("party", artist.party, artist.place)
        for label in value.labels:
            yield from _mention("party", label.value, label.place)
        for reference in resources_of(value):
            yield from _mention("resource", reference, value.place)
        yield from _related(value.related)
    elif isinstance(value, ReleaseDeal):
        for reference in dict.fromkeys(value.releases):
            yield from _mention("release", reference, value.place)


def _mention(kind: str, reference: str | None, place: Place | None) -> Iterator[Mention]:
    if reference is not None:
        yield Mention(kind, reference, *(place or ("", 0)))


def _related(relations: tuple[RelatedResource, ...]) -> Iterator[Mention]:
    for relation in relations:
        yield from _mention("resource", relation.reference, relation.place)


def keep_part(spool: Spool, value: Element) -> int:
    """Put a party, resource, release or deal into the spool with the references that it makes."""
    if isinstance(value, SoundRecording):
        isrc = next((one.isrc for edition in value.editions for one in edition.ids if one.isrc), None)
        number = spool.add(
            "resource", value, value.reference, isrc=isrc, ai=value.contains_ai,
            supplemental=bool(value.is_supplemental),
        )  # fmt: skip
    elif isinstance(value, OtherResource):
        number = spool.add("resource", value, value.reference, ai=value.contains_ai)
    elif isinstance(value, Release | TrackRelease):
        ai = value.contains_ai if isinstance(value, Release) else None
        number = spool.add("release", value, value.reference, ai=ai)
    elif isinstance(value, ReleaseDeal):
        number = spool.add("deals", value, "")
    else:
        number = spool.add("party", value, getattr(value, "reference", ""))
    spool.mention(number, mentions_of(value))
    return number


def look_across(spool: Spool) -> None:
    """Find what only the whole message shows, and keep it with the parts that it touches."""
    found: list[tuple[int, Finding]] = []
    for number, finding in _across(spool):
        found.append((number, finding))
        if len(found) >= 500:
            _keep(spool, found)
    _keep(spool, found)


def _keep(spool: Spool, found: list[tuple[int, Finding]]) -> None:
    for number, finding in found:
        spool.find(number, [finding])
    found.clear()


def _across(spool: Spool) -> Iterator[tuple[int, Finding]]:
    ask = spool.connection.execute
    for number, kind, reference, path, line in ask(
        "SELECT no, kind, reference, path, line FROM mention WHERE NOT EXISTS "
        "(SELECT 1 FROM part p WHERE p.kind = mention.kind AND p.reference = mention.reference)"
    ):
        yield number, error("unresolved", f"there is no {kind} {reference!r} in this message", Place(path, line))
    for number, reference, path, line in ask(
        "SELECT no, reference, path, line FROM part WHERE kind = 'resource' AND NOT supplemental AND NOT EXISTS "
        "(SELECT 1 FROM mention m WHERE m.kind = 'resource' AND m.reference = part.reference AND m.no <> part.no)"
    ):
        yield number, warning("in_no_release", f"the resource {reference!r} is in no release", Place(path, line))
    for number, isrc, path, line in ask(
        "SELECT no, isrc, path, line FROM part WHERE isrc IS NOT NULL AND EXISTS "
        "(SELECT 1 FROM part q WHERE q.isrc = part.isrc AND q.no < part.no)"
    ):
        yield number, warning("isrc_twice", f"another recording has the ISRC {isrc!r} too", Place(path, line))
    for number, reference, path, line in ask(
        "SELECT p.no, p.reference, p.path, p.line FROM part p JOIN mention m ON m.no = p.no AND m.kind = 'resource' "
        "WHERE p.kind = 'resource' AND m.reference = p.reference"
    ):
        yield number, error("related_to_itself", f"the resource {reference!r} is related to itself", Place(path, line))
    for number, path, line, other in ask(
        "SELECT p.no, p.path, p.line, r.reference FROM part p JOIN mention m ON m.no = p.no AND m.kind = 'resource' "
        "JOIN part r ON r.kind = 'resource' AND r.reference = m.reference "
        "WHERE p.kind = 'release' AND p.ai = 'None' AND r.ai IN ('All', 'Partly') GROUP BY p.no"
    ):
        yield (
            number,
            error(
                "ai_contradiction", f"ContainsAI says None, but the resource {other!r} contains AI", Place(path, line)
            ),
        )
    for number, reference, path, line in ask(
        "SELECT no, reference, path, line FROM part WHERE kind = 'release' AND NOT EXISTS "
        "(SELECT 1 FROM mention m WHERE m.kind = 'release' AND m.reference = part.reference)"
    ):
        yield (
            number,
            warning("no_deal", f"the release {reference!r} has no deal: nothing is granted", Place(path, line)),
        )
