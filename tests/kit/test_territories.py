"""Places: sets of countries, written the shortest way."""

from hypothesis import given
from hypothesis import strategies as st

from contrafact.kit.territories import COUNTRIES, Territories

SETS = st.frozensets(st.sampled_from(sorted(COUNTRIES)))


@given(SETS)
def test_a_set_of_countries_is_written_and_read_back(countries: frozenset[str]) -> None:
    place = Territories.of(countries)
    assert place.countries() == countries
    assert len(place.include) + len(place.exclude) <= len(COUNTRIES) // 2 + 1


@given(SETS, SETS, st.booleans())
def test_what_is_covered_is_what_is_counted(include: frozenset[str], exclude: frozenset[str], world: bool) -> None:
    place = Territories(include=("Worldwide",) if world else tuple(include), exclude=tuple(exclude))
    assert {code for code in COUNTRIES if place.covers(code)} == place.countries()
    assert Territories.of(place.countries()).countries() == place.countries()


def test_places_read_as_people_write_them() -> None:
    assert str(Territories()) == "Worldwide"
    assert str(Territories.of(COUNTRIES - {"JP", "US"})) == "Worldwide - {JP, US}"
    assert str(Territories.of(["DE", "at"])) == "AT DE"
    assert str(Territories.of([])) == "nowhere"
