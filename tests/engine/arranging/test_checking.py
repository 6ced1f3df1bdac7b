"""Packs read as a musician would: what cannot be played, what will sound poor, and where it is written."""

from pathlib import Path

import pytest

from contrafact.engine.arranging.checking import Checked, check_styles, line_of
from contrafact.engine.arranging.linting import Finding
from contrafact.engine.errors import BadInput
from contrafact.engine.rendering.kits import KIT_NAMES
from tests.support.packs import SMALL_PACK


def written(folder: Path, text: str, slug: str = "mine") -> Path:
    """A folder with one pack."""
    place = folder / slug
    place.mkdir(parents=True, exist_ok=True)
    (place / "pack.toml").write_text(text)
    return place


def checked(folder: Path) -> Checked:
    (found,) = check_styles(folder, KIT_NAMES)
    return found


def said(found: Checked, severity: str, message: str) -> Finding:
    matching = [item for item in found.findings if item.severity == severity and message in item.message]
    assert matching, found.findings
    return matching[0]


def line(text: str, beginning: str) -> int:
    return next(number for number, row in enumerate(text.splitlines(), start=1) if row.startswith(beginning))


def test_a_good_pack_has_nothing_to_mend(tmp_path: Path) -> None:
    found = checked(written(tmp_path, SMALL_PACK))
    assert found.sound
    assert found.findings == ()


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ('kick  = "X... x... X... x..."', 'kick  = "X...."', "grooves[0]", "line kick: 5 steps do not divide"),
        ("low_bpm = 160.0", "low_bpm = 216.0", "tempo", "must rise in this order"),
        ('role = "bass"', 'role = "tuba"', "parts[0].role", "Input should be"),
        ("timing_ms = 2.0", "timing_ms = 200.0", "humanise.timing_ms", "less than or equal to 15"),
        ("[drums]", "[master]\nloudness = 3\n[drums]", "master.loudness", "Extra inputs are not permitted"),
    ],
)
def test_faults_have_a_path_and_a_line(tmp_path: Path, old: str, new: str, place: str, message: str) -> None:
    text = SMALL_PACK.replace(old, new, 1)
    folder = written(tmp_path, text)
    found = checked(folder)
    assert not found.sound
    item = said(found, "error", message)
    assert item.place == place
    rows = (folder / "pack.toml").read_text().splitlines()
    assert item.line is not None
    key = place.rsplit(".", 1)[-1].split("[")[0]
    assert key in rows[item.line - 1]


def test_what_is_no_toml_says_where(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "pack.toml").write_text('pack = 1\nslug = "mine"\nname = Mine\n')
    item = said(checked(folder), "error", "not TOML")
    assert item.line == 3
    (folder / "pack.toml").write_bytes(b"\xff\xfe")
    assert not checked(folder).sound


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("timing_ms = 2.0", "timing_ms = 12.0", "players stray 4 ms at most"),
        ("low = 55\nhigh = 77", "low = 40\nhigh = 77", "chords below 48 are mud"),
        ("low = 28\nhigh = 47", "low = 12\nhigh = 47", "a bass lies between"),
        ("program = 4\n", "program = 68\n", "leaves the instrument's range"),
        ('families = ["electric-piano", "keys"]', 'families = ["pianissimo"]', "nobody says 'pianissimo'"),
        ("gain_db = -4.0", "gain_db = -40.0", "it will not be heard"),
        ("gain_db = 0.0", "gain_db = 12.0", "stands far out"),
        ("low_bpm = 160.0\nhigh_bpm = 220.0", "low_bpm = 199.0\nhigh_bpm = 201.0", "so narrow"),
    ],
)
def test_what_will_sound_poor_is_a_warning(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = SMALL_PACK.replace(old, new, 1)
    assert text != SMALL_PACK
    found = checked(written(tmp_path, text))
    assert found.sound, found.findings
    item = said(found, "warning", message)
    assert item.line is not None


def without(text: str, header: str, names: tuple[str, ...] = ()) -> str:
    """A pack's text without the tables of one kind (those with these names, or all)."""
    pieces = text.split("\n[[")
    kept = [
        piece
        for piece in pieces
        if not piece.startswith(f"{header}]]") or (names and not any(f'name = "{name}"' in piece for name in names))
    ]
    return "\n[[".join(kept)


def test_too_few_grooves_and_fills_are_told(tmp_path: Path) -> None:
    found = checked(written(tmp_path, without(SMALL_PACK, "fills")))
    assert said(found, "warning", "no small fill for level low").place == "fills"
    found = checked(written(tmp_path, without(SMALL_PACK, "grooves", ("two",))))
    said(found, "warning", "level low has a single groove")
    found = checked(written(tmp_path, without(SMALL_PACK, "grooves", ("waltz",))))
    said(found, "warning", "no groove of 3 beats")
    silent = SMALL_PACK.replace('kick = "X... .... ...."', 'kick = ".... .... ...."')
    said(checked(written(tmp_path, silent)), "error", "waltz is silent")
    same = SMALL_PACK.replace('kick  = "X..x .... X.x. ...."', 'kick  = "X... x... X... x..."')
    same = same.replace(
        'snare = ".... X... .... X..g"', 'snare = ".... X... .... X..."\nclosed-hat = "x.x.x.x.x.x.x.x."'
    )
    said(checked(written(tmp_path, same)), "warning", "are the same, stroke by stroke")


def test_a_part_that_never_plays_is_told(tmp_path: Path) -> None:
    pad = '\n[[parts]]\nname = "pad"\nrole = "pad"\nprogram = 89\nlow = 52\nhigh = 76\nenergy = [0.95, 0.96]\n'
    item = said(checked(written(tmp_path, SMALL_PACK + pad)), "warning", "pad plays in no section")
    assert item.place == "parts[2]"


def test_a_kit_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    found = checked(written(tmp_path, SMALL_PACK.replace('kit = "house"', 'kit = "dustbins"')))
    assert said(found, "error", "there is no kit 'dustbins'").place == "drums.kit"


def test_a_word_means_one_style(tmp_path: Path) -> None:
    _, two = (written(tmp_path, SMALL_PACK.replace("mine", slug), slug) for slug in ("one", "two"))
    assert all(item.sound for item in check_styles(tmp_path, KIT_NAMES))
    file = two / "pack.toml"
    file.write_text(file.read_text().replace('["two music"]', '["two music", "one music"]'))
    first, second = check_styles(tmp_path, KIT_NAMES)
    assert first.sound
    assert said(second, "error", "the word 'one music' already means one").place == "words[1]"
    file.write_text(file.read_text().replace('"one music"', '"house"'))
    said(check_styles(two, KIT_NAMES)[0], "error", "already means house")


def test_the_slug_is_the_folder(tmp_path: Path) -> None:
    folder = written(tmp_path, SMALL_PACK, "other")
    item = said(checked(folder), "error", "it must be the folder's name, 'other'")
    assert item.line == line((folder / "pack.toml").read_text(), "slug")


def test_nothing_to_check_is_bad_input(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BadInput, match="holds no style packs"):
            check_styles(place, KIT_NAMES)


@pytest.mark.parametrize(
    ("place", "beginning"),
    [
        ("slug", "slug ="),
        ("tempo.low_bpm", "low_bpm"),
        ("drums.channel.gain_db", "channel ="),
        ("humanise", "[humanise]"),
    ],
)
def test_lines_of_paths(place: str, beginning: str) -> None:
    assert line_of(SMALL_PACK, place) == line(SMALL_PACK, beginning)


def test_lines_in_arrays_of_tables() -> None:
    rows = SMALL_PACK.splitlines()
    kicks = [number for number, row in enumerate(rows, start=1) if row.startswith("kick")]
    assert line_of(SMALL_PACK, "grooves[2].lines.kick") == kicks[2]
    parts = [number for number, row in enumerate(rows, start=1) if row == "[[parts]]"]
    assert line_of(SMALL_PACK, "parts[1]") == parts[1]
    assert line_of(SMALL_PACK, "parts[1].nothing") == parts[1]
    assert line_of(SMALL_PACK, "nothing") is None
