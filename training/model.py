"""The network that refines first guesses: a small U-Net over (columns, rows) with a long look along time at its bottom.

Dimensions are (batch, channels, columns, rows) throughout, in memory with the channels last: on a processor with wide
registers that is four times as fast as the default layout.
"""

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from contrafact.engine.separation.refining import FEATURES, ROWS, STEMS


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the network is.

    ``channels`` of each level, each half as fine in time and frequency as the one before; at the bottom ``squeezed``
    channels of every row make one vector per column, which is seen ``wide`` through ``dilations``.
    """

    channels: tuple[int, ...] = (16, 32, 64, 96)
    squeezed: int = 12
    wide: int = 256
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16)
    dropout: float = 0.1

    def told(self) -> dict[str, Any]:
        """As a checkpoint keeps it."""
        return asdict(self)


def convolution(inputs: int, outputs: int, kernel: int | tuple[int, int], **how: Any) -> nn.Sequential:
    """A convolution that is normalised; at export the two become one."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, padding=how.pop("padding", "same"), bias=False, **how),
        nn.BatchNorm2d(outputs),
    )


class Residual(nn.Module):
    """Two 3x3 convolutions around which the signal also passes untouched."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = convolution(channels, channels, 3)
        self.second = convolution(channels, channels, 3)
        nn.init.constant_(self.second[1].weight, 0.5)

    def forward(self, signal: Tensor) -> Tensor:
        change: Tensor = self.second(torch.relu(self.first(signal)))
        return torch.relu(signal + change)


class Context(nn.Module):
    """All rows of a column as one vector, looked at along several seconds, and given back to every row."""

    def __init__(self, channels: int, rows: int, shape: Shape) -> None:
        super().__init__()
        self.rows = rows
        self.squeeze = convolution(channels, shape.squeezed, 1)
        self.enter = convolution(shape.squeezed * rows, shape.wide, 1)
        self.look = nn.ModuleList(
            convolution(shape.wide, shape.wide, (3, 1), dilation=(step, 1)) for step in shape.dilations
        )
        self.forget = nn.Dropout(shape.dropout)
        self.leave = convolution(shape.wide, shape.squeezed * rows, 1)
        self.expand = convolution(shape.squeezed, channels, 1)

    def forward(self, signal: Tensor) -> Tensor:
        batch, _, columns, rows = signal.shape
        squeezed = torch.relu(self.squeeze(signal))
        vector = squeezed.permute(0, 1, 3, 2).reshape(batch, -1, columns, 1)
        vector = torch.relu(self.enter(vector))
        for look in self.look:
            vector = vector + self.forget(torch.relu(look(vector)))
        spread = torch.relu(self.leave(vector)).reshape(batch, -1, rows, columns).permute(0, 1, 3, 2)
        return torch.relu(signal + self.expand(spread))


class Network(nn.Module):
    """Features to the logarithms of shares."""

    def __init__(self, shape: Shape | None = None) -> None:
        super().__init__()
        self.shape = shape if shape is not None else Shape()
        channels = self.shape.channels
        self.hear = nn.BatchNorm2d(FEATURES)
        self.stem = convolution(FEATURES, channels[0], 3)
        # a convolution does not know how high it is
        self.place = nn.Parameter(torch.zeros(1, channels[0], 1, ROWS))
        self.down = nn.ModuleList(
            convolution(fine, coarse, 2, stride=2, padding=0) for fine, coarse in pairwise(channels)
        )
        self.inward = nn.ModuleList(Residual(count) for count in channels)
        self.context = Context(channels[-1], ROWS // 2 ** (len(channels) - 1), self.shape)
        self.up = nn.ModuleList(nn.ConvTranspose2d(coarse, fine, 2, stride=2) for fine, coarse in pairwise(channels))
        self.outward = nn.ModuleList(Residual(count) for count in channels)
        self.answer = nn.Conv2d(channels[0], STEMS * STEMS, 1)
        nn.init.normal_(self.answer.weight, std=0.02)
        with torch.no_grad():
            # nearly the identity: each guess stays where it is
            assert self.answer.bias is not None
            self.answer.bias.copy_(4.0 * torch.eye(STEMS).flatten())

    def forward(self, heard: Tensor) -> Tensor:
        """Shares (batch, stem, guess, columns, rows), of which the stems of one guess sum to one.

        ``heard`` has the shape (batch, FEATURES, columns, ROWS), columns a multiple of eight.
        """
        return self.shares(self.body(heard))

    def shares(self, body: Tensor) -> Tensor:
        """Shares, read from :meth:`body`."""
        logits = self.answer(body)
        batch, _, columns, rows = logits.shape
        return torch.softmax(logits.reshape(batch, STEMS, STEMS, columns, rows), dim=1)

    def body(self, heard: Tensor) -> Tensor:
        """What the answer is read from, (batch, channels, columns, rows)."""
        signal = torch.relu(self.stem(self.hear(heard)) + self.place)
        levels = []
        for at, inward in enumerate(self.inward):
            if at:
                signal = torch.relu(self.down[at - 1](signal))
            signal = inward(signal)
            levels.append(signal)
        signal = self.outward[-1](self.context(signal))
        for at in range(len(levels) - 2, -1, -1):
            signal = self.outward[at](self.up[at](signal) + levels[at])
        return signal
