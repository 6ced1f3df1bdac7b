"""The two splits: what they cover, and that they share nothing."""

from itertools import pairwise

import pytest

from benchmarks.truth import SongSettings, Split, settings_of
from benchmarks.truth.progressions import PROGRESSIONS
from benchmarks.truth.settings import BEATS
from benchmarks.truth.shelf import fingerprint
from benchmarks.truth.styles import STYLES, Pattern
from benchmarks.truth.timing import page_of

SPLITS: tuple[Split, ...] = ("tuning", "reported")


def _patterns(split: Split) -> set[Pattern]:
    found: set[Pattern] = set()
    for style in STYLES.values():
        if style.split == split:
            for pair in (*style.patterns.values(), *([style.half_time] if style.half_time else [])):
                found.update(pair)
    return found


def _turned(progression: str) -> set[str]:
    """Every rotation: a loop is the same loop from wherever it starts."""
    bars = progression.split("|")
    return {"|".join(bars[first:] + bars[:first]) for first in range(len(bars))}


def test_the_splits_share_no_seed_program_progression_or_drum_pattern() -> None:
    tuning, reported = (settings_of(split) for split in SPLITS)
    assert not {song.seed for song in tuning} & {song.seed for song in reported}
    for role in range(4):
        assert not {song.band[role] for song in tuning} & {song.band[role] for song in reported}
    assert not {song.band[4] for song in tuning} & {song.band[4] for song in reported}
    assert {song.font for song in reported} - {song.font for song in tuning} == {"timgm-soundfont"}
    assert not _patterns("tuning") & _patterns("reported")
    loops = {
        split: {(mode, turn) for (of, mode, _), rows in PROGRESSIONS.items() if of == split for turn in rows}
        for split in SPLITS
    }
    assert not {(mode, turn) for mode, row in loops["reported"] for turn in _turned(row)} & loops["tuning"]


@pytest.mark.parametrize("split", SPLITS)
def test_every_song_can_be_laid_out_and_lasts_about_a_minute(split: Split) -> None:
    songs = settings_of(split)
    assert len(songs) >= (48 if split == "reported" else 32)
    assert len({song.seed for song in songs}) == len({fingerprint(song) for song in songs}) == len(songs)
    for song in songs:
        page = page_of(song)
        assert 50 < page.beats_s[-1] < 85, song.name
        style = STYLES[song.style]
        assert style.split == split
        names = {song.metre} | ({song.metre_change} if song.metre_change else set())
        assert names <= set(style.patterns), song.name
        assert style.half_time or not song.half_time


@pytest.mark.parametrize("style", STYLES)
def test_patterns_fill_their_bars(style: str) -> None:
    for name, pair in STYLES[style].patterns.items():
        beats, division = BEATS[name]
        for pattern in pair:
            for row in (pattern.kick, pattern.snare, pattern.hat, pattern.ride, pattern.open_hat):
                assert len(row) in (0, beats * (4 if division == 2 else 6))


def test_compound_time_is_not_written_as_three_even_beats() -> None:
    """Strokes at every third of a bar of 6/8, and none between, would make it 3/4."""
    for style in STYLES.values():
        for pattern in style.patterns.get("6/8", ()):
            row = pattern.hat or pattern.ride
            struck = [step for step, mark in enumerate(row) if mark != "."]
            assert {second - first for first, second in pairwise(struck)} != {4}


def _has(split: Split, trait: str) -> list[SongSettings]:
    return [song for song in settings_of(split) if any(trait in item for item in song.traits)]


@pytest.mark.parametrize("split", SPLITS)
def test_a_split_covers_what_has_to_be_heard(split: Split) -> None:
    songs = settings_of(split)
    assert min(song.bpm for song in songs) <= 56
    assert max(song.bpm for song in songs) >= 189
    for trait in (
        *("3/4", "4/4", "5/4", "6/8", "swing", "half-time", "drift", "rubato intro", "tempo change", "modulation"),
        *("metre change", "sparse intro", "sevenths", "slash", "borrowed", "drums only", "voice only", "no drums"),
        *("no voice", "detuned", "mp3", "loud", "quiet"),
    ):
        assert _has(split, trait), trait
    assert {song.key.split()[1] for song in songs} == {"major", "minor"}
    assert len({song.voice for song in songs}) >= 6
