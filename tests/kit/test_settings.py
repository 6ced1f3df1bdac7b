import pytest

from contrafact.kit.settings import separator_name


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, "spleeter"),
        ({"CONTRAFACT_SEPARATOR": " "}, "spleeter"),
        ({"CONTRAFACT_SEPARATOR": "demucs"}, "demucs"),
    ],
)
def test_the_separator_is_the_operators_choice(environ: dict[str, str], name: str) -> None:
    assert separator_name(environ) == name
