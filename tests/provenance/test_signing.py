"""Signing writes a whole file or none, tells what it must, and takes names as people write them."""

import dataclasses
import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import c2pa
import pytest

from contrafact.provenance import signing
from contrafact.provenance.errors import CannotSign, NotAnAudioFile, UnsupportedTarget
from contrafact.provenance.service import Credit, Signer, Source, TakeClaim, verify


def manifests(path: Path, mime: str, anchors: str) -> dict[str, object]:
    settings = c2pa.Settings.from_dict(signing.library_settings(anchors))
    with (
        c2pa.Context(settings=settings) as context,
        path.open("rb") as stream,
        c2pa.Reader(mime, stream, context=context) as reader,
    ):
        report = json.loads(reader.json())
    assert isinstance(report, dict)
    return report


def test_the_recordings_file_becomes_the_ingredient_with_its_own_marks(
    takes: dict[str, Path], signer: Signer, keys_dir: Path, claim: TakeClaim, tmp_path: Path
) -> None:
    first = signer.sign(takes["flac"], tmp_path / "first.flac", claim).path
    again = dataclasses.replace(
        claim, title="A remix of a remix", sources=(dataclasses.replace(claim.sources[0], path=first),)
    )
    second = signer.sign(takes["m4a"], tmp_path / "second.m4a", again).path
    assert verify(second, keys_dir).trusted
    report = manifests(second, "audio/mp4", signer.identity.root_pem)
    chain = report["manifests"]
    assert isinstance(chain, dict)
    active = chain[report["active_manifest"]]
    assert len(chain) == 2
    assert active["ingredients"][0]["relationship"] == "parentOf"
    assert active["ingredients"][0]["active_manifest"] in chain


def test_an_ingredient_whose_marks_are_broken_does_not_make_the_take_trusted_less_or_more(
    takes: dict[str, Path], signer: Signer, keys_dir: Path, claim: TakeClaim, tmp_path: Path
) -> None:
    broken = signer.sign(takes["wav"], tmp_path / "broken.wav", claim).path
    data = bytearray(broken.read_bytes())
    data[2_000] ^= 1
    broken.write_bytes(data)
    assert verify(broken, keys_dir).state == "Invalid"
    onwards = dataclasses.replace(claim, sources=(dataclasses.replace(claim.sources[0], path=broken),))
    take = signer.sign(takes["mp3"], tmp_path / "take.mp3", onwards).path
    verdict = verify(take, keys_dir)
    assert verdict.trusted
    assert verdict.sources[0].title == "Lets Go Fishin'"


def test_an_ogg_recording_is_an_ingredient_by_description(
    takes: dict[str, Path], signer: Signer, keys_dir: Path, claim: TakeClaim, tmp_path: Path
) -> None:
    told = dataclasses.replace(claim, sources=(dataclasses.replace(claim.sources[0], path=takes["ogg"]),))
    take = signer.sign(takes["wav"], tmp_path / "take.wav", told).path
    assert verify(take, keys_dir).trusted


def test_a_mashup_has_a_parent_and_components(
    takes: dict[str, Path], signer: Signer, keys_dir: Path, claim: TakeClaim, tmp_path: Path
) -> None:
    both = (claim.sources[0], Source("Other", "Somebody", "12" * 32, path=takes["mp3"]))
    take = signer.sign(takes["wav"], tmp_path / "take.wav", dataclasses.replace(claim, sources=both)).path
    verdict = verify(take, keys_dir)
    assert [source.title for source in verdict.sources] == ["Lets Go Fishin'", "Other"]
    report = manifests(take, "audio/wav", signer.identity.root_pem)
    chain = report["manifests"]
    assert isinstance(chain, dict)
    ingredients = chain[report["active_manifest"]]["ingredients"]
    assert sorted(entry["relationship"] for entry in ingredients) == ["componentOf", "parentOf"]


def test_the_take_may_be_replaced_by_its_signed_self(
    takes: dict[str, Path], signer: Signer, keys_dir: Path, claim: TakeClaim, tmp_path: Path
) -> None:
    path = Path(shutil.copyfile(takes["mp3"], tmp_path / "take.mp3"))
    signer.sign(path, path, claim)
    assert verify(path, keys_dir).trusted
    assert [entry.name for entry in tmp_path.iterdir()] == ["take.mp3"]


@pytest.mark.parametrize("suffix", ["opus", "ogg"])
def test_beside_the_take_nothing_of_the_take_changes(
    suffix: str, takes: dict[str, Path], signer: Signer, claim: TakeClaim, tmp_path: Path
) -> None:
    done = signer.sign(takes[suffix], tmp_path / f"take.{suffix}", claim)
    assert done.sidecar == tmp_path / f"take.{suffix}.c2pa"
    assert done.path.read_bytes() == takes[suffix].read_bytes()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [f"take.{suffix}", f"take.{suffix}.c2pa"]


@pytest.mark.parametrize(
    "name", ["Дядя Ваня", "a" * 5000, 'quotes " and \\ and “these”', "line\nbreak\x00\x07\u202e", "😀" * 400, ""]
)
def test_any_name_can_be_credited(
    name: str, takes: dict[str, Path], signer: Signer, keys_dir: Path, claim: TakeClaim, tmp_path: Path
) -> None:
    odd = dataclasses.replace(
        claim, title=name, by=name, credits=(Credit(name, name, name),), sources=(Source(name, name, "00" * 32),)
    )
    verdict = verify(signer.sign(takes["wav"], tmp_path / "take.wav", odd).path, keys_dir)
    assert verdict.trusted
    assert verdict.by is not None
    assert len(verdict.by) <= 1000
    assert verdict.by.isprintable()


def test_a_take_needs_a_source(claim: TakeClaim) -> None:
    with pytest.raises(ValueError, match="at least one recording"):
        dataclasses.replace(claim, sources=())


def test_wrong_sources_and_targets_are_refused_and_leave_nothing(
    takes: dict[str, Path], signer: Signer, claim: TakeClaim, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.wav"
    letter.write_text("hello")
    with pytest.raises(UnsupportedTarget, match="suffix of its format"):
        signer.sign(takes["wav"], tmp_path / "out.mp3", claim)
    with pytest.raises(NotAnAudioFile, match="cannot be signed"):
        signer.sign(letter, tmp_path / "out.wav", claim)
    with pytest.raises(NotAnAudioFile, match="There is no take"):
        signer.sign(tmp_path / "missing.wav", tmp_path / "out.wav", claim)
    with pytest.raises(NotAnAudioFile, match="cannot be signed"):
        signer.sign_beside(letter, claim)
    assert [entry.name for entry in tmp_path.iterdir()] == ["letter.wav"]


def test_a_take_that_the_library_refuses_leaves_an_older_target_as_it_was(
    takes: dict[str, Path], signer: Signer, claim: TakeClaim, tmp_path: Path
) -> None:
    target = tmp_path / "out.wav"
    target.write_bytes(b"older")
    stub = tmp_path / "stub.wav"
    stub.write_bytes(b"RIFF\xff\xff\xff\x7fWAVEdata\xff\xff\xff\x7f")
    with pytest.raises(CannotSign, match="left unsigned"):
        signer.sign(stub, target, claim)
    assert target.read_bytes() == b"older"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out.wav", "stub.wav"]


def test_threads_may_sign_and_examine_at_once(
    takes: dict[str, Path], signer: Signer, keys_dir: Path, claim: TakeClaim, tmp_path: Path
) -> None:
    def work(number: int) -> str:
        suffix = ("wav", "flac", "mp3", "m4a", "opus", "ogg")[number % 6]
        path = signer.sign(takes[suffix], tmp_path / f"take-{number}.{suffix}", claim).path
        return verify(path, keys_dir).state

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(work, range(24))) == {"Trusted"}


def test_two_signatures_of_one_take_differ_and_its_sound_does_not(
    takes: dict[str, Path], signer: Signer, claim: TakeClaim, tmp_path: Path, decoded: Callable[[Path], bytes]
) -> None:
    one = signer.sign(takes["flac"], tmp_path / "one.flac", claim).path
    two = signer.sign(takes["flac"], tmp_path / "two.flac", claim).path
    assert one.read_bytes() != two.read_bytes()
    assert decoded(one) == decoded(two)
