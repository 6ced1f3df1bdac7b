"""What makes each style that style: facts a musician would check first, read from the pack and from its takes."""

from itertools import pairwise

import pytest

from contrafact.engine.arranging import StylePack, load_styles
from contrafact.engine.arranging.notation import parse
from contrafact.engine.arranging.pack import Groove, Pattern
from contrafact.engine.arranging.timeline import Part
from tests.support.onsets import Arranged, onsets

PACKS = load_styles()


def steps(groove: Groove, line: str) -> list[float]:
    """Where a line of a groove strikes, in beats of its bar; ghosts are left out."""
    written = groove.lines.get(line)
    if written is None:
        return []
    return [step.position % groove.beats for step in parse(written, groove.beats, groove.bars) if step.sign != "g"]


def fours(pack: StylePack, *levels: str) -> list[Groove]:
    return [g for g in pack.grooves if (g.beats, g.division) == (4, 2) and set(levels) & set(g.levels)]


def patterns(pack: StylePack, part: str, *levels: str) -> list[Pattern]:
    (found,) = (item for item in pack.parts if item.name == part)
    return [p for p in found.patterns if (p.beats, p.division) == (4, 2) and set(levels) & set(p.levels)]


def part_of(parts: tuple[Part, ...], name: str) -> Part:
    return next(part for part in parts if part.name == name)


@pytest.mark.parametrize("slug", ["house", "techno", "disco"])
def test_dance_music_has_a_kick_on_every_beat(slug: str) -> None:
    for groove in fours(PACKS[slug], "mid", "high"):
        assert {0.0, 1.0, 2.0, 3.0} <= set(steps(groove, "kick")), groove.name
    hats = [steps(groove, "open-hat") for groove in fours(PACKS[slug], "high")]
    assert any({0.5, 1.5, 2.5, 3.5} <= set(row) for row in hats)


def test_two_step_leaves_beats_of_the_kick_out() -> None:
    skipping = [g for g in fours(PACKS["uk-garage"], "mid", "high") if not {1.0, 2.0, 3.0} & set(steps(g, "kick"))]
    assert len(skipping) >= 2
    assert PACKS["uk-garage"].feel.swing > 0.56


def test_trap_claps_on_three_and_rolls_its_hats() -> None:
    for groove in fours(PACKS["trap"], "mid", "high"):
        assert set(steps(groove, "clap")) == {2.0}
    rolls = [g for g in fours(PACKS["trap"], "mid", "high") if _closest(g, "closed-hat") <= 1 / 8]
    assert len(rolls) >= 2


def _closest(groove: Groove, line: str) -> float:
    places = [step.position for step in parse(groove.lines[line], groove.beats, groove.bars)]
    return min(b - a for a, b in pairwise(places))


def test_one_drop_rests_on_the_one_and_drops_on_two_and_four() -> None:
    reggae = PACKS["reggae"]
    for groove in fours(reggae, "mid"):
        assert set(steps(groove, "kick")) & {0.0, 1.0, 2.0, 3.0} == {1.0, 3.0}, groove.name
    steppers = next(groove for groove in reggae.grooves if groove.name == "steppers")
    assert {n / 2 for n in range(8)} <= set(steps(steppers, "kick"))
    for pattern in patterns(reggae, "skank", "low", "mid", "high"):
        struck = [step.position % 1 for step in parse(pattern.steps, 4, pattern.bars)]
        assert struck
        assert 0.0 not in struck
    resting = [p for p in patterns(reggae, "bass", "low", "mid") if parse(p.steps, 4, p.bars)[0].position > 0.0]
    assert len(resting) >= 2


def test_dembow_limps_in_threes() -> None:
    for groove in fours(PACKS["reggaeton"], "mid", "high"):
        assert {0.75, 1.5, 2.75, 3.5} <= set(steps(groove, "snare")), groove.name
        assert {0.0, 1.0, 2.0, 3.0} <= set(steps(groove, "kick"))


def test_afrobeats_tells_three_three_two() -> None:
    told = [
        g for g in fours(PACKS["afrobeats"], "mid", "high") for line in g.lines if {0.75, 1.5} <= set(steps(g, line))
    ]
    assert len(told) >= 4


def test_the_open_surdo_falls_on_two_and_four() -> None:
    for groove in fours(PACKS["samba"], "mid", "high"):
        assert {1.0, 3.0} <= set(steps(groove, "surdo"))
        assert not {0.0, 2.0} & set(steps(groove, "surdo"))
    teleco = [0.0, 0.5, 1.0, 1.25, 1.75, 2.25, 2.75, 3.25, 3.5]
    assert any(steps(g, "high-timbale")[:9] == teleco for g in fours(PACKS["samba"], "mid"))


def test_jazz_walks_and_rides(arranged: Arranged) -> None:
    jazz = PACKS["jazz-swing"]
    timeline = arranged("jazz-swing", 7)
    bass = part_of(timeline.parts, "bass")
    for section in ("verse", "chorus"):
        walked = [(at, pitch) for at, pitch in onsets(bass, timeline, section) if at % 4 == 0]
        assert len(walked) >= 0.9 * 4 * 8
        leaps = [abs(b - a) for (_, a), (_, b) in pairwise(walked)]
        assert sum(leap <= 5 for leap in leaps) > 0.75 * len(leaps)
    assert jazz.feel.swing > 0.6
    for groove in fours(jazz, "mid", "high"):
        assert {0.0, 1.0, 2.0, 3.0} <= set(steps(groove, "ride"))
        assert {1.0, 3.0} <= set(steps(groove, "pedal-hat"))


@pytest.mark.parametrize(("slug", "names"), [("metal", ("wall-left", "wall-right")), ("punk", ("guitar",))])
def test_loud_guitars_play_fifths(slug: str, names: tuple[str, ...], arranged: Arranged) -> None:
    for name in names:
        notes = part_of(arranged(slug, 7).parts, name).notes
        chords: dict[int, set[int]] = {}
        for note in notes:
            chords.setdefault(round(note.start_s * 20), set()).add(note.pitch)
        full = [sorted(chord) for chord in chords.values() if len(chord) > 1]
        assert full
        assert all({(pitch - chord[0]) % 12 for pitch in chord} <= {0, 5, 7} for chord in full)


def test_metal_gallops_and_runs_on_two_kicks() -> None:
    kicks = {groove.name: steps(groove, "kick") for groove in fours(PACKS["metal"], "mid", "high")}
    assert {0.0, 0.5, 0.75} <= set(kicks["gallop"])
    assert len(set(kicks["double-kick"])) == 16


def test_country_alternates_root_and_fifth(arranged: Arranged) -> None:
    for pattern in patterns(PACKS["country"], "bass", "low", "mid"):
        signs = [step.sign for step in parse(pattern.steps, 4, pattern.bars)]
        assert signs[:2] == ["R", "5"]
    trains = [g.lines["snare"] for g in fours(PACKS["country"], "mid", "high") if "snare" in g.lines]
    assert any(len(parse(line, 4, 2)) == 32 for line in trains)


def test_a_chip_has_square_and_saw_waves_and_few_bits() -> None:
    for part in PACKS["chiptune"].parts:
        assert part.program in (80, 81)
        assert "bitcrush" in [effect.name for effect in part.channel.effects]


def test_an_orchestra_has_no_drum_kit_and_ambient_hardly_any_drums(arranged: Arranged) -> None:
    lines = {line for groove in PACKS["orchestral"].grooves for line in groove.lines}
    assert not lines & {"closed-hat", "open-hat", "pedal-hat", "ride", "clap"}
    assert {"timpani", "harp", "horns"} <= {part.name for part in PACKS["orchestral"].parts}
    timeline = arranged("ambient", 7)
    strokes = sum(len(part.notes) for part in timeline.parts if part.role in ("drums", "percussion"))
    assert strokes < 8 * len(timeline.bars)


def test_hip_hop_swings_and_drags() -> None:
    for slug in ("boom-bap", "lo-fi-hip-hop"):
        assert PACKS[slug].feel.swing_unit == "sixteenth"
        assert 0.54 < PACKS[slug].feel.swing < 0.63
        assert PACKS[slug].humanise.snare_lag_ms > 0.0


def test_a_disco_bass_jumps_octaves(arranged: Arranged) -> None:
    timeline = arranged("disco", 7)
    pitches = [pitch for _, pitch in onsets(part_of(timeline.parts, "bass"), timeline, "chorus")]
    assert sum(abs(b - a) == 12 for a, b in pairwise(pitches)) > 0.2 * len(pitches)
