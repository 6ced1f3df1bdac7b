"""Where the slices meet: what the catalogue knows of a song, as rights, royalties and provenance need it."""

from collections.abc import Iterator
from fractions import Fraction

from contrafact.catalogue.values import Holders, RecordingView
from contrafact.kit.licences import licence
from contrafact.provenance.schemas import Licence as SignedLicence
from contrafact.remixes.schemas import CreditView, LicenceView, LineageView
from contrafact.rights.values import Duties, Holder, Subject
from contrafact.royalties.service import Payee, Payout, SourcePayout

ENGINE_NAME = "Contrafact engine"


def subject_of(recording: RecordingView, holders: Holders) -> Subject:
    """The recording as the rights engine asks about it."""
    return Subject(
        recording_id=recording.id,
        work_id=recording.work_id,
        title=recording.title,
        artist=recording.artist,
        master=tuple(Holder(party_id=item.party_id, share=item.share) for item in holders.master),
        work=tuple(Holder(party_id=item.party_id, share=item.share) for item in holders.work),
        performers=holders.performers,
        status=recording.status,
    )


def payout_of(recording: RecordingView, holders: Holders, remixer_id: str, remixer_name: str) -> Payout:
    """Who is owed for a take of one recording."""
    payees = (
        *(Payee(item.party_id, item.name, item.role, "master", item.share) for item in holders.master),
        *(Payee(item.party_id, item.name, item.role, "work", item.share) for item in holders.work),
    )
    source = SourcePayout(recording.id, Fraction(1), payees, frozen=recording.status == "frozen")
    return Payout((source,), remixer_id, remixer_name)


def label_of(remixer_name: str, recording: RecordingView) -> str:
    """The line that stands beside every take."""
    return f"AI remix by {remixer_name} of “{recording.title}” by {recording.artist}"


def credits_of(
    recording: RecordingView, holders: Holders, remixer_name: str, style: str | None, duties: Duties
) -> tuple[CreditView, ...]:
    """Everybody who is to be named, in the order in which they are read."""
    return tuple(_credits(recording, holders, remixer_name, style, duties))


def _credits(
    recording: RecordingView, holders: Holders, remixer_name: str, style: str | None, duties: Duties
) -> Iterator[CreditView]:
    yield CreditView(name=recording.artist, role="original artist", detail=f"“{recording.title}”")
    parts = [(item.name, item.role) for item in holders.contributions]
    parts += [(item.name, item.role) for item in (*holders.master, *holders.work)]
    for name, role in dict.fromkeys(parts):
        yield CreditView(name=name, role=role)
    yield CreditView(name=remixer_name, role="remixer", detail=f"style: {style}" if style else None)
    yield CreditView(name=ENGINE_NAME, role="engine", detail="the accompaniment is played by a machine")
    for line in duties.attribution:
        yield CreditView(name=line, role="licence", detail=recording.licence_url)


def lineage_of(remix_id: str, title: str, recording: RecordingView, holders: Holders) -> tuple[LineageView, ...]:
    """The tree from the remix down to the parties."""
    nodes = [
        LineageView(kind="remix", id=remix_id, title=title, detail=None, parent=None),
        LineageView(
            kind="recording",
            id=recording.id,
            title=f"{recording.title} – {recording.artist}",
            detail=f"ISRC {recording.isrc}" if recording.isrc else "master recording",
            parent=remix_id,
        ),
        LineageView(
            kind="work",
            id=recording.work_id,
            title=recording.title,
            detail=f"ISWC {recording.iswc}" if recording.iswc else "composition",
            parent=recording.id,
        ),
    ]
    for shares, parent, side in ((holders.master, recording.id, "master"), (holders.work, recording.work_id, "work")):
        nodes += [
            LineageView(
                kind="party",
                id=item.party_id,
                title=item.name,
                detail=f"{item.role}, {item.share} of the {side}",
                parent=parent,
            )
            for item in shares
        ]
    return tuple(nodes)


def licence_view(recording: RecordingView) -> LicenceView | None:
    """The song's public licence for people, if it has one."""
    if recording.licence_id is None:
        return None
    return LicenceView(
        id=recording.licence_id,
        name=recording.licence_name or recording.licence_id,
        url=recording.licence_url,
        attribution=recording.attribution,
    )


def signed_licence(recording: RecordingView, duties: Duties) -> SignedLicence:
    """Under what a take of the recording may be used, for its manifest."""
    share_alike = licence(duties.share_alike) if duties.share_alike else None
    attribution = "; ".join(duties.attribution) or None
    if share_alike is not None:
        return SignedLicence(share_alike.id, share_alike.name, share_alike.url, attribution)
    return SignedLicence("LicenseRef-contrafact-grant", "As the owners' grants allow", None, attribution)
