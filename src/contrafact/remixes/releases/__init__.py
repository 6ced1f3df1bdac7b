"""Releases and approvals: what others hear, what owners hear first, what plays earn."""
