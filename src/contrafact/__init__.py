"""Contrafact: licensed remixes, with consent, credit and pay for every one."""

__version__ = "0.1.0"
