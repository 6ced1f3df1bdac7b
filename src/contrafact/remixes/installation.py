"""One installation: the folders, the database, the blobs, the assets and the clock that all of its work shares."""

import os
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from contrafact.assets.store import AssetStore
from contrafact.engine.arranging import StylePack, load_instruments, load_moods, load_styles
from contrafact.engine.capability import NEEDS, Capability, capability
from contrafact.engine.recipe.planner import Planner
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.blobs import BlobStore
from contrafact.kit.clock import Clock, SystemClock
from contrafact.kit.db import Database
from contrafact.kit.home import Home
from contrafact.kit.migrate import upgrade
from contrafact.rights.safeguards import PromptContext, examine
from contrafact.rights.values import Price
from contrafact.royalties.service import load_contract

if TYPE_CHECKING:
    from contrafact.provenance.service import Signer

DEFAULT_TERRITORY = "DE"


class Installation:
    """Opens what lies under one home folder; makes what is missing and brings the database up to date.

    Parameters
    ----------
    home : Home
    clock : Clock, optional
        The system's when not given.
    territory : str, optional
        Where its listeners are (ISO 3166 alpha-2); by default ``CONTRAFACT_TERRITORY``, else DE.
    """

    def __init__(self, home: Home, clock: Clock | None = None, territory: str | None = None) -> None:
        self.home = home
        self.clock: Clock = clock or SystemClock()
        self.territory = territory or os.environ.get("CONTRAFACT_TERRITORY") or DEFAULT_TERRITORY
        self.database = Database.at(home.database)
        upgrade(self.database)
        self.blobs = BlobStore(home.blobs)
        self.assets = AssetStore(home.assets)

    @cached_property
    def styles(self) -> Mapping[str, StylePack]:
        return load_styles()

    @cached_property
    def style_words(self) -> frozenset[str]:
        """What styles, instruments and moods are called here."""
        instruments, moods = load_instruments(), load_moods()
        listed = [pack.words for pack in self.styles.values()]
        listed += [word.words for word in instruments.values()]
        listed += [mood.words for mood in moods.values()]
        spoken = [word for words in listed for word in words]
        return frozenset((*self.styles, *instruments, *moods, *spoken))

    def style_name(self, slug: str | None) -> str | None:
        """What people call a style; its slug when the pack is no longer here."""
        pack = self.styles.get(slug) if slug else None
        return pack.name if pack else slug

    @cached_property
    def planner(self) -> Planner:
        return Planner(self.assets, self.styles)

    @cached_property
    def signer(self) -> "Signer":
        # Imported here: what is only asked is not signed.
        from contrafact.provenance.service import Signer

        return Signer.at(self.home.keys, self.clock)

    @cached_property
    def currency(self) -> str:
        return load_contract().currency

    @cached_property
    def _assets_here(self) -> frozenset[str]:
        wanted = {name for names in NEEDS.values() for name in names}
        return frozenset(name for name in wanted if self.assets.has(name))

    def capability(self, operation: Operation) -> Capability:
        """Whether an operation is possible here with what was installed when this process began."""
        return capability(operation, self._assets_here)

    @cached_property
    def pays(self) -> Price:
        """What is paid for a song under the contract that holds."""
        fees, currency = load_contract().fees_micros, self.currency
        return Price(currency=currency, generation_micros=fees["generation"], play_micros=fees["play"])

    def warm_up(self) -> None:
        """Load what the first request would wait for, and clear away what killed processes left half-written."""
        self.planner.warm_up()
        examine("a song", PromptContext(style_words=self.style_words))
        self.blobs.sweep_incoming()
        _ = self.signer

    def problems(self) -> list[str]:
        """What keeps this installation from working, in sentences; empty when all is well."""
        found = []
        try:
            with self.database.transaction() as session:
                session.connection().exec_driver_sql("SELECT 1")
        except Exception as error:
            found.append(f"the database does not answer: {error}")
        found += [
            f"the asset {row.name} is missing: run `contrafact assets fetch {row.name}`"
            for row in self.assets.rows()
            if row.default and row.group == "engine" and not row.here
        ]
        return found

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> "Installation":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
