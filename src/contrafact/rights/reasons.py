"""Every reason that a decision gives, by its code: stable names for machines, and by which rule it stands.

``docs/guides/rights.md`` has a line for each; tests hold the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ReasonKind:
    """One code: the rule behind it (R1 to R15, or ``rollout``), and what it means to staff."""

    code: str
    rule: str
    meaning: str


_KINDS: Final = (
    ReasonKind("granted", "R1", "everybody agrees; tells by what, and within which limits"),
    ReasonKind("nothing_asked", "R1", "the request names no operation"),
    ReasonKind("no_recording", "R1", "the facts name no recording"),
    ReasonKind("shares_gap", "R1", "the shares held there and then sum to less than one; somebody is not known"),
    ReasonKind("shares_overlap", "R1", "the shares held there and then sum to more than one; somebody claims too much"),
    ReasonKind("shares_incomplete", "R1", "as the two before, in decisions by rules 1 and 2"),
    ReasonKind("no_grant", "R1", "a holder or performer has granted nothing at all"),
    ReasonKind("no_performer", "R1", "a voice is asked for, and nobody is named whose it is"),
    ReasonKind("operation_not_granted", "R2", "the closest grant does not name the operation"),
    ReasonKind("licence_no_derivatives", "R2", "the public licence allows no changed versions"),
    ReasonKind("not_yet_valid", "R3", "the grant begins later"),
    ReasonKind("expired", "R3", "the grant has ended"),
    ReasonKind("territory", "R3", "the grant does not hold in that country"),
    ReasonKind("tier", "R3", "the grant is not for that subscription tier"),
    ReasonKind("licence_non_commercial", "R3", "the grant is for non-commercial use, and the tier is a paid one"),
    ReasonKind("limit", "R3", "a bound of the operation is broken, or was not measured"),
    ReasonKind("limit_whole", "R3", "a bound on the whole take is broken, or was not measured"),
    ReasonKind("limit_listener_month", "R3", "the listener's takes of this calendar month are used up"),
    ReasonKind("limit_total", "R3", "all takes that the grant allows are used up"),
    ReasonKind("limit_releases_listener", "R3", "the listener has as many takes of the song released as allowed"),
    ReasonKind("limit_releases_artist", "R3", "the listener has as many takes of the artist released as allowed"),
    ReasonKind("limit_releases_total", "R3", "as many takes are released as the grant allows"),
    ReasonKind("count_unknown", "R3", "the grant limits how often, and the facts do not tell how often it was used"),
    ReasonKind("not_beside_artist", "R3", "the owner does not want the song beside that artist"),
    ReasonKind("not_beside_label", "R3", "the owner does not want the song beside recordings of that label"),
    ReasonKind("not_beside_genre", "R3", "the owner does not want the song beside, or as, that genre"),
    ReasonKind("topic_banned", "R3", "the owner does not want the song used for that topic"),
    ReasonKind("price_not_met", "R3", "less is paid than the owners ask for, alone or together"),
    ReasonKind("price_currency", "R3", "the owner asks for another currency than is paid"),
    ReasonKind("owner_approves", "R3", "the owner hears the take first; it waits in the approval queue"),
    ReasonKind("owner_approves_release", "R3", "allowed, and the owner will be asked before it is released"),
    ReasonKind("owner_refused", "R3", "the owner heard this very take and refused it"),
    ReasonKind("wrong_authority", "R3", "the grant was given with an authority that does not count for that party"),
    ReasonKind("mandate_not_in_force", "R3", "an agent granted it without a mandate for that place, time or operation"),
    ReasonKind("withdrawn", "R5", "the grant was withdrawn"),
    ReasonKind("recording_withdrawn", "R5", "the recording was withdrawn"),
    ReasonKind("share_alike_conflict", "R6", "two licences each demand that the take carry them alone"),
    ReasonKind("derive_again_not_asked", "R6", "a remix of a remix was asked for without asking for derive_again"),
    ReasonKind("parent_unknown", "R6", "nothing is known of a remix that it is made from"),
    ReasonKind("parent_private", "R6", "a remix that it is made from is somebody else's and not released"),
    ReasonKind("parent_frozen", "R6", "a remix that it is made from is in dispute"),
    ReasonKind("parent_taken_down", "R6", "a remix that it is made from was taken down"),
    ReasonKind("minor_needs_guardian", "R7", "the performer is a minor, and no guardian gave the grant"),
    ReasonKind("guardian_unknown", "R7", "the performer is a minor whose guardians are not known"),
    ReasonKind("birthday_unknown", "R7", "a guardian is named, but no birthday: nobody knows until when"),
    ReasonKind("guardian_ended", "R7", "the performer is of age now; a guardian's grant has ended"),
    ReasonKind("estate_needed", "R7", "the performer has died, and the estate did not give the grant"),
    ReasonKind("estate_unknown", "R7", "the performer has died, and nobody is known to speak for the estate"),
    ReasonKind("person_unclear", "R7", "the performer is listed twice; merge the two entries"),
    ReasonKind("recording_frozen", "R8", "the recording is in dispute"),
    ReasonKind("topic_always_refused", "R14", "what is refused whoever the owner is"),
    ReasonKind("switched_off", "rollout", "the operator has switched the operation off"),
    ReasonKind("not_switched_on", "rollout", "the operator has not switched it on there, then or for this listener"),
)
REASONS: Final[Mapping[str, ReasonKind]] = {kind.code: kind for kind in _KINDS}
