"""Examining words: prompts per second on one core, and how the time grows with the length.

    python -m benchmarks.words [--json]

The prompts are the labelled ones of the tests (nearly half of them ask for something) and the planner's own, which ask
for music only; told are the first time that each is seen, and again, when its words are known. Beside it stands a peer:
one regular expression of the long names alone, that knows no case, spelling, language or meaning.
"""

import argparse
import json
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from contrafact.rights.safeguards import PromptContext, examine
from contrafact.rights.safeguards.lists import lists

ROUNDS = 3
TESTS = Path(__file__).parents[1] / "tests"
LENGTHS = (500, 5_000, 50_000)


def labelled() -> list[str]:
    lines = (TESTS / "rights" / "safeguards" / "cases.tsv").read_text("utf-8").splitlines()
    return [line.split("\t")[1] for line in lines if line and not line.startswith("#")]


def musical() -> list[str]:
    lines = (TESTS / "engine" / "recipe" / "prompts.txt").read_text("utf-8").splitlines()
    return [line.split(" | ")[0] for line in lines if line and not line.startswith("#")]


def per_second(work: Callable[[str], object], prompts: Sequence[str], rounds: int = ROUNDS) -> float:
    """Prompts per CPU second, the best of some rounds."""
    best = 0.0
    for _ in range(rounds):
        begun = time.process_time()
        for prompt in prompts:
            work(prompt)
        best = max(best, len(prompts) / (time.process_time() - begun))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    begun = time.process_time()
    known = lists()
    load_s = time.process_time() - begun
    context = PromptContext(
        song_title="Take It and Run", song_artist="The Harbour Lights", performers=("Mira Solberg",)
    )
    names = sorted({name for one in known.long_names.values() for _, name, _ in one})
    peer = re.compile("|".join(map(re.escape, names)))

    def ours(prompt: str) -> object:
        return examine(prompt, context)

    worst = "in the voice of D.r.4.k.e, "
    figures: dict[str, float] = {
        "load_s": load_s,
        "labelled_first_per_s": per_second(ours, labelled(), 1),
        "labelled_per_s": per_second(ours, labelled()),
        "musical_per_s": per_second(ours, musical()),
        "peer_regex_musical_per_s": per_second(peer.findall, musical()),
    }
    for length in LENGTHS:
        figures[f"seconds_for_{length}_letters"] = 1 / per_second(ours, [(worst * length)[:length]])
    if asked.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):32} {value:10.4g}")


if __name__ == "__main__":
    main()
