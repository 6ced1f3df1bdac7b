"""Text from files and people on one line."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.kit.text import one_line, shortened


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Дядя Ваня", "Дядя Ваня"),
        ("  a \t\r\n b  ", "a b"),
        ("a\u00a0b\u2028c", "a b c"),
        ("a\x00\x07\x1b[31mb", "a[31mb"),
        ("a\u202eb\u200bc\ue000", "abc"),
        ("\x00\n", ""),
        ("", ""),
    ],
)
def test_what_is_visible_stays_on_one_line(text: str, line: str) -> None:
    assert one_line(text) == line


@given(st.text())
def test_a_line_is_printable_and_stays_as_it_is(text: str) -> None:
    line = one_line(text)
    assert all(unicodedata.category(sign)[0] != "C" for sign in line)
    assert one_line(line) == line == line.strip()
    assert len(line.splitlines()) <= 1


@given(st.text(), st.integers(1, 20))
def test_no_text_is_longer_than_it_may_be(text: str, most: int) -> None:
    short = shortened(text, most)
    assert len(short) <= most
    assert short == text if len(text) <= most else short.endswith("…")
