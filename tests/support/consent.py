"""Questions and grants for tests of consent."""

from collections.abc import Iterable
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from contrafact.engine.recipe.recipe import Operation
from contrafact.rights.decide import decide
from contrafact.rights.values import Decision, Facts, Grant, Holder, Mandate, RightsRequest, Side, Subject, Terms, Use

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def ask(
    *uses: Operation | Use,
    territory: str = "DE",
    tier: str = "free",
    paid: bool = False,
    at: datetime = NOON,
    **more: object,
) -> RightsRequest:
    """A request; ``more`` are further fields of it."""
    asked = tuple(use if isinstance(use, Use) else Use(operation=use, extent={}) for use in uses)
    fields = {"territory": territory, "tier": tier, "paid": paid, "user_id": "usr_1", "at": at, **more}
    return RightsRequest.model_validate({"operations": asked, **fields})


def terms(*operations: Operation, **more: object) -> Terms:
    return Terms.model_validate({"operations": [{"operation": item} for item in operations], **more})


def grants(song: Subject, what: Terms, *, voice: bool = False, start: int = 0) -> tuple[Grant, ...]:
    """The same terms from everybody."""
    who: list[tuple[Side, str, str]] = [
        *(("master", song.recording_id, holder.party_id) for holder in song.master),
        *(("work", song.work_id, holder.party_id) for holder in song.work),
    ]
    if voice:
        who += [("voice", song.recording_id, party) for party in song.performers]
    return tuple(
        Grant(
            id=f"grt_{number:03}",
            series=f"grs_{number:03}",
            version=1,
            side=side,
            subject_id=subject_id,
            party_id=party_id,
            authority="owner",
            terms=what,
        )
        for number, (side, subject_id, party_id) in enumerate(who, start=start)
    )


def codes(decision_reasons: Iterable[object]) -> set[str]:
    return {str(getattr(reason, "code", "")) for reason in decision_reasons}


def song_of_four() -> Subject:
    """Two hold the master, two the work, and one sings."""
    return Subject(
        recording_id="rec_1",
        work_id="wrk_1",
        title="Let's Go",
        artist="The Fishers",
        master=(Holder(party_id="pty_label", share=Fraction(2, 3)), Holder(party_id="pty_band", share=Fraction(1, 3))),
        work=(Holder(party_id="pty_writer", share=Fraction(1, 2)), Holder(party_id="pty_band", share=Fraction(1, 2))),
        performers=("pty_singer",),
    )


def song_of_one(number: str, **more: Any) -> Subject:
    """A song of which one holds everything, and sings."""
    everything = (Holder(party_id="pty_one", share=Fraction(1)),)
    fields: dict[str, Any] = {
        "recording_id": f"rec_{number}",
        "work_id": f"wrk_{number}",
        "title": f"Song {number}",
        "artist": "The One",
        "master": everything,
        "work": everything,
        "performers": ("pty_one",),
    }
    return Subject.model_validate(fields | more)


def decided(
    request: RightsRequest, song: Subject | tuple[Subject, ...], given: tuple[Grant, ...], **more: Any
) -> Decision:
    """Decide about one song or several; ``more`` are further facts."""
    songs = song if isinstance(song, tuple) else (song,)
    return decide(request, Facts(subjects=songs, grants=given, **more))


def given_by(given: tuple[Grant, ...], party_id: str, authority: str) -> tuple[Grant, ...]:
    """The same grants by another party, or with another authority."""
    return tuple(grant.model_copy(update={"party_id": party_id, "authority": authority}) for grant in given)


def mandate(side: str, **more: Any) -> Mandate:
    """The agent's mandate for the one."""
    fields = {"principal_id": "pty_one", "agent_id": "pty_agent", "role": "agent", "side": side}
    return Mandate.model_validate(fields | more)
