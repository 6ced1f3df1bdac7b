"""The rights holder's and the operator's desk: permissions, what if, uses, audit log, rollout."""
