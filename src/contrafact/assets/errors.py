"""What the asset store refuses, and why; every message says what was wrong and what to do about it."""


class AssetError(Exception):
    """Anything that could not be done with an asset."""


class AssetMissing(AssetError):
    """The asset is known but not (or not wholly) on this machine."""


class WrongHash(AssetError):
    """A file is not the one the manifest describes; it was not kept."""

    def __init__(self, what: str, expected: str, got: str) -> None:
        super().__init__(
            f"{what} is not the file that the manifest describes: expected SHA-256 {expected}, got {got}. "
            "Nothing of it was kept; fetch it again, and if it happens again do not trust where it came from."
        )
        self.what = what
        self.expected = expected
        self.got = got


class ClientFailed(AssetError):
    """A package client (pip, uv, npm, apt-get, dpkg) is absent or failed, so the carrier could not be had."""


class UnsafeFile(AssetError):
    """A weights file holds something other than plain arrays, or is not of the form it claims to be."""


class NotAccepted(AssetError):
    """The asset may not be used commercially, and nobody said that this is accepted."""
