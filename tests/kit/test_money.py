"""Money as people and ledgers read it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.kit.money import MICROS_PER_UNIT, written


@pytest.mark.parametrize(
    ("micros", "decimals", "text"),
    [
        (0, 2, "0.00"),
        (1_500_000, 2, "1.50"),
        (1_250, 2, "0.00125"),
        (1, 2, "0.000001"),
        (3_000_000, 0, "3"),
        (3_500_000, 0, "3.5"),
        (1_500_000, 6, "1.500000"),
        (-1_500_000, 6, "-1.500000"),
        (-1, 2, "-0.000001"),
    ],
)
def test_an_amount_is_written_in_units(micros: int, decimals: int, text: str) -> None:
    assert written(micros, decimals) == text


@given(st.integers(-(10**15), 10**15), st.integers(0, 6))
def test_nothing_is_lost_in_writing(micros: int, decimals: int) -> None:
    assert Fraction(written(micros, decimals)) * MICROS_PER_UNIT == micros
