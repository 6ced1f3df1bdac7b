"""A released remix as DDEX is told of it."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from contrafact import __version__
from contrafact.catalogue import service as catalogue
from contrafact.catalogue.ddex.remixing import Original, Person, Relation, RemixRelease, Sending, SoundFile, write_remix
from contrafact.catalogue.errors import BadIdentifier
from contrafact.catalogue.identifiers import dpid as checked_dpid
from contrafact.catalogue.values import Holders, PartyView, RecordingView
from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.engine.recipe.recipe import Recipe
from contrafact.kit.errors import Conflict, NotFound, WrongCall
from contrafact.kit.territories import Territories
from contrafact.remixes.installation import Installation
from contrafact.remixes.tables import store, store_releases
from contrafact.remixes.tables.models import RemixRow
from contrafact.remixes.tables.models_releases import ReleaseRow

SERVICE = "Contrafact"


@dataclass(frozen=True, slots=True)
class Telling:
    """Who tells whom: DPIDs, and the names that go with them; the label's name when it is not the song's own."""

    sender_dpid: str
    recipient_dpid: str
    recipient: str | None = None
    label: str | None = None


def tell_release(installation: Installation, session: Session, remix: str, telling: Telling) -> bytes:
    """ERN 4.3.2 of a remix that is released, by its id or its release's.

    It is told for the territory in which its owners were asked, and for listening on this service.

    Raises
    ------
    NotFound
        When there is no such remix or release.
    Conflict
        When it is not released, or its file is not there.
    BadMessage
        When it cannot be told in DDEX.
    WrongCall
        When a DPID is none.
    """
    row, release = _released(session, remix)
    sender = Person("service", SERVICE, dpid=_dpid(telling.sender_dpid))
    recipient = Person("recipient", telling.recipient or telling.recipient_dpid, dpid=_dpid(telling.recipient_dpid))
    sending = Sending(
        message_id=f"{release.id}-{release.state}-{installation.clock.now():%Y%m%dT%H%M%S}",
        thread_id=release.id,
        sender=sender,
        recipient=recipient,
        created=installation.clock.now(),
    )
    return write_remix(_remix_release(installation, session, row, release, telling.label), sending)


def _released(session: Session, remix: str) -> tuple[RemixRow, ReleaseRow]:
    release = store_releases.release(session, remix) or store_releases.newest_release(session, remix)
    row = store.remix(session, release.remix_id if release is not None else remix)
    if row is None:
        raise NotFound(f"there is no remix {remix!r}")
    if release is None or release.state not in ("released", "unlisted") or release.released_at is None:
        raise Conflict("only a remix that is released is told to others; release it first")
    return row, release


def _remix_release(
    installation: Installation, session: Session, row: RemixRow, release: ReleaseRow, label: str | None
) -> RemixRelease:
    recipe = Recipe.model_validate_json(row.recipe_json)
    parties = {party.id: party for party in catalogue.parties(session)}
    ids = [row.recording_id, *([row.guest_recording_id] if row.guest_recording_id else [])]
    songs = [(catalogue.get(session, one), catalogue.holders(session, one)) for one in ids]
    first, holders = songs[0]
    owners = " / ".join(dict.fromkeys(share.name for share in holders.master)) or first.artist
    name = label or first.label or owners
    take = store.take(session, row.take_key) if row.take_key else None
    if row.signed_blob is None or take is None:
        raise Conflict("the file of that remix is not there; make it again first")
    assert release.released_at is not None
    return RemixRelease(
        reference=release.id,
        recording_reference=row.id,
        title=row.title[:300],
        remixer=Person(row.user_id, row.user_name),
        label=Person(f"label:{name}", name),
        originals=tuple(
            Original(
                relation=_relation(recipe, place),
                reference=recording.id,
                title=recording.title,
                artists=_artists(recording, held, parties),
                isrc=recording.isrc,
                iswc=recording.iswc,
            )
            for place, (recording, held) in enumerate(songs)
        ),
        duration_s=(Decimal(take.frames) / SAMPLE_RATE).quantize(Decimal("0.001")),
        released_at=release.released_at,
        genre=installation.style_name(recipe.style) or "Remix",
        p_line=owners,
        c_line=name,
        file=SoundFile(
            uri=f"{release.id}.flac",
            sha256=row.signed_blob,
            size_bytes=installation.blobs.path(row.signed_blob).stat().st_size,
            codec="flac",
            channels=2,
            sample_rate=SAMPLE_RATE,
        ),
        engine=Person("contrafact", f"Contrafact {__version__}"),
        isrc=release.isrc,
        territories=Territories(include=(installation.territory,)),
    )


def _relation(recipe: Recipe, place: int) -> Relation:
    if place > 0:
        return "ContainsSamplesFrom"
    return "IsCoverOf" if recipe.kind == "cover" else "IsEditedVersionOf"


def _artists(recording: RecordingView, holders: Holders, parties: dict[str, PartyView]) -> tuple[Person, ...]:
    known = [parties[one] for one in holders.artist_ids if one in parties]
    if not known:
        return (Person(f"artist:{recording.artist}", recording.artist),)
    return tuple(Person(one.id, one.name, isni=one.isni, ipi=one.ipi, dpid=one.dpid) for one in known)


def _dpid(text: str) -> str:
    try:
        return checked_dpid(text)
    except BadIdentifier as reason:
        raise WrongCall(str(reason)) from reason
