"""What the rights slice refuses."""

from contrafact.kit.errors import Refused
from contrafact.rights.values import Decision


class RightsRefused(Refused):
    """A remix that may not exist; carries the decision with every reason."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        super().__init__(" ".join(reason.sentence for reason in decision.reasons))
