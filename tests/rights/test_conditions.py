"""What a grant says besides operations, where and when: how often, beside whom, for what, at what price."""

from fractions import Fraction
from typing import Any

import pytest

from contrafact.rights.values import (
    Decision,
    Holder,
    Price,
    Subject,
    UseCount,
)
from tests.support.consent import ask, codes, decided, grants, song_of_one, terms

TAKE = "a" * 64
WHOLE: dict[str, Any] = {"whole": {"rec_1": {}, "rec_2": {}}}


LIMITS = {
    "uses_per_listener_month": ("request", "listener_month", "limit_listener_month"),
    "uses_total": ("request", "total", "limit_total"),
    "releases_per_listener": ("release", "listener_releases", "limit_releases_listener"),
    "releases_per_artist_listener": ("release", "artist_listener_releases", "limit_releases_artist"),
    "releases_total": ("release", "releases", "limit_releases_total"),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_r3_counts_that_are_used_up_or_unknown_deny(solo: Subject, limit: str) -> None:
    purpose, counted, code = LIMITS[limit]
    given = grants(solo, terms("style", limits={limit: 2}))

    def after(count: int) -> Decision:
        counts = tuple(UseCount.model_validate({"series": grant.series, counted: count}) for grant in given)
        return decided(ask("style", purpose=purpose, **WHOLE), solo, given, counts=counts)

    assert after(0).permitted
    assert after(1).permitted
    assert codes(after(2).reasons) == {code}
    unknown = decided(ask("style", purpose=purpose, **WHOLE), solo, given)
    assert codes(unknown.reasons) == {"count_unknown"}
    of_another = (UseCount(series="grs_other"),)
    assert decided(ask("style", purpose=purpose, **WHOLE), solo, given, counts=of_another).outcome == "deny"
    # limits of takes are not asked at the release, and the other way round
    other = "release" if purpose == "request" else "request"
    assert decided(ask("style", purpose=other, **WHOLE), solo, given).permitted


def test_r3_in_principle_limits_are_told_but_a_release_is_never_in_principle(solo: Subject) -> None:
    limits = {"uses_total": 0, "releases_total": 5, "whole": {"source_share": {"most": 0.5}}}
    given = grants(solo, terms("style", limits=limits))
    told = decided(ask("style"), solo, given)
    assert told.permitted
    assert "at most 0 takes altogether" in told.reasons[0].sentence
    assert "the part of the recording that a take uses (1 is all) at most 0.5" in told.reasons[0].sentence
    assert codes(decided(ask("style", purpose="release"), solo, given).reasons) == {"count_unknown", "limit_whole"}


@pytest.mark.parametrize(
    ("measured", "permitted"),
    [({"source_share": 0.5}, True), ({"source_share": 0.51}, False), ({}, False), ({"take_seconds": 3.0}, False)],
)
def test_r3_bounds_on_the_whole_take_hold(solo: Subject, measured: dict[str, float], permitted: bool) -> None:
    given = grants(solo, terms("style", limits={"whole": {"source_share": {"most": 0.5}}}))
    decision = decided(ask("style", whole={"rec_1": measured}), solo, given)
    assert decision.permitted == permitted
    assert codes(decision.reasons) == {"granted" if permitted else "limit_whole"}
    if measured == {"source_share": 0.51}:
        assert decision.reasons[0].sentence == (
            "“Song 1” by The One: a take of it is allowed only with the part of the recording that a take uses "
            "(1 is all) at most 0.5; 0.51 was asked for."
        )
    assert decided(ask("style", whole={"rec_2": {"source_share": 0.1}}), solo, given).outcome == "deny"


@pytest.mark.parametrize(
    ("banned", "code"),
    [
        ({"artists": ["BJÖRK"]}, "not_beside_artist"),
        ({"artists": ["björk"]}, "not_beside_artist"),
        ({"artists": ["  Bjo\u0308rk "]}, "not_beside_artist"),
        ({"artists": ["pty_bjoerk"]}, "not_beside_artist"),
        ({"artists": ["Bjork"]}, None),
        ({"labels": ["one little indian"]}, "not_beside_label"),
        ({"labels": ["pty_label"]}, "not_beside_label"),
        ({"artists": ["one little indian"], "labels": ["Björk"]}, None),
        ({"genres": ["trip-hop"]}, "not_beside_genre"),
        ({"genres": ["polka"]}, "not_beside_genre"),
        ({"genres": ["house"]}, None),
        # its own artist is no other
        ({"artists": ["The One"]}, None),
    ],
)
def test_r3_a_song_is_not_put_beside_whom_its_owner_bans(
    solo: Subject, banned: dict[str, list[str]], code: str | None
) -> None:
    other = song_of_one(
        "2",
        artist="Björk",
        artist_ids=("pty_bjoerk",),
        label="One  Little Indian",
        genres=("trip-hop",),
        master=(Holder(party_id="pty_label", share=Fraction(1)),),
    )
    given = grants(solo, terms("mashup", not_beside=banned)) + grants(other, terms("mashup"), start=10)
    decision = decided(ask("mashup", style="polka"), (solo, other), given)
    assert codes(decision.reasons) == {code or "granted"}
    alone = decided(ask("mashup", style="waltz"), solo, given)
    assert alone.permitted


def test_r3_a_topic_that_its_owner_bans_is_refused(solo: Subject) -> None:
    given = grants(solo, terms("style", banned_topics=["political"]))
    assert codes(decided(ask("style", topics=("political", "drugs")), solo, given).reasons) == {"topic_banned"}
    assert decided(ask("style", topics=("drugs",)), solo, given).permitted


def test_r14_hate_is_refused_whatever_was_granted(solo: Subject) -> None:
    decision = decided(ask("style", topics=("hate",)), solo, grants(solo, terms("style")))
    assert (decision.outcome, codes(decision.reasons)) == ("deny", {"topic_always_refused"})


def euro(generation: int, play: int = 0) -> Price:
    return Price(currency="EUR", generation_micros=generation, play_micros=play)


@pytest.mark.parametrize(
    ("pays", "code"),
    [
        (euro(50, 7), None),
        (euro(60, 8), None),
        (None, "price_not_met"),
        (euro(49, 7), "price_not_met"),
        (euro(60, 6), "price_not_met"),
        (Price(currency="USD", generation_micros=100, play_micros=100), "price_currency"),
    ],
)
def test_r3_the_price_is_the_least_that_is_paid(solo: Subject, pays: Price | None, code: str | None) -> None:
    given = grants(solo, terms("style", price=euro(50, 7)))
    decision = decided(ask("style", pays=pays), solo, given)
    assert codes(decision.reasons) == {code or "granted"}
    assert decision.duties.prices == ((euro(50, 7),) if code is None else ())
    # a price of nothing asks for nothing
    assert decided(ask("style", pays=None), solo, grants(solo, terms("style", price=euro(0)))).permitted


def test_r3_songs_together_ask_for_the_sum(solo: Subject) -> None:
    other = song_of_one("2")
    cheap = grants(solo, terms("mashup", price=euro(30, 1)))
    dear = grants(other, terms("mashup", price=euro(50, 2)), start=10)
    both = decided(ask("mashup", pays=euro(80, 3)), (solo, other), cheap + dear)
    assert (both.outcome, both.duties.prices) == ("permit", (euro(80, 3),))
    too_little = decided(ask("mashup", pays=euro(79, 3)), (solo, other), cheap + dear)
    assert codes(too_little.reasons) == {"price_not_met"}
    assert "together" in too_little.reasons[0].sentence
    # any of a party's grants will do: one asks for takes, the other for plays
    by_play = grants(other, terms("mashup", price=euro(0, 9)), start=20)
    assert decided(ask("mashup", pays=euro(40, 10)), (solo, other), cheap + dear + by_play).permitted
    assert decided(ask("mashup", pays=euro(40, 9)), (solo, other), cheap + dear + by_play).outcome == "deny"
