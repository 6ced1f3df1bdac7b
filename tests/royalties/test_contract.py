"""A contract is exact, complete and versioned, or refused."""

from importlib import resources

import pytest

from contrafact.royalties.contract import SPLIT_NAMES, load_contract, parse_contract
from contrafact.royalties.errors import BadContract


@pytest.fixture(scope="module")
def text() -> str:
    return (resources.files("contrafact.royalties") / "contracts" / "default-1.toml").read_text("utf-8")


def test_the_default_contract_is_exact(text: str) -> None:
    contract = load_contract()
    assert contract == parse_contract(text)
    assert (contract.id, contract.currency) == ("default@1", "EUR")
    for name in SPLIT_NAMES:
        split = contract.splits[name]
        assert split.platform + split.engine + split.remixer + split.rights == 1
    assert contract.splits["own_play"].remixer == 0
    assert contract.splits["play"].remixer > 0
    assert contract.plays.counted_after_ms == 30_000


@pytest.mark.parametrize(
    "name", ["nobody@1", "default@999", "default", "../../x@1", "default@-1", "default@²", "", "a" * 99]
)
def test_an_unknown_contract_is_refused(name: str) -> None:
    with pytest.raises(BadContract):
        load_contract(name)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('rights = "3/4"', 'rights = "2/4"', "sum to 3/4, not to 1"),
        ('rights = "3/4"', "rights = 0.75", "exact fraction"),
        ('rights = "3/4"', 'rights = "0.75"', "exact fraction"),
        ('rights = "3/4"', 'rights = "3/0"', "exact fraction"),
        ('rights = "3/4"', 'rights = "-3/4"', "exact fraction"),
        ('master = "3/5"', 'master = "4/5"', "master and work sum to 6/5"),
        ('currency = "EUR"', 'currency = "euro"', "ISO 4217"),
        ('name = "default"', 'name = "../default"', "lower-case"),
        ("generation = 40_000", "generation = 0", "at least 1"),
        ("generation = 40_000", "generation = true", "at least 1"),
        ("generation = 40_000", "generation = 0.04", "at least 1"),
        ("per_user_day = 400", "", "per_user_day"),
        ("[rights]", "[wrongs]", "rights"),
        ("[rights]", "[", "not TOML"),
    ],
)
def test_data_that_make_no_sense_are_refused_with_the_reason(text: str, old: str, new: str, says: str) -> None:
    assert old in text
    with pytest.raises(BadContract, match=says):
        parse_contract(text.replace(old, new))
