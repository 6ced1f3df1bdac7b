"""How much a message may ask of the machine that reads it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one message; the defaults are far above what labels send (an album of 30 tracks is 150 kB).

    Sizes are bytes of the file; ``part`` is one party, resource, release or deal with everything in it.
    """

    total_bytes: int = 2 << 30
    whole_bytes: int = 64 << 20
    """Of a message that is read into one value; streamed reading is bound by ``total_bytes`` alone."""
    prolog_bytes: int = 64 << 10
    """Before the first element: declaration, comments, processing instructions."""
    run_bytes: int = 256 << 10
    """Between two ``<``: one tag with its attributes, or one piece of text."""
    part_bytes: int = 8 << 20
    """Looked at every 64 KiB."""
    part_nodes: int = 50_000
    depth: int = 32
    attributes: int = 32
    """Of one element."""
    name_chars: int = 200
    text_chars: int = 100_000
    """Of one element's text or one attribute."""
    fragment_bytes: int = 1 << 20
    """Of one part that is not understood and kept verbatim."""
    links: int = 2_000_000
    """Deals times the releases they are for, in the whole message."""
    reread_factor: int = 32
    """How many times its own size a message may make us read again, by releases that share resources."""
