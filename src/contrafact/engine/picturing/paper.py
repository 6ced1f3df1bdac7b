"""What the lanes of a sheet are drawn on: a figure, its colours, its type, and where seconds lie."""

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backend_bases import RendererBase
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text

Colour = tuple[float, float, float, float]

DPI: Final = 110
PAPER: Final = "#fcfbf8"
INK: Final = "#22223b"
MUTED: Final = "#77778a"
FAINT: Final = "#e6e3dc"
LEFT_PX, RIGHT_PX = 92, 28
_NAME_PX: Final = 20


class Paper:
    """One figure with a time axis that all lanes share.

    Parameters
    ----------
    width_px, height_px : int
    duration_s : float
        What the width between the margins spans.
    """

    def __init__(self, width_px: int, height_px: int, duration_s: float) -> None:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.font_manager import FontProperties
        from matplotlib.ft2font import FT2Font

        self.figure: Figure = Figure(figsize=(width_px / DPI, height_px / DPI), dpi=DPI, facecolor=PAPER)
        # The figure's canvas, which matplotlib leaves untyped, knows how wide type is.
        self._renderer: RendererBase = FigureCanvasAgg(self.figure).get_renderer()  # type: ignore[no-untyped-call]
        self.width_px, self.height_px = width_px, height_px
        self.duration_s = max(duration_s, 1e-3)
        self.px_per_s = (width_px - LEFT_PX - RIGHT_PX) / self.duration_s
        # The fonts that come with matplotlib, by file: the same picture on every machine.
        fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        self._faces = {False: fonts / "DejaVuSans.ttf", True: fonts / "DejaVuSans-Bold.ttf"}
        self._known = FT2Font(str(self._faces[False])).get_charmap()
        self._type: dict[tuple[float, bool], FontProperties] = {}
        self._widths: dict[tuple[str, float, bool], float] = {}

    def lane(self, top_px: float, height_px: float, name: str = "", low: float = 0.0, high: float = 1.0) -> "Axes":
        """Axes of a lane, its top so far from the top of the sheet, its values from ``low`` to ``high``."""
        axes = self.figure.add_axes(
            (
                LEFT_PX / self.width_px,
                1.0 - (top_px + height_px) / self.height_px,
                1.0 - (LEFT_PX + RIGHT_PX) / self.width_px,
                height_px / self.height_px,
            ),
            facecolor="none",
        )
        axes.set_xlim(0.0, self.duration_s)
        axes.set_ylim(low, high)
        axes.set_axis_off()
        if name:
            self.write(_NAME_PX, top_px + height_px / 2, name, 8.0, MUTED, group="lane")
        return axes

    def font(self, size: float, bold: bool = False) -> "FontProperties":
        from matplotlib.font_manager import FontProperties

        if (size, bold) not in self._type:
            self._type[size, bold] = FontProperties(fname=str(self._faces[bold]), size=size)
        return self._type[size, bold]

    def known(self, text: str) -> str:
        """Text with what the type has no picture of as boxes, on one line."""
        plain = unicodedata.normalize("NFC", " ".join(text.split()))
        return "".join(
            sign if ord(sign) in self._known else "\N{WHITE SQUARE}"
            for sign in plain
            if unicodedata.category(sign) not in ("Cc", "Cf", "Mn", "Me")
        )

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """Pixels that a text takes."""
        name = (text, size, bold)
        if name not in self._widths:
            measured = self._renderer.get_text_width_height_descent(text, self.font(size, bold), False)
            self._widths[name] = float(measured[0])
        return self._widths[name]

    def shortened(self, text: str, size: float, room_px: float, bold: bool = False) -> str:
        """As much of a text as there is room for."""
        if self.width(text, size, bold) <= room_px:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.width(text[:middle].rstrip() + "…", size, bold) <= room_px:
                low = middle
            else:
                high = middle - 1
        return text[:low].rstrip() + "…" if low else ""

    def write(
        self,
        x_px: float,
        y_px: float,
        text: str,
        size: float,
        colour: str = INK,
        *,
        across: Literal["left", "center", "right"] = "left",
        bold: bool = False,
        upright: bool = False,
        group: str = "",
    ) -> "Text":
        """Text around a point that is given in pixels from the top left; ``upright`` reads from the bottom up."""
        return self.figure.text(
            x_px / self.width_px,
            1.0 - y_px / self.height_px,
            text,
            fontproperties=self.font(size, bold),
            color=colour,
            ha=across,
            va="center" if upright else "center_baseline",
            rotation=90.0 if upright else 0.0,
            parse_math=False,
            gid=group or None,
        )

    def x(self, seconds: float) -> float:
        """Where a moment lies, in pixels from the left."""
        return LEFT_PX + seconds * self.px_per_s


def faded(colour: str | Sequence[float], confidence: float) -> Colour:
    """A colour, the paler the less is certain."""
    from matplotlib.colors import to_rgba

    red, green, blue, _ = to_rgba(colour if isinstance(colour, str) else tuple(colour))  # type: ignore[arg-type]
    return red, green, blue, 0.22 + 0.78 * float(np.clip(confidence, 0.0, 1.0))
