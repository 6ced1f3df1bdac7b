"""``python -m contrafact`` is the command ``contrafact``."""

from contrafact.cli import main

if __name__ == "__main__":
    main()
