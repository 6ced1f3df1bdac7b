"""Layers of the voice as tracks that can be read anywhere.

A piece of a layer is rendered as a whole, from the kept voice around it, and kept for a while. A read only picks from
pieces, so that neither the cuts nor the order of reads can change a sample, and only pieces that are needed cost
anything.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final, Generic, TypeVar

import numpy as np

from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.arranging.voices import VoiceLayer, VoicePiece
from contrafact.engine.audio.value import Samples
from contrafact.engine.rendering.grid import amplitude, frame
from contrafact.engine.rendering.singing.hearing import AROUND, Phrase, hear
from contrafact.engine.rendering.singing.performing import Context, perform, roughly

Vocals = Callable[[int, int], Samples]
"""The kept voice as it stands in the take: frames ``start`` to ``stop``, float32 (2, n), zero outside; any order."""

_PHRASES_BYTES: Final = 48 * 2**20
_PIECES_BYTES: Final = 10 * 2**20
"""For each layer: two or three long phrases, or all chops of a section."""
_PHRASE_WEIGHT: Final = 6
"""A phrase with what is worked out of it, against its sound."""

Kept = TypeVar("Kept")


class _Shelf(Generic[Kept]):
    """Remembers the last things made, up to some bytes and at least one."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._held = most_bytes, 0
        self._things: OrderedDict[tuple[int, int], tuple[Kept, int]] = OrderedDict()

    def got(self, key: tuple[int, int], make: Callable[[], Kept], weigh: Callable[[Kept], int]) -> Kept:
        if key in self._things:
            self._things.move_to_end(key)
            return self._things[key][0]
        made = make()
        self._things[key] = (made, weigh(made))
        self._held += self._things[key][1]
        while self._held > self._most and len(self._things) > 1:
            self._held -= self._things.popitem(last=False)[1][1]
        return made


class _Voice:
    """The kept voice, with what was heard in its last phrases."""

    def __init__(self, vocals: Vocals, rough: Vocals) -> None:
        self.read, self.rough = vocals, rough
        self._phrases: _Shelf[Phrase] = _Shelf(_PHRASES_BYTES)

    def phrase(self, start: int, stop: int, layer: VoiceLayer) -> Phrase:
        """``start`` to ``stop`` heard; all layers of a take know the same notes."""
        return self._phrases.got(
            (start, stop),
            lambda: hear(self.read(start - AROUND, stop + AROUND), start, layer.notes),
            lambda phrase: _PHRASE_WEIGHT * phrase.sound.nbytes,
        )


class LayerTrack:
    """One layer of the voice.

    The sound has the pieces' gains, the layer's and pieces' pan and a group's width in it; ``layer.gain_db`` and
    the sends are the mixer's, so that a fader costs no new singing.
    """

    def __init__(self, layer: VoiceLayer, voice: _Voice, context: Context) -> None:
        self.layer = layer
        self._voice, self._context = voice, context
        self._pieces: _Shelf[Samples] = _Shelf(_PIECES_BYTES)
        self._spans = [_span(piece) for piece in layer.pieces]

    @property
    def replaces(self) -> bool:
        """Whether this is heard instead of the kept voice (and holds it where the layer does not change it)."""
        return self.layer.kind == "lead"

    def read(self, start: int, stop: int) -> Samples:
        """Frames ``start`` to ``stop`` of the take, float32 (2, stop - start).

        The same samples however the take is cut, and in whatever order it is read.
        """
        size = max(0, stop - start)
        out = np.array(self._voice.read(start, stop), np.float32) if self.replaces else np.zeros((2, size), np.float32)
        for number, (first, last) in enumerate(self._spans):
            a, b = max(start, first), min(stop, last)
            if a >= b:
                continue
            sound = self._piece(number)[:, a - first : b - first]
            if self.replaces:
                # What was sung goes as what is sung anew comes.
                share = self._context.share(self.layer, self.layer.pieces[number], a - first, b - first)
                out[:, a - start : b - start] *= np.float32(1.0) - share
            out[:, a - start : b - start] += sound
        return out

    def rough(self, start: int, stop: int) -> Samples:
        """About what :meth:`read` sounds like, for whoever only measures its level: nothing is sung for it."""
        out = self._voice.rough(start, stop) if self.replaces else np.zeros((2, max(0, stop - start)), np.float32)
        if self.replaces:
            return out
        for piece, (first, last) in zip(self.layer.pieces, self._spans, strict=True):
            a, b = max(start, first), min(stop, last)
            if a >= b:
                continue
            moved = frame(piece.source_start_s) - first
            sound = self._voice.rough(a + moved, b + moved)
            out[:, a - start : b - start] += roughly(self.layer, piece, sound, a - first)
        return out

    def _piece(self, number: int) -> Samples:
        piece = self.layer.pieces[number]
        return self._pieces.got((number, 0), lambda: self._sung(piece), lambda sound: sound.nbytes)

    def _sung(self, piece: VoicePiece) -> Samples:
        start, stop = frame(piece.source_start_s), frame(piece.source_end_s)
        return perform(
            self.layer,
            piece,
            self._context,
            lambda: self._voice.phrase(start, stop, self.layer),
            lambda: self._voice.read(start - AROUND, stop + AROUND),
        )


def open_layers(timeline: Timeline, vocals: Vocals, rough: Vocals | None = None) -> tuple[LayerTrack, ...]:
    """The audible layers of a take's voice, in the timeline's order.

    Parameters
    ----------
    timeline : Timeline
        Its ``voices``, ``seed`` and ``tuning_cents`` are used.
    vocals
        The kept voice as it stands in the take, before its bus: moved, stretched and transposed. It is asked for
        whole pieces with a tenth of a second around them.
    rough
        The same at about its level, for :meth:`LayerTrack.rough`.
    """
    voice = _Voice(vocals, rough or vocals)
    return tuple(
        LayerTrack(layer, voice, Context(timeline.seed, timeline.tuning_cents / 100.0))
        for layer in timeline.voices
        if amplitude(layer.gain_db) > 0.0 and layer.pieces
    )


def _span(piece: VoicePiece) -> tuple[int, int]:
    """Frames of the take in which a piece can be heard: it may come a little late."""
    start = frame(piece.target_start_s)
    return start, start + frame(piece.source_end_s) - frame(piece.source_start_s) + AROUND
