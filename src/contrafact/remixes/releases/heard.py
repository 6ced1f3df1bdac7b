"""Releases as the listeners of this installation see and hear them."""

from typing import cast

from sqlalchemy.orm import Session

from contrafact.accounts.schemas import User
from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.engine.recipe.recipe import Recipe
from contrafact.kit.settings import isrc_prefix
from contrafact.remixes.errors import NotReady, Removed, UnknownRelease, Withheld
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.facts import explain, facts_about, subjects_of
from contrafact.remixes.permission.joining import credits_of
from contrafact.remixes.permission.lineage import lineage_of_remix, with_parents
from contrafact.remixes.permission.sources import Source, sources_of
from contrafact.remixes.releases.answering import settle
from contrafact.remixes.schemas import ProvenanceView, WaveformView
from contrafact.remixes.schemas_releases import MoveView, ReleasePage, ReleaseView
from contrafact.remixes.showing.briefing import SENTENCES, sentence_of
from contrafact.remixes.showing.views import waveform_of
from contrafact.remixes.sound import Sound
from contrafact.remixes.standing.release_states import AUDIBLE, State, standing
from contrafact.remixes.standing.surfaces import Surface, eligible_for
from contrafact.remixes.tables import store, store_releases
from contrafact.remixes.tables.models import RemixRow, TakeRow
from contrafact.remixes.tables.models_releases import ReleaseRow
from contrafact.rights.values import Duties
from contrafact.royalties import service as royalties

PAGE = 24


class _Known:
    """What several releases of a page have in common, looked up once: their songs, and what may be done with those."""

    def __init__(self, installation: Installation, session: Session, user: User) -> None:
        self.installation, self.session, self.user = installation, session, user
        self._sources: dict[tuple[str | None, ...], tuple[Source, ...]] = {}
        self._derivable: dict[tuple[str, ...], bool] = {}

    def sources(self, remix: RemixRow) -> tuple[Source, ...]:
        key = (remix.recording_id, remix.chart_blob, remix.guest_recording_id, remix.guest_chart_blob)
        if key not in self._sources:
            self._sources[key] = sources_of(self.session, remix)
        return self._sources[key]

    def derivable(self, sources: tuple[Source, ...]) -> bool:
        """Whether the listener may make a remix of a remix of these songs, in principle."""
        key = tuple(source.recording.id for source in sources)
        if key not in self._derivable:
            facts = facts_about(self.session, subjects_of(sources))
            user = self.user
            decision = explain(self.installation, facts, "derive_again", tier=user.tier, user_id=user.id)
            self._derivable[key] = decision.outcome != "deny"
        return self._derivable[key]


def releases(
    installation: Installation,
    user: User,
    *,
    song_id: str | None = None,
    surface: Surface = "song_remixes",
    before: str | None = None,
    limit: int = PAGE,
) -> ReleasePage:
    """Releases for a place where they may be shown, newest first; of one song, or of all."""
    settle(installation)
    if not eligible_for(surface):
        return ReleasePage(releases=(), next=None)
    with installation.database.reading() as session:
        rows = store_releases.listed(session, song_id, limit + 1, before)
        known = _Known(installation, session, user)
        views = tuple(_view(known, row) for row in rows[:limit])
    return ReleasePage(releases=views, next=rows[limit - 1].id if len(rows) > limit else None)


def release(installation: Installation, release_id: str, user: User) -> ReleaseView:
    """One release, for who knows its address.

    Raises
    ------
    UnknownRelease, Withheld, Removed
        There is none for this listener; it may not be heard now; it is gone. Its remixer sees it in every state.
    """
    settle(installation)
    with installation.database.reading() as session:
        row = store_releases.release(session, release_id)
        if row is None:
            raise UnknownRelease(f"there is no release {release_id!r}")
        if row.user_id != user.id:
            _require_audible(session, row)
        return _view(_Known(installation, session, user), row)


def release_audio(installation: Installation, release_id: str, user: User) -> Sound:
    """The signed take of a release, to be listened to here; raises as :func:`audible` does."""
    settle(installation)
    with installation.database.reading() as session:
        _, remix = audible(session, release_id)
        assert remix.signed_blob is not None
        return Sound(installation.blobs.path(remix.signed_blob), "audio/flac", remix.signed_blob, "release.flac")


def release_waveform(installation: Installation, release_id: str, user: User) -> WaveformView:
    """The peaks of a release; raises as :func:`audible` does."""
    settle(installation)
    with installation.database.reading() as session:
        _, remix = audible(session, release_id)
        return waveform_of(session, remix)


def audible(session: Session, release_id: str) -> tuple[ReleaseRow, RemixRow]:
    """A release that may be heard, with its remix.

    Raises
    ------
    UnknownRelease
        There is none, or none that others may know of.
    Withheld
        A dispute, a notice, an owner or a grant keeps it from being heard.
    Removed
        Its remixer took it back.
    """
    row = store_releases.release(session, release_id)
    if row is None:
        raise UnknownRelease(f"there is no release {release_id!r}")
    _require_audible(session, row)
    remix = store.remix(session, row.remix_id)
    if remix is None or remix.status != "ready" or remix.signed_blob is None:
        raise NotReady("the take of this release is not here; its remixer has to make it again")
    return row, remix


def _require_audible(session: Session, row: ReleaseRow) -> None:
    if row.state in AUDIBLE:
        return
    if row.state in ("pending", "refused"):
        raise UnknownRelease(f"there is no release {row.id!r}")
    sentence = SENTENCES[cast(State, row.state)]
    if row.state == "taken_down" and not standing(session, row.id).reasons:
        raise Removed("Its remixer took it back.")
    raise Withheld(sentence)


def _view(known: _Known, row: ReleaseRow) -> ReleaseView:
    installation, session, user = known.installation, known.session, known.user
    remix = store.remix(session, row.remix_id)
    assert remix is not None  # a foreign key
    sources = known.sources(remix)
    recipe, duties = Recipe.model_validate_json(remix.recipe_json), Duties.model_validate_json(row.duties_json)
    take: TakeRow | None = store.take(session, remix.take_key) if remix.take_key else None
    style, mine, heard = installation.style_name(recipe.style), row.user_id == user.id, row.state in AUDIBLE
    base = f"/api/releases/{row.id}"
    return ReleaseView(
        id=row.id,
        remix_id=row.remix_id,
        song_ids=tuple(source.recording.id for source in sources),
        title=remix.title,
        label=row.label,
        remixer=remix.user_name,
        mine=mine,
        state=cast(State, row.state),
        sentence=sentence_of(session, row) if mine else SENTENCES[cast(State, row.state)],
        isrc=row.isrc,
        isrc_note=None if row.isrc else _why_no_isrc(row),
        released_at=row.released_at,
        duration_s=take.frames / SAMPLE_RATE if take else remix.duration_s,
        loudness_lufs=take.loudness_lufs if take else None,
        audio_url=f"{base}/audio" if heard else None,
        waveform_url=f"{base}/waveform" if heard else None,
        original_url=f"/api/songs/{sources[0].recording.id}/audio",
        original_loudness_lufs=sources[0].recording.loudness_lufs,
        credits=with_parents(session, remix, credits_of(sources, remix.user_name, style, duties)),
        lineage=lineage_of_remix(session, remix, sources),
        provenance=ProvenanceView(state=remix.provenance, signed_by=remix.signed_by),
        share_alike=duties.share_alike is not None,
        plays=royalties.earnings(session, remix.id).plays,
        parent_remix_id=remix.parent_remix_id,
        parent_note=_PARENT_NOTE if remix.parent_remix_id else None,
        derivable=heard and known.derivable(sources),
        history=_history(session, row) if mine else (),
    )


_PARENT_NOTE = "The contract has no share for who remixed before: plays of this one pay its own remixer and the owners."


def _why_no_isrc(row: ReleaseRow) -> str:
    if row.released_at is None:
        return "It gets its ISRC when it is released."
    if isrc_prefix() is None:
        return "This installation has no registrant's prefix, so its releases have no ISRC."
    return "It was released without an ISRC: there was no prefix then, or the year's numbers were used up."


def _history(session: Session, row: ReleaseRow) -> tuple[MoveView, ...]:
    settled = {item.settles for item in store_releases.moves(session, row.id) if item.settles}
    return tuple(
        MoveView(
            from_state=cast("State | None", item.from_state),
            to_state=cast(State, item.to_state),
            reason=item.reason,
            cause=item.cause_kind,
            at=item.at,
            due_at=item.due_at,
        )
        for item in store_releases.moves(session, row.id)
        if item.kind == "done" or (item.kind == "promised" and item.id not in settled)
    )
