"""Small timelines for whoever renders or plays them."""

from dataclasses import replace

from contrafact.engine.arranging.timeline import (
    Clip,
    Effect,
    Instrument,
    Note,
    Part,
    StemBus,
    TargetBar,
    Timeline,
)

CHORDS = ((48, (60, 64, 67)), (45, (57, 60, 64)), (41, (53, 57, 60)), (43, (55, 59, 62)))


def empty_take(seconds: float, bpm: float = 120.0) -> Timeline:
    """Bars, and nothing that sounds."""
    beat = 60.0 / bpm
    bars = tuple(
        TargetBar(n, n * 4 * beat, (n + 1) * 4 * beat, tuple((4 * n + k) * beat for k in range(4)), "verse", 0.5, n)
        for n in range(int(seconds / (4 * beat)))
    )
    return Timeline("0" * 64, seconds, bars, (), (), ())


def keep_vocals(take: Timeline, ratio: float = 1.0) -> Timeline:
    """The voice from the beginning, at a playing speed."""
    clip = Clip("vocals", 0.0, take.duration_s * ratio, 0.0, take.duration_s)
    return replace(take, clips=(clip,), buses=(StemBus("vocals"),))


def with_band(take: Timeline, kit: str = "house") -> Timeline:
    """Drums, bass, chords, pad, arpeggio and a lead on the take's bars, with effects and sends."""
    drums: list[Note] = []
    bass: list[Note] = []
    chords: list[Note] = []
    pad: list[Note] = []
    arpeggio: list[Note] = []
    for bar in take.bars:
        beat = (bar.end_s - bar.start_s) / 4
        root, tones = CHORDS[bar.index % 4]
        for k, at in enumerate(bar.beats_s):
            drums.append(Note(at, 0.1, 36, 112))
            drums.append(Note(at + beat / 2, 0.1, 46 if k == 3 else 42, 80 + 6 * k))
            if k % 2:
                drums.append(Note(at, 0.1, 38, 104))
        bass += [Note(bar.start_s + k * beat / 2, 0.4 * beat, root - 12, 96) for k in range(8)]
        chords += [Note(bar.start_s + k * beat, 0.8 * beat, tone, 84) for k in (0, 1.5, 3) for tone in tones]
        pad += [Note(bar.start_s, 4 * beat, tone - 12, 72) for tone in tones]
        arpeggio += [Note(bar.start_s + k * beat / 4, beat / 4, tones[k % 3] + 12, 64 + 5 * (k % 5)) for k in range(16)]

    def part(name: str, role: str, program: int, notes: list[Note], **mix: object) -> Part:
        return Part(name, role, Instrument("soundfont", program), tuple(notes), **mix)  # type: ignore[arg-type]

    parts = (
        Part(
            "drums",
            "drums",
            Instrument("kit", kit=kit),
            tuple(sorted(drums, key=lambda note: note.start_s)),
            reverb_send_db=-24.0,
            effects=(Effect("compressor"),),
        ),
        part("bass", "bass", 38, bass, gain_db=-4.0, duck_db=6.0, effects=(Effect("lowpass"), Effect("compressor"))),
        part("chords", "chords", 4, chords, gain_db=-7.0, pan=0.2, reverb_send_db=-14.0, effects=(Effect("chorus"),)),
        part("pad", "pad", 89, pad, gain_db=-12.0, reverb_send_db=-8.0, duck_db=6.0, effects=(Effect("highpass"),)),
        part("arpeggio", "arpeggio", 81, arpeggio, gain_db=-14.0, pan=-0.3, delay_send_db=-10.0),
        part("lead", "lead", 11, arpeggio[::4], gain_db=-12.0, pan=0.3, reverb_send_db=-12.0),
    )
    return replace(take, parts=parts)
