"""Reading packs: what is wrong is said in one sentence that names the place."""

import tomllib
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from contrafact.engine.arranging import load_instruments, load_moods, load_styles
from contrafact.engine.arranging.library import parse_pack
from contrafact.engine.errors import BadInput


def house() -> dict[str, Any]:
    return tomllib.loads((resources.files("contrafact.styles") / "house" / "pack.toml").read_text())


def _line(pack: dict[str, Any]) -> None:
    pack["grooves"][0]["lines"]["kick"] = "x...x"


def _drum(pack: dict[str, Any]) -> None:
    pack["grooves"][1]["lines"]["gong"] = "x... x... x... x..."


def _effect(pack: dict[str, Any]) -> None:
    pack["parts"][0]["channel"]["effects"] = [{"name": "lowpass", "cutof_hz": 100.0}]


def _range(pack: dict[str, Any]) -> None:
    pack["master"]["effects"] = [{"name": "lowpass", "cutoff_hz": 1.0}]


def _sign(pack: dict[str, Any]) -> None:
    pack["parts"][0]["patterns"][0]["steps"] = "..R- ..R- ..R- ..Q-"


def _level(pack: dict[str, Any]) -> None:
    pack["grooves"] = [groove for groove in pack["grooves"] if "low" not in groove.get("levels", ())]


def _unknown(pack: dict[str, Any]) -> None:
    pack["colour_of_the_cover"] = "red"


def _tempo(pack: dict[str, Any]) -> None:
    pack["tempo"]["typical_bpm"] = 200.0


def _nan(pack: dict[str, Any]) -> None:
    pack["drums"]["channel"]["gain_db"] = float("nan")


def _string(pack: dict[str, Any]) -> None:
    pack["parts"][0]["program"] = "38"


def _doubled(pack: dict[str, Any]) -> None:
    pack["parts"].append(dict(pack["parts"][0]))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_line, r"grooves\[0\]: line kick: 5 steps do not divide into 4 beats"),
        (_drum, r"there is no drum 'gong'"),
        (_effect, r"lowpass has no 'cutof_hz'; its settings are cutoff_hz"),
        (_range, r"lowpass.cutoff_hz is 1.0; it must lie between 200 and 20000"),
        (_sign, r"part bass, pattern 0: step 15 is 'Q'"),
        (_level, r"none of 4 beats is for level 'low'"),
        (_unknown, r"colour_of_the_cover: Extra inputs are not permitted"),
        (_tempo, r"must rise in this order"),
        (_nan, r"gain_db"),
        (_string, r"parts\[0\].program"),
        (_doubled, r"the name 'bass' is taken"),
    ],
)
def test_faults_are_named(spoil: Callable[[dict[str, Any]], None], said: str) -> None:
    pack = house()
    spoil(pack)
    with pytest.raises(BadInput, match=said) as caught:
        parse_pack(pack, "house/pack.toml")
    assert str(caught.value).startswith("house/pack.toml: ")
    assert "\n" not in str(caught.value)


def test_folders_of_packs(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not a folder"):
        load_styles(tmp_path / "nowhere")
    with pytest.raises(BadInput, match="holds no style packs"):
        load_styles(tmp_path)
    (tmp_path / "mine").mkdir()
    file = tmp_path / "mine" / "pack.toml"
    file.write_text("not toml")
    with pytest.raises(BadInput, match=r"mine/pack.toml is not TOML"):
        load_styles(tmp_path)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match=r"mine/pack.toml is not TOML"):
        load_styles(tmp_path)
    source = (resources.files("contrafact.styles") / "house" / "pack.toml").read_text()
    file.write_text(source)
    with pytest.raises(BadInput, match="must be the folder's name, 'mine'"):
        load_styles(tmp_path)
    file.write_text(source.replace('slug = "house"', 'slug = "mine"'))
    assert list(load_styles(tmp_path)) == ["mine"]
    file.write_text("#" * 1_100_000)
    with pytest.raises(BadInput, match="larger than"):
        load_styles(tmp_path)


def test_catalogues_of_words_load_and_do_not_overlap() -> None:
    for words in ([*load_instruments().items()], [*load_moods().items()]):
        spoken = [word for slug, entry in words for word in (slug, *entry.words)]
        assert len(spoken) == len(set(spoken))


@pytest.mark.parametrize("load", [load_instruments, load_moods])
def test_words_that_come_with_the_package_are_read_once_and_cannot_be_changed(load: Callable[[], Any]) -> None:
    words = load()
    assert load() is words
    slug, entry = next(iter(words.items()))
    with pytest.raises(TypeError, match="does not support item assignment"):
        words[slug] = entry
    with pytest.raises(ValidationError, match="frozen"):
        entry.words = ("another",)
