"""What the other rooms use: the identity, signing, verifying."""

from contrafact.provenance.identity import create_identity, trust_anchors
from contrafact.provenance.schemas import Credit, Licence, Source, TakeClaim, Verdict
from contrafact.provenance.signing import Signed, Signer
from contrafact.provenance.verifying import verify

__all__ = [
    "Credit",
    "Licence",
    "Signed",
    "Signer",
    "Source",
    "TakeClaim",
    "Verdict",
    "create_identity",
    "trust_anchors",
    "verify",
]
