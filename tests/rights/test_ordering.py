"""R4: facts are put in one order, whichever short cut finds it; and shares are exact fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.canonical import canonical_json
from contrafact.rights.ownership import Holder
from contrafact.rights.values import Facts, Subject, Switch

_OPERATIONS: tuple[Operation, ...] = (
    "style",
    "stems_use",
    "share_in_app",
    "download",
    "export",
    "voice_clone",
    "cover",
)
_SWITCHES = st.builds(
    Switch,
    operation=st.sampled_from(_OPERATIONS),
    on=st.booleans(),
    percent=st.sampled_from([0.0, 5.0, 12.5, 100.0]),
    salt=st.sampled_from(["", "a"]),
)


@given(st.lists(_SWITCHES, max_size=6))
def test_r4_switches_stand_in_the_order_of_their_canonical_json(switches: list[Switch]) -> None:
    facts = Facts(subjects=(), switches=tuple(switches))
    documents = [canonical_json(switch.model_dump(mode="json")) for switch in facts.switches]
    assert documents == sorted(canonical_json(switch.model_dump(mode="json")) for switch in switches)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["1/2", "1/3", "1"])), max_size=4))
def test_r4_holders_stand_by_party_and_then_by_share(stated: list[tuple[str, str]]) -> None:
    holders = tuple(Holder(party_id=party, share=Fraction(share)) for party, share in stated)
    song = Subject(recording_id="r", work_id="w", title="t", artist="a", master=holders, work=())
    ordered = [(holder.party_id, holder.share) for holder in song.master]
    assert ordered == sorted((party, Fraction(share)) for party, share in stated)


@pytest.mark.parametrize("share", ["1/0", "0", "3/2", "-1/2", "half", 0.5, True, None])
def test_r1_a_share_that_is_none_is_refused(share: object) -> None:
    with pytest.raises(ValidationError, match=r"a share|Fraction"):
        Holder.model_validate({"party_id": "a", "share": share})


@pytest.mark.parametrize("share", ["1/3", "2/6", Fraction(1, 3)])
def test_r1_a_share_is_exact_and_written_in_lowest_terms(share: object) -> None:
    assert Holder.model_validate({"party_id": "a", "share": share}).model_dump(mode="json")["share"] == "1/3"
