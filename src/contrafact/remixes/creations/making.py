"""Making a remix: asked for, decided, rendered, kept and paid for; or failed, or stopped."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from contrafact.accounts import service as accounts
from contrafact.accounts.schemas import User
from contrafact.engine import ENGINE_VERSION
from contrafact.engine.arranging.covers import pack_for
from contrafact.engine.recipe.recipe import Operation, Recipe
from contrafact.kit.canonical import digest
from contrafact.kit.ids import new_id
from contrafact.remixes.errors import NotReady
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.sources import Source, sources_for, sources_of
from contrafact.remixes.proposals.asking import Asked, ask, ask_about
from contrafact.remixes.proposals.guarding import guard, with_parents
from contrafact.remixes.sound import Sound
from contrafact.remixes.tables import store
from contrafact.remixes.tables.models import RemixRow, TakeRow
from contrafact.rights import approvals, counting
from contrafact.rights import service as rights
from contrafact.rights.errors import RightsRefused

SOUND_ASSETS = ("general-midi-soundfont", "sonic-pi-samples")
"""Assets that the sound of a take depends on besides its stems."""

_DOWNLOAD: tuple[Operation, ...] = ("download",)


@dataclass(frozen=True, slots=True)
class TakenOn:
    """A remix that was asked for, and what the arranger decided against its recipe's letter, for its listener."""

    remix_id: str
    notes: tuple[str, ...]
    asks_first: bool = False
    """Whether an owner hears it before its listener does."""


def ask_for(
    installation: Installation,
    song: str,
    recipe: Recipe,
    words: str,
    user: User,
    also: tuple[Operation, ...] = (),
    *,
    parent: str | None = None,
) -> TakenOn:
    """Decide about a remix and, unless it is refused, take it on.

    The decision is kept either way, with all that it rested on. A recipe is its remix: asked again by the same
    listener, it is the one that is there, and is not paid for twice. Where an owner has to hear it first it is made,
    and held until then.

    Parameters
    ----------
    parent : str, optional
        The remix that this one is made from.

    Raises
    ------
    RightsRefused
        A right is missing.
    WordsRefused
        The words ask for what no owner can grant; nothing is decided then.
    NotASong, NoSuchSong, WrongCall, QuotaExceeded
        Nothing is kept.
    """
    with installation.database.transaction() as session:
        accounts.require_slot(user.tier, store.count_under_way(session, user.id))
        sources = None if parent is None else sources_of(session, _existing(session, parent))
        guarded = guard(installation, session, sources or sources_for(session, song, recipe), words)
        topics = with_parents(installation, session, guarded, parent).topics
        also = tuple(dict.fromkeys((*also, *guarded.operations)))
        asked = ask(installation, session, song, recipe, user, also, sources, parent=parent, topics=topics)
        rights.record(session, asked.decision, installation.clock)
        if asked.decision.outcome != "deny":
            key = _take_key(installation, asked.recipe, asked.sources)
            row = store.same_remix(session, user.id, asked.recording.id, key, parent)
            if row is None:
                if not asked.decision.permitted:
                    from contrafact.remixes.releases.questions import require_patience

                    require_patience(session, user.id)
                row = _row(installation, asked, words, user, also, parent)
                session.add(row)
                counting.count_take(session, asked.decision, row.id, installation.clock)
            return TakenOn(row.id, asked.timeline.notes_for_people, bool(row.asks_first) and row.status != "ready")
    raise RightsRefused(asked.decision)


def _row(
    installation: Installation, asked: Asked, words: str, user: User, also: tuple[Operation, ...], parent: str | None
) -> RemixRow:
    guest = asked.sources[1].recording if len(asked.sources) > 1 else None
    return RemixRow(
        id=new_id("rmx"),
        user_id=user.id,
        user_name=user.name,
        recording_id=asked.recording.id,
        title=_title(installation, asked),
        words=words,
        recipe_json=asked.recipe.canonical().decode(),
        recipe_sha256=asked.recipe.digest(),
        decision_sha256=asked.decision.snapshot_sha256,
        duties_json=asked.decision.duties.model_dump_json(),
        status="queued",
        error=None,
        duration_s=asked.timeline.duration_s,
        chart_blob=asked.recording.chart_blob,
        guest_recording_id=guest.id if guest else None,
        guest_chart_blob=guest.chart_blob if guest else None,
        created_at=installation.clock.now(),
        parent_remix_id=parent,
        asks_first=not asked.decision.permitted,
        asked_besides=",".join(also) or None,
        take_key=None,
        signed_blob=None,
        provenance="none",
        signed_by=None,
    )


def _title(installation: Installation, asked: Asked) -> str:
    style = asked.recipe.style
    what = {"remix": "remix", "cover": "cover", "mashup": "mash-up"}[asked.recipe.kind]
    kind = f"{installation.styles[style].name} {what}" if style else what.capitalize()
    return f"{kind} of {' and '.join(source.recording.title for source in asked.sources)}"


def begin(installation: Installation, remix_id: str, folder: Path, live: bool = True) -> dict[str, Any] | None:
    """Mark a remix as being rendered and say what its worker needs; None when an equal take is here already.

    Parameters
    ----------
    folder : Path
        Where the worker writes.
    live : bool
        Whether it shall write the growing file that is heard meanwhile.
    """
    with installation.database.transaction() as session:
        row = _existing(session, remix_id)
        if row.status == "queued":
            row.status = "rendering"
        sources = sources_of(session, row)
        recipe = Recipe.model_validate_json(row.recipe_json)
        if store.take(session, _take_key(installation, recipe, sources)) is not None:
            return None
        # Nobody listens along while an owner has not been asked.
        return work_for(installation, recipe, sources, folder, live and not row.asks_first)


def work_for(
    installation: Installation, recipe: Recipe, sources: Sequence[Source], folder: Path, live: bool
) -> dict[str, Any]:
    """What a worker needs to render a recipe on its recordings, as plain values; ``sources`` in the recipe's order."""
    return {
        "recipe": recipe.canonical().decode(),
        **_material(installation, sources[0]),
        "guest": _material(installation, sources[1]) if len(sources) > 1 else None,
        "folder": str(folder),
        "live": live,
    }


def _material(installation: Installation, source: Source) -> dict[str, Any]:
    recording = source.recording
    return {
        "chart": installation.blobs.get(recording.chart_blob).decode(),
        "stems": {name: str(installation.blobs.path(sha256)) for name, sha256 in recording.stems.items()},
    }


def keep(installation: Installation, remix_id: str, result: Mapping[str, Any]) -> None:
    """Store a rendered take; then sign and pay for it, or hold it until its owners have heard it.

    Done twice, it is done once.

    Parameters
    ----------
    result : mapping
        What the worker returned; empty when an equal take was here already.
    """
    # Imported here and below: who waits for the first sound of a command waits for no marks, releases or payments.
    from contrafact.remixes.releases.approving import conclude
    from contrafact.remixes.takes.finishing import finish
    from contrafact.remixes.takes.signing import signed_copy

    with installation.database.reading() as session:
        row = _existing(session, remix_id)
        if row.status not in store.UNDER_WAY:
            return
        sources = sources_of(session, row)
        key = _take_key(installation, Recipe.model_validate_json(row.recipe_json), sources)
        known = store.take(session, key)
    if known is None and not result:
        raise NotReady("the take that was here has gone; ask for the remix again")
    blob = known.blob_sha256 if known else installation.blobs.put_file(Path(result["path"])).sha256
    # Signing reads the whole recording: outside the transaction, so that nobody waits for it.
    signed = None if row.asks_first else signed_copy(installation, row, sources, installation.blobs.path(blob))
    with installation.database.transaction() as session:
        row = _existing(session, remix_id)
        if row.status not in store.UNDER_WAY:
            return
        take = store.take(session, key)
        if take is None:
            take = _take(installation, key, blob, result)
            session.add(take)
            session.flush()
        if signed is not None:
            finish(installation, session, row, take, signed)
        else:
            row.status, row.take_key = "held", key
    if signed is None:
        conclude(installation, remix_id)


def _take(installation: Installation, key: str, blob: str, result: Mapping[str, Any]) -> TakeRow:
    return TakeRow(
        key=key,
        blob_sha256=blob,
        frames=int(result["frames"]),
        loudness_lufs=float(result["loudness_lufs"]),
        true_peak_dbtp=float(result["true_peak_dbtp"]),
        usage_json=json.dumps(result["usage"]),
        waveform_json=json.dumps(result["waveform"]),
        created_at=installation.clock.now(),
    )


def fail(installation: Installation, remix_id: str, reason: str) -> None:
    """Write down that a remix could not be made; one that ended otherwise stays as it is."""
    with installation.database.transaction() as session:
        row = store.remix(session, remix_id)
        if row is not None and row.status in store.UNDER_WAY:
            row.status, row.error = "failed", reason
            counting.return_take(session, remix_id, installation.clock)


def cancel(installation: Installation, remix_id: str) -> None:
    """Write down that its listener stopped a remix; one that has ended stays as it is.

    One that waits for an owner is not waited for any more, and its count is given back.
    """
    with installation.database.transaction() as session:
        row = store.remix(session, remix_id)
        if row is not None and row.status in (*store.UNDER_WAY, "held"):
            row.status = "cancelled"
            counting.return_take(session, remix_id, installation.clock)
            said = "Its listener does not want it any more."
            approvals.cancel(session, remix_id, reason=said, by=row.user_id, clock=installation.clock)


def take_audio(installation: Installation, remix_id: str, user: User) -> Sound:
    """The signed take, to be listened to here."""
    from contrafact.remixes.showing.views import owned
    from contrafact.remixes.standing.blocking import require_playable

    with installation.database.transaction() as session:
        row = owned(session, remix_id, user)
        require_playable(session, remix_id, installation.clock)
        return _sound(installation, row)


def download(installation: Installation, remix_id: str, user: User) -> Sound:
    """The signed take, to be taken away: asked and decided anew, for rights may have changed since.

    Raises
    ------
    RightsRefused
        Downloading this remix is not allowed (any more).
    """
    from contrafact.remixes.showing.views import owned
    from contrafact.remixes.standing.blocking import require_playable

    with installation.database.transaction() as session:
        row = owned(session, remix_id, user)
        require_playable(session, remix_id, installation.clock)
        asked = ask_about(installation, session, row, user, _DOWNLOAD)
        rights.record(session, asked.decision, installation.clock)
        if asked.decision.permitted:
            return _sound(installation, row)
    raise RightsRefused(asked.decision)


def _sound(installation: Installation, row: RemixRow) -> Sound:
    if row.status != "ready" or row.signed_blob is None:
        raise NotReady("this remix is not ready yet; wait until it is, then try again")
    name = "".join(c if c.isalnum() or c in " -_" else "_" for c in row.title)[:80].strip() or "remix"
    return Sound(installation.blobs.path(row.signed_blob), "audio/flac", row.signed_blob, f"{name}.flac")


def _existing(session: Session, remix_id: str) -> RemixRow:
    row = store.remix(session, remix_id)
    if row is None:
        raise NotReady(f"there is no remix {remix_id!r} any more")
    return row


def _take_key(installation: Installation, recipe: Recipe, sources: Sequence[Source]) -> str:
    """SHA-256 of the canonical JSON of everything that the sound depends on."""
    pack = pack_for(recipe, installation.styles)
    return digest(
        {
            "recipe": recipe.model_dump(mode="json"),
            "sources": [
                {
                    "stems": {str(name): sha256 for name, sha256 in source.recording.stems.items()},
                    "chart": source.recording.chart_blob,
                }
                for source in sources
            ],
            "style": pack.model_dump(mode="json") if pack else None,
            "assets": {name: installation.assets.info(name).definition for name in SOUND_ASSETS},
            "engine": ENGINE_VERSION,
        }
    )
