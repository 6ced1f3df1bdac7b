"""The one command, ``contrafact``."""


def main() -> None:
    """Entry point of the console script."""
