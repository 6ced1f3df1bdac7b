"""A radio edit: the voice comes early, and what follows the last phrase does not outstay it."""

import numpy as np

from contrafact.engine.arranging.gates import Gates

RADIO_S = 210.0
"""Three and a half minutes: what stations and playlists take."""
_EARLY_S = 14.0
_LEAST_LEAD_S = 3.0
_LONG_OUTRO_S = 24.0


def tightened(gates: Gates, row: list[int]) -> list[int]:
    """The row with a shorter way to the first phrase (the first full section where nobody sings) and from the last.

    The ending stays the song's own: of a long outro the middle goes, not the end.
    """
    begun = row[_beginning(gates, row) :]
    return _shorter_end(gates, begun)


def _sung(gates: Gates, row: list[int]) -> list[int]:
    """Places in which a voice is heard."""
    song = gates.song
    return [place for place, bar in enumerate(row) if song.voiced and song.sung[bar] > 0.2]


def _arrival(gates: Gates, row: list[int]) -> int | None:
    """Place of the first bar that people wait for."""
    song = gates.song
    sung = _sung(gates, row)
    if sung:
        return sung[0]
    for place, bar in enumerate(row):
        section = song.sections[song.bars[bar].section]
        if section.label != "intro" and section.energy >= 0.5:
            return place
    return None


def _beginning(gates: Gates, row: list[int]) -> int:
    """The place to begin at: a phrase's start some seconds before the arrival, the song's own where it is early."""
    song = gates.song
    arrival = _arrival(gates, row)
    if arrival is None:
        return 0
    until = np.concatenate([[0.0], np.cumsum(song.lengths_s[row])])
    wait_s = until[arrival] - until[: arrival + 1]
    if float(wait_s[0]) <= _EARLY_S:
        return 0
    places = [place for place in range(1, arrival + 1) if _LEAST_LEAD_S <= wait_s[place] <= _EARLY_S]

    def cost(place: int) -> float:
        bar = row[place]
        group = 0.0 if song.place[bar] == 0 else (1.0, 3.0, 2.0, 3.0)[int(song.place[bar]) % 4]
        # Counted back from the arrival, phrases are even too.
        even = 0.0 if (arrival - place) % 4 == 0 else 0.7 if (arrival - place) % 2 == 0 else 2.0
        return group + even + 0.05 * abs(float(wait_s[place]) - 8.0)

    return min(places, key=lambda place: (cost(place), place)) if places else arrival


def _shorter_end(gates: Gates, row: list[int]) -> list[int]:
    song = gates.song
    sung = _sung(gates, row)
    if not sung:
        return row
    last = sung[-1]
    lengths = song.lengths_s[row]
    after_s = float(lengths[last + 1 :].sum()) + song.tail_s
    if after_s <= _LONG_OUTRO_S:
        return row
    best: tuple[float, int, int] | None = None
    outs = np.arange(last, len(row) - 1)
    bars = np.asarray(row)
    costs = gates.costs(bars[outs], bars[outs + 1])
    for out in range(len(outs)):
        for into in range(out + 1, len(outs)):
            left_s = after_s - float(lengths[outs[out] + 1 : outs[into] + 1].sum())
            if left_s > _LONG_OUTRO_S or left_s < 5.0:
                continue
            rated = (float(costs[out, into]) + 0.1 * abs(left_s - 12.0), int(outs[out]), int(outs[into]) + 1)
            if best is None or rated < best:
                best = rated
    if best is None:
        return row
    return row[: best[1] + 1] + row[best[2] :]
