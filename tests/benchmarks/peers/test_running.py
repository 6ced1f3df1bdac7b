"""Peers are run as they are, and one that cannot be had is absent with its reason."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.peers import running
from benchmarks.peers.running import Peer, PeerAbsent, ask, python_of

SCRIPT = """
import sys
sys.path.insert(0, {peers!r})
from protocol import serve

def listen(job, costs):
    with costs.of("all"):
        if job["name"] == "bad":
            raise ValueError("no sound")
        return {{"tempo": float(len(job["audio"]))}}

serve(listen)
"""


def test_a_script_answers_every_job_and_says_what_failed(tmp_path: Path) -> None:
    script = tmp_path / "peer.py"
    script.write_text(SCRIPT.format(peers=str(Path(running.__file__).parent)))
    jobs = "".join(json.dumps({"name": name, "audio": "abc"}) + "\n" for name in ("good", "bad"))
    done = subprocess.run([sys.executable, script], input=jobs, capture_output=True, text=True, check=True)
    good, bad = (json.loads(line) for line in done.stdout.splitlines())
    assert (good["name"], good["tempo"]) == ("good", 3.0)
    assert good["peak_mb"] > 1
    assert len(good["cost"]["all"]) == 2
    assert bad["error"] == "ValueError: no sound"


def test_a_peer_that_cannot_be_installed_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PeerAbsent, match="uv is not installed"):
        python_of(Peer("ghost", "ghost_peer", ("ghost==1",)), tmp_path)


def test_a_peer_whose_process_dies_is_absent(tmp_path: Path) -> None:
    job = {"name": "song", "audio": "a", "vocals": "b", "drums": "c"}
    with pytest.raises(PeerAbsent, match="ended with"):
        ask(Peer("ghost", "no_such_script"), [job], tmp_path, tmp_path, lambda name, done, total: None)
