"""A take says truly what it is; a changed, foreign or silent one is never trusted."""

import http.server
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import c2pa
import numpy as np
import pytest
import soundfile as sf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contrafact.provenance import signing
from contrafact.provenance.errors import NotAnAudioFile
from contrafact.provenance.service import Signer, TakeClaim, trust_anchors, verify

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
SUFFIXES = ("wav", "flac", "mp3", "m4a", "opus", "ogg")
each_format = pytest.mark.parametrize("suffix", SUFFIXES)


@pytest.fixture(scope="module")
def signed(
    takes: dict[str, Path], signer: Signer, tmp_path_factory: pytest.TempPathFactory, claim: TakeClaim
) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("signed")
    return {suffix: signer.sign(take, folder / f"take.{suffix}", claim).path for suffix, take in takes.items()}


def copy_with_sidecar(path: Path, folder: Path) -> Path:
    sidecar = path.with_name(path.name + ".c2pa")
    if sidecar.exists():
        shutil.copyfile(sidecar, folder / sidecar.name)
    return Path(shutil.copyfile(path, folder / path.name))


@each_format
def test_a_signed_take_is_trusted_and_tells_its_story(
    suffix: str, signed: dict[str, Path], keys_dir: Path, claim: TakeClaim
) -> None:
    verdict = verify(signed[suffix], keys_dir)
    assert verdict.state == "Trusted"
    assert verdict.trusted
    assert verdict.ai is True
    assert verdict.training == "notAllowed"
    assert (verdict.title, verdict.by, verdict.label) == (claim.title, "Ada", claim.label)
    assert verdict.label == "AI remix by Ada of “Lets Go Fishin'” by Karissa Hobbs"
    assert (verdict.sources, verdict.credits, verdict.licence) == (claim.sources, claim.credits, claim.licence)
    assert (verdict.recipe_sha256, verdict.decision_sha256) == (claim.recipe_sha256, claim.decision_sha256)
    assert verdict.chart_sha256 == claim.chart_sha256
    assert verdict.remix_id == "rmx_test"
    assert verdict.signed_by is not None
    assert verdict.signed_by.startswith("Contrafact takes ")
    assert verdict.embedded == (suffix not in ("opus", "ogg"))
    document = verdict.as_document()
    assert document["from"][0]["isrc"] == "SEABC2600001"


@each_format
def test_the_sound_is_untouched(
    suffix: str, takes: dict[str, Path], signed: dict[str, Path], decoded: Callable[[Path], bytes]
) -> None:
    assert decoded(signed[suffix]) == decoded(takes[suffix])
    if suffix in ("wav", "flac", "ogg", "opus"):
        before, _ = sf.read(takes[suffix])
        after, _ = sf.read(signed[suffix])
        np.testing.assert_array_equal(before, after)


@each_format
def test_a_take_whose_name_lies_about_its_format_is_told_by_content(
    suffix: str, signed: dict[str, Path], keys_dir: Path, tmp_path: Path
) -> None:
    copy = copy_with_sidecar(signed[suffix], tmp_path)
    if (tmp_path / f"take.{suffix}.c2pa").exists():
        (tmp_path / f"take.{suffix}.c2pa").rename(tmp_path / "renamed.bin.c2pa")
    assert verify(copy.rename(tmp_path / "renamed.bin"), keys_dir).trusted


@each_format
def test_a_changed_byte_of_sound_is_never_trusted(
    suffix: str, signed: dict[str, Path], keys_dir: Path, tmp_path: Path
) -> None:
    copy = copy_with_sidecar(signed[suffix], tmp_path)
    data = bytearray(copy.read_bytes())
    # A wave has its manifest at the end, the others at the beginning or beside them.
    for position in (2_000, 40_000) if suffix == "wav" else (len(data) - 100, len(data) * 3 // 4):
        data[position] ^= 1
        copy.write_bytes(data)
        verdict = verify(copy, keys_dir)
        assert verdict.state == "Invalid"
        assert verdict.title is None
        assert "changed after signing" in verdict.reasons[0]
        data[position] ^= 1


@each_format
def test_a_strangers_signature_is_whole_but_not_trusted(
    suffix: str, takes: dict[str, Path], keys_dir: Path, claim: TakeClaim, tmp_path: Path
) -> None:
    stranger = Signer.at(tmp_path / "strange")
    path = stranger.sign(takes[suffix], tmp_path / f"take.{suffix}", claim).path
    verdict = verify(path, keys_dir)
    assert verdict.state == "Untrusted"
    assert "not trusted here" in verdict.reasons[0]
    assert (verdict.title, verdict.sources, verdict.signed_by, verdict.ai) == (None, (), None, None)
    assert verify(path, tmp_path / "strange").trusted
    assert verify(path).state == "Untrusted"
    assert verify(path, keys_dir, trust_anchors_pem=trust_anchors(tmp_path / "strange")).trusted


def test_a_root_in_the_trust_folder_is_trusted(takes: dict[str, Path], claim: TakeClaim, tmp_path: Path) -> None:
    Signer.at(tmp_path / "ours")
    path = Signer.at(tmp_path / "theirs").sign(takes["wav"], tmp_path / "take.wav", claim).path
    assert verify(path, tmp_path / "ours").state == "Untrusted"
    (tmp_path / "ours" / "trusted").mkdir()
    (tmp_path / "ours" / "trusted" / "theirs.pem").write_text(trust_anchors(tmp_path / "theirs"))
    assert verify(path, tmp_path / "ours").trusted


@each_format
def test_an_unsigned_take_says_nothing(suffix: str, takes: dict[str, Path], keys_dir: Path) -> None:
    verdict = verify(takes[suffix], keys_dir)
    assert verdict.state == "None"
    assert not verdict.trusted
    assert "says where it comes from" in verdict.reasons[0]


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "m4a"])
def test_a_stripped_take_says_nothing(
    suffix: str, signed: dict[str, Path], keys_dir: Path, tmp_path: Path, remux: Callable[[Path, Path], None]
) -> None:
    remux(signed[suffix], tmp_path / f"stripped.{suffix}")
    assert verify(tmp_path / f"stripped.{suffix}", keys_dir).state == "None"


@pytest.mark.parametrize("suffix", ["opus", "ogg"])
def test_a_take_without_its_sidecar_says_nothing_and_another_takes_sidecar_does_not_fit(
    suffix: str,
    signed: dict[str, Path],
    keys_dir: Path,
    tmp_path: Path,
    make_take: Callable[..., Path],
) -> None:
    other = make_take(tmp_path / f"other.{suffix}", seed=7)
    assert verify(other, keys_dir).state == "None"
    shutil.copyfile(signed[suffix].with_name(f"take.{suffix}.c2pa"), tmp_path / "other.c2pa")
    assert verify(other, keys_dir).state == "Invalid"


def test_a_wave_may_have_its_manifest_beside_it_too(
    signed: dict[str, Path], takes: dict[str, Path], keys_dir: Path, tmp_path: Path, claim: TakeClaim, signer: Signer
) -> None:
    unsigned = Path(shutil.copyfile(takes["wav"], tmp_path / "take.wav"))
    manifest = signer.sign_beside(unsigned, claim)
    verdict = verify(unsigned, keys_dir)
    assert manifest.name == "take.wav.c2pa"
    assert verdict.trusted
    assert not verdict.embedded


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_changed_bit_is_not_trusted_or_says_the_same(
    where: float, bit: int, signed: dict[str, Path], keys_dir: Path, tmp_path: Path
) -> None:
    whole = verify(signed["flac"], keys_dir)
    data = bytearray(signed["flac"].read_bytes())
    # The manifest is the leading tag, about 7 kB: half of the flips hit it, half the sound.
    position = int(where * 2 * 8000) if where < 0.5 else int(where * len(data))
    data[position] ^= 1 << bit
    copy = tmp_path / "take.flac"
    copy.write_bytes(data)
    try:
        verdict = verify(copy, keys_dir)
    except NotAnAudioFile:
        return
    assert not verdict.trusted or verdict == whole


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    junk=st.binary(min_size=0, max_size=400),
    head=st.sampled_from(
        [
            b"RIFF\x40\0\0\0WAVE",
            b"fLaC",
            b"OggS",
            b"ID3\4\0\0\0\0\0\x20",
            b"\0\0\0\x18ftypM4A ",
            b"\xff\xfb\x90\x00",
            b"",
        ]
    ),
)
def test_rubbish_is_never_trusted_and_never_crashes(junk: bytes, head: bytes, keys_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "rubbish.wav"
    path.write_bytes(head + junk)
    (tmp_path / "rubbish.c2pa").write_bytes(junk)
    try:
        verdict = verify(path, keys_dir)
    except NotAnAudioFile:
        return
    assert not verdict.trusted


@pytest.mark.parametrize("content", [b"", b"hello, I am a letter", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n" + b"\0" * 60])
def test_what_is_no_audio_gets_one_clear_sentence(content: bytes, keys_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(content)
    with pytest.raises(NotAnAudioFile, match=r"song\.wav is not a WAV, FLAC, MP3, M4A, Opus or Ogg file") as caught:
        verify(path, keys_dir)
    assert caught.value.exit_code == 4


def boxes(name: bytes, depth: int) -> bytes:
    """MPEG-4 boxes, each inside the one before."""
    return b"".join((8 * (depth - level)).to_bytes(4, "big") + name for level in range(depth))


FTYP = b"\x00\x00\x00\x14ftypM4A \x00\x00\x00\x00M4A "


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(FTYP + boxes(b"moov", 100_000), id="boxes in boxes"),
        pytest.param(FTYP + b"\x00\x00\x00\x01moov" + (2**62).to_bytes(8, "big"), id="a box of exabytes"),
        pytest.param(b"RIFF\xf0\xff\xff\xffWAVEC2PA\x00\xff\xff\xff" + b"x" * 100, id="a chunk of gigabytes"),
        pytest.param(
            b"ID3\x04\x00\x00\x7f\x7f\x7f\x7fGEOB\x7f\x7f\x7f\x7f\x00\x00" + b"x" * 100, id="a tag of megabytes"
        ),
    ],
)
def test_lies_about_sizes_cost_nothing(content: bytes, keys_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "hostile.m4a"
    path.write_bytes(content)
    assert verify(path, keys_dir).state in ("None", "Invalid")


def test_a_folder_and_a_missing_file_get_one_clear_sentence(keys_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(NotAnAudioFile, match="is a folder"):
        verify(tmp_path, keys_dir)
    with pytest.raises(NotAnAudioFile, match="There is no file"):
        verify(tmp_path / "nothing.wav", keys_dir)


@pytest.fixture
def visits() -> Iterator[tuple[str, list[str]]]:
    """A server that writes down who comes: its address and the paths asked for."""
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_manifest_elsewhere_is_not_fetched(
    visits: tuple[str, list[str]], takes: dict[str, Path], signer: Signer, keys_dir: Path, tmp_path: Path
) -> None:
    address, seen = visits
    path = tmp_path / "hostile.mp3"
    info = c2pa.C2paSignerInfo(
        alg=b"es256", sign_cert=signer.identity.leaf_pem.encode(), private_key=signer.identity.key_pem, ta_url=None
    )
    offline = c2pa.Settings.from_dict(signing.library_settings(signer.identity.root_pem))
    definition = {
        "claim_generator_info": [{"name": "hostile", "version": "1"}],
        "assertions": [
            {
                "label": "c2pa.actions.v2",
                "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": SOURCE_TYPE}]},
            }
        ],
    }
    with (
        c2pa.Context(settings=offline) as context,
        c2pa.Signer.from_info(info) as hostile,
        c2pa.Builder(definition, context) as builder,
        takes["mp3"].open("rb") as source,
        path.open("w+b") as target,
    ):
        builder.set_no_embed()
        builder.set_remote_url(f"{address}/manifest.c2pa")
        builder.sign(hostile, "audio/mpeg", source, target)
    assert address.encode() in path.read_bytes()

    # The oracle: with the library's own defaults the file does make the reader call.
    fetching = signing.library_settings(signer.identity.root_pem)
    fetching["verify"]["remote_manifest_fetch"] = True
    with (
        c2pa.Context(settings=c2pa.Settings.from_dict(fetching)) as context,
        path.open("rb") as stream,
        pytest.raises(c2pa.C2paError),
    ):
        c2pa.Reader("audio/mpeg", stream, context=context)
    assert seen == ["/manifest.c2pa"]
    seen.clear()

    verdict = verify(path, keys_dir)
    assert verdict.state in ("Invalid", "None")
    assert seen == []


def test_the_library_raises_no_warning_in_a_fresh_process(signed: dict[str, Path], keys_dir: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from contrafact.provenance.service import verify;"
        "print(verify(Path(sys.argv[1]), Path(sys.argv[2])).state)"
    )
    command = [sys.executable, "-W", "error", "-c", code, str(signed["wav"]), str(keys_dir)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("Trusted\n", "")
