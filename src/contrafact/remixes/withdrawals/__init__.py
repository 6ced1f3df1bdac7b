"""Withdrawal (R5): what rests on a grant, the plan, and its doing."""
