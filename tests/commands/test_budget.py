"""What a command may import before there is sound: each of these was waited for once."""

import subprocess
import sys
from pathlib import Path

from tests.support.commands import Home

NOT_ASKED = (
    # files and formats of sound, which renderers open
    "av soundfile soxr mutagen contrafact.engine.audio.encoding contrafact.engine.audio.decoding scipy.signal "
    "contrafact.engine.rendering contrafact.engine.separation contrafact.engine.fingerprint onnxruntime "
    # what is done when a take is there
    "cryptography c2pa contrafact.provenance.signing contrafact.remixes.takes.finishing "
    "contrafact.remixes.takes.signing contrafact.remixes.releases contrafact.remixes.notices "
    "contrafact.remixes.deliveries contrafact.remixes.showing "
    # what others do
    "alembic dbos fastapi uvicorn lxml cedarpy matplotlib httpx contrafact.assets.fetching contrafact.catalogue.ingest "
    "contrafact.catalogue.admission contrafact.catalogue.ddex contrafact.catalogue.csv_import contrafact.service.app"
).split()
"""Modules that nobody needs who reads words, asks for permission and hands a take to its renderers."""

PROBE = """
import sys
from contrafact.remixes.creations import making

def begin(*_, **__):
    print(*sorted(set(sys.argv[-1].split(",")) & set(sys.modules)), "that is all", file=sys.stderr)
    raise KeyboardInterrupt

making.begin = begin
from contrafact.cli import main
main(sys.argv[1:-1])
"""
"""A command that looks around where it would begin to render, and goes home."""


def test_who_asks_for_a_remix_imports_what_asking_uses(home: Home, tmp_path: Path) -> None:
    here = home.copy(tmp_path / "home")
    call = ["remix", "SEAAA2600001", "house, keep the voice", "-o", "-"]
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *call, ",".join(NOT_ASKED)],
        env=here.environment,
        capture_output=True,
        check=False,
    )
    assert b"\nthat is all\n" in b"\n" + done.stderr, done.stderr.decode()[-600:]
    assert done.stdout == b""


def test_renderers_are_loaded_without_what_asking_uses(tmp_path: Path) -> None:
    code = (
        "import sys, contrafact.remixes.takes.preloading, contrafact.commands.remixing\n"
        "print(sorted({'sqlalchemy', 'scipy.signal', 'cryptography', 'c2pa', 'contrafact.engine.recipe.planner',"
        " 'contrafact.rights'} & set(sys.modules)))\n"
        "import threading; assert threading.active_count() == 1, 'a copy would lack the other threads'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout == "[]\n"
