"""Where the slices meet: what the catalogue knows of a song, as rights, royalties and provenance need it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from contrafact.catalogue.asked import HeldSong
from contrafact.catalogue.ownership import SongView, StatedShare
from contrafact.catalogue.values import Holders, RecordingView, ShareView
from contrafact.engine.recipe.recipe import Kind
from contrafact.kit.licences import licence
from contrafact.provenance.schemas import Licence as SignedLicence
from contrafact.remixes.permission.sources import Source
from contrafact.remixes.schemas import CreditView, LicenceView, LineageView
from contrafact.rights.ownership import EVERYWHERE
from contrafact.rights.values import Duties, Holder, Subject
from contrafact.royalties.service import Payee, Payout, Side, SourcePayout

ENGINE_NAME = "Contrafact engine"


def subject_of(recording: RecordingView | SongView | HeldSong, holders: Holders | HeldSong) -> Subject:
    """The recording as the rights engine asks about it: all shares, for all places and times; the decision resolves.

    What the catalogue answers decisions with (:class:`HeldSong`) is both at once.
    """
    return Subject(
        recording_id=recording.id,
        work_id=recording.work_id,
        title=recording.title,
        artist=recording.artist,
        master=tuple(map(_holder, holders.master)),
        work=tuple(map(_holder, holders.work)),
        performers=holders.performers,
        status=recording.status,
        label=recording.label,
        genres=recording.genres,
        artist_ids=holders.artist_ids,
    )


def _holder(share: ShareView | StatedShare) -> Holder:
    return Holder(
        party_id=share.party_id,
        share=share.share,
        territories=share.territories,
        valid_from=share.valid_from,
        valid_to=share.valid_to,
    )


def payout_of(
    sources: Sequence[Source],
    shares: Mapping[str, Fraction],
    kind: Kind,
    remixer_id: str,
    remixer_name: str,
    *,
    territory: str,
    at: datetime,
) -> Payout:
    """Who is owed for a use of a take, there and then.

    Parameters
    ----------
    sources : sequence of Source
    shares : mapping of str to Fraction
        SHA-256 of each recording to its part in the take; together exactly 1.
    kind : Kind
        A cover owes the composition only: nothing of its recording's master sounds.
    territory, at
        Where and when it was used: shares are held by place and time. What nobody holds there and then is kept in
        suspense; where more than the whole is claimed nobody's claim is believed, and all of that side is.
    """
    found = []
    for source in sources:
        recording, holders = source.recording, source.holders.at(territory, at)
        payees = payees_of("work", holders.work)
        if kind != "cover":
            payees += payees_of("master", holders.master)
        frozen = recording.status == "frozen"
        share = shares[recording.sha256]
        found.append(SourcePayout(recording.id, share, tuple(payees), frozen=frozen, work_only=kind == "cover"))
    return Payout(tuple(found), remixer_id, remixer_name, territory)


def payees_of(side: Side, shares: Sequence[ShareView]) -> list[Payee]:
    """Who is owed for a side of a recording; nobody where more than the whole is claimed."""
    if sum((item.share for item in shares), Fraction(0)) > 1:
        return []
    return [Payee(item.party_id, item.name, item.role, side, item.share) for item in shares]


def label_of(remixer_name: str, kind: Kind, sources: Sequence[Source]) -> str:
    """The line that stands beside every take."""
    what = {"remix": "remix", "cover": "cover", "mashup": "mash-up"}[kind]
    songs = " and ".join(f"“{source.recording.title}” by {source.recording.artist}" for source in sources)
    return f"AI {what} by {remixer_name} of {songs}"


def credits_of(
    sources: Sequence[Source], remixer_name: str, style: str | None, duties: Duties
) -> tuple[CreditView, ...]:
    """Everybody who is to be named, in the order in which they are read."""
    return tuple(_credits(sources, remixer_name, style, duties))


def _credits(sources: Sequence[Source], remixer_name: str, style: str | None, duties: Duties) -> Iterator[CreditView]:
    for source in sources:
        recording, holders = source.recording, source.holders
        yield CreditView(name=recording.artist, role="original artist", detail=f"“{recording.title}”")
        parts = [(item.name, item.role) for item in holders.contributions]
        parts += [(item.name, item.role) for item in (*holders.master, *holders.work)]
        for name, role in dict.fromkeys(parts):
            yield CreditView(name=name, role=role)
    yield CreditView(name=remixer_name, role="remixer", detail=f"style: {style}" if style else None)
    yield CreditView(name=ENGINE_NAME, role="engine", detail="the accompaniment is played by a machine")
    for line in duties.attribution:
        url = next((s.recording.licence_url for s in sources if s.recording.attribution == line), None)
        yield CreditView(name=line, role="licence", detail=url or sources[0].recording.licence_url)


def lineage_of(remix_id: str, title: str, sources: Sequence[Source]) -> tuple[LineageView, ...]:
    """The tree from the remix down to the parties."""
    nodes = [LineageView(kind="remix", id=remix_id, title=title, detail=None, parent=None)]
    for source in sources:
        nodes += _branch(remix_id, source.recording, source.holders)
    return tuple(nodes)


def _branch(remix_id: str, recording: RecordingView, holders: Holders) -> list[LineageView]:
    nodes = [
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
                detail=f"{item.role}, {item.share} of the {side}{_where_and_when(item)}",
                parent=parent,
            )
            for item in shares
        ]
    return nodes


def _where_and_when(share: ShareView) -> str:
    """Nothing where a share is held everywhere and always, as most are."""
    found = "" if share.territories == EVERYWHERE else f", {share.territories}"
    if share.valid_from:
        found += f", from {share.valid_from:%Y-%m-%d}"
    return found + (f", until {share.valid_to:%Y-%m-%d}" if share.valid_to else "")


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


def signed_licence(duties: Duties) -> SignedLicence:
    """Under what a take may be used, for its manifest."""
    share_alike = licence(duties.share_alike) if duties.share_alike else None
    attribution = "; ".join(duties.attribution) or None
    if share_alike is not None:
        return SignedLicence(share_alike.id, share_alike.name, share_alike.url, attribution)
    return SignedLicence("LicenseRef-contrafact-grant", "As the owners' grants allow", None, attribution)
