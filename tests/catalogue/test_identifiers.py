"""Identifiers in their one form, and what their check digits promise to find."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.ean import calc_check_digit
from stdnum.iso7064 import mod_11_2, mod_37_36

from contrafact.catalogue.errors import BadSong
from contrafact.catalogue.identifiers import CHECKS, dpid, grid, icpn, ipi, isni, isrc, iswc

REAL = [
    (isrc, "ISRC SE-ABC-26-00001", "SEABC2600001"),
    (isrc, "qz-abc-26-00001", "QZABC2600001"),
    (iswc, "T-034.524.680-1", "T0345246801"),
    (iswc, "ISWC T-034.524.680-1", "T0345246801"),
    (isni, "0000 0001 2281 955X", "000000012281955X"),
    (isni, "ISNI 0000-0001-2281-955x", "000000012281955X"),
    (ipi, "14107338", "00014107338"),
    (ipi, "IPI 00014107338", "00014107338"),
    (dpid, "PADPIDA2013020802I", "PADPIDA2013020802I"),
    (dpid, "PA-DPIDA-3897722461-G", "PADPIDA3897722461G"),
    (grid, "GRid: A1-2425G-ABC1234002-M", "A12425GABC1234002M"),
    (icpn, "0 602435 867229", "0602435867229"),
    (icpn, "602435867229", "602435867229"),
]


@pytest.mark.parametrize(("check", "written", "form"), REAL)
def test_real_ones_have_one_form(check: Callable[[str], str], written: str, form: str) -> None:
    assert check(written) == form
    assert check(form) == form


DIGITS = "0123456789"
UPPER = DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _weighted(nine: str) -> int:
    return sum(place * int(digit) for place, digit in enumerate(nine, start=1))


def iswc_of(nine: str) -> str:
    return f"T{nine}{-(1 + _weighted(nine)) % 10}"


def isni_of(fifteen: str) -> str:
    return fifteen + mod_11_2.calc_check_digit(fifteen)


def ipi_of(nine: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), nine, strict=True)) % 101
    return nine + f"{(101 - total) % 101 % 100:02d}"


def dpid_of(ten: str) -> str:
    return f"PADPIDA{ten}" + mod_37_36.calc_check_digit(f"PADPIDA{ten}")


def grid_of(fifteen: str) -> str:
    return f"A1{fifteen}" + mod_37_36.calc_check_digit(f"A1{fifteen}")


def ean_of(twelve: str) -> str:
    return twelve + calc_check_digit(twelve)


def text(size: int, alphabet: str = DIGITS) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=size, max_size=size)


# scheme, a valid one from its free part, the free part, what may stand at a wrong place, where it may stand
WHOLE = [
    (isni, isni_of, text(15), DIGITS, 0),
    (ipi, ipi_of, text(9), DIGITS, 0),
    (dpid, dpid_of, text(10, UPPER), UPPER, 7),
    (grid, grid_of, text(15, UPPER), UPPER, 2),
    (icpn, ean_of, text(12), DIGITS, 0),
]


@pytest.mark.parametrize(
    ("check", "make", "free", "alphabet", "start"), WHOLE, ids=lambda item: getattr(item, "__name__", "")
)
@given(data=st.data())
def test_one_wrong_character_is_always_found(
    check: Callable[[str], str],
    make: Callable[[str], str],
    free: st.SearchStrategy[str],
    alphabet: str,
    start: int,
    data: st.DataObject,
) -> None:
    number = make(data.draw(free))
    assume(number.strip("0"))
    assert check(number) == number
    place = data.draw(st.integers(start, len(number) - 1))
    wrong = data.draw(st.sampled_from(alphabet).filter(lambda item: item != number[place]))
    with pytest.raises(BadSong):
        check(number[:place] + wrong + number[place + 1 :])


@given(nine=text(9), place=st.integers(0, 9), wrong=st.sampled_from(DIGITS))
def test_a_wrong_digit_of_an_iswc_is_found_but_for_what_its_weights_hide(nine: str, place: int, wrong: str) -> None:
    number = iswc_of(nine)
    assert iswc(number) == number
    assume(number[place + 1] != wrong)
    changed = number[: place + 1] + wrong + number[place + 2 :]
    difference = int(wrong) - int(number[place + 1])
    weight = place + 1 if place < 9 else 1
    if weight * difference % 10 == 0:
        assert iswc(changed) == changed
    else:
        with pytest.raises(BadSong, match="wrong check digit"):
            iswc(changed)


@given(fifteen=text(15), place=st.integers(0, 13))
def test_two_neighbours_that_change_places_are_found_in_an_isni(fifteen: str, place: int) -> None:
    assume(fifteen[place] != fifteen[place + 1] and fifteen.strip("0"))
    number = isni_of(fifteen)
    with pytest.raises(BadSong, match="wrong check digit"):
        isni(number[:place] + number[place + 1] + number[place] + number[place + 2 :])


@given(letters=text(2, UPPER[10:]), registrant=text(3, UPPER), rest=text(7))
def test_every_isrc_of_the_right_form_is_one(letters: str, registrant: str, rest: str) -> None:
    number = letters + registrant + rest
    assert isrc(f"{letters}-{registrant}-{rest[:2]}-{rest[2:]}".lower()) == number


HOSTILE = [
    "",
    " ",
    "-",
    "٣" * 12,
    "T٠٣٤٥٢٤٦٨٠١",
    "SEABC2600001\n\x00",
    "9" * 10**6,
    "0" * 16,
    "0" * 13,
    "0" * 11,
    "=1+1",
]


@pytest.mark.parametrize("check", [*CHECKS.values(), grid, icpn])
@pytest.mark.parametrize("number", HOSTILE, ids=lambda item: repr(item[:12]))
def test_what_is_none_is_refused_in_a_short_sentence(check: Callable[[str], str], number: str) -> None:
    with pytest.raises(BadSong) as caught:
        check(number)
    assert len(str(caught.value)) < 250


@given(st.text(max_size=30))
def test_any_text_is_an_identifier_or_refused(number: str) -> None:
    for check in (*CHECKS.values(), grid, icpn):
        with contextlib.suppress(BadSong):
            assert check(check(number)) == check(number)
