"""What a cell may say, and what is told when it says nothing that can be understood."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.catalogue.csv_import import cells
from contrafact.catalogue.csv_import.cells import Unreadable
from contrafact.catalogue.csv_import.exporting import place, when
from contrafact.kit.territories import COUNTRIES, Territories


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("1/3", Fraction(1, 3)),
        ("1 / 1", Fraction(1)),
        ("50%", Fraction(1, 2)),
        ("33.33%", Fraction(3333, 10_000)),
        ("33,33 %", Fraction(3333, 10_000)),
        ("0.5%", Fraction(1, 200)),
        ("100%", Fraction(1)),
    ],
)
def test_shares_are_exact(text: str, share: Fraction) -> None:
    assert cells.share(text) == share


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("50", "write 50% or a fraction"),
        ("0.5", "may be a part or percent"),
        ("1", "may be a part or percent"),
        ("0%", "above 0 %"),
        ("101%", "up to 100 %"),
        ("4/3", "up to 1"),
        ("0/1", "above 0"),
        ("1/0", "above 0"),
        ("-1/3", "is no share"),
        ("1e3%", "is no share"),
        ("a third", "is no share"),
        ("١/٣", "is no share"),
        ("9" * 4000 + "%", "is no share"),
    ],
)
def test_what_is_no_share_is_told(text: str, told: str) -> None:
    with pytest.raises(Unreadable, match=told) as caught:
        cells.share(text)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Worldwide", "Worldwide"),
        ("worldwide -jp, -US", "Worldwide - {JP, US}"),
        ("DE AT CH", "AT CH DE"),
        ("de;at", "AT DE"),
        ("Nowhere", "nowhere"),
    ],
)
def test_territories(text: str, where: str) -> None:
    assert str(cells.territories(text)) == where


@pytest.mark.parametrize("text", ["EU", "Germany", "-JP", "JP -JP", "Worldwide -Worldwide", "DE --", "D E"])
def test_what_is_no_territory_is_told(text: str) -> None:
    with pytest.raises(Unreadable):
        cells.territories(text)


COUNTRY = st.sampled_from(sorted(COUNTRIES))


@given(st.lists(COUNTRY, max_size=4), st.lists(COUNTRY, max_size=3), st.booleans())
def test_places_are_written_and_read_back(include: list[str], exclude: list[str], world: bool) -> None:
    there = Territories(include=("Worldwide", *include) if world else tuple(include), exclude=tuple(exclude))
    text = place(there)
    assert (cells.territories(text) if text else Territories()).countries() == there.countries()


def test_moments_say_their_zone() -> None:
    assert cells.moment("2026-12-01") == datetime(2026, 12, 1, tzinfo=UTC)
    assert cells.moment("2026-12-01T09:00:00+01:00") == datetime(2026, 12, 1, 8, tzinfo=UTC)
    for text in ("2026-12-01T09:00", "01.12.2026", "2026-13-01", "now", "0001-01-01T00:00:00+14:00"):
        with pytest.raises(Unreadable):
            cells.moment(text)


@given(st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)))
def test_moments_are_written_and_read_back(moment: datetime) -> None:
    assert cells.moment(when(moment)) == moment


def test_a_birthday_that_is_none_is_not_repeated() -> None:
    with pytest.raises(Unreadable) as caught:
        cells.birthday("31.05.2009")
    assert "2009-05-31" in str(caught.value)
    assert "31.05" not in str(caught.value)


@given(st.integers(0, 10**15 - 1))
def test_money_is_exact(micros: int) -> None:
    assert cells.micros(f"{micros // 10**6}.{micros % 10**6:06d}") == micros


@pytest.mark.parametrize("text", ["-1", "1e3", "0.0000001", "many", "1000000000"])
def test_what_is_no_amount_is_told(text: str) -> None:
    with pytest.raises(Unreadable):
        cells.micros(text)


def test_bounds() -> None:
    known = {"tempo_pitch": ("semitones", "tempo_ratio"), "": ("source_share",)}
    assert cells.bounds("tempo_pitch.semitones=-2..2; tempo_pitch.tempo_ratio = 0.9..", known) == {
        "tempo_pitch.semitones": (-2.0, 2.0),
        "tempo_pitch.tempo_ratio": (0.9, None),
    }
    assert cells.bounds("source_share=..0.5", known) == {"source_share": (None, 0.5)}
    for text, told in (
        ("semitones=1..2", "cannot be bounded here"),
        ("tempo_pitch.semitones=2", "is no bound"),
        ("tempo_pitch.semitones=..", "neither a least nor a most"),
        ("tempo_pitch.semitones=3..2", "least above its most"),
        ("source_share=..1; source_share=..2", "bounded twice"),
        ("source_share=..half", "is no number"),
        ("source_share=..inf", "is no number"),
    ):
        with pytest.raises(Unreadable, match=told):
            cells.bounds(text, known)


TEXTS = st.text(st.characters(exclude_characters="\\"), max_size=8).map(str.strip).filter(lambda text: text != "")


@given(st.lists(TEXTS, unique=True))
def test_texts_are_joined_and_divided(texts: list[str]) -> None:
    assert cells.items(cells.joined(texts)) == tuple(texts)
