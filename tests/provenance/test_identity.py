"""One identity per installation, made once even when several processes come at once, and kept secret."""

import multiprocessing
import stat
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from contrafact.kit.clock import FixedClock, SystemClock
from contrafact.provenance.errors import BadKeys
from contrafact.provenance.identity import create_identity, load_identity, trust_anchors

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def create_in_process(keys_dir: Path) -> str:
    return create_identity(keys_dir, SystemClock()).leaf_pem


def test_made_once_and_found_again(tmp_path: Path) -> None:
    keys = tmp_path / "home" / "keys"
    first = create_identity(keys, FixedClock(NOW))
    second = create_identity(keys, FixedClock(NOW + timedelta(days=400)))
    assert (first.leaf_pem, first.key_pem) == (second.leaf_pem, second.key_pem)
    assert [path.name for path in keys.iterdir()] == ["signing"]


def test_the_keys_are_for_the_owner_only(tmp_path: Path) -> None:
    create_identity(tmp_path / "keys", FixedClock(NOW))
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys" / "signing").iterdir()}
    assert modes["leaf-key.pem"] == modes["root-key.pem"] == 0o600
    assert stat.S_IMODE((tmp_path / "keys" / "signing").stat().st_mode) == 0o700


def test_the_key_is_in_no_representation(tmp_path: Path) -> None:
    assert "PRIVATE" not in repr(create_identity(tmp_path / "keys", FixedClock(NOW)))


def test_the_certificates_are_as_c2pa_demands(tmp_path: Path) -> None:
    identity = create_identity(tmp_path / "keys", FixedClock(NOW))
    leaf = x509.load_pem_x509_certificate(identity.leaf_pem.encode())
    root = x509.load_pem_x509_certificate(identity.root_pem.encode())
    leaf.verify_directly_issued_by(root)
    constraints = leaf.extensions.get_extension_for_class(x509.BasicConstraints)
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage)
    extended = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert (constraints.critical, constraints.value.ca) == (True, False)
    assert (usage.critical, usage.value.digital_signature, usage.value.key_cert_sign) == (True, True, False)
    assert list(extended.value) == [x509.oid.ExtendedKeyUsageOID.EMAIL_PROTECTION]
    assert leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    assert leaf.not_valid_before_utc < NOW
    assert leaf.not_valid_after_utc > NOW + timedelta(days=20 * 365)


def test_four_processes_at_once_agree(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(4, mp_context=context) as pool:
        leaves = set(pool.map(create_in_process, [tmp_path / "keys"] * 4))
    assert len(leaves) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["signing"]


def test_an_open_key_is_refused(tmp_path: Path) -> None:
    create_identity(tmp_path, FixedClock(NOW))
    (tmp_path / "signing" / "leaf-key.pem").chmod(0o644)
    with pytest.raises(BadKeys, match="chmod 600"):
        load_identity(tmp_path)


@pytest.mark.parametrize("name", ["root.pem", "leaf.pem", "leaf-key.pem"])
def test_damaged_or_missing_keys_are_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    create_identity(tmp_path, FixedClock(NOW))
    path = tmp_path / "signing" / name
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(BadKeys, match="restore them from a backup"):
        create_identity(tmp_path, FixedClock(NOW))
    path.unlink()
    with pytest.raises(BadKeys, match="missing or incomplete"):
        create_identity(tmp_path, FixedClock(NOW))


def test_a_foreign_key_or_root_is_refused(tmp_path: Path) -> None:
    create_identity(tmp_path / "a", FixedClock(NOW))
    create_identity(tmp_path / "b", FixedClock(NOW))
    key = tmp_path / "a" / "signing" / "leaf-key.pem"
    own = key.read_bytes()
    key.write_bytes((tmp_path / "b" / "signing" / "leaf-key.pem").read_bytes())
    with pytest.raises(BadKeys, match="does not belong to its certificate"):
        load_identity(tmp_path / "a")
    key.write_bytes(own)
    (tmp_path / "a" / "signing" / "root.pem").write_text(trust_anchors(tmp_path / "b"))
    with pytest.raises(BadKeys):
        load_identity(tmp_path / "a")


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_trusted_file_that_is_none_is_named(tmp_path: Path, content: bytes) -> None:
    create_identity(tmp_path, FixedClock(NOW))
    (tmp_path / "trusted").mkdir()
    (tmp_path / "trusted" / "friend.pem").write_bytes(content)
    with pytest.raises(BadKeys, match=r"friend\.pem holds no certificates"):
        trust_anchors(tmp_path)


def test_no_keys_no_anchors(tmp_path: Path) -> None:
    assert trust_anchors(tmp_path) == ""
