import io
import itertools
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text
from numpy.typing import NDArray

from contrafact.engine.audio.value import Audio
from contrafact.engine.listening.chart import (
    Chart,
    Chord,
    Drums,
    Hit,
    Key,
    KeySpan,
    Loudness,
    Melody,
    Metre,
    Note,
    Tempo,
)
from contrafact.engine.listening.groove import find_groove
from contrafact.engine.picturing import draw_chart
from contrafact.engine.picturing.sheet import _sheet
from tests.support.charts import LONG, song_chart

SHORT = (("intro", "A", 4, 0.3), ("verse", "B", 8, 0.7))
EVEN = np.full(400, 0.5)


def empty_chart(duration_s: float) -> Chart:
    return Chart(
        duration_s=duration_s,
        content="silence",
        content_confidence=0.0,
        tempo=Tempo(bpm=120.0, confidence=0.0, steady=False),
        tempo_curve=(),
        metre=Metre(beats_per_bar=4, confidence=0.0),
        beats=(),
        bars=(),
        key=Key(tonic="C", mode="major", confidence=0.0),
        chords=(),
        sections=(),
        vocal_regions=(),
        loudness=Loudness(integrated_lufs=-70.0, true_peak_dbtp=-120.0),
    )


def full_chart(form: tuple[tuple[str, str, int, float], ...] = SHORT, per_bar: int = 2) -> Chart:
    """With melody, drums, two keys and so many chords a bar."""
    chart = song_chart(form=form, drift=0.02)
    qualities = ("maj", "min7", "maj7", "hdim7", "7", "sus4", "min")
    chords, hits, notes = [], [], []
    for bar in chart.bars:
        edges = np.linspace(bar.start_s, bar.end_s, per_bar + 1)
        for at, (start, end) in enumerate(itertools.pairwise(edges.tolist())):
            number = bar.index * per_bar + at
            label = f"{('C', 'D#', 'F', 'G#')[number % 4]}:{qualities[number % 7]}"
            chords.append(Chord(start_s=start, end_s=end, label=label, confidence=number % 5 / 4, bass="G"))
        for at, beat in enumerate(bar.beats_s):
            hits.append(Hit(time_s=beat, drum="snare" if at % 2 else "kick", strength=0.8, confidence=0.9))
            hits += [Hit(time_s=beat + late, drum="hihat", strength=0.5, confidence=0.7) for late in (0.0, 0.27)]
    for region in chart.vocal_regions:
        for at, start in enumerate(np.arange(region.start_s, region.end_s - 0.4, 0.5).tolist()):
            notes.append(Note(start_s=start, end_s=start + 0.4, pitch_midi=60.3 + at % 9, confidence=0.6))
    middle = chart.duration_s / 2
    return chart.model_copy(
        update={
            "chords": tuple(chords),
            "drums": Drums(hits=tuple(hits), groove=find_groove(hits, chart.bars)),
            "melody": Melody(notes=tuple(notes), vocal_register=None, breaths=()),
            "keys": (
                KeySpan(tonic="A#", mode="major", confidence=0.9, start_s=0.0, end_s=middle),
                KeySpan(tonic="C", mode="major", confidence=0.2, start_s=middle, end_s=chart.duration_s),
            ),
        }
    )


def read(png: bytes) -> NDArray[np.float32]:
    return np.asarray(imread(io.BytesIO(png), format="png"), np.float32)


def texts(figure: Figure, group: str) -> list[Text]:
    return [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_gid() == group]


def overlaps(figure: Figure, group: str) -> Iterator[tuple[str, str]]:
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    boxes = sorted(((text.get_window_extent(renderer), text.get_text()) for text in texts(figure, group)),
                   key=lambda box: float(box[0].x0))  # fmt: skip
    for (left, one), (right, other) in itertools.pairwise(boxes):
        if right.x0 < left.x1 - 1.0 and right.y0 < left.y1 and left.y0 < right.y1:
            yield one, other


@pytest.mark.parametrize(
    "chart",
    [
        empty_chart(0.0),
        empty_chart(3.0),
        song_chart(form=(("verse", "A", 1, 0.5),), sing=False),
        full_chart(),
        full_chart(LONG * 5),
        song_chart(form=LONG * 27),
    ],
    ids=["nothing", "silence", "one bar", "half a minute", "eleven minutes", "an hour"],
)
def test_every_chart_becomes_a_picture(chart: Chart) -> None:
    picture = read(draw_chart(chart, EVEN, "A song"))
    height, width, channels = picture.shape
    assert 1600 <= width <= 2800
    assert 400 <= height <= 900
    assert channels == 4
    paper = picture[2, 2, :3]
    assert 0.01 < float((np.abs(picture[:, :, :3] - paper).max(axis=2) > 0.1).mean()) < 0.9


@pytest.mark.parametrize(("form", "per_bar"), [(SHORT, 1), (SHORT, 8), (LONG, 2), (LONG * 5, 4)])
def test_names_never_lie_on_each_other(form: tuple[tuple[str, str, int, float], ...], per_bar: int) -> None:
    figure = _sheet(full_chart(form, per_bar), EVEN, "A song")
    for group in ("chord", "bar", "section", "key", "clock"):
        assert list(overlaps(figure, group)) == []
    assert texts(figure, "section")
    assert texts(figure, "key")


def test_chords_are_all_named_where_there_is_room_and_thinned_where_not() -> None:
    roomy, crowded = full_chart(SHORT, 2), full_chart(LONG * 5, 2)
    assert len(texts(_sheet(roomy, EVEN, ""), "chord")) == len(roomy.chords)
    named = texts(_sheet(crowded, EVEN, ""), "chord")
    assert 40 < len(named) < len(crowded.chords)
    assert {float(text.get_rotation()) for text in named} == {90.0}


def test_the_same_chart_gives_the_same_bytes_that_name_no_program_and_no_time() -> None:
    chart = full_chart()
    png = draw_chart(chart, EVEN, "A song")
    assert png == draw_chart(chart, EVEN, "A song")
    assert chunks(png) == ["IHDR", "pHYs", "IDAT", "IEND"]


def chunks(png: bytes) -> list[str]:
    """Names of a PNG's chunks, each once, after checking every checksum."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    names, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length]) == (zlib.crc32(name + body),)
        names.append(name.decode())
        at += 12 + length
    return list(dict.fromkeys(names))


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("$x^2$ \\alpha", "$x^2$ \\alpha"),
        ("two\nlines\tand\x07a bell", "two lines anda bell"),
        ("東京", "□□"),
        ("Cafe\N{COMBINING ACUTE ACCENT}", "Café"),
        ("", "untitled"),
    ],
)
def test_a_title_is_written_as_it_is(title: str, written: str) -> None:
    figure = _sheet(empty_chart(10.0), EVEN, title)
    assert [text.get_text() for text in texts(figure, "title")] == [written]
    draw_chart(empty_chart(10.0), EVEN, title)


def test_a_long_title_is_cut_before_it_runs_into_the_figures() -> None:
    figure = _sheet(song_chart(), EVEN, "word " * 200)
    (title,) = texts(figure, "title")
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    assert title.get_text().endswith("…")
    assert title.get_window_extent(renderer).x1 < 1600 - 28 - 4 * 120


def test_what_is_less_certain_is_paler() -> None:
    def strongest(confidence: float) -> float:
        chart = song_chart(confidence=confidence)
        picture = read(draw_chart(chart.model_copy(update={"vocal_regions": ()}), EVEN))
        # The chords' lane, between the key and the tempo.
        lane = picture[332:368, 120:1500, :3]
        return float((lane.max(axis=2) - lane.min(axis=2)).mean())

    assert strongest(1.0) > 1.5 * strongest(0.1)


def test_the_waveform_follows_the_sound() -> None:
    rate = 8000
    sound = np.zeros((2, 60 * rate), np.float32)
    sound[:, : 20 * rate] = 0.8
    sound[:, 40 * rate :] = 0.2
    chart = empty_chart(60.0)
    picture = read(draw_chart(chart, Audio(sound, rate)))
    # Ink in the sound's lane, by thirds of the song.
    lane = picture[118:268, 92 : 1600 - 28, :3]
    ink = (np.abs(lane - picture[2, 2, :3]).max(axis=2) > 0.1).sum(axis=0)
    loud, quiet, soft = (float(part.mean()) for part in np.array_split(ink, 3))
    assert loud > 3 * soft > 3 * quiet


def test_nothing_heavy_is_imported_before_a_picture_is_asked_for() -> None:
    code = "import sys, contrafact.engine.picturing; assert not [n for n in sys.modules if n.startswith('matplotlib')]"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_state_that_all_figures_share_is_left_alone() -> None:
    code = """if True:
        import sys
        import matplotlib
        from contrafact.engine.picturing import draw_chart
        from tests.support.charts import song_chart
        # Asking for the backend would choose one.
        names = [name for name in matplotlib.rcParams if name != "backend"]
        before = [matplotlib.rcParams[name] for name in names]
        draw_chart(song_chart(), [0.5] * 100)
        assert [matplotlib.rcParams[name] for name in names] == before
        assert "matplotlib.pyplot" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
