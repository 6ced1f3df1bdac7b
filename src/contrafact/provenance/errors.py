"""What can go wrong when a file is signed or examined."""

from contrafact.kit.errors import BadInputError, ContrafactError, WrongCall


class NotAnAudioFile(BadInputError):
    """There is nothing here that could carry a signature of ours."""

    code = "not_audio"


class CannotSign(ContrafactError):
    """The take was left unsigned, and nothing was written at the target."""

    code = "cannot_sign"


class UnsupportedTarget(WrongCall):
    """The name of the target asks for a format that takes are not written in."""

    code = "unsupported_format"


class BadKeys(ContrafactError):
    """The signing keys are missing, damaged or open to others."""

    code = "bad_keys"
