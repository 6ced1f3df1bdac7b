"""The marks on a take: who made what from whom under which permission, signed into the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contrafact.engine import ENGINE_VERSION
from contrafact.engine.recipe.recipe import Recipe
from contrafact.kit.home import scratch_folder
from contrafact.provenance.schemas import Credit, Source, TakeClaim, Verdict
from contrafact.provenance.service import Signed, verify
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.joining import credits_of, signed_licence
from contrafact.remixes.permission.sources import Source as Material
from contrafact.remixes.tables.models import RemixRow
from contrafact.rights.values import Duties


@dataclass(frozen=True, slots=True)
class SignedTake:
    """The signed file in the blob store, and what an examination of it found."""

    blob_sha256: str
    state: str
    signed_by: str | None


def claim_of(installation: Installation, row: RemixRow, sources: Sequence[Material]) -> TakeClaim:
    """Everything that the take of a remix says about itself."""
    duties = Duties.model_validate_json(row.duties_json)
    recipe = Recipe.model_validate_json(row.recipe_json)
    style = installation.style_name(recipe.style)
    credits = credits_of(sources, row.user_name, style, duties)
    recordings = [source.recording for source in sources]
    return TakeClaim(
        title=row.title,
        by=row.user_name,
        sources=tuple(
            Source(
                title=recording.title,
                artist=recording.artist,
                sha256=recording.sha256,
                isrc=recording.isrc,
                path=installation.blobs.path(recording.sha256),
            )
            for recording in recordings
        ),
        recipe_sha256=row.recipe_sha256,
        decision_sha256=row.decision_sha256,
        engine_version=ENGINE_VERSION,
        chart_sha256=row.chart_blob,
        credits=tuple(Credit(item.name, item.role, item.detail) for item in credits),
        licence=signed_licence(duties),
        remix_id=row.id,
    )


def sign_to(
    installation: Installation, row: RemixRow, sources: Sequence[Material], plain: Path, target: Path
) -> Signed:
    """Sign ``plain`` into ``target`` (a format without room for marks gets them in a file beside it)."""
    return installation.signer.sign(plain, target, claim_of(installation, row, sources))


def signed_copy(installation: Installation, row: RemixRow, sources: Sequence[Material], take: Path) -> SignedTake:
    """Sign a FLAC take, examine what came out as anybody would, and keep it as a blob."""
    with scratch_folder(installation.home, "sign-") as folder:
        plain, target = folder / "take.flac", folder / "signed.flac"
        plain.symlink_to(take)
        sign_to(installation, row, sources, plain, target)
        verdict: Verdict = verify(target, installation.home.keys)
        return SignedTake(installation.blobs.put_file(target).sha256, verdict.state, verdict.signed_by)
