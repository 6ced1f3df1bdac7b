"""Covers are drawn from the song, always alike, and hold nothing that could run."""

import math
import xml.etree.ElementTree as ET

from contrafact.catalogue.cover import cover_svg
from contrafact.engine.audio.value import Audio
from contrafact.engine.listening.chart import Chart, Key
from tests.support.library import chart_of, sound


def _chart(**changes: object) -> Chart:
    return chart_of(Audio(sound(8.0))).model_copy(update=changes)


def test_the_same_chart_gives_the_same_drawing_and_another_key_another_one() -> None:
    drawn = cover_svg(_chart(), "T", "A")
    assert drawn == cover_svg(_chart(), "T", "A")
    assert drawn != cover_svg(_chart(key=Key(tonic="F#", mode="major", confidence=1.0)), "T", "A")


def test_a_bar_has_a_ray_that_is_longer_where_the_song_is_louder() -> None:
    root = ET.fromstring(cover_svg(_chart(), "T", "A"))
    rays = [item for item in root if item.tag.endswith("line")]
    lengths = [
        math.dist(*((float(ray.attrib[f"x{end}"]), float(ray.attrib[f"y{end}"])) for end in "12")) for ray in rays
    ]
    assert len(rays) == 4
    assert min(lengths[2:]) > max(lengths[:2])


def test_hostile_titles_stay_text() -> None:
    title = '"><script>alert(1)</script>&'
    drawn = cover_svg(_chart(), title, "A")
    root = ET.fromstring(drawn)
    assert root.attrib["aria-label"] == f"{title} by A"
    assert "<script" not in drawn


def test_a_song_without_bars_is_a_plain_disc() -> None:
    root = ET.fromstring(cover_svg(_chart(bars=(), sections=()), "T", "A"))
    assert not [item for item in root if item.tag.endswith("line")]
