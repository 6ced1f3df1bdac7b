"""The installation's signing identity: a root certificate and a leaf that signs, made once at set-up.

Notes
-----
Certificate profile as C2PA demands it: X.509 v3, P-256 with SHA-256, a leaf that is no CA, with a critical
``digitalSignature`` key usage, the ``emailProtection`` extended usage, and key identifiers on both.

Without a time stamp a C2PA signature is worth nothing from the second on at which its certificate expires. There is no
time-stamping service in a self-hosted box, so the leaf lives long (25 years) instead, and so does the root: what
protects listeners is that the private key stays here, not that it expires.
"""

import os
import secrets
import shutil
import stat
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from contrafact.kit.clock import Clock
from contrafact.provenance.errors import BadKeys

_FOLDER = "signing"
_ROOT, _ROOT_KEY, _LEAF, _LEAF_KEY = "root.pem", "root-key.pem", "leaf.pem", "leaf-key.pem"
_TRUST_FOLDER = "trusted"
_LIFE = timedelta(days=25 * 365)
_CLOCK_SLACK = timedelta(days=1)
"""Other machines' clocks may lag behind ours; a certificate from the future is refused."""


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """What signing needs, in PEM. Has no ``repr``, so that the key is in no log."""

    root_pem: str
    leaf_pem: str
    key_pem: bytes


def create_identity(keys_dir: Path, clock: Clock) -> Identity:
    """The identity in ``keys_dir``, made when there is none.

    Safe when two processes do it at once: each makes its own in a folder of its own, and the rename of that folder to
    its final name succeeds for one of them; the other takes what the first made.

    Raises
    ------
    BadKeys
        When there is an identity already and it cannot be used.
    OSError
        When the folder cannot be written.
    """
    final = keys_dir / _FOLDER
    if not final.exists():
        keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        attempt = keys_dir / f".{_FOLDER}-{secrets.token_hex(8)}"
        try:
            _write_identity(attempt, clock)
            try:
                attempt.rename(final)
            except OSError:
                if not final.is_dir():
                    raise
            else:
                _sync_folder(keys_dir)
        finally:
            shutil.rmtree(attempt, ignore_errors=True)
    return load_identity(keys_dir)


def load_identity(keys_dir: Path) -> Identity:
    """The identity in ``keys_dir``.

    Raises
    ------
    BadKeys
        When it is missing or damaged, or when other users of the machine can read the key.
    """
    folder = keys_dir / _FOLDER
    key_path = folder / _LEAF_KEY
    try:
        mode = stat.S_IMODE(key_path.stat().st_mode)
        if mode & 0o077:
            raise BadKeys(f"Others can read the signing key {key_path}: run `chmod 600 {key_path}` and try again.")
        identity = Identity(
            root_pem=(folder / _ROOT).read_text("ascii"),
            leaf_pem=(folder / _LEAF).read_text("ascii"),
            key_pem=key_path.read_bytes(),
        )
        leaf = x509.load_pem_x509_certificate(identity.leaf_pem.encode())
        root = x509.load_pem_x509_certificate(identity.root_pem.encode())
        leaf.verify_directly_issued_by(root)
        key = serialization.load_pem_private_key(identity.key_pem, password=None)
        matches = key.public_key() == leaf.public_key()
    except FileNotFoundError as error:
        raise BadKeys(f"The signing keys in {folder} are missing or incomplete: restore them from a backup.") from error
    except BadKeys:
        raise
    except Exception as error:
        raise BadKeys(f"The signing keys in {folder} cannot be read: restore them from a backup.") from error
    if not matches:
        raise BadKeys(f"The signing key in {folder} does not belong to its certificate: restore both from a backup.")
    return identity


def trust_anchors(keys_dir: Path) -> str:
    """PEM of every root trusted here: the installation's own and those in ``trusted/*.pem``; may be empty.

    Raises
    ------
    BadKeys
        When one of the files holds no certificates; it is named.
    """
    own = keys_dir / _FOLDER / _ROOT
    files = [own, *sorted((keys_dir / _TRUST_FOLDER).glob("*.pem"))]
    return "".join(_certificates_in(path) for path in files if path.is_file())


def _certificates_in(path: Path) -> str:
    """The certificates of a PEM file and nothing else of it."""
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadKeys(f"{path} holds no certificates that can be read: repair it or take it away.") from error
    return "".join(certificate.public_bytes(serialization.Encoding.PEM).decode("ascii") for certificate in found)


def _write_identity(folder: Path, clock: Clock) -> None:
    folder.mkdir(mode=0o700)
    root_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    # The installation's own name is random, so that two installations' roots can be told apart in a trust list.
    mark = secrets.token_hex(4)
    root_name, leaf_name = _name(f"Contrafact root {mark}"), _name(f"Contrafact takes {mark}")
    root = _certificate(root_name, root_key, root_name, root_key, clock, ca=True)
    leaf = _certificate(leaf_name, leaf_key, root_name, root_key, clock, ca=False)
    for name, certificate in ((_ROOT, root), (_LEAF, leaf)):
        _write(folder / name, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    for name, key in ((_ROOT_KEY, root_key), (_LEAF_KEY, leaf_key)):
        _write(folder / name, _private_pem(key), 0o600)
    _sync_folder(folder)


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    clock: Clock,
    *,
    ca: bool,
) -> x509.Certificate:
    start = clock.now() - _CLOCK_SLACK
    usage = x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + _LIFE)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(usage, critical=True)
    )
    if not ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Contrafact"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    """Created with its final mode, so that the key is never readable by others, not even for a moment."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
