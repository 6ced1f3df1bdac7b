"""Signing a take: the manifest goes into the file, or beside it where the format has no place for one."""

import os
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import c2pa

from contrafact.engine.placing import placing
from contrafact.kit.clock import Clock, SystemClock
from contrafact.provenance import formats, manifest
from contrafact.provenance.errors import CannotSign, NotAnAudioFile, UnsupportedTarget
from contrafact.provenance.formats import Container
from contrafact.provenance.identity import Identity, create_identity
from contrafact.provenance.schemas import TakeClaim

ANY_BYTES = "application/octet-stream"
"""The library hashes the whole of such a file, which is what a manifest beside the file binds to."""


def library_settings(anchors_pem: str) -> dict[str, Any]:
    """Settings under which the library opens no connection, whatever a file asks for."""
    settings: dict[str, Any] = {
        "version": 1,
        "verify": {
            "verify_trust": True,
            "verify_after_sign": True,
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
        },
        "builder": {"thumbnail": {"enabled": False}},
    }
    if anchors_pem.strip():
        settings["trust"] = {"user_anchors": anchors_pem}
    return settings


@dataclass(frozen=True, slots=True)
class Signed:
    """Where the signed take lies, and its manifest when that is a file of its own."""

    path: Path
    sidecar: Path | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs takes with the identity of this installation."""

    identity: Identity = field(repr=False)

    @classmethod
    def at(cls, keys_dir: Path, clock: Clock | None = None) -> "Signer":
        """The signer of the identity in ``keys_dir``, which is made when there is none."""
        return cls(create_identity(keys_dir, clock or SystemClock()))

    def sign(self, source: Path, target: Path, claim: TakeClaim) -> Signed:
        """Write a signed copy of a finished, tagged take.

        Sign last: any later change, also of a tag, makes the file ``Invalid``. The audio's bytes are not touched, so
        the sound stays a function of the recipe; the signature holds random numbers and the time and differs each time.

        Parameters
        ----------
        source : Path
            WAV, FLAC, MP3, M4A, Opus or Ogg.
        target : Path
            May be the source. Appears whole or not at all; Opus and Ogg get ``target.c2pa`` beside it.
        claim : TakeClaim

        Raises
        ------
        UnsupportedTarget
            When the target's name is of another format than the take's content.
        NotAnAudioFile
            When the source is nothing that can be signed.
        CannotSign
            When the library refuses; nothing was written.
        OSError
            When the disk is full or the folder cannot be written.
        """
        container = _signable(source)
        if formats.by_suffix(target) != container:
            raise UnsupportedTarget(
                f"{target.name} cannot hold a take in {container.mime}: give the target the suffix of its format."
            )
        with placing(target) as scratch:
            with scratch.open("w+b") as out:
                document = self._run(container, source, out, claim, embed=container.embeds)
            _sync(scratch)
            # The manifest first: a take that others can already see is never without one.
            sidecar = None if container.embeds else _write_sidecar(target, document)
        return Signed(target, sidecar)

    def sign_beside(self, take: Path, claim: TakeClaim) -> Path:
        """Leave the take as it is and write its manifest beside it (``take.opus.c2pa``); the path of the manifest.

        For takes that are kept and served from a store, whose bytes must stay what the recipe says.

        Raises
        ------
        NotAnAudioFile, CannotSign, OSError
            As for :meth:`sign`.
        """
        container = _signable(take)
        with tempfile.TemporaryFile() as copy:
            return _write_sidecar(take, self._run(container, take, copy, claim, embed=False))

    def _run(self, container: Container, source: Path, out: BinaryIO, claim: TakeClaim, *, embed: bool) -> bytes:
        """Write the take to ``out``, with its manifest when that is to be embedded, and return the manifest store."""
        files = {
            index: (entry.path, kind)
            for index, entry in enumerate(claim.sources)
            if entry.path is not None
            and entry.path.is_file()
            and (kind := formats.sniff(entry.path)) is not None
            and kind.embeds
        }
        described = [index for index in range(len(claim.sources)) if index not in files]
        definition = manifest.manifest(claim, container.mime, described)
        info = c2pa.C2paSignerInfo(
            alg=b"es256",
            sign_cert=self.identity.leaf_pem.encode(),
            private_key=self.identity.key_pem,
            ta_url=None,
        )
        try:
            with ExitStack() as stack:
                settings = c2pa.Settings.from_dict(library_settings(self.identity.root_pem))
                context = stack.enter_context(c2pa.Context(settings=settings))
                signer = stack.enter_context(c2pa.Signer.from_info(info))
                builder = stack.enter_context(c2pa.Builder(definition, context))
                for index, (path, kind) in files.items():
                    with path.open("rb") as recording:
                        builder.add_ingredient(manifest.ingredient(claim.sources[index], index), kind.mime, recording)
                if not embed:
                    builder.set_no_embed()
                with source.open("rb") as take:
                    return bytes(builder.sign(signer, container.mime if embed else ANY_BYTES, take, out))
        except c2pa.C2paError as error:
            raise CannotSign(f"{source.name} could not be signed ({error}); it was left unsigned.") from error


def _signable(path: Path) -> Container:
    if not path.is_file():
        raise NotAnAudioFile(f"There is no take at {path} to sign.")
    container = formats.sniff(path)
    if container is None:
        raise NotAnAudioFile(f"{path.name} is not a WAV, FLAC, MP3, M4A, Opus or Ogg file, so it cannot be signed.")
    return container


def _write_sidecar(take: Path, document: bytes) -> Path:
    sidecar = formats.sidecar_for(take)
    with placing(sidecar) as scratch:
        scratch.write_bytes(document)
        _sync(scratch)
    return sidecar


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
