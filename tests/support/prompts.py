"""Labelled prompts: lines of ``words | fact; fact``, where a fact compares something of the plan with a value.

Operators: ``=`` equal, ``!=`` another, ``~`` equal within 2 per cent, ``<`` and ``>``, ``+=`` holds, ``-=`` does not
hold. Values are JSON or bare words. ``ignored`` and ``notes`` are the plan's, ``said`` both as one text in lower case,
``meaning`` all its meanings; ``sections`` the sections in the order played; ``levels.x`` the fader of a part;
``parts_in`` what plays in some sections only, one text each (``drop drums verse 2 onwards``); all else is a field of
the recipe, a number one of its items and ``count`` how many it has. Where no fact names ``ignored`` or ``said``,
nothing may be ignored.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contrafact.engine.recipe.planner import Plan

_FACT = re.compile(r"\s*(?P<path>[\w.]+)\s*(?P<operator>\+=|-=|!=|=|~|<|>)\s*(?P<value>.*?)\s*$")


@dataclass(frozen=True, slots=True)
class Fact:
    path: str
    operator: str
    wanted: Any

    def __str__(self) -> str:
        return f"{self.path} {self.operator} {self.wanted}"

    def holds(self, plan: Plan) -> bool:
        found = _value(plan, self.path)
        match self.operator:
            case "=":
                return bool(found == self.wanted)
            case "!=":
                return bool(found != self.wanted)
            case "~":
                return found is not None and bool(abs(found - self.wanted) <= 0.02 * abs(self.wanted))
            case "<":
                return found is not None and bool(found < self.wanted)
            case ">":
                return found is not None and bool(found > self.wanted)
            case "+=":
                return self.wanted in found
            case _:
                return self.wanted not in found


@dataclass(frozen=True, slots=True)
class Prompt:
    words: str
    facts: tuple[Fact, ...]

    def failures(self, plan: Plan) -> list[str]:
        """The facts that do not hold, each with what was found instead."""
        return [f"{fact} (is {_value(plan, fact.path)!r})" for fact in self.facts if not fact.holds(plan)]


def read_prompts(path: Path) -> Iterator[Prompt]:
    """All prompts of a file."""
    for line in path.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        words, _, facts = line.partition(" | ")
        found = [_fact(text) for text in facts.split(";")]
        if not any(fact.path.startswith(("ignored", "said")) for fact in found):
            found.append(Fact("ignored", "=", []))
        yield Prompt(words, tuple(found))


def _fact(text: str) -> Fact:
    match = _FACT.match(text)
    assert match is not None, f"not a fact: {text!r}"
    try:
        wanted = json.loads(match["value"])
    except json.JSONDecodeError:
        wanted = match["value"]
    return Fact(match["path"], match["operator"], wanted)


def _value(plan: Plan, path: str) -> Any:
    first, _, rest = path.partition(".")
    found: Any
    match first:
        case "ignored":
            found = list(plan.ignored)
        case "said":
            found = " ".join((*plan.ignored, *plan.notes)).lower()
        case "notes" | "meaning":
            found = " ".join(plan.notes if path == "notes" else [one.meaning for one in plan.understood])
        case "sections":
            found = [use.section for use in plan.recipe.form.order]
        case "levels":
            return next((level.gain_db for level in plan.recipe.levels if level.part == rest), None)
        case "parts_in":
            found = [_part_in(one) for one in plan.recipe.parts_in]
        case _:
            found = getattr(plan.recipe, first)
    for name in rest.split(".") if rest else ():
        if name == "count":
            found = len(found)
        elif name.isdecimal():
            found = found[int(name)] if int(name) < len(found) else None
        else:
            found = getattr(found, name)
    return list(found) if isinstance(found, tuple) else found


def _part_in(one: Any) -> str:
    """``drop drums verse 2 onwards``: action, parts in the order of the alphabet, kind, which and reach."""
    words = [one.action, "+".join(sorted(one.parts)), one.section]
    words += {0: [], -1: ["last"]}.get(one.which, [str(one.which)])
    words += [] if one.reach == "there" else [one.reach]
    return " ".join(words)
