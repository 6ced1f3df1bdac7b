"""How well one song's voice goes over another song's bars: by key, by tempo, by the chords that would meet.

Used to choose transposition and feel of a mash-up, and to tell a listener what to expect.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.arranging.chords import parse_chord, tonic_class
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart

_FEELS = (1.0, 0.5, 2.0)
_MOST_SEMITONES = 6
_STRETCH_COST = 1.6
"""Per octave of tempo."""
_SHIFT_COST = 0.05
"""Per semitone: a voice moved far no longer sounds like its singer."""
_KEY_COST = 0.8
_HARMONY_COST = 1.2
_FEEL_COST = 0.08
_KEYS = {0: 0.0, 7: 0.45, 5: 0.45, 2: 0.7, 10: 0.7, 9: 0.8, 3: 0.8}
"""Cost of two keys of one mode by the distance of their tonics; all others are 1."""

Profile = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Match:
    """One way of putting the guest's voice over the bed.

    Parameters
    ----------
    semitones : int
        Transposition of the guest.
    feel : float
        Beats of the bed for one beat of the guest: 1, 0.5 or 2.
    speed : float
        Playing speed of the guest, 1 as recorded.
    score : float
        0 (they fight) to 1 (made for each other).
    """

    semitones: int
    feel: float
    speed: float
    score: float


def matches(bed: Chart, guest: Chart, bed_speed: float = 1.0) -> tuple[Match, ...]:
    """All reasonable ways, best first; deterministic.

    Parameters
    ----------
    bed, guest : Chart
    bed_speed : float
        Playing speed of the bed in the take.
    """
    found = sorted(_all(bed, guest, bed_speed), key=lambda item: (item[0], abs(item[1].semitones), item[1].semitones))
    return tuple(match for _, match in found)


def best_match(bed: Chart, guest: Chart, bed_speed: float = 1.0, semitones: int | None = None) -> Match:
    """The best way; with ``semitones`` given, the best of those that transpose the guest by so much.

    A given transposition outside of the search's own range is taken at its word.

    Raises
    ------
    BadInput
        The tempi are so far apart that the voice would have to be slowed or hurried beyond recognition, even when it is
        felt at half or twice its tempo.
    """
    ways = matches(bed, guest, bed_speed)
    if not ways:
        raise BadInput(
            f"the tempi are too far apart for a mash-up: bars at {bed.tempo.bpm * bed_speed:.0f} BPM, a voice at "
            f"{guest.tempo.bpm:.0f} BPM; choose another song or tempo"
        )
    if semitones is None:
        return ways[0]
    chosen = next((match for match in ways if match.semitones == semitones), None)
    return chosen or Match(semitones, ways[0].feel, ways[0].speed, 0.0)


def _all(bed: Chart, guest: Chart, bed_speed: float) -> Iterator[tuple[float, Match]]:
    under, over = profile(bed), profile(guest)
    for cost, way in _by_tempo_and_key(_pulse_of(bed), _pulse_of(guest), bed_speed):
        whole = cost + _HARMONY_COST * (1.0 - float(under @ np.roll(over, way.semitones)))
        yield round(whole, 9), replace(way, score=round(math.exp(-whole), 6))


@dataclass(frozen=True, slots=True)
class Pulse:
    """Tempo and key of a song: all that a library's list knows of it.

    Parameters
    ----------
    bpm : float
    tonic : str
        Such as ``F#``.
    minor : bool
    """

    bpm: float
    tonic: str
    minor: bool


def best_imaginable(bed: Pulse, guest: Pulse, bed_speed: float = 1.0) -> float:
    """A score that no way of putting the guest over the bed exceeds, whatever their chords are; 0 where there is none.

    For searching a library: a song whose best imaginable score is below what was found need not have its chart read.
    """
    return max((way.score for _, way in _by_tempo_and_key(bed, guest, bed_speed)), default=0.0)


def _pulse_of(chart: Chart) -> Pulse:
    return Pulse(chart.tempo.bpm, chart.key.tonic, chart.key.mode == "minor")


def _by_tempo_and_key(bed: Pulse, guest: Pulse, bed_speed: float) -> Iterator[tuple[float, Match]]:
    """All reasonable ways with what tempo, transposition and key cost, as if all chords agreed."""
    for feel in _FEELS:
        speed = bed.bpm * bed_speed / guest.bpm / feel
        if not 0.5 <= speed <= 2.0:
            continue
        tempo_cost = _STRETCH_COST * abs(math.log2(speed)) + (_FEEL_COST if feel != 1.0 else 0.0)
        for semitones in range(-_MOST_SEMITONES, _MOST_SEMITONES + 1):
            cost = tempo_cost + _SHIFT_COST * abs(semitones) + _KEY_COST * _key_distance(bed, guest, semitones)
            yield cost, Match(semitones, feel, round(speed, 9), round(math.exp(-cost), 6))


def key_distance(bed: Chart, guest: Chart, semitones: int) -> float:
    """0 for the same or the relative key, 1 for keys with little in common, once the guest is transposed."""
    return _key_distance(_pulse_of(bed), _pulse_of(guest), semitones)


def _key_distance(bed: Pulse, guest: Pulse, semitones: int) -> float:
    return _KEYS.get((_as_major(guest) + semitones - _as_major(bed)) % 12, 1.0)


def _as_major(song: Pulse) -> int:
    """The tonic of the major key that has the same notes."""
    return (tonic_class(song.tonic) + (3 if song.minor else 0)) % 12


def profile(chart: Chart) -> Profile:
    """How long each pitch class sounds in the song's chords, float64 (12,), of unit length (even when there are none).

    Chords count by their confidence.
    """
    heard = np.full(12, 1e-6)
    for chord in chart.chords:
        tones = parse_chord(chord.label)
        if tones is not None:
            heard[list(tones.pitch_classes)] += (chord.end_s - chord.start_s) * chord.confidence
    return np.asarray(heard / np.linalg.norm(heard))


def sentence(match: Match) -> str:
    """What the match means for a listener, such as ``the voice sounds 2 semitones higher and 4 % slower``."""
    ways = []
    if match.semitones:
        count = abs(match.semitones)
        ways.append(f"{count} semitone{'s' if count > 1 else ''} {'higher' if match.semitones > 0 else 'lower'}")
    percent = round(100 * abs(match.speed - 1.0))
    if percent:
        ways.append(f"{percent} % {'faster' if match.speed > 1.0 else 'slower'}")
    time = {1.0: "", 0.5: ", felt at half its tempo", 2.0: ", felt at twice its tempo"}[match.feel]
    return f"the voice sounds {' and '.join(ways) or 'as it was recorded'}{time}"
