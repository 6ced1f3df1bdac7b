"""Remixes, decisions and money as people see them."""
