"""Territories, as the values of rights name them; the catalogue needs them too, so they lie in the kit."""

from contrafact.kit.territories import COUNTRIES, WORLDWIDE, Area, Country, Territories, country

__all__ = ["COUNTRIES", "WORLDWIDE", "Area", "Country", "Territories", "country"]
