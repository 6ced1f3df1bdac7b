import pytest

from contrafact.kit.errors import WrongCall
from contrafact.kit.settings import approval_days, isrc_prefix, separator_name


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, "contrafact"),
        ({"CONTRAFACT_SEPARATOR": " "}, "contrafact"),
        ({"CONTRAFACT_SEPARATOR": "spleeter"}, "spleeter"),
        ({"CONTRAFACT_SEPARATOR": "demucs"}, "demucs"),
    ],
)
def test_the_separator_is_the_operators_choice(environ: dict[str, str], name: str) -> None:
    assert separator_name(environ) == name


def test_owners_have_fourteen_days_unless_the_operator_says_otherwise() -> None:
    assert approval_days({}) == 14
    assert approval_days({"CONTRAFACT_APPROVAL_DAYS": " 3 "}) == 3
    for wrong in ("0", "366", "-1", "3.5", "two weeks", "٣"):
        with pytest.raises(WrongCall, match="from 1 to 365"):
            approval_days({"CONTRAFACT_APPROVAL_DAYS": wrong})


def test_a_prefix_of_isrcs_is_one_or_none() -> None:
    assert isrc_prefix({}) is None
    assert isrc_prefix({"CONTRAFACT_ISRC_PREFIX": "de-abc"}) == "DEABC"
    for wrong in ("DE", "DEABCD", "D1ABC", "DE ABC", "DEÄBC"):
        with pytest.raises(WrongCall, match="registrant's prefix"):
            isrc_prefix({"CONTRAFACT_ISRC_PREFIX": wrong})
