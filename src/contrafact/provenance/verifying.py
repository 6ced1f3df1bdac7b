"""Examining a file: what it is, from what, by whom, and whether that may be believed."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import c2pa

from contrafact.kit.text import one_line, shortened
from contrafact.provenance import formats, manifest
from contrafact.provenance.errors import NotAnAudioFile
from contrafact.provenance.formats import Container
from contrafact.provenance.identity import trust_anchors
from contrafact.provenance.schemas import Verdict
from contrafact.provenance.signing import ANY_BYTES, library_settings

_MAX_SIDECAR_BYTES = 64 * 1024 * 1024
_MAX_REASONS = 8
_MAX_TOLD = 120

_SENTENCES: Mapping[str, str] = {
    "assertion.dataHash.mismatch": "The sound or the tags were changed after signing.",
    "assertion.bmffHash.mismatch": "The sound or the tags were changed after signing.",
    "assertion.hashedURI.mismatch": "What the file says about itself was changed after signing.",
    "claimSignature.mismatch": "The signature does not fit what the file says about itself.",
    "claimSignature.outsideValidity": "The signature was not made within the lifetime of its certificate.",
    "signingCredential.expired": "The certificate of the signer has expired.",
    "signingCredential.invalid": "The certificate of the signer is not fit for signing.",
}


def verify(path: Path, keys_dir: Path | None = None, *, trust_anchors_pem: str = "") -> Verdict:
    """What is this file, from what, by whom, and may it be trusted.

    Nothing is fetched: a manifest that lies elsewhere, revocation lists and time stamps are not asked for.

    Parameters
    ----------
    path : Path
        WAV, FLAC, MP3, M4A, Opus or Ogg; told by content, not by name.
    keys_dir : Path, optional
        The installation's keys: its own root and ``trusted/*.pem`` are trusted.
    trust_anchors_pem : str
        Further roots in PEM.

    Raises
    ------
    NotAnAudioFile
        When there is no file, or it is nothing that takes are written in.
    """
    container = _container(path)
    anchors = trust_anchors_pem + ("" if keys_dir is None else trust_anchors(keys_dir))
    sidecar = formats.find_sidecar(path)
    if container.embeds:
        verdict = _examine(path, container.mime, None, anchors)
        if verdict.state != "None" or sidecar is None:
            return verdict
    elif sidecar is None:
        return Verdict("None", ("Nothing in or beside this file says where it comes from.",), embedded=False)
    if sidecar.stat().st_size > _MAX_SIDECAR_BYTES:
        return Verdict("Invalid", (f"{sidecar.name} is too large to be a manifest.",), embedded=False)
    return _examine(path, ANY_BYTES, sidecar.read_bytes(), anchors)


def _container(path: Path) -> Container:
    try:
        if path.is_dir():
            raise NotAnAudioFile(f"{path} is a folder: give an audio file.")
        if not path.is_file():
            raise NotAnAudioFile(f"There is no file {path}: check the name.")
        container = formats.sniff(path)
    except OSError as error:
        raise NotAnAudioFile(f"{path} cannot be read ({error.strerror}): check its name and rights.") from error
    if container is None:
        raise NotAnAudioFile(f"{path.name} is not a WAV, FLAC, MP3, M4A, Opus or Ogg file: give an audio file.")
    return container


def _examine(path: Path, mime: str, beside: bytes | None, anchors: str) -> Verdict:
    """One reading by the library; whatever goes wrong in it makes the file ``Invalid``."""
    embedded = beside is None
    try:
        with ExitStack() as stack:
            settings = c2pa.Settings.from_dict(library_settings(anchors))
            context = stack.enter_context(c2pa.Context(settings=settings))
            stream = stack.enter_context(path.open("rb"))
            reader = stack.enter_context(
                c2pa.Reader(mime, stream, context=context)
                if beside is None
                else c2pa.Reader(mime, stream, manifest_data=beside, context=context)
            )
            state = str(reader.get_validation_state())
            report = json.loads(reader.json())
            return _judge(state, report, embedded)
    except c2pa.C2paError.ManifestNotFound:
        return Verdict("None", ("Nothing in this file says where it comes from.",), embedded=embedded)
    except c2pa.C2paError.RemoteManifest:
        sentence = "This file points to a manifest somewhere else, which is not fetched."
        return Verdict("Invalid", (sentence,), embedded=False)
    except Exception as error:
        sentence = f"What this file says about itself cannot be read ({_short(str(error))})."
        return Verdict("Invalid", (sentence,), embedded=embedded)


def _judge(state: str, report: Mapping[str, Any], embedded: bool) -> Verdict:
    active = report["manifests"][report["active_manifest"]]
    signature = active.get("signature_info") or {}
    name = _short(str(signature.get("common_name") or signature.get("issuer") or "unknown"))
    if state == "Trusted":
        return Verdict(
            "Trusted",
            (f"Unchanged since it was signed by {name}.",),
            embedded=embedded,
            signed_by=name,
            **manifest.read_take(active),
        )
    if state == "Valid":
        sentence = f"Unchanged since it was signed, but the signer, who goes by “{name}”, is not trusted here."
        return Verdict("Untrusted", (sentence,), embedded=embedded)
    return Verdict("Invalid", _reasons(report), embedded=embedded)


def _reasons(report: Mapping[str, Any]) -> tuple[str, ...]:
    results = report.get("validation_results") or {}
    failures = (results.get("activeManifest") or {}).get("failure") or report.get("validation_status") or []
    codes = [str(failure.get("code")) for failure in failures]
    sentences = [_SENTENCES.get(code, f"The check “{_short(code)}” failed.") for code in codes]
    # One sentence each: a single change fails several checks.
    return tuple(dict.fromkeys(sentences))[:_MAX_REASONS] or ("The checks of the signature failed.",)


def _short(text: str) -> str:
    return shortened(one_line(text), _MAX_TOLD)
