"""Teach the network.

    python -m training.train [--minutes 70 | --until 21:55] [--folder .cache/training] [--name one] [--workers 2]

Reads the mixes that ``python -m training.cells`` has boiled down (again at each epoch, so that they may still be
growing in number) and writes ``runs/NAME/`` under the folder: ``state.pt`` every two minutes with all that is needed
to go on, and less often ``curve.png`` and ``history.json``. Started again under the same name it goes on where it
stopped. The rate follows the time spent, over all starts, out of the time given. On a GPU where there is one, else on
as many processes as told, which average their gradients.
"""

import argparse
import datetime
import json
import math
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import distributed
from torch.multiprocessing.spawn import spawn

from training.batches import Plan, ahead
from training.cells import Cells, folder_of_data, load
from training.curve import draw
from training.losses import as_used, faults, loss_of
from training.measure import validate
from training.model import Network, Shape

_WARM = 0.03
_LEAST = 0.02
_CLIP = 3.0
_KEPT_EVERY_S = 120.0
_SHOWN_EVERY_S = 720.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is told on the command line."""

    folder: Path
    name: str
    seconds: float
    workers: int
    seed: int = 1
    columns: int = 512
    size: int = 2
    rate: float = 3e-3
    decay: float = 0.01
    memory: float = 0.997
    shape: Shape = field(default_factory=Shape)

    @property
    def place(self) -> Path:
        return self.folder / "runs" / self.name


def rate_at(part: float, highest: float) -> float:
    """The learning rate when this part of the time is spent: up in a line, then down along half a cosine."""
    if part < _WARM:
        return highest * max(0.02, part / _WARM)
    fall = min(1.0, (part - _WARM) / (1.0 - _WARM))
    return highest * (_LEAST + (1.0 - _LEAST) * 0.5 * (1.0 + math.cos(math.pi * fall)))


class Learner:
    """One worker's network, optimiser and slow average of weights."""

    def __init__(self, lesson: Lesson, worker: int, device: torch.device) -> None:
        self.lesson, self.worker, self.device = lesson, worker, device
        torch.manual_seed(lesson.seed)
        self.network = Network(lesson.shape).to(device, memory_format=torch.channels_last)
        self.average = Network(lesson.shape).to(device, memory_format=torch.channels_last).eval()
        self.average.load_state_dict(self.network.state_dict())
        biases = [one for one in self.network.parameters() if one.ndim < 2]
        weights = [one for one in self.network.parameters() if one.ndim >= 2]
        self.optimiser = torch.optim.AdamW(
            [{"params": weights, "weight_decay": lesson.decay}, {"params": biases, "weight_decay": 0.0}], lr=lesson.rate
        )
        self.step = self.epoch = self.batch = 0
        self.spent = 0.0
        self.names: list[str] = []
        self.history: list[dict[str, Any]] = []

    def save(self) -> None:
        """Write everything; the old state is replaced in one move."""
        self.lesson.place.mkdir(parents=True, exist_ok=True)
        state = {name: getattr(self, name) for name in ("step", "epoch", "batch", "spent", "names", "history")}
        parts = {name: getattr(self, name).state_dict() for name in ("network", "average", "optimiser")}
        begun = self.lesson.place / "state.pt.new"
        torch.save({"shape": self.lesson.shape.told(), "state": state, **parts}, begun)
        begun.replace(self.lesson.place / "state.pt")
        history = json.dumps(self.history, indent=1)
        (self.lesson.place / "history.json").write_text(history, encoding="utf-8")

    def restore(self) -> None:
        """Go on from the state that lies there, if one does."""
        file = self.lesson.place / "state.pt"
        if not file.exists():
            return
        kept = torch.load(file, map_location=self.device, weights_only=True)
        for name, value in kept["state"].items():
            setattr(self, name, value)
        for name in ("network", "average", "optimiser"):
            getattr(self, name).load_state_dict(kept[name])

    def learn(self, batch: Any, part: float) -> float:
        """One step; gives the loss."""
        torch.manual_seed(hash((self.lesson.seed, self.step, self.worker)) % 2**31)
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(part, self.lesson.rate)
        self.network.train()
        sums, units = batch.sums.to(self.device), batch.units.to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16):
            body = self.network.body(batch.heard.to(self.device))
        shares = as_used(self.network.shares(body.float()))
        loss = loss_of(faults(shares, sums, units))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self._agree()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP)
        self.optimiser.step()
        self._remember()
        self.step += 1
        return float(loss.detach())

    def _agree(self) -> None:
        """The workers' gradients become their mean."""
        if not distributed.is_initialized():
            return
        gradients = [one.grad for one in self.network.parameters() if one.grad is not None]
        flat = torch.cat([one.flatten() for one in gradients])
        distributed.all_reduce(flat)
        flat /= distributed.get_world_size()
        at = 0
        for one in gradients:
            one.copy_(flat[at : at + one.numel()].view_as(one))
            at += one.numel()

    def _remember(self) -> None:
        memory = min(self.lesson.memory, (1.0 + self.step) / (10.0 + self.step))
        with torch.no_grad():
            slow = self.average.state_dict()
            for name, value in self.network.state_dict().items():
                if value.dtype.is_floating_point:
                    slow[name].lerp_(value, 1.0 - memory)


def work(worker: int, lesson: Lesson) -> None:
    """What each process does until the time is spent."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if lesson.workers > 1:
        torch.set_num_threads(1)
        meeting = (lesson.place / f"meeting.{os.getppid()}").absolute()
        distributed.init_process_group("gloo", f"file://{meeting}", world_size=lesson.workers, rank=worker)
    learner = Learner(lesson, worker, device)
    learner.restore()
    plan = Plan(lesson.seed, lesson.columns, lesson.size, worker, lesson.workers)
    shown = kept = time.monotonic()
    running = 0.0
    before = time.monotonic()
    while _go_on(learner):
        mixes = _mixes(learner)
        for batch in ahead(mixes, plan, learner.epoch, learner.batch):
            loss = learner.learn(batch, learner.spent / lesson.seconds)
            running = loss if running == 0.0 else 0.98 * running + 0.02 * loss
            learner.batch += 1
            now = time.monotonic()
            learner.spent += now - before
            before = now
            over = not _go_on(learner)
            if worker == 0 and (over or now - shown > _SHOWN_EVERY_S or learner.step == 20):
                _show(learner, running, mixes)
                shown = kept = now
            elif worker == 0 and now - kept > _KEPT_EVERY_S:
                learner.save()
                kept = now
            if over:
                return
        learner.batch, learner.epoch, learner.names = 0, learner.epoch + 1, []


def _go_on(learner: Learner) -> bool:
    """Whether there is time left, by the first worker's clock, to which all the others are set."""
    if distributed.is_initialized():
        clock = torch.tensor([learner.spent], dtype=torch.float64)
        distributed.broadcast(clock, 0)
        learner.spent = float(clock)
    return learner.spent < learner.lesson.seconds


def _mixes(learner: Learner) -> list[Cells]:
    """The epoch's mixes: those that it began with, or all that are ready (by the first worker's eyes)."""
    ready = load(learner.lesson.folder, "train")
    if not learner.names:
        learner.names = [one.name for one in ready]
    if distributed.is_initialized():
        told = [learner.names]
        distributed.broadcast_object_list(told, 0)
        learner.names = told[0]
    known = {one.name: one for one in ready}
    if not learner.names:
        raise SystemExit("there is nothing to learn from: run training.data and training.cells first")
    return [known[name] for name in learner.names]


def _show(learner: Learner, loss: float, mixes: list[Cells]) -> None:
    """Measure, print, draw and save."""
    found = validate(learner.average, load(learner.lesson.folder, "validate"), learner.device)
    hours = sum(len(one.sums) for one in mixes) * 512 / 44100 / 3600
    heard = learner.step * learner.lesson.size * learner.lesson.workers * learner.lesson.columns * 512 / 44100 / 3600
    learner.history.append(
        {
            "minutes": round(learner.spent / 60, 2),
            "step": learner.step,
            "epoch": learner.epoch,
            "hours": round(hours, 2),
            "heard_hours": round(heard, 2),
            "loss": round(loss, 4),
            **found,
        }
    )
    learner.save()
    draw(learner.history, learner.lesson.place / "curve.png")
    print(json.dumps(learner.history[-1]), flush=True)


def main() -> None:
    """Read the command line and start the workers."""
    parser = argparse.ArgumentParser(description="Teach the network that refines first guesses.")
    parser.add_argument("--minutes", type=float, default=70.0)
    parser.add_argument("--until", help="HH:MM of today: what is left till then comes on top of what was spent")
    parser.add_argument("--folder", type=Path, default=folder_of_data())
    parser.add_argument("--name", default="one")
    parser.add_argument("--workers", type=int, default=1 if torch.cuda.is_available() else 2)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=2)
    told = parser.parse_args()
    seconds = told.minutes * 60
    place = told.folder / "runs" / told.name
    place.mkdir(parents=True, exist_ok=True)
    if told.until:
        now = datetime.datetime.now()
        hour, minute = (int(one) for one in told.until.split(":"))
        seconds = (now.replace(hour=hour, minute=minute, second=0) - now).total_seconds() + _spent(place)
    lesson = Lesson(told.folder, told.name, seconds, told.workers, told.seed, size=told.size, rate=told.rate)
    if told.workers > 1:
        # so that the workers go when this process is asked to
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        try:
            spawn(work, (lesson,), nprocs=told.workers, daemon=True)
        finally:
            (place / f"meeting.{os.getpid()}").unlink(missing_ok=True)
    else:
        work(0, lesson)


def _spent(place: Path) -> float:
    file = place / "state.pt"
    if not file.exists():
        return 0.0
    return float(torch.load(file, map_location="cpu", weights_only=True)["state"]["spent"])


if __name__ == "__main__":
    main()
