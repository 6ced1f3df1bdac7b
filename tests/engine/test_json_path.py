"""Where something stands in a document."""

import pytest

from contrafact.engine.json_path import json_path


@pytest.mark.parametrize(
    ("location", "written"),
    [
        ((), ""),
        (("seed",), "seed"),
        (("form", "order", 3, "section"), "form.order[3].section"),
        (("grooves", 1, "lines", "kick"), "grooves[1].lines.kick"),
        ((2, "share"), "[2].share"),
        (("rows", 0, 1), "rows[0][1]"),
    ],
)
def test_a_place_is_written_as_people_write_it(location: tuple[int | str, ...], written: str) -> None:
    assert json_path(location) == written
