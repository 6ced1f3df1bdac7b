"""Choosing the grants that a permit rests on: of a party's several grants any one will do.

The choice looks for one in which at most one share-alike licence binds, nobody has to be asked first, and what is paid
covers all songs together. It tries every licence and every reasonable price, rather than taking the first grant that
fits, so that more grants never mean less permission.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from contrafact.rights.conditions import Spoken
from contrafact.rights.ownership import Side, Subject
from contrafact.rights.values import Price, Use

_Pair = tuple[int, int]
"""What is asked for a take and for a play, in micro-units."""
_Sums = dict[_Pair, dict[str, _Pair]]
"""Reached sums over songs, with what each song may ask for."""
Asks = Literal[0, 1, 2]
"""0: nobody is asked; 1: the owner will be asked for the release; 2: the owner has to be asked now."""
Conflict = Literal["share_alike_conflict", "price_not_met"]
NOW: Final[Asks] = 2


class Consent:
    """One party's agreement to one use, by any of its fitting grants."""

    __slots__ = ("options", "party_id", "side", "subject", "use")

    def __init__(
        self, use: Use, subject: Subject, side: Side, party_id: str, options: list[tuple[Asks, Spoken]]
    ) -> None:
        self.use, self.subject, self.side, self.party_id, self.options = use, subject, side, party_id, options


class Chosen(NamedTuple):
    """For each consent the grant that was chosen, or why there is none."""

    grants: Sequence[tuple[Asks, Spoken]]
    conflict: Conflict | None = None


def choose(consents: Sequence[Consent], songs: int, pays: Price | None) -> Chosen:
    """One grant for each consent.

    Parameters
    ----------
    consents : sequence of Consent
        Each with at least one option, whose price alone is met by what is paid.
    songs : int
        How many recordings are asked about: what they ask for together has to be met only where there are several.
    pays : Price or None
    """
    plain = [consent.options[0] for consent in consents]
    for consent, (asks, spoken) in zip(consents, plain, strict=True):
        if len(consent.options) > 1 or asks == NOW or spoken.alike is not None or (songs > 1 and spoken.price):
            break
    else:
        return Chosen(plain)
    alike = {spoken.alike for consent in consents for _, spoken in consent.options if spoken.alike is not None}
    targets: list[str | None] = [None, *sorted(alike)]
    possible = False
    for most_asks in (1, NOW):
        for target in targets:
            fitting = [
                [
                    (asks, spoken)
                    for asks, spoken in consent.options
                    if asks <= most_asks and (spoken.alike is None or spoken.alike == target)
                ]
                for consent in consents
            ]
            if not all(fitting):
                continue
            possible = True
            if (priced := _within_price(consents, fitting, pays) if songs > 1 else fitting) is not None:
                return Chosen([min(options, key=_preference) for options in priced])
    return Chosen((), "price_not_met" if possible else "share_alike_conflict")


def licences_of(consents: Sequence[Consent]) -> list[str]:
    """The share-alike licences of all options."""
    return sorted({spoken.alike for consent in consents for _, spoken in consent.options if spoken.alike is not None})


def price_of(consents: Sequence[Consent], grants: Sequence[tuple[Asks, Spoken]]) -> tuple[Price, ...]:
    """What must be paid at least: the sum over all songs of the greatest that any of its grants asks for."""
    songs: dict[str, tuple[int, int]] = {}
    currency = None
    for consent, (_, spoken) in zip(consents, grants, strict=True):
        if spoken.price is not None:
            currency = spoken.price.currency
            generation, play = songs.get(consent.subject.recording_id, (0, 0))
            greatest = max(generation, spoken.generation_micros), max(play, spoken.play_micros)
            songs[consent.subject.recording_id] = greatest
    if currency is None:
        return ()
    generation_micros = sum(generation for generation, _ in songs.values())
    play_micros = sum(play for _, play in songs.values())
    return (Price(currency=currency, generation_micros=generation_micros, play_micros=play_micros),)


def _preference(option: tuple[Asks, Spoken]) -> tuple[bool, bool, int, int, Asks, str]:
    asks, spoken = option
    price = (spoken.generation_micros, spoken.play_micros) if spoken.price else (0, 0)
    return asks == NOW, spoken.alike is not None, *price, asks, spoken.id


def _within_price(
    consents: Sequence[Consent], fitting: list[list[tuple[Asks, Spoken]]], pays: Price | None
) -> list[list[tuple[Asks, Spoken]]] | None:
    """The options that remain when every song asks for so little that the sum is met; None where it cannot be.

    What a song may ask for is two numbers, a take's and a play's. For each song the pairs of which neither can be
    lowered without raising the other are few; the sums of pairs are searched for the least that is met.
    """
    if not any(spoken.price for options in fitting for _, spoken in options):
        return fitting
    if pays is None:
        return None
    songs: dict[str, list[int]] = {}
    for number, consent in enumerate(consents):
        songs.setdefault(consent.subject.recording_id, []).append(number)
    sums: _Sums = {(0, 0): {}}
    for song, numbers in songs.items():
        frontier = _frontier([fitting[number] for number in numbers])
        reached: _Sums = {}
        for (generation, play), limits in sorted(sums.items()):
            for pair in frontier:
                total = generation + pair[0], play + pair[1]
                if total[0] <= pays.generation_micros and total[1] <= pays.play_micros:
                    reached.setdefault(total, {**limits, song: pair})
        sums = _lowest(reached)
    if not sums:
        return None
    limits = sums[min(sums)]
    return [
        [option for option in options if _within(option[1], limits[consent.subject.recording_id])]
        for consent, options in zip(consents, fitting, strict=True)
    ]


def _within(spoken: Spoken, limits: tuple[int, int]) -> bool:
    return spoken.generation_micros <= limits[0] and spoken.play_micros <= limits[1]


def _frontier(consents: list[list[tuple[Asks, Spoken]]]) -> list[tuple[int, int]]:
    """The lowest pairs within which every consent of a song has an option, by rising price of a take."""
    found: list[tuple[int, int]] = []
    for generation in sorted({spoken.generation_micros for options in consents for _, spoken in options}):
        plays = [
            [spoken.play_micros for _, spoken in options if spoken.generation_micros <= generation]
            for options in consents
        ]
        if all(plays):
            play = max(min(of_one) for of_one in plays)
            if not found or play < found[-1][1]:
                found.append((generation, play))
    return found


def _lowest(sums: _Sums) -> _Sums:
    """Without the sums that cost no less of either than another."""
    kept: _Sums = {}
    least_play: int | None = None
    for total in sorted(sums):
        if least_play is None or total[1] < least_play:
            kept[total] = sums[total]
            least_play = total[1]
    return kept
