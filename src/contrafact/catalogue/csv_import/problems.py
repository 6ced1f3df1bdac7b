"""What is wrong with a file, with its place, told all at once."""

from dataclasses import dataclass, field

from contrafact.kit.errors import BadInputError

PROBLEMS_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and what to do about it."""

    file: str
    line: int | None
    """Counted from 1, with the header; a record over several lines begins there. None: the file as a whole."""
    column: str | None
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.message}" if self.column is None else f"{place}, {self.column}: {self.message}"


class BadSheet(BadInputError):
    """Files that cannot be taken as they are; nothing of them was."""

    def __init__(self, problems: "Problems") -> None:
        self.problems = tuple(problems.found)
        self.unlisted = problems.unlisted
        more = f"\nand {problems.unlisted} more" if problems.unlisted else ""
        super().__init__("\n".join(str(problem) for problem in self.problems) + more)


@dataclass(slots=True)
class Problems:
    """Problems as they are found; after the hundredth they are only counted."""

    found: list[Problem] = field(default_factory=list)
    unlisted: int = 0

    def add(self, file: str, line: int | None, column: str | None, message: str) -> None:
        if len(self.found) < PROBLEMS_AT_MOST:
            self.found.append(Problem(file, line, column, message))
        else:
            self.unlisted += 1

    def __bool__(self) -> bool:
        return bool(self.found)

    def raise_any(self) -> None:
        """Raise :class:`BadSheet` when there are any."""
        if self.found:
            raise BadSheet(self)
