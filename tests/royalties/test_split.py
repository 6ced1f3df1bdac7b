"""A fee becomes postings exactly: nothing is lost, nobody gets another's share, and equal input gives equal output."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.arranging.timeline import SourceUse
from contrafact.royalties.contract import SPLIT_NAMES, Contract, Split, SplitName, load_contract
from contrafact.royalties.errors import BadPayout
from contrafact.royalties.schemas import Kind, Payee, Payout, Posting, Side, SourcePayout
from contrafact.royalties.split import postings_for, source_shares, split_name

KINDS: tuple[Kind, ...] = ("generation", "play")
SIDES: tuple[Side, ...] = ("master", "work")


def parts(weights: list[int], whole: int) -> list[Fraction]:
    return [Fraction(weight, whole) for weight in weights]


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    splits: dict[SplitName, Split] = {}
    for name in SPLIT_NAMES:
        weights = draw(st.lists(st.integers(0, 97), min_size=4, max_size=4).filter(any))
        splits[name] = Split(*parts(weights, sum(weights)))
    master = Fraction(draw(st.integers(0, 13)), 13)
    fees: dict[Kind, int] = {kind: draw(st.integers(1, 10**10)) for kind in KINDS}
    return replace(load_contract(), fees_micros=fees, splits=splits, master=master, work=1 - master)


@st.composite
def payouts(draw: st.DrawFn) -> Payout:
    weights = draw(st.lists(st.integers(1, 50), min_size=1, max_size=3))
    sources = []
    for index, share in enumerate(parts(weights, sum(weights))):
        payees = []
        for side in SIDES:
            held = draw(st.lists(st.integers(0, 50), max_size=4))
            nobodys = draw(st.integers(0, 20))
            whole = sum(held) + nobodys or 1
            for number, part in enumerate(parts(held, whole)):
                party = draw(st.sampled_from(["pty_a", "pty_b", f"pty_{side}{number}", None]))
                payees.append(Payee(party, f"Name {number}", draw(st.sampled_from(["label", "artist"])), side, part))
        sources.append(SourcePayout(f"rec_{index}", share, tuple(payees), draw(st.booleans())))
    return Payout(tuple(sources), "usr_ada", "Ada")


@given(contracts(), st.sampled_from(KINDS), st.sampled_from(SPLIT_NAMES), payouts())
def test_debits_equal_credits_equal_the_fee(contract: Contract, kind: Kind, split: SplitName, payout: Payout) -> None:
    postings = postings_for(contract, kind, split, payout)
    fee = contract.fees_micros[kind]
    assert [posting.amount_micros for posting in postings if posting.side == "debit"] == [fee]
    assert sum(posting.amount_micros for posting in postings if posting.side == "credit") == fee
    assert all(posting.amount_micros > 0 for posting in postings)
    assert postings == postings_for(contract, kind, split, payout)


@given(contracts(), st.sampled_from(KINDS), st.sampled_from(SPLIT_NAMES), payouts())
def test_everybody_gets_the_exact_share_to_the_micro(
    contract: Contract, kind: Kind, split: SplitName, payout: Payout
) -> None:
    """The oracle: every party's exact share added up by hand, in fractions; no line may be a whole micro-unit off."""
    fee, tree = contract.fees_micros[kind], contract.splits[split]
    exact: dict[str, Fraction] = {
        "income:platform": tree.platform * fee,
        "liabilities:engine": tree.engine * fee,
        "liabilities:remixer:usr_ada": tree.remixer * fee,
    }
    for source in payout.sources:
        for side, part in (("master", contract.master), ("work", contract.work)):
            whole = tree.rights * source.share * part * fee
            mine = [payee for payee in source.payees if payee.side == side]
            paid = [payee for payee in mine if payee.party_id and not source.frozen]
            for payee in paid:
                account = f"liabilities:party:{payee.party_id}"
                exact[account] = exact.get(account, Fraction(0)) + whole * payee.share
            held = 1 - sum((payee.share for payee in paid), Fraction(0))
            exact[f"liabilities:suspense:{source.recording_id}:{side}"] = whole * held
    credits = [posting for posting in postings_for(contract, kind, split, payout) if posting.side == "credit"]
    for account in {posting.account for posting in credits} | exact.keys():
        lines = [posting.amount_micros for posting in credits if posting.account == account]
        # Largest remainder: each line is within one of exact; a party may have several lines.
        assert abs(sum(lines) - exact[account]) < max(1, 6 * len(payout.sources))


@given(payouts(), st.randoms(use_true_random=False))
def test_the_order_of_payees_does_not_matter(payout: Payout, random: Random) -> None:
    contract = load_contract()
    sources = [replace(s, payees=tuple(random.sample(s.payees, len(s.payees)))) for s in payout.sources]
    random.shuffle(sources)
    other = replace(payout, sources=tuple(sources))

    def amounts(postings: tuple[Posting, ...]) -> list[tuple[str, str, str, int]]:
        return sorted((p.account, p.role, p.source_id or "", p.amount_micros) for p in postings)

    assert amounts(postings_for(contract, "play", "play", payout)) == amounts(
        postings_for(contract, "play", "play", other)
    )


def test_what_is_nobodys_is_held_and_the_others_get_no_more(payout: Payout) -> None:
    contract = load_contract()
    full = (*payout.sources[0].payees, Payee("pty_other", "Other", "writer", "work", Fraction(1, 2)))
    complete = replace(payout, sources=(replace(payout.sources[0], payees=full),))
    unknown = replace(
        payout, sources=(replace(payout.sources[0], payees=(*full[:-1], replace(full[-1], party_id=None))),)
    )

    def by_account(which: Payout) -> dict[str, int]:
        totals: dict[str, int] = {}
        for posting in postings_for(contract, "play", "play", which):
            totals[posting.account] = totals.get(posting.account, 0) + posting.amount_micros
        return totals

    paid, missing, nameless = by_account(complete), by_account(payout), by_account(unknown)
    assert missing["liabilities:suspense:rec_one:work"] == paid["liabilities:party:pty_other"]
    assert nameless == missing
    assert missing["liabilities:party:pty_artist"] == paid["liabilities:party:pty_artist"]
    assert missing["liabilities:party:pty_label"] == paid["liabilities:party:pty_label"]


def test_under_dispute_everything_of_the_recording_is_held(payout: Payout) -> None:
    frozen = replace(payout, sources=(replace(payout.sources[0], frozen=True),))
    accounts = {posting.account for posting in postings_for(load_contract(), "play", "play", frozen)}
    assert accounts == {
        "assets:addon-pool",
        "income:platform",
        "liabilities:remixer:usr_ada",
        "liabilities:suspense:rec_one:master",
        "liabilities:suspense:rec_one:work",
    }


def test_the_figures_of_the_default_contract_by_hand(payout: Payout) -> None:
    """A play of 6000: 1200 platform, 300 remixer, 4500 rights: 2700 master (1800, 900), 1800 work (900, 900 held)."""
    postings = postings_for(load_contract(), "play", "play", payout)
    assert {(posting.account, posting.role): posting.amount_micros for posting in postings} == {
        ("assets:addon-pool", "pool"): 6000,
        ("income:platform", "platform"): 1200,
        ("liabilities:remixer:usr_ada", "remixer"): 300,
        ("liabilities:party:pty_label", "master: label"): 1800,
        ("liabilities:party:pty_artist", "master: artist"): 900,
        ("liabilities:party:pty_artist", "work: writer"): 900,
        ("liabilities:suspense:rec_one:work", "work"): 900,
    }


def test_the_own_play_of_the_remixer_is_another_split(payout: Payout) -> None:
    assert split_name("play", "usr_ada", payout) == "own_play"
    assert split_name("play", "usr_ben", payout) == "play"
    assert split_name("generation", "usr_ada", payout) == "generation"


@pytest.mark.parametrize(
    "sources",
    [
        (),
        (SourcePayout("rec_one", Fraction(1, 2), ()),),
        (SourcePayout("rec_one", Fraction(-1), ()), SourcePayout("rec_two", Fraction(2), ())),
        (SourcePayout("rec_one", Fraction(1), (Payee("pty_a", "A", "label", "master", Fraction(4, 3)),)),),
        (
            SourcePayout(
                "rec_one",
                Fraction(1),
                (
                    Payee("pty_a", "A", "label", "work", Fraction(-1, 3)),
                    Payee("pty_b", "B", "label", "work", Fraction(1)),
                ),
            ),
        ),
        (SourcePayout("rec:one", Fraction(1), ()),),
        (SourcePayout("rec_one", Fraction(1), (Payee("a:b", "A", "label", "master", Fraction(1)),)),),
    ],
)
def test_payouts_that_cannot_be_are_refused(sources: tuple[SourcePayout, ...]) -> None:
    with pytest.raises(BadPayout):
        postings_for(load_contract(), "play", "play", Payout(sources, "usr_ada", "Ada"))


ONE, TWO = "1" * 64, "2" * 64


def test_the_shares_of_several_recordings_follow_what_sounds() -> None:
    usage = (
        SourceUse(ONE, "vocals", 30.0, Fraction(1, 2)),
        SourceUse(ONE, "drums", 15.0, Fraction(1, 4)),
        SourceUse(TWO, "bass", 15.0, Fraction(1, 4)),
    )
    assert source_shares(usage, (ONE, TWO)) == {ONE: Fraction(3, 4), TWO: Fraction(1, 4)}
    # Each timeline sums to one: two of them together are normalised.
    assert source_shares((*usage, *usage), (ONE, TWO)) == {ONE: Fraction(3, 4), TWO: Fraction(1, 4)}


def test_a_take_in_which_nothing_of_the_recordings_sounds_is_still_theirs() -> None:
    assert source_shares((), (ONE, TWO)) == {ONE: Fraction(1, 2), TWO: Fraction(1, 2)}


def test_a_source_that_the_recipe_does_not_name_is_refused() -> None:
    with pytest.raises(BadPayout, match="does not name"):
        source_shares((SourceUse(TWO, "bass", 1.0, Fraction(1)),), (ONE,))
    with pytest.raises(BadPayout, match="at least one recording"):
        source_shares((), ())
    with pytest.raises(BadPayout, match="each named once"):
        source_shares((), (ONE, ONE))
